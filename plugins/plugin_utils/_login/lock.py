# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One sign-in for all processes that need the same session: one prompts, the others wait for it.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import dataclasses
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
from .._display import TERMINAL, debug, printable_url
from .prompt import SECONDS_BETWEEN_REMINDERS, LoginUser, duration, where_to_open

_SECONDS_WITHOUT_MESSAGE = 1
"""A process that only checks the cache releases the lock within milliseconds."""
_SECONDS_BETWEEN_LOOKS = 1
"""How soon a page that another process shows is shown here as well."""


@contextlib.contextmanager
def exclusive_login(session: SsoSession, user: LoginUser, timeout: float) -> t.Iterator[LoginUser]:
    """Wait up to *timeout* seconds until no other process waits for a sign-in, then prevent others from it.

    The value is *user*, whose prompts the waiting processes show as well. After a failed login, the processes
    that waited for it fail as well: fifty hosts must not open fifty browser windows one after the other.

    Raises WorkstationError.
    """
    record = _LoginAttemptRecord(session)
    began = time.time()
    with contextlib.ExitStack() as stack:
        _wait(stack, session, user, timeout, record)
        failure = record.failure_since(began)
        if failure:
            raise WorkstationError(f"{failure} (Another process requested this sign-in.)")
        record.begin()
        try:
            yield dataclasses.replace(user, record=record.show_to_others)
        except WorkstationError as error:
            record.end(str(error))
            raise
        record.end()


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
        message = _WaitingMessage(session, record)
        while (left := end - time.monotonic()) > 0:
            if shows and message.is_due:
                user.show(message.text(left))
            if _acquires(stack, session, min(left, _SECONDS_BETWEEN_LOOKS)):
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


class _WaitingMessage:
    """What a process shows that waits for the sign-in of another run: its page and code, once a minute."""

    def __init__(self, session: SsoSession, record: _LoginAttemptRecord) -> None:
        self._label = printable(session.label)
        self._record = record
        self._shown: tuple[str, str] | None = None
        self._next = 0.0

    @property
    def is_due(self) -> bool:
        """Once a minute, and at once for a new page."""
        if self._record.is_of_this_run():
            return False
        return time.monotonic() >= self._next or self._shown != self._record.prompt()

    def text(self, left: float) -> str:
        """The message, for a process that waits *left* seconds more."""
        self._next = time.monotonic() + SECONDS_BETWEEN_REMINDERS
        self._shown = page, code = self._record.prompt()
        first = f"{self._record.owner()} is waiting for a sign-in to {self._label}{self._record.since()}."
        waits = f"this run waits up to {duration(left)} for its token."
        if self._record.is_stopped():
            return f"{first}\nIt is stopped (Ctrl-Z): continue it there with fg, or end it; {waits}"
        if not page:
            return f"{first}\nFinish it there; {waits}"
        last = f"Code: {code} (the page must show it too); {waits}" if code else waits.capitalize()
        return f"{first}\nFinish it there, or open this page {where_to_open(code)}:\n{page}\n{last}"


class _LoginAttemptRecord:
    """A file about the current or last attempt to sign in, for the processes that wait for it.

    "run" is the process ID of ansible-playbook, "worker" that of its process which signs in, and "terminal"
    the one in which it shows the page to open. "page" and "code" are those of its prompt until it ends. Only
    this user can read the file.
    """

    def __init__(self, session: SsoSession) -> None:
        self._path = os.path.join(state_directory(session), "login")
        self._began = 0.0

    def begin(self) -> None:
        self._began = time.time()
        self._write()

    def show_to_others(self, page: str, code: str) -> None:
        self._write(page=page, code=code)

    def end(self, failure: str | None = None) -> None:
        self._began = time.time()
        self._write(failure=failure)

    def is_of_this_run(self) -> bool:
        return self._read().get("run") == os.getppid()

    def owner(self) -> str:
        """What messages call the process, with its terminal."""
        document = self._read()
        if not document.get("run"):
            return "Another process"
        terminal = printable(str(document.get("terminal") or ""))
        return printable(f"Process {document['run']}") + (f" in {terminal}" if terminal else "")

    def is_stopped(self) -> bool:
        """Whether the process that waits for the sign-in cannot notice it."""
        try:
            with open(f"/proc/{int(self._read()['worker'])}/stat", "rb") as stream:
                return stream.read().rpartition(b")")[2].split()[:1] == [b"T"]
        except (KeyError, TypeError, ValueError, OSError):
            return False

    def since(self) -> str:
        began = self._read().get("at")
        return f", for {duration(time.time() - began)} now" if isinstance(began, (int, float)) else ""

    def prompt(self) -> tuple[str, str]:
        """The page to open and its code, which may be empty; both are empty without a prompt."""
        document = self._read()
        page, code = document.get("page"), document.get("code")
        if not isinstance(page, str) or not page.startswith(("https://", "http://")):
            return "", ""
        return printable_url(page), printable(code) if isinstance(code, str) else ""

    def failure_since(self, moment: float) -> str | None:
        document = self._read()
        began, failure = document.get("at"), document.get("failure")
        recent = isinstance(began, (int, float)) and began >= moment
        return failure if recent and isinstance(failure, str) and failure else None

    def _write(self, **details: str | None) -> None:
        document = {
            "run": os.getppid(),
            "worker": os.getpid(),
            "terminal": TERMINAL.name if TERMINAL else "",
            "at": self._began,
            **details,
        }
        with contextlib.suppress(OSError):  # only the messages of waiting processes need it
            replace_file(self._path, json.dumps(document).encode(), PRIVATE_FILE)

    def _read(self) -> dict[str, t.Any]:
        try:
            with open(self._path, "rb") as stream:
                document = json.loads(stream.read())
        except (OSError, ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}
