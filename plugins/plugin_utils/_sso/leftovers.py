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

_TEMPORARY = re.compile(r"\.(?P<name>.+?\.json)(?:\..*)?\.aws_sso")
"""The names of the temporary files of module_utils/_files/atomic.py, with or without a unique part."""

_SECRETS = ("accessToken", "Credentials", "clientSecret")
"""A document of AWS's caches has one of these keys."""


def existing_copies(paths: t.Iterable[str]) -> list[str]:
    """The files at *paths* that exist, with their copies; each directory is listed only once."""
    names: dict[str, set[str]] = {}
    found: dict[str, None] = {}
    for path in paths:
        names.setdefault(os.path.dirname(path), set()).add(os.path.basename(path))
        if os.path.lexists(path):
            found.update(dict.fromkeys([path, *_target(path)]))
    for directory, wanted in names.items():
        found.update(dict.fromkeys(_temporary_files(directory, wanted)))
    return [*found]


def is_own_file(path: str) -> bool:
    """Whether *path* is a regular file of this user, and not a link to one."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()


def _target(path: str) -> list[str]:
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


def _temporary_files(directory: str, names: t.Container[str]) -> list[str]:
    try:
        entries = sorted(os.listdir(directory))
    except OSError:
        return []
    matches = ((entry, _TEMPORARY.fullmatch(entry)) for entry in entries)
    return [os.path.join(directory, entry) for entry, match in matches if match and match["name"] in names]
