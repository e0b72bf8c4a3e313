# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import sys

import pytest
import segno

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login import qr_code

PAGE = "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH"
HALVES = {" ": "11", "▀": "01", "▄": "10", "█": "00"}


def modules_of(drawing: str) -> list[str]:
    """The rows of modules that a person sees, dark as 1."""
    rows = []
    for line in re.sub(r"\033\[[0-9;]*m", "", drawing).splitlines():
        rows += ["".join(HALVES[character][half] for character in line) for half in (0, 1)]
    return rows


def code_of(page: str, border: int) -> list[str]:
    matrix = segno.make(page, error="l", micro=False).matrix_iter(border=border)
    return ["".join(map(str, row)) for row in matrix]


@pytest.mark.parametrize(
    ("columns", "lines", "border"), [(120, 50, 4), (41, 21, 4), (80, 20, 2), (37, 19, 2)]
)
def test_the_drawing_is_the_code_within_the_quiet_zone_that_fits(
    columns: int, lines: int, border: int
) -> None:
    drawing = qr_code.drawing(PAGE, columns, lines)
    code = code_of(PAGE, border)
    assert modules_of(drawing)[: len(code)] == code
    assert len(drawing.splitlines()) <= lines and len(code[0]) <= columns


@pytest.mark.parametrize(("columns", "lines"), [(36, 50), (80, 18), (80, 0), (0, -3)])
def test_without_room_there_is_no_drawing(columns: int, lines: int) -> None:
    assert qr_code.drawing(PAGE, columns, lines) == ""


def test_light_and_dark_do_not_depend_on_the_colors_of_the_terminal() -> None:
    lines = qr_code.drawing(PAGE, 80, 24).splitlines()
    assert all(line.startswith("\033[38;5;231;48;5;16m") and line.endswith("\033[0m") for line in lines)


def test_without_the_library_there_is_no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    assert qr_code.drawing(PAGE, 80, 24) == ""
