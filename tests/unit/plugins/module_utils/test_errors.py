# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\x9b0m", "\u202e", "\u2028", "\r", "\x07", "\x00", "\udc80"])
def test_the_message_of_an_error_has_no_control_characters(hostile: str) -> None:
    assert all(line.isprintable() for line in str(WorkstationError(f"one{hostile}\ntwo")).split("\n"))


def test_the_lines_of_an_error_are_kept() -> None:
    assert str(WorkstationError("one\ntwo \u00e9")) == "one\ntwo \u00e9"
