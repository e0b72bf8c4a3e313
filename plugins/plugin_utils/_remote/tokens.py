# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token of a host for calls that the controller makes in the name of its user.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._files.errors import OWNER_HINT
from ...module_utils._files.lock import LockTimeout, locked
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import Token, utc_now
from ...module_utils._text import format_time
from .._aws.errors import AwsRefused
from .._display import debug
from .._errors import LoginRequired
from .._processes.parent import completes_first
from .._sso.refresh import refresh_answer
from .._sso.tokens import token_document, token_from_document
from .token_cache import HostCache, HostToken

_SECONDS_FOR_CALLS = 60
"""The longest that a call is retried; see PATIENCE in _aws/paced_client.py."""
_SECONDS_FOR_A_REFRESH = 120
"""More than two attempts take with their timeouts, and than it takes to store the token on a slow host."""
_WAITS_FOR_ANOTHER_TOOL = (0, 0.5, 0.5)
"""Seconds before the token of the host is read again; the AWS CLI writes it at once after its response."""


class HostTokens:
    """A TokenSource: refreshes an expired token, as the AWS CLI on the host would, and stores it there.

    *renewed* says whether the host got another token, *latest* is the one that was used last.
    """

    def __init__(
        self, session: SsoSession, cache: HostCache, warn: t.Callable[[str], None] = lambda text: None
    ) -> None:
        self._session = session
        self._cache = cache
        self._warn = warn
        self.renewed = False
        self.latest: Token | None = None

    def obtain(self, min_ttl: float) -> Token:
        """A token that is valid for *min_ttl* seconds more, refreshed if necessary.

        A new token is accepted as it is. Where there is none now, because AWS cannot be reached or the cache
        cannot be written, the old one is used until it expires, and a warning is shown.

        Raises LoginRequired, ServiceError, Unreachable and WorkstationError.
        """
        found = self._cache.read(self._session)
        token = found.token
        left = 0.0 if token is None else token.seconds_left(utc_now())
        if token is not None and left > min_ttl:
            return self._used(token)
        try:
            return self._refreshed(found)
        except LoginRequired:
            raise
        except WorkstationError as error:
            if token is None or left <= 0:
                raise
            self._warn(
                f"The token of {self._session.label} on the host could not be refreshed and is used as it is:"
                f" {error}"
            )
            return self._used(token)

    def current(self) -> Token:
        if self.latest is not None and self.latest.seconds_left(utc_now()) > _SECONDS_FOR_CALLS:
            return self.latest
        return self.obtain(_SECONDS_FOR_CALLS)

    def replacement(self, rejected: Token) -> Token:
        found = self._cache.read(self._session)
        if found.token is None or found.token.access_token == rejected.access_token:
            return self._refreshed(found)
        return self._used(found.token)

    def login_required(self, reason: str) -> LoginRequired:
        return host_login_required(self._session, reason)

    @completes_first()
    def _refreshed(self, found: HostToken) -> Token:
        token = found.token
        if token is None:
            raise self.login_required("the host has no token that can be used")
        if not token.refreshable(utc_now()):
            raise self.login_required(f"{expiry_of(token)} and cannot be refreshed")
        with contextlib.ExitStack() as stack:
            subject = "host-token:" + hashlib.sha256(token.document["refreshToken"].encode()).hexdigest()
            try:
                stack.enter_context(locked(subject, 0))
            except LockTimeout:
                stack.enter_context(locked(subject, _SECONDS_FOR_A_REFRESH))
                found = self._cache.read(self._session)
            if found.token is not None and found.token.access_token != token.access_token:
                return self._used(found.token)
            return self._renew(found, token)

    def _renew(self, found: HostToken, token: Token) -> Token:
        """Ask AWS for a new token, while no other process here does so for a host with the same files."""
        if not found.writable:
            # the refresh token may work only once, and the new one would be lost
            raise WorkstationError(
                "The token on the host must be refreshed, but its user cannot write to ~/.aws/sso/cache."
                f" {OWNER_HINT}"
            )
        debug(f"{self._session.label}: refreshing the token of the host")
        asked_at = utc_now()
        try:
            answer = refresh_answer(self._session, token)
        except AwsRefused as error:
            if error.passing:
                raise
            return self._token_of_the_cli(token, error)
        document = {**token.document, **token_document(self._session, answer, asked_at, {})}
        name = os.path.basename(self._session.token_path)
        stored = self._cache.store({name: document}, replaces=found.digest)
        return self._used(token_from_document(document), renewed=stored)

    def _token_of_the_cli(self, refused: Token, error: AwsRefused) -> Token:
        """A refresh token may work only once: the AWS CLI on the host may have been first."""
        for wait in _WAITS_FOR_ANOTHER_TOOL:
            time.sleep(wait)
            token = self._cache.read(self._session).token
            if token is not None and token.access_token != refused.access_token:
                return self._used(token)
        reason = f"{expiry_of(refused)}, and the refresh of the token on the host was refused ({error})"
        raise self.login_required(reason) from error

    def _used(self, token: Token, renewed: bool = False) -> Token:
        self.renewed = self.renewed or renewed
        self.latest = token
        return token


def host_login_required(session: SsoSession, reason: str) -> LoginRequired:
    return LoginRequired(f"The session {session.label} needs a new sign-in for the host: {reason}.")


def as_expired(token: Token) -> dict[str, t.Any]:
    """The file of *token* as one that can neither be used nor refreshed."""
    document = {name: value for name, value in token.document.items() if name != "refreshToken"}
    return {**document, "expiresAt": format_time(utc_now())}


def expiry_of(token: Token) -> str:
    """When *token* expires or expired, as the beginning of a sentence."""
    verb = "expires" if token.seconds_left(utc_now()) > 0 else "expired"
    return f"its token {verb} at {format_time(token.expires_at)}"
