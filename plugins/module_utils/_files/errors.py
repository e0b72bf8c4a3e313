# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages for files that cannot be read or written, with a fix for each known cause.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import typing as t

from .owner import controlling_user, user_name

OWNER_HINT = 'If a command under sudo created it, return it to its owner: sudo chown -R "$(id -un)" ~/.aws'
"""The fix for a file in AWS's directories on another host, whose owner is unknown here."""

_READ_AND_WRITE = 0o600
_FIXES = {
    errno.ENOSPC: "The disk is full: free some space, then {again}.",
    errno.EDQUOT: "Your disk quota is used up: free some space, then {again}.",
    errno.ENOTDIR: "A file exists where a directory is needed: move it away, then {again}.",
    errno.EROFS: "The file system is mounted read-only: remount it, or choose another path.",
}


def file_error_text(
    error: Exception, path: str = "", permission: str = "", again: str = "run the task again"
) -> str:
    """Which file, what happened and what to do, as full sentences; *error* may be a WorkstationError.

    *path* is used for errors without a file name. *permission* is the fix for a missing permission; by
    default that depends on the owner of the file. *again* is how to repeat what failed.
    """
    if not isinstance(error, OSError):
        return f"{path}: {str(error).rstrip('.')}."
    named = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else path
    reason = error.strerror or str(error) or type(error).__name__
    fix = file_error_cure(error, named, permission, again)
    return " ".join(filter(None, [f"{named}: {reason}." if named else f"{reason}.", fix]))


def file_error_cure(
    error: OSError, path: str, permission: str = "", again: str = "run the task again"
) -> str:
    """The last sentence of file_error_text(); empty if no fix is known."""
    if is_permission_error(error):
        return permission or (_permission_fix(path) if path else "")
    return _FIXES.get(error.errno or 0, "").format(again=again)


def is_permission_error(error: OSError) -> bool:
    return error.errno in (errno.EACCES, errno.EPERM)


def foreign_path(path: str) -> t.Optional[str]:
    """The outermost of *path* and its directories below the user's home that belongs to another user.

    None if there is none. Outside the home directory, only *path* itself is checked.
    """
    home = os.path.expanduser("~").rstrip("/") + "/"
    place = os.path.abspath(path)
    foreign = None
    while True:
        with contextlib.suppress(OSError):  # a parent directory, which is checked next, may be inaccessible
            foreign = place if os.stat(place).st_uid != os.geteuid() else foreign
        place = os.path.dirname(place)
        if home == "/" or not (place + "/").startswith(home) or place + "/" == home:
            return foreign


def return_to_owner(path: str) -> str:
    """The command that makes the user who runs it the owner of *path* and everything below it."""
    return f'sudo chown -R "$(id -u):$(id -g)" {shlex.quote(path)}'


def _permission_fix(path: str) -> str:
    user = _user_in_place_of_root(path)
    if user is not None:
        return (
            f"Root uses this path with the permissions of the user {user_name(user)}, who owns a directory or"
            " symbolic link on the way. Give that user access, or set another path."
        )
    foreign = foreign_path(path)
    if foreign is None and _owner_lacks_access(path):
        return f"Its mode denies access to its owner: chmod u+rwX {shlex.quote(path)}"
    return f"If a command under sudo created it, return it to its owner: {return_to_owner(foreign or path)}"


def _user_in_place_of_root(path: str) -> t.Optional[int]:
    """The user whose permissions root has for *path* (see acting_as_owner()), also while root has them."""
    with contextlib.suppress(OSError):
        return controlling_user(path) if os.getuid() == 0 else None
    return None


def _owner_lacks_access(path: str) -> bool:
    try:
        return os.stat(path).st_mode & _READ_AND_WRITE != _READ_AND_WRITE
    except OSError:
        return False
