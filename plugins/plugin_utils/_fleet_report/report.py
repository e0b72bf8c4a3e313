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

from ...module_utils._errors import WorkstationError
from ...module_utils._files import atomic, lock
from ...module_utils._sso.token_cache import parse_time
from ...module_utils._text import format_time
from .._display import debug
from . import changes as fleet_changes
from . import files as report_files
from ._page import page
from .collector import (
    Collector,
    RecapCounts,
    merged,
    pruned,
)
from .options import ReportOptions
from .people import People
from .spreadsheet import hosts_csv
from .state import (
    Fleet,
    Run,
    StateError,
    dump_state,
    load_state,
)

LOCK_TIMEOUT = 60
"""Seconds; writing the report of the largest tested fleet takes about one second."""
MOST_DAYS = 36500
"""More days than that are no limit."""

CHECK_MODE = "This was a run in check mode: the page shows what a run would do. Nothing was saved."


class Files(t.NamedTuple):
    """The paths of a report, empty for a file that is not wanted.

    A host is dropped *keep_days* after its last run; 0 keeps all hosts.
    """

    html: str
    json: str
    keep_days: int
    csv: str = ""
    options: ReportOptions = ReportOptions()


class SavedState(t.NamedTuple):
    """What an earlier run saved, and a warning, empty if there is none. An unusable file is not written."""

    fleet: Fleet | None = None
    warning: str = ""
    usable: bool = True


def write_report(
    files: Files,
    run: Run,
    collector: Collector,
    recap: t.Mapping[str, RecapCounts],
    written: t.Callable[[str], None] = lambda path: None,
) -> list[str]:
    """Write *files*; returns warnings. A run without results of any host changes nothing.

    *written* receives the absolute path of the page, or if there is none, of another file that was written.
    Raises WorkstationError.
    """
    require_valid(files)
    if not merged(None, run, collector, recap).hosts:
        debug("fleet report: no results of this collection's modules, nothing is written")
        return []
    with exclusive(files):
        state = read_state(files.json, run.check_mode)
        return write_fleet(files, merged(state.fleet, run, collector, recap), state, written)


def require_valid(files: Files) -> None:
    """Raises WorkstationError."""
    if files.keep_days < 0:
        raise WorkstationError(
            f"The option keep_days of the fleet report is {files.keep_days}; it must be 0 or greater."
        )


def exclusive(files: Files) -> t.ContextManager[t.Any]:
    """Let no other run write *files* meanwhile. Raises LockTimeout."""
    return lock.locked(os.path.realpath(files.json or files.html or files.csv), LOCK_TIMEOUT)


def write_fleet(
    files: Files, fleet: Fleet, state: SavedState, written: t.Callable[[str], None] = lambda path: None
) -> list[str]:
    """Write *files* about the *fleet*, which was merged with *state*; returns warnings."""
    fleet = pruned(fleet, _oldest(fleet.run, files.keep_days))
    check_mode = fleet.run.check_mode
    warnings = [state.warning] if state.warning else []
    notes = [CHECK_MODE] if check_mode else []
    done: list[str] = []

    def write(option: str, path: str, data: bytes, mode: int | None) -> None:
        problems = _write(option, path, data, mode)
        done.extend([] if problems else [path])
        warnings.extend(problems)

    if files.json and not check_mode and state.usable:
        changes = [change.to_json() for change in fleet_changes.changes(fleet)]
        write("json", files.json, dump_state(fleet, changes), atomic.PRIVATE_FILE)
    if files.csv and not check_mode:
        people = People(fleet, files.options.classes).all()
        write("csv", files.csv, hosts_csv(fleet, people), None)
    if files.html:
        write("html", files.html, page.page(fleet, notes + warnings, files.options), None)
    if done:
        written(os.path.abspath(done[-1]))
    return warnings


def read_state(path: str, check_mode: bool) -> SavedState:
    if not path:
        return SavedState()
    try:
        place = report_files.resolve(path)
        data = report_files.read_bytes(place)
        debug(f"fleet report: {place} has {'no state' if data is None else f'{len(data)} bytes of state'}")
        return SavedState(load_state(data) if data is not None else None)
    except StateError as error:
        if not error.damaged:
            return _refused(path, f"{path}: {error}")
        return _damaged(place, str(error), check_mode)
    except WorkstationError as error:
        return _refused(path, str(error))
    except OSError as error:
        return _refused(path, f"{path}: {error.strerror or type(error).__name__}.")


def _refused(path: str, reason: str) -> SavedState:
    warning = (
        f"The fleet report did not change {path}, and nothing is compared with earlier runs. {reason} Move it"
        " away, or set the option json of the fleet report to another path."
    )
    return SavedState(warning=warning, usable=False)


def _damaged(path: str, reason: str, check_mode: bool) -> SavedState:
    """Start a new state, with the damaged one beside it."""
    start = "Nothing is compared with earlier runs."
    if check_mode:
        return SavedState(warning=f"{path} is damaged: {reason} {start}")
    try:
        aside = report_files.set_aside(path)
    except OSError as error:
        return _refused(path, f"It is damaged, and could not be renamed: {error.strerror}. {reason}")
    return SavedState(warning=f"{path} was damaged, and is now {aside}: {reason} {start}")


def _write(option: str, path: str, data: bytes, mode: int | None) -> list[str]:
    """Returns warnings."""
    try:
        atomic.replace_file(report_files.resolve(path), data, mode)
        return []
    except OSError as error:
        reason = f"{error.filename or path}: {error.strerror or type(error).__name__}."
    except WorkstationError as error:
        reason = str(error)
    return [
        f"The fleet report could not be written to {path}. {reason} Set the option {option} of the fleet"
        " report to another path."
    ]


def _oldest(run: Run, keep_days: int) -> str:
    """The time of the last run that keeps a host; empty to keep all."""
    if not 0 < keep_days <= MOST_DAYS:
        return ""
    return format_time(parse_time(run.finished) - datetime.timedelta(days=keep_days))
