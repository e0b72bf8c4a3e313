# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose turn it is to ask for a sign-in: of all processes that need one to the same session, one asks.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._files.atomic import PRIVATE_FILE, replace_file
from ...module_utils._files.lock import LockTimeout, locked
from ...module_utils._sso.session import SsoSession
from .._display import TERMINAL, printable
from .._sso.state import state_directory
from .prompt import SECONDS_BETWEEN_REMINDERS, LoginUser, duration

_SECONDS_OF_SILENCE = 1


@contextlib.contextmanager
def exclusive_login(session: SsoSession, user: LoginUser, timeout: float) -> t.Iterator[None]:
    """Wait up to *timeout* seconds until no other process waits for a sign-in, then be the one that may ask.

    After a login that failed, those that waited for it fail too: fifty hosts must not open fifty windows in
    turn.

    Raises WorkstationError.
    """
    note = _LoginAttemptRecord(session)
    began = time.time()
    with contextlib.ExitStack() as stack:
        _wait(stack, session, user, timeout, note)
        failure = note.failure_since(began)
        if failure:
            raise WorkstationError(f"{failure} (Another process asked for this sign-in.)")
        note.write()
        try:
            yield
        except WorkstationError as error:
            note.write(failure=str(error))
            raise


def _wait(
    stack: contextlib.ExitStack,
    session: SsoSession,
    user: LoginUser,
    timeout: float,
    note: _LoginAttemptRecord,
) -> None:
    end = time.monotonic() + timeout
    if _takes_turn(stack, session, min(timeout, _SECONDS_OF_SILENCE)):
        return
    with _speaker(session) as speaks:
        while (left := end - time.monotonic()) > 0:
            if speaks and not note.of_this_run():
                user.show(
                    f"{note.owner()} is waiting for a sign-in to {session.label}{note.since()}.\n"
                    f"Finish it there; this run waits up to {duration(left)} for its token."
                )
            if _takes_turn(stack, session, min(left, SECONDS_BETWEEN_REMINDERS)):
                return
    raise WorkstationError(
        f"{note.owner()} is still waiting for a sign-in to {session.label} after {duration(timeout)}. Finish"
        " it there or end that process, then run the login again."
    )


def _takes_turn(stack: contextlib.ExitStack, session: SsoSession, seconds: float) -> bool:
    try:
        stack.enter_context(locked("login:" + session.token_path, seconds))
    except LockTimeout:
        return False
    return True


@contextlib.contextmanager
def _speaker(session: SsoSession) -> t.Iterator[bool]:
    """Whether this process says what it waits for: of all hosts of a run, and in one terminal, one does."""
    run = TERMINAL.name if TERMINAL else str(os.getppid())
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(f"login-waits:{run}:{session.token_path}", 0))
        except LockTimeout:
            yield False
            return
        yield True


class _LoginAttemptRecord:
    """What the process whose turn it is, or was last, leaves for those that wait.

    "run" is the process of ansible-playbook, "terminal" where it shows the page to open.
    """

    def __init__(self, session: SsoSession) -> None:
        self._path = os.path.join(state_directory(session), "login")

    def write(self, failure: str | None = None) -> None:
        note = {
            "run": os.getppid(),
            "terminal": TERMINAL.name if TERMINAL else "",
            "at": time.time(),
            "failure": failure,
        }
        with contextlib.suppress(OSError):  # a courtesy to those who wait; the login itself needs no note
            replace_file(self._path, json.dumps(note).encode(), PRIVATE_FILE)

    def of_this_run(self) -> bool:
        return self._read().get("run") == os.getppid()

    def owner(self) -> str:
        """A name for the process, and where to find it."""
        note = self._read()
        if not note.get("run"):
            return "Another process"
        terminal = printable(str(note.get("terminal") or ""))
        return printable(f"Process {note['run']}") + (f" in {terminal}" if terminal else "")

    def since(self) -> str:
        began = self._read().get("at")
        return f", for {duration(time.time() - began)} now" if isinstance(began, (int, float)) else ""

    def failure_since(self, moment: float) -> str | None:
        note = self._read()
        return str(note["failure"]) if note.get("failure") and note["at"] >= moment else None

    def _read(self) -> dict[str, t.Any]:
        try:
            with open(self._path, "rb") as stream:
                note = json.loads(stream.read())
        except (OSError, ValueError):
            return {}
        return note if isinstance(note, dict) else {}
