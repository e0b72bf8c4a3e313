# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks are released when their process ends, and do not require a home directory."""

from __future__ import annotations

import os
import pathlib
import signal
import stat

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
        with locked("subject"):
            (tmp_path / "taken").touch()
            signal.pause()
    while not (tmp_path / "taken").exists():
        os.sched_yield()
    with pytest.raises(LockTimeout, match=r"'subject' for 0\.1 seconds"), locked("subject", 0.1):
        pass
    with locked("another subject", 0.1):
        os.kill(pid, signal.SIGKILL)
    with locked("subject", 10):
        os.waitpid(pid, 0)


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
    os.rename(locks, tmp_path / "real")
    locks.symlink_to(tmp_path / "real")
    with pytest.raises(PermissionError, match="belongs to another user"), locked("subject", 1):
        pass
