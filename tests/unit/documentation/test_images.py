# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drawings in docs/images: readable by people and screen readers, without anything from elsewhere."""

from __future__ import annotations

import pathlib
import re
import xml.etree.ElementTree as ET

import pytest

DOCS = pathlib.Path(__file__).resolve().parents[3] / "docs"
DRAWINGS = sorted((DOCS / "images").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"


def test_there_is_a_drawing_of_how_it_works() -> None:
    assert DOCS / "images" / "how-it-works.svg" in DRAWINGS


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.name)
def test_a_drawing_has_a_title_and_a_description(path: pathlib.Path) -> None:
    root = ET.parse(path).getroot()
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    for name in (root.get("aria-labelledby") or "").split():
        (found,) = (element for element in root.iter() if element.get("id") == name)
        assert (found.text or "").strip()
    assert {child.tag for child in root} >= {f"{SVG}title", f"{SVG}desc"}


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.name)
def test_a_drawing_loads_nothing_and_runs_nothing(path: pathlib.Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "<!" not in text and "<?" not in text, "no entities, style sheets or comments"
    assert re.findall(r"https?://[^\"')\s]+", text) == ["http://www.w3.org/2000/svg"]
    assert set(re.findall(r"url\(([^)]*)\)", text)) <= {"#arrow"}
    assert not re.search(r"@import|@font-face|href|\bon\w+=|data:", text)
    tags = {element.tag.removeprefix(SVG) for element in ET.parse(path).getroot().iter()}
    assert tags <= {"svg", "title", "desc", "style", "defs", "marker", "path", "rect", "circle", "text"}


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.name)
def test_a_drawing_has_colors_for_dark_pages(path: pathlib.Path) -> None:
    light, _query, dark = path.read_text(encoding="utf-8").partition("@media (prefers-color-scheme: dark)")
    colored = re.findall(r"(\.?\w+) \{[^}]*(?:fill|stroke): #", light)
    assert set(re.findall(r"(\.?\w+) \{", dark)) == set(colored) != set()


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.name)
def test_the_steps_of_the_drawing_are_those_of_the_page(path: pathlib.Path) -> None:
    numbers = re.findall(r'class="number"[^>]*>(\d)<', path.read_text(encoding="utf-8"))
    page = (DOCS / f"{path.stem}.md").read_text(encoding="utf-8")
    assert f"](images/{path.name})" in page
    assert sorted(numbers) == re.findall(r"^(\d)\. ", page, re.MULTILINE) != []
