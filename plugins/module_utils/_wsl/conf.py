# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The format of /etc/wsl.conf and .wslconfig, by the rules of WSL, which no parser of Python has.

PRIVATE to the collection.

The rules are those of src/shared/configfile/configfile.cpp in https://github.com/microsoft/WSL: names are
case-insensitive, the first value of a key wins, a # outside double quotes starts a comment, indentation has
no meaning, a value ends at a null character, and an invalid line is skipped. WSL skips it in .wslconfig; in
wsl.conf it ignores the rest of the file, so what is mounted shows more than this file.
"""

from __future__ import annotations

import re
import typing as t

_SECTION = re.compile(r"\[([A-Za-z][A-Za-z0-9]*)\][ \t]*(?=[#\r\n]|\Z)")
_NAME = re.compile(r"\[([A-Za-z][A-Za-z0-9]*)")
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*")
_BLANK = re.compile(r"[ \t\r\n]*")
_REST_OF_LINE = re.compile(r"[^\n]*")
_ESCAPED = {"\\": "\\", '"': '"', "b": "\b", "n": "\n", "t": "\t", "\n": "", "\r": ""}


def wsl_settings(text: str) -> t.Dict[t.Tuple[str, str], str]:
    """The values in *text* by section and key, both in lower case; the section is "" before the first one."""
    settings: t.Dict[t.Tuple[str, str], str] = {}
    section = ""
    position = 0
    while position < len(text):
        position = _end(_BLANK, text, position)
        header, key = _SECTION.match(text, position), _KEY.match(text, position)
        valid = False
        if header:
            section, position, valid = header.group(1).lower(), header.end(), True
        elif text.startswith("[", position):
            section = _after_invalid_header(_NAME.match(text, position), section)
        elif key:
            value, position = _parse_value(text, key.end())
            if value is not None:
                settings.setdefault((section, key.group(1).lower()), value)
                valid = True
        if not valid or text[position : position + 1] == "#":  # a carriage return also ends a valid line
            position = _end(_REST_OF_LINE, text, position)
    return settings


def _after_invalid_header(name: t.Optional[t.Match[str]], section: str) -> str:
    """The section that follows an invalid header in *section*.

    WSL overwrites the name of the section, but keeps its length: a shorter name ends with null characters.
    """
    if not name or not section:
        return section
    return name.group(1).lower()[: len(section)].ljust(len(section), "\0")


def _end(pattern: t.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _parse_value(text: str, position: int) -> t.Tuple[t.Optional[str], int]:
    """The value at *position*, or None if it is invalid, and the position where it ends."""
    value: t.List[str] = []
    quoted = False
    trimmed = 0  # blanks at the end do not count, unless they are quoted
    while position < len(text) and text[position] not in "\r\n":
        character = text[position]
        if character == "#" and not quoted:
            break
        if character == '"':
            quoted = not quoted
        elif character == "\\":
            position += 1
            if text[position : position + 1] not in _ESCAPED:
                return None, position
            value.append(_ESCAPED[text[position]])
        else:
            value.append(character)
        if character not in " \t":
            trimmed = len(value)
        position += 1
    return None if quoted else "".join(value[:trimmed]).partition("\0")[0], position
