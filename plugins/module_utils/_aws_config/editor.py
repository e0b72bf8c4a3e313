# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edit the AWS configuration file and keep every other byte as it is.

PRIVATE to the collection. An Editor collects replacements of line ranges, and the content that a parser must
find afterwards. render() joins the lines, parses the result by the rules of botocore and compares the two.
"""

from __future__ import annotations

import re
import typing as t

from .parser import (
    ConfigError,
    Document,
    Section,
    Settings,
)

SECTION_MARK = "# managed by workstation.aws_sso"
"""In a section that sso_profiles added; a colon and the option owner can follow."""
ADOPTED_MARK = "# adopted by workstation.aws_sso"
"""In a section of another tool that sso_profiles took over; the owner can follow as well."""
KEYS_MARK = "# keys added by workstation.aws_sso:"
REPLACED_MARK = "# replaced by workstation.aws_sso:"
"""Before a line of a foreign section that was replaced or removed; absent restores it."""

_LINE_END = re.compile(r"(?:\r\n|\r|\n)\Z")
_UP_TO_VALUE = re.compile(r".*?[=:]")
_SECRET = re.compile(
    rf"((?:{REPLACED_MARK})?\s*(?:aws_access_key_id|aws_secret_access_key|aws_session_token)\s*[=:]).*",
    re.I | re.S,
)


class _Splice(t.NamedTuple):
    """The *lines* that replace the lines *first* to *end* (exclusive) of the old file."""

    first: int
    end: int
    lines: t.List[str]
    header: str


class _Kept(t.NamedTuple):
    """Comments *before* and *after* the line that replaces an option."""

    before: t.List[str]
    after: t.List[str]


class Editor:
    """Edits of one document; a section is referred to by its index in document.sections."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._lines = list(document.lines)
        self._eol = _line_end(self._lines[-1:]) or _line_end(self._lines[-2:-1]) or "\n"
        self._unterminated = bool(self._lines) and not _line_end(self._lines[-1:])
        if self._unterminated:
            self._lines[-1] += self._eol
        self._splices: t.List[_Splice] = []
        self._appended: t.List[_Splice] = []
        self._expected: t.List[t.Optional[t.Tuple[str, Settings]]] = [
            (header, dict(settings)) for header, settings in document.contents()
        ]

    @property
    def changed(self) -> bool:
        return bool(self._splices or self._appended)

    def settings(self, index: int) -> Settings:
        """The keys of the section itself, after the edits so far."""
        content = self._expected[index]
        return content[1] if content else {}

    def is_removed(self, index: int) -> bool:
        return self._expected[index] is None

    def is_managed(self, index: int) -> bool:
        """Whether the section has the comment SECTION_MARK between its header and its first key."""
        return self._section_mark(self.document.sections[index]) is not None

    def is_adopted(self, index: int) -> bool:
        """Whether the section has the comment ADOPTED_MARK."""
        return self._adopted_mark(self.document.sections[index]) is not None

    def owner(self, index: int) -> t.Optional[str]:
        """The owner in the comment of a managed or adopted section."""
        section = self.document.sections[index]
        for mark, text in self._owner_marks(section):
            return _owner_in(self._lines[mark], text)
        return None

    def set_owner(self, index: int, owner: str) -> None:
        """Add *owner* to the comment of a managed or adopted section."""
        section = self.document.sections[index]
        for mark, text in self._owner_marks(section):
            line = self._lines[mark]
            lines = [f"{_margin(line)}{_owner_mark(text, owner)}{_line_end([line])}"]
            self._splices.append(_Splice(mark, mark + 1, lines, section.header))
            return

    def adopt(self, index: int, owner: t.Optional[str]) -> None:
        """Add the comment ADOPTED_MARK to a foreign section."""
        section = self.document.sections[index]
        at = section.first + 1
        lines = [_owner_mark(ADOPTED_MARK, owner) + self._eol]
        self._splices.append(_Splice(at, at, lines, section.header))

    def remove_adopted(self, index: int, own_keys: t.Callable[[Settings], t.List[str]]) -> bool:
        """Remove an adopted section, but keep it with the keys and comments of the user, if there are any.

        *own_keys* are those keys of a section that no tool writes. Returns whether the section is gone.
        """
        section = self.document.sections[index]
        marks = self._comment_lines(section, _is_mark)
        end = max([self._end_of_keys(section), *(mark + 1 for mark in marks)])
        added = self.added_keys(index)
        own = {key for key in own_keys(self.settings(index)) if key not in added}
        replaced = [(lines, *self._originals(lines)) for lines in self._replaced(section)]
        restored = {
            key for _lines, _originals, kept in replaced for key in own_keys(kept.settings if kept else {})
        }
        comments = [
            line for line in range(section.first + 1, end) if self._lines[line].strip()[:1] in ("#", ";")
        ]
        if not own and not restored and set(comments) <= set(marks):
            self.remove_section(index)
            self._splices[-1] = self._splices[-1]._replace(end=end)
            return True
        for key in [key for key in self.settings(index) if key not in own or key in restored]:
            self._remove_option(section, key, self._inner_comments(section, key))
            del self.settings(index)[key]
        in_replaced = {line for lines, _originals, _kept in replaced for line in lines}
        self._splices += [
            _Splice(mark, mark + 1, [], section.header) for mark in marks if mark not in in_replaced
        ]
        for lines, originals, kept in replaced:
            self._restore_keys(index, lines, originals, kept, restored)
        return False

    def _restore_keys(
        self,
        index: int,
        lines: range,
        originals: t.Sequence[str],
        kept: t.Optional[Section],
        keys: t.Collection[str],
    ) -> None:
        """Restore only *keys* in the place of the comments on *lines*."""
        restored: t.List[str] = []
        for key, value in kept.settings.items() if kept else ():
            if kept and key in keys:
                start, end = kept.line_range(key)
                restored += originals[start - 1 : end - 1]
                self.settings(index)[key] = value
        section = self.document.sections[index]
        self._splices.append(_Splice(lines.start, lines.stop, restored, section.header))

    def add_section(self, header: str, settings: Settings, owner: t.Optional[str] = None) -> None:
        """Append a managed section after a blank line."""
        end = len(self._lines)
        lines = [self._eol] if end or self._appended else []
        lines += [f"[{header}]{self._eol}", _owner_mark(SECTION_MARK, owner) + self._eol]
        for key, value in settings.items():
            lines += self._render_option("", key, value)
        self._appended.append(_Splice(end, end, lines, header))
        self._expected.append((header, dict(settings)))

    def set_keys(self, index: int, desired: t.Mapping[str, t.Any]) -> bool:
        """Set the keys in *desired* (None removes a key); return whether a line changes.

        Keys that are added to a foreign section are listed in a comment, so that they can be removed again.
        """
        section = self.document.sections[index]
        current = self.settings(index)
        added: Settings = {}
        changed = False
        for key, value in desired.items():
            if current.get(key) == value:
                continue
            changed = True
            if value is None:
                self._remove_option(section, key, self._kept(index, key))
                del current[key]
                continue
            if key in current:
                self._replace_option(section, key, value, self._kept(index, key))
            else:
                added[key] = value
            current[key] = value
        if None in desired.values() and changed:
            self._remove_stray_section_marks(index, keep=True)
        if added:
            self._insert_options(section, added, self.is_managed(index))
        return changed

    def remove_section(self, index: int) -> None:
        """Remove the header, the keys and the blank line before them; keep what follows the last key."""
        section = self.document.sections[index]
        first = section.first
        if first and not _LINE_END.sub("", self._lines[first - 1]):
            first -= 1
        self._splices.append(_Splice(first, self._end_of_keys(section), [], section.header))
        self._expected[index] = None

    def added_keys(self, index: int) -> t.List[str]:
        """The keys that the comments KEYS_MARK in a foreign section list."""
        marks = self._keys_marks(self.document.sections[index])
        return [key for mark in marks for key in self._keys_in_mark(mark)]

    def revert(self, index: int) -> bool:
        """Undo what set_keys() did to a foreign section; return whether it did anything.

        The keys that it added are removed, and the lines that it replaced or removed are restored.
        """
        section = self.document.sections[index]
        marks = self._keys_marks(section)
        for key in self.added_keys(index):
            if key in self.settings(index):
                self._remove_option(section, key, self._inner_comments(section, key))
                del self.settings(index)[key]
        adopted = self._comment_lines(section, _is_adopted_mark)
        self._splices += [_Splice(mark, mark + 1, [], section.header) for mark in (*marks, *adopted)]
        replaced = self._replaced(section)
        for lines in replaced:
            self._restore(index, lines)
        if marks:
            self._remove_stray_section_marks(index, keep=False)
        return bool(marks or adopted or replaced)

    def _restore(self, index: int, lines: range) -> None:
        """Put the original lines in the place of the comments on *lines*."""
        section = self.document.sections[index]
        originals, kept = self._originals(lines)
        for key, value in kept.settings.items() if kept else ():
            if key in self.settings(index):
                self._remove_option(section, key, self._inner_comments(section, key))
            self.settings(index)[key] = value
        self._splices.append(_Splice(lines.start, lines.stop, originals, section.header))

    def _replaced(self, section: Section) -> t.List[range]:
        """The lines of each sequence of comments REPLACED_MARK that can be restored."""
        found: t.List[range] = []
        for line in self._comment_lines(section, _is_replaced_mark):
            if found and found[-1].stop == line:
                found[-1] = range(found[-1].start, line + 1)
            else:
                found.append(range(line, line + 1))
        return [lines for lines in found if self._originals(lines)[1] is not None]

    def _originals(self, lines: range) -> t.Tuple[t.List[str], t.Optional[Section]]:
        """The original lines in the comments on *lines*, and a section with them, if they are valid."""
        originals = [_original(self._lines[line]) for line in lines]
        return originals, _section_of(originals)

    def render(self) -> bytes:
        """The new content of the file.

        Raises ConfigError if the parser would find anything but the desired content.
        """
        lines: t.List[str] = []
        position = 0
        for splice in self._sorted_splices():
            lines += self._lines[position : splice.first]
            lines += splice.lines
            position = max(position, splice.end)
        lines += self._lines[position:]
        text = "".join(lines)
        if self._unterminated:
            text = _LINE_END.sub("", text)
        data = text.encode("utf-8")
        path = self.document.path
        try:
            contents = self.document.reparse(data).contents()
        except ConfigError as error:
            raise ConfigError(path, f"The change would break the file. {error.reason}", error.line) from error
        if contents != [content for content in self._expected if content is not None]:
            raise ConfigError(
                path, "The change would alter other settings, because of the indentation of their lines."
            )
        return data

    def diff(self) -> str:
        """The changed lines by section; values of static credentials are masked."""
        blocks = []
        for splice in self._sorted_splices():
            blocks.append(f"@@ line {splice.first + 1} [{splice.header}] @@\n")
            blocks += ["-" + _shown(line) for line in self._lines[splice.first : splice.end]]
            blocks += ["+" + _shown(line) for line in splice.lines]
        return "".join(blocks)

    def _sorted_splices(self) -> t.List[_Splice]:
        return sorted(self._splices, key=lambda splice: splice[:2]) + self._appended

    def _replace_option(self, section: Section, key: str, value: t.Any, kept: _Kept) -> None:
        start, end = section.line_range(key)
        line = self._lines[start]
        lines = self._render_option(_margin(line), key, value)
        prefix = _UP_TO_VALUE.match(line)
        if prefix and isinstance(value, str):
            delimiter = prefix.group(0)
            space = " " if delimiter[-2:-1].isspace() or line[len(delimiter) :][:1] in (" ", "\t") else ""
            lines = [f"{delimiter}{space}{value}".rstrip() + _line_end([line])]
        self._splices.append(_Splice(start, end, [*kept.before, *lines, *kept.after], section.header))

    def _remove_option(self, section: Section, key: str, kept: _Kept) -> None:
        start, end = section.line_range(key)
        self._splices.append(_Splice(start, end, [*kept.before, *kept.after], section.header))

    def _kept(self, index: int, key: str) -> _Kept:
        """What remains of the lines of *key* when it is replaced or removed: in a foreign section, all."""
        section = self.document.sections[index]
        if self.is_managed(index) or key in self.added_keys(index) or key in self._replaced_keys(section):
            return self._inner_comments(section, key)
        start, end = section.line_range(key)
        return _Kept([f"{REPLACED_MARK} {line}" for line in self._lines[start:end]], [])

    def _replaced_keys(self, section: Section) -> t.Set[str]:
        kept = [self._originals(lines)[1] for lines in self._replaced(section)]
        return {key for found in kept if found for key in found.settings}

    def _remove_stray_section_marks(self, index: int, keep: bool) -> None:
        """Of a foreign section: without its first keys, a comment further below would mark it as managed.

        To *keep* it means within a comment REPLACED_MARK.
        """
        section = self.document.sections[index]
        for line in () if self.is_managed(index) else self._comment_lines(section, _is_section_mark):
            kept = [f"{REPLACED_MARK} {self._lines[line]}"] if keep else []
            self._splices.append(_Splice(line, line + 1, kept, section.header))

    def _inner_comments(self, section: Section, key: str) -> _Kept:
        """The comments within the value of *key*, without those that would become marks."""
        start, end = section.line_range(key)
        comments = [line for line in self._lines[start:end] if line.strip()[:1] in ("#", ";")]
        return _Kept([], [line for line in comments if not _is_mark(line)])

    def _insert_options(self, section: Section, settings: Settings, managed: bool) -> None:
        at = self._end_of_keys(section)
        neighbour = next(reversed(section.starts.values()), section.end)
        margin = _margin(self._lines[neighbour]) if neighbour < len(self._lines) else ""
        lines = [] if managed else self._mark_keys(section, list(settings), margin)
        for key, value in settings.items():
            lines += self._render_option(margin, key, value)
        self._splices.append(_Splice(at, at, lines, section.header))

    def _mark_keys(self, section: Section, keys: t.List[str], margin: str) -> t.List[str]:
        """The comment that lists *keys*; if the section already has one, that one is extended in place."""
        marks = self._keys_marks(section)
        if not marks:
            return [f"{margin}{KEYS_MARK} {', '.join(keys)}{self._eol}"]
        mark = marks[0]
        line = self._lines[mark]
        listed = self._keys_in_mark(mark)
        listed += [key for key in keys if key not in listed]
        extended = f"{_margin(line)}{KEYS_MARK} {', '.join(listed)}{_line_end([line])}"
        if extended != line:
            self._splices.append(_Splice(mark, mark + 1, [extended], section.header))
        return []

    def _section_mark(self, section: Section) -> t.Optional[int]:
        """The line of the comment SECTION_MARK of a managed section."""
        first_key = next(iter(section.starts.values()), section.end)
        lines = range(section.first + 1, first_key)
        return next((line for line in lines if _is_section_mark(self._lines[line])), None)

    def _adopted_mark(self, section: Section) -> t.Optional[int]:
        return next(iter(self._comment_lines(section, _is_adopted_mark)), None)

    def _owner_marks(self, section: Section) -> t.Iterator[t.Tuple[int, str]]:
        """The line of the comment that can have an owner, and its text without one."""
        marks = ((self._section_mark(section), SECTION_MARK), (self._adopted_mark(section), ADOPTED_MARK))
        for mark, text in marks:
            if mark is not None:
                yield mark, text

    def _keys_marks(self, section: Section) -> t.List[int]:
        return self._comment_lines(section, _is_keys_mark)

    def _comment_lines(self, section: Section, is_mark: t.Callable[[str], bool]) -> t.List[int]:
        """The lines that are marks; one within a value, such as a nested block, is none."""
        in_values = {line for key in section.ends for line in range(*section.line_range(key))}
        return [
            line
            for line in range(section.first + 1, section.end)
            if line not in in_values and is_mark(self._lines[line])
        ]

    def _keys_in_mark(self, mark: int) -> t.List[str]:
        return [key.strip() for key in self._lines[mark].strip()[len(KEYS_MARK) :].split(",")]

    def _end_of_keys(self, section: Section) -> int:
        if section.starts:
            return section.line_range(next(reversed(section.starts)))[1]
        end = section.first + 1
        while end < section.end and _is_section_mark(self._lines[end]):
            end += 1
        return end

    def _render_option(self, margin: str, key: str, value: t.Any) -> t.List[str]:
        if isinstance(value, str):
            return [f"{margin}{key} = {value}".rstrip() + self._eol]
        nested = [f"{margin}    {name} = {setting}".rstrip() + self._eol for name, setting in value.items()]
        return [f"{margin}{key} ={self._eol}", *nested]


