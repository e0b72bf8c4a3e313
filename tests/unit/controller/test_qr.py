# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import sys

import pytest
import segno

from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _qr

PAGE = "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH"
HALVES = {" ": "00", "▀": "10", "▄": "01", "█": "11"}


def modules_of(drawing: str) -> list[str]:
    """The rows of modules that a person sees, dark as 1."""
    rows = []
    for line in re.sub(r"\033\[[0-9;]*m", "", drawing).splitlines():
        rows += ["".join(HALVES[character][half] for character in line) for half in (0, 1)]
    return rows


def test_the_drawing_is_the_code_within_its_quiet_zone() -> None:
    code = ["".join(map(str, row)) for row in segno.make(PAGE, error="l", micro=False).matrix_iter(border=4)]
    drawn = modules_of(_qr.drawing(PAGE))
    assert drawn[: len(code)] == code
    assert set("".join(drawn[len(code) :])) == {"0"}


def test_light_and_dark_do_not_depend_on_the_colours_of_the_terminal() -> None:
    assert all(line.startswith("\033[38;5;16;48;5;231m") for line in _qr.drawing(PAGE).splitlines())


def test_without_the_library_there_is_no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    assert _qr.drawing(PAGE) == ""
