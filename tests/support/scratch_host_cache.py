# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that is a directory: its Python is this one, with nothing of the collection."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_cache import read_token, utc_now
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_status import (
    TokenStatus,
    format_time_or_none,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.access import LoginResult
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import DEVICE, LoginOptions
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.answer import HostState
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.login import HostSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.token_cache import (
    HostCache,
    Outcome,
)
from support.logins import CORP, FakeUser, in_seconds

OPTIONS = {"session": "corp", "start_url": None, "region": None, "registration_scopes": None}
ANSWER = {
    "session": "corp",
    "start_url": CORP.start_url,
    "region": CORP.region,
    "registration_scopes": ["sso:account:access"],
    "expires_at": None,
    "seconds_left": 0,
    "refreshable": False,
    "directory": "/home/dev/.aws/sso/cache",
    "python": "/usr/bin/python3",
    "writable": True,
}


class ScratchHost:
    """Remembers all that its programs printed; *before* is called once, before the next program runs."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.printed = ""
        self.before: t.Callable[[], object] | None = None
        self.cache = HostCache(self.run, str(directory))

    def run(self, program: bytes) -> Outcome:
        before, self.before = self.before, None
        if before is not None:
            before()
        outcome = subprocess.run([sys.executable, "-I", "-"], input=program, capture_output=True, check=False)
        self.printed += outcome.stdout.decode() + outcome.stderr.decode()
        return Outcome(outcome.returncode, outcome.stdout.decode(), outcome.stderr.decode())

    def path(self, session: SsoSession = CORP) -> pathlib.Path:
        return self.directory / os.path.basename(session.token_path)

    def write(self, text: str | bytes) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.path().write_bytes(text.encode() if isinstance(text, str) else text)

    def document(self) -> dict[str, t.Any]:
        return dict(json.loads(self.path().read_text()))

    def change(self, **fields: t.Any) -> None:
        self.write(json.dumps({**self.document(), **fields}))

    def expire(self) -> None:
        self.change(expiresAt=in_seconds(-60))

    def described(self, session: SsoSession = CORP) -> HostState:
        """The state that the module returns for the token that is there."""
        status = TokenStatus(session, read_token(str(self.path(session))), utc_now())
        facts = {
            **ANSWER,
            "session": session.name,
            "expires_at": format_time_or_none(status.expires_at),
            "seconds_left": status.seconds_left,
            "refreshable": status.refreshable,
            "directory": str(self.directory),
            "python": sys.executable,
            "registration_scopes": session.registration_scopes,
        }
        return HostState.of_result(facts, {**OPTIONS, "session": session.label})

    def state(
        self, session: SsoSession = CORP, seconds_left: int = 3600, refreshable: bool = True
    ) -> HostState:
        return HostState(
            session,
            in_seconds(seconds_left),
            seconds_left,
            refreshable,
            str(self.directory),
            sys.executable,
            True,
        )


def ensure(
    host: ScratchHost, someone: FakeUser, state: HostState | None = None, **wanted: t.Any
) -> LoginResult:
    """Sign *host* in, with the help of the user *someone*."""
    session = HostSession(state or host.state(), host.cache, someone.user)
    return session.ensure_login(LoginOptions(DEVICE, timeout=30, **wanted), with_access=True)


def ensured(
    host: ScratchHost,
    someone: FakeUser,
    session: SsoSession = CORP,
    how_to_sign_in: str = "",
    **wanted: t.Any,
) -> LoginResult:
    """Ensure a token of *session* on *host*, whose state is what the module would return; without a list."""
    login = HostSession(host.described(session), host.cache, someone.user, how_to_sign_in)
    return login.ensure_login(LoginOptions(DEVICE, **{"timeout": 30, **wanted}), with_access=False)


def would_be(host: ScratchHost, session: SsoSession = CORP, **wanted: t.Any) -> LoginResult:
    """What ensured() would do."""
    login = HostSession(host.described(session), host.cache, FakeUser(pytest.fail).user)
    return login.preview(LoginOptions(DEVICE, **wanted), with_access=False)


def preview(host: ScratchHost, state: HostState | None = None) -> LoginResult:
    """What ensure() would do, in which no user is asked."""
    session = HostSession(state or host.state(), host.cache, FakeUser(pytest.fail).user)
    return session.preview(LoginOptions(DEVICE), with_access=True)
