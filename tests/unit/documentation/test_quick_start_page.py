# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/quick-start.md: what it has in common with README.md, and the pages of the sign-in that it names."""

from __future__ import annotations

import re

from documentation.pictures import STEPS
from end_to_end import readme
from end_to_end.quick_start import PAGE, SET_UP
from identity_center import pages

SIGN_IN = "Sign in in the browser"


def section(heading: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def steps_of_the_page() -> dict[str, str]:
    """The picture of each numbered step, and the text above it."""
    found = re.findall(
        r"^\d\. (.*?)\n\n   !\[[^\]]*\]\(images/([\w-]+)\.png\)", section(SIGN_IN), re.M | re.S
    )
    return {name: " ".join(text.split()) for text, name in found}


def test_every_page_of_the_emulator_is_a_step() -> None:
    assert sorted(steps_of_the_page()) == sorted(step.name for step in STEPS)


def test_each_step_names_the_button_and_the_page_of_its_picture() -> None:
    texts = steps_of_the_page()
    for step in STEPS:
        if step.id == "sign-in":  # its page is that of a company, and looks different everywhere
            continue
        assert f"**{step.button or step.title}**" in texts[step.name]


def test_the_pages_of_the_emulator_have_these_titles_and_buttons() -> None:
    shown = [
        pages.confirm_user_code("BBBB-BBBB"),
        pages.sign_in("/", ("ann", "x")),
        pages.allow("x", "botocore-client-acme", [], "ann"),
        pages.approved(),
    ]
    for step, page in zip(STEPS, shown):
        body = page.body.decode()
        assert f"<title>{step.title}</title>" in body
        assert not step.id or re.search(rf'<button id="{step.id}"[^>]*>{step.button}</button>', body)


def test_the_company_and_the_variables_without_root_are_those_of_the_readme() -> None:
    for heading, original in (("Describe your company", "Quick start"), ("Without root", "Without root")):
        assert readme.block(heading, "yaml", path=PAGE).text == readme.block(original, "yaml").text


def test_the_command_and_the_address_of_the_repository_are_those_of_the_readme() -> None:
    assert SET_UP in readme.block("This workstation", "console", "./run").commands()
    assert set(readme.block("Get the collection", "console", path=PAGE).commands()) <= set(
        readme.commands("Try it")
    )


def test_no_block_is_of_a_kind_that_no_test_follows() -> None:
    """tests/end_to_end/test_quick_start.py types the others."""
    kinds = {block.language for block in readme.blocks(PAGE)}
    assert kinds == {"console", "powershell", "text", "yaml"}
    commands = [block.text for block in readme.blocks(PAGE) if block.language == "powershell"]
    japanese = [
        block.text for block in readme.blocks(readme.JAPANESE_QUICK_START) if block.language == "powershell"
    ]
    assert commands == japanese
