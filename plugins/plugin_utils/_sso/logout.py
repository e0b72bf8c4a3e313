# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""End a session at AWS, and remove what is cached for it and nothing else.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import typing as t

from ...module_utils._files.errors import file_error_text
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import DamagedCacheFile, Token, read_token, utc_now
from .._aws import client
from .._aws.errors import AwsRefused
from .._credentials import cache
from .._display import debug
from .._errors import (
    LoginRequired,
    ServiceError,
    Unreachable,
)
from .leftovers import existing_copies, is_own_file
from .refresh import live_token, refresh_answer, refresh_lock
from .state import state_directory
from .tokens import CacheUnusable, cached_token_or_none

Warn = t.Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Logout:
    """What a logout did, or would do: *removed* are paths, *ended* is whether AWS ended the session."""

    session: SsoSession
    removed: tuple[str, ...]
    ended: bool


def log_out(session: SsoSession, warn: Warn) -> Logout:
    """End *session* and remove its files; without a network, a warning is shown. Raises WorkstationError."""
    ended = _end_at_aws(session, warn)
    with refresh_lock(session):
        removed = files_of(session)
        debug(f"{session.label}: {'ended' if ended else 'not ended'} at AWS, removing {len(removed)} files")
        errors = [error for error in map(_remove, removed) if error is not None]
    if errors:
        raise errors[0]  # the records, which are kept, find the remaining files again
    shutil.rmtree(state_directory(session), ignore_errors=True)
    return Logout(session, removed, ended)


def preview_logout(session: SsoSession) -> Logout:
    """What log_out() would do. Raises WorkstationError."""
    return Logout(session, files_of(session), bool(_active_tokens(session)))


def files_of(session: SsoSession) -> tuple[str, ...]:
    """The existing files of the token and of role credentials, with all copies. Raises WorkstationError.

    The registration is kept: it gives no access, and the next sign-in can use it.
    """
    return (*existing_copies([session.token_path]), *cache.paths_for_session(session))


def _end_at_aws(session: SsoSession, warn: Warn) -> bool:
    tokens = _active_tokens(session)
    if not tokens:
        return False
    try:
        outcomes = [_end(session, access_token) for access_token in _current_tokens(session, tokens)]
    except (ServiceError, Unreachable) as error:
        warn(
            f"The session {session.label} could not be ended at AWS. It continues there until it expires or"
            f" is ended in the AWS access portal ({session.start_url}). {error}"
        )
        return False
    return any(outcomes)


def _end(session: SsoSession, access_token: str) -> bool:
    """Whether AWS ended the session of *access_token*; False if it had expired or been ended before."""
    try:
        client.call(client.session_client("sso", session), "logout", accessToken=access_token)
    except AwsRefused as error:
        if error.status != 401:
            raise
        return False
    return True


def _current_tokens(session: SsoSession, tokens: t.Iterable[Token]) -> t.Iterator[str]:
    """The access tokens of *tokens*, refreshed where necessary: AWS ends a session only by a valid one."""
    cached = cached_token_or_none(session)
    for token in tokens:
        with contextlib.suppress(LoginRequired):
            if cached is not None and token.access_token == cached.access_token:
                yield live_token(session, warn=lambda text: None).access_token
            elif token.seconds_left(utc_now()) > 0:
                yield token.access_token
            else:
                yield _refreshed(session, token)


def _refreshed(session: SsoSession, token: Token) -> str:
    try:
        return str(refresh_answer(session, token)["accessToken"])
    except AwsRefused as error:
        if error.passing:
            raise
        raise LoginRequired(str(error)) from error


def _active_tokens(session: SsoSession) -> list[Token]:
    """The tokens that are valid or can be refreshed, those in temporary files of killed writers included."""
    copies = [path for path in existing_copies([session.token_path]) if path != session.token_path]
    found = [cached_token_or_none(session), *(_token_in(path) for path in copies if is_own_file(path))]
    now = utc_now()
    active = {
        token.access_token: token
        for token in found
        if token and session.owns(token) and (token.seconds_left(now) > 0 or token.refreshable(now))
    }
    return [*active.values()]


def _token_in(path: str) -> Token | None:
    try:
        return read_token(path)
    except (DamagedCacheFile, OSError):
        return None


def _remove(path: str) -> CacheUnusable | None:
    """Remove the file at *path*; the error is returned, so that the other files are removed as well."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        return CacheUnusable(file_error_text(error, path))
    return None
