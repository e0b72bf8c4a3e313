# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The complete content of a file that programs without our locks truncate and write again.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
import typing as t

_QUIET_SECONDS = 0.3
"""How long a file must have been unchanged; programs pause for less between two pieces of a file."""

_INCOMPLETE_SECONDS = 1.0
"""The same for a file that looks incomplete, such as an empty one."""

_LONGEST_WAIT = 30.0
_POLL_SECONDS = 0.02
_NOTE_SIZE = 200

IsComplete = t.Callable[[bytes], bool]
_State = t.Tuple[int, ...]


class Snapshot:
    """The *content* of the file at *path*; None if there is no regular file.

    Holds the file open, so that late_content() can find what is written to it after it was replaced. While
    another program is writing the file, waits until it has stopped changing; *is_complete* returns whether a
    content may be all of it. *note* is the lock file of the path (see locked()), in which remember() notes
    the state of the file after our own write, so that the next task does not wait for it.

    Raises OSError, and TimeoutError for a file that does not stop changing.
    """

    def __init__(self, path: str, is_complete: IsComplete, note: t.Optional[int] = None) -> None:
        self.path = path
        self.content: t.Optional[bytes] = None
        self._descriptor: t.Optional[int] = None
        self._state: t.Optional[_State] = None
        self._read(is_complete, note)

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._close()

    def is_current(self) -> bool:
        """Whether the file still has this content."""
        return _content_at(self.path) == self.content

    def late_content(self, is_complete: IsComplete) -> t.Optional[bytes]:
        """After the file was replaced: what another program has written to the old file, or None."""
        if self._descriptor is None:
            return None
        found = os.fstat(self._descriptor)
        if _state(found) == self._state or os.path.samestat(found, os.stat(self.path)):
            return None
        content, _state_read = _settled(self._descriptor, is_complete, None)
        return None if content == self.content else content

    def _read(self, is_complete: IsComplete, note: t.Optional[int]) -> None:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            while True:
                if not stat.S_ISREG(os.stat(self.path).st_mode):
                    return
                self._descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
                try:
                    self.content, self._state = _settled(self._descriptor, is_complete, note)
                    if os.path.samestat(os.fstat(self._descriptor), os.stat(self.path)):
                        return
                except BaseException:
                    self._close()
                    raise
                self._close()
        self._close()
        self.content = None

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def remember(path: str, note: t.Optional[int]) -> None:
    """Leave in the lock file *note* that the file at *path* is complete as it is now."""
    if note is not None:
        with contextlib.suppress(OSError):
            os.pwrite(note, _as_note(_state(os.stat(path))), 0)


def _settled(descriptor: int, is_complete: IsComplete, note: t.Optional[int]) -> t.Tuple[bytes, _State]:
    """The content once it stands still, and the state of the file then."""
    start = since = time.monotonic()
    state: t.Optional[_State] = None
    content = b""
    quiet = _INCOMPLETE_SECONDS
    while True:
        found = os.fstat(descriptor)
        latest = os.pread(descriptor, found.st_size + 1, 0)
        if _is_old(found, _INCOMPLETE_SECONDS) or _is_remembered(found, note):
            return latest, _state(found)
        if state != _state(found) or content != latest:
            state, content, since = _state(found), latest, time.monotonic()
            quiet = _QUIET_SECONDS if content and is_complete(content) else _INCOMPLETE_SECONDS
        now = time.monotonic()
        if _is_old(found, quiet) or now - since >= quiet:
            return content, state
        if now - start > _LONGEST_WAIT:
            raise TimeoutError(errno.ETIMEDOUT, "Another program keeps changing the file")
        time.sleep(_POLL_SECONDS)


def _is_old(found: os.stat_result, seconds: float) -> bool:
    """Whether the file was last written *seconds* ago or earlier; a time in the future proves nothing."""
    return time.time() - found.st_mtime >= seconds


def _is_remembered(found: os.stat_result, note: t.Optional[int]) -> bool:
    return note is not None and os.pread(note, _NOTE_SIZE, 0) == _as_note(_state(found))


def _as_note(state: _State) -> bytes:
    return " ".join(map(str, state)).encode().ljust(_NOTE_SIZE)


def _state(found: os.stat_result) -> _State:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _content_at(path: str) -> t.Optional[bytes]:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
