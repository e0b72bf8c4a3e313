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

from .atomic import replace_file

_OTHERS = 0o077


class ManagedFile(t.NamedTuple):
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


def apply(parts: t.Iterable[ManagedFile], check: bool = False) -> t.List[Change]:
    """Make the files as they should be; with *check* only tell what that would change. Raises OSError.

    A file that has several of the parts is read and written once.
    """
    files: t.Dict[str, t.List[ManagedFile]] = {}
    for part in parts:
        files.setdefault(part.path, []).append(part)
    changes = []
    for path, parts_of_file in files.items():
        before = after = read_text(path)
        for part in parts_of_file:
            after = with_block(after, part.block, part.text) if part.block else part.text
        mode = _mode(path, parts_of_file)
        if after == before and not (after and _mode_of(path) != mode):
            continue
        changes.append(Change(path, before, after))
        if not check:
            _write(path, after, mode)
    return changes


def remove(parts: t.Iterable[ManagedFile], check: bool = False) -> t.List[Change]:
    """Take the files and blocks away; with *check* only tell what that would change. Raises OSError."""
    return apply((part._replace(text="") for part in parts), check)


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


def _write(path: str, text: str, mode: int) -> None:
    if not text:
        os.unlink(path)
        return
    make_directory(os.path.dirname(path))
    replace_file(path, text.encode("utf-8", "surrogateescape"), mode)


def _mode(path: str, parts: t.Sequence[ManagedFile]) -> int:
    first = parts[0]
    keeps = (first.block or first.of_others) and os.path.exists(path)
    mode = _mode_of(path) if keeps else first.mode
    return mode & ~_OTHERS if any(part.private and part.text for part in parts) else mode


def _mode_of(path: str) -> int:
    return os.stat(path).st_mode & 0o777


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
