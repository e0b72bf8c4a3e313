# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Detection of WSL 1, WSL 2 and other hosts, from directories with the files of each."""

from __future__ import annotations

import os
import pathlib
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host import wsl
from ansible_collections.workstation.aws_sso.plugins.module_utils._host.wsl import WslInfo, detect
from support.fuzz import damaged

WSL1_KERNEL = "4.4.0-19041-Microsoft"
WSL2_KERNEL = "6.6.87.2-microsoft-standard-WSL2"
INTEROP = "enabled\ninterpreter /init\nflags: PF\noffset 0\nmagic 4d5a\n"
RUNDLL32 = "Windows/System32/rundll32.exe"
POWERSHELL = "Windows/System32/WindowsPowerShell/v1.0/powershell.exe"


class Machine:
    """A root directory with the files of a host."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root

    def write(self, path: str, content: str = "") -> Machine:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        return self

    def make(self, path: str) -> Machine:
        (self.root / path).mkdir(parents=True, exist_ok=True)
        return self

    def kernel(self, release: str) -> Machine:
        return self.write("proc/sys/kernel/osrelease", release + "\n")

    def windows(self, drive: str = "mnt/c") -> Machine:
        return self.write(f"{drive}/{RUNDLL32}").write(f"{drive}/{POWERSHELL}")

    def detect(self, run: t.Any = None, **environment: str) -> WslInfo:
        return detect(str(self.root), environment, run)


@pytest.fixture
def machine(tmp_path: pathlib.Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def wsl2(machine: Machine) -> Machine:
    """WSL 2 with Ubuntu, in a session without WSL variables."""
    machine.kernel(WSL2_KERNEL).make("run/WSL").make("run/systemd/system").windows()
    machine.write("run/systemd/container", "wsl\n")
    return machine.write("proc/sys/fs/binfmt_misc/WSLInterop", INTEROP)


def test_wsl2_is_detected_with_all_facts(wsl2: Machine) -> None:
    assert wsl2.detect() == WslInfo(
        version=2,
        distribution="",
        kernel=WSL2_KERNEL,
        systemd=True,
        interop=True,
        networking_mode="",
        automount_root="/mnt",
        windows_directory="/mnt/c/Windows",
        browser_launchers=[f"/mnt/c/{RUNDLL32}", f"/mnt/c/{POWERSHELL}"],
    )


def test_wsl1_is_detected_by_its_kernel(machine: Machine) -> None:
    machine.kernel(WSL1_KERNEL).make("run/WSL").windows()
    machine.write("proc/sys/fs/binfmt_misc/WSLInterop", INTEROP)
    found = machine.detect()
    assert (found.version, found.systemd, found.interop, found.windows_directory) == (
        1,
        False,
        True,
        "/mnt/c/Windows",
    )


@pytest.mark.parametrize("kernel", ["6.18.44-1-amd64", "5.15.0-1064-azure", "6.6.85.1-2.azl3", ""])
def test_other_linux_hosts_are_not_wsl(machine: Machine, kernel: str) -> None:
    machine.kernel(kernel).make("run/systemd/system").make("mnt/c/Windows/System32")
    assert machine.detect(WSL_DISTRO_NAME="leaked") == WslInfo(kernel=kernel, systemd=True)


@pytest.mark.parametrize(
    "kernel", ["6.1.0-custom", "5.15.90.1-microsoft-standard-WSL2+", "6.9.0-MICROSOFT-hacked"]
)
def test_wsl_with_a_custom_kernel_is_version_2(machine: Machine, kernel: str) -> None:
    assert machine.kernel(kernel).make("run/WSL").detect().version == 2


def test_the_kernel_release_is_sufficient_to_detect_wsl(machine: Machine) -> None:
    assert machine.kernel(WSL2_KERNEL).detect().version == 2


def test_the_container_type_of_systemd_is_sufficient_to_detect_wsl(machine: Machine) -> None:
    machine.kernel("6.1.0-custom").write("run/systemd/container", "wsl\n")
    assert machine.detect().version == 2


@pytest.mark.parametrize(
    "mark", [(".dockerenv", ""), ("run/.containerenv", ""), ("run/systemd/container", "docker\n")]
)
def test_a_container_in_wsl2_is_not_wsl(machine: Machine, mark: t.Tuple[str, str]) -> None:
    assert machine.kernel(WSL2_KERNEL).write(*mark).detect().version == 0


def test_distribution_imported_from_a_container_is_wsl(wsl2: Machine) -> None:
    assert wsl2.write(".dockerenv").detect().version == 2


def test_wsl2_without_systemd(wsl2: Machine) -> None:
    (wsl2.root / "run/systemd/system").rmdir()
    (wsl2.root / "run/systemd/container").unlink()
    found = wsl2.detect()
    assert (found.version, found.systemd) == (2, False)


def test_without_interop_there_are_no_browser_launchers(wsl2: Machine) -> None:
    (wsl2.root / "proc/sys/fs/binfmt_misc/WSLInterop").unlink()
    found = wsl2.detect()
    assert (found.interop, found.browser_launchers, found.windows_directory) == (False, [], "/mnt/c/Windows")


def test_interop_disabled_in_the_kernel(wsl2: Machine) -> None:
    wsl2.write("proc/sys/fs/binfmt_misc/WSLInterop", INTEROP.replace("enabled", "disabled"))
    assert not wsl2.detect().interop


def test_interop_restored_after_systemd_wiped_it(wsl2: Machine) -> None:
    (wsl2.root / "proc/sys/fs/binfmt_misc/WSLInterop").unlink()
    assert wsl2.write("proc/sys/fs/binfmt_misc/WSLInterop-late", INTEROP).detect().interop


@pytest.mark.parametrize(
    ("conf", "root"),
    [
        ("[automount]\nroot = /windir/\n", "/windir"),
        ("[automount]\nroot=/\n", "/"),
        ('[automount]\nroot = "/win dir"\n', "/win dir"),
        ("# root = /no\n[boot]\nsystemd=true\n[automount]\nenabled=true\n", "/mnt"),
        ("[automount]\nroot = /one\n[automount]\nroot = /two\n", "/one"),
        ("root = /outside\n", "/mnt"),
        ("[automount\nroot =", "/mnt"),
        ("\ufeff[automount]\nroot = /x", "/mnt"),
    ],
)
def test_the_automount_root_is_read_from_wsl_conf(wsl2: Machine, conf: str, root: str) -> None:
    assert wsl2.write("etc/wsl.conf", conf).detect().automount_root == root


def test_drives_below_another_root(wsl2: Machine) -> None:
    wsl2.write("etc/wsl.conf", "[automount]\nroot = /\n").windows("c")
    found = wsl2.detect()
    assert found.windows_directory == "/c/Windows"
    assert found.browser_launchers[0] == f"/c/{RUNDLL32}"


def test_the_windows_directory_on_a_manually_mounted_drive(machine: Machine) -> None:
    mounts = "none /run tmpfs rw 0 0\nC:\\134 /my\\040drives/c 9p rw,aname=drvfs;path=C:\\;uid=0 0 0\n"
    machine.kernel(WSL2_KERNEL).write("proc/self/mounts", mounts).windows("my drives/c")
    assert machine.detect().windows_directory == "/my drives/c/Windows"


def test_windows_directory_in_capitals(machine: Machine) -> None:
    machine.kernel(WSL2_KERNEL).make("mnt/c/WINDOWS/System32")
    assert machine.detect().windows_directory == "/mnt/c/WINDOWS"


def test_without_a_mounted_drive_there_is_no_windows_directory(machine: Machine) -> None:
    machine.kernel(WSL2_KERNEL).write("proc/sys/fs/binfmt_misc/WSLInterop", INTEROP)
    found = machine.detect()
    assert (found.windows_directory, found.browser_launchers) == ("", [])


def test_wslview_is_the_last_browser_launcher(wsl2: Machine) -> None:
    assert wsl2.write("usr/bin/wslview").detect().browser_launchers[-1] == "/usr/bin/wslview"


def test_wslinfo_and_wslpath_provide_what_no_file_contains(wsl2: Machine) -> None:
    wsl2.write("usr/bin/wslinfo").write("usr/bin/wslpath")
    answers = {"--networking-mode": "mirrored\n", "-w": "\\\\wsl.localhost\\Ubuntu-24.04\\\n"}
    found = wsl2.detect(run=lambda command: (0, answers[command[1]], ""))
    assert (found.networking_mode, found.distribution) == ("mirrored", "Ubuntu-24.04")


def test_the_distribution_is_found_in_the_share_name_of_older_windows(wsl2: Machine) -> None:
    wsl2.write("usr/bin/wslpath")
    assert wsl2.detect(run=lambda _command: (0, "\\\\wsl$\\Debian\\", "")).distribution == "Debian"


def test_wsl_distro_name_provides_the_distribution(wsl2: Machine) -> None:
    assert wsl2.detect(WSL_DISTRO_NAME="Debian").distribution == "Debian"


def test_failing_wsl_programs_leave_their_facts_empty(wsl2: Machine) -> None:
    wsl2.write("usr/bin/wslinfo").write("usr/bin/wslpath")
    found = wsl2.detect(run=lambda _command: (1, "usage", "error"))
    assert (found.networking_mode, found.distribution) == ("", "")


@pytest.mark.parametrize(
    ("program", "mode"),
    [
        ("#!/bin/sh\necho nat\n", "nat"),
        ("#!/bin/sh\nsleep 300\n", ""),
        ("#!/bin/sh\nsleep 300 &\necho nat\n", "nat"),
        ("#!/bin/sh\nyes nat\n", ""),
        ("#!/nonexistent/interpreter\n", ""),
        ("MZ\0\1", ""),
        (None, ""),
    ],
)
def test_a_program_of_wsl_that_hangs_or_cannot_start_leaves_its_fact_empty(
    wsl2: Machine, monkeypatch: pytest.MonkeyPatch, program: t.Optional[str], mode: str
) -> None:
    monkeypatch.setattr(wsl, "SECONDS", 1)
    wsl2.write("usr/bin/wslinfo", program or "")
    os.chmod(wsl2.root / "usr/bin/wslinfo", 0o755 if program else 0)
    started = time.monotonic()
    found = wsl2.detect(run=lambda command: wsl.run_wsl_program([str(wsl2.root) + command[0], *command[1:]]))
    assert (found.version, found.networking_mode) == (2, mode)
    assert time.monotonic() - started < 60


def test_a_windows_drive_that_does_not_respond_leaves_its_facts_empty(
    wsl2: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wsl, "SECONDS", 0.2)
    monkeypatch.setattr(wsl, "windows_files", lambda *_arguments: time.sleep(20))
    found = wsl2.detect()
    assert (found.version, found.interop, found.windows_directory) == (2, True, "")
    assert (found.browser_launchers, found.localhost_forwarding) == ([], None)


@pytest.mark.parametrize("kind", ["pipe", "link", "large"])
def test_wslconfig_is_not_trusted(wsl2: Machine, kind: str) -> None:
    path = wsl2.make("mnt/c/Users/dev").root / "mnt/c/Users/dev/.wslconfig"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to("/dev/zero")
    else:
        path.write_bytes(b"[wsl2]\nnetworkingMode=nat\n" + b"#" * (1 << 22))
    found = wsl2.detect()
    assert (found.localhost_forwarding, found.networking_mode) == (True, "nat" if kind == "large" else "")
    assert found.wslconfig == "/mnt/c/Users/dev/.wslconfig"


@pytest.mark.parametrize(
    ("wslconfig", "mode", "reached"),
    [
        ("", "nat", True),
        ("[wsl2]\nlocalhostForwarding=false\n", "nat", False),
        ("[wsl2]\nlocalhostForwarding=false\n", "", False),
        ("[wsl2]\nlocalhostForwarding=false\n", "virtioproxy", False),
        ("[wsl2]\nlocalhostForwarding=false\n", "mirrored", True),
        ("[wsl2]\nnetworkingMode=bridged\n", "", False),
        ("[wsl2]\nnetworkingMode=bridged\n", "nat", True),
        ("", "none", False),
        ("", "", True),
    ],
)
def test_the_windows_browser_reaches_a_port_of_wsl(
    wsl2: Machine, wslconfig: str, mode: str, reached: bool
) -> None:
    wsl2.write("mnt/c/Users/dev/.wslconfig", wslconfig).write("usr/bin/wslinfo")
    assert wsl2.detect(run=lambda _command: (0, mode, "")).localhost_reaches_wsl() == reached


def test_a_port_is_reached_outside_wsl2() -> None:
    assert WslInfo().localhost_reaches_wsl()
    assert WslInfo(1, networking_mode="none", localhost_forwarding=False).localhost_reaches_wsl()


def test_wslinfo_gets_no_socket_of_an_ended_session(wsl2: Machine) -> None:
    commands: t.List[t.List[str]] = []

    def run(command: t.List[str]) -> t.Tuple[int, str, str]:
        commands.append(command)
        return 0, "nat", ""

    wsl2.write("usr/bin/wslinfo")
    assert wsl2.detect(run, WSL_INTEROP="/run/WSL/7_interop").networking_mode == "nat"
    wsl2.detect(run)
    wslinfo = ["/usr/bin/wslinfo", "--networking-mode"]
    assert commands == [["env", "-u", "WSL_INTEROP", *wslinfo], wslinfo]


def test_other_mounted_drives_are_windows_drives_too(wsl2: Machine) -> None:
    wsl2.write("proc/self/mounts", "D:\\134 /home/dev/data 9p rw,aname=drvfs;path=D: 0 0\n")
    found = wsl2.detect()
    paths = (
        "/mnt/c",
        "/mnt/c/x",
        "/home/dev/data",
        "/home/dev/data/x",
        "/home/dev/database",
        "/mnt/cc",
        "/usr",
    )
    assert [path for path in paths if found.on_windows_drive(path)] == list(paths[:4])


def test_detection_works_on_the_host_of_the_tests() -> None:
    assert detect().kernel


def test_damaged_files_of_the_kernel_never_raise_an_error(machine: Machine) -> None:
    mounts = "none /run tmpfs rw 0 0\nC:\\134 /my\\040drives/c 9p rw,aname=drvfs;path=C:\\;uid=0 0 0\n"
    for content in damaged([mounts, WSL2_KERNEL, INTEROP, "wsl\n"], 300):
        for path in ("proc/self/mounts", "proc/sys/fs/binfmt_misc/WSLInterop", "run/systemd/container"):
            target = machine.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        machine.kernel(WSL2_KERNEL + content.decode("utf-8", "replace").replace("\0", ""))
        machine.detect()
