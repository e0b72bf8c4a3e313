# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths that another user can change, which only root can create for a test."""

from __future__ import annotations

import grp
import os
import pathlib
import struct
import subprocess
import sys

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host.trusted_paths import (
    untrusted_content,
    untrusted_part,
)
from support.child_processes import exit_code, start

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can create files of other users")

OTHER, ANOTHER = 4242, 4243
"""Users without an account."""
ALL_USERS = "can be changed by all users"


def make(path: pathlib.Path, owner: int = 0, mode: int = 0o755, group: int = 0) -> pathlib.Path:
    path.mkdir(parents=True)
    os.chown(path, owner, group)
    path.chmod(mode)
    return path


def text(path: pathlib.Path) -> str:
    return str(untrusted_part(str(path)) or "")


def test_directories_of_root_are_trusted(place: pathlib.Path) -> None:
    make(place / "a" / "b")
    assert text(place / "a" / "b") == text(place / "a" / "b" / "missing" / "too") == text(place) == ""
    assert text(pathlib.Path("/usr/bin/env")) == text(pathlib.Path("/")) == ""


def test_first_directory_of_another_user_is_found(place: pathlib.Path) -> None:
    make(place / "home", OTHER)
    make(place / "home" / "bin")
    found = untrusted_part(str(place / "home" / "bin" / "aws"))
    assert found
    assert (found.path, found.owner) == (str(place / "home"), str(OTHER))
    assert str(found) == f"{place}/home belongs to the user {OTHER}"


@pytest.mark.parametrize(
    ("mode", "on_the_way", "reason"),
    [
        (0o777, False, ALL_USERS),
        (0o777, True, ALL_USERS),
        (0o1777, False, ALL_USERS),
        (0o1777, True, ""),
        (0o702, True, ALL_USERS),
        (0o775, True, ""),
    ],
)
def test_directory_that_all_users_can_change(
    place: pathlib.Path, mode: int, on_the_way: bool, reason: str
) -> None:
    directory = make(place / "open", mode=mode)
    expected = f"{directory} {reason}" if reason else ""
    assert text(directory / "below" if on_the_way and make(directory / "below") else directory) == expected


def test_group_is_trusted_without_other_members(place: pathlib.Path) -> None:
    assert text(make(place / "empty", mode=0o2775, group=OTHER)) == ""
    nogroup = grp.getgrnam("nogroup").gr_gid  # the primary group of system accounts
    assert text(make(place / "nogroup", mode=0o775, group=nogroup)).endswith("by the group nogroup")


def test_links_are_followed_and_their_owners_count(place: pathlib.Path) -> None:
    home = make(place / "home", OTHER)
    make(home / "aws-cli")
    (place / "link").symlink_to("home/aws-cli")
    (place / "up").symlink_to("../" + place.name + "/./link")
    for link in ("link", "up"):
        assert text(place / link / "v2") == f"{home} belongs to the user {OTHER}"
    (place / "mine").symlink_to("/usr")
    assert text(place / "mine" / "bin") == ""
    os.lchown(place / "mine", OTHER, OTHER)
    assert text(place / "mine" / "bin") == f"{place}/mine belongs to the user {OTHER}"


def test_circular_links_are_not_trusted(place: pathlib.Path) -> None:
    (place / "a").symlink_to("b")
    (place / "b").symlink_to("a")
    assert text(place / "a") == f"{place}/a contains too many symbolic links"


def test_missing_part_below_a_dangling_link_is_ignored(place: pathlib.Path) -> None:
    (place / "dangling").symlink_to("/nonexistent/place")
    assert text(place / "dangling" / "v2") == ""


@pytest.mark.parametrize(
    ("tag", "number", "permissions", "expected"),
    [
        (0x02, OTHER, 7, f"can be changed by the user {OTHER}"),
        (0x08, 65534, 7, "can be changed by the group nogroup"),
        (0x02, OTHER, 5, ""),
        (0x02, 0, 7, ""),
    ],
)
def test_access_control_list_counts(
    place: pathlib.Path, tag: int, number: int, permissions: int, expected: str
) -> None:
    directory = make(place / "acl")
    undefined = 0xFFFFFFFF  # of the entries for the owner, its group, the mask and all others
    entries = [(0x01, 7, undefined), (tag, permissions, number), (0x04, 5, undefined)]
    acl = struct.pack("<I", 2)
    for entry in [*sorted(entries), (0x10, 7, undefined), (0x20, 5, undefined)]:
        acl += struct.pack("<HHI", *entry)
    try:
        os.setxattr(directory, "system.posix_acl_access", acl)
    except OSError:
        pytest.skip("this file system has no access control lists")
    assert directory.stat().st_mode & 0o020
    assert text(directory) == (f"{directory} {expected}" if expected else "")


def test_content_of_another_user_is_found(place: pathlib.Path) -> None:
    library = make(place / "v2" / "dist" / "lib") / "libpython.so"
    library.write_bytes(b"")
    (place / "v2" / "aws").symlink_to("dist/lib/libpython.so")
    assert untrusted_content(str(place / "v2")) is None
    library.chmod(0o666)
    assert str(untrusted_content(str(place / "v2"))) == f"{library} {ALL_USERS}"
    library.chmod(0o644)
    os.chown(library, OTHER, OTHER)
    assert str(untrusted_content(str(place / "v2"))) == f"{library} belongs to the user {OTHER}"
    os.chown(library, 0, 0)
    make(place / "home", OTHER)
    (place / "v2" / "aws").unlink()
    (place / "v2" / "aws").symlink_to("../home/aws")
    assert str(untrusted_content(str(place / "v2"))) == f"{place}/home belongs to the user {OTHER}"


def test_own_directories_of_an_ordinary_user_are_trusted(place: pathlib.Path) -> None:
    home = make(place / "home", OTHER, 0o700)
    foreign = make(place / "foreign", ANOTHER)

    def check() -> None:
        assert untrusted_part(str(home / ".cache")) is None
        assert str(untrusted_part(str(foreign))) == f"{foreign} belongs to the user {ANOTHER}"

    assert exit_code(start(check, user=OTHER)) == 0


def test_users_outside_of_the_user_namespace_are_trusted(place: pathlib.Path) -> None:
    directory = make(place / "outside", OTHER)
    program = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "from ansible_collections.workstation.aws_sso.plugins.module_utils._host import trusted_paths\n"
        "print(trusted_paths.untrusted_part(sys.argv[1]))"
    )
    path = [entry for entry in sys.path if entry]
    module = str(sys.modules[untrusted_part.__module__].__file__).partition("/ansible_collections/")[0]
    command = [
        "unshare",
        "--user",
        "--map-root-user",
        sys.executable,
        "-c",
        program,
        directory,
        module,
        *path,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("this machine does not allow user namespaces")
    assert done.stdout == "None\n"
