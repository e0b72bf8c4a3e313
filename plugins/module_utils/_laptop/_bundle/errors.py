# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reasons why a bundle is not installed.

PRIVATE to the collection.
"""

from __future__ import annotations

from ..._errors import WorkstationError


class Refused(WorkstationError):
    """The bundle, or what its server returned, must not be installed; *fix* is what to do, as sentences."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix


class Unreachable(WorkstationError):
    """The source of the bundle does not respond at the moment, which is normal for a laptop."""
