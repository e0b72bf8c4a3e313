# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One sign-in for all processes that need the same session: one prompts, the others wait for it.

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
from ...module_utils._sso.state import state_directory
from ...module_utils._text import printable
from .._display import TERMINAL, debug
from .prompt import SECONDS_BETWEEN_REMINDERS, LoginUser, duration

_SECONDS_WITHOUT_MESSAGE = 1
"""A process that only checks the cache releases the lock within milliseconds."""


@contextlib.contextmanager
def exclusive_login(session: SsoSession, user: LoginUser, timeout: float) -> t.Iterator[None]:
    """Wait up to *timeout* seconds until no other process waits for a sign-in, then prevent others from it.

    After a failed login, the processes that waited for it fail as well: fifty hosts must not open fifty
    browser windows one after the other.

    Raises WorkstationError.
    """
    record = _LoginAttemptRecord(session)
    began = time.time()
    with contextlib.ExitStack() as stack:
        _wait(stack, session, user, timeout, record)
        failure = record.failure_since(began)
        if failure:
            raise WorkstationError(f"{failure} (Another process requested this sign-in.)")
        record.write()
        try:
            yield
        except WorkstationError as error:
            record.write(failure=str(error))
            raise


def _wait(
    stack: contextlib.ExitStack,
    session: SsoSession,
    user: LoginUser,
    timeout: float,
    record: _LoginAttemptRecord,
) -> None:
    end = time.monotonic() + timeout
    if _acquires(stack, session, min(timeout, _SECONDS_WITHOUT_MESSAGE)):
        return
    debug(f"{session.label}: waiting for the sign-in of another process")
    with _waiting_message_lock(session) as shows:
        while (left := end - time.monotonic()) > 0:
            if shows and not record.of_this_run():
                user.show(
                    f"{record.owner()} is waiting for a sign-in to {session.label}{record.since()}.\n"
                    f"Finish it there; this run waits up to {duration(left)} for its token."
                )
            if _acquires(stack, session, min(left, SECONDS_BETWEEN_REMINDERS)):
                return
    raise WorkstationError(
        f"{record.owner()} is still waiting for a sign-in to {session.label} after {duration(timeout)}."
        " Finish it there or end that process, then run the login again."
    )


def _acquires(stack: contextlib.ExitStack, session: SsoSession, seconds: float) -> bool:
    try:
        stack.enter_context(locked("login:" + session.token_path, seconds))
    except LockTimeout:
        return False
    return True


@contextlib.contextmanager
def _waiting_message_lock(session: SsoSession) -> t.Iterator[bool]:
    """Whether this process shows what it waits for: one does for all hosts of a run, and in a terminal."""
    run = TERMINAL.name if TERMINAL else str(os.getppid())
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(f"login-waits:{run}:{session.token_path}", 0))
        except LockTimeout:
            yield False
            return
        yield True


class _LoginAttemptRecord:
    """A file about the current or last attempt to sign in, for the processes that wait for it.

    "run" is the process ID of ansible-playbook, "terminal" the one in which it shows the page to open.
    """

    def __init__(self, session: SsoSession) -> None:
        self._path = os.path.join(state_directory(session), "login")

    def write(self, failure: str | None = None) -> None:
        document = {
            "run": os.getppid(),
            "terminal": TERMINAL.name if TERMINAL else "",
            "at": time.time(),
            "failure": failure,
        }
        with contextlib.suppress(OSError):  # only the messages of waiting processes need it
            replace_file(self._path, json.dumps(document).encode(), PRIVATE_FILE)

    def of_this_run(self) -> bool:
        return self._read().get("run") == os.getppid()

    def owner(self) -> str:
        """What messages call the process, with its terminal."""
        document = self._read()
        if not document.get("run"):
            return "Another process"
        terminal = printable(str(document.get("terminal") or ""))
        return printable(f"Process {document['run']}") + (f" in {terminal}" if terminal else "")

    def since(self) -> str:
        began = self._read().get("at")
        return f", for {duration(time.time() - began)} now" if isinstance(began, (int, float)) else ""

    def failure_since(self, moment: float) -> str | None:
        document = self._read()
        began, failure = document.get("at"), document.get("failure")
        recent = isinstance(began, (int, float)) and began >= moment
        return failure if recent and isinstance(failure, str) and failure else None

    def _read(self) -> dict[str, t.Any]:
        try:
            with open(self._path, "rb") as stream:
                document = json.loads(stream.read())
        except (OSError, ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}
