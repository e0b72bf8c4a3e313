# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When and how an SSO access token is refreshed: the policy, the lock, and the call.

PRIVATE to the collection. Nothing here prompts a user: where only a sign-in helps, LoginRequired gives the
command to run.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
import typing as t

from ...module_utils._files.atomic import PRIVATE_FILE, replace_file
from ...module_utils._files.directories import cache_directory
from ...module_utils._files.errors import file_error_text
from ...module_utils._files.lock import LockTimeout, locked
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import (
    Token,
    utc_now,
)
from ...module_utils._text import format_time
from .._aws import client
from .._aws.errors import AwsRefused
from .._display import debug
from .._errors import LoginRequired, ServiceError, Unreachable
from .._parent import completes_first, ends_with_parent
from .tokens import (
    CacheUnusable,
    cached_token,
    login_required_text,
    remove_token,
    store_token,
    token_document,
)

REFRESH_WINDOW = 15 * 60
"""Seconds before its expiry at which a token is refreshed, as in AWS CLI v2 and botocore."""

_SECONDS_FOR_A_REFRESH = 120
"""More than two attempts take with their timeouts, the resolution of names included."""
_SECONDS_BETWEEN_FAILURES = 60
"""Until then, other processes use a token that is still valid: each failed attempt may take a minute."""
_REFRESH_ATTEMPTS = 2
"""One more than a single lost connection needs."""
_REFUSED = "refused"
_PASSING = "passing"
_SECONDS_FOR_ANOTHER_TOOL_TO_WRITE = 1.0
"""The AWS CLI writes the token within milliseconds of its response."""

Warn = t.Callable[[str], None]


class TokenResult(t.NamedTuple):
    """A token, and whether this process has just refreshed it."""

    token: Token
    renewed: bool


def live_token(session: SsoSession, min_ttl: float = 0, warn: Warn = lambda text: None) -> Token:
    """A valid token of *session*, if possible for *min_ttl* seconds more.

    A fresh token costs one file read. A token that expires within 15 minutes, or within *min_ttl*, is
    refreshed by one process at a time. If the network is down, a token that is still valid is used, and
    *warn* is called.

    Raises LoginRequired, Unreachable and WorkstationError.
    """
    return obtain_token(session, min_ttl, warn).token


def obtain_token(session: SsoSession, min_ttl: float, warn: Warn) -> TokenResult:
    """As live_token(), with whether the token was refreshed."""
    token = cached_token(session)
    if token is not None and _is_fresh(session, token, min_ttl):
        left = token.seconds_left(utc_now())
        debug(f"{session.label}: using the token in {session.token_path}, valid for {left:.0f} seconds")
        return TokenResult(token, False)
    if token is None or not token.refreshable(utc_now()):
        return TokenResult(_require_valid(session, token, min_ttl, "it cannot be refreshed"), False)
    began = time.time()
    try:
        with refresh_lock(session):
            return _obtain_in_turn(session, token, min_ttl, began, warn)
    except LockTimeout as error:
        if token.seconds_left(utc_now()) <= 0:
            raise
        warn(f"{error} It is used as it is.")
        return TokenResult(token, False)


def _obtain_in_turn(
    session: SsoSession, before: Token, min_ttl: float, began: float, warn: Warn
) -> TokenResult:
    token = cached_token(session)
    if token is None or not token.refreshable(utc_now()):
        return TokenResult(_require_valid(session, token, min_ttl, "it cannot be refreshed"), False)
    if token.seconds_left(utc_now()) > 0:
        failure = _failure_since(session, began)
        if failure == _REFUSED:
            return TokenResult(_require_valid(session, token, min_ttl, "its refresh was refused"), False)
        if failure or token.access_token != before.access_token:
            return TokenResult(token, False)
    return _refreshed(session, token, min_ttl, warn)


def _is_fresh(session: SsoSession, token: Token, min_ttl: float) -> bool:
    """Whether no refresh is needed, or one has just failed and the token is still valid."""
    left = token.seconds_left(utc_now())
    if left <= min_ttl:
        return False
    return left > REFRESH_WINDOW or bool(_failure_since(session, time.time() - _SECONDS_BETWEEN_FAILURES))


def replace_rejected_token(session: SsoSession, rejected: Token) -> Token:
    """Another token than *rejected*, which AWS answered with 401 although it has not expired.

    Raises LoginRequired, Unreachable and WorkstationError.
    """
    with refresh_lock(session):
        token = cached_token(session)
        if (
            token is not None
            and token.access_token != rejected.access_token
            and token.seconds_left(utc_now()) > 0
        ):
            return token
        if token is not None and token.refreshable(utc_now()):
            return _replaced(session, token)
        if token is not None:
            remove_token(session)
        raise LoginRequired(login_required_text(session, "AWS no longer accepts its token"))


