# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files, and marked blocks in files with other content, that the collection manages.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import typing as t

from .atomic import replace_file
from .owner import acting_as_owner

_GROUP_AND_OTHERS = 0o077


class ManagedFile(t.NamedTuple):
    """The desired content of a file or, with *block*, of the block between markers with that name.

    An empty *text* removes the file or block. *mode* applies to files that are ours; a *foreign* file, and
    one with a *block*, keeps its mode. A *private* file is readable for its owner only in any case.
    """

    path: str
    text: str
    mode: int = 0o644
    block: str = ""
    foreign: bool = False
    private: bool = False


class Change(t.NamedTuple):
    """The content of a file before and after; "" for no file."""

    path: str
    before: str
    after: str


def apply(files: t.Iterable[ManagedFile], check: bool = False) -> t.List[Change]:
    """Write the files that differ; with *check* only return what would change. Raises OSError.

    A file with several blocks is read and written once.
    """
    by_path: t.Dict[str, t.List[ManagedFile]] = {}
    for file in files:
        by_path.setdefault(file.path, []).append(file)
    changes = []
    for path, same_path in by_path.items():
        with acting_as_owner(path):
            change, mode = _change(path, same_path)
            if change.after == change.before and not (change.after and _mode_of(path) != mode):
                continue
            changes.append(change)
            if not check:
                _write(path, change.after, mode)
    return changes


def _change(path: str, files: t.Sequence[ManagedFile]) -> t.Tuple[Change, int]:
    before = after = read_text(path)
    for file in files:
        after = with_block(after, file.block, file.text) if file.block else file.text
    return Change(path, before, after), _desired_mode(path, files)


def remove(files: t.Iterable[ManagedFile], check: bool = False) -> t.List[Change]:
    """Remove the files and blocks; with *check* only return what would change. Raises OSError."""
    return apply((file._replace(text="") for file in files), check)


def as_diff(changes: t.Iterable[Change]) -> t.List[t.Dict[str, str]]:
    """The changes in the format of a module's ``diff``."""
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
    """The content of a file, with undecodable bytes as surrogate escapes; "" if there is no file."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as stream:
            return stream.read()
    except FileNotFoundError:
        return ""


def with_block(text: str, name: str, block: str) -> str:
    """*text* with *block* between markers, in place of an existing block of that *name*, else at the end."""
    begin, end = _markers(name)
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
    """*text* without the block of that *name* and its markers."""
    begin, end = _markers(name)
    start = text.find(begin)
    stop = text.find(end, start)
    return text if start < 0 or stop < 0 else text[:start] + text[stop + len(end) :]


def _markers(name: str) -> t.Tuple[str, str]:
    return f"# BEGIN {name}\n", f"# END {name}\n"


def _write(path: str, text: str, mode: int) -> None:
    if not text:
        os.unlink(path)
        return
    make_directory(os.path.dirname(path))
    replace_file(path, text.encode("utf-8", "surrogateescape"), mode)


def _desired_mode(path: str, files: t.Sequence[ManagedFile]) -> int:
    first = files[0]
    keeps = (first.block or first.foreign) and os.path.exists(path)
    mode = _mode_of(path) if keeps else first.mode
    return mode & ~_GROUP_AND_OTHERS if any(file.private and file.text for file in files) else mode


def _mode_of(path: str) -> int:
    return os.stat(path).st_mode & 0o777


def make_directory(path: str) -> None:
    """Create *path* and its missing parents, readable by all; replace_file() would create private ones."""
    missing = []
    while not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path)
    for directory in reversed(missing):
        with contextlib.suppress(FileExistsError):
            os.mkdir(directory)
            os.chmod(directory, 0o755)
