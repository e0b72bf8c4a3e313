# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a version: made of the files of the bundle, whatever the user has configured for pip."""

from __future__ import annotations

import pathlib
import subprocess
import tarfile
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import Manifest
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation import environment
from support.laptops import executable, manifest_of, write_wheel

GALAXY = """\
import sys, tarfile
def main():
    *_options, place, archive = sys.argv[1:]
    tarfile.open(archive).extractall(place)
"""


def write_bundle(directory: pathlib.Path) -> Manifest:
    files = {"ansible/__init__.py": "", "ansible/release.py": "", "galaxy.py": GALAXY}
    wheels = [
        write_wheel(directory, "ansible_core", files, {"ansible-galaxy": "galaxy:main"}),
        write_wheel(directory, "pyyaml", {"yaml.py": ""}),
        write_wheel(directory, "cryptography", {"cryptography.py": ""}),
    ]
    manifest = manifest_of({environment.environment_name(): [f"1/{wheel}" for wheel in wheels]})
    (directory / "README.md").write_text("collection")
    with tarfile.open(directory / pathlib.Path(manifest.collection).name, "w:gz") as archive:
        archive.add(directory / "README.md", "ansible_collections/README.md")
    return manifest


@pytest.fixture
def directory(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "my laptop" / "version"
    path.mkdir(parents=True)
    return path


def test_everything_comes_from_the_files_of_the_version(
    directory: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = "http://127.0.0.1:1/simple"
    monkeypatch.setenv("PIP_INDEX_URL", index)
    monkeypatch.setenv("PIP_REQUIRE_VIRTUALENV", "1")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {index}\nuser = yes\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    manifest = write_bundle(directory)
    for abandoned in (".venv-old", ".collections-old", "venv"):
        (directory / abandoned).mkdir()
    environment.prepare(str(directory), manifest)
    assert (directory / "collections/ansible_collections/README.md").read_text() == "collection"
    assert environment.is_usable(str(directory))
    assert not [path for path in directory.iterdir() if path.name.startswith(".")]
    # The Python of the system was replaced by another version.
    python = directory / "venv/bin/python"
    python.unlink()
    executable(python, "#!/bin/sh\nexit 1\n")
    assert not environment.is_usable(str(directory))
    python.unlink()
    assert not environment.is_usable(str(directory))


def test_packages_that_cannot_be_installed_leave_nothing(directory: pathlib.Path) -> None:
    manifest = write_bundle(directory)
    (directory / "pyyaml-1.0-py3-none-any.whl").write_bytes(b"no archive")
    before = sorted(directory.iterdir())
    with pytest.raises(WorkstationError, match=r"^pip could not install the packages of the bundle .*pyyaml"):
        environment.prepare(str(directory), manifest)
    assert sorted(directory.iterdir()) == before


@pytest.mark.parametrize(
    ("environments", "message"),
    [
        (["3.1-{machine}", "3.2-{machine}", "3.3-other"], "it has them for 3.1, 3.2. Install one of these"),
        (["3.99-other"], "no packages for the machine {machine}. Ask"),
    ],
)
def test_bundle_without_packages_for_this_python_or_machine(
    environments: t.Sequence[str], message: str
) -> None:
    machine = environment.machine()
    manifest = manifest_of({name.format(machine=machine): [] for name in environments})
    with pytest.raises(WorkstationError) as raised:
        environment.require_environment(manifest)
    assert message.format(machine=machine) in str(raised.value)


def test_programs_are_started_without_the_first_line_of_their_file(tmp_path: pathlib.Path) -> None:
    directory = tmp_path / ("long-" * 40)
    script = executable(
        directory / "venv/bin/ansible-playbook", "#!/nowhere\nimport sys; print(sys.argv[1])\n"
    )
    executable(directory / "venv/bin/python", '#!/bin/sh\nexec python3 "$@"\n')
    command = [*environment.program_of(str(directory), script.name), "argument"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"argument\n"
