# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When and how an SSO access token is refreshed: the policy, the lock, and the call.

PRIVATE to the collection. Nothing here prompts a user: where only a sign-in helps, LoginRequired gives the
command to run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
import typing as t

from ...module_utils._files.atomic import PRIVATE_FILE, Reserved, replace_file, reserved_room
from ...module_utils._files.directories import cache_directory
from ...module_utils._files.errors import file_error_text
from ...module_utils._files.lock import LockTimeout
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import (
    Token,
    lock_subject,
    serialized,
    utc_now,
)
from ...module_utils._text import format_time
from .._aws import client
from .._aws.errors import AwsRefused
from .._credentials import sign_in
from .._display import debug
from .._errors import LoginRequired, ServiceError, Unreachable
from .._processes.failures import run_id, shared_failures
from .._processes.parent import completes_first, ends_with_parent
from .._processes.waiting import HolderStopped, turn
from .tokens import (
    CacheUnusable,
    cached_token,
    cached_token_or_none,
    login_required_text,
    missing_token,
    remove_token,
    store_token,
    token_document,
)

REFRESH_WINDOW = 15 * 60
"""Seconds before its expiry at which a token is refreshed, as in AWS CLI v2 and botocore."""

_SECONDS_FOR_A_REFRESH = 60
"""More than two attempts take with their timeouts (29 seconds), and the wait for another tool's token."""
_SECONDS_WITH_A_VALID_TOKEN = 10
"""The longest wait for a refresh by another process while the token is still valid."""
_SECONDS_BETWEEN_FAILURES = 60
"""Until then, other processes use a token that is still valid: each failed attempt may take a while."""
_REFRESH_ATTEMPTS = 2
"""One more than a single lost connection needs."""
_REFUSED = "refused"
_PASSING = "passing"
_SECONDS_FOR_ANOTHER_TOOL = 6.0
"""The AWS CLI writes the token as soon as it gets its response, which may come seconds after the refusal that
we got because it was first."""
_SECONDS_FOR_ANOTHER_TOOL_WITH_A_USABLE_TOKEN = 1.0
_ROOM_FOR_A_TOKEN = 4096
"""Bytes; more than any token file of AWS has."""

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
    suffices = token.seconds_left(utc_now()) > min_ttl
    try:
        with _refresh_turn(session, _SECONDS_WITH_A_VALID_TOKEN if suffices else _SECONDS_FOR_A_REFRESH):
            return _obtain_in_turn(session, token, min_ttl, began, warn)
    except LockTimeout as error:
        if token.seconds_left(utc_now()) <= 0:
            raise
        _note_failure(session, token, _PASSING, str(error))
        warn(f"{error} The token is used as it is.")
        return TokenResult(token, False)


def _obtain_in_turn(
    session: SsoSession, before: Token, min_ttl: float, began: float, warn: Warn
) -> TokenResult:
    token = cached_token(session)
    if token is None or not token.refreshable(utc_now()):
        return TokenResult(_require_valid(session, token, min_ttl, "it cannot be refreshed"), False)
    failure = _failure_since(session, began) or _failure_of_this_run(session)
    if failure is not None and failure.kind == _REFUSED and failure.token == _fingerprint(token):
        return TokenResult(_require_valid(session, token, min_ttl, failure.text), False)
    if token.seconds_left(utc_now()) > 0 and (failure or token.access_token != before.access_token):
        return TokenResult(token, False)
    return _refreshed(session, token, min_ttl, began, warn)


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
    began = time.time()
    with _refresh_turn(session, _SECONDS_FOR_A_REFRESH):
        token = cached_token(session)
        if (
            token is not None
            and token.access_token != rejected.access_token
            and token.seconds_left(utc_now()) > 0
        ):
            return token
        if token is not None and token.refreshable(utc_now()):
            return _replaced(session, token, began)
        if token is None:
            return _require_valid(session, token, 0, "")
        raise _rejected(session, token, "AWS no longer accepts its token")


