# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs named aws: what installed them, and how they are removed."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.other_programs import (
    OtherProgram,
    first_other,
    identify,
)
from support.scratch_host import ScratchHost, run_program

PIP_SCRIPT = """\
#!{interpreter}
# -*- coding: utf-8 -*-
import re
import sys
from awscli.clidriver import main
if __name__ == '__main__':
    sys.exit(main())
"""


def program(path: pathlib.Path, content: str = "#!/bin/sh\nexec docker run amazon/aws-cli\n") -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(0o755)
    return path


def link(path: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return path


@pytest.mark.parametrize(
    ("place", "kind", "removal"),
    [
        (".local/share/pipx/venvs/awscli/bin/aws", "pipx", "pipx uninstall awscli"),
        ("pipx/venvs/awscli-v2/bin/aws", "pipx", "pipx uninstall awscli-v2"),
        (".local/share/uv/tools/awscli/bin/aws", "uv", "uv tool uninstall awscli"),
        (".linuxbrew/Cellar/awscli/2.31.0/bin/aws", "brew", "brew uninstall awscli"),
        (".linuxbrew/Cellar/awscli@1/1.40.0/libexec/bin/aws", "brew", "brew uninstall awscli@1"),
        ("linuxbrew/opt/bin/aws", "brew", "brew uninstall awscli"),
        (".local/share/mise/shims/aws", "a version manager", ""),
        (".asdf/shims/aws", "a version manager", ""),
        (".nix-profile/bin/aws", "nix", ""),
    ],
)
def test_place_of_a_program_or_its_target_shows_its_kind(
    tmp_path: pathlib.Path, place: str, kind: str, removal: str
) -> None:
    installed = program(tmp_path / place)
    assert identify(str(installed)) == OtherProgram(str(installed), kind, removal)
    if removal:
        short = link(tmp_path / "bin" / "aws", installed)
        assert identify(str(short)) == OtherProgram(str(short), kind, removal)


def test_snap(tmp_path: pathlib.Path) -> None:
    for path in ("/snap/bin/aws", "/var/lib/snapd/snap/bin/aws"):
        assert identify(path) == OtherProgram(path, "snap", "sudo snap remove aws-cli")


def test_pip_is_that_of_the_interpreter(tmp_path: pathlib.Path) -> None:
    os.chown(tmp_path, 4242, 4242)
    path = program(tmp_path / "bin/aws", PIP_SCRIPT.format(interpreter="/opt/py thon/bin/python3.12"))
    os.chown(path.parent, 4242, 4242)
    interpreter = "/opt/python/bin/python3.12"
    path.write_text(PIP_SCRIPT.format(interpreter=interpreter))
    assert identify(str(path)) == OtherProgram(str(path), "pip", f"{interpreter} -m pip uninstall awscli")
    os.chown(path.parent, 0, 0)
    assert identify(str(path)).removal == f"sudo {interpreter} -m pip uninstall awscli"


def test_pip_of_a_distribution_requires_an_option(tmp_path: pathlib.Path) -> None:
    """PEP 668; in a virtual environment it does not."""
    mark = tmp_path / "lib" / "python3.13" / "EXTERNALLY-MANAGED"
    mark.parent.mkdir(parents=True)
    mark.touch()
    script = PIP_SCRIPT.format(interpreter=tmp_path / "bin" / "python3")
    path = program(tmp_path / "bin" / "aws", script)
    assert "-m pip uninstall --break-system-packages awscli" in identify(str(path)).removal
    (tmp_path / "pyvenv.cfg").touch()
    assert "-m pip uninstall awscli" in identify(str(path)).removal


@pytest.mark.skipif(not shutil.which("pip"), reason="needs pip")
def test_script_that_pip_generates_is_recognized(tmp_path: pathlib.Path) -> None:
    from pip._vendor.distlib.scripts import ScriptMaker

    maker = ScriptMaker(None, str(tmp_path))
    maker.executable = sys.executable
    maker.variants = {""}
    maker.make("aws = awscli.clidriver:main")
    assert identify(str(tmp_path / "aws")).kind == "pip"


def test_conda_environment(tmp_path: pathlib.Path) -> None:
    path = program(tmp_path / "bin" / "aws", PIP_SCRIPT.format(interpreter=tmp_path / "bin/python3.12"))
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta" / "awscli-2.31.0-py312.json").touch()
    assert identify(str(path)) == OtherProgram(str(path), "conda", f"conda remove --prefix {tmp_path} awscli")


def test_installation_of_aws_in_another_place(host: ScratchHost, tmp_path: pathlib.Path) -> None:
    host.converge(version="2.27.1")
    short = link(tmp_path / "home" / "bin" / "aws", host.bin_dir / "aws")
    found = identify(str(short))
    assert found.description == f"{short} (installed by this collection)"
    for record in host.install_dir.glob("v2/*/install-record.json"):
        record.unlink()
    assert identify(str(short)).description == f"{short} (installed by AWS's installer)"
    assert f"state=absent install_dir={host.install_dir} bin_dir={short.parent}" in found.removal


@pytest.mark.parametrize(
    ("manager", "output", "kind", "removal"),
    [
        ("dpkg-query", "awscli: /usr/bin/aws\n", "apt", "sudo apt-get remove awscli"),
        ("dpkg-query", "awscli:amd64: /usr/bin/aws\n", "apt", "sudo apt-get remove awscli"),
        ("rpm dnf", "awscli2: ", "dnf", "sudo dnf remove awscli2"),
        ("rpm zypper", "aws-cli: ", "zypper", "sudo zypper remove aws-cli"),
        ("rpm", "awscli: ", "rpm", "sudo rpm --erase awscli"),
        ("pacman", "aws-cli-v2\n", "pacman", "sudo pacman -R aws-cli-v2"),
        ("apk", "aws-cli\n", "apk", "sudo apk del aws-cli"),
    ],
)
def test_package_of_the_distribution(manager: str, output: str, kind: str, removal: str) -> None:
    found = identify(
        "/usr/bin/aws",
        lambda _command: (0, output, ""),
        lambda name: f"/usr/bin/{name}" if name in manager.split() else None,
    )
    assert found == OtherProgram("/usr/bin/aws", kind, removal)


def test_file_of_no_package_is_judged_by_its_content() -> None:
    assert identify(
        "/usr/bin/aws", lambda _command: (1, "", "no path found matching"), lambda name: f"/usr/bin/{name}"
    ) == OtherProgram("/usr/bin/aws")


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="needs dpkg")
def test_real_package_manager_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("/usr/bin/gpgv", "/bin/gpgv"):
        assert identify(path, run_program, shutil.which).removal == "sudo apt-get remove gpgv"


def test_other_files_are_described_by_their_path(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (program(tmp_path / "aws"), tmp_path / "missing", tmp_path / "pipe"):
        found = identify(str(path))
        assert (found.description, found.advice) == (str(path), f"Remove or rename {path}")


def test_order_of_the_directories_decides(tmp_path: pathlib.Path) -> None:
    own, other = program(tmp_path / "own" / "aws"), program(tmp_path / "other" / "aws")
    link(tmp_path / "alias", own.parent)
    link(tmp_path / "links" / "aws", own)
    (tmp_path / "directory" / "aws").mkdir(parents=True)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "aws").write_text("not executable")
    names = ("directory", "data", "missing", "links")
    before = [str(tmp_path / name) for name in names]

    def found(*directories: str, **options: t.Any) -> str:
        return first_other(str(own), [*before, *(str(tmp_path / name) for name in directories)], **options)

    assert found("own", "other") == found("alias", "other") == found() == ""
    assert found("other", "own") == found("other") == str(other)
    assert found("own", "other", all_directories=True) == str(other)
