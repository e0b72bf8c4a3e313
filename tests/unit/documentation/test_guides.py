# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides as the documentation site has them."""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml

from documentation import guides

LABEL = "ansible_collections.workstation.aws_sso.docsite."
REPOSITORY = "https://github.com/workstation-aws-sso/workstation.aws_sso"


@pytest.fixture
def docs(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A folder docs/ of a repository with one plugin."""
    folder = tmp_path / "docs"
    files = {
        "galaxy.yml": f"repository: {REPOSITORY}\n",
        "SECURITY.md": "# Security\n",
        "plugins/modules/sso_login.py": "",
        "docs/README.md": "# Guides\n",
        "docs/other.md": "# Other\n\n## One `part`, v1.0\n",
        "docs/images/picture.png": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(guides, "ROOT", tmp_path)
    monkeypatch.setattr(guides, "DOCS", folder)
    return folder


def converted(docs: pathlib.Path, text: str) -> str:
    page = docs / "page.md"
    page.write_text(f"# Page\n\n{text}\n", encoding="utf-8")
    _licence, _label, body = guides.converted(page).partition(f".. _{LABEL}page:\n\nPage\n====\n\n")
    return body.strip()


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("[Other](other.md)", f":ref:`Other <{LABEL}other>`"),
        ("[a part](other.md#one-part-v10)", f":ref:`a part <{LABEL}other.one-part-v10>`"),
        ("[here](#below)", f":ref:`here <{LABEL}page.below>`"),
        ("[`aws <x>`](other.md)", f":ref:`aws \\<x\\> <{LABEL}other>`"),
        ("([Other](other.md)).", rf"(\ :ref:`Other <{LABEL}other>`\ )."),
        ("設定は[Other](other.md)にあります", rf"設定は\ :ref:`Other <{LABEL}other>`\ にあります"),
        ("[Security](../SECURITY.md)", f"`Security <{REPOSITORY}/blob/main/SECURITY.md>`__"),
        ("[a](../SECURITY.md#threats)", f"`a <{REPOSITORY}/blob/main/SECURITY.md#threats>`__"),
        ("[Plugins](../plugins)", f"`Plugins <{REPOSITORY}/tree/main/plugins>`__"),
        ("[AWS](https://aws.amazon.com/x#y)", "`AWS <https://aws.amazon.com/x#y>`__"),
        ("[mail](mailto:a@example.com)", "`mail <mailto:a@example.com>`__"),
    ],
)
def test_a_link_leads_to_the_same_place(docs: pathlib.Path, markdown: str, expected: str) -> None:
    assert converted(docs, markdown) == expected


@pytest.mark.parametrize("target", ["missing.md", "../missing", "images/missing.png"])
def test_a_link_to_what_does_not_exist_is_an_error(docs: pathlib.Path, target: str) -> None:
    for markdown in (f"[text]({target})", f"![text]({target})"):
        with pytest.raises(guides.NotConvertible, match=f"{re.escape(target)}, which does not exist"):
            converted(docs, markdown)


@pytest.mark.parametrize("html", ["<details>\ntext\n</details>", "a <kbd>C</kbd>", "text<br>text"])
def test_html_is_an_error(docs: pathlib.Path, html: str) -> None:
    with pytest.raises(guides.NotConvertible, match=r"page\.md has HTML"):
        converted(docs, html)


def test_comments_are_left_out(docs: pathlib.Path) -> None:
    assert converted(docs, "<!-- one\n\ntwo -->\n\ntext") == "text"


def test_a_picture_is_fetched_from_github(docs: pathlib.Path) -> None:
    address = "https://raw.githubusercontent.com/workstation-aws-sso/workstation.aws_sso/main/docs/images/picture.png"
    body = converted(docs, "![what it shows](images/picture.png)")
    assert address in body and "what it shows" in body


def test_the_name_of_a_plugin_leads_to_its_page(docs: pathlib.Path) -> None:
    link = ":ansplugin:`sso_login <workstation.aws_sso.sso_login#module>`"
    assert converted(docs, "Use `sso_login` now.") == f"Use {link} now."
    assert converted(docs, "Not `sso_logins`.") == "Not ``sso_logins``."
    assert ":ansplugin:" not in converted(docs, "## The module `sso_login`")
    assert ":ansplugin:" not in converted(docs, "**`sso_login`** and [`sso_login`](other.md)")


def test_every_heading_has_the_label_that_links_use(docs: pathlib.Path) -> None:
    text = guides.converted(docs / "other.md")
    assert f".. _{LABEL}other:\n\nOther\n=====\n" in text
    assert f".. _{LABEL}other.one-part-v10:\n\nOne ``part``, v1.0\n------" in text
    assert text.count("\n.. _") == 2


def test_code_keeps_its_language_and_text(docs: pathlib.Path) -> None:
    body = converted(docs, '```yaml\na: "{{ b }}"\n\nc: `d`\n```')
    assert body == '.. code:: yaml\n\n   a: "{{ b }}"\n\n   c: `d`'


def test_all_guides_but_the_index_are_written(docs: pathlib.Path, tmp_path: pathlib.Path) -> None:
    collection = tmp_path / "copy"
    (collection / "docs" / "docsite").mkdir(parents=True)
    guides.write_guides(collection)
    assert [path.name for path in (collection / "docs" / "docsite" / "rst").iterdir()] == ["other.rst"]


def test_every_guide_is_in_one_section_of_the_site() -> None:
    extra_docs = (guides.DOCS / "docsite" / "extra-docs.yml").read_text(encoding="utf-8")
    listed = [page for section in yaml.safe_load(extra_docs)["sections"] for page in section["toctree"]]
    assert sorted(listed) == sorted(page.stem for page in guides.pages())


def test_the_index_on_github_has_the_sections_and_pages_of_the_site() -> None:
    extra_docs = (guides.DOCS / "docsite" / "extra-docs.yml").read_text(encoding="utf-8")
    sections = yaml.safe_load(extra_docs)["sections"]
    index = (guides.DOCS / "README.md").read_text(encoding="utf-8")
    titles = re.findall(r"^## (.*)$", index, re.MULTILINE)
    listed = [re.findall(r"^- \[.*\]\((.*)\.md\)", part, re.MULTILINE) for part in index.split("\n## ")[1:]]
    assert list(zip(titles, listed)) == [(section["title"], section["toctree"]) for section in sections]
