# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory that laptops deliver their reports to. Others can write to it, and put anything there.

PRIVATE to the collection.
"""

from __future__ import annotations

import errno
import os
import stat
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._files.errors import file_error_text
from ...module_utils._laptop._run.report import LARGEST_REPORT
from .report import ReportError

MOST_FILES = 100_000
"""Of the directory that are read; more is not the work of laptops."""
_DEPTH = 3


class ReportFile(t.NamedTuple):
    """A file of the directory: its path in it, its content, and when it was written, in seconds."""

    name: str
    data: bytes
    written: float


def report_files(directory: str, known: t.Container[str]) -> list[str]:
    """The paths in *directory* of its files, also of those in its folders; hidden ones are ignored.

    Files that are named after *known* hosts come first, so that many other files cannot displace them.

    Raises WorkstationError if the directory cannot be read.
    """
    try:
        os.scandir(directory).close()
    except OSError as error:
        raise WorkstationError(file_error_text(error, directory)) from None
    found = []
    for place, folders, names in os.walk(directory):
        relative = os.path.relpath(place, directory)
        if relative.count(os.sep) + 1 >= _DEPTH:
            folders.clear()
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            os.path.normpath(os.path.join(relative, name)) for name in names if not name.startswith(".")
        ]
    found.sort(key=lambda path: (host_of(path) not in known, path))
    return found[:MOST_FILES]


def host_of(path: str) -> str:
    """The host after which laptops name the file at *path* by default."""
    return os.path.basename(path).removesuffix(".json")


def read_report(directory: str, name: str) -> ReportFile:
    """The file *name* of report_files(). Raises ReportError."""
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(os.path.join(directory, name), flags)
    except OSError as error:
        link = error.errno == errno.ELOOP
        reason = "It is a symbolic link" if link else error.strerror or type(error).__name__
        raise ReportError(f"{reason}.") from None
    with os.fdopen(descriptor, "rb") as stream:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise ReportError("It is not a regular file.")
        try:
            return ReportFile(name, stream.read(LARGEST_REPORT + 1), found.st_mtime)
        except OSError as error:
            raise ReportError(f"{error.strerror}.") from None