def _replaced(session: SsoSession, token: Token, began: float) -> Token:
    try:
        return _renew(session, token, began, usable=False)
    except AwsRefused as error:
        if error.passing:
            raise
        raise _rejected(session, token, f"AWS no longer accepts its token ({error})") from error


def _rejected(session: SsoSession, token: Token, reason: str) -> LoginRequired:
    """The error for *token*, which is removed; role credentials that it obtained remain valid at AWS."""
    sign_in.note_rejection(session, token, reason)
    with contextlib.suppress(CacheUnusable):
        remove_token(session)
    return LoginRequired(login_required_text(session, reason))


def _require_valid(session: SsoSession, token: Token | None, min_ttl: float, why_not_refreshed: str) -> Token:
    if token is None:
        rejection = sign_in.rejection(session)
        if rejection:
            raise LoginRequired(login_required_text(session, rejection))
        raise missing_token(session)
    left = token.seconds_left(utc_now())
    if left > min_ttl:
        return token
    expiry = "expired" if left <= 0 else "expires"
    reason = f"its token {expiry} at {format_time(token.expires_at)} and {why_not_refreshed}"
    raise LoginRequired(login_required_text(session, reason))


def _refreshed(session: SsoSession, token: Token, min_ttl: float, began: float, warn: Warn) -> TokenResult:
    try:
        usable = token.seconds_left(utc_now()) > min_ttl
        return TokenResult(_renew(session, token, began, usable), True)
    except (AwsRefused, CacheUnusable, Unreachable) as error:
        refused = isinstance(error, AwsRefused) and not error.passing
        reason = f"its refresh was refused ({error})" if refused else str(error)
        _note_failure(session, token, _REFUSED if refused else _PASSING, reason)
        if refused:
            return TokenResult(_require_valid(session, token, min_ttl, reason), False)
        if token.seconds_left(utc_now()) <= 0:
            raise
        warn(f"The token of the session {session.label} could not be refreshed and is used as it is: {error}")
        return TokenResult(token, False)


class _Failure(t.NamedTuple):
    """A refresh that failed: *kind* is _REFUSED or _PASSING, *token* the fingerprint of its token."""

    kind: str
    token: str
    text: str
    run: int


def _note_failure(session: SsoSession, token: Token, kind: str, text: str) -> None:
    """So that a hundred tasks do not meet the same fault in turn; botocore pauses for as long."""
    failure = _Failure(kind, _fingerprint(token), text, run_id())
    with contextlib.suppress(OSError):
        replace_file(_failure_record(session), json.dumps(failure).encode("ascii"), PRIVATE_FILE)


def _failure_since(session: SsoSession, moment: float) -> _Failure | None:
    try:
        with open(_failure_record(session), "rb") as record:
            if os.fstat(record.fileno()).st_mtime < moment:
                return None
            failure = _Failure(*json.loads(record.read()))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return failure if all(isinstance(part, str) for part in failure[:3]) else None


def _failure_of_this_run(session: SsoSession) -> _Failure | None:
    """A failure that a process of the same ansible-playbook has just met, also before this one waited."""
    failure = _failure_since(session, time.time() - _SECONDS_BETWEEN_FAILURES)
    return failure if failure is not None and failure.run == run_id() else None


