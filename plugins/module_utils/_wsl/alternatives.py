# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alternatives of the Debian family: programs under a generic name, of which the administrator chooses one.

PRIVATE to the collection.

update-alternatives(1) uses the one with the highest priority, unless the administrator has chosen another.
"""

from __future__ import annotations

import re
import typing as t

from .._errors import WorkstationError
from .._host.commands import RunCommand

UPDATE_ALTERNATIVES = "update-alternatives"


class Alternative(t.NamedTuple):
    """The program at *path* under the generic *name*, which is the link *link*."""

    name: str
    link: str
    path: str
    priority: int


def missing(alternatives: t.Iterable[Alternative], run: RunCommand) -> t.List[Alternative]:
    """Those that are not registered with their priority."""
    return [
        wanted for wanted in alternatives if _priorities(wanted.name, run).get(wanted.path) != wanted.priority
    ]


def registered(alternatives: t.Iterable[Alternative], run: RunCommand) -> t.List[Alternative]:
    """Those whose program is registered, with any priority."""
    return [unwanted for unwanted in alternatives if unwanted.path in _priorities(unwanted.name, run)]


def install(alternatives: t.Iterable[Alternative], run: RunCommand) -> None:
    """Register *alternatives*; their programs must exist. Raises WorkstationError."""
    for name, link, path, priority in alternatives:
        _run(run, "--install", link, name, path, str(priority))


def remove(alternatives: t.Iterable[Alternative], run: RunCommand) -> None:
    """Remove *alternatives*; another program of the same name is then used. Raises WorkstationError."""
    for alternative in alternatives:
        _run(run, "--remove", alternative.name, alternative.path)


def _priorities(name: str, run: RunCommand) -> t.Dict[str, int]:
    """The priorities of the programs that are registered under *name*, by their paths."""
    _status, output, _errors = run([UPDATE_ALTERNATIVES, "--query", name])
    found = re.findall(r"^Alternative: (.*)\nPriority: (-?\d+)$", output, re.MULTILINE)
    return {path: int(priority) for path, priority in found}


def _run(run: RunCommand, *arguments: str) -> None:
    status, output, errors = run([UPDATE_ALTERNATIVES, *arguments])
    if status != 0:
        reason = (errors.strip() or output.strip() or f"exit code {status}").rstrip(".")
        command = " ".join([UPDATE_ALTERNATIVES, *arguments])
        raise WorkstationError(f"The command failed: {command}: {reason}.")
