# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of what can go wrong while a host is set up.

PRIVATE to the collection.
"""

from __future__ import annotations


class HostError(Exception):
    """A host could not be brought to the wanted state; str() says what to do and is ready for a person."""
