# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The portal of IAM Identity Center: accounts, roles and role credentials for the bearer of an SSO token.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import threading
import time
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import Token
from ...module_utils._text import shortened_list, utc_time
from .._aws import client
from .._aws.errors import AwsRefused
from .._aws.paced_client import (
    PATIENCE,
    PacedClient,
    pages,
)
from .._cached_credentials import RoleCredentials
from .._credentials.validity import require_valid
from .._errors import (
    LoginRequired,
    RoleRefused,
    ServiceError,
    not_from_aws,
)
from . import names
from . import refresh as sso_refresh
from . import tokens as sso_tokens

PAGE_SIZE = 100
"""The most that AWS returns at once; it refuses a request for more."""

_MOST_ROLES_TO_NAME = 20
_USUAL_ANSWER = "Forbidden: No access"
"""What AWS answers to a request for a role that is not assigned."""


@dataclasses.dataclass(frozen=True)
class Account:
    """An account that the user can reach; *name* and *email* are empty if AWS does not return them.

    *organization* are the keys organizational_unit and tags of its entries, if they are listed.
    """

    account_id: str
    name: str
    email: str
    organization: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)


class TokenSource(t.Protocol):
    """The access token of a portal's user. The methods raise LoginRequired and WorkstationError."""

    def current(self) -> Token:
        """A token that has not expired."""

    def replacement(self, rejected: Token) -> Token:
        """Another token than *rejected*, which AWS answered with 401."""

    def login_required(self, reason: str) -> LoginRequired:
        """The error that says where to sign in, and why."""


class CachedTokens:
    """The tokens in the cache of this machine, refreshed where necessary."""

    def __init__(self, session: SsoSession, warn: t.Callable[[str], None] = lambda text: None) -> None:
        self._session = session
        self._warn = warn

    def current(self) -> Token:
        return sso_refresh.live_token(self._session, warn=self._warn)

    def replacement(self, rejected: Token) -> Token:
        return sso_refresh.replace_rejected_token(self._session, rejected)

    def login_required(self, reason: str) -> LoginRequired:
        return LoginRequired(sso_tokens.login_required_text(self._session, reason))


class OneToken:
    """A single token of *session* that is never replaced, so that nothing changes on disk."""

    def __init__(self, session: SsoSession, token: Token) -> None:
        self._session = session
        self._token = token

    def current(self) -> Token:
        return self._token

    def replacement(self, rejected: Token) -> Token:
        raise self.login_required("AWS does not accept its token")

    def login_required(self, reason: str) -> LoginRequired:
        return LoginRequired(f"The session {self._session.label} needs a sign-in: {reason}.")


