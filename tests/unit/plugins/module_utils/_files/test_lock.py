# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks are released when their process ends, and do not require a home directory."""

from __future__ import annotations

import errno
import fcntl
import os
import pathlib
import shutil
import signal
import stat
import time

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._files import lock
from ansible_collections.workstation.aws_sso.plugins.module_utils._files.lock import (
    LockTimeout,
    locked,
)


def test_a_lock_is_released_with_its_process_and_times_out(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    pid = os.fork()
    if pid == 0:
        with locked("subject", 10):
            (tmp_path / "taken").touch()
            signal.pause()
    deadline = time.monotonic() + 60
    while not (tmp_path / "taken").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with pytest.raises(LockTimeout, match=r"'subject' for 0\.1 seconds"), locked("subject", 0.1):
        pass
    with locked("another subject", 0.1):
        os.kill(pid, signal.SIGKILL)
    with locked("subject", 10):
        os.waitpid(pid, 0)


def test_a_lock_in_a_directory_does_not_depend_on_the_cache(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "first"))
    with locked("subject", 1, directory=str(tmp_path)):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "second"))
        with pytest.raises(LockTimeout), locked("subject", 0, directory=str(tmp_path)):
            pass
    with locked("subject", 1, directory=str(tmp_path / "missing")) as descriptor:
        assert descriptor is not None, "the lock is in the cache then"


def test_who_waits_is_called_and_may_give_up(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    calls: list[float] = []

    def give_up(descriptor: int, seconds: float) -> None:
        assert os.pread(descriptor, 4, 0) == b"note"
        calls.append(seconds)
        if len(calls) == 3:
            raise LockTimeout("no longer")

    with locked("subject", 1) as holder:
        assert holder is not None
        os.pwrite(holder, b"note", 0)
        with pytest.raises(LockTimeout, match="no longer"), locked("subject", 60, give_up):
            pass
    assert calls == sorted(calls) and len(calls) == 3
    with locked("subject", 1, give_up):
        assert len(calls) == 3


def test_locks_use_the_temporary_directory_if_the_home_is_not_writable(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(lock.tempfile, "gettempdir", lambda: str(tmp_path))
    with locked("subject", 1):
        locks = tmp_path / f"workstation.aws_sso-{os.geteuid()}"
        assert stat.S_IMODE(locks.stat().st_mode) == 0o700
        assert len(list(locks.iterdir())) == 1


def test_no_lock_is_taken_in_a_directory_that_another_user_may_have_prepared(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, temporary = tmp_path / "cache", tmp_path / "temporary"
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setattr(lock.tempfile, "gettempdir", lambda: str(temporary))
    real = tmp_path / "real"
    real.mkdir()
    (cache / "workstation.aws_sso").mkdir(parents=True)
    (cache / "workstation.aws_sso" / "locks").symlink_to(real)
    with locked("subject", 1) as lock_file:
        assert lock_file is not None and os.listdir(real) == []
    locks = temporary / f"workstation.aws_sso-{os.geteuid()}"
    shutil.rmtree(locks)
    locks.symlink_to(real)
    with locked("subject", 1) as lock_file:
        assert lock_file is None and os.listdir(real) == []


@pytest.mark.parametrize("reason", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL])
def test_without_file_locks_the_work_is_done_without_one(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(fcntl, "flock", fail)
    with locked("subject", 1) as lock_file:
        assert lock_file is None
