# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the report, which can be in a directory that other users write to.

PRIVATE to the collection. The default paths are in the current directory, and Ansible often runs as root: a
symbolic link or a file of another user there must not decide what is overwritten or read.
"""

from __future__ import annotations

import errno
import os
import pwd
import stat

from ...module_utils._errors import WorkstationError
from ...module_utils._files.path_walk import walk

LARGEST_STATE = 100_000_000
"""Bytes; the state of 5,000 hosts has about a fifth of that."""

_GROUP_AND_OTHERS_WRITE = 0o022


def resolve(path: str) -> str:
    """*path* without its symbolic links.

    In a directory that only the user and root can write, links and files of other users are accepted.

    Raises OSError, and WorkstationError for a link or file of another user.
    """
    place = "/"
    try:
        for step in walk(path):
            place = step.place
            if step.is_link:
                _require_trusted(place, os.path.dirname(place), "is a symbolic link of")
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise WorkstationError(f"{path} is a circular symbolic link.") from None
    if os.path.lexists(place):
        _require_trusted(place, os.path.dirname(place), "belongs to")
        if not stat.S_ISREG(os.lstat(place).st_mode):
            raise WorkstationError(f"{place} is not a regular file.")
    return place


def read_bytes(path: str) -> bytes | None:
    """The content of the file at *path*, a result of resolve(); None if there is none.

    Raises WorkstationError and OSError.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        if os.fstat(descriptor).st_size > LARGEST_STATE:
            raise WorkstationError(f"{path} is larger than {LARGEST_STATE // 1_000_000} MB.")
        return stream.read(LARGEST_STATE)


def set_aside(path: str) -> str:
    """Rename the file at *path*, in place of one that was set aside before; returns its new path."""
    aside = f"{path}.damaged"
    os.replace(path, aside)
    return aside


def _require_trusted(path: str, directory: str, relation: str) -> None:
    owner = os.lstat(path).st_uid
    if owner in (os.geteuid(), 0) or _is_protected(directory):
        return
    raise WorkstationError(
        f"{path} {relation} {_user_name(owner)}, and other users can write to {directory}."
    )


def _is_protected(directory: str) -> bool:
    found = os.stat(directory)
    return found.st_uid in (os.geteuid(), 0) and not found.st_mode & _GROUP_AND_OTHERS_WRITE


def _user_name(uid: int) -> str:
    try:
        return f"the user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"the user with ID {uid}"
