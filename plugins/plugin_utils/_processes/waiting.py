# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for another process that holds a lock: what is shown meanwhile, and when it is not waited for.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import json
import os
import typing as t

from ...module_utils._files.lock import LockTimeout, locked
from .._display import SECONDS_BETWEEN_PROGRESS, debug, show
from .failures import run_id

_SECONDS_UNTIL_STOPPED = 3.0
"""Until then, a stopped process (Ctrl-Z, SIGSTOP) may only have been suspended for a moment."""
_LONGEST_NOTE = 200


class HolderStopped(LockTimeout):
    """The process that holds the lock is stopped; *process* is its process ID."""

    def __init__(self, process: int) -> None:
        self.process = process
        super().__init__(
            f"Process {process} is stopped while other processes wait for it. Continue it (kill -CONT"
            f" {process}) or end it (kill -KILL {process})."
        )


@contextlib.contextmanager
def turn(subject: str, seconds: float, action: str) -> t.Iterator[None]:
    """Hold the lock for *subject*, and wait up to *seconds* for it.

    *action* is what the holder does, such as "requests credentials of Admin". One process of each run shows
    every ten seconds that it waits for that, if the holder belongs to another run.

    Raises HolderStopped if the process that holds the lock is stopped, and LockTimeout.
    """
    with contextlib.ExitStack() as stack:
        waiting = _Waiting(subject, action, stack)
        descriptor = stack.enter_context(locked(subject, seconds, waiting.check))
        if descriptor is not None:
            with contextlib.suppress(OSError):  # only those who wait need it
                _write_note(descriptor, {"process": os.getpid(), "run": run_id()})
        yield


class _Waiting:
    """What a process does that waits for the lock for *subject*; *stack* releases what it takes for that."""

    def __init__(self, subject: str, action: str, stack: contextlib.ExitStack) -> None:
        self._subject = subject
        self._action = action
        self._stack = stack
        self._shown = 0.0
        self._may_show: bool | None = None

    def check(self, descriptor: int, seconds: float) -> None:
        """Called while the lock is not free. Raises HolderStopped."""
        holder = _read_note(descriptor)
        process = holder.get("process")
        if seconds < _SECONDS_UNTIL_STOPPED and not holder.get("stopped"):
            return
        if isinstance(process, int) and _is_stopped(process):
            with contextlib.suppress(OSError):  # so that others do not wait to find out
                _write_note(descriptor, {**holder, "stopped": True})
            raise HolderStopped(process)
        if seconds - self._shown < SECONDS_BETWEEN_PROGRESS:
            return
        self._shown = seconds
        text = f"Waiting for process {process}, which {self._action}, for {seconds:.0f} seconds."
        if holder.get("run") != run_id() and self._shows_for_the_run():
            show(text)
        else:
            debug(text)

    def _shows_for_the_run(self) -> bool:
        if self._may_show is None:
            self._may_show = True
            try:
                self._stack.enter_context(locked(f"waits:{run_id()}:{self._subject}", 0))
            except LockTimeout:
                self._may_show = False
        return self._may_show


def _write_note(descriptor: int, note: dict[str, t.Any]) -> None:
    os.pwrite(descriptor, json.dumps(note).encode("ascii").ljust(_LONGEST_NOTE), 0)


def _read_note(descriptor: int) -> dict[str, t.Any]:
    try:
        note = json.loads(os.pread(descriptor, _LONGEST_NOTE, 0))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _is_stopped(process: int) -> bool:
    """Whether a signal has stopped *process*; False where there is no /proc."""
    try:
        with open(f"/proc/{process}/stat", "rb") as stream:
            return stream.read().rpartition(b")")[2].split()[:1] == [b"T"]
    except OSError:
        return False
