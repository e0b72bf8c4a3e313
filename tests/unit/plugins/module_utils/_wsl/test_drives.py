# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Windows drives are mounted, and whose .wslconfig counts."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._wsl.drives import (
    WindowsFiles,
    automount_root,
    mounted_drives,
    windows_files,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._wsl.host_files import HostFiles

MOUNTS = """\
none /run tmpfs rw 0 0
C:\\134 /mnt/c 9p rw,noatime,aname=drvfs;path=C:\\134;uid=1000 0 0
D: /my\\040drives/d drvfs rw,noatime 0 0
drvfsaE /mnt/e virtiofs rw,relatime 0 0
none /usr/lib/wsl/drivers 9p rw,aname=drivers 0 0
share /srv/share virtiofs rw 0 0
C:\\134Users /home/dev/win 9p rw,aname=drvfs;path=C:\\134Users 0 0
//server/c /net/c cifs rw 0 0
"""


class Machine:
    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        (root / "mnt/c/Windows/System32").mkdir(parents=True)

    def files(self, search_path: str = "") -> WindowsFiles:
        return windows_files(HostFiles(str(self.root)), "/mnt", [], search_path)

    def user(self, name: str, wslconfig: t.Optional[str] = None) -> None:
        profile = self.root / "mnt/c/Users" / name
        profile.mkdir(parents=True)
        if wslconfig is not None:
            (profile / ".wslconfig").write_text(wslconfig)


@pytest.fixture
def machine(tmp_path: pathlib.Path) -> Machine:
    return Machine(tmp_path)


def test_mounts_of_windows_drives(tmp_path: pathlib.Path) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mounts").write_text(MOUNTS)
    assert mounted_drives(HostFiles(str(tmp_path))) == ["/mnt/c", "/my drives/d", "/mnt/e", "/home/dev/win"]


def test_an_empty_root_is_the_root_directory_as_for_wsl(tmp_path: pathlib.Path) -> None:
    assert automount_root(HostFiles(str(tmp_path))) == "/mnt"
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/wsl.conf").write_text("[automount]\nroot =\n")
    assert automount_root(HostFiles(str(tmp_path))) == "/"


def test_the_only_user_is_who_runs_wsl(machine: Machine) -> None:
    assert machine.files() == WindowsFiles("/mnt/c/Windows")
    for name in ("Public", "Default", "All Users", "defaultuser0"):
        machine.user(name, "not this one")
    assert machine.files().wslconfig_content is None
    machine.user("Ann Lee")
    assert (machine.files().wslconfig, machine.files().wslconfig_content) == ("", b"")
    (machine.root / "mnt/c/Users/Ann Lee/.wslconfig").write_text("[wsl2]\n")
    found = machine.files()
    assert (found.wslconfig, found.wslconfig_content) == ("/mnt/c/Users/Ann Lee/.wslconfig", b"[wsl2]\n")


def test_of_several_users_the_one_in_path_counts(machine: Machine) -> None:
    machine.user("ann", "of ann")
    machine.user("bob")
    assert machine.files().wslconfig_content == b"of ann"
    path = "/usr/bin:/mnt/c/Windows:/mnt/c/Users/bob/AppData/Local/Microsoft/WindowsApps"
    assert machine.files(path).wslconfig_content == b""
    (machine.root / "mnt/c/Users/bob/.wslconfig").write_text("of bob")
    assert machine.files(path).wslconfig_content == b"of bob"
    assert machine.files() == WindowsFiles("/mnt/c/Windows")
