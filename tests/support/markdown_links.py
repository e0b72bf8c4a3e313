# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The links of pages in Markdown, and the anchors that GitHub gives to their headings."""

from __future__ import annotations

import collections
import pathlib
import re
import typing as t

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPOSITORY = "https://github.com/workstation-aws-sso/workstation.aws_sso/"
FILES = f"{REPOSITORY}blob/main/"
"""What links to files start with in pages that are shown elsewhere, too, such as README.md on Galaxy."""


def _without_code(path: pathlib.Path) -> str:
    text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(path: pathlib.Path) -> set[str]:
    """The anchors of the headings of a page."""
    found: set[str] = set()
    seen: collections.Counter[str] = collections.Counter()
    for heading in re.findall(r"^#{1,6} +(.*?) *$", _without_code(path), re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found


def links(path: pathlib.Path) -> list[str]:
    """Where the links and pictures of a page lead, with those of its definitions."""
    text = re.sub(r"`[^`\n]*`", "", _without_code(path))
    defined = re.findall(r"^\[[\w-]+]: (\S+)$", text, re.MULTILINE)
    return [*re.findall(r"\]\((\S+?)\)", text), *defined]


def undefined_references(path: pathlib.Path) -> set[str]:
    """The names in ``[text][name]`` without a definition, and the definitions that nothing uses."""
    text = re.sub(r"`[^`\n]*`", "", _without_code(path))
    defined = set(re.findall(r"^\[([\w-]+)]: ", text, re.MULTILINE))
    return defined ^ set(re.findall(r"\]\[([\w-]+)]", text))


def broken_links(path: pathlib.Path) -> t.Iterator[str]:
    """The links to files of the repository that do not exist, or have no such heading."""
    for link in links(path):
        if re.match(r"[a-z]+:", link) and not link.startswith(FILES):
            continue
        name, _hash, anchor = link.removeprefix(FILES).partition("#")
        target = (ROOT if link.startswith(FILES) else path.parent) / name if name else path
        missing_heading = anchor and target.suffix == ".md" and anchor not in anchors(target)
        if not target.exists() or missing_heading:
            yield link
