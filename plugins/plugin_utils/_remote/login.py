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
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import Document, Token, utc_now
from ...module_utils._text import format_time
from .._aws import client
from .._display import debug
from .._errors import LoginRequired
from .._login import device_code
from .._login.access import LoginResult
from .._login.errors import translated_errors
from .._login.login import CACHE, DEVICE, REFRESH, LoginOptions
from .._login.prompt import LoginUser
from .._login.registration import register
from .._login.start_url import at_portal
from .._sso.access import Access, fetch_access
from .._sso.portal import OneToken, Portal
from .._sso.tokens import token_document, token_from_document
from .answer import HostState
from .token_cache import HostCache
from .tokens import HostTokens


class NewToken(t.NamedTuple):
    """A token, and the files for the host's cache by name, the token's last."""

    token: Token
    files: dict[str, Document]


class HostSession:
    """The session of one user of a host."""

    def __init__(self, state: HostState, cache: HostCache, user: LoginUser) -> None:
        self._state = state
        self._session = state.session
        self._cache = cache
        self._user = user

    def ensure_login(self, wanted: LoginOptions, with_access: bool) -> LoginResult:
        """Ensure a token that is valid for *wanted.min_ttl* seconds, or that its AWS CLI can refresh.

        Raises ServiceError, Unreachable and WorkstationError.
        """
        debug(
            f"{self._user.host}: the token of {self._session.label} on the host is valid for"
            f" {self._state.seconds_left} seconds, {'' if self._state.refreshable else 'not '}refreshable"
        )
        if self._is_signed_in(wanted):
            if not with_access:
                return LoginResult(CACHE, self._state.expires_at)
            try:
                return self._access_of_stored_token()
            except LoginRequired as error:
                self._user.warn(str(error))
        if not self._state.writable:
            raise WorkstationError(
                f"The user of the host cannot write to {self._state.directory}, where the token is stored."
                f" {OWNER_HINT}"
            )
        new = sign_in_for_host(self._session, self._user, wanted.timeout)
        self._cache.store(new.files)
        access = self._list(OneToken(self._session, new.token)) if with_access else None
        return LoginResult(DEVICE, format_time(new.token.expires_at), access)

    def preview(self, wanted: LoginOptions, with_access: bool) -> LoginResult:
        """What ensure_login() would do; the list is empty where a token would have to be obtained first."""
        if not self._is_signed_in(wanted):
            return LoginResult(DEVICE, self._state.expires_at, [] if with_access else None)
        if not with_access:
            return LoginResult(CACHE, self._state.expires_at)
        token = self._cache.read(self._session).token
        if token is not None and token.seconds_left(utc_now()) > 0:
            try:
                return LoginResult(CACHE, self._state.expires_at, self._list(OneToken(self._session, token)))
            except LoginRequired:
                pass
        refreshable = token is not None and token.refreshable(utc_now())
        return LoginResult(REFRESH if refreshable else DEVICE, self._state.expires_at, [])

    def _is_signed_in(self, wanted: LoginOptions) -> bool:
        return self._state.is_valid_for(wanted.min_ttl) and not wanted.force

    def _access_of_stored_token(self) -> LoginResult:
        tokens = HostTokens(self._session, self._cache)
        access = self._list(tokens)
        return LoginResult(REFRESH if tokens.renewed else CACHE, format_time(tokens.expires_at), access)

    def _list(self, tokens: OneToken | HostTokens) -> list[Access]:
        return fetch_access(self._session, Portal(self._session, tokens=tokens), host=self._user.host)


def sign_in_for_host(session: SsoSession, user: LoginUser, timeout: float) -> NewToken:
    """Prompt *user* with a device code. Raises ServiceError, Unreachable and WorkstationError."""
    oidc = client.session_client("sso-oidc", at_portal(session))
    with translated_errors(session):
        registration = register(session, oidc, authorization_code=False)
        answer = device_code.sign_in(session, oidc, registration, user, timeout)
    now = utc_now()
    document = token_document(session, answer, now, registration.token_fields())
    files = {
        os.path.basename(session.registration_path): registration.document,
        os.path.basename(session.token_path): document,
    }
    return NewToken(token_from_document(document), files)
