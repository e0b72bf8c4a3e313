# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""README.ja.md and docs/quickstart.ja.md: the commands of the English pages, and consistent words.

The commands of the quick start are run by tests/end_to_end/test_quickstart_ja.py.
"""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
import yaml

from end_to_end import quick_start, readme
from support import markdown_links
from support.aws_config_file import access, profile_names

PAGES = [readme.JAPANESE_README, readme.JAPANESE_QUICK_START]
JAPANESE = "\u3041-\u3096\u30a1-\u30fa\u30fc\u3005\u4e00-\u9fff"


def company(path: pathlib.Path) -> t.Any:
    (found,) = (block.text for block in readme.blocks(path) if "workstation_sessions" in block.text)
    assert found.startswith("# company.yml\n")
    return yaml.safe_load(found)


def prose(path: pathlib.Path) -> list[str]:
    """The lines outside of code blocks, without code, addresses and the licence."""
    text = re.sub(r"^ *```.*?^ *```$|<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    text = re.sub(r"^\[[\w-]+\]: .*$", "", text, flags=re.M)
    text = re.sub(r"\]\([^)]*\)|\]\[[\w-]+\]", "]", text)
    return re.sub(r"`[^`\n]*`", "`code`", text).splitlines()


def test_every_block_of_the_readme_is_one_of_the_english_readme() -> None:
    english = {block.text for block in readme.blocks()}
    ours = [
        block for block in readme.blocks(readme.JAPANESE_README) if "workstation_sessions" not in block.text
    ]
    assert {block.language for block in ours} == {"console", "ini", "yaml"}
    assert [block.text for block in ours if block.text not in english] == []


def test_the_readme_lists_every_guide() -> None:
    """Without those that only maintainers or other programs need, and the index, which is in English."""
    others = {"README.md", "laptop-report.md", "release.md"}
    guides = {path.name for path in (readme.ROOT / "docs").glob("*.md")} - others
    start = f"{markdown_links.FILES}docs/"
    linked = {link.removeprefix(start) for link in markdown_links.links(readme.JAPANESE_README)}
    assert guides - linked == set()


def test_the_table_of_later_commands_is_that_of_the_english_readme() -> None:
    assert readme.later_commands(readme.JAPANESE_README) == readme.later_commands()


def test_the_company_is_that_of_the_english_readme_in_regions_of_a_japanese_company() -> None:
    ours, english = company(readme.JAPANESE_README), company(readme.README)
    assert ours == company(readme.JAPANESE_QUICK_START)
    (session,) = ours["workstation_sessions"]
    assert (session["region"], ours["workstation_region"]) == ("us-east-1", "ap-northeast-1")
    session["region"] = english["workstation_sessions"][0]["region"]
    assert {**ours, "workstation_region": english["workstation_region"]} == english


def test_both_readmes_link_to_each_other() -> None:
    assert f"{markdown_links.FILES}README.ja.md" in readme.README.read_text(encoding="utf-8")
    assert f"{markdown_links.FILES}README.md" in readme.JAPANESE_README.read_text(encoding="utf-8")


def test_every_example_of_a_profile_name_is_what_its_format_gives() -> None:
    text = readme.JAPANESE_QUICK_START.read_text(encoding="utf-8")
    examples = re.findall(r"^\| `(\{.*\})` \| `(\S+)` \|$", text, re.MULTILINE)
    assert len(examples) == 3
    for template, name in examples:
        assert profile_names([access(account_name="Acme Prod")], profile_name=template) == [name]


def test_the_setting_of_a_profile_name_is_one_of_the_examples_and_is_in_quotes() -> None:
    text = readme.JAPANESE_QUICK_START.read_text(encoding="utf-8")
    (setting,) = (
        block.text
        for block in readme.blocks(readme.JAPANESE_QUICK_START)
        if block.language == "yaml" and "workstation_profile_name" in block.text
    )
    (template,) = yaml.safe_load(setting).values()
    assert f"| `{template}` |" in text


def test_the_user_of_the_outputs_is_that_of_the_pictures() -> None:
    text = readme.JAPANESE_QUICK_START.read_text(encoding="utf-8")
    assert set(re.findall(r"assumed-role/\w+/(\w+)", text)) == {quick_start.USER}
    assert re.search(rf"!\[[^\]]* {quick_start.USER}\]\(images/sign-in-identity-provider\.png\)", text)


TERMS = {
    "サインインし直": "再度サインイン",
    "もう一度サインイン": "再度サインイン",
    "再度のサインイン": "再度サインイン",
    "アイデンティティ": "使用中のロール",
    "多数の PC": "複数の PC",
    "のキー": "の認証情報",
    "セッション時間": "セッション期間",
    "必要条件": "要件",
}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_one_thing_has_one_term(page: pathlib.Path) -> None:
    text = "\n".join(prose(page))
    assert {term: better for term, better in TERMS.items() if term in text} == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_a_paragraph_is_one_line(page: pathlib.Path) -> None:
    """Browsers show the end of a line as a blank, which Japanese does not have between words."""
    lines = prose(page)
    for line, following in zip(lines, lines[1:]):
        starts_anew = re.match(r"$|[#|\[-]|\d+\. ", following)
        assert not line.strip() or line.startswith(("#", "|")) or starts_anew, following


MISTAKES = {
    "a letter, digit or blank of full width": r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u3000]",
    "kana of half width": r"[\uff61-\uff9f]",
    "no blank between Japanese and other words": rf"[{JAPANESE}][0-9A-Za-z`]|[0-9A-Za-z`][{JAPANESE}]",
    "a punctuation mark of half width": rf"[{JAPANESE}][,.()!?:;]|[,.()!?:;][{JAPANESE}]",
    "a blank beside a punctuation mark": r" [\u3001\u3002\u300c\u300d\uff08\uff09\uff1a]"
    r"|[\u3001\u3002\u300c\u300d\uff08\uff09\uff1a] ",
    "not the polite form": r"(\u3060|\u308b|\u306a\u3044)\u3002",
}
EXAMPLES = {
    "\uff21WS \u3067\u3059\u3002": "a letter, digit or blank of full width",
    "\uff76\uff85 \u3067\u3059\u3002": "kana of half width",
    "AWS\u3067\u3059\u3002": "no blank between Japanese and other words",
    "\u6771(\u4eac)\u3067\u3059\u3002": "a punctuation mark of half width",
    "\u6771\u3001 \u4eac\u3067\u3059\u3002": "a blank beside a punctuation mark",
    "\u4f7f\u3048\u308b\u3002": "not the polite form",
    "AWS \u3067\u3059\u3002": "",
}


def mistakes(line: str) -> t.Iterator[str]:
    without_marks = re.sub(r"^\s*([-#]+|\d+\.) | ?\| ?|\*\*", "|", line)
    return (mistake for mistake, pattern in MISTAKES.items() if re.search(pattern, without_marks))


@pytest.mark.parametrize(("line", "mistake"), EXAMPLES.items())
def test_mistakes_of_orthography_are_found(line: str, mistake: str) -> None:
    assert list(mistakes(line)) == [mistake][: len(mistake)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_the_orthography_is_consistent(page: pathlib.Path) -> None:
    found = [(line, list(mistakes(line))) for line in prose(page)]
    assert [(line, mistake) for line, mistake in found if mistake] == []
