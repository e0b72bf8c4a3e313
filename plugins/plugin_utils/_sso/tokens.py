# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SSO access token of a session in the AWS CLI's token cache: read, written and removed.

PRIVATE to the collection. _sso/refresh.py decides when a token is refreshed.
"""

from __future__ import annotations

import datetime
import os
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._files.atomic import Reserved
from ...module_utils._files.errors import file_error_text
from ...module_utils._sso.session import DEFAULT_SCOPES, SsoSession
from ...module_utils._sso.token_cache import (
    DamagedCacheFile,
    Document,
    Token,
    parse_time,
    read_token,
    write_document,
)
from ...module_utils._text import format_time, printable
from .._errors import LoginRequired, not_from_aws
from .sign_in_command import how_to_sign_in

_LONGEST_LIFETIME = 366 * 86400
"""Seconds; the longest session duration that IAM Identity Center allows is 90 days."""


class CacheUnusable(WorkstationError):
    """The cache of the AWS CLI cannot be read or written; the message says how to fix it."""


class DamagedToken(LoginRequired):
    """The token's file holds no token, or one of another portal or region; a sign-in replaces it."""


def remove_token(session: SsoSession) -> None:
    """Remove the token's file, so that no tool uses a token that AWS rejects before its expiry."""
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


def missing_token(session: SsoSession) -> LoginRequired:
    """The error for a session of which cached_token() returns None."""
    try:
        token = read_token(session.token_path)
    except (DamagedCacheFile, OSError):
        token = None
    if token is None or session.owns(token):
        return LoginRequired(login_required_text(session, "it has no token"))
    owner = str(token.document.get("startUrl") or session.start_url)
    if token.document.get("region"):
        owner += f" in {token.document['region']}"
    reason = (
        f"the token in {session.token_path} belongs to {printable(owner)}, and the session is"
        f" {session.start_url} in {session.region}"
    )
    return DamagedToken(login_required_text(session, reason))


def cached_token_or_none(session: SsoSession) -> Token | None:
    """As cached_token(), for those who replace a damaged file anyway. Raises WorkstationError."""
    try:
        return cached_token(session)
    except LoginRequired:
        return None


def store_token(session: SsoSession, document: Document, reserved: Reserved | None = None) -> Token:
    """Write the token's file; call it with refresh_lock() held. Raises CacheUnusable.

    *reserved* is the room that was taken for it.
    """
    try:
        write_document(session.token_path, document, reserved)
        token = read_token(session.token_path)
    except (OSError, DamagedCacheFile) as error:
        raise CacheUnusable(file_error_text(error, session.token_path)) from error
    if token is None:
        raise CacheUnusable(f"{session.token_path} was removed by another process while it was written.")
    return token


def token_document(
    session: SsoSession,
    answer: t.Mapping[str, t.Any],
    asked_at: datetime.datetime,
    registration: t.Mapping[str, str],
) -> dict[str, t.Any]:
    """The fields of a token file for the response *answer* of CreateToken, in the order of the AWS CLI.

    Raises Unreachable for a lifetime that no token of AWS has.
    """
    lifetime = answer["expiresIn"]
    if not 0 < lifetime <= _LONGEST_LIFETIME:
        raise not_from_aws(f"The token for {session.label} has a lifetime of {lifetime} seconds")
    document = {
        "startUrl": session.start_url,
        "region": session.region,
        "accessToken": answer["accessToken"],
        "expiresAt": format_time(asked_at + datetime.timedelta(seconds=lifetime)),
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


def missing_scope_text(session: SsoSession) -> str:
    """What is wrong with registration scopes that give no access to accounts; empty where nothing is."""
    scopes = session.registration_scopes
    (needed,) = DEFAULT_SCOPES
    if not scopes or needed in scopes:
        return ""
    return (
        f"The registration scopes of {session.label} ({', '.join(scopes)}) do not include {needed}, so its"
        " tokens give no access to accounts and roles. Add it to sso_registration_scopes of the session, or"
        " to registration_scopes of the task, and sign in again with `force: true`."
    )
