# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to an installation of AWS CLI v2, and what is a file of another program.

PRIVATE to the collection.

Other programs have directories named C(v2), C(bin) and C(1.0.0), too. Only what is recognized here is run,
replaced or removed. An installation may be damaged or interrupted at any time, so a part of it is enough.
"""

from __future__ import annotations

import os
import re
import typing as t

PROGRAMS = ("aws", "aws_completer")
VERSION = re.compile(r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){2}")
"""The number of a version, as a full match."""
OWN_PREFIX = ".aws_sso-"
"""Of the names of temporary files and directories that this collection creates beside an installation."""

_DISTRIBUTION_ENTRIES = (*PROGRAMS, "awscli", "_awscrt.abi3.so", "base_library.zip")


def is_version_directory(path: str) -> bool:
    """Whether *path* contains a version, C(dist) and C(bin), or what an interrupted installer leaves.

    It may be a link to such a directory.
    """
    return is_distribution(os.path.join(path, "dist")) or is_program_links(os.path.join(path, "bin"))


def is_distribution(path: str) -> bool:
    """Whether *path* is the C(dist) of a version."""
    return _is_directory(path) and any(
        os.path.lexists(os.path.join(path, name)) for name in _DISTRIBUTION_ENTRIES
    )


def is_program_links(path: str) -> bool:
    """Whether *path* is the C(bin) of a version: links to the programs in the C(dist) beside it."""
    entries = names(path) if _is_directory(path) else []
    return bool(entries) and all(
        name in PROGRAMS and _link_text(os.path.join(path, name)) == os.path.join("..", "dist", name)
        for name in entries
    )


def is_leftover(path: str) -> bool:
    """Whether *path*, beside the versions, was left by a killed installation."""
    name = os.path.basename(path)
    if name == "dist":  # AWS's installer leaves these two when it could not run the new CLI
        return is_distribution(path)
    if name == "bin":
        return is_program_links(path)
    return name.startswith(OWN_PREFIX)


def is_empty(path: str) -> bool:
    """Whether *path* is an empty file, a dangling link, or a directory without any file or link below it."""
    if os.path.islink(path):
        return not os.path.exists(path)
    if _is_directory(path):
        return all(
            _is_directory(os.path.join(path, name)) and is_empty(os.path.join(path, name))
            for name in names(path)
        )
    return os.path.isfile(path) and os.path.getsize(path) == 0


def names(directory: str) -> t.List[str]:
    """The names in *directory*; none if it does not exist or is no directory."""
    try:
        return os.listdir(directory)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_directory(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _link_text(path: str) -> str:
    return os.readlink(path) if os.path.islink(path) else ""
