# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files are replaced atomically, wherever they are and whenever the process is killed."""

from __future__ import annotations

import errno
import os
import pathlib
import signal
import stat
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._files.atomic import replace_file


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


def test_nothing_is_written_through_a_link_planted_beside_the_file(tmp_path: pathlib.Path) -> None:
    path, precious = tmp_path / "config", tmp_path / "precious"
    path.write_bytes(b"old")
    precious.write_bytes(b"precious")
    os.link(precious, tmp_path / ".config.aws_sso")
    replace_file(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert precious.read_bytes() == b"precious"
    (tmp_path / ".config.aws_sso").symlink_to(precious)
    with pytest.raises(OSError):
        replace_file(str(path), b"newer")
    assert precious.read_bytes() == b"precious"
    assert path.read_bytes() == b"new"


KILLS: t.Dict[str, t.Tuple[bytes, bytes, int]] = {
    "new": (b"", b"new bytes", 0),
    "renamed": (b"old bytes", b"new", 1),
    "in place, longer": (b"old", b"new bytes", 2),
    "in place, shorter": (b"old bytes, many of them", b"new", 2),
}


@pytest.mark.parametrize("kind", sorted(KILLS))
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
        assert set(os.listdir(tmp_path)) <= {"config", "twin", ".config.aws_sso"}
        if not killed:
            break
    assert calls > 10
    assert path.read_bytes() == new
    assert ".config.aws_sso" not in os.listdir(tmp_path)


def failing(reason: int) -> t.Callable[..., t.NoReturn]:
    def fail(*arguments: t.Any) -> t.NoReturn:
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
