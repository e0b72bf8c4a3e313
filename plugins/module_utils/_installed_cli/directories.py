# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories of an installation: whether they can be used, and whether other users could change them.

PRIVATE to the collection.
"""

from __future__ import annotations

import errno
import os

from .._errors import WorkstationError
from .._files.directories import home_directory
from .._files.path_walk import walk
from .._host.trusted_paths import untrusted_part

_ENTER = 0o001


def require_trusted(
    path: str, alternative: str = "install_dir and bin_dir to directories that only root can change"
) -> None:
    """As root, refuse a *path* that another user could change. Raises WorkstationError."""
    untrusted = untrusted_part(path) if os.geteuid() == 0 else None
    if untrusted is None:
        return
    if untrusted.owner:
        danger = "who could replace what root installs and runs there"
        remedy = f"Install as that user (become_user: {untrusted.owner})"
    else:
        danger = "so that others could replace what root installs and runs there"
        remedy = f"Remove that permission from {untrusted.path}"
    raise WorkstationError(
        f"Root does not use {path}, because {untrusted}, {danger}. {remedy}, or set {alternative}."
    )


def make_trusted_directory(path: str) -> None:
    """Create *path*, and as root, make sure that no other user did so just before."""
    os.makedirs(path, exist_ok=True)
    require_trusted(path)


def _existing(path: str) -> str:
    """*path*, or the nearest directory above it that exists in any form."""
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    return path


def require_directory(path: str, option: str) -> None:
    """Refuse a *path* that is no directory and cannot become one. Raises WorkstationError."""
    existing = _existing(path)
    if not os.path.isdir(existing):
        kind = "a link to something that does not exist" if os.path.islink(existing) else "a file"
        raise WorkstationError(
            f"{path} cannot be used, because {existing} is {kind}, not a directory. Move it away, or set"
            f" another {option}."
        )


def closed_directory_above(path: str) -> str:
    """As root, the first directory on the way to *path* that other users cannot enter; "" if there is none.

    What is in root's home is meant for root alone.
    """
    if os.geteuid() != 0 or os.path.realpath(path).startswith(os.path.realpath(home_directory()) + os.sep):
        return ""
    for step in walk(os.path.dirname(path)):
        if step.status and not step.is_link and not step.status.st_mode & _ENTER:
            return step.place
    return ""


def require_writable(directory: str) -> None:
    """Raises OSError if this user cannot create entries in *directory*, or create the directory."""
    existing = _existing(directory)
    if os.access(existing, os.W_OK | os.X_OK):
        return
    number = errno.EROFS if os.statvfs(existing).f_flag & os.ST_RDONLY else errno.EACCES
    raise OSError(number, os.strerror(number), existing)
