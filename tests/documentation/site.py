# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation site: antsibull-docs checks its sources, Sphinx builds it into .run/docs."""

from __future__ import annotations

import pathlib
import re
import shutil

import yaml

from checks.changelog import render_changelog
from checks.part import ROOT, STATE, Failed, Part

from .guides import images, write_guides

SITE = STATE / "docs"
KINDS = {
    "module": "Modules",
    "lookup": "Lookups",
    "inventory": "Inventories",
    "callback": "Callbacks",
    "role": "Roles",
}
INDEX = "What each plugin is for is in the :ref:`index <plugins_in_workstation.aws_sso>`."
OURS = "ansible_collections.workstation.aws_sso."


def build_site(part: Part) -> None:
    """Raises Failed for each warning that is not about another site."""
    copy = part.collection_copy()
    collections = str(part.scratch / "copy")
    render_changelog(part)
    write_guides(copy)
    part.run(
        "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--check-extra-docs-refs", copy,
        ANSIBLE_COLLECTIONS_PATH=collections,
    )  # fmt: skip
    pages = part.scratch / "pages"
    (pages / "collection").mkdir(mode=0o700, parents=True)
    part.run(
        "antsibull-docs", "collection", "--cleanup", "everything", "--fail-on-error", "--use-current",
        "--squash-hierarchy", "--dest-dir", pages / "collection", "workstation.aws_sso",
        ANSIBLE_COLLECTIONS_PATH=collections,
    )  # fmt: skip
    _prepare(pages, copy / "docs")
    shutil.rmtree(SITE, ignore_errors=True)
    part.run(
        "sphinx-build", "--no-color", "-b", "html", "-c", copy / "docs" / "docsite", pages, SITE / "html"
    )  # fmt: skip
    found = warnings(part.log.read_text(encoding="utf-8", errors="replace"))
    if found:
        raise Failed(f"Sphinx has {len(found)} warnings: " + "; ".join(found)[:1000])
    part.run("echo", "The site is", SITE / "html" / "index.html")


def _prepare(pages: pathlib.Path, docs: pathlib.Path) -> None:
    """Add the first page and the pictures, which elsewhere are fetched from GitHub, to what Sphinx builds."""
    (pages / "index.rst").write_text(_first_page(docs, pages), encoding="utf-8")
    if (docs / "images").is_dir():
        shutil.copytree(docs / "images", pages / "images")
    index = pages / "collection" / "index.rst"
    index.write_text(f":orphan:\n\n{index.read_text(encoding='utf-8')}", encoding="utf-8")
    for page in pages.rglob("*.rst"):
        page.write_text(for_this_site(page.read_text(encoding="utf-8")), encoding="utf-8")


def for_this_site(page: str) -> str:
    """*page* with the name of the collection as it is, and without contents, which the theme shows."""
    page = page.replace(images(), "/images/")
    page = re.sub(r"Workstation\.Aws(\\?_)Sso", r"workstation.aws\1sso", page)
    return re.sub(r"^\.\. contents::.*\n(   .*\n)*", "", page, flags=re.MULTILINE)


def _first_page(docs: pathlib.Path, pages: pathlib.Path) -> str:
    """The navigation: the sections of the guides, then the plugins and roles by their names."""
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    sections = yaml.safe_load((docs / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    shown = {
        section["title"]: [f"collection/docsite/{page}" for page in section["toctree"]]
        for section in sections
    }
    for kind, title in KINDS.items():
        shown[title] = [
            f"{page.stem.removesuffix(f'_{kind}')} <collection/{page.stem}>"
            for page in sorted((pages / "collection").glob(f"*_{kind}.rst"))
        ]
    shown["Releases"] = ["Release notes <collection/changelog>"]
    lines = ["workstation.aws_sso", "===================", "", galaxy["description"], "", INDEX]
    for title, entries in shown.items():
        lines += ["", ".. toctree::", f"   :caption: {title}", "   :maxdepth: 1", ""]
        lines += [f"   {entry}" for entry in entries]
    return "\n".join(lines) + "\n"


def warnings(log: str) -> list[str]:
    """What Sphinx warns of. Without docs.ansible.com, references to that site cannot be resolved."""
    found = [line for line in log.splitlines() if re.search(r"\b(WARNING|ERROR|CRITICAL): ", line)]
    if not any("failed to reach any of the inventories" in line for line in found):
        return found
    elsewhere = re.compile(
        rf"failed to reach|undefined label: '(?!{re.escape(OURS)})|'envvar' .* not found: ANSIBLE_"
    )
    return [line for line in found if not elsewhere.search(line)]
