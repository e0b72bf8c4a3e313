# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New credentials by the clock of this machine, which may be wrong.

PRIVATE to the collection.
"""

from __future__ import annotations

from ...module_utils._host.clock import how_to_set_the_clock
from ...module_utils._text import format_time
from .._cached_credentials import RoleCredentials
from .._errors import Unreachable

_SECONDS_OF_SKEW_THAT_AWS_ACCEPTS = 300
"""Signature Version 4 allows five minutes; beyond that, AWS refuses signed requests."""


def require_valid(credentials: RoleCredentials, role_name: str, skew: float) -> RoleCredentials:
    """*credentials*, unless they have already expired. Raises Unreachable.

    *skew* is how many seconds the clock of this machine is ahead of AWS's.
    """
    if credentials.seconds_left() > 0:
        return credentials
    cause = clock_text(skew) or (
        "The response shows no difference between the clocks, so it is not from AWS but from something in"
        " between: check the proxy and the variables AWS_ENDPOINT_URL*."
    )
    raise Unreachable(
        f"New credentials of {role_name} expired at {format_time(credentials.expires_at)}. {cause}"
    )


def clock_text(skew: float) -> str:
    """How to correct a clock that is *skew* seconds ahead of AWS's; empty if it is right."""
    if abs(skew) <= _SECONDS_OF_SKEW_THAT_AWS_ACCEPTS:
        return ""
    minutes = round(abs(skew) / 60)
    difference = f"{minutes} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"
    direction = "ahead of" if skew > 0 else "behind"
    how = how_to_set_the_clock(ahead=skew)
    return f"The clock of this machine is {difference} {direction} AWS's. Correct it: {how}"
