# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which company bundle a laptop follows: its name, its URL and the company's public keys.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from .paths import Paths


class Trust(t.NamedTuple):
    """A manifest with another *name* is refused. *url* is that of the folder of the manifest, or a path."""

    name: str
    url: str


def load(paths: Paths) -> Trust:
    """Raises WorkstationError if the laptop is not set up."""
    raise NotImplementedError


def establish(paths: Paths, trust: Trust, allowed_signers: str) -> None:
    """Follow a bundle from now on, at setup; *allowed_signers* is the content of the file.

    With another name or with other keys than before, the manifest that was accepted last is forgotten.
    Raises OSError, and WorkstationError for a name, URL or keys that are not valid.
    """
    raise NotImplementedError
