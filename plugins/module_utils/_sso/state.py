# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's own files about a sign-in: lists, records of cached roles, attempts to sign in.

PRIVATE to the collection.
"""

from __future__ import annotations

import os

from .._files.directories import cache_directory
from .session import SsoSession


def state_directory(session: SsoSession) -> str:
    """The directory for files that belong to one sign-in of *session*; a logout removes it."""
    name = os.path.splitext(os.path.basename(session.token_path))[0]
    return os.path.join(cache_directory(), "sessions", name)


def sign_in_record(session: SsoSession) -> str:
    """The path of the record of the last sign-in; a logout removes it, whatever else it cannot remove."""
    return os.path.join(state_directory(session), "sign-in.json")
