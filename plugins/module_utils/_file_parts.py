# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files, and marked parts of files of others, brought to the text that they should have.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._files import replace_file

_OTHERS = 0o077


class Part(t.NamedTuple):
    """A file, or with *block* the part of a file of others that stands between marks with that name.

    *text* is "" for none: the file or the part is to go. *mode* is that of a file of ours; one of others, as
    it is with *block* or *of_others*, keeps its own. A *private* one is for its owner alone in any case.
    """

    path: str
    text: str
    mode: int = 0o644
    block: str = ""
    of_others: bool = False
    private: bool = False


class Change(t.NamedTuple):
    """A file before and after; "" stands for no file."""

    path: str
    before: str
    after: str


def bring(parts: t.Iterable[Part], check: bool = False) -> t.List[Change]:
    """Make the files as they should be; with *check* only tell what that would change. Raises OSError."""
    changes = []
    for part in parts:
        before = read_text(part.path)
        after = with_block(before, part.block, part.text) if part.block else part.text
        if after == before and not _mode_differs(part, before):
            continue
        changes.append(Change(part.path, before, after))
        if not check:
            _write(part, after)
    return changes


def remove(parts: t.Iterable[Part], check: bool = False) -> t.List[Change]:
    """Take the files and blocks away; with *check* only tell what that would change. Raises OSError."""
    return bring((part._replace(text="") for part in parts), check)


def as_diff(changes: t.Iterable[Change]) -> t.List[t.Dict[str, str]]:
    """What a module returns as its diff."""
    return [
        {
            "before_header": change.path,
            "after_header": change.path,
            "before": change.before,
            "after": change.after,
        }
        for change in changes
    ]


def read_text(path: str) -> str:
    """The content of a file, from which its bytes can be made again; "" for no file."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as stream:
            return stream.read()
    except FileNotFoundError:
        return ""


def with_block(text: str, name: str, block: str) -> str:
    """*text* with *block* between marks, where such a block stands already, else at the end."""
    begin, end = _marks(name)
    rest = without_block(text, name)
    if not block:
        return rest
    if rest and not rest.endswith("\n"):
        rest += "\n"
    start = text.find(begin)
    if start < 0 or end not in text[start:]:
        start = len(rest)
    return rest[:start] + begin + block + end + rest[start:]


def without_block(text: str, name: str) -> str:
    begin, end = _marks(name)
    start = text.find(begin)
    stop = text.find(end, start)
    return text if start < 0 or stop < 0 else text[:start] + text[stop + len(end) :]


def _marks(name: str) -> t.Tuple[str, str]:
    return f"# BEGIN {name}\n", f"# END {name}\n"


def _write(part: Part, text: str) -> None:
    if not text:
        os.unlink(part.path)
        return
    make_directory(os.path.dirname(part.path))
    replace_file(part.path, text.encode("utf-8", "surrogateescape"), _mode(part))


def _mode_differs(part: Part, before: str) -> bool:
    return bool(before and part.text) and os.stat(part.path).st_mode & 0o777 != _mode(part)


def _mode(part: Part) -> int:
    mode = part.mode
    if (part.block or part.of_others) and os.path.exists(part.path):
        mode = os.stat(part.path).st_mode & 0o777
    return mode & ~_OTHERS if part.private else mode


def make_directory(path: str) -> None:
    """Readable by all, unlike the private ones that replace_file() would make."""
    missing = []
    while not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path)
    for directory in reversed(missing):
        with contextlib.suppress(FileExistsError):
            os.mkdir(directory)
            os.chmod(directory, 0o755)
