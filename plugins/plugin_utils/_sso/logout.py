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
from ...module_utils._sso.token_cache import Token, utc_now
from .._aws import client
from .._credentials import cache
from .._display import debug
from .._errors import (
    LoginRequired,
    ServiceError,
    Unreachable,
)
from .refresh import live_token, refresh_lock
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
        for path in removed:
            _remove(path)
    shutil.rmtree(state_directory(session), ignore_errors=True)
    return Logout(session, removed, ended)


def preview_logout(session: SsoSession) -> Logout:
    """What log_out() would do. Raises WorkstationError."""
    return Logout(session, files_of(session), _active_token(session) is not None)


def files_of(session: SsoSession) -> tuple[str, ...]:
    """The token's file and those of the role credentials, as far as they exist. Raises WorkstationError.

    The registration is kept: it gives no access, and the next sign-in can use it.
    """
    token = [session.token_path] if os.path.lexists(session.token_path) else []
    return (*token, *cache.paths_for_session(session))


def _end_at_aws(session: SsoSession, warn: Warn) -> bool:
    if _active_token(session) is None:
        return False
    try:
        token = live_token(session, warn=lambda text: None)
        client.call(client.client("sso", session.region), "logout", accessToken=token.access_token)
    except LoginRequired:
        return False
    except (ServiceError, Unreachable) as error:
        if isinstance(error, client.AwsRefused) and error.status == 401:
            return False
        warn(
            f"The session {session.label} could not be ended at AWS. It continues there until it expires or"
            f" is ended in the AWS access portal ({session.start_url}). {error}"
        )
        return False
    return True


def _active_token(session: SsoSession) -> Token | None:
    """The token if it is valid or can be refreshed: an expired one needs no logout."""
    token = cached_token_or_none(session)
    if token is None or token.seconds_left(utc_now()) > 0 or token.refreshable(utc_now()):
        return token
    return None


def _remove(path: str) -> None:
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
    except OSError as error:
        raise CacheUnusable(file_error_text(error, path)) from error
