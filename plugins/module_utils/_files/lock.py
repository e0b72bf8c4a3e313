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
import itertools
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


WhileWaiting = t.Callable[[int, float], None]


@contextlib.contextmanager
def locked(
    subject: str,
    timeout: float,
    while_waiting: t.Optional[WhileWaiting] = None,
    directory: str = "",
) -> t.Iterator[t.Optional[int]]:
    """Hold the lock that all processes of the collection and this user take for *subject*, such as a file
    path, and wait for it for *timeout* seconds.

    *while_waiting* is called with the open lock file and the seconds that have passed, again and again until
    the lock is free; LockTimeout ends the wait earlier.

    The lock file is outside AWS's directories, so that it does not confuse other tools. The kernel releases
    the lock when the process ends, however it ends. The value is the open lock file, in which a holder can
    leave a note for the next one. It is in *directory* if that has locks, which is for processes whose cache
    directories may differ.

    It is None where no directory has locks: what the lock protects is then done without it, because files are
    replaced atomically anyway. Raises LockTimeout.
    """
    descriptor = _take_lock(subject, timeout, while_waiting, directory)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


def private_directories() -> t.Iterator[str]:
    """The directories for locks that exist or can be created, and that no other user controls."""
    for directory in (_in_cache(), _in_temporary_directory()):
        with contextlib.suppress(OSError):
            _require_private_directory(directory)
            yield directory


def private_name(subject: str) -> str:
    """The name of a file about *subject* in one of private_directories()."""
    return hashlib.sha256(subject.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _take_lock(
    subject: str, timeout: float, while_waiting: t.Optional[WhileWaiting], preferred: str
) -> t.Optional[int]:
    name = private_name(subject)
    for directory in itertools.chain(filter(None, [preferred]), private_directories()):
        with contextlib.suppress(OSError):
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(os.path.join(directory, name), flags, PRIVATE_FILE)
            try:
                _wait_for(descriptor, subject, timeout, while_waiting)
            except BaseException:
                os.close(descriptor)
                raise
            return descriptor
    return None


def _wait_for(descriptor: int, subject: str, timeout: float, while_waiting: t.Optional[WhileWaiting]) -> None:
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
        waited = time.monotonic() - began
        if waited >= timeout:
            raise LockTimeout(f"Another process has held the lock for {subject!r} for {timeout:g} seconds.")
        if while_waiting is not None:
            while_waiting(descriptor, waited)
        time.sleep(_POLL_SECONDS)


def _in_cache() -> str:
    return os.path.join(cache_directory(), "locks")


def _in_temporary_directory() -> str:
    """For a home directory that is not writable, or has no locks."""
    return os.path.join(tempfile.gettempdir(), f"workstation.aws_sso-{os.geteuid()}")


def _require_private_directory(path: str) -> None:
    """Create *path*, and refuse one in which another user could hold our locks. Raises OSError."""
    make_private_directory(path)
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "belongs to another user", path)
