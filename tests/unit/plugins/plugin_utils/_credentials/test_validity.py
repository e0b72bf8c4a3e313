# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New role credentials that have expired on arrival, by a clock that may be wrong."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._cached_credentials import RoleCredentials
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._credentials.validity import (
    clock_text,
    require_valid,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import Unreachable


def credentials(seconds_left: float) -> RoleCredentials:
    expires_at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds_left)
    return RoleCredentials("ASIAX", "the-secret-key", "the-session-token", expires_at)


def test_valid_credentials_are_returned_whatever_the_clock() -> None:
    valid = credentials(60)
    for skew in (0, 4000, -4000):
        assert require_valid(valid, "Admin", skew) is valid


def test_wrong_clock_is_named_as_the_cause() -> None:
    with pytest.raises(Unreachable, match=r"^New credentials of Admin expired at .*The clock of ") as caught:
        require_valid(credentials(-1), "Admin", 3600)
    assert "the-se" not in str(caught.value)


def test_credentials_that_are_not_from_aws_are_named_as_such() -> None:
    with pytest.raises(Unreachable, match=r"not from AWS but from something in between: check the proxy"):
        require_valid(credentials(0), "Admin", 299)


@pytest.mark.parametrize(
    ("skew", "difference"),
    [
        (300, ""),
        (-300, ""),
        (301, "5 minutes ahead of"),
        (-7140, "119 minutes behind"),
        (7200, "2.0 hours ahead of"),
        (-90000, "25.0 hours behind"),
    ],
)
def test_difference_that_aws_accepts_is_none(skew: float, difference: str) -> None:
    assert (f"is {difference} AWS's." in clock_text(skew)) if difference else clock_text(skew) == ""
