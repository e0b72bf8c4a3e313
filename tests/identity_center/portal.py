# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The portal (service "sso"): which accounts and roles a token may see, keys for one of them, and logout."""

from __future__ import annotations

import base64
import binascii
import secrets
import typing as t

from identity_center.messages import ApiError, Handler, Request
from identity_center.records import Key, Records, Token, new_key_id, opaque
from identity_center.settings import Knobs, TokenBucket
from identity_center.world import World, reserved_role_name

ACCOUNT_ACCESS = "sso:account:access"
MESSAGES = {
    "ForbiddenException": "No access",
    "UnauthorizedException": "Session token not found or invalid",
}


class Portal:
    def __init__(self, world: World, knobs: Knobs, records: Records) -> None:
        self._world = world
        self._knobs = knobs
        self._records = records
        self._quota = TokenBucket(knobs)
        self.operations: dict[str, Handler] = {
            "ListAccounts": self.list_accounts,
            "ListAccountRoles": self.list_account_roles,
            "GetRoleCredentials": self.get_role_credentials,
            "Logout": self.logout,
        }

    def list_accounts(self, parameters: dict[str, t.Any], request: Request) -> dict[str, t.Any]:
        token = self._token(parameters, request)
        ids = list(self._world.access_of(token.sign_in.user))
        page, next_token = self._page(ids, parameters, request.paging)
        return {"accountList": [self._account(account_id) for account_id in page], "nextToken": next_token}

    def list_account_roles(self, parameters: dict[str, t.Any], request: Request) -> dict[str, t.Any]:
        token = self._token(parameters, request)
        account_id = parameters["accountId"]
        roles = self._roles(token, account_id)
        page, next_token = self._page(list(roles), parameters, request.paging)
        return {
            "nextToken": next_token,
            "roleList": [{"accountId": account_id, "roleName": name} for name in page],
        }

    def get_role_credentials(self, parameters: dict[str, t.Any], request: Request) -> dict[str, t.Any]:
        token = self._token(parameters, request)
        account_id, name = parameters["accountId"], parameters["roleName"]
        if name not in self._roles(token, account_id):
            raise ApiError("ForbiddenException", "No access")
        lifetime = self._world.permission_sets_by_name[name].session_seconds or self._knobs.credential_seconds
        key = issue_key(
            self._records,
            account_id=account_id,
            role_name=reserved_role_name(account_id, name),
            session_name=token.sign_in.user,
            expires_at=self._knobs.now() + lifetime,
        )
        return {
            "roleCredentials": {
                "accessKeyId": key.access_key_id,
                "expiration": int(key.expires_at) * 1000,
                "secretAccessKey": key.secret_access_key,
                "sessionToken": key.session_token,
            }
        }

    def logout(self, parameters: dict[str, t.Any], request: Request) -> dict[str, t.Any]:
        self._records.end_sign_in(self._token(parameters, request, for_accounts=False).sign_in)
        return {}

    def _token(self, parameters: dict[str, t.Any], request: Request, for_accounts: bool = True) -> Token:
        if not self._quota.take():
            raise ApiError("TooManyRequestsException", "HTTP 429 Unknown Code")
        token = self._records.access_tokens.get(parameters["accessToken"])
        if token is None or not token.lives(self._knobs.now()) or token.region != request.region:
            raise ApiError("UnauthorizedException", "Session token not found or invalid")
        if for_accounts and token.scopes and ACCOUNT_ACCESS not in token.scopes:
            code = self._knobs.missing_scope_error
            raise ApiError(code, MESSAGES[code])
        return token

    def _roles(self, token: Token, account_id: str) -> tuple[str, ...]:
        if len(account_id) != 12 or not account_id.isdecimal():
            raise ApiError("InvalidRequestException", "Invalid account id")
        roles = self._world.access_of(token.sign_in.user).get(account_id)
        if roles is None:
            raise ApiError("ForbiddenException", "No access")
        return roles

    def _account(self, account_id: str) -> dict[str, str]:
        account = self._world.accounts_by_id[account_id]
        entry = {"accountId": account.id}
        if account.name is not None:
            entry["accountName"] = account.name
        if account.email is not None:
            entry["emailAddress"] = account.email
        return entry

    def _page(
        self, entries: list[str], parameters: dict[str, t.Any], fault: str
    ) -> tuple[list[str], str | None]:
        size = parameters.get("maxResults", self._knobs.page_size)
        asked = parameters.get("nextToken")
        kind, start = _position(asked) if asked else ("page", 0)
        if fault == "empty_pages" and kind == "page":
            return [], _next_token(start, "after_empty")
        end = start + size
        if fault == "duplicate_entries":
            start = max(start - 1, 0)
        if fault == "repeated_token":
            return entries[start:end], asked or _next_token(start)
        return entries[start:end], _next_token(end) if end < len(entries) else None


def _next_token(offset: int, kind: str = "page") -> str:
    return base64.urlsafe_b64encode(f"{kind}:{offset}:{secrets.token_hex(8)}".encode()).decode()


def _position(next_token: str) -> tuple[str, int]:
    try:
        kind, offset, _salt = base64.urlsafe_b64decode(next_token).decode().split(":")
        if kind in ("page", "after_empty"):
            return kind, int(offset)
    except (binascii.Error, ValueError):
        pass
    raise ApiError("InvalidRequestException", "Invalid next token")


def issue_key(
    records: Records, *, account_id: str, role_name: str, session_name: str, expires_at: float
) -> Key:
    """New temporary credentials for a role."""
    key = Key(
        access_key_id=new_key_id("ASIA"),
        secret_access_key=base64.b64encode(secrets.token_bytes(30)).decode(),
        session_token=base64.b64encode(opaque(300).encode()).decode(),
        account_id=account_id,
        role_name=role_name,
        role_id=new_key_id("AROA"),
        session_name=session_name,
        expires_at=expires_at,
    )
    records.role_credentials[key.access_key_id] = key
    return key