def _replaced(session: SsoSession, token: Token) -> Token:
    try:
        return _renew(session, token)
    except AwsRefused as error:
        if error.passing:
            raise
        remove_token(session)
        reason = f"AWS no longer accepts its token ({error})"
        raise LoginRequired(login_required_text(session, reason)) from error


def _require_valid(session: SsoSession, token: Token | None, min_ttl: float, why_not_refreshed: str) -> Token:
    if token is None:
        raise LoginRequired(login_required_text(session, "it has no token"))
    left = token.seconds_left(utc_now())
    if left > min_ttl:
        return token
    expiry = "expired" if left <= 0 else "expires"
    reason = f"its token {expiry} at {format_time(token.expires_at)} and {why_not_refreshed}"
    raise LoginRequired(login_required_text(session, reason))


def _refreshed(session: SsoSession, token: Token, min_ttl: float, warn: Warn) -> TokenResult:
    try:
        return TokenResult(_renew(session, token), True)
    except (AwsRefused, CacheUnusable, Unreachable) as error:
        refused = isinstance(error, AwsRefused) and not error.passing
        _note_failure(session, _REFUSED if refused else _PASSING)
        if refused:
            return TokenResult(
                _require_valid(session, token, min_ttl, f"its refresh was refused ({error})"), False
            )
        if token.seconds_left(utc_now()) <= 0:
            raise
        warn(f"The token of the session {session.label} could not be refreshed and is used as it is: {error}")
        return TokenResult(token, False)


def _note_failure(session: SsoSession, kind: str) -> None:
    """So that a hundred tasks do not meet the same fault in turn; botocore pauses for as long."""
    with contextlib.suppress(OSError):
        replace_file(_failure_record(session), kind.encode(), PRIVATE_FILE)


def _failure_since(session: SsoSession, moment: float) -> str | None:
    try:
        with open(_failure_record(session), encoding="ascii") as record:
            return record.read() if os.fstat(record.fileno()).st_mtime >= moment else None
    except (OSError, ValueError):
        return None


def _failure_record(session: SsoSession) -> str:
    return os.path.join(cache_directory(), "refresh-failures", os.path.basename(session.token_path))


def _renew(session: SsoSession, token: Token) -> Token:
    """Ask AWS for a new access token and store it. Raises ServiceError, Unreachable and CacheUnusable."""
    directory = os.path.dirname(session.token_path)
    if not os.access(directory, os.W_OK | os.X_OK):
        # the refresh token may work only once, and the new one would be lost
        raise CacheUnusable(
            file_error_text(PermissionError(errno.EACCES, os.strerror(errno.EACCES)), directory)
        )
    debug(f"{session.label}: refreshing the token, which expires at {format_time(token.expires_at)}")
    asked_at = utc_now()
    try:
        answer = refresh_answer(session, token)
    except AwsRefused as error:
        if error.code == "InvalidGrant":
            return _token_of_another_tool(session, token, error)
        raise
    return store_token(session, {**token.document, **token_document(session, answer, asked_at, {})})


def refresh_answer(session: SsoSession, token: Token) -> dict[str, t.Any]:
    """The answer of CreateToken to the refresh token of *token*. Raises ServiceError and Unreachable."""
    return client.call(
        client.client("sso-oidc", session.region, attempts=_REFRESH_ATTEMPTS),
        "create_token",
        grantType="refresh_token",
        clientId=token.document["clientId"],
        clientSecret=token.document["clientSecret"],
        refreshToken=token.document["refreshToken"],
    )


def _token_of_another_tool(session: SsoSession, token: Token, error: ServiceError) -> Token:
    """A refresh token may work once only: the AWS CLI, which takes no lock, may have been first."""
    deadline = time.monotonic() + _SECONDS_FOR_ANOTHER_TOOL_TO_WRITE
    while time.monotonic() < deadline:
        stored = cached_token(session)
        if stored is not None and stored.access_token != token.access_token:
            return stored
        time.sleep(0.1)
    raise error


@contextlib.contextmanager
def refresh_lock(session: SsoSession) -> t.Iterator[None]:
    """Hold the lock for changes to the token file; it is never held during a prompt.

    A worker whose run is gone completes what it does under the lock, because a refresh token may work only
    once. Raises LockTimeout and CacheUnusable.
    """
    with contextlib.ExitStack() as stack:
        try:
            with ends_with_parent():
                stack.enter_context(locked("token:" + session.token_path, _SECONDS_FOR_A_REFRESH))
        except LockTimeout as error:
            raise LockTimeout(f"The token of {session.label} is being refreshed. {error}") from error
        except OSError as error:
            raise CacheUnusable(file_error_text(error)) from error
        with completes_first():
            yield
