# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of tools, as the tools print them and as people want them."""

from __future__ import annotations

import os
import pathlib
import sys
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._host.tools import (
    is_at_least,
    packages_of,
    parse_version,
    probe,
    program_finder,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._host.wsl import WslInfo
from support.scratch_host import run_program


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ("git version 2.39.5\n", "2.39.5"),
        ("git version 2.39.5.windows.1\n", "2.39.5"),
        ("git version 2.39.3 (Apple Git-145)\n", "2.39.3"),
        (
            "curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 OpenSSL/3.0.15\nRelease-Date: 2023-02-20\n",
            "7.88.1",
        ),
        ("curl 8.15.0-DEV (x86_64)\n", "8.15.0"),
        ("Python 3.11.2\n", "3.11.2"),
        ("Python 3.14.0rc1\n", "3.14.0"),
        ("Python 2.7.18+\n", "2.7.18"),
        ("pip 23.0.1 from /usr/lib/python3/dist-packages/pip (python 3.11)\n", "23.0.1"),
        ("aws-cli/2.38.5 Python/3.14.0 Linux/6.6.87.2-microsoft-standard-WSL2 exe/x86_64\n", "2.38.5"),
        ("OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.15\n", "9.2"),
        ("jq-1.7.1\n", "1.7.1"),
        ("less 590 (GNU regular expressions)\n", "590"),
        ("gpgv (GnuPG) 2.2.40\nlibgcrypt 1.10.1\n", "2.2.40"),
        ("UnZip 6.00 of 20 April 2009, by Debian.\n", "6.00"),
        ("unknown option --version\n", ""),
        ("", ""),
    ],
)
def test_parse_version(output: str, version: str) -> None:
    assert parse_version(output) == version


@pytest.mark.parametrize(
    ("version", "minimum", "enough"),
    [
        ("7.100.0", "7.33", True),
        ("7.33", "7.33.0", True),
        ("7.33.0", "7.33", True),
        ("7.32.9", "7.33", False),
        ("1.7.10", "1.7.9", True),
        ("10", "9.9", True),
        ("6.00", "6.0", True),
        ("3.8", "3.10", False),
        ("", "1", False),
        ("", "", True),
        ("0.1", "", True),
    ],
)
def test_is_at_least(version: str, minimum: str, enough: bool) -> None:
    assert is_at_least(version, minimum) is enough


numbers = st.lists(st.integers(0, 200), min_size=1, max_size=4)


@given(numbers, numbers)
def test_versions_compare_as_their_numbers_do(have: t.List[int], want: t.List[int]) -> None:
    one, other = (".".join(map(str, parts)) for parts in (have, want))
    assert is_at_least(one, other) == (have + [0] * 4 >= want + [0] * (4 + len(have) - len(want)))
    assert is_at_least(one, other) or is_at_least(other, one)


OS_RELEASES = {
    "Ubuntu": 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n',
    "Debian": 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\n',
    "Kali": "ID=kali\nID_LIKE=debian\n",
    "Fedora": "ID=fedora\n",
    "AlmaLinux": 'ID="almalinux"\nID_LIKE="rhel centos fedora"\n',
    "RHEL": 'ID="rhel"\nID_LIKE="fedora"\n',
    "Oracle": 'ID="ol"\nID_LIKE="fedora"\n',
    "SLES": 'ID="sles"\nID_LIKE="suse"\n',
    "Leap": 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n',
    "Tumbleweed": "# comment\nID='opensuse-tumbleweed'\nID_LIKE='opensuse suse'\n",
    "Arch": "ID=arch\n",
    "Alpine": "ID=alpine\n",
}


@pytest.mark.parametrize(
    ("distribution", "pip"),
    [
        ("Ubuntu", "python3-pip"),
        ("Debian", "python3-pip"),
        ("Kali", "python3-pip"),
        ("Fedora", "python3-pip"),
        ("AlmaLinux", "python3-pip"),
        ("RHEL", "python3-pip"),
        ("Oracle", "python3-pip"),
        ("SLES", "python3-pip"),
        ("Leap", "python3-pip"),
        ("Tumbleweed", "python3-pip"),
        ("Arch", "python-pip"),
        ("Alpine", "py3-pip"),
    ],
)
def test_package_of_pip(distribution: str, pip: str) -> None:
    assert packages_of(OS_RELEASES[distribution])["pip3"] == pip


def test_packages_that_differ() -> None:
    assert packages_of(OS_RELEASES["Arch"])["python3"] == "python"
    assert packages_of(OS_RELEASES["AlmaLinux"])["gpgv"] == "gnupg2"
    assert packages_of(OS_RELEASES["SLES"])["gpgv"] == "gpg2"
    assert "gpgv" not in packages_of(OS_RELEASES["Debian"])


@pytest.mark.parametrize("os_release", ["", "ID=plan9\n", "ID=\n", 'ID="unbalanced\n', "no assignment"])
def test_unknown_distribution(os_release: str) -> None:
    assert packages_of(os_release) == {}


