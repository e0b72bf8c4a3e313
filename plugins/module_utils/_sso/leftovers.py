# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of a file in AWS's caches: what a killed writer left beside it, and the target of a symbolic link.

PRIVATE to the collection. Each may contain a live token or key, which a logout has to find.
"""

from __future__ import annotations

import json
import os
import re
import stat
import typing as t

from .._files.atomic import is_temporary_file

_TEMPORARY = re.compile(r"\.([0-9a-f]+\.json)(?:\.[^.]*)?\.aws_sso")
"""A temporary file of atomic.py for a file of AWS's caches."""

_SECRETS = ("accessToken", "Credentials", "clientSecret")
"""A document of AWS's caches has one of these keys."""


def existing_copies(paths: t.Iterable[str]) -> t.List[str]:
    """The files at *paths* that exist, with their copies; each directory is listed only once."""
    names: t.Dict[str, t.Set[str]] = {}
    found: t.Dict[str, None] = {}
    for path in paths:
        places = [path, os.path.realpath(path)] if os.path.islink(path) else [path]
        for place in places:
            names.setdefault(os.path.dirname(place), set()).add(os.path.basename(place))
        if os.path.lexists(path):
            found.update(dict.fromkeys([path, *_target(path)]))
    for directory, wanted in names.items():
        found.update(dict.fromkeys(_temporary_files(directory, wanted)))
    return [*found]


def original_name(entry: str) -> str:
    """The name of the file for which *entry* is a temporary file; any other *entry* is returned as it is."""
    match = _TEMPORARY.fullmatch(entry)
    return match[1] if match else entry


def is_own_file(path: str) -> bool:
    """Whether *path* is a regular file of this user, and not a link to one."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()


def _target(path: str) -> t.List[str]:
    """The file that the link at *path* leads to, if it is one of this user with a token or keys."""
    if not os.path.islink(path):
        return []
    target = os.path.realpath(path)
    return [target] if is_own_file(target) and _holds_secret(target) else []


def _holds_secret(path: str) -> bool:
    try:
        with open(path, "rb") as stream:
            document = json.loads(stream.read())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(document, dict) and any(key in document for key in _SECRETS)


def names_in(directory: str) -> t.List[str]:
    """The sorted names in *directory*; none if it cannot be read."""
    try:
        return sorted(os.listdir(directory))
    except OSError:
        return []


def _temporary_files(directory: str, names: t.Container[str]) -> t.List[str]:
    entries = names_in(directory)
    return [os.path.join(directory, entry) for entry in entries if is_temporary_file(entry, names)]
