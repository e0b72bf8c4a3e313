# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the guides: each is shown, described, small, and independent of other files."""

from __future__ import annotations

import pathlib
import re
import struct
import xml.etree.ElementTree

import pytest

from end_to_end import readme

DOCS = readme.ROOT / "docs"

IMAGES = sorted(path for path in (DOCS / "images").iterdir())
MOST_BYTES = {".png": 60_000, ".svg": 300_000}
MOST_BYTES_TOGETHER = 600_000
PAGES = sorted(DOCS.glob("*.md"))
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {
    *("svg", "title", "desc", "style", "defs", "clipPath", "marker"),
    *("g", "path", "rect", "circle", "text", "tspan"),
}


def shown_on(page: pathlib.Path) -> list[tuple[str, str]]:
    """The alternative text and the address of each picture."""
    text = re.sub(r"^ *```.*?^ *```$|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", text)


def svg_pictures() -> list[pathlib.Path]:
    return [path for path in IMAGES if path.suffix == ".svg"]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_picture_of_a_page_exists_and_is_described(page: pathlib.Path) -> None:
    for description, address in shown_on(page):
        assert (page.parent / address) in IMAGES, address
        assert len(description) > 10, address


def test_every_picture_is_shown() -> None:
    shown = {DOCS / address for page in PAGES for _description, address in shown_on(page)}
    assert set(IMAGES) <= shown


def test_the_pictures_are_small() -> None:
    for path in IMAGES:
        assert path.stat().st_size < MOST_BYTES[path.suffix], path
    assert sum(path.stat().st_size for path in IMAGES) < MOST_BYTES_TOGETHER


def test_all_pictures_of_pages_have_the_same_width() -> None:
    widths = set()
    for path in (path for path in IMAGES if path.suffix == ".png"):
        head = path.read_bytes()[:24]
        assert head.startswith(b"\x89PNG\r\n\x1a\n"), path
        widths.add(struct.unpack(">I", head[16:20])[0])
    assert widths == {1280}


@pytest.mark.parametrize("path", svg_pictures(), ids=lambda path: path.name)
def test_a_vector_picture_needs_no_other_file_and_no_script(path: pathlib.Path) -> None:
    text = path.read_text(encoding="utf-8")
    root = xml.etree.ElementTree.fromstring(text)
    used = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert used <= ELEMENTS
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not [name for name in attributes if name.endswith("href") or name.startswith("on")]
    assert "@import" not in text and "@font-face" not in text
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", text))


@pytest.mark.parametrize("path", svg_pictures(), ids=lambda path: path.name)
def test_a_vector_picture_has_a_title_and_stands_still_for_those_who_want_that(path: pathlib.Path) -> None:
    root = xml.etree.ElementTree.fromstring(path.read_text(encoding="utf-8"))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and description is not None and title.text and description.text
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    style = root.findtext(f"{SVG}style") or ""
    assert "@media (prefers-reduced-motion:reduce)" in style or "animation" not in style
