# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SSO access tokens: from the cache of the AWS CLI while they are good, refreshed when they near their end.

PRIVATE to the collection. Nothing here asks a person; where only a person can help, LoginRequired names the
command.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import os
import time
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._files.atomic import PRIVATE_FILE, replace_file
from ...module_utils._files.directories import cache_directory
from ...module_utils._files.errors import file_error_text
from ...module_utils._files.lock import LockTimeout, locked
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import (
    DamagedCacheFile,
    Document,
    Token,
    parse_time,
    read_token,
    utc_now,
    write_document,
)
from ...module_utils._text import format_time
from .._aws import client
from .._errors import LoginRequired, ServiceError, Unreachable
from .sign_in_command import how_to_sign_in

REFRESH_WINDOW = 15 * 60
"""Seconds before its end at which a token is renewed, as AWS CLI v2 and botocore do."""

_SECONDS_FOR_A_REFRESH = 120
_SECONDS_BETWEEN_FAILURES = 60
_REFRESH_ATTEMPTS = 2
_REFUSED = "refused"
_PASSING = "passing"
_SECONDS_FOR_ANOTHER_TOOL_TO_WRITE = 1.0


class CacheUnusable(WorkstationError):
    """The cache of the AWS CLI cannot be read or written; says how to mend it."""


class DamagedToken(LoginRequired):
    """The token's file holds no token."""


Warn = t.Callable[[str], None]


class TokenResult(t.NamedTuple):
    """A token, and whether this process has just renewed it."""

    token: Token
    renewed: bool


def live_token(session: SsoSession, min_ttl: float = 0, warn: Warn = lambda text: None) -> Token:
    """A token of *session* that lives, if that can be had, for *min_ttl* seconds more.

    A good token costs one file read. One within 15 minutes of its end, or within *min_ttl*, is refreshed by
    a single process at a time. A token that still lives survives a network that is down; *warn* is told.

    Raises LoginRequired, Unreachable and WorkstationError.
    """
    return obtain_token(session, min_ttl, warn).token


def obtain_token(session: SsoSession, min_ttl: float, warn: Warn) -> TokenResult:
    """As live_token(), but also tells whether it had to do something."""
    token = cached_token(session)
    if token is not None and _good_enough(session, token, min_ttl):
        return TokenResult(token, False)
    if token is None or not token.refreshable(utc_now()):
        return TokenResult(_kept(session, token, min_ttl, "it cannot be refreshed"), False)
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
        return TokenResult(_kept(session, token, min_ttl, "it cannot be refreshed"), False)
    if token.seconds_left(utc_now()) > 0:
        failure = _failure_since(session, began)
        if failure == _REFUSED:
            return TokenResult(_kept(session, token, min_ttl, "its refresh was refused"), False)
        if failure or token.access_token != before.access_token:
            return TokenResult(token, False)
    return _refreshed(session, token, min_ttl, warn)


def _good_enough(session: SsoSession, token: Token, min_ttl: float) -> bool:
    """Whether there is no need for a refresh, or just now no sense in one while the token lives."""
    left = token.seconds_left(utc_now())
    if left <= min_ttl:
        return False
    return left > REFRESH_WINDOW or bool(_failure_since(session, time.time() - _SECONDS_BETWEEN_FAILURES))


def replace_rejected_token(session: SsoSession, rejected: Token) -> Token:
    """Another token than *rejected*, which AWS answered with 401 although it should still live.

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
            _remove_dead_token(session)
        raise LoginRequired(login_required_text(session, "AWS no longer accepts its token"))


def _replaced(session: SsoSession, token: Token) -> Token:
    try:
        return _renew(session, token)
    except client.AwsRefused as error:
        if error.passing:
            raise
        _remove_dead_token(session)
        reason = f"AWS no longer accepts its token ({error})"
        raise LoginRequired(login_required_text(session, reason)) from error


def _remove_dead_token(session: SsoSession) -> None:
    """So that nobody takes it for a good one: by its file alone it still lives."""
    try:
        os.unlink(session.token_path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise CacheUnusable(file_error_text(error, session.token_path)) from error


def cached_token(session: SsoSession) -> Token | None:
    """The token in the cache, dead or alive; None if there is none or it belongs to another portal or region.

    Raises DamagedToken for a damaged file, which a login replaces, and CacheUnusable for an unreadable one.
    """
    try:
        token = read_token(session.token_path)
    except DamagedCacheFile as error:
        raise DamagedToken(
            login_required_text(session, f"its token is unusable ({error.path} {error.reason})")
        ) from error
    except OSError as error:
        raise CacheUnusable(file_error_text(error, session.token_path)) from error
    return token if token is not None and session.owns(token) else None


def cached_token_or_none(session: SsoSession) -> Token | None:
    """As cached_token(), for those who replace a damaged file anyway. Raises WorkstationError."""
    try:
        return cached_token(session)
    except LoginRequired:
        return None


def store_token(session: SsoSession, document: Document) -> Token:
    """Write the token's file; call it with refresh_lock() held. Raises CacheUnusable."""
    try:
        write_document(session.token_path, document)
        token = read_token(session.token_path)
    except (OSError, DamagedCacheFile) as error:
        raise CacheUnusable(file_error_text(error, session.token_path)) from error
    if token is None:
        raise CacheUnusable(f"{session.token_path} was removed by somebody while it was written.")
    return token


