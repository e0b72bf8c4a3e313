# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks between all processes of a user, outside AWS's directories.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
import tempfile
import time
import typing as t

from .._errors import WorkstationError
from .atomic import PRIVATE_FILE, make_private_directory
from .directories import cache_directory

_POLL_SECONDS = 0.05  # flock() cannot time out; short beside what the locks protect (requests, file writes)


class LockTimeout(WorkstationError):
    """Another process held the lock for the whole timeout."""


@contextlib.contextmanager
def locked(subject: str, timeout: t.Optional[float] = None) -> t.Iterator[None]:
    """Hold the lock that all processes of the collection and this user take for *subject*, such as a file
    path.

    The lock file is outside AWS's directories, so that it does not confuse other tools. The kernel releases
    the lock when the process ends, however it ends. *timeout* is in seconds; None waits without a limit.

    Raises LockTimeout.
    """
    descriptor = os.open(_lock_path(subject), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        _take_lock(descriptor, subject, timeout)
        yield
    finally:
        os.close(descriptor)


def _take_lock(descriptor: int, subject: str, timeout: t.Optional[float]) -> None:
    if timeout is None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
        if time.monotonic() >= deadline:
            raise LockTimeout(f"Another process has held the lock for {subject!r} for {timeout:g} seconds.")
        time.sleep(_POLL_SECONDS)


def _lock_path(subject: str) -> str:
    name = hashlib.sha256(subject.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return os.path.join(_lock_directory(), name)


def _lock_directory() -> str:
    """In the collection's cache directory; in the temporary directory if the home is not writable."""
    with contextlib.suppress(OSError):
        directory = os.path.join(cache_directory(), "locks")
        make_private_directory(directory)
        if os.access(directory, os.W_OK | os.X_OK):
            return directory
    directory = os.path.join(tempfile.gettempdir(), f"workstation.aws_sso-{os.geteuid()}")
    make_private_directory(directory)
    found = os.lstat(directory)
    if found.st_uid != os.geteuid() or not stat.S_ISDIR(found.st_mode):
        raise PermissionError(
            errno.EPERM, "belongs to another user, so lock files cannot be created in it", directory
        )
    return directory
