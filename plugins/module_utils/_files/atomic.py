# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Atomic file replacement, for files that other tools read and write at the same time.

PRIVATE to the collection. Standard library, owner.py and path_walk.py only: the controller also sends the
three files to hosts as part of a program (plugin_utils/_remote/token_cache.py).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import stat
import time
import typing as t

from .owner import acting_as_owner, is_foreign_link, require_own_directory
from .path_walk import MOST_LINKS

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700
ACCESS_CONTROL_LIST = "system.posix_acl_access"
"""The extended attribute with the access control list of a file; without a list, there is none."""

_GROUP_AND_OTHERS = 0o077
_NOT_REPLACEABLE = (errno.EACCES, errno.EBUSY, errno.EPERM, errno.EROFS, errno.EXDEV)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_SUFFIX = ".aws_sso"
_ABANDONED_SECONDS = 3600
"""The age at which a temporary file is removed where the file system has no locks; no write takes as long."""

IsCurrent = t.Callable[[], bool]


def make_private_directory(path: str) -> None:
    """Create *path* and its missing parents with mode 0700; directories that exist keep their mode."""
    missing = []
    while path and not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path)
    for directory in reversed(missing):
        with contextlib.suppress(FileExistsError):
            os.mkdir(directory, PRIVATE_DIRECTORY)


def replace_file(
    path: str,
    data: bytes,
    mode: t.Optional[int] = None,
    is_current: t.Optional[IsCurrent] = None,
    reserved: t.Optional[Reserved] = None,
) -> bool:
    """Replace the content of *path* so that a reader sees the old bytes or the new ones, never a mixture.

    *mode* None keeps the mode of an existing file; a new file is private. An existing file keeps its owner,
    extended attributes, access control list and hard links. Where a new file cannot replace it (one of these
    cannot be kept, it is a mount point, its directory is not writable), it is overwritten in a single call.

    With a *mode* without permissions for group and others, the content is a secret: a file of another user, a
    hard link or a link of another user is replaced by a new file, and no access control list is kept. On a
    full disk, it is overwritten. *reserved* is the room that reserved_room() took for it.

    A symbolic link is followed. In directories of other users, root acts as their owner. *is_current* is
    called immediately before the replacement; if it returns False, nothing is replaced, and the result is
    False.

    Raises OSError; the file is then unchanged.
    """
    private = mode is not None and not mode & _GROUP_AND_OTHERS
    with acting_as_owner(os.path.dirname(os.path.join(os.getcwd(), path)) if private else path):
        directory, name = _resolve(path, private)
        make_private_directory(directory)
        with _Directory(directory) as opened:
            target = _Target(opened, name, is_current or (lambda: True), reserved)
            try:
                if private:
                    return target.replace_secret(data, t.cast(int, mode))
                return target.replace(data, mode)
            except OSError as error:
                error.filename, error.filename2 = os.path.join(directory, name), None
                raise


class Reserved:
    """A *temporary* file in *directory* that takes the room of a later content of the file *name*."""

    def __init__(self, directory: str, name: str, temporary: str, descriptor: int) -> None:
        self.directory = directory
        self.name = name
        self.temporary = temporary
        self.descriptor = descriptor
        self.used = False


@contextlib.contextmanager
def reserved_room(path: str, size: int) -> t.Iterator[Reserved]:
    """Take room for *size* bytes beside the private file at *path*, for replace_file().

    This is for a content that exists only once it has been requested, and must not get lost then. Raises
    OSError if there is no room, or if the file cannot be replaced.
    """
    with contextlib.ExitStack() as stack:
        with acting_as_owner(os.path.dirname(os.path.join(os.getcwd(), path))):
            directory, name = _resolve(path, True)
            make_private_directory(directory)
            opened = stack.enter_context(_Directory(directory))
            try:
                reserved = opened.reserve(name, size)
            except OSError as error:
                error.filename, error.filename2 = os.path.join(directory, name), None
                raise
        try:
            yield reserved
        finally:
            if not reserved.used:
                os.close(reserved.descriptor)
                with acting_as_owner(directory):
                    opened.unlink(reserved.temporary)


def is_temporary_file(entry: str, names: t.Container[str]) -> bool:
    """Whether the file name *entry* is that of a temporary file for one of *names* in the same directory."""
    if not entry.startswith(".") or not entry.endswith(_SUFFIX):
        return False
    name = entry[1 : -len(_SUFFIX)]
    return name in names or name.rpartition(".")[0] in names


