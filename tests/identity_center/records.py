# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulator remembers: registrations, authorizations, sign-in sessions, tokens and keys."""

from __future__ import annotations

import dataclasses
import secrets
import threading
import typing as t

USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
KEY_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

PENDING, APPROVED, DENIED = "pending", "approved", "denied"


@dataclasses.dataclass
class Client:
    id: str
    secret: str
    name: str
    scopes: tuple[str, ...]
    grant_types: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    issuer_url: str
    region: str
    expires_at: float


@dataclasses.dataclass
class SignIn:
    """A user's sign-in session: identified by the browser's cookie, and the root of all tokens."""

    id: str
    user: str
    expires_at: float
    consents: set[str] = dataclasses.field(default_factory=set)


@dataclasses.dataclass
class DeviceAuthorization:
    device_code: str
    user_code: str
    client_id: str
    interval: float
    expires_at: float
    state: str = PENDING
    sign_in: SignIn | None = None
    polled_at: float = 0
    fast_polls: int = 0


@dataclasses.dataclass
class CodeAuthorization:
    """A visit to /authorize that waits for the user; with *code*, what the client may exchange."""

    id: str
    client_id: str
    redirect_uri: str
    state: str
    challenge: str
    scopes: tuple[str, ...]
    expires_at: float
    code: str = ""
    sign_in: SignIn | None = None


@dataclasses.dataclass
class Token:
    """An access token or a refresh token; it does not outlive the sign-in session."""

    value: str
    client_id: str
    scopes: tuple[str, ...]
    sign_in: SignIn
    region: str
    expires_at: float

    def lives(self, now: float) -> bool:
        return now < min(self.expires_at, self.sign_in.expires_at)


@dataclasses.dataclass
class Key:
    """Temporary credentials and their identity."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    account_id: str
    role_name: str
    role_id: str
    session_name: str
    expires_at: float

    @property
    def arn(self) -> str:
        return f"arn:aws:sts::{self.account_id}:assumed-role/{self.role_name}/{self.session_name}"


# Kinds that belong to a user, and whose each record is.
OWNERS: dict[str, t.Callable[[t.Any], str]] = {
    "sign_ins": lambda sign_in: sign_in.user,
    "access_tokens": lambda token: token.sign_in.user,
    "refresh_tokens": lambda token: token.sign_in.user,
    "role_credentials": lambda key: key.session_name,
}
KINDS = (
    "registrations",
    "sign_ins",
    "device_codes",
    "authorization_codes",
    "access_tokens",
    "refresh_tokens",
    "role_credentials",
)


class Records:
    """All of it in memory. Code that reads or writes more than one value holds *lock*."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.registrations: dict[str, Client] = {}
        self.sign_ins: dict[str, SignIn] = {}
        self.device_codes: dict[str, DeviceAuthorization] = {}
        self.authorizations: dict[str, CodeAuthorization] = {}
        self.authorization_codes: dict[str, CodeAuthorization] = {}
        self.access_tokens: dict[str, Token] = {}
        self.refresh_tokens: dict[str, Token] = {}
        self.spent_refresh_tokens: set[str] = set()
        self.role_credentials: dict[str, Key] = {}
        self.burnt_refresh_tokens = 0
        """How often a refresh token that had been used before was used again."""

    def of_kind(self, kind: str) -> dict[str, t.Any]:
        if kind not in KINDS:
            raise ValueError(f"there are no {kind!r}; there are: {', '.join(KINDS)}")
        records: dict[str, t.Any] = getattr(self, kind)
        return records

    def secrets(self) -> set[str]:
        """The issued secrets, which only their holders may know."""
        keys = self.role_credentials.values()
        return {
            *self.access_tokens,
            *self.refresh_tokens,
            *(client.secret for client in self.registrations.values()),
            *(key.secret_access_key for key in keys),
            *(key.session_token for key in keys),
        }

    def expire(self, kind: str, user: str | None = None) -> int:
        """End everything of a kind, or of a user, as its lifetime would; returns the number of records."""
        with self.lock:
            chosen = self._chosen(kind, user)
            for record in chosen.values():
                record.expires_at = 0
            return len(chosen)

    def revoke(self, kind: str, user: str | None = None) -> int:
        """Forget everything of a kind, or of a user, as if AWS had never issued it; returns the number."""
        with self.lock:
            records, chosen = self.of_kind(kind), self._chosen(kind, user)
            if kind == "sign_ins":
                for sign_in in chosen.values():
                    self.end_sign_in(sign_in)
            for name in chosen:
                records.pop(name, None)
            return len(chosen)

    def _chosen(self, kind: str, user: str | None) -> dict[str, t.Any]:
        records = self.of_kind(kind)
        if user is None:
            return dict(records)
        if kind not in OWNERS:
            raise ValueError(f"{kind} are nobody's; of a user are: {', '.join(OWNERS)}")
        return {name: record for name, record in records.items() if OWNERS[kind](record) == user}

    def end_sign_in(self, sign_in: SignIn) -> None:
        """End a session and the tokens made from it. Role credentials live on, as they do at AWS."""
        with self.lock:
            self.sign_ins.pop(sign_in.id, None)
            sign_in.expires_at = 0
            for tokens in (self.access_tokens, self.refresh_tokens):
                for value in [value for value, token in tokens.items() if token.sign_in is sign_in]:
                    del tokens[value]

    def device_by_user_code(self, user_code: str) -> DeviceAuthorization | None:
        wanted = user_code.strip().upper().replace("-", "").replace(" ", "")
        with self.lock:
            for device in self.device_codes.values():
                if device.user_code.replace("-", "") == wanted:
                    return device
        return None


def opaque(length: int = 43) -> str:
    """An opaque secret, such as a token."""
    return secrets.token_urlsafe(length)[:length]


def new_user_code() -> str:
    letters = "".join(secrets.choice(USER_CODE_LETTERS) for _unused in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def new_key_id(prefix: str) -> str:
    """An identifier of IAM, such as ASIA... for a temporary access key or AROA... for a role."""
    return prefix + "".join(secrets.choice(KEY_ID_LETTERS) for _unused in range(16))
