# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drawing of docs/how-it-works.md."""

from __future__ import annotations

import re

from end_to_end import readme

DOCS = readme.ROOT / "docs"
DRAWING = (DOCS / "images" / "how-it-works.svg").read_text(encoding="utf-8")


def test_the_drawing_has_colors_for_dark_pages() -> None:
    light, _query, dark = DRAWING.partition("@media (prefers-color-scheme: dark)")
    colored = re.findall(r"(\.?\w+) \{[^}]*(?:fill|stroke): #", light)
    assert set(re.findall(r"(\.?\w+) \{", dark)) == set(colored) != set()


def test_the_steps_of_the_drawing_are_those_of_the_page() -> None:
    numbers = re.findall(r'class="number"[^>]*>(\d)<', DRAWING)
    page = (DOCS / "how-it-works.md").read_text(encoding="utf-8")
    assert sorted(numbers) == re.findall(r"^(\d)\. ", page, re.MULTILINE) != []
