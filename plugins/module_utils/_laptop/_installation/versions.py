# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed versions of the bundle: one directory each, one of them in use.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from .._bundle.manifest import Manifest
from .paths import Paths


class InstalledVersion(t.NamedTuple):
    """A complete version: all its files, its virtual environment and the collection."""

    directory: str
    manifest: Manifest


def current(paths: Paths) -> t.Optional[InstalledVersion]:
    """The version in use; None if there is none."""
    raise NotImplementedError
