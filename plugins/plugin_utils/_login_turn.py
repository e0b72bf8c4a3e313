# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose turn it is to ask a person: of all processes that need a sign-in to one session, one asks.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._files import (
    PRIVATE_FILE,
    LockTimeout,
    locked,
    replace_file,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso_session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import AwsSsoError, LoginRefused
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._person import Person, duration
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._role_credentials_cache import (
    state_directory,
)

_SECONDS_WITHOUT_A_WORD = 1


@contextlib.contextmanager
def login_turn(session: SsoSession, person: Person, timeout: float) -> t.Iterator[None]:
    """Wait up to *timeout* seconds until no other process asks the person, then be the one that may.

    Who waited for a login that failed shares its fate: fifty hosts must not open fifty windows in turn.

    Raises LoginRefused.
    """
    note = _Note(session)
    began = time.time()
    with contextlib.ExitStack() as stack:
        _wait(stack, session, person, timeout, note)
        failure = note.failure_since(began)
        if failure:
            raise LoginRefused(f"{failure} (Another process asked for this sign-in.)")
        note.write()
        try:
            yield
        except AwsSsoError as error:
            note.write(failure=str(error))
            raise


def _wait(
    stack: contextlib.ExitStack, session: SsoSession, person: Person, timeout: float, note: _Note
) -> None:
    subject = "login:" + session.token_path
    try:
        stack.enter_context(locked(subject, min(timeout, _SECONDS_WITHOUT_A_WORD)))
        return
    except LockTimeout:
        if not note.of_this_run():
            person.tell(f"Another process waits for a sign-in to {session.label}; waiting for it to end.")
    try:
        stack.enter_context(locked(subject, timeout))
    except LockTimeout:
        raise LoginRefused(
            f"Another process has waited for a sign-in to {session.label} for {duration(timeout)}. Finish or"
            " end that one."
        ) from None


class _Note:
    """What the process whose turn it is, or was last, leaves for those that wait."""

    def __init__(self, session: SsoSession) -> None:
        self._path = os.path.join(state_directory(session), "login")

    def write(self, failure: str | None = None) -> None:
        note = {"run": os.getppid(), "at": time.time(), "failure": failure}
        with contextlib.suppress(OSError):  # a courtesy to those who wait; the login itself needs no note
            replace_file(self._path, json.dumps(note).encode(), PRIVATE_FILE)

    def of_this_run(self) -> bool:
        return self._read().get("run") == os.getppid()

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