def _resolve(path: str, private: bool) -> t.Tuple[str, str]:
    """The real directory and the name of the file at *path*, behind its symbolic links.

    Raises PermissionError for a link of another user; with *private*, that link is not followed.
    """
    place = os.path.join(os.getcwd(), path.rstrip("/") or "/")
    for _link in range(MOST_LINKS):
        directory, name = os.path.split(place)
        directory = os.path.realpath(directory)
        place = os.path.join(directory, name)
        if not os.path.islink(place):
            return directory, name
        if is_foreign_link(os.lstat(place), directory):
            if private:
                return directory, name
            raise PermissionError(errno.EPERM, "This symbolic link belongs to another user", place)
        place = os.path.join(directory, os.readlink(place))
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)


class _Directory:
    """An open directory, in which files keep their place even if somebody exchanges the directory."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.descriptor = -1

    def __enter__(self) -> _Directory:
        self.descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            require_own_directory(self.descriptor, self.path)
        except BaseException:
            os.close(self.descriptor)
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        os.close(self.descriptor)

    def open(self, name: str, flags: int) -> int:
        flags |= os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        return os.open(name, flags, PRIVATE_FILE, dir_fd=self.descriptor)

    def find(self, name: str) -> t.Optional[os.stat_result]:
        try:
            return os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def unlink(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self.descriptor)

    def require_not_shared(self) -> None:
        """As root, refuse the hard links of a directory in which everybody can create them."""
        if os.geteuid() == 0 and os.fstat(self.descriptor).st_mode & stat.S_IWOTH:
            reason = "The file has hard links, and other users can create them in this directory"
            raise PermissionError(errno.EPERM, reason)

    def sync(self) -> None:
        with contextlib.suppress(OSError):  # the file is replaced already; not all file systems can do this
            os.fsync(self.descriptor)

    def create_temporary(self, name: str) -> t.Tuple[str, int]:
        """A new empty file beside *name*, locked as long as this process lives; its name and descriptor."""
        while True:
            temporary = f".{name}.{secrets.token_hex(4)}{_SUFFIX}"
            descriptor = self.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL)
            if _lock(descriptor) is not False and os.fstat(descriptor).st_nlink == 1:
                return temporary, descriptor
            os.close(descriptor)  # another writer took it for an abandoned one before it was locked

    def reserve(self, name: str, size: int) -> Reserved:
        self._require_replaceable(name)
        self.remove_abandoned(name)
        temporary, descriptor = self.create_temporary(name)
        try:
            _write_at_start(descriptor, b"\n" * size)
            os.fsync(descriptor)
        except BaseException:
            os.close(descriptor)
            self.unlink(temporary)
            raise
        return Reserved(self.path, name, temporary, descriptor)

    def _require_replaceable(self, name: str) -> None:
        """Raise OSError if the file *name* can neither be replaced nor be overwritten, as far as is known."""
        before, place = self.find(name), os.fstat(self.descriptor)
        if before is None:
            return
        if place.st_mode & stat.S_ISVTX and os.geteuid() not in (0, before.st_uid, place.st_uid):
            raise PermissionError(errno.EPERM, "Only its owner can replace this file")
        try:
            os.close(self.open(name, os.O_WRONLY))
        except OSError as error:
            is_mount_point = before.st_dev != place.st_dev
            if is_mount_point or error.errno in (errno.EPERM, errno.EROFS):  # EPERM: an immutable file
                raise

    def remove_abandoned(self, name: str) -> None:
        """Remove what killed writers of *name* left behind."""
        for entry in os.listdir(self.descriptor):
            if is_temporary_file(entry, (name,)):
                with contextlib.suppress(OSError):
                    self._remove_if_abandoned(entry)

    def _remove_if_abandoned(self, temporary: str) -> None:
        descriptor = self.open(temporary, os.O_RDWR)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
                return
            locked = _lock(descriptor)
            if locked or (locked is None and time.time() - found.st_mtime > _ABANDONED_SECONDS):
                self.unlink(temporary)
        finally:
            os.close(descriptor)


class _Target:
    """The file *name* of a directory, to be replaced if *is_current* still returns True."""

    def __init__(
        self, directory: _Directory, name: str, is_current: IsCurrent, reserved: t.Optional[Reserved]
    ) -> None:
        self._reserved = reserved
        self._directory = directory
        self._name = name
        self._is_current = is_current
        self._before = directory.find(name)
        directory.remove_abandoned(name)

    def replace(self, data: bytes, mode: t.Optional[int]) -> bool:
        before = self._before
        if before is None:
            return self._rename(data, lambda new: _set_mode(new, PRIVATE_FILE if mode is None else mode))
        if not stat.S_ISREG(before.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        wanted = stat.S_IMODE(before.st_mode) if mode is None else mode
        if before.st_nlink > 1:
            self._directory.require_not_shared()
            return self._overwrite(data, wanted)
        source = os.path.join(self._directory.path, self._name)
        try:
            return self._rename(data, lambda new: _copy_metadata(source, before, new, wanted))
        except OSError as error:
            if error.errno not in _NOT_REPLACEABLE:
                raise
            return self._overwrite(data, wanted)

    def replace_secret(self, data: bytes, mode: int) -> bool:
        before = self._before
        if before is not None and not (stat.S_ISREG(before.st_mode) or stat.S_ISLNK(before.st_mode)):
            raise OSError(errno.EINVAL, "not a regular file")
        try:
            return self._rename(data, lambda new: _set_mode(new, mode))
        except OSError as error:
            own = before is not None and before.st_uid == os.geteuid() and before.st_nlink == 1
            if error.errno not in (*_NOT_REPLACEABLE, *_NO_ROOM) or not own:
                raise
            return self._overwrite(data, mode, secret=True)

    def _rename(self, data: bytes, prepare: t.Callable[[int], None]) -> bool:
        temporary, descriptor = self._temporary()
        try:
            _write_at_start(descriptor, data)
            os.ftruncate(descriptor, len(data))
            prepare(descriptor)
            os.fsync(descriptor)
            if not self._is_current():
                self._directory.unlink(temporary)
                return False
            where = self._directory.descriptor
            os.replace(temporary, self._name, src_dir_fd=where, dst_dir_fd=where)
        except BaseException:
            self._directory.unlink(temporary)
            raise
        finally:
            os.close(descriptor)
        self._directory.sync()
        return True

    def _temporary(self) -> t.Tuple[str, int]:
        reserved, here = self._reserved, (self._directory.path, self._name)
        if reserved is None or reserved.used or (reserved.directory, reserved.name) != here:
            return self._directory.create_temporary(self._name)
        reserved.used = True
        return reserved.temporary, reserved.descriptor

    def _overwrite(self, data: bytes, mode: int, secret: bool = False) -> bool:
        """Overwrite the file in one call, padded with line feeds, which a second call truncates."""
        with os.fdopen(self._directory.open(self._name, os.O_RDWR), "r+b", buffering=0) as stream:
            descriptor = stream.fileno()
            if secret:
                _set_mode(descriptor, mode)
                with contextlib.suppress(OSError):
                    os.removexattr(descriptor, ACCESS_CONTROL_LIST)
            before = stream.read()
            if not self._is_current():
                return False
            try:
                _write_at_start(descriptor, data.ljust(len(before), b"\n"))
                os.ftruncate(descriptor, len(data))
                os.fsync(descriptor)
            except BaseException:
                _write_at_start(descriptor, before)
                os.ftruncate(descriptor, len(before))
                raise
            _set_mode(descriptor, mode)
        return True


def _lock(descriptor: int) -> t.Optional[bool]:
    """Whether no other process has locked the file; None where the file system has no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in (errno.EAGAIN, errno.EACCES) else None
    return True


def _set_mode(descriptor: int, mode: int) -> None:
    with contextlib.suppress(PermissionError):  # Windows-backed file systems have no modes
        os.fchmod(descriptor, mode)


def _copy_metadata(source: str, before: os.stat_result, descriptor: int, mode: int) -> None:
    """Give the new file what the old one had. Raises PermissionError if one of these cannot be kept."""
    try:
        if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(descriptor, before.st_uid, before.st_gid)
        given = _extended_attributes(descriptor)
        for name, value in _extended_attributes(source).items():
            if given.get(name) != value:
                os.setxattr(descriptor, name, value)
    except OSError as error:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM)) from error
    _set_mode(descriptor, mode)


def _extended_attributes(file: t.Union[str, int]) -> t.Dict[str, bytes]:
    try:
        names = os.listxattr(file)
    except OSError:  # the file system has none
        return {}
    return {name: os.getxattr(file, name) for name in names}


def _write_at_start(descriptor: int, data: bytes) -> None:
    written = 0
    while written < len(data):
        written += os.pwrite(descriptor, data[written:], written)
