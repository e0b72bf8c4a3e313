# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a run: the state file of the fleet, and the page.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import os
import typing as t

from ...module_utils._files import atomic, lock
from ...module_utils._sso.token_cache import parse_time
from ...module_utils._text import format_time
from . import changes as fleet_changes
from . import page
from .collector import (
    Collector,
    RecapCounts,
    merged,
    pruned,
)
from .state import (
    Fleet,
    Run,
    StateError,
    dump_state,
    load_state,
)

LOCK_TIMEOUT = 60
"""Seconds; writing the report of the largest tested fleet takes about one second."""

CHECK_MODE = "This was a run in check mode: the page shows what a run would do. Nothing was saved."


class Files(t.NamedTuple):
    """The paths of a report, empty for a file that is not wanted.

    A host is dropped *keep_days* after its last run; 0 keeps all hosts.
    """

    html: str
    json: str
    keep_days: int


def write_report(
    files: Files, run: Run, collector: Collector, recap: t.Mapping[str, RecapCounts]
) -> list[str]:
    """Write *files*; returns warnings. A run without results of any host changes nothing.

    Raises LockTimeout.
    """
    if not merged(None, run, collector, recap).hosts:
        return []
    with lock.locked(os.path.realpath(files.json or files.html), LOCK_TIMEOUT):
        before, refusal = _read_state(files.json)
        fleet = pruned(merged(before, run, collector, recap), _oldest(run, files.keep_days))
        warnings = [refusal] if refusal else []
        notes = [CHECK_MODE] if run.check_mode else []
        if files.json and not run.check_mode and not refusal:
            changes = [change.to_json() for change in fleet_changes.changes(fleet)]
            warnings += _write(files.json, dump_state(fleet, changes), atomic.PRIVATE_FILE)
        if files.html:
            warnings += _write(files.html, page.page(fleet, notes + warnings), None)
    return warnings


def _read_state(path: str) -> tuple[Fleet | None, str]:
    """The fleet in the file at *path*, and why the file cannot be used; empty if it can."""
    if not path:
        return None, ""
    try:
        with open(path, "rb") as stream:
            return load_state(stream.read()), ""
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, _refusal(path, error.strerror or type(error).__name__)
    except StateError as error:
        return None, _refusal(path, str(error))


def _refusal(path: str, reason: str) -> str:
    return (
        f"{path} was not changed, and nothing is compared with earlier runs: {reason}. Move it away, or set"
        " the option json of the fleet report to another path."
    )


def _write(path: str, data: bytes, mode: int | None) -> list[str]:
    """Returns warnings."""
    try:
        atomic.replace_file(os.path.abspath(path), data, mode)
    except OSError as error:
        return [f"The fleet report could not be written to {path}: {error.strerror}. Set another path."]
    return []


def _oldest(run: Run, keep_days: int) -> str:
    if not keep_days:
        return ""
    return format_time(parse_time(run.finished) - datetime.timedelta(days=keep_days))
