# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changelog of the next release, from the fragments that are there."""

from __future__ import annotations

import pathlib

from .part import Part


def render_changelog(part: Part) -> None:
    """Turn the fragments in the copy of the collection into CHANGELOG.rst, as the release will."""
    import yaml

    copy = part.collection_copy()
    version = yaml.safe_load((copy / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    released = yaml.safe_load((copy / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))[
        "releases"
    ]
    if version not in released:
        _run(part, "release", "--version", version)


def write_release_notes(part: Part, path: pathlib.Path) -> None:
    """The newest section of the changelog, in Markdown; render_changelog comes first."""
    _run(part, "generate", "--only-latest", "--output-format", "md", "--output", path)


def _run(part: Part, *arguments: str | pathlib.Path) -> None:
    collections = str(part.scratch / "copy")
    part.run(
        "antsibull-changelog", *arguments, cwd=part.collection_copy(), ANSIBLE_COLLECTIONS_PATH=collections
    )
