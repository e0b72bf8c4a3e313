# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Atomic file replacement, for files that other tools read and write at the same time.

PRIVATE to the collection. Standard library only, no imports from the collection: the controller
also sends this file to hosts as part of a program (plugin_utils/_remote/token_cache.py).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import typing as t

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700

_NOT_REPLACEABLE = (errno.EACCES, errno.EBUSY, errno.EPERM, errno.EROFS, errno.EXDEV)


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

    A symbolic link is followed; owner, extended attributes and hard links are kept. *mode* None keeps the
    mode of an existing file; a new file is private. Where a new file cannot replace the old one (it has more
    hard links, its owner cannot be kept, it is a mount point, its directory is not writable), the old one is
    overwritten in a single call.

    Raises OSError; the file is then unchanged.
    """
    target = os.path.realpath(path)
    make_private_directory(os.path.dirname(target))
    before = os.stat(target) if os.path.exists(target) else None
    if before is None:
        _replace(target, data, None, PRIVATE_FILE if mode is None else mode)
        return
    if not stat.S_ISREG(before.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", target)
    if mode is None:
        mode = stat.S_IMODE(before.st_mode)
    if before.st_nlink > 1:
        _overwrite(target, data, mode)
        return
    try:
        _replace(target, data, before, mode)
    except OSError as error:
        if error.errno not in _NOT_REPLACEABLE:
            raise
        _overwrite(target, data, mode)


def _replace(target: str, data: bytes, before: t.Optional[os.stat_result], mode: int) -> None:
    temporary = os.path.join(os.path.dirname(target), f".{os.path.basename(target)}.aws_sso")
    with os.fdopen(_open_temporary(temporary), "wb") as stream:
        try:
            stream.write(data)
            stream.flush()
            _copy_metadata(stream.fileno(), target, before, mode)
            os.fsync(stream.fileno())
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
    _sync_directory(os.path.dirname(target))


def _open_temporary(path: str) -> int:
    """Open an empty file that no other process writes.

    Its name is always the same, so that killed processes leave at most one file behind; the next writer
    reuses it.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)
        with contextlib.suppress(OSError):  # not every file system has locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        found = os.fstat(descriptor)
        if _is_at(path, found):
            if found.st_uid == os.geteuid() and found.st_nlink == 1 and stat.S_ISREG(found.st_mode):
                os.ftruncate(descriptor, 0)
                return descriptor
            os.unlink(path)  # another user may have put it there for us to write to
        os.close(descriptor)


def _is_at(path: str, found: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.lstat(path), found)
    except FileNotFoundError:
        return False


def _copy_metadata(descriptor: int, target: str, before: t.Optional[os.stat_result], mode: int) -> None:
    if before is None:
        with contextlib.suppress(PermissionError):  # Windows-backed file systems have no modes
            os.fchmod(descriptor, mode)
        return
    if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
        os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, mode)
    with contextlib.suppress(OSError):
        for name in os.listxattr(target):
            os.setxattr(descriptor, name, os.getxattr(target, name))


def _overwrite(target: str, data: bytes, mode: int) -> None:
    """Overwrite a file in one call, padded with line feeds, which a second call truncates."""
    with open(target, "r+b", buffering=0) as stream:
        before = stream.read()
        try:
            _write_at_start(stream.fileno(), data.ljust(len(before), b"\n"))
            os.ftruncate(stream.fileno(), len(data))
            os.fsync(stream.fileno())
        except BaseException:
            _write_at_start(stream.fileno(), before)
            os.ftruncate(stream.fileno(), len(before))
            raise
        with contextlib.suppress(PermissionError):
            os.fchmod(stream.fileno(), mode)


def _write_at_start(descriptor: int, data: bytes) -> None:
    written = 0
    while written < len(data):
        written += os.pwrite(descriptor, data[written:], written)


def _sync_directory(path: str) -> None:
    with contextlib.suppress(
        OSError
    ):  # the file is replaced already; some file systems cannot sync a directory
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
