# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An animated SVG of what a terminal showed."""

from __future__ import annotations

import re
import xml.etree.ElementTree

from hypothesis import given
from hypothesis import strategies as st

from documentation.terminal_svg import COLUMNS, LINE, ROWS, Line, Span, animation

SVG = "{http://www.w3.org/2000/svg}"


def output(start: float, text: str) -> Line:
    return Line(start, (Span(0, text),))


def positions(svg: str, name: str) -> list[tuple[float, int]]:
    """When (in percent) a part of the picture has which place, in lines."""
    (frames,) = re.findall(rf"@keyframes {name}{{(.*)}}$", svg, re.MULTILINE)
    found = re.findall(r"([\d.]+)%{transform:translateY\((-?\d+)px\)}", frames)
    return [(float(share), int(pixels) // LINE) for share, pixels in found]


def at_rest(svg: str, name: str) -> int:
    """The place of a part of the picture without animations, in lines."""
    (pixels,) = re.findall(rf"^\.{name}{{transform:translateY\((-?\d+)px\);animation:", svg, re.MULTILINE)
    return int(pixels) // LINE


def test_lines_appear_one_after_the_other() -> None:
    svg = animation([output(number, f"line {number}") for number in range(3)], "title", "description")
    assert positions(svg, "cover") == [(0, 1), (10, 2), (20, 3), (100, 3)]
    assert positions(svg, "lines") == [(0, 0), (100, 0)]


def test_a_full_window_scrolls_by_whole_lines() -> None:
    svg = animation([output(number, "x") for number in range(ROWS + 2)], "title", "description")
    assert [place for _share, place in positions(svg, "lines")] == [0, -1, -2, -2]
    assert positions(svg, "cover")[-1] == (100, ROWS)


def test_without_animations_the_last_frame_is_shown() -> None:
    svg = animation([output(number, "x") for number in range(ROWS + 5)], "title", "description")
    assert (at_rest(svg, "lines"), at_rest(svg, "cover")) == (-5, ROWS)
    assert "@media (prefers-reduced-motion:reduce){g,rect{animation:none!important}}" in svg


def test_a_command_is_typed_letter_by_letter_after_the_prompt() -> None:
    command = Line(0, (Span(0, "$"), Span(2, "aws")), before_typing=1, typing=1)
    svg = animation([command, output(2, "done")], "title", "description")
    (frames,) = re.findall(r"@keyframes type0{(.*)}$", svg, re.MULTILINE)
    assert re.match(r"0%,10\.00%{transform:none;animation-timing-function:steps\(3\)}20\.00%{", frames)
    assert frames.endswith(f"100%{{transform:translateX({COLUMNS * 8.4:g}px)}}")
    assert svg.count('<g class="type') == 1


def test_colours_and_weights_are_kept() -> None:
    line = Line(0, (Span(0, "ok", "green"), Span(8, "warning", "magenta", True), Span(20, "x", "unknown")))
    svg = animation([line], "title", "description")
    assert ' class="green">ok</tspan>' in svg
    assert ' class="magenta bold">warning</tspan>' in svg
    assert re.search(r'<tspan x="168" textLength="8.4">x</tspan>', svg)


@given(
    st.text(
        st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    )
)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    root = xml.etree.ElementTree.fromstring(animation([output(0, text)], text, text))
    assert ["".join(element.itertext()) for element in root.iter(f"{SVG}text")] == [text]
    assert [root.findtext(f"{SVG}{name}") for name in ("title", "desc")] == [text, text]
