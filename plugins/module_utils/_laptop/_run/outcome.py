# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run of the playbook ended, from what the callback fleet_report recorded about it.

PRIVATE to the collection.
"""

from __future__ import annotations

import json
import re
import typing as t

from ..._text import printable
from .._installation.state import Outcome, Status

HOST = "localhost"
COMMAND = "workstation-update"

_LARGEST_RECORD = 20_000_000
_LARGEST_LOG = 200_000
"""Bytes at the end of the log that are searched for an error."""
_LONGEST_MESSAGE = 1000

_SIGN_IN_MODULE = "workstation.aws_sso.sso_login"
_NOT_INTERACTIVE = "interactive is false"
_PASSWORD_TASKS = (
    "Explain how to give the password for privilege escalation",
    "Start a command with privilege escalation",
)
"""Tasks of the role workstation that fail where the password of sudo is missing or wrong."""
_ERROR_IN_LOG = re.compile(r"(?:^|\| )\s*(?:\[ERROR\]: |ERROR! |fatal: )(.*)", re.MULTILINE)


class Record(t.NamedTuple):
    """The last run in a file of the callback: its ID, and the last failure on this machine."""

    run_id: str = ""
    task: str = ""
    module: str = ""
    message: str = ""
    fix: str = ""


def read_record(path: str) -> Record:
    """The last run in the file at *path*; an empty record if there is none, or if the file is damaged."""
    try:
        with open(path, "rb") as stream:
            document = json.loads(stream.read(_LARGEST_RECORD))
        host = document["hosts"].get(HOST) or {}
        run_id = str(document["run"]["id"])
        failures = host.get("failures") or [] if host.get("run") == run_id else []
        last = failures[-1] if failures else {}
        return Record(run_id, *(str(last.get(name) or "") for name in Record._fields[1:]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Record()


def status_of_run(exit_status: int, before: Record, after: Record, log: str) -> Status:
    """The status of a run that ended with *exit_status*; *log* is the path of its output.

    Records that do not differ mean that the playbook did not get as far as its end.
    """
    if exit_status == 0:
        return Status()
    if after.run_id == before.run_id or not after.message:
        reason = _error_in(log) or f"ansible-playbook ended with the exit status {exit_status}."
        return Status(Outcome.FAILED, reason, f"Read {log}.")
    message = _shortened(f"{after.task}: {after.message}" if after.task else after.message)
    if after.module == _SIGN_IN_MODULE and _NOT_INTERACTIVE in after.message:
        return Status(Outcome.SIGN_IN_REQUIRED, "AWS requires a new sign-in.", f"Run: {COMMAND}")
    if after.task.rpartition(" : ")[2] in _PASSWORD_TASKS:  # after the name of the role
        return Status(Outcome.PASSWORD_REQUIRED, message, f"Run: {COMMAND}")
    return Status(Outcome.FAILED, message, _shortened(after.fix))


def _error_in(log: str) -> str:
    try:
        with open(log, "rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - _LARGEST_LOG))
            text = stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
    found = _ERROR_IN_LOG.findall(text)
    return _shortened(found[-1].strip()) if found else ""


def _shortened(text: str) -> str:
    line = " ".join(map(printable, text.split()))
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 3] + "..."
