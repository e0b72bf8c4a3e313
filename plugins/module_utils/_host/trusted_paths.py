# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether another user could change a file or directory, or exchange it for something else.

PRIVATE to the collection.

A user who may write to a directory on the way to a file decides what a program finds there. Only this user
and root are trusted. In a directory with the sticky bit, such as /tmp, users cannot exchange what they do not
own (unlink(2)), so it may be on the way, but nothing may be read from or written to it directly.
"""

from __future__ import annotations

import contextlib
import errno
import grp
import os
import pwd
import stat
import struct
import typing as t

from .._files.atomic import ACCESS_CONTROL_LIST
from .._files.owner import user_name
from .._files.path_walk import walk

_ACL_ENTRY = struct.Struct("<HHI")  # tag, permissions, user or group; after four bytes with the version
_ACL_USER, _ACL_OWNING_GROUP, _ACL_GROUP, _WRITE = 0x02, 0x04, 0x08, 0x02


class Untrusted(t.NamedTuple):
    """The *path* that another user can change, and why, as the rest of a sentence that begins with it.

    *owner* is the name of the user that it belongs to if that is another user, else "".
    """

    path: str
    reason: str
    owner: str = ""

    def __str__(self) -> str:
        return f"{self.path} {self.reason}"


def untrusted_part(path: str) -> t.Optional[Untrusted]:
    """The first directory or link on the way to *path*, or *path* itself, that another user can change.

    None if there is none. Symbolic links are followed; parts that do not exist yet are ignored.
    """
    try:
        for step in walk(path):
            if step.status is None:
                return None
            untrusted = _owner_reason(step.place, step.status)
            if not untrusted and not step.is_link:
                untrusted = _writer_reason(step.place, step.status, step.is_last)
            if untrusted:
                return untrusted
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        return Untrusted(path, "contains too many symbolic links")
    return None


def untrusted_content(directory: str) -> t.Optional[Untrusted]:
    """The first file or directory in the tree *directory*, or on the way to it, that another user can change.

    None if there is none. Raises OSError for a directory that cannot be read.
    """
    untrusted = untrusted_part(directory)
    if untrusted:
        return untrusted
    found = (untrusted_entry(path, status) for path, status in tree_entries(directory))
    return next(filter(None, found), None)


def tree_entries(directory: str) -> t.Iterator[t.Tuple[str, os.stat_result]]:
    """The path and status of everything below *directory*, without following links.

    Raises OSError for a directory that cannot be read.
    """
    pending = [directory]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(found.st_mode):
                    pending.append(entry.path)
                yield entry.path, found


def untrusted_entry(path: str, found: os.stat_result) -> t.Optional[Untrusted]:
    """Why another user can change *path* itself, whose status is *found*; None if none can.

    A link is followed; for anything else, the directories on the way to it are not checked.
    """
    if stat.S_ISLNK(found.st_mode):
        return untrusted_part(path)
    return _owner_reason(path, found) or _writer_reason(path, found, is_last=True)


def _owner_reason(path: str, found: os.stat_result) -> t.Optional[Untrusted]:
    if _is_trusted_user(found.st_uid):
        return None
    owner = user_name(found.st_uid)
    return Untrusted(path, f"belongs to the user {owner}", owner)


def _writer_reason(path: str, found: os.stat_result, is_last: bool) -> t.Optional[Untrusted]:
    """Why others than the owner can change *path*, a file or a directory that is on the way or *is_last*."""
    if found.st_mode & stat.S_ISVTX and not is_last:
        return None
    if found.st_mode & stat.S_IWOTH:
        return Untrusted(path, "can be changed by all users")
    if not found.st_mode & stat.S_IWGRP:
        return None
    users, groups = _acl_writers(path, found.st_gid)
    for user in users:
        if not _is_trusted_user(user):
            return Untrusted(path, f"can be changed by the user {user_name(user)}")
    for group in groups:
        if not _is_trusted_group(group):
            return Untrusted(path, f"can be changed by the group {_group_name(group)}")
    return None


def _acl_writers(path: str, group: int) -> t.Tuple[t.List[int], t.List[int]]:
    """The users and groups that may write, beside the owner; the mode of *path* allows writing for groups."""
    try:
        entries = list(_ACL_ENTRY.iter_unpack(os.getxattr(path, ACCESS_CONTROL_LIST)[4:]))
    except (OSError, struct.error):  # no access control list
        return [], [group]
    writers = [(tag, number) for tag, permissions, number in entries if permissions & _WRITE]
    users = [number for tag, number in writers if tag == _ACL_USER]
    groups = [number for tag, number in writers if tag == _ACL_GROUP]
    return users, groups + [group for tag, _number in writers if tag == _ACL_OWNING_GROUP]


def _is_trusted_user(user: int) -> bool:
    return user in (0, os.geteuid()) or not _exists_here(user, "/proc/self/uid_map")


def _is_trusted_group(group: int) -> bool:
    """Whether no other user is in *group*, as in the private group of a user, or in staff on Debian."""
    if group == 0 or not _exists_here(group, "/proc/self/gid_map"):
        return True
    members = {account.pw_uid for account in pwd.getpwall() if account.pw_gid == group}
    with contextlib.suppress(KeyError):
        for name in grp.getgrgid(group).gr_mem:
            members.add(pwd.getpwnam(name).pw_uid)
    return all(map(_is_trusted_user, members))


def _exists_here(number: int, table: str) -> bool:
    """Whether this user namespace has the user or group *number*.

    The kernel shows the ones outside as a number that may not exist here (user_namespaces(7)). What belongs
    to them cannot be changed by any user of this host.
    """
    try:
        with open(table, encoding="ascii") as stream:
            ranges = [[int(field) for field in line.split()] for line in stream]
    except OSError:
        return True
    return not ranges or any(first <= number < first + count for first, _outside, count in ranges)


def _group_name(group: int) -> str:
    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return str(group)
