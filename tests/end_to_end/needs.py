# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test needs of the machine, and what happens when it is not there."""

from __future__ import annotations

import os
import typing as t

import pytest

REQUIRE_ALL = "WORKSTATION_TEST_REQUIRE_ALL"


def need(lacks: t.Sequence[str]) -> None:
    """Leave the test out and name what the machine *lacks*; where all is required, that is a failure."""
    if not lacks:
        return
    reason = "this machine lacks " + ", ".join(lacks)
    if os.environ.get(REQUIRE_ALL) == "1":
        pytest.fail(f"{reason}, and {REQUIRE_ALL} is set", pytrace=False)
    pytest.skip(reason)
