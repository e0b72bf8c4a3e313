# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that take many API calls: one process requests them, and others and later runs reuse them.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import typing as t

from ..module_utils._files.atomic import PRIVATE_FILE, replace_file
from ..module_utils._files.errors import file_error_text
from ._display import debug, display
from ._processes.failures import shared_failures
from ._processes.single_flight import single_flight

_SECONDS_FOR_ANOTHER_PROCESS = 600
"""The longest list takes minutes: 5,000 accounts at 20 calls a second."""

Entry = t.Dict[str, t.Any]


def cached_list(
    path: str,
    ttl: float,
    make: t.Callable[[], list[Entry]],
    valid_since: t.Callable[[], float] = lambda: 0.0,
    is_valid: t.Callable[[Entry], bool] = lambda entry: True,
) -> list[Entry]:
    """The list in the file at *path* if it is not older than *ttl* seconds, else a new one from *make*.

    Processes that call this while one of them makes the list share that one, even with a *ttl* of 0. A list
    from before *valid_since*, in seconds since the epoch, is never used, nor is one with an entry that is not
    valid.

    Raises Unreachable if another process takes too long or got no response, and the errors of *make*.
    """
    asked_at = time.time()
    oldest = asked_at - ttl
    known = _read(path, max(oldest, valid_since()), is_valid) if ttl > 0 else None
    if known is not None:
        debug(f"reusing the list in {path}, which is not older than {ttl:.0f} seconds")
        return known
    with single_flight(path, _SECONDS_FOR_ANOTHER_PROCESS):
        known = _read(path, max(oldest, valid_since()), is_valid)
        if known is not None:
            debug(f"sharing the list in {path}, which another process has just stored")
            return known
        debug(f"no list in {path} that can be reused, requesting it from AWS")
        with shared_failures(f"list:{path}", asked_at):
            listed = make()
        _store(path, listed)
    return listed


def remove_old_lists(directory: str, seconds: float) -> None:
    """Remove lists with personal data that are older than *seconds*, which nothing else would ever remove."""
    with contextlib.suppress(FileNotFoundError):
        for name in os.listdir(directory):
            with contextlib.suppress(FileNotFoundError):
                path = os.path.join(directory, name)
                if time.time() - os.stat(path).st_mtime > seconds:
                    os.unlink(path)


def _store(path: str, listed: list[Entry]) -> None:
    """Write the file; where that is impossible, the warning is the same for all lists of a directory."""
    document = {"listed_at": time.time(), "access": listed}
    try:
        replace_file(path, json.dumps(document).encode("ascii"), PRIVATE_FILE)
    except OSError as error:
        error.filename = error.filename2 = None
        where = file_error_text(error, os.path.dirname(path))
        display.warning(f"A list is not cached, so it is requested from AWS each time. {where}")


def _read(path: str, not_before: float, is_valid: t.Callable[[Entry], bool]) -> list[Entry] | None:
    try:
        with open(path, "rb") as stream:
            document = json.loads(stream.read())
        entries = list(document["access"]) if document["listed_at"] >= not_before else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if entries is None or all(map(is_valid, entries)):
        return entries
    debug(f"ignoring the list in {path}, which has an invalid entry")
    return None
