# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides in docs/ as reStructuredText, the only format that antsibull-docs takes.

GitHub shows the Markdown, with links between files and pictures beside them. On a documentation site, links
are references to labels, which have to start with the name of the collection, and pictures are fetched from
GitHub: antsibull-docs copies only reStructuredText.
"""

from __future__ import annotations

import pathlib

import yaml

from checks.part import ROOT

DOCS = ROOT / "docs"
NAME = "workstation.aws_sso"
LABEL = f"ansible_collections.{NAME}.docsite."
LICENCE = """\
.. Copyright: (c) 2026, workstation.aws_sso contributors
.. GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
.. SPDX-License-Identifier: GPL-3.0-or-later

"""
KINDS = {"modules": "module", "lookup": "lookup", "inventory": "inventory", "callback": "callback"}
"""The folders of plugins with documentation, and what antsibull-docs calls their kinds."""


class NotConvertible(Exception):
    """A page has something that its copy on the site could not show; the message says what and where."""


def pages() -> list[pathlib.Path]:
    """The guides; docs/README.md lists them on GitHub, and docs/docsite/extra-docs.yml on the site."""
    return sorted(path for path in DOCS.glob("*.md") if path.name != "README.md")


def plugins() -> dict[str, str]:
    """The kind of each plugin, by its name."""
    found = {kind: (ROOT / "plugins" / folder).glob("*.py") for folder, kind in KINDS.items()}
    return {path.stem: kind for kind, paths in found.items() for path in paths}


def repository() -> str:
    """The address of the repository on GitHub."""
    galaxy: dict[str, str] = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    return galaxy["repository"]


def images() -> str:
    """What the addresses of all pictures start with."""
    return f"{repository().replace('//github.com', '//raw.githubusercontent.com')}/main/docs/images/"


def converted(page: pathlib.Path) -> str:
    """A guide in reStructuredText. Raises NotConvertible for HTML and for links to missing files."""
    from .conversion import restructured

    return LICENCE + restructured(page)


def write_guides(collection: pathlib.Path) -> None:
    """Write all guides to where antsibull-docs looks for them in a copy of the collection."""
    folder = collection / "docs" / "docsite" / "rst"
    folder.mkdir()
    for page in pages():
        (folder / f"{page.stem}.rst").write_text(converted(page), encoding="utf-8")
