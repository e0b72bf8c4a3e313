# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sign-in on the controller, together with the accounts and roles of whoever signed in.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import utc_now
from .._errors import LoginRequired
from .._sso.access import Access, list_access
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
)
from .prompt import LoginUser

_SECONDS_FOR_WHICH_A_LIST_SERVES_ALL_HOSTS = 60


class LoginWithAccess(t.NamedTuple):
    """A login, and the accounts and roles of the user who signed in."""

    login: Login
    access: list[Access]


def login_with_access(session: SsoSession, wanted: LoginOptions, user: LoginUser) -> LoginWithAccess:
    """As ensure_login(). A token that AWS rejects is replaced, if necessary by another sign-in.

    Raises LoginRequired, ServiceError, Unreachable and WorkstationError.
    """
    login = ensure_login(session, wanted, user)
    try:
        access = _access(session, user)
    except LoginRequired:
        if login.method in (DEVICE, PKCE):
            raise
        login = ensure_login(session, wanted, user)
        return LoginWithAccess(login, _access(session, user))
    return LoginWithAccess(_with_later_refresh(session, login), access)


def preview_login_with_access(session: SsoSession, wanted: LoginOptions) -> tuple[str, list[Access]]:
    """As preview_login(); the list is empty where a token would have to be obtained first."""
    method = preview_login(session, wanted)
    token = cached_token_or_none(session)
    if method in (DEVICE, PKCE) or token is None or token.seconds_left(utc_now()) <= 0:
        return method, []
    try:
        ttl = _SECONDS_FOR_WHICH_A_LIST_SERVES_ALL_HOSTS
        return method, list_access(session, cache_ttl=ttl, tokens=OneToken(session, token))
    except LoginRequired:
        return REFRESH if token.refreshable(utc_now()) else wanted.method, []


def _access(session: SsoSession, user: LoginUser) -> list[Access]:
    return list_access(session, cache_ttl=_SECONDS_FOR_WHICH_A_LIST_SERVES_ALL_HOSTS, warn=user.warn)


def _with_later_refresh(session: SsoSession, login: Login) -> Login:
    """*login*, or the refresh that the list made necessary because AWS rejected the token."""
    token = cached_token_or_none(session)
    if login.method == CACHE and token is not None and token.access_token != login.token.access_token:
        return Login(token, REFRESH)
    return login
