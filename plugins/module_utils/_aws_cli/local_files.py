# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading files that a user may have put there: nothing but files, and not more than is expected.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import stat
import typing as t

from .._errors import WorkstationError

CHUNK = 1 << 20


def open_file(path: str) -> t.BinaryIO:
    """Open a regular file for reading; a named pipe is refused and not waited for.

    Raises WorkstationError and OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise WorkstationError(f"{path} is not a regular file.")
    return open(descriptor, "rb")


def read_file(path: str, limit: int) -> bytes:
    """The content of a regular file of at most *limit* bytes. Raises WorkstationError and OSError."""
    with open_file(path) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise _too_large(path, limit)
    return content


def copy_file(source: str, target: str, limit: int) -> None:
    """Copy a regular file of at most *limit* bytes. Raises WorkstationError and OSError."""
    with open_file(source) as original, open(target, "wb") as copy:
        for chunk in iter(lambda: original.read(CHUNK), b""):
            copy.write(chunk)
            if copy.tell() > limit:
                raise _too_large(source, limit)


def _too_large(path: str, limit: int) -> WorkstationError:
    return WorkstationError(f"{path} is larger than {limit} bytes, so it is not the expected file.")
