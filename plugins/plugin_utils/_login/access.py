# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sign-in on the controller, together with the accounts and roles of the user.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import utc_now
from ...module_utils._sso.token_status import format_time_or_none
from ...module_utils._text import format_time
from .._display import display
from .._errors import LoginRequired
from .._sso.access import SKIP, Access, list_access
from .._sso.portal import OneToken
from .._sso.tokens import cached_token_or_none
from .login import (
    CACHE,
    DEVICE,
    PKCE,
    REFRESH,
    Login,
    LoginOptions,
    ensure_login,
    preview_login,
    require_interactive,
)
from .prompt import LoginUser

_SECONDS_TO_REUSE_A_LIST = 60
"""A play over many hosts signs in for each within this time, and then needs the list only once."""


class LoginResult(t.NamedTuple):
    """How a token was or would be obtained, when it expires, and, if requested, the access of its user."""

    method: str
    expires_at: str | None
    access: list[Access] | None = None


class LoginWithAccess(t.NamedTuple):
    """A login, and the accounts and roles of the user who signed in."""

    login: Login
    access: list[Access]


def log_in(session: SsoSession, wanted: LoginOptions, user: LoginUser, with_access: bool) -> LoginResult:
    """As ensure_login(). Raises LoginRequired, ServiceError, Unreachable and WorkstationError."""
    if with_access:
        login, access = login_with_access(session, wanted, user)
        return LoginResult(login.method, format_time(login.token.expires_at), access)
    login = ensure_login(session, wanted, user)
    return LoginResult(login.method, format_time(login.token.expires_at))


def preview(session: SsoSession, wanted: LoginOptions, with_access: bool) -> LoginResult:
    """What log_in() would do; the list is empty where a token would have to be obtained first."""
    token = cached_token_or_none(session)
    expires_at = format_time_or_none(token.expires_at if token else None)
    if with_access:
        method, access = preview_login_with_access(session, wanted)
        return LoginResult(method, expires_at, access)
    return LoginResult(preview_login(session, wanted), expires_at)


def login_with_access(session: SsoSession, wanted: LoginOptions, user: LoginUser) -> LoginWithAccess:
    """As ensure_login(). A token that AWS rejects is replaced, if necessary by another sign-in.

    Raises LoginRequired, ServiceError, Unreachable and WorkstationError.
    """
    for _attempt in range(2):  # by the cached token, then by that of a sign-in or of another process
        login = ensure_login(session, wanted, user)
        try:
            access = _access(session, user)
        except LoginRequired as error:
            if login.method in (DEVICE, PKCE):
                raise
            require_interactive(wanted, error)
        else:
            return LoginWithAccess(_with_later_refresh(session, login), access)
    login = ensure_login(session, dataclasses.replace(wanted, force=True), user)
    return LoginWithAccess(login, _access(session, user))


def preview_login_with_access(session: SsoSession, wanted: LoginOptions) -> tuple[str, list[Access]]:
    """As preview_login(); the list is empty where a token would have to be obtained first."""
    method = preview_login(session, wanted)
    token = cached_token_or_none(session)
    if method in (DEVICE, PKCE) or token is None or token.seconds_left(utc_now()) <= 0:
        return method, []
    try:
        ttl = _SECONDS_TO_REUSE_A_LIST
        return method, list_access(
            session, cache_ttl=ttl, warn=display.warning, tokens=OneToken(session, token), unavailable=SKIP
        )
    except LoginRequired as error:
        if token.refreshable(utc_now()):
            return REFRESH, []
        require_interactive(wanted, error)
        return wanted.chosen_method(), []


def _access(session: SsoSession, user: LoginUser) -> list[Access]:
    """The list of *user*, whose sign-in must not fail because an account is suspended."""
    return list_access(session, cache_ttl=_SECONDS_TO_REUSE_A_LIST, warn=user.warn, unavailable=SKIP)


def _with_later_refresh(session: SsoSession, login: Login) -> Login:
    """*login*, or the refresh that the list made necessary because AWS rejected the token."""
    token = cached_token_or_none(session)
    if login.method == CACHE and token is not None and token.access_token != login.token.access_token:
        return Login(token, REFRESH)
    return login
