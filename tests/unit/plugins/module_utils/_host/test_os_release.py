# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The families of real distributions, and files that are missing or damaged."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host.os_release import distribution_family
from support.fuzz import damaged
from support.os_releases import OS_RELEASES, write_os_release


@pytest.mark.parametrize(
    ("distribution", "family"),
    [
        ("Ubuntu", "debian"),
        ("Debian", "debian"),
        ("Kali", "debian"),
        ("Fedora", "fedora"),
        ("AlmaLinux", "fedora"),
        ("RHEL", "fedora"),
        ("Oracle", "fedora"),
        ("SLES", "suse"),
        ("Leap", "suse"),
        ("Tumbleweed", "suse"),
        ("Arch", "arch"),
        ("Alpine", "alpine"),
    ],
)
def test_family_of_a_distribution(tmp_path: pathlib.Path, distribution: str, family: str) -> None:
    write_os_release(tmp_path, OS_RELEASES[distribution].encode())
    assert distribution_family(str(tmp_path)) == family


@pytest.mark.parametrize(
    "content",
    [b"", b"ID=plan9\n", b"ID=\n", b'ID="unbalanced\n', b"no assignment", b"NAME=\xff\nID=plan9\n"],
)
def test_unknown_or_damaged_file_has_no_family(tmp_path: pathlib.Path, content: bytes) -> None:
    write_os_release(tmp_path, content)
    assert distribution_family(str(tmp_path)) == ""


def test_missing_file_has_no_family(tmp_path: pathlib.Path) -> None:
    assert distribution_family(str(tmp_path)) == ""


def test_file_in_usr_lib_is_read_when_etc_has_none(tmp_path: pathlib.Path) -> None:
    write_os_release(tmp_path, b"ID=arch\n", "usr/lib")
    assert distribution_family(str(tmp_path)) == "arch"
    write_os_release(tmp_path, b"ID=alpine\n")
    assert distribution_family(str(tmp_path)) == "alpine"


def test_damaged_files_never_raise_an_error(tmp_path: pathlib.Path) -> None:
    for content in damaged([*OS_RELEASES.values()], 400):
        write_os_release(tmp_path, content)
        assert distribution_family(str(tmp_path)) in {"", "debian", "fedora", "suse", "arch", "alpine"}
