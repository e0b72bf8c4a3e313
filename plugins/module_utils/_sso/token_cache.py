# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token and client registration files in ~/.aws/sso/cache, which the AWS CLI v2 and the SDKs share.

PRIVATE to the collection. Files are written byte for byte as AWS CLI v2 writes them
(awscli/botocore/utils.py: SSOTokenLoader, BaseSSOTokenFetcher). Files that are read may come from any SDK:
fractions of a second, other notations of UTC, additional fields and other white space are all accepted.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import os
import re
import time
import typing as t

from .._errors import WorkstationError
from .._files.atomic import PRIVATE_FILE, Reserved, replace_file
from .._text import format_time

AUTHORIZATION_CODE_GRANTS = ("authorization_code", "refresh_token")
REUSE_MARGIN = datetime.timedelta(minutes=15)
"""AWS CLI v2 refreshes tokens and renews registrations that expire within this time."""

_TIMESTAMP = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:[.,]\d+)? ?(?:Z|z|UTC|GMT|([+-])(\d{2}):?(\d{2}))?\Z"
)
# The AWS CLI truncates a file before it writes it, which takes a few milliseconds; 0.15 seconds are enough.
_READ_ATTEMPTS = 4
_SECONDS_BETWEEN_ATTEMPTS = 0.05

Document = t.Dict[str, t.Any]


class DamagedCacheFile(WorkstationError):
    """A damaged file in the cache; str() contains its path and the *reason*, never its content.

    *reason* is the rest of a sentence about the file, such as "does not contain JSON".
    """

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path} {reason}.")


@dataclasses.dataclass(frozen=True)
class Token:
    """An SSO access token; *document* has all fields of its file."""

    access_token: str = dataclasses.field(repr=False)
    expires_at: datetime.datetime
    document: Document = dataclasses.field(repr=False)

    @property
    def registration_expires_at(self) -> t.Optional[datetime.datetime]:
        return time_or_none(self.document.get("registrationExpiresAt"))

    def seconds_left(self, now: datetime.datetime) -> float:
        return (self.expires_at - now).total_seconds()

    def refreshable(self, now: datetime.datetime) -> bool:
        """Whether botocore could get a new access token without a sign-in (SSOTokenProvider)."""
        document = self.document
        keys = (_text_or_none(document.get(name)) for name in ("clientId", "clientSecret", "refreshToken"))
        if not all(keys):
            return False
        return self.registration_expires_at is not None and self.registration_expires_at > now


@dataclasses.dataclass(frozen=True)
class Registration:
    """An OAuth client that sso-oidc registered for a session; *document* has all fields of its file."""

    client_id: str
    client_secret: str = dataclasses.field(repr=False)
    expires_at: datetime.datetime
    document: Document = dataclasses.field(repr=False)

    def usable(self, now: datetime.datetime, authorization_code: bool) -> bool:
        """The rule of the AWS CLI: valid for more than 15 minutes, and registered for the requested flow."""
        grants = self.document.get("grantTypes")
        registered_for_code = isinstance(grants, list) and "authorization_code" in grants
        return self.expires_at - now > REUSE_MARGIN and registered_for_code == authorization_code

    def token_fields(self) -> t.Dict[str, str]:
        """The fields of the registration in a token file, with which the token can be refreshed."""
        return {
            "clientId": self.client_id,
            "clientSecret": self.client_secret,
            "registrationExpiresAt": format_time(self.expires_at),
        }


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def parse_time(text: str) -> datetime.datetime:
    """The time in *text*, truncated to seconds; without a time zone it is UTC. Raises ValueError."""
    match = _TIMESTAMP.match(text)
    if match is None:
        raise ValueError("not a timestamp")
    day, clock, sign, hours, minutes = match.groups()
    moment = datetime.datetime.strptime(day + clock, "%Y-%m-%d%H:%M:%S").replace(tzinfo=datetime.timezone.utc)
    if sign is None:
        return moment
    offset = datetime.timedelta(hours=int(hours), minutes=int(minutes))
    return moment - offset if sign == "+" else moment + offset