def _owner_mark(mark: str, owner: t.Optional[str]) -> str:
    return f"{mark}: {owner}" if owner else mark


def _owner_in(line: str, mark: str) -> t.Optional[str]:
    return line.strip()[len(mark) + 1 :].strip() or None


def _is_owner_mark(line: str, mark: str) -> bool:
    text = line.strip()
    return text.startswith(mark) and text[len(mark) :][:1] in ("", ":")


def _is_section_mark(line: str) -> bool:
    return _is_owner_mark(line, SECTION_MARK)


def _is_adopted_mark(line: str) -> bool:
    return _is_owner_mark(line, ADOPTED_MARK)


def _is_keys_mark(line: str) -> bool:
    return line.strip().startswith(KEYS_MARK)


def _is_replaced_mark(line: str) -> bool:
    return line.startswith(REPLACED_MARK)


def _is_mark(line: str) -> bool:
    """Whether *line* is a comment of sso_profiles."""
    tests = (_is_section_mark, _is_adopted_mark, _is_keys_mark, _is_replaced_mark)
    return any(is_mark(line) for is_mark in tests)


def _original(line: str) -> str:
    """The line in a comment REPLACED_MARK; other programs may have removed the space after the mark."""
    text = line[len(REPLACED_MARK) :]
    return text[1:] if text.startswith(" ") else text


def _section_of(lines: t.Sequence[str]) -> t.Optional[Section]:
    """A section with *lines*; None if they are not those of one section."""
    try:
        sections = Document("", "".join(["[kept]\n", *lines]).encode("utf-8")).sections
    except ConfigError:
        return None
    return sections[0] if len(sections) == 1 else None


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _line_end(lines: t.Sequence[str]) -> str:
    match = _LINE_END.search(lines[0]) if lines else None
    return match.group(0) if match else ""


def _shown(line: str) -> str:
    return _SECRET.sub(r"\1 ********", line).rstrip("\r\n") + "\n"
