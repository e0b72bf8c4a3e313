# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign out: remove the files of sessions, and end the sessions at AWS.

PRIVATE to the collection. The files are removed first, because AWS may not answer, and a user who then
interrupts the task must not keep a valid token.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import threading
import time
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.known_sessions import ReadableConfig
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.sign_out import SignOut, active_tokens, directory_errors, tokens_in
from ...module_utils._sso.token_cache import Token, utc_now
from .._aws import client
from .._aws.errors import AwsRefused
from .._display import debug, new_threads_without_signals, show
from .._environment import environment_with
from .refresh import refresh_answer

SECONDS_FOR_AWS = 10.0
"""How long AWS is waited for, for all sessions together."""

_SECONDS_BEFORE_A_MESSAGE = 1.0

Warn = t.Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Logout:
    """What happened to one session, or would: *removed* are paths, *ended* is whether AWS ended it."""

    session: SsoSession
    removed: tuple[str, ...]
    ended: bool


@dataclasses.dataclass(frozen=True)
class LogoutResult:
    """What a sign-out did, or would do; *removed* has all paths, *errors* are about files that are left."""

    sessions: tuple[Logout, ...]
    removed: tuple[str, ...]
    errors: tuple[str, ...] = ()


class SessionTokens(t.NamedTuple):
    """The tokens of a session, by which it is ended; *host* is the host that they are from."""

    session: SsoSession
    tokens: t.Sequence[Token]
    host: str = ""

    @property
    def active(self) -> list[Token]:
        """The tokens by which AWS can end the session."""
        return active_tokens(self.tokens)


def log_out(name: str | None, warn: Warn) -> LogoutResult:
    """Sign out of the session *name*, by default of all. Without a network, a warning is shown.

    Raises WorkstationError for a session of which there is nothing.
    """
    sign_out = SignOut(name)
    for text in sign_out.warnings:
        warn(text)
    found, removal = sign_out.remove()
    for text in (*removal.warnings, *removal.unreadable):
        warn(text)
    holders = [
        SessionTokens(files.session, removal.tokens.get(files.session.token_path, [])) for files in found
    ]
    ended = end_sessions(holders, warn)
    logouts = tuple(
        Logout(files.session, tuple(removal.of(files)), done) for files, done in zip(found, ended)
    )
    for logout in logouts:
        ended_text = "ended" if logout.ended else "not ended"
        debug(f"{logout.session.label}: {ended_text} at AWS, removed {len(logout.removed)} files")
    return LogoutResult(logouts, tuple(removal.removed), tuple(removal.errors))


def preview_logout(name: str | None, warn: Warn) -> LogoutResult:
    """What log_out() would do. Raises WorkstationError."""
    sign_out = SignOut(name)
    for text in sign_out.warnings:
        warn(text)
    found = sign_out.find()
    logouts = tuple(
        Logout(files.session, tuple(files.paths), bool(SessionTokens(files.session, tokens_in(files)).active))
        for files in found.sessions
    )
    return LogoutResult(logouts, tuple(found.paths), tuple(directory_errors()))


def end_sessions(holders: t.Sequence[SessionTokens], warn: Warn) -> list[bool]:
    """End sessions at AWS, all at the same time; whether AWS ended each of them.

    Those for which AWS does not answer in time are reported by *warn*.
    """
    if not any(holder.active for holder in holders):
        return [False for _holder in holders]
    with _config_for_botocore():
        return _end_together([_Ending(holder) for holder in holders], warn)


def _end_together(endings: t.Sequence[_Ending], warn: Warn) -> list[bool]:
    deadline = time.monotonic() + SECONDS_FOR_AWS
    announced = False
    for ending in endings:
        if not ending.wait(min(_SECONDS_BEFORE_A_MESSAGE, deadline - time.monotonic())) and not announced:
            show(f"Waiting for AWS to end the sessions, for up to {SECONDS_FOR_AWS:.0f} seconds.")
            announced = True
        ending.wait(deadline - time.monotonic())
        if ending.fault:
            warn(_not_ended_text(ending.holder, ending.fault))
    return [ending.ended for ending in endings]


class _Ending:
    """The end of one session, in a thread that is given up if AWS does not answer.

    *fault* is why the session may continue.
    """

    def __init__(self, holder: SessionTokens) -> None:
        self.holder = holder
        self.ended = False
        self.fault = ""
        self._done = threading.Event()
        if holder.active:
            self.fault = f"AWS has not answered within {SECONDS_FOR_AWS:.0f} seconds."
            with new_threads_without_signals():
                threading.Thread(target=self._run, daemon=True).start()
        else:
            self._done.set()

    def wait(self, seconds: float) -> bool:
        """Wait for the answer; whether it is there."""
        return self._done.wait(max(0, seconds))

    def _run(self) -> None:
        faults = [*filter(None, map(self._end, self.holder.active))]
        self.fault = faults[0] if faults else ""
        self._done.set()

    def _end(self, token: Token) -> str:
        """End the session of *token*; why that failed, or nothing."""
        try:
            self.ended = _end(self.holder.session, token) or self.ended
        except WorkstationError as error:
            return str(error)
        return ""


def _end(session: SsoSession, token: Token) -> bool:
    """Whether AWS ended the session of *token*; False if it had expired or been ended before.

    AWS ends a session only by a valid access token, so an expired one is refreshed for it.
    """
    session = _session_of(session, token)
    if not session.region:
        raise WorkstationError("Neither the token nor the configuration has the Region of the session.")
    if token.seconds_left(utc_now()) > 0 and _log_out(session, token.access_token):
        return True
    if not token.refreshable(utc_now()):
        return False
    try:
        answer = refresh_answer(session, token)
    except AwsRefused as error:
        if error.passing:
            raise
        return False
    return _log_out(session, str(answer["accessToken"]))


def _log_out(session: SsoSession, access_token: str) -> bool:
    try:
        client.call(client.session_client("sso", session), "logout", accessToken=access_token)
    except AwsRefused as error:
        if error.status != 401:
            raise
        return False
    return True


def _session_of(session: SsoSession, token: Token) -> SsoSession:
    """*session* with the portal and region of *token*, which may differ from those in the configuration."""
    start_url, region = token.document.get("startUrl"), token.document.get("region")
    return dataclasses.replace(
        session,
        start_url=start_url if isinstance(start_url, str) and start_url else session.start_url,
        region=region if isinstance(region, str) and region else session.region,
    )


def _not_ended_text(holder: SessionTokens, fault: str) -> str:
    host = f" of {holder.host}" if holder.host else ""
    portals = {_session_of(holder.session, token).start_url for token in holder.active} - {""}
    portal = f" ({', '.join(sorted(portals))})" if portals else ""
    return (
        f"The session {holder.session.label}{host} could not be ended at AWS. It continues there until it"
        f" expires or is ended in the AWS access portal{portal}. {fault}"
    )


def _config_for_botocore() -> t.ContextManager[None]:
    """botocore creates no client while a file of the configuration cannot be read."""
    if not ReadableConfig().errors:
        return contextlib.nullcontext()
    return environment_with({"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull})
