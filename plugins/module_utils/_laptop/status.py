# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What workstation-update --status prints.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from .._text import format_time, printable
from ._bundle.manifest import Manifest
from ._installation import state as saved
from ._installation import trust, versions
from ._installation.paths import Paths
from ._installation.state import Outcome, State, Status, Time
from ._schedule import schedule

_OUTCOMES = {
    Outcome.OK: "succeeded",
    Outcome.FAILED: "failed",
    Outcome.ROLLED_BACK: "failed, and the version before was restored",
    Outcome.REFUSED: "refused the company bundle",
    Outcome.SIGN_IN_REQUIRED: "requires a sign-in",
    Outcome.PASSWORD_REQUIRED: "requires the password of sudo",
    Outcome.OFFLINE: "could not reach the company bundle",
}


def status_lines(paths: Paths) -> t.List[str]:
    """Raises WorkstationError if the laptop is not set up."""
    bundle = trust.load(paths)
    state = saved.load(paths)
    installed = versions.current(paths)
    lines = [
        ("Company bundle", f"{bundle.name}, from {bundle.url}"),
        ("Installed", _version(installed.manifest) if installed else "no version"),
        ("Available", state.available or "unknown"),
        ("Last check", _time(state.checked)),
        ("Last run", f"{_time(state.ran)}, {_OUTCOMES[state.run.outcome]}" if state.ran else "never"),
        *_explained(state),
        ("Updates", f"start {schedule.description(paths)}"),
        ("Output", f"of the last run: {paths.run_log}"),
    ]
    return [printable(f"{name + ':':16}{text}") for name, text in lines]


def _version(manifest: Manifest) -> str:
    return f"version {manifest.version} ({manifest.content_id})"


def _time(moment: Time) -> str:
    return format_time(moment) if moment else "never"


def _explained(state: State) -> t.Iterator[t.Tuple[str, str]]:
    if state.failed:
        yield "Failed version", f"{state.failed.message} To try it again: workstation-update --retry"
    if state.run.outcome != Outcome.OK:
        yield "Run", _sentences(state.run)
    if state.status.outcome != Outcome.OK and state.status != state.run:
        yield "Last update", f"{_OUTCOMES[state.status.outcome]}. {_sentences(state.status)}".strip()


def _sentences(status: Status) -> str:
    return " ".join(filter(None, [status.message, status.fix]))
