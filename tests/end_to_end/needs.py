# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test requires of the machine, and what happens when that is missing."""

from __future__ import annotations

import os
import typing as t

import pytest

REQUIRE_ALL = "WORKSTATION_TEST_REQUIRE_ALL"


def need(missing: t.Sequence[str]) -> None:
    """Skip the test with the names of what is *missing*; where all tests are required, fail instead."""
    if not missing:
        return
    reason = "missing on this machine: " + ", ".join(missing)
    if os.environ.get(REQUIRE_ALL) == "1":
        pytest.fail(f"{reason}, and {REQUIRE_ALL} is set", pytrace=False)
    pytest.skip(reason)
