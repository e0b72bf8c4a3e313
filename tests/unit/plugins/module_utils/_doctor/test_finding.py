# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the parts of a finding are worded."""

from __future__ import annotations

from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.finding import (
    chain,
    place,
)


def test_an_placeor_opens_a_path_with_blanks_at_its_line() -> None:
    assert place("/home/ann b/config") == "in '/home/ann b/config'"
    assert place("/config", 7) == "in line 7 of /config"


def test_chained_commands_stop_at_the_first_failure() -> None:
    assert chain("rm x", "aws sso login") == "rm x && aws sso login"
