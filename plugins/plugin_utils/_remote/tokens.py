# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token of a host for calls that the controller makes in the name of its user.

PRIVATE to the collection.
"""

from __future__ import annotations

import os

from ...module_utils._errors import WorkstationError
from ...module_utils._files.errors import OWNER_HINT
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import Token, utc_now
from .._aws.errors import AwsRefused
from .._display import debug
from .._errors import LoginRequired
from .._parent import completes_first
from .._sso.refresh import refresh_answer
from .._sso.tokens import token_document, token_from_document
from .token_cache import HostCache, HostToken

_SECONDS_FOR_CALLS = 60
"""The longest that a call is retried; see PATIENCE in _aws/paced_client.py."""


class HostTokens:
    """A TokenSource: refreshes an expired token, as the AWS CLI on the host would, and stores it there.

    *renewed* says whether the host got another token, *expires_at* when its latest one expires.
    """

    def __init__(self, session: SsoSession, cache: HostCache) -> None:
        self._session = session
        self._cache = cache
        self.renewed = False
        self.expires_at = utc_now()

    def current(self) -> Token:
        found = self._cache.read(self._session)
        if found.token is None or found.token.seconds_left(utc_now()) <= _SECONDS_FOR_CALLS:
            return self._refreshed(found)
        return self._used(found.token)

    def replacement(self, rejected: Token) -> Token:
        found = self._cache.read(self._session)
        if found.token is None or found.token.access_token == rejected.access_token:
            return self._refreshed(found)
        return self._used(found.token)

    def login_required(self, reason: str) -> LoginRequired:
        return LoginRequired(f"The session {self._session.label} needs a new sign-in for the host: {reason}.")

    @completes_first()
    def _refreshed(self, found: HostToken) -> Token:
        token, asked_at = found.token, utc_now()
        if token is None or not token.refreshable(asked_at):
            raise self.login_required("the host has no token that can be used or refreshed")
        if not found.writable:
            # the refresh token may work only once, and the new one would be lost
            raise WorkstationError(
                "The token on the host must be refreshed, but its user cannot write to ~/.aws/sso/cache."
                f" {OWNER_HINT}"
            )
        debug(f"{self._session.label}: refreshing the token of the host")
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
        token = self._cache.read(self._session).token
        if token is not None and token.access_token != refused.access_token:
            return self._used(token)
        raise self.login_required(f"the refresh of the token on the host was refused ({error})") from error

    def _used(self, token: Token, renewed: bool = False) -> Token:
        self.renewed = self.renewed or renewed
        self.expires_at = token.expires_at
        return token
