# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a manifest with a valid signature may be installed on this laptop.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime

from ..._text import format_time
from .errors import Refused
from .manifest import Manifest

CLOCK_TOLERANCE = datetime.timedelta(days=1)
"""The clock of a laptop may be wrong by the time zone, or by the time that it was asleep under WSL."""


def require_acceptable(manifest: Manifest, name: str, serial: int, now: datetime.datetime) -> None:
    """Raise Refused for a bundle of another *name*, for one older than *serial*, and for an expired one."""
    if manifest.name != name:
        raise Refused(
            f"The bundle is {manifest.name}, but this laptop follows the bundle {name}.",
            "Ask your administrator for the address of setup.sh for this laptop.",
        )
    if manifest.serial < serial:
        raise Refused(
            f"The bundle of {format_time(manifest.issued)} is older than one that this laptop has seen.",
            "Nothing is to be done on this laptop. The administrator must publish the bundle again.",
        )
    if now > manifest.expires + CLOCK_TOLERANCE:
        raise Refused(
            f"The bundle expired at {format_time(manifest.expires)}.",
            f"Check the clock of this laptop, which says {format_time(now)}. If it is right, the"
            " administrator must run the playbook company_bundle again and publish the result.",
        )