def _fingerprint(token: Token) -> str:
    return hashlib.sha256(token.access_token.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _failure_record(session: SsoSession) -> str:
    return os.path.join(cache_directory(), "refresh-failures", os.path.basename(session.token_path))


def _renew(session: SsoSession, token: Token, began: float, usable: bool) -> Token:
    """Ask AWS for a new access token and store it. Raises ServiceError, Unreachable and CacheUnusable.

    The refresh token may work only once, so AWS is not asked if the new one could not be stored. *usable* is
    whether the caller can use *token* instead: then one attempt must do, so as not to delay that.
    """
    debug(f"{session.label}: refreshing the token, which expires at {format_time(token.expires_at)}")
    with contextlib.ExitStack() as stack:
        size = max(_ROOM_FOR_A_TOKEN, 2 * len(serialized(token.document)))
        try:
            reserved = stack.enter_context(reserved_room(session.token_path, size))
        except OSError as error:
            raise CacheUnusable(_not_storable_text(session, error)) from error
        asked_at = utc_now()
        try:
            with shared_failures(f"refresh:{session.token_path}", began):
                answer = refresh_answer(session, token, 1 if usable else _REFRESH_ATTEMPTS)
        except AwsRefused as error:
            if error.code == "InvalidGrant":
                return _token_of_another_tool(session, token, usable, error)
            raise
        return _stored(
            session, token, {**token.document, **token_document(session, answer, asked_at, {})}, reserved
        )


def _stored(session: SsoSession, before: Token, document: dict[str, t.Any], reserved: Reserved) -> Token:
    """Store the new token, unless somebody has signed in or out since *before*, as while this was stopped."""
    stored = cached_token_or_none(session)
    if stored is None and not os.path.exists(session.token_path):
        raise LoginRequired(login_required_text(session, "it was signed out during the refresh"))
    if stored is not None and stored.access_token != before.access_token:
        debug(f"{session.label}: another process has stored a token during the refresh")
        return stored
    sign_in.note_refresh(session, before, document)
    return store_token(session, document, reserved)


def _not_storable_text(session: SsoSession, error: OSError) -> str:
    return (
        f"The token of {session.label} is not refreshed, because the new one could not be stored, and the"
        f" refresh token works only once. {file_error_text(error, session.token_path)}"
    )


def refresh_answer(session: SsoSession, token: Token, attempts: int = _REFRESH_ATTEMPTS) -> dict[str, t.Any]:
    """The answer of CreateToken to the refresh token of *token*. Raises ServiceError and Unreachable."""
    return client.call(
        client.session_client("sso-oidc", session, attempts=attempts),
        "create_token",
        grantType="refresh_token",
        clientId=token.document["clientId"],
        clientSecret=token.document["clientSecret"],
        refreshToken=token.document["refreshToken"],
    )


def _token_of_another_tool(session: SsoSession, token: Token, usable: bool, error: ServiceError) -> Token:
    """A refresh token may work once only: the AWS CLI, which takes no lock, may have been first."""
    seconds = _SECONDS_FOR_ANOTHER_TOOL_WITH_A_USABLE_TOKEN if usable else _SECONDS_FOR_ANOTHER_TOOL
    debug(f"{session.label}: the refresh was refused; waiting {seconds:g} seconds for another tool's token")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        stored = cached_token_or_none(session)
        if (
            stored is not None
            and stored.access_token != token.access_token
            and stored.seconds_left(utc_now()) > 0
        ):
            return stored
        time.sleep(0.1)
    raise error


@contextlib.contextmanager
def refresh_lock(session: SsoSession) -> t.Iterator[None]:
    """Hold the lock for changes to the token file; it is never held during a prompt.

    A process that is stopped while it refreshes the token is not waited for. Raises LockTimeout.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_refresh_turn(session, _SECONDS_FOR_A_REFRESH))
        except HolderStopped as error:
            debug(f"{session.label}: going on without the lock of its token: {error}")
            stack.enter_context(turn(f"token in its place:{session.token_path}", _SECONDS_FOR_A_REFRESH, ""))
        yield


@contextlib.contextmanager
def _refresh_turn(session: SsoSession, seconds: float) -> t.Iterator[None]:
    """Hold the lock for a refresh; wait up to *seconds* for it.

    A worker whose run is gone completes what it does under the lock, because a refresh token may work only
    once. Raises HolderStopped and LockTimeout.
    """
    action = f"refreshes the token of {session.label}"
    with contextlib.ExitStack() as stack:
        try:
            with ends_with_parent():
                stack.enter_context(turn(lock_subject(session.token_path), seconds, action))
        except LockTimeout as error:
            error.args = (f"The token of {session.label} is being refreshed by another process. {error}",)
            raise
        with completes_first():
            yield
