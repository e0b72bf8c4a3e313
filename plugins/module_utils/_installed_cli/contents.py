# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in the directory of an installed version: its files, who can change them, and who can use them.

PRIVATE to the collection.

What root installs is for all users of the host, but a umask such as 077 keeps them out.
"""

from __future__ import annotations

import os
import stat
import typing as t
from dataclasses import dataclass

from .._host.trusted_paths import Untrusted, tree_entries, untrusted_entry, untrusted_part


@dataclass(frozen=True)
class Contents:
    """The relative paths of everything in a directory; None if it cannot be listed.

    *untrusted* is a part of it that another user can change, and *closed* is whether other users cannot use
    all of it. Both are known for root only, who installs for others.
    """

    names: t.Optional[t.FrozenSet[str]] = None
    untrusted: t.Optional[Untrusted] = None
    closed: bool = False


def contents(directory: str) -> Contents:
    """The contents of *directory*, which exists."""
    as_root = os.geteuid() == 0
    untrusted = untrusted_part(directory) if as_root else None
    names, closed = set(), as_root and is_closed(os.stat(directory))
    start = len(directory) + 1
    try:
        for path, found in tree_entries(directory):
            names.add(path[start:])
            if as_root:
                untrusted = untrusted or untrusted_entry(path, found)
                closed = closed or is_closed(found)
    except PermissionError:
        return Contents(None, untrusted, closed)
    return Contents(frozenset(names), untrusted, closed)


def is_closed(found: os.stat_result) -> bool:
    """Whether some users cannot use the file or directory with the status *found*."""
    return stat.S_IMODE(found.st_mode) != _opened(found)


def open_to_all(path: str) -> None:
    """Let all users use the file or directory *path*, and everything in it. No links in it are followed."""
    path = os.path.realpath(path)
    _open_entry(path)
    if os.path.isdir(path):
        for entry, _found in tree_entries(path):
            _open_entry(entry)


def open_directory_to_all(path: str) -> None:
    """Let all users use the directory *path*, but not more in it than they already can."""
    _open_entry(os.path.realpath(path))


def _open_entry(path: str) -> None:
    found = os.lstat(path)
    if not is_closed(found):
        return
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags)
    try:
        os.fchmod(descriptor, _opened(os.fstat(descriptor)))
    finally:
        os.close(descriptor)


def _opened(found: os.stat_result) -> int:
    """The mode that lets all users read a file and list a directory, and run what its owner can run."""
    mode = stat.S_IMODE(found.st_mode)
    if stat.S_ISDIR(found.st_mode):
        return mode | 0o555
    if stat.S_ISREG(found.st_mode):
        return mode | (0o555 if mode & 0o111 else 0o444)
    return mode
