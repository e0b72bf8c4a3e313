# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a version: made of the files of the bundle, whatever the user has configured for pip."""

from __future__ import annotations

import pathlib
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import Manifest
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation import environment
from support.laptops import collection_tarball, executable, manifest_of, write_wheel


def write_bundle(directory: pathlib.Path) -> Manifest:
    wheels = [
        write_wheel(directory, "ansible_core", {"ansible/__init__.py": "", "ansible/release.py": ""}),
        write_wheel(directory, "pyyaml", {"yaml.py": "", "cryptography.py": ""}),
    ]
    manifest = manifest_of({environment.environment_name(): [f"1/{wheel}" for wheel in wheels]})
    tarball = collection_tarball({"README.md": b"collection"})
    (directory / pathlib.Path(manifest.collection).name).write_bytes(tarball)
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
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONHOME", str(tmp_path))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    manifest = write_bundle(directory)
    for abandoned in (".venv-old", ".collections-old", "venv"):
        (directory / abandoned).mkdir()
    environment.prepare(str(directory), manifest)
    installed = directory / "collections/ansible_collections/workstation/aws_sso/README.md"
    assert installed.read_text() == "collection"
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
    with pytest.raises(
        WorkstationError, match=r"^pyyaml-1\.0-py3-none-any\.whl of the company bundle cannot"
    ):
        environment.prepare(str(directory), manifest)
    assert sorted(directory.iterdir()) == before


def test_packages_that_do_not_run(directory: pathlib.Path) -> None:
    manifest = write_bundle(directory)
    write_wheel(
        directory, "pyyaml", {"yaml.py": "", "cryptography.py": "raise ImportError('no such library')"}
    )
    with pytest.raises(
        WorkstationError, match=r"^The packages of version 1 of the company bundle do not run"
    ):
        environment.prepare(str(directory), manifest)


def test_python_without_virtual_environments(
    directory: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = write_bundle(directory)
    python = executable(tmp_path / "python3", "#!/bin/sh\necho No module named venv >&2\nexit 1\n")
    monkeypatch.setattr(sys, "executable", str(python))
    message = r"could not create a virtual environment \(exit code 1\): No module named venv$"
    with pytest.raises(WorkstationError, match=message):
        environment.prepare(str(directory), manifest)


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
