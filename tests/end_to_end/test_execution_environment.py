# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/execution-environment.yml, and what ansible-builder learns from the collection itself."""

from __future__ import annotations

import pathlib
import shlex
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFINITION = ROOT / "docs" / "execution-environment.yml"


def builder(*arguments: str | pathlib.Path) -> str:
    command = [sys.executable, "-m", "ansible_builder", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def entries(requirements: pathlib.Path) -> list[str]:
    return [line for line in requirements.read_text().splitlines() if not line.startswith("#")]


def test_the_collection_declares_its_requirements(collections_path: pathlib.Path) -> None:
    found = yaml.safe_load(builder("introspect", collections_path))
    for kind, file in (("python", "ee-requirements.txt"), ("system", "ee-bindep.txt")):
        needed = [entry.partition("  # ")[0] for entry in found[kind]]
        assert needed == entries(ROOT / "meta" / file) != []


def test_the_definition_makes_an_image_with_the_collection_and_its_bytecode(
    tmp_path: pathlib.Path, collections_path: pathlib.Path
) -> None:
    builder("create", "--file", DEFINITION, "--context", tmp_path, "--output-filename", "Containerfile")
    assert yaml.safe_load((tmp_path / "_build/requirements.yml").read_text()) == {
        "collections": [{"name": "workstation.aws_sso"}]
    }
    assert "openssh-clients" in (tmp_path / "_build/bindep.txt").read_text()
    steps = (tmp_path / "Containerfile").read_text().splitlines()
    (installs,) = (step for step in steps if step.startswith("ARG ANSIBLE_INSTALL_REFS="))
    assert "ansible-core" in installs and "ansible-runner" in installs
    final = steps[steps.index("FROM base AS final") :]
    copied = final.index("COPY --from=galaxy /usr/share/ansible /usr/share/ansible")
    (compiling,) = (step for step in final[copied:] if "compileall" in step)
    assert compiling.startswith("RUN $PYCMD ")
    assert_it_compiles(compiling.removeprefix("RUN $PYCMD "), collections_path, tmp_path / "bytecode")


def assert_it_compiles(arguments: str, collections_path: pathlib.Path, bytecode: pathlib.Path) -> None:
    """Run the step on the checkout, with bytecode in a directory of its own."""
    *options, directory = shlex.split(arguments)
    installed = collections_path / pathlib.Path(directory).relative_to("/usr/share/ansible/collections")
    plugins = installed / "aws_sso" / "plugins"
    command = [sys.executable, "-X", f"pycache_prefix={bytecode}", *options, str(plugins)]
    subprocess.run(command, check=True)
    compiled = {path.name.partition(".")[0] for path in bytecode.rglob("*.pyc")}
    assert {"sso_credentials", "_cached_credentials"} <= compiled
