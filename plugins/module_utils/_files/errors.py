# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do when a file cannot be read or written: one answer for each cause, and none for other causes.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import typing as t

OWNER_HINT = 'If a command under sudo created it, return it to its owner: sudo chown -R "$(id -un)" ~/.aws'
"""What to do about a file of AWS's directories on another host, whose owner is not known here."""

_READ_AND_WRITE = 0o600
_CURES = {
    errno.ENOSPC: "The disk is full: free some space, then run the task again.",
    errno.EDQUOT: "Your disk quota is used up: free some space, then run the task again.",
    errno.ENOTDIR: "A file is in the place of a directory: move it away, then run the task again.",
    errno.EROFS: "The file system is mounted read-only: remount it, or choose another path.",
}


def file_error_text(error: Exception, path: str = "", permission: str = "") -> str:
    """Which file it is, what happened to it, and what to do; *error* may be one of ours too.

    *path* is for errors that name no file. *permission* says what to do where only the permission is missing;
    by default that depends on who owns the file.
    """
    if not isinstance(error, OSError):
        return f"{path}: {error}."
    named = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else path
    reason = error.strerror or str(error) or type(error).__name__
    cure = file_error_cure(error, named, permission)
    return " ".join(filter(None, [f"{named}: {reason}." if named else f"{reason}.", cure]))


def file_error_cure(error: OSError, path: str, permission: str = "") -> str:
    """The last sentence of file_error_text(); empty where nothing is known to help."""
    if is_permission_error(error):
        return permission or (_permission_cure(path) if path else "")
    return _CURES.get(error.errno or 0, "")


def is_permission_error(error: OSError) -> bool:
    return error.errno in (errno.EACCES, errno.EPERM)


def foreign_path(path: str) -> t.Optional[str]:
    """The outermost of *path* and its directories below the user's home that belongs to another user.

    None if there is none. Outside the home, *path* alone counts.
    """
    home = os.path.expanduser("~").rstrip("/") + "/"
    place = os.path.abspath(path)
    foreign = None
    while True:
        with contextlib.suppress(OSError):  # one of its directories, which come next, may be closed
            foreign = place if os.stat(place).st_uid != os.geteuid() else foreign
        place = os.path.dirname(place)
        if not (place + "/").startswith(home) or place + "/" == home:
            return foreign


def return_to_owner(path: str) -> str:
    """The command that gives *path*, and what is below it, to the user who runs the command."""
    return f'sudo chown -R "$(id -u):$(id -g)" {shlex.quote(path)}'


def _permission_cure(path: str) -> str:
    foreign = foreign_path(path)
    if foreign is None and _is_closed_to_its_owner(path):
        return f"Its mode forbids that to its owner: chmod u+rwX {shlex.quote(path)}"
    return f"If a command under sudo created it, return it to its owner: {return_to_owner(foreign or path)}"


def _is_closed_to_its_owner(path: str) -> bool:
    try:
        return os.stat(path).st_mode & _READ_AND_WRITE != _READ_AND_WRITE
    except OSError:
        return False