class Tools:
    """A PATH of two directories, the second of them on a Windows drive."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.linux = directory / "bin"
        self.windows_drives = directory / "mnt"
        self.windows = self.windows_drives / "c" / "Program Files"
        self.linux.mkdir()
        self.windows.mkdir(parents=True)

    def add(self, directory: pathlib.Path, name: str, script: str) -> None:
        (directory / name).write_text(f"#!/bin/sh\n{script}\n")
        (directory / name).chmod(0o755)

    def probe(self, required: t.Dict[str, str], packages: t.Optional[t.Dict[str, str]] = None) -> t.Any:
        path = os.pathsep.join([str(self.windows), str(self.linux)])
        find_program = program_finder(
            path, WslInfo(2, automount_root=f"{self.windows_drives}/").on_windows_drive
        )
        return probe(required, packages or {}, find_program, run_program)


@pytest.fixture
def tools(tmp_path: pathlib.Path) -> Tools:
    return Tools(tmp_path)


def test_tool_that_is_new_enough(tools: Tools) -> None:
    tools.add(tools.linux, "frob", "echo frob version 2.10.1")
    found = tools.probe({"frob": "2.9"}, {"frob": "frob-tools"})["frob"]
    assert (found.version, found.required, found.satisfied, found.package) == (
        "2.10.1",
        "2.9",
        True,
        "frob-tools",
    )


def test_tool_that_is_too_old(tools: Tools) -> None:
    tools.add(tools.linux, "frob", "echo frob version 2.8.99")
    found = tools.probe({"frob": "2.9"})["frob"]
    assert (found.version, found.satisfied, found.package) == ("2.8.99", False, "frob")


def test_tool_that_is_missing(tools: Tools) -> None:
    found = tools.probe({"frob": ""})["frob"]
    assert (found.version, found.satisfied) == ("", False)


def test_tool_that_reports_on_stderr(tools: Tools) -> None:
    tools.add(tools.linux, "frob", "echo frob 1.2 >&2; exit 3")
    assert tools.probe({"frob": "1"})["frob"].version == "1.2"


@pytest.mark.parametrize(("module", "version"), [("__version__ = '23.0.1'", "23.0.1"), ("nothing", "9.9")])
def test_pip_is_asked_without_loading_all_of_it(
    tools: Tools, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, module: str, version: str
) -> None:
    (tmp_path / "pip.py").write_text(module)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    script = tools.linux / "pip3"
    script.write_text(
        f"#!{sys.executable}\nimport sys; print('pip 9.9' if '--version' in sys.argv else sys.argv)\n"
    )
    script.chmod(0o755)
    assert tools.probe({"pip3": ""})["pip3"].version == version


@pytest.mark.parametrize(("minimum", "satisfied"), [("", True), ("1", False)])
def test_tool_that_tells_no_version(tools: Tools, minimum: str, satisfied: bool) -> None:
    tools.add(tools.linux, "frob", "exit 1")
    assert tools.probe({"frob": minimum})["frob"].satisfied is satisfied


def test_tool_that_cannot_be_started(tools: Tools) -> None:
    (tools.linux / "frob").write_text("#!/nonexistent\n")
    (tools.linux / "frob").chmod(0o755)
    assert not tools.probe({"frob": "1"})["frob"].satisfied


def test_tool_of_windows_does_not_count(tools: Tools) -> None:
    tools.add(tools.windows, "frob", "echo frob 9.0")
    assert not tools.probe({"frob": ""})["frob"].satisfied
    tools.add(tools.linux, "frob", "echo frob 1.0")
    assert tools.probe({"frob": ""})["frob"].version == "1.0"


def test_drives_may_be_mounted_at_the_root() -> None:
    wsl = WslInfo(2, automount_root="/")
    assert program_finder("/c/Windows:/usr/bin", wsl.on_windows_drive)("sh")
    assert wsl.on_windows_drive("/c/Windows") and not wsl.on_windows_drive("/usr/bin")


def test_the_system_is_searched_even_with_an_empty_path() -> None:
    assert program_finder("", WslInfo().on_windows_drive)("sh")


@pytest.mark.parametrize("minimum", ["latest", "1.x", ">=1.2", "1..2", "v1", " 1"])
def test_minimum_that_is_no_version(tools: Tools, minimum: str) -> None:
    with pytest.raises(WorkstationError, match="version wanted of frob"):
        tools.probe({"frob": minimum})


@pytest.mark.parametrize("program", ["update-ca-certificates", "update-ca-trust"])
def test_the_store_of_certificates_is_found_and_never_started(tmp_path: pathlib.Path, program: str) -> None:
    path = tmp_path / program
    path.write_text("#!/bin/sh\ntouch $0.started\n")
    path.chmod(0o755)

    def find(name: str) -> t.Optional[str]:
        return str(tmp_path / name) if (tmp_path / name).exists() else None

    found = probe({"ca-certificates": ""}, {}, find, run_program)["ca-certificates"]
    assert (found.path, found.satisfied, found.package) == (str(path), True, "ca-certificates")
    assert not list(tmp_path.glob("*.started"))
    path.unlink()
    assert not probe({"ca-certificates": ""}, {}, find, run_program)["ca-certificates"].satisfied
    with pytest.raises(WorkstationError, match="tells no version"):
        probe({"ca-certificates": "20230311"}, {}, find, run_program)
