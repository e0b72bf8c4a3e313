# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user who does exactly what the fix of a finding says about a configuration file."""

from __future__ import annotations

import pathlib
import re
import shlex
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import (
    ConfigError,
    Document,
    Section,
)

PLACE = re.compile(r"\bin (?:line (\d+) of )?('(?:[^']|'\"'\"')*'|[^\s,]+), (.+)", re.DOTALL)
VALUES = {
    "ACCOUNT_ID": "111122223333",
    "NAME": "named",
    "REGION": "eu-west-1",
    "ROLE_ARN": "arn:aws:iam::111122223333:role/Admin",
    "ROLE_NAME": "ReadOnly",
    "START_URL": "https://acme.awsapps.com/start",
}
"""What the user writes instead of words in capital letters."""


def opened(fix: str) -> t.Tuple[pathlib.Path, int, str]:
    """The file and the line that *fix* names, and what is to be done there."""
    found = PLACE.search(fix)
    assert found, fix
    line, path, task = found.groups()
    return pathlib.Path(*shlex.split(path)), int(line or 1), task


OTHERS = ", and likewise for the other profiles"


def follow(fix: str, values: t.Optional[t.Mapping[str, str]] = None) -> None:
    """Edit the file as *fix* says; *values* replace words in capital letters."""
    path, line, task = opened(fix[: -len(OTHERS)] if fix.endswith(OTHERS) else fix)
    _Edit(path, line, {**VALUES, **(values or {})}).do(task)


class _Edit:
    def __init__(self, path: pathlib.Path, line: int, values: t.Mapping[str, str]) -> None:
        self.path = path
        data = path.read_bytes()
        try:
            self.document = Document(str(path), data)
        except ConfigError:  # which the fix of a line ends
            self.document = Document(str(path), b"")
        self.lines = data.decode().splitlines(keepends=True)
        if self.lines and not self.lines[-1].endswith(("\n", "\r")):
            self.lines[-1] += "\n"
        self.line = line - 1
        self.values = values

    def do(self, task: str) -> None:
        for pattern, action in _TASKS:
            found = re.fullmatch(pattern, task, re.DOTALL)
            if found:
                action(self, *found.groups())
                self.path.write_bytes("".join(self.lines).encode())
                return
        raise AssertionError(f"nobody knows how to {task!r}")

    @property
    def section(self) -> Section:
        return next(section for section in self.document.sections if section.first <= self.line < section.end)

    def change(self, text: str) -> None:
        self.lines[self.line] = self._filled(text) + "\n"

    def rename_key(self, key: str) -> None:
        self.lines[self.line] = re.sub(r"[^\s=:][^=:]*?(?=\s*[=:])", key, self.lines[self.line], count=1)

    def add(self, text: str) -> None:
        below = self.section.first + 1
        self.lines.insert(below, self._margin(self.section) + self._filled(text) + "\n")

    def _margin(self, section: Section) -> str:
        """The indentation of keys, with which none of them becomes a part of another, nor the next header."""
        following = self.lines[section.end] if section.end < len(self.lines) else ""
        lines = [self.lines[index] for index in section.starts.values()] or [following]
        margin = re.match(r"[ \t]*", lines[0])
        return margin[0] if margin else ""

    def delete(self, first: str, last: t.Optional[str] = None) -> None:
        del self.lines[int(first) - 1 : int(last or first)]

    def delete_keys(self, keys: str, _rest: object = None) -> None:
        """The keys are where the editor shows them, also if another section of the name follows."""
        section = self.section
        for key in keys.split(" and "):
            for index in range(*section.line_range(key)):
                self.lines[index] = ""

    def delete_section(self) -> None:
        self.lines[self.section.first : self.section.end] = []

    def merge(self, line: str, header: str, _repeated: t.Optional[str], indented: t.Optional[str]) -> None:
        if indented:
            self.unindent(indented)
        if self.line not in [section.first for section in self.document.sections]:
            self.lines[self.line] = "[to be merged]\n"  # an indented line that is no header yet
            self.document = Document(str(self.path), "".join(self.lines).encode())
        source, target = self._section_at(self.line), self._section_at(int(line) - 1)
        margin = self._margin(target)
        moved = []
        for key in source.starts:
            if key not in target.starts:
                first, *more = [self.lines[index] for index in range(*source.line_range(key))]
                moved += [margin + first.lstrip(), *(margin + " " * 4 + text.lstrip(" \t") for text in more)]
        gone = range(source.first, source.end)
        self.lines = [
            text
            for index, old in enumerate(self.lines)
            for text in ([] if index in gone else [old, *(moved if index == target.first else [])])
        ]

    def indent(self, first: str, last: t.Optional[str], like: str) -> None:
        margin = re.match(r"\s*", self.lines[int(like) - 1])
        for index in range(int(first) - 1, int(last or first)):
            self.lines[index] = (margin[0] if margin else "") + self.lines[index].lstrip()

    def unindent(self, line: str) -> None:
        self.lines[int(line) - 1] = self.lines[int(line) - 1].lstrip()

    def indent_by_four(self, lines: str) -> None:
        for line in re.findall(r"\d+", lines):
            self.lines[int(line) - 1] = "    " + self.lines[int(line) - 1]

    def split(self) -> None:
        key, value = self.lines[self.line].split("=", 1)
        self.lines[self.line : self.line + 1] = [f"{key}=\n", f"    {value.lstrip()}"]

    def move_below(self, keys: str) -> None:
        moved = [self.section.starts[key] for key in keys.split(" and ")]
        texts = ["    " + self.lines[index].lstrip() for index in moved]
        self.lines = [text for index, text in enumerate(self.lines) if index not in moved]
        self.lines[self.line + 1 : self.line + 1] = texts

    def move_endpoint(self) -> None:
        self.lines[self.line] = "services = local\n"
        self.lines += ["[services local]\n", "dynamodb =\n", "    endpoint_url = http://localhost:4566\n"]

    def remove_variable(self, name: str) -> None:
        text = re.sub(rf"\b{name}=\S*", "", self.lines[self.line])
        self.lines[self.line] = "" if text.split() in ([], ["export"]) else text

    def change_variable(self, name: str, value: str) -> None:
        self.lines[self.line] = re.sub(rf"\b{name}=\S*", f"{name}={value}", self.lines[self.line])

    def move_to_file(self, path: str) -> None:
        section = "".join(self.lines[self.section.first : self.section.end])
        self.delete_section()
        with open(path, "r+", encoding="utf-8", newline="") as file:
            text = file.read()
            file.write(("\n" if text and not text.endswith("\n") else "") + section.lstrip())

    def _section_at(self, line: int) -> Section:
        return next(section for section in self.document.sections if section.first == line)

    def _filled(self, text: str) -> str:
        return re.sub(r"\b[A-Z_]{4,}\b", lambda found: self.values.get(found[0], found[0]), text)


