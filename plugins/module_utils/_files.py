# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole-file replacement and locks, for files that other tools read and write at the same time.

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

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700


class LockTimeout(Exception):
    """Another process held the lock for longer than the caller was ready to wait."""


def make_private_directory(path: str) -> None:
    """Create *path* and its missing parents with mode 0700; directories that exist keep their mode."""
    missing = []
    while path and not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path)
    for directory in reversed(missing):
        with contextlib.suppress(FileExistsError):
            os.mkdir(directory, PRIVATE_DIRECTORY)


def replace_file(path: str, data: bytes, mode: t.Optional[int] = None) -> None:
    """Replace the content of *path* so that a reader sees the old bytes or the new ones, never a mixture.

    A symbolic link is followed. *mode* None keeps the mode of a file that exists; a new file is private.
    """
    target = os.path.realpath(path)
    make_private_directory(os.path.dirname(target))
    before = os.stat(target) if os.path.exists(target) else None
    if mode is None:
        mode = stat.S_IMODE(before.st_mode) if before else PRIVATE_FILE
    descriptor, temporary = tempfile.mkstemp(prefix=".aws_sso-", dir=os.path.dirname(target))
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            if before and (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                with contextlib.suppress(PermissionError):
                    os.fchown(stream.fileno(), before.st_uid, before.st_gid)
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    _sync_directory(os.path.dirname(target))


def _sync_directory(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:  # some network and Windows-backed file systems cannot sync a directory
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def locked(subject: str, timeout: t.Optional[float] = None) -> t.Iterator[None]:
    """Hold the lock that all our processes of this user take for *subject*, such as the path of a file.

    The lock file lies outside the directories of AWS, so that no other tool trips over it. The kernel releases
    the lock when the process ends, however it ends. *timeout* in seconds; None waits for as long as it takes.

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
            raise LockTimeout("another process has held the lock for %r for %d seconds" % (subject, timeout))
        time.sleep(0.05)


def _lock_path(subject: str) -> str:
    directory = os.path.join(cache_directory(), "locks")
    make_private_directory(directory)
    return os.path.join(directory, hashlib.sha256(subject.encode("utf-8", "surrogateescape")).hexdigest()[:32])


def cache_directory() -> str:
    """Our own directory of things that may be deleted at any time."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "workstation.aws_sso")
