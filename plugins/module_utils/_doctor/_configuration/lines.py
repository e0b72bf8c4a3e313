# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about indentation: lines that are part of the value above them, and nested blocks that are none.

PRIVATE to the collection.
"""

from __future__ import annotations

import collections
import re
import typing as t

from ..._aws_config.parser import DEFAULTS_HEADER, ConfigError, Document, Section, name_in_header
from ..config import Configuration
from ..finding import Finding, place
from .keys import PROFILE_KEYS, S3_KEYS, SCALARS, misspelled_keys

_SETTING = re.compile(r"([\w.-]+)\s*[=:]")
_HEADER = re.compile(r"\[((?:profile|sso-session|services)\s.*|default|plugins)\]", re.DOTALL)


class SwallowedLines(t.NamedTuple):
    """Lines of *section* that are part of the value of *key*, because they are indented more than it.

    *first* and *last* count from 0. *header* is what the first one contains between brackets, if it is meant
    to be the header of a section; *keys* are those that the lines are meant to set.
    """

    document: Document
    section: Section
    key: str
    first: int
    last: int
    header: t.Optional[str]
    keys: t.Tuple[str, ...]


def swallowed_lines(document: Document) -> t.List[SwallowedLines]:
    """The lines of *document* that are indented by mistake."""
    found: t.List[SwallowedLines] = []
    for section in document.sections:
        for key in section.ends:
            found += filter(None, [_swallowed_by(document, section, key)])
    return found


def _swallowed_by(document: Document, section: Section, key: str) -> t.Optional[SwallowedLines]:
    start, end = section.line_range(key)
    lines = [
        index
        for index in range(start + 1, end)
        if document.lines[index].strip() and document.lines[index].strip()[0] not in "#;"
    ]
    texts = [document.lines[index].strip() for index in lines]
    for index, text in zip(lines, texts):
        header = _HEADER.match(text)
        if header:
            return SwallowedLines(document, section, key, index, end - 1, header[1], ())
    settings = [_SETTING.match(text) for text in texts]
    keys = [setting[1].lower() if setting else "" for setting in settings]
    if key in SCALARS or (
        key not in ("s3", "services")
        and not isinstance(section.settings[key], dict)
        and keys
        and all(key in PROFILE_KEYS for key in keys)
    ):
        return SwallowedLines(document, section, key, lines[0], lines[-1], None, tuple(keys))
    return None


def misplaced_keys(document: Document) -> t.List[t.Tuple[Section, t.Set[str]]]:
    """The sections of *document*, each with its keys that are misspelled or indented by mistake.

    These are findings of their own, so that nothing else that follows from them has to be reported.
    """
    swallowed: t.Dict[int, t.Set[str]] = collections.defaultdict(set)
    for lines in swallowed_lines(document):
        swallowed[lines.section.first].update(lines.keys, [lines.key])
    return [
        (section, swallowed[section.first].union(misspelled_keys(section))) for section in document.sections
    ]


def line_findings(configuration: Configuration) -> t.List[Finding]:
    """What is wrong with the indentation of both files."""
    found = [_swallowed(lines) for document in configuration.documents for lines in swallowed_lines(document)]
    return [*found, *_s3_findings(configuration)]


def _swallowed(lines: SwallowedLines) -> Finding:
    path, first = lines.document.path, lines.first + 1
    where = (
        f"line {first}" if lines.first == lines.last or lines.header else f"lines {first} to {lines.last + 1}"
    )
    return Finding(
        "config-line-indented",
        "error",
        f"{path}, line {first}",
        f"It is indented, so that it is part of the value of {lines.key} above it"
        + (f", and not the header of [{lines.header}]." if lines.header else "."),
        "The AWS CLI and the SDKs read the lines as one value.",
        f"{place(path, first)}, {_cure(lines, where)}",
    )


def _cure(lines: SwallowedLines, where: str) -> str:
    document = lines.document
    if lines.header is not None:
        target = _same_section(document, lines.header)
        if _can_be_parsed(lines, ""):
            if target is not None:
                return f"merge it into line {target.first + 1}, [{target.header}]"
            return f"remove the indentation of {where}"
        return (
            f"correct the lines from {lines.first + 1} to {lines.last + 1}, which cannot be parsed without it"
        )
    if all(lines.keys) and not set(lines.keys) & set(lines.section.starts):
        margin = re.match(r"\s*", document.lines[lines.section.starts[lines.key]])
        if _can_be_parsed(lines, margin[0] if margin else ""):
            return f"indent {where} like line {lines.section.starts[lines.key] + 1}"
    return f"delete {where}"


def _same_section(document: Document, header: str) -> t.Optional[Section]:
    names = {kind: name_in_header(kind, header) for kind in ("profile", "sso-session")}
    if header == "default":
        names["profile"] = header
    for section in document.sections:
        defined = {"profile": section.profile, "sso-session": section.session}
        if section.header == header or any(name and defined[kind] == name for kind, name in names.items()):
            return section
    return None


def _can_be_parsed(lines: SwallowedLines, margin: str) -> bool:
    """Whether the section can be parsed after its *lines*, or their header, are indented by *margin*."""
    text = lines.document.lines
    last = lines.first if lines.header is not None else lines.last
    changed = [margin + line.lstrip() for line in text[lines.first : last + 1]]
    section = lines.section
    first, end = (0, len(text)) if section.header == DEFAULTS_HEADER else (section.first, section.end)
    whole = [*text[first : lines.first], *changed, *text[last + 1 : end]]
    try:
        sections = Document(lines.document.path, "".join(whole).encode()).sections
    except ConfigError:
        return False
    if section.header == DEFAULTS_HEADER:  # its keys may be in several sections, so all of them are there
        return True
    known = {other.header for other in lines.document.sections} - {lines.header}
    return not known.intersection(other.header for other in sections[1:])


def _s3_findings(configuration: Configuration) -> t.Iterator[Finding]:
    document = configuration.document
    for section in document.sections:
        value = section.settings.get("s3")
        if not isinstance(value, str) or value.startswith("\n") or section.session is not None:
            continue
        line = section.starts["s3"]
        beside = [(key, at) for key, at in section.starts.items() if key in S3_KEYS and at > line]
        if "\n" in value or any(key in section.ends for key, _at in beside):
            todo = "write each setting of S3 in a line of its own below s3 =, indented by 4 blanks"
        elif value:
            todo = "move what follows s3 = to a line of its own below it, indented by 4 blanks"
        elif beside:
            todo = f"indent {' and '.join(f'line {at + 1}' for _key, at in beside)} by 4 blanks"
            if [at for _key, at in beside] != list(range(line + 1, line + 1 + len(beside))):
                todo = f"move {' and '.join(key for key, _at in beside)} below it, indented by 4 blanks"
        else:
            continue
        yield Finding(
            "config-block-ignored",
            "warning",
            f"{document.path}, line {line + 1}",
            f"The settings of S3 in [{section.header}] are not in indented lines below s3 =.",
            "The AWS CLI and the SDKs ignore them.",
            f"{place(document.path, line + 1)}, {todo}",
        )
