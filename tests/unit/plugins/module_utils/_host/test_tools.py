# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tools on a host: their versions, minimum versions, packages and programs."""

from __future__ import annotations

import os
import pathlib
import sys
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._host import tools as host_tools
from ansible_collections.workstation.aws_sso.plugins.module_utils._host.running_program import run_within
from ansible_collections.workstation.aws_sso.plugins.module_utils._host.tools import (
    distribution_packages,
    is_at_least,
    parse_version,
    probe,
    program_finder,
    programs_finder,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._host.wsl import WslInfo
from support.os_releases import OS_RELEASES, write_os_release
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
def test_version_in_the_output_of_a_tool(output: str, version: str) -> None:
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
def test_version_satisfies_a_minimum(version: str, minimum: str, enough: bool) -> None:
    assert is_at_least(version, minimum) is enough


numbers = st.lists(st.integers(0, 200), min_size=1, max_size=4)


@given(numbers, numbers)
def test_versions_compare_by_their_numbers(have: t.List[int], want: t.List[int]) -> None:
    one, other = (".".join(map(str, parts)) for parts in (have, want))
    assert is_at_least(one, other) == (have + [0] * 4 >= want + [0] * (4 + len(have) - len(want)))
    assert is_at_least(one, other) or is_at_least(other, one)


@pytest.mark.parametrize(
    ("distribution", "packages"),
    [
        ("Ubuntu", {"pip3": "python3-pip"}),
        ("AlmaLinux", {"pip3": "python3-pip", "gpgv": "gnupg2"}),
        ("SLES", {"pip3": "python3-pip", "gpgv": "gpg2"}),
        ("Arch", {"pip3": "python-pip", "python3": "python", "gpgv": "gnupg"}),
        ("Alpine", {"pip3": "py3-pip"}),
    ],
)
def test_packages_that_are_not_named_like_their_tool(
    tmp_path: pathlib.Path, distribution: str, packages: t.Dict[str, str]
) -> None:
    write_os_release(tmp_path, OS_RELEASES[distribution].encode())
    found = distribution_packages(str(tmp_path))
    assert {name: found.get(name) for name in ("pip3", "python3", "gpgv")} == {
        "pip3": None,
        "python3": None,
        "gpgv": None,
        **packages,
    }


def test_no_packages_are_known_for_an_unknown_distribution(tmp_path: pathlib.Path) -> None:
    write_os_release(tmp_path, b"ID=plan9\n")
    assert distribution_packages(str(tmp_path)) == {}


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
        find_programs = programs_finder(
            path, WslInfo(2, automount_root=f"{self.windows_drives}/").on_windows_drive
        )
        return probe(required, packages or {}, find_programs, run_within(10))


@pytest.fixture
def tools(tmp_path: pathlib.Path) -> Tools:
    return Tools(tmp_path)


def test_tool_that_is_new_enough_is_satisfied(tools: Tools) -> None:
    tools.add(tools.linux, "frob", "echo frob version 2.10.1")
    found = tools.probe({"frob": "2.9"}, {"frob": "frob-tools"})["frob"]
    assert (found.version, found.required, found.satisfied, found.package) == (
        "2.10.1",
        "2.9",
        True,
        "frob-tools",
    )


def test_tool_that_is_too_old_is_not_satisfied(tools: Tools) -> None:
    tools.add(tools.linux, "frob", "echo frob version 2.8.99")
    found = tools.probe({"frob": "2.9"})["frob"]
    assert (found.version, found.satisfied, found.package) == ("2.8.99", False, "frob")


def test_missing_tool_is_not_satisfied_by_any_version(tools: Tools) -> None:
    found = tools.probe({"frob": ""})["frob"]
    assert (found.version, found.satisfied) == ("", False)


def test_version_is_read_from_stderr_too(tools: Tools) -> None:
    tools.add(tools.linux, "frob", "echo frob 1.2 >&2")
    assert tools.probe({"frob": "1"})["frob"].version == "1.2"


def test_version_on_stdout_counts_whatever_the_exit_code_is(tools: Tools) -> None:
    tools.add(tools.linux, "frob", "echo frob 1.2; exit 3")
    assert tools.probe({"frob": "1"})["frob"].version == "1.2"


SHIMS = {
    "pyenv": "echo \"pyenv: version '3.12.1' is not installed\" >&2; exit 1",
    "pyenv on stdout": "echo \"pyenv: version '3.12.1' is not installed\"; exit 1",
    "pyenv with other versions": "printf 'pyenv: pip3: command not found\\n\\nThe pip3 command exists in"
    " these Python versions:\\n  3.11.7\\n' >&2; exit 127",
    "asdf": "printf 'No version is set for command git\\nConsider adding one of: git 2.43.0\\n'; exit 126",
    "mise": "printf 'mise ERROR No version is set for shim: curl\\nmise 2026.9.3\\n' >&2; exit 1",
    "rbenv": "printf 'rbenv: version 3.2.2 is not installed\\n' >&2; exit 1",
    "tfenv": "echo 'Version could not be resolved (set by /home/dev/.terraform-version)' >&2; exit 1",
    "rustup": "echo 'error: rustup could not choose a version of cargo to run' >&2; exit 1",
    "libraries": "echo 'frob: error while loading shared libraries: libfrob.so.5: cannot open' >&2; exit 127",
    "module": "echo \"ModuleNotFoundError: No module named 'frob'\" >&2; exit 1",
    "other processor": "kill -ILL $$",
    "silent": "exit 1",
    "hanging": "exec sleep 60",
    "busy, and starts others": "sleep 60 & while :; do :; done",
}


@pytest.mark.parametrize("minimum", ["", "1.0"])
@pytest.mark.parametrize("shim", SHIMS.values(), ids=SHIMS)
def test_program_that_does_not_run_is_as_if_it_were_not_there(
    tools: Tools, shim: str, minimum: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one on PATH counts."""
    tools.add(tools.linux, "frob", shim)
    usual = tools.linux.parent / "usual"
    usual.mkdir()
    monkeypatch.setattr(host_tools, "USUAL_DIRECTORIES", (str(usual),))
    run = run_within(0.5)
    find_programs = programs_finder(str(tools.linux))
    missing = probe({"frob": minimum}, {}, find_programs, run)["frob"]
    assert (missing.version, missing.satisfied) == ("", False)

    tools.add(usual, "frob", "echo frob 1.5")
    found = probe({"frob": minimum}, {}, programs_finder(str(tools.linux)), run_within(2))["frob"]
    assert (found.version, found.satisfied) == ("1.5", True)


REFUSALS = {
    "dash": ("echo 'sh: 0: Illegal option --' >&2; exit 2", ""),
    "busybox": (
        'printf "less: unrecognized option: version\\nBusyBox v1.36.1 ()\\nUsage: less\\n" >&2; exit 1',
        "1.36.1",
    ),
    "tmux": ("printf 'tmux: unknown option -- -\\nusage: tmux [-2CDlNuVv]\\n' >&2; exit 1", ""),
    "openssl": ("echo \"Invalid command '--version'; type help for a list.\" >&2; exit 1", ""),
}


@pytest.mark.parametrize(("script", "version"), REFUSALS.values(), ids=REFUSALS)
def test_program_that_has_no_option_for_its_version_runs(tools: Tools, script: str, version: str) -> None:
    tools.add(tools.linux, "frob", script)
    found = tools.probe({"frob": ""})["frob"]
    assert (found.version, found.satisfied) == (version, True)


@pytest.mark.parametrize("minimum", ["", "2.2"])
def test_gpg_is_as_good_as_gpgv(tools: Tools, minimum: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Amazon Linux 2023 has gpg alone, and its gpgv is in a package that conflicts with that."""
    monkeypatch.setattr(host_tools, "USUAL_DIRECTORIES", ())
    assert not tools.probe({"gpgv": minimum})["gpgv"].satisfied
    tools.add(tools.linux, "gpg", "echo 'gpg (GnuPG) 2.3.7'")
    found = tools.probe({"gpgv": minimum})["gpgv"]
    assert (found.version, found.satisfied) == ("2.3.7", True)
    assert not tools.probe({"gpg": "2.4"})["gpg"].satisfied
    tools.add(tools.linux, "gpgv", "echo 'gpgv (GnuPG) 2.2.40'")
    assert tools.probe({"gpgv": minimum})["gpgv"].version == "2.2.40"
    (tools.linux / "gpg").unlink()
    assert not tools.probe({"gpg": ""})["gpg"].satisfied


def test_interpreter_of_ansible_counts_where_python3_is_too_old(tools: Tools) -> None:
    """Where python3 is 3.6, python3.11 can be beside it."""
    tools.add(tools.linux, "python3", "echo Python 3.6.8")
    own = ".".join(map(str, sys.version_info[:3]))
    assert tools.probe({"python3": "3.8"})["python3"].version == own
    assert tools.probe({"python3": "3.6"})["python3"].version == "3.6.8"
    found = tools.probe({"python3": "3.99"})["python3"]
    assert (found.version, found.satisfied) == ("3.6.8", False)


@pytest.mark.parametrize(("module", "version"), [("__version__ = '23.0.1'", "23.0.1"), ("nothing", "9.9")])
def test_pip_version_is_determined_without_running_pip(
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
def test_tool_without_a_version_satisfies_no_minimum(tools: Tools, minimum: str, satisfied: bool) -> None:
    tools.add(tools.linux, "frob", "echo 'a frobnicator'")
    assert tools.probe({"frob": minimum})["frob"].satisfied is satisfied


def test_tool_that_cannot_be_started_is_not_satisfied(tools: Tools) -> None:
    (tools.linux / "frob").write_text("#!/nonexistent\n")
    (tools.linux / "frob").chmod(0o755)
    assert not tools.probe({"frob": "1"})["frob"].satisfied


def test_tool_on_a_windows_drive_is_ignored(tools: Tools) -> None:
    tools.add(tools.windows, "frob", "echo frob 9.0")
    assert not tools.probe({"frob": ""})["frob"].satisfied
    tools.add(tools.linux, "frob", "echo frob 1.0")
    assert tools.probe({"frob": ""})["frob"].version == "1.0"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can create files of other users")
@pytest.mark.parametrize("part", ["directory", "program", "target"])
def test_tool_that_another_user_can_change_is_ignored_as_root(tools: Tools, part: str) -> None:
    marker = tools.linux.parent / "was-run"
    tools.add(tools.linux, "frob", f"touch {marker}; echo frob version 2.10.1")
    program = tools.linux / "frob"
    if part == "target":
        target = tools.linux.parent / "frob"
        program.rename(target)
        program.symlink_to(target)
        os.chown(target, 4242, 4242)
    else:
        os.chown(program if part == "program" else tools.linux, 4242, 4242)
    assert not tools.probe({"frob": ""})["frob"].satisfied
    assert not marker.exists()


def test_windows_drives_mounted_at_the_root_are_ignored() -> None:
    wsl = WslInfo(2, automount_root="/")
    assert program_finder("/c/Windows:/usr/bin", wsl.on_windows_drive)("sh")
    assert wsl.on_windows_drive("/c/Windows") and not wsl.on_windows_drive("/usr/bin")


def test_usual_directories_are_searched_with_an_empty_path() -> None:
    assert program_finder("", WslInfo().on_windows_drive)("sh")


@pytest.mark.parametrize("minimum", ["latest", "1.x", ">=1.2", "1..2", "v1", " 1", "1\n", "٣.٨"])
def test_invalid_minimum_version_is_an_error(tools: Tools, minimum: str) -> None:
    with pytest.raises(WorkstationError, match="minimum version of frob in the option tools"):
        tools.probe({"frob": minimum})


@pytest.mark.parametrize("program", ["update-ca-certificates", "update-ca-trust"])
def test_trust_store_program_is_found_but_never_run(tmp_path: pathlib.Path, program: str) -> None:
    path = tmp_path / program
    path.write_text("#!/bin/sh\ntouch $0.started\n")
    path.chmod(0o755)

    def find(name: str) -> t.List[str]:
        return [str(tmp_path / name)] if (tmp_path / name).exists() else []

    found = probe({"ca-certificates": ""}, {}, find, run_program)["ca-certificates"]
    assert (found.version, found.satisfied, found.package) == ("", True, "ca-certificates")
    assert not list(tmp_path.glob("*.started"))
    path.unlink()
    assert not probe({"ca-certificates": ""}, {}, find, run_program)["ca-certificates"].satisfied
    with pytest.raises(WorkstationError, match="reports no version"):
        probe({"ca-certificates": "20230311"}, {}, find, run_program)
