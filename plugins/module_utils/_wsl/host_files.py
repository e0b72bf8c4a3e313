# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read access to the files of a host, some of which are on Windows drives that may not respond.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import stat
import threading
import typing as t

_T = t.TypeVar("_T")

_LARGEST_FILE = 1 << 20


class HostFiles:
    """The files of the host whose file system is at *root*; a missing or unreadable one is empty."""

    def __init__(self, root: str) -> None:
        self._root = root

    def _path(self, path: str) -> str:
        return os.path.join(self._root, path.lstrip("/"))

    def read(self, path: str) -> str:
        return self.read_bytes(path).decode("utf-8", "replace")

    def read_bytes(self, path: str) -> bytes:
        """The first megabyte of a regular file; anything else, such as a named pipe, is empty."""
        with contextlib.suppress(OSError, ValueError):  # a damaged path may contain a null character
            descriptor = os.open(self._path(path), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(descriptor, "rb") as stream:
                if stat.S_ISREG(os.fstat(descriptor).st_mode):
                    return stream.read(_LARGEST_FILE)
        return b""

    def exists(self, path: str) -> bool:
        return os.path.exists(self._path(path))

    def is_directory(self, path: str) -> bool:
        return os.path.isdir(self._path(path))

    def is_socket(self, path: str) -> bool:
        try:
            return stat.S_ISSOCK(os.stat(self._path(path)).st_mode)
        except (OSError, ValueError):
            return False

    def names(self, path: str) -> t.List[str]:
        """The sorted names in a directory; none if it cannot be read."""
        return self._names_or_none(path) or []

    def is_readable_directory(self, path: str) -> bool:
        return self._names_or_none(path) is not None

    def _names_or_none(self, path: str) -> t.Optional[t.List[str]]:
        try:
            return sorted(os.listdir(self._path(path)))
        except (OSError, ValueError):
            return None


def within(seconds: float, function: t.Callable[[], _T], otherwise: _T) -> _T:
    """What *function* returns, or *otherwise* if that takes longer than *seconds*.

    A Windows drive whose connection is lost never responds. Its reader is left behind in a thread that does
    not keep the process alive.
    """
    results: t.List[_T] = []
    thread = threading.Thread(target=lambda: results.append(function()), daemon=True)
    thread.start()
    thread.join(seconds)
    return results[0] if results else otherwise