def time_or_none(value: t.Any) -> t.Optional[datetime.datetime]:
    """The time in *value*; None if it is not a timestamp."""
    try:
        return parse_time(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def sso_cache_directory() -> str:
    """The directory of tokens and registrations for all AWS tools; it depends on HOME only."""
    return os.path.join(os.path.expanduser("~"), ".aws", "sso", "cache")


def lock_subject(token_path: str) -> str:
    """What processes that change the token file at *token_path* lock; see _files/lock.py."""
    return "token:" + token_path


def token_file_name(session_name: t.Optional[str], start_url: str) -> str:
    """The name of a token file: the hash of the session name, or without one of the configured start URL."""
    return _hashed(start_url if session_name is None else session_name)


def registration_file_name(
    session_name: t.Optional[str], start_url: str, region: str, scopes: t.Optional[t.Sequence[str]]
) -> str:
    """The name of a registration file; *scopes* None (not configured) and empty are different files."""
    key = {
        "tool": "botocore",
        "startUrl": start_url,
        "region": region,
        "scopes": None if scopes is None else list(scopes),
        "session_name": session_name,
    }
    return _hashed(json.dumps(key, sort_keys=True))


def read_token(path: str) -> t.Optional[Token]:
    """The token in the file at *path*; None without a file. Raises DamagedCacheFile and OSError."""
    document = read_document(path)
    if document is None:
        return None
    access_token = _text_or_none(document.get("accessToken"))
    expires_at = time_or_none(document.get("expiresAt"))
    if access_token is None or expires_at is None:
        raise DamagedCacheFile(path, "has no accessToken or no expiresAt")
    return Token(access_token, expires_at, document)


def read_registration(path: str) -> t.Optional[Registration]:
    """The registration in the file at *path*; None without a file. Raises DamagedCacheFile and OSError."""
    document = read_document(path)
    if document is None:
        return None
    client_id = _text_or_none(document.get("clientId"))
    client_secret = _text_or_none(document.get("clientSecret"))
    expires_at = time_or_none(document.get("expiresAt"))
    if client_id is None or client_secret is None or expires_at is None:
        raise DamagedCacheFile(path, "has no clientId, no clientSecret or no expiresAt")
    return Registration(client_id, client_secret, expires_at, document)


def read_document(path: str) -> t.Optional[Document]:
    """The JSON object in the file at *path*; None if there is no file. Raises DamagedCacheFile and OSError.

    The AWS CLI truncates a file before it writes it, so a file that is not valid JSON is read again.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        raise DamagedCacheFile(path, "is not a regular file")
    for attempts_left in reversed(range(_READ_ATTEMPTS)):
        try:
            with open(path, "rb") as stream:
                document = json.loads(stream.read().decode("utf-8"))
            break
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError) as error:
            if not attempts_left:
                raise DamagedCacheFile(path, "does not contain JSON") from error
            time.sleep(_SECONDS_BETWEEN_ATTEMPTS)
    if not isinstance(document, dict):
        raise DamagedCacheFile(path, "contains JSON, but not an object")
    return document


def write_document(path: str, document: Document, reserved: t.Optional[Reserved] = None) -> None:
    """Write a file of the cache with mode 0600; missing directories are created with mode 0700.

    *reserved* is the room that was taken for it.
    """
    replace_file(path, serialized(document), PRIVATE_FILE, reserved=reserved)


def serialized(document: Document) -> bytes:
    """The bytes that AWS CLI v2 writes for *document*."""
    return json.dumps(document).encode("ascii")


def _hashed(key: str) -> str:
    return hashlib.sha1(key.encode("utf-8")).hexdigest() + ".json"


def _text_or_none(value: t.Any) -> t.Optional[str]:
    return value if isinstance(value, str) and value else None