def token_document(
    session: SsoSession,
    answer: t.Mapping[str, t.Any],
    asked_at: datetime.datetime,
    registration: t.Mapping[str, str],
) -> dict[str, t.Any]:
    """The fields of a token file that an answer of CreateToken gives, in the order of the AWS CLI."""
    document = {
        "startUrl": session.start_url,
        "region": session.region,
        "accessToken": answer["accessToken"],
        "expiresAt": format_time(asked_at + datetime.timedelta(seconds=answer["expiresIn"])),
        **registration,
    }
    if answer.get("refreshToken"):
        document["refreshToken"] = answer["refreshToken"]
    return document


def token_from_document(document: Document) -> Token:
    """The token that token_document() describes."""
    return Token(document["accessToken"], parse_time(document["expiresAt"]), document)


def login_required_text(session: SsoSession, reason: str) -> str:
    return f"The session {session.label} needs a sign-in: {reason}. {how_to_sign_in(session)}"


def _kept(session: SsoSession, token: Token | None, min_ttl: float, why_not_refreshed: str) -> Token:
    if token is None:
        raise LoginRequired(login_required_text(session, "it has no token"))
    left = token.seconds_left(utc_now())
    if left > min_ttl:
        return token
    ends = "ended" if left <= 0 else "ends"
    reason = f"its token {ends} at {format_time(token.expires_at)} and {why_not_refreshed}"
    raise LoginRequired(login_required_text(session, reason))


def _refreshed(session: SsoSession, token: Token, min_ttl: float, warn: Warn) -> TokenResult:
    try:
        return TokenResult(_renew(session, token), True)
    except (client.AwsRefused, CacheUnusable, Unreachable) as error:
        refused = isinstance(error, client.AwsRefused) and not error.passing
        _note_failure(session, _REFUSED if refused else _PASSING)
        if refused:
            return TokenResult(_kept(session, token, min_ttl, f"its refresh was refused ({error})"), False)
        if token.seconds_left(utc_now()) <= 0:
            raise
        warn(f"The token of the session {session.label} could not be refreshed and is used as it is: {error}")
        return TokenResult(token, False)


def _note_failure(session: SsoSession, kind: str) -> None:
    """So that a hundred tasks do not meet the same fault in turn; botocore pauses for as long."""
    with contextlib.suppress(OSError):
        replace_file(_note_of_failure(session), kind.encode(), PRIVATE_FILE)


def _failure_since(session: SsoSession, moment: float) -> str | None:
    try:
        with open(_note_of_failure(session), encoding="ascii") as note:
            return note.read() if os.fstat(note.fileno()).st_mtime >= moment else None
    except OSError:
        return None


def _note_of_failure(session: SsoSession) -> str:
    return os.path.join(cache_directory(), "refresh-failures", os.path.basename(session.token_path))


def _renew(session: SsoSession, token: Token) -> Token:
    """Ask AWS for a new access token and store it. Raises ServiceError, Unreachable and CacheUnusable."""
    directory = os.path.dirname(session.token_path)
    if not os.access(directory, os.W_OK | os.X_OK):
        # the refresh token may work once: what comes in exchange would be lost
        raise CacheUnusable(
            file_error_text(PermissionError(errno.EACCES, os.strerror(errno.EACCES)), directory)
        )
    asked_at = utc_now()
    try:
        answer = refresh_answer(session, token)
    except client.AwsRefused as error:
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
    """Held by whoever changes the token's file, never while a person is asked.

    Raises LockTimeout and CacheUnusable.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked("token:" + session.token_path, _SECONDS_FOR_A_REFRESH))
        except LockTimeout as error:
            raise LockTimeout(f"The token of {session.label} is being refreshed: {error}.") from error
        except OSError as error:
            raise CacheUnusable(file_error_text(error)) from error
        yield
