# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests build or fetch at some cost, kept below the user's cache. It may be deleted at any time."""

from __future__ import annotations

import fcntl
import os
import pathlib
import shutil
import typing as t


def built_once(name: str, build: t.Callable[[pathlib.Path], None]) -> pathlib.Path:
    """The file or directory *name* of the cache; if it is missing, *build* makes it at the path that it gets.

    It appears whole or not at all, and of all processes that want it at once, one builds it.
    """
    path = _directory() / name
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            unfinished = path.with_name(f".{path.name}.unfinished")
            _remove(unfinished)
            build(unfinished)
            unfinished.rename(path)
    return path


def _directory() -> pathlib.Path:
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "workstation.aws_sso" / "tests"


def _remove(path: pathlib.Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
