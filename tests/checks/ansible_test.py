# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of ansible-test, by the ansible-core of a virtual environment."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import typing as t

from .part import ROOT, STATE, TOOLS, Failed, Part, path_without_shims
from .pythons import interpreters

FIND_ANSIBLE_TEST = "import ansible_test; print(*ansible_test.__path__)"
HOME = STATE / "sanity-home"


def check_sanity(part: Part) -> None:
    sanity(part, TOOLS / "python")


def check_integration(part: Part) -> None:
    integration(part, TOOLS / "python")


def sanity(part: Part, python: pathlib.Path, *arguments: str) -> None:
    """All sanity tests, on every Python of this machine that the ansible-core of *python* knows."""
    _provide_pip_without_download(python)
    path = f"{python.parent}:{_linked_interpreters()}:{path_without_shims()}"
    _ansible_test(part, python, "sanity", *arguments, HOME=str(HOME), PATH=path)


def integration(part: Part, python: pathlib.Path, *targets: str) -> None:
    """All integration targets, or those named."""
    home = part.scratch / "integration-home"
    home.mkdir(exist_ok=True)
    _ansible_test(part, python, "integration", *_local(python), *targets, HOME=str(home))


def units(part: Part, python: pathlib.Path, *arguments: str) -> None:
    """All unit tests, or those named."""
    _ansible_test(part, python, "units", *_local(python), *arguments)


def _local(python: pathlib.Path) -> t.Tuple[str, ...]:
    """On this machine, and by *python* rather than by others on PATH."""
    version = subprocess.run(
        [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, check=True
    )
    return "--local", "--python", version.stdout.decode().strip()


def _ansible_test(
    part: Part, python: pathlib.Path, command: str, *arguments: str, **environment: str
) -> None:
    path = environment.pop("PATH", f"{python.parent}:{path_without_shims()}")
    program = python.parent / "ansible-test"
    part.run(
        program, command, "--color", "no", *arguments, cwd=part.collection_copy(), PATH=path, **environment
    )


def _linked_interpreters() -> pathlib.Path:
    """A folder that has each Python of this machine by the name that ansible-test looks for."""
    links = STATE / "pythons"
    shutil.rmtree(links, ignore_errors=True)
    links.mkdir(parents=True)
    for version, python in interpreters().items():
        (links / f"python{version}").symlink_to(python)
    return links


def _provide_pip_without_download(python: pathlib.Path) -> None:
    """ansible-test would fetch get-pip.py from a host that closed networks do not reach."""
    found = subprocess.run([python, "-c", FIND_ANSIBLE_TEST], capture_output=True, text=True, check=False)
    if found.returncode:
        raise Failed(f"{python} has no ansible-test")
    source = pathlib.Path(found.stdout.strip()) / "_internal" / "python_requirements.py"
    versions = [
        line.split("'")[1]
        for line in source.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith("pip='")
    ]
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in versions:
        name = f"get_pip_{version.replace('.', '_')}.py"
        shutil.copy(ROOT / "tests" / "support" / "get_pip.py", cache / name)
