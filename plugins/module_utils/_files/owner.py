# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in the directories of other users, for tasks that run as root.

PRIVATE to the collection. Standard library and path_walk.py only: the controller also sends both files to
hosts as part of a program (plugin_utils/_remote/token_cache.py).
"""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import stat
import typing as t

from .path_walk import walk


@contextlib.contextmanager
def acting_as_owner(path: str) -> t.Iterator[None]:
    """As root, access *path* as the first user other than root who controls where it leads.

    That user owns a directory or a symbolic link on the way, and can exchange what is there at any time, for
    example for a link to /etc. With the permissions of that user, nothing is gained by it. A file of another
    user in a directory of root is no reason. Does nothing for users other than root.

    Raises PermissionError if root cannot become that user. A PermissionError in the context gets *path* as
    its file name.
    """
    owner = controlling_user(path) if os.geteuid() == 0 else None
    if owner is None:
        yield
        return
    with _identity(owner, path):
        try:
            yield
        except PermissionError as error:
            error.filename = path
            raise


def require_own_directory(descriptor: int, path: str) -> None:
    """Refuse an open directory that another user created at *path* just before root could.

    Raises PermissionError.
    """
    if os.geteuid() == 0 and os.fstat(descriptor).st_uid != 0:
        raise PermissionError(errno.EPERM, "The directory belongs to another user", path)


def is_foreign_link(found: os.stat_result, directory: str) -> bool:
    """Whether the symbolic link *found* in *directory* was put there by another user.

    The rule of Linux for sticky directories (fs.protected_symlinks), which applies to an open() only.
    """
    return found.st_uid not in (0, os.geteuid(), os.stat(directory).st_uid)


def controlling_user(path: str) -> t.Optional[int]:
    """The first user other than root who owns a directory or a symbolic link on the way to *path*."""
    try:
        for step in walk(path):
            if step.status is None:
                return None
            controls = step.is_link or stat.S_ISDIR(step.status.st_mode) or not step.is_last
            if controls and step.status.st_uid != 0 and step.place != "/":
                return step.status.st_uid
    except OSError as error:
        if error.errno != errno.ELOOP:  # opening the file reports that error
            raise
    return None


@contextlib.contextmanager
def _identity(user: int, path: str) -> t.Iterator[None]:
    group, groups = _groups(user)
    former_group, former_groups = os.getegid(), os.getgroups()
    try:
        with contextlib.suppress(PermissionError):  # denied in some user namespaces
            os.setgroups(groups)
        os.setegid(group)
        os.seteuid(user)
    except OSError as error:
        os.setegid(former_group)
        reason = f"The path is controlled by user {user}, and root cannot become that user"
        raise PermissionError(errno.EPERM, reason, path) from error
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(former_group)
        with contextlib.suppress(PermissionError):
            os.setgroups(former_groups)


def user_name(user: int) -> str:
    """The name of *user*, or its number for a user without an account."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _groups(user: int) -> t.Tuple[int, t.List[int]]:
    """The primary group of *user* and all groups; for a user without an account, the group of that number."""
    try:
        account = pwd.getpwuid(user)
    except KeyError:
        return user, [user]
    return account.pw_gid, os.getgrouplist(account.pw_name, account.pw_gid)