_LINES = r"lines? (\d+)(?: to (\d+))?"
_TASKS: t.Sequence[t.Tuple[str, t.Callable[..., None]]] = (
    (r"(?:change|rename) it to (\[.*\])", _Edit.change),
    (r"change it to (?:the name of a profile that has credentials: )?([a-z_]+ =.*)", _Edit.change),
    (r"rename the key to (\w+)", _Edit.rename_key),
    (r"add ([a-z_]+ = .*)", _Edit.add),
    (r"delete it, because it is in .*", _Edit.delete_section),
    (r"delete or rename \[.*\]", _Edit.delete_section),
    (rf"delete {_LINES}", _Edit.delete),
    (r"(?:correct or )?delete ([\w.-]+(?: and [\w.-]+)*)((?:,| from).*)?", _Edit.delete_keys),
    (
        r"merge it into line (\d+), \[(.*)\]"
        r"(?:, which already has ([a-z0-9_.-]+(?:, (?!and )[a-z0-9_.-]+)*))?"
        r"(?:, and remove the indentation of line (\d+))?",
        _Edit.merge,
    ),
    (rf"indent {_LINES} like line (\d+)", _Edit.indent),
    (r"remove the indentation of line (\d+)", _Edit.unindent),
    (r"indent ((?:line \d+(?: and )?)+) by 4 blanks", _Edit.indent_by_four),
    (r"remove (\w+)", _Edit.remove_variable),
    (r"change (\w+) to (\S+)", _Edit.change_variable),
    (r"move it to a \[services\] section", _Edit.move_endpoint),
    (r"move it to the end of (.*)", _Edit.move_to_file),
    (r"move what follows s3 = to a line of its own below it, indented by 4 blanks", _Edit.split),
    (r"move ([a-z0-9_]+(?: and [a-z0-9_]+)*) below it, indented by 4 blanks", _Edit.move_below),
)
