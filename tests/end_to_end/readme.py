# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""README.md as tests use it: its code blocks and tables, by the heading above them."""

from __future__ import annotations

import pathlib
import re
import textwrap
import typing as t

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
JAPANESE_README = ROOT / "README.ja.md"
JAPANESE_QUICK_START = ROOT / "docs" / "quickstart.ja.md"


class Block(t.NamedTuple):
    """A fenced code block."""

    heading: str
    language: str
    text: str

    def commands(self) -> list[str]:
        """What a reader types of a console block."""
        lines = self.text.replace("\\\n", "").splitlines()
        return [line[2:] for line in lines if line.startswith("$ ")]

    def transcript(self) -> list[tuple[str, str]]:
        """The commands of a console block, with their further lines, each with the output that is shown."""
        _nothing, *steps = re.split(r"^\$ ", self.text, flags=re.MULTILINE)
        parted = (re.match(r"(.*\n(?:> .*\n)*)((?:.*\n)*)", step) for step in steps)
        found = [match.groups() for match in parted if match]
        return [(command.replace("\n> ", "\n").strip(), output) for command, output in found]


def blocks(path: pathlib.Path = README) -> list[Block]:
    """Every code block of a file, in order."""
    found = []
    for section in re.split(r"^#{2,} ", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
        heading, _newline, body = section.partition("\n")
        for language, text in re.findall(r"^ *```(\w*)\n(.*?)^ *```$", body, re.MULTILINE | re.DOTALL):
            found.append(Block(heading, language, textwrap.dedent(text)))
    return found


def block(heading: str, language: str, text: str = "", path: pathlib.Path = README) -> Block:
    """The only block of *language* below *heading*, of those that hold *text*."""
    (found,) = (
        block
        for block in blocks(path)
        if (block.heading, block.language) == (heading, language) and text in block.text
    )
    return found


def commands(heading: str) -> list[str]:
    """The commands of the console block below *heading*."""
    return block(heading, "console").commands()


def later_commands(path: pathlib.Path = README) -> dict[str, str]:
    """The table of later commands: the name of a playbook, and the command that runs it."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"`(ansible-playbook workstation\.aws_sso\.(\w+))` \| `\./run (\w+)`", text)
    assert all(playbook == task for _command, playbook, task in found)
    return {playbook: command for command, playbook, _task in found}
