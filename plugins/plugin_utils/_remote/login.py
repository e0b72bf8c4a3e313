# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in for a managed host that has no browser: its token is obtained here and stored only there.

PRIVATE to the collection. Token and registration stay in memory on this side.
"""

from __future__ import annotations

import os
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._files.errors import OWNER_HINT
from ...module_utils._host.clock import HOW_TO_SET_THE_CLOCK_ELSEWHERE
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import Document, Token, time_or_none, utc_now
from ...module_utils._text import format_time
from .._aws import client
from .._display import debug
from .._errors import LoginRequired
from .._login import device_code
from .._login.access import LoginResult
from .._login.errors import translated_errors, warn_about_scopes
from .._login.lifetime import TokenLifetime
from .._login.login import (
    CACHE,
    DEVICE,
    REFRESH,
    SECONDS_OF_SKEW_THAT_AWS_ACCEPTS,
    LoginOptions,
    require_interactive,
)
from .._login.prompt import LoginUser, duration
from .._login.registration import register
from .._login.start_url import at_portal
from .._sso.access import Access, fetch_access
from .._sso.logout import SessionTokens, end_sessions
from .._sso.portal import OneToken, Portal
from .._sso.tokens import token_document, token_from_document
from .answer import HostState
from .token_cache import HostCache
from .tokens import HostTokens, as_expired, host_login_required


class NewToken(t.NamedTuple):
    """A token, and the files for the host's cache by name, the token's last."""

    token: Token
    files: dict[str, Document]


class HostSession:
    """The session of one user of a host; *how_to_sign_in* is a sentence with the command for it."""

    def __init__(self, state: HostState, cache: HostCache, user: LoginUser, how_to_sign_in: str = "") -> None:
        self._state = state
        self._session = state.session
        self._cache = cache
        self._user = user
        self._how_to_sign_in = how_to_sign_in
        self._lifetime = TokenLifetime(state.session, user.warn, user.host)

    def ensure_login(self, wanted: LoginOptions, with_access: bool) -> LoginResult:
        """Ensure a token that is valid for *wanted.min_ttl* seconds, or as long as AWS issues them.

        Raises LoginRequired where no user may be asked, ServiceError, Unreachable and WorkstationError.
        """
        debug(
            f"{self._user.host}: the token of {self._session.label} on the host is valid for"
            f" {self._state.seconds_left} seconds, {'' if self._state.refreshable else 'not '}refreshable"
        )
        self._warn_about_clock()
        if not wanted.force:
            try:
                return self._without_sign_in(wanted, with_access)
            except LoginRequired as error:
                self._require_interactive(wanted, error)
                (self._user.warn if self._state.refreshable else debug)(str(error))
        if not self._state.writable:
            raise WorkstationError(
                f"The user of the host cannot write to {self._state.directory}, where the token is stored."
                f" {OWNER_HINT}"
            )
        if wanted.force:
            self._end_old_session()
        new = sign_in_for_host(self._session, self._user, wanted.timeout)
        self._cache.store(new.files)
        self._lifetime.issued(new.token, wanted.min_ttl, by_sign_in=True)
        access = self._list(OneToken(self._session, new.token)) if with_access else None
        return LoginResult(DEVICE, format_time(new.token.expires_at), access)

    def preview(self, wanted: LoginOptions, with_access: bool) -> LoginResult:
        """What ensure_login() would do; the list is empty where a token would have to be obtained first.

        Raises as ensure_login() does.
        """
        method = self._preview(wanted)
        if method == DEVICE or not with_access or self._state.seconds_left <= 0:
            return LoginResult(method, self._state.expires_at, [] if with_access else None)
        token, error = self._cache.read(self._session).token, self._no_token()
        if token is not None and token.seconds_left(utc_now()) > 0:
            try:
                return LoginResult(method, self._state.expires_at, self._list(OneToken(self._session, token)))
            except LoginRequired as rejection:
                error = rejection
        if token is not None and token.refreshable(utc_now()):
            return LoginResult(REFRESH, self._state.expires_at, [])
        self._require_interactive(wanted, error)
        return LoginResult(DEVICE, self._state.expires_at, [])

    def _preview(self, wanted: LoginOptions) -> str:
        if not wanted.force and self._state.is_valid_for(self._required_ttl(wanted)):
            return CACHE
        if not wanted.force and self._state.refreshable:
            return REFRESH
        self._require_interactive(wanted, self._no_token())
        return DEVICE

    def _without_sign_in(self, wanted: LoginOptions, with_access: bool) -> LoginResult:
        min_ttl, state = self._required_ttl(wanted), self._state
        if state.is_valid_for(min_ttl):
            self._lifetime.used(state.seconds_left, wanted.min_ttl, state.refreshable)
            if not with_access:
                return LoginResult(CACHE, state.expires_at)
        elif not state.refreshable:
            raise self._no_token()
        tokens = HostTokens(self._session, self._cache, self._user.warn)
        token = tokens.obtain(min_ttl)
        access = self._list(tokens) if with_access else None
        token = tokens.latest or token
        if tokens.renewed:
            self._lifetime.issued(token, wanted.min_ttl)
        return LoginResult(REFRESH if tokens.renewed else CACHE, format_time(token.expires_at), access)

    def _required_ttl(self, wanted: LoginOptions) -> float:
        expires_at = time_or_none(self._state.expires_at)
        return self._lifetime.reachable(wanted.min_ttl, expires_at, self._state.refreshable)

    def _no_token(self) -> LoginRequired:
        state = self._state
        if state.expires_at is None:
            return host_login_required(self._session, "it has no token")
        verb = "expires" if state.seconds_left > 0 else "expired"
        reason = f"its token {verb} at {state.expires_at} and cannot be refreshed"
        return host_login_required(self._session, reason)

    def _require_interactive(self, wanted: LoginOptions, error: LoginRequired) -> None:
        require_interactive(wanted, error, command=self._how_to_sign_in)

    def _warn_about_clock(self) -> None:
        ahead = self._state.clock_ahead
        if abs(ahead) > SECONDS_OF_SKEW_THAT_AWS_ACCEPTS:
            relation = "ahead of" if ahead > 0 else "behind"
            self._user.warn(
                f"The clock of the host is {duration(abs(ahead))} {relation} that of this machine, so the AWS"
                " CLI there misjudges when its token expires. Correct the clock that is wrong:"
                f" {HOW_TO_SET_THE_CLOCK_ELSEWHERE}"
            )

    def _end_old_session(self) -> None:
        """End the session at AWS: a sign-in in a browser that is signed in inherits what it has left."""
        token = self._cache.read(self._session).token
        if token is None:
            return
        old = SessionTokens(self._session, [token], self._user.host)
        if any(end_sessions([old], self._user.warn)):
            debug(f"{self._user.host}: the old session was ended at AWS")
            self._cache.store({os.path.basename(self._session.token_path): as_expired(token)})

    def _list(self, tokens: OneToken | HostTokens) -> list[Access]:
        portal = Portal(self._session, tokens=tokens)
        return fetch_access(self._session, portal, host=self._user.host, warn=self._user.warn)


def sign_in_for_host(session: SsoSession, user: LoginUser, timeout: float) -> NewToken:
    """Prompt *user* with a device code. Raises ServiceError, Unreachable and WorkstationError."""
    warn_about_scopes(session, user.warn)
    oidc = client.session_client("sso-oidc", at_portal(session), seconds=timeout)
    with translated_errors(session):
        registration = register(session, oidc, authorization_code=False)
        grant = device_code.sign_in(session, oidc, registration, user, timeout)
    now = utc_now()
    document = token_document(session, grant.response, now, registration.token_fields())
    files = {
        os.path.basename(session.registration_path): registration.document,
        os.path.basename(session.token_path): document,
    }
    return NewToken(token_from_document(document), files)
