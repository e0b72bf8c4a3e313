# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ensure a valid token on the controller: from the cache, by a refresh, or else by one sign-in.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import (
    Registration,
    Token,
    utc_now,
)
from .._aws import client
from .._aws.errors import AwsRefused
from .._display import debug
from .._errors import LoginRequired
from .._sso.refresh import REFRESH_WINDOW, obtain_token, refresh_lock
from .._sso.tokens import DamagedToken, cached_token_or_none, store_token, token_document
from . import browser, device_code, pkce
from .errors import translated_errors
from .lock import exclusive_login
from .prompt import LoginUser, duration
from .registration import (
    forget_registration,
    get_registration,
)
from .start_url import at_portal

CACHE = "cache"
REFRESH = "refresh"
DEVICE = "device"
PKCE = "pkce"

_SECONDS_OF_SKEW_THAT_AWS_ACCEPTS = 300
"""Signature Version 4 allows five minutes; beyond that, AWS refuses signed requests."""


@dataclasses.dataclass(frozen=True)
class LoginOptions:
    """How to sign in: *method* DEVICE or PKCE, times in seconds, *redirect_port* 0 for a free one."""

    method: str
    timeout: float = 600
    min_ttl: float = 900
    force: bool = False
    redirect_port: int = 0


@dataclasses.dataclass(frozen=True)
class Login:
    """A token and how it was obtained: CACHE, REFRESH, DEVICE or PKCE."""

    token: Token
    method: str


def choose_method(session: SsoSession, method: str, open_browser: bool) -> str:
    """*method*, or for "auto" the one that can work here.

    PKCE is preferred because it binds the sign-in to this machine, but it requires a browser here. Sessions
    without a name use a device code, as in the AWS CLI.
    """
    if method != "auto":
        return method
    if session.name is None:
        reason = "the session has no name"
    elif not open_browser:
        reason = "open_browser is false"
    elif not browser.reaches_loopback():
        reason = "there is no browser that reaches 127.0.0.1 of this machine"
    else:
        debug(f"{session.label}: method=pkce, the browser of this machine can be opened")
        return PKCE
    debug(f"{session.label}: method=device, {reason}")
    return DEVICE


def ensure_login(session: SsoSession, wanted: LoginOptions, user: LoginUser) -> Login:
    """Ensure a token that is valid for *wanted.min_ttl* seconds more.

    Of all processes that need a session at once, one prompts the user; the others wait and use its token.

    Raises ServiceError, Unreachable and WorkstationError.
    """
    before = cached_token_or_none(session)
    if not wanted.force:
        login = _login_without_prompt(session, wanted, user)
        if login is not None:
            return login
    with exclusive_login(session, user, wanted.timeout):
        now = cached_token_or_none(session)
        if now is not None and now.seconds_left(utc_now()) > 0 and not _is_same(now, before):
            debug(f"{session.label}: using the token that another process has just stored")
            return Login(now, CACHE)
        return _sign_in(session, wanted, user)


def preview_login(session: SsoSession, wanted: LoginOptions) -> str:
    """The method that ensure_login() would use, according to the cache alone; changes nothing."""
    token = None if wanted.force else cached_token_or_none(session)
    if token is None:
        return wanted.method
    left = token.seconds_left(utc_now())
    if left > max(wanted.min_ttl, REFRESH_WINDOW):
        return CACHE
    if token.refreshable(utc_now()):
        return REFRESH
    return CACHE if left > wanted.min_ttl else wanted.method


def _login_without_prompt(session: SsoSession, wanted: LoginOptions, user: LoginUser) -> Login | None:
    try:
        token, renewed = obtain_token(session, wanted.min_ttl, user.warn)
    except DamagedToken as error:
        user.warn(f"{error} It will be replaced.")
        return None
    except LoginRequired as error:
        debug(f"{session.label}: {error}")
        return None
    return Login(token, REFRESH if renewed else CACHE)


def _sign_in(session: SsoSession, wanted: LoginOptions, user: LoginUser) -> Login:
    with translated_errors(session):
        token = _token_by_sign_in(session, wanted, user)
    left = duration(token.seconds_left(utc_now()))
    user.show(f"Signed in to {session.label}. The token expires in {left}.")
    return Login(token, wanted.method)


def _token_by_sign_in(session: SsoSession, wanted: LoginOptions, user: LoginUser) -> Token:
    oidc = client.session_client("sso-oidc", at_portal(session))
    registration = get_registration(session, oidc, wanted.method == PKCE, user.warn)
    try:
        return _sign_in_as(registration, session, oidc, wanted, user)
    except AwsRefused as error:
        if error.code != "InvalidClient":
            raise
        user.warn("AWS no longer knows the registered client. It is registered again.")
        forget_registration(session)
        registration = get_registration(session, oidc, wanted.method == PKCE, user.warn)
        return _sign_in_as(registration, session, oidc, wanted, user)


def _sign_in_as(
    registration: Registration, session: SsoSession, oidc: t.Any, wanted: LoginOptions, user: LoginUser
) -> Token:
    if wanted.method == PKCE:
        answer = pkce.sign_in(session, oidc, registration, user, wanted.timeout, wanted.redirect_port)
    else:
        answer = device_code.sign_in(session, oidc, registration, user, wanted.timeout)
    _warn_about_clock(client.clock_skew(oidc), user)
    document = token_document(session, answer, utc_now(), registration.token_fields())
    with refresh_lock(session):
        return store_token(session, document)


def _warn_about_clock(skew: float, user: LoginUser) -> None:
    if abs(skew) > _SECONDS_OF_SKEW_THAT_AWS_ACCEPTS:
        user.warn(
            f"The clock of this machine is {duration(abs(skew))} {'ahead of' if skew > 0 else 'behind'}"
            " AWS's. Beyond five minutes, AWS refuses signed requests. Correct the clock; on WSL2:"
            " sudo hwclock -s"
        )


def _is_same(one: Token | None, other: Token | None) -> bool:
    return (one and one.access_token) == (other and other.access_token)
