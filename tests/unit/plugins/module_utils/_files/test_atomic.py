# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files are replaced atomically, wherever they are and whenever the process is killed."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import functools
import os
import pathlib
import secrets
import signal
import stat
import struct
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._files.atomic import (
    is_temporary_file,
    replace_file,
    reserved_room,
)
from support.child_processes import exit_code, start


def mode_of(path: pathlib.Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_file_and_its_directories_are_private(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "home" / ".aws" / "config"
    replace_file(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert [mode_of(path), mode_of(path.parent), mode_of(path.parent.parent)] == [0o600, 0o700, 0o700]


def test_mode_of_a_file_that_exists_stays_unless_one_is_given(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(str(path), b"new")
    assert mode_of(path) == 0o640
    replace_file(str(path), b"newer", 0o600)
    assert mode_of(path) == 0o600


def test_bare_relative_path_works(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    replace_file("config", b"new")
    assert (tmp_path / "config").read_bytes() == b"new"


def test_links_to_the_file_and_to_its_directory_stay_links(tmp_path: pathlib.Path) -> None:
    elsewhere = tmp_path / "windows" / ".aws"
    elsewhere.mkdir(parents=True)
    (elsewhere / "real").write_bytes(b"old")
    (elsewhere / "config").symlink_to("real")
    (tmp_path / ".aws").symlink_to(elsewhere)
    replace_file(str(tmp_path / ".aws" / "config"), b"new")
    assert (elsewhere / "real").read_bytes() == b"new"
    assert (elsewhere / "config").is_symlink() and (tmp_path / ".aws").is_symlink()
    assert sorted(os.listdir(elsewhere)) == ["config", "real"]


def test_dangling_link_is_filled(tmp_path: pathlib.Path) -> None:
    (tmp_path / "config").symlink_to(tmp_path / "missing" / "real")
    replace_file(str(tmp_path / "config"), b"new")
    assert (tmp_path / "missing" / "real").read_bytes() == b"new"
    assert (tmp_path / "config").is_symlink()


@pytest.mark.parametrize("data", [b"", b"short", b"much longer than it was"])
def test_hard_links_stay_together(tmp_path: pathlib.Path, data: bytes) -> None:
    path, twin = tmp_path / "config", tmp_path / "twin"
    path.write_bytes(b"what it was")
    os.link(path, twin)
    replace_file(str(path), data, 0o640)
    assert twin.read_bytes() == path.read_bytes() == data
    assert path.samefile(twin)
    assert mode_of(twin) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["config", "twin"]


@pytest.mark.parametrize("reason", [errno.EBUSY, errno.EXDEV, errno.EPERM])
def test_file_that_cannot_be_renamed_over_is_written_in_place(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "replace", failing(reason))
    inode = path.stat().st_ino
    replace_file(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_ino == inode
    assert os.listdir(tmp_path) == ["config"]


def test_file_whose_owner_cannot_be_kept_is_written_in_place(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"old")
    inode = path.stat().st_ino
    owner = os.geteuid()
    monkeypatch.setattr(os, "fchown", failing(errno.EPERM))
    monkeypatch.setattr(os, "getegid", lambda: path.stat().st_gid + 1)
    replace_file(str(path), b"new")
    assert (path.read_bytes(), path.stat().st_ino, path.stat().st_uid) == (b"new", inode, owner)


def test_extended_attributes_stay(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"old")
    try:
        os.setxattr(path, "user.note", b"mine")
    except OSError as error:
        pytest.skip(f"no extended attributes here: {error}")
    replace_file(str(path), b"new")
    assert os.getxattr(path, "user.note") == b"mine"


@pytest.mark.parametrize("links", [1, 2])
def test_full_disk_leaves_the_old_bytes_and_nothing_else(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, links: int
) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"old bytes")
    names = ["config"]
    if links == 2:
        os.link(path, tmp_path / "twin")
        names.append("twin")
    monkeypatch.setattr(os, "fsync", failing(errno.ENOSPC))
    with pytest.raises(OSError, match="No space left"):
        replace_file(str(path), b"new")
    assert path.read_bytes() == b"old bytes"
    assert sorted(os.listdir(tmp_path)) == names


def test_what_is_not_a_file_is_not_replaced(tmp_path: pathlib.Path) -> None:
    fifo = tmp_path / "config"
    os.mkfifo(fifo)
    with pytest.raises(OSError, match="not a regular file"):
        replace_file(str(fifo), b"new")
    with pytest.raises(OSError, match="not a regular file"):
        replace_file(str(tmp_path), b"new")
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_nothing_is_written_through_a_link_planted_beside_the_file(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, precious = tmp_path / "config", tmp_path / "precious"
    path.write_bytes(b"old")
    precious.write_bytes(b"precious")
    monkeypatch.setattr(secrets, "token_hex", lambda size: "guessed")
    for plant in (os.link, os.symlink):
        plant(precious, tmp_path / ".config.guessed.aws_sso")
        with contextlib.suppress(FileExistsError):
            replace_file(str(path), b"new")
        assert precious.read_bytes() == b"precious"
        (tmp_path / ".config.guessed.aws_sso").unlink(missing_ok=True)


def test_files_that_killed_writers_left_are_removed_by_the_next_writer(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "config"
    for name in (".config.0a1b2c3d.aws_sso", ".config.ffffffff.aws_sso", ".other.0a1b2c3d.aws_sso"):
        (tmp_path / name).write_bytes(b"left")
    with (tmp_path / ".config.ffffffff.aws_sso").open("rb") as in_use:
        fcntl.flock(in_use, fcntl.LOCK_EX)
        replace_file(str(path), b"new")
        assert sorted(os.listdir(tmp_path)) == [
            ".config.ffffffff.aws_sso", ".other.0a1b2c3d.aws_sso", "config",
        ]  # fmt: skip
    replace_file(str(path), b"newer")
    assert sorted(os.listdir(tmp_path)) == [".other.0a1b2c3d.aws_sso", "config"]


def test_a_temporary_file_belongs_to_one_file_only() -> None:
    for entry in (".config.aws_sso", ".config.0a1b2c3d.aws_sso"):
        assert is_temporary_file(entry, ["other", "config"])
    for entry in (
        "config.0a1b2c3d.aws_sso", ".config.0a1b2c3d", ".config.d.0a1b2c3d.aws_sso", ".configs.aws_sso",
        ".aws_sso",
    ):  # fmt: skip
        assert not is_temporary_file(entry, ["config"])


def test_without_file_locks_files_are_replaced_and_only_old_leftovers_removed(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "flock", failing(errno.ENOLCK))
    fresh, old = tmp_path / ".config.00000001.aws_sso", tmp_path / ".config.00000002.aws_sso"
    fresh.touch()
    old.touch()
    os.utime(old, (0, 0))
    replace_file(str(tmp_path / "config"), b"new")
    assert (tmp_path / "config").read_bytes() == b"new"
    assert sorted(os.listdir(tmp_path)) == [fresh.name, "config"]


def test_a_file_that_is_no_longer_current_is_not_replaced(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"theirs")
    assert replace_file(str(path), b"ours", is_current=lambda: False) is False
    assert replace_file(str(path), b"ours", 0o600, is_current=lambda: False) is False
    assert path.read_bytes() == b"theirs"
    assert os.listdir(tmp_path) == ["config"]
    assert replace_file(str(path), b"ours", is_current=lambda: True) is True
    assert path.read_bytes() == b"ours"


def test_many_writers_at_once_leave_one_complete_file(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "config"
    contents = [bytes([number]) * 5000 for number in range(8)]

    def write(content: bytes) -> None:
        for _round in range(20):
            replace_file(str(path), content)

    children = [start(functools.partial(write, content)) for content in contents]
    assert [exit_code(child) for child in children] == [0] * 8
    assert path.read_bytes() in contents
    assert os.listdir(tmp_path) == ["config"]


def test_errors_contain_the_path_of_the_file_and_not_of_a_temporary_one(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config"
    for function in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, function, failing(errno.ENOSPC))
            with pytest.raises(OSError, match="No space left") as caught:
                replace_file(str(path), b"new")
            assert caught.value.filename == str(path)


def test_one_attribute_that_cannot_be_kept_does_not_lose_the_others(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"old")
    attributes = {"user.note": b"mine", "user.other": b"too"}
    for name, value in attributes.items():
        os.setxattr(path, name, value)
    monkeypatch.setattr(os, "setxattr", failing(errno.ENOTSUP))
    inode = path.stat().st_ino
    replace_file(str(path), b"new")
    assert {name: os.getxattr(path, name) for name in os.listxattr(path)} == attributes
    assert (path.read_bytes(), path.stat().st_ino) == (b"new", inode)


class TestSecrets:
    """Files with a mode for their owner only."""

    def test_hard_links_do_not_get_the_new_secret(self, tmp_path: pathlib.Path) -> None:
        path, twin = tmp_path / "token", tmp_path / "twin"
        path.write_bytes(b"old")
        os.link(path, twin)
        replace_file(str(path), b"secret", 0o600)
        assert (path.read_bytes(), twin.read_bytes()) == (b"secret", b"old")
        assert mode_of(path) == 0o600

    def test_a_wide_mode_and_an_access_control_list_are_not_kept(self, tmp_path: pathlib.Path) -> None:
        path = tmp_path / "token"
        path.write_bytes(b"old")
        path.chmod(0o666)
        os.setxattr(path, "system.posix_acl_access", readable_for(12345))
        replace_file(str(path), b"secret", 0o600)
        assert mode_of(path) == 0o600
        assert "system.posix_acl_access" not in os.listxattr(path)

    def test_the_same_where_the_file_cannot_be_renamed_over(
        self, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "token"
        path.write_bytes(b"old")
        path.chmod(0o666)
        os.setxattr(path, "system.posix_acl_access", readable_for(12345))
        monkeypatch.setattr(os, "replace", failing(errno.EBUSY))
        replace_file(str(path), b"secret", 0o600)
        assert (path.read_bytes(), mode_of(path)) == (b"secret", 0o600)
        assert "system.posix_acl_access" not in os.listxattr(path)

    def test_an_own_link_is_followed(self, tmp_path: pathlib.Path) -> None:
        (tmp_path / "token").symlink_to("real")
        replace_file(str(tmp_path / "token"), b"secret", 0o600)
        assert (tmp_path / "real").read_bytes() == b"secret"
        assert (tmp_path / "token").is_symlink()


KILLS: t.Dict[str, t.Tuple[bytes, bytes, int]] = {
    "new": (b"", b"new bytes", 0),
    "renamed": (b"old bytes", b"new", 1),
    "in place, longer": (b"old", b"new bytes", 2),
    "in place, shorter": (b"old bytes, many of them", b"new", 2),
}


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("new", marks=pytest.mark.full),
        "renamed",
        pytest.param("in place, longer", marks=pytest.mark.full),
        "in place, shorter",
    ],
)
def test_kill_at_any_call_leaves_the_old_file_or_the_new_one(tmp_path: pathlib.Path, kind: str) -> None:
    old, new, links = KILLS[kind]
    path, twin = tmp_path / "config", tmp_path / "twin"
    calls = 0
    while True:
        for name in (path, twin):
            if name.exists():
                name.unlink()
        if links:
            path.write_bytes(old)
        if links == 2:
            os.link(path, twin)
        calls += 1
        killed = run_until_call(calls, lambda: replace_file(str(path), new))
        content = path.read_bytes() if path.exists() else b""
        # in place, the line feeds that cover the end of the old bytes may still be there
        assert content == old or (content.rstrip(b"\n") if links == 2 else content) == new
        left = set(os.listdir(tmp_path)) - {"config", "twin"}
        assert len(left) <= 1 and all(name.startswith(".config.") for name in left)
        if not killed:
            break
    assert calls > 10
    assert path.read_bytes() == new
    assert set(os.listdir(tmp_path)) <= {"config", "twin"}


def readable_for(user: int) -> bytes:
    """An access control list that lets *user* read, as the kernel stores it: tag, permissions and ID."""
    entries = [(0x01, 6, -1), (0x02, 4, user), (0x04, 0, -1), (0x10, 4, -1), (0x20, 0, -1)]
    return struct.pack("<I", 2) + b"".join(
        struct.pack("<HHI", tag, permissions, number & 0xFFFFFFFF) for tag, permissions, number in entries
    )


def failing(reason: int) -> t.Callable[..., t.NoReturn]:
    def fail(*arguments: t.Any, **options: t.Any) -> t.NoReturn:
        raise OSError(reason, os.strerror(reason))

    return fail


def run_until_call(number: int, action: t.Callable[[], None]) -> bool:
    """Run *action* in a process that is killed at its *number*-th call into C, if it comes to that."""
    pid = os.fork()
    if pid == 0:
        left = number

        def count(_frame: t.Any, event: str, _argument: t.Any) -> None:
            nonlocal left
            if event in ("c_call", "c_return"):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(count)
        action()
        sys.setprofile(None)
        os._exit(0)
    _pid, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def test_reserved_room_is_used_by_the_replacement_and_otherwise_removed(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "directory" / "secret"
    with reserved_room(str(path), 5000) as reserved:
        (entry,) = path.parent.iterdir()
        assert is_temporary_file(entry.name, ("secret",)) and entry.stat().st_size == 5000
        room = entry.stat().st_ino
        replace_file(str(path), b"content", 0o600, reserved=reserved)
        assert os.listdir(path.parent) == ["secret"]
    assert path.read_bytes() == b"content" and path.stat().st_ino == room
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValueError), reserved_room(str(path), 5000):
        raise ValueError
    assert os.listdir(path.parent) == ["secret"] and path.read_bytes() == b"content"


def test_room_for_another_file_is_not_used(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "one"
    with reserved_room(str(tmp_path / "two"), 10) as reserved:
        replace_file(str(path), b"content", 0o600, reserved=reserved)
        assert path.read_bytes() == b"content" and not reserved.used
    assert os.listdir(tmp_path) == ["one"]