class Portal:
    """What the user of one session may do. The methods may be called from several threads.

    All of them raise LoginRequired, ServiceError, Unreachable and WorkstationError.
    """

    def __init__(
        self,
        session: SsoSession,
        patience: float = PATIENCE,
        warn: t.Callable[[str], None] = lambda text: None,
        tokens: TokenSource | None = None,
    ) -> None:
        self._session = session
        self._tokens = tokens or CachedTokens(session, warn)
        began = time.monotonic()
        self._token = self._tokens.current()
        waited = time.monotonic() - began
        self._token_was_replaced = False
        self._token_lock = threading.Lock()
        self._aws = client.session_client("sso", session, attempts=1)
        self._client = PacedClient(self._aws, patience=patience, waited=waited)

    @property
    def clock_skew(self) -> float:
        """The seconds by which this machine's clock was ahead of AWS's at the last response."""
        return client.clock_skew(self._aws)

    def accounts(self) -> list[Account]:
        """All accounts in which the user has a role, each of them once."""
        found: dict[str, Account] = {}
        for item in self._pages("list_accounts", "accountList"):
            account = Account(
                names.account_id(item.get("accountId")),
                names.free_text("account name", item.get("accountName")),
                names.free_text("e-mail address", item.get("emailAddress")),
            )
            found.setdefault(account.account_id, account)
        return list(found.values())

    def role_names(self, account_id: str) -> list[str]:
        """All roles that the user has in an account, each of them once."""
        pages = self._pages("list_account_roles", "roleList", accountId=account_id)
        return list(dict.fromkeys(names.role_name(item.get("roleName")) for item in pages))

    def role_credentials(self, account_id: str, role_name: str) -> RoleCredentials:
        """New credentials of a role. Raises RoleRefused too."""
        try:
            answer = self._call("get_role_credentials", accountId=account_id, roleName=role_name)
        except AwsRefused as error:
            if error.status in (403, 404):
                raise RoleRefused(self._no_access_text(account_id, role_name, error)) from error
            raise
        issued = answer["roleCredentials"]
        keys: list[t.Any] = [issued.get(name) for name in ("accessKeyId", "secretAccessKey", "sessionToken")]
        expires_at = utc_time(issued.get("expiration", 0) // 1000)
        if not all(keys) or expires_at is None:
            raise not_from_aws(f"The credentials of {role_name} in the account {account_id} are incomplete")
        credentials = RoleCredentials(keys[0], keys[1], keys[2], expires_at, account_id)
        return require_valid(credentials, role_name, self.clock_skew)

    def _pages(self, operation: str, key: str, **parameters: t.Any) -> t.Iterator[dict[str, t.Any]]:
        def page(operation: str, **parameters: t.Any) -> dict[str, t.Any]:
            answer = self._call(operation, **parameters)
            if key not in answer:  # or an empty response in between would be a list without entries
                raise not_from_aws(f"A page of {operation} lacks {key}")
            return answer

        return pages(page, operation, key, PAGE_SIZE, ("maxResults", "nextToken"), **parameters)

    def _call(self, operation: str, **parameters: t.Any) -> dict[str, t.Any]:
        while True:
            token = self._token
            try:
                return self._client.call(operation, accessToken=token.access_token, **parameters)
            except AwsRefused as error:
                if error.status == 403 and sso_tokens.missing_scope_text(self._session):
                    raise ServiceError(f"{error}. {sso_tokens.missing_scope_text(self._session)}") from error
                if error.status != 401:
                    raise
            self._replace_token(token)

    def _replace_token(self, rejected: Token) -> None:
        with self._token_lock:
            if self._token.access_token != rejected.access_token:
                return
            if self._token_was_replaced:
                raise self._rejected_after_refresh()
            self._token = self._tokens.replacement(rejected)
            self._token_was_replaced = True

    def _rejected_after_refresh(self) -> WorkstationError:
        fault = sso_tokens.missing_scope_text(self._session)
        if fault:
            return ServiceError(f"AWS does not accept the token of {self._session.label}. {fault}")
        return self._tokens.login_required(
            "AWS does not accept its token, even after a refresh. If it was issued without the scope"
            " sso:account:access, because the session had other registration scopes then, sign in again with"
            " `force: true`"
        )

    def _no_access_text(self, account_id: str, role_name: str, error: AwsRefused) -> str:
        try:
            roles = sorted(self.role_names(account_id))
        except ServiceError:
            roles = []
        role = f"the role {role_name} in the account {account_id}"
        answer = f"AWS answered {error.operation} with {error.answer.rstrip('.')}."
        if role_name in roles:
            return (
                f"AWS refuses credentials of {role}, although the role is assigned to you. The account may be"
                " suspended or closed, or AWS may still be provisioning the permission set there, which takes"
                " some minutes. Try again later, or sign in again with force. If that does not help, ask an"
                f" administrator of IAM Identity Center ({self._session.start_url}). {answer}"
            )
        if roles:
            text = f"You do not have {role}. You have: {shortened_list(roles, _MOST_ROLES_TO_NAME)}."
        else:
            text = (
                f"You do not have {role}. You have no role there. Check the account ID, and ask an"
                f" administrator of IAM Identity Center for access ({self._session.start_url})."
            )
        return text if error.answer == _USUAL_ANSWER else f"{text} {answer}"
