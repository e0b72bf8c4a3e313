# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which links of a page in Markdown lead nowhere on GitHub."""

from __future__ import annotations

import pathlib

import pytest

from support.markdown_links import FILES, anchors, broken_links, undefined_references

PAGE = """\
# One `part_x`, v1.0

## Twice

## Twice

## A [link](other.md) and `no_log`

### \u30af\u30a4\u30c3\u30af\uff08WSL2\uff09

```yaml
# company.yml
key: "[x](missing.md)"
```

<!-- [x](missing.md) -->
"""


@pytest.fixture
def page(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "other.md").write_text("# Other\n\n## Two words\n")
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


def test_anchors_are_those_of_github(page: pathlib.Path) -> None:
    japanese = "\u30af\u30a4\u30c3\u30afwsl2"
    assert anchors(page) == {"one-part_x-v10", "twice", "twice-1", "a-link-and-no_log", japanese}


@pytest.mark.parametrize(
    "link",
    [
        "[x](other.md)",
        "[x](other.md#two-words)",
        "[x](#twice-1)",
        "[x](https://example.com/missing.md#y)",
        "`[x](missing.md)`",
        f"[x]({FILES}README.md#quick-start)",
        "[x][y]\n\n[y]: other.md",
    ],
)
def test_a_link_that_leads_somewhere(page: pathlib.Path, link: str) -> None:
    page.write_text(f"{PAGE}\n{link}\n")
    assert list(broken_links(page)) == []
    assert undefined_references(page) == set()


@pytest.mark.parametrize(
    "target",
    [
        "missing.md",
        "other.md#two",
        "other.md#Two-words",
        "#company.yml",
        "#companyyml",
        "images/missing.png",
        f"{FILES}missing.md",
        f"{FILES}README.md#missing",
    ],
)
@pytest.mark.parametrize("form", ["[x]({})", "![x]({})", "[x][y]\n\n[y]: {}"])
def test_a_link_that_leads_nowhere(page: pathlib.Path, target: str, form: str) -> None:
    page.write_text(f"{PAGE}\n{form.format(target)}\n")
    assert list(broken_links(page)) == [target]


@pytest.mark.parametrize("text", ["[x][y]", "[y]: other.md"])
def test_a_reference_without_a_definition_and_the_other_way_round(page: pathlib.Path, text: str) -> None:
    page.write_text(f"{PAGE}\n{text}\n")
    assert undefined_references(page) == {"y"}
