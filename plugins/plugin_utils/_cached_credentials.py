# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shortest way to role credentials that are already on this disk.

PRIVATE to the collection. A worker of Ansible imports this for each task anew, so it is short and needs
little of the standard library. It answers the plain cases; where it returns None, the full way decides
(_credentials).
"""

from __future__ import annotations

import hashlib
import json
import os
import typing as t
from datetime import datetime, timezone


class RoleCredentials:
    """Temporary keys of a role; *account_id* is None in files of AWS CLI versions that did not keep it."""

    __slots__ = ("access_key_id", "account_id", "expires_at", "secret_access_key", "session_token")

    def __init__(
        self,
        access_key_id: str,
        secret_access_key: str,
        session_token: str,
        expires_at: datetime,
        account_id: str | None = None,
    ) -> None:
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        self.session_token = session_token
        self.expires_at = expires_at
        self.account_id = account_id

    def seconds_left(self) -> float:
        return (self.expires_at - datetime.now(timezone.utc)).total_seconds()


class Role:
    """A role of IAM Identity Center; *session* is None in the older form, which has a *start_url* instead.

    *chain* holds the requests of AssumeRole that follow, and *region* is where its user wants to work.
    """

    __slots__ = ("account_id", "chain", "region", "role_name", "session", "start_url")

    def __init__(
        self,
        session: str | None,
        start_url: str | None,
        account_id: str,
        role_name: str,
        region: str | None = None,
        chain: tuple[dict[str, t.Any], ...] = (),
    ) -> None:
        self.session = session
        self.start_url = start_url
        self.account_id = account_id
        self.role_name = role_name
        self.region = region
        self.chain = chain


def cached_credentials(role: Role, min_ttl: float) -> RoleCredentials | None:
    """Credentials of *role* for *min_ttl* seconds more, unless there are none or the user has logged out."""
    credentials = read(role_path(role))
    if credentials is None or credentials.seconds_left() < min_ttl:
        return None
    return credentials if logged_in(role) else None


def role_path(role: Role) -> str:
    """The file of a role: the same one that the AWS CLI reads and writes.

    The AWS CLI's name for a role that is assumed with another one does not tell who assumed it, so the file
    of a role at the end of a chain is ours alone.
    """
    key: dict[str, t.Any] = {"accountId": role.account_id, "roleName": role.role_name}
    if role.session is None:
        key["startUrl"] = role.start_url
    else:
        key["sessionName"] = role.session
    if role.chain:
        key["assumeRole"] = role.chain
    return _cache_file("cli", json.dumps(key, sort_keys=True, separators=(",", ":")))


def logged_in(role: Role) -> bool:
    """Whether there is a token, expired or not: a logout, ours or the AWS CLI's, removes it."""
    key = role.start_url if role.session is None else role.session
    return os.path.exists(_cache_file("sso", key or ""))


def _cache_file(tool: str, key: str) -> str:
    name = hashlib.sha1(key.encode("utf-8")).hexdigest() + ".json"
    return os.path.join(os.path.expanduser("~"), ".aws", tool, "cache", name)


def read(path: str) -> RoleCredentials | None:
    """The credentials in the file at *path*, expired or not; None for no file and for one that holds none.

    The AWS CLI cuts a file and fills it again: whoever sees half of it asks AWS, which is never wrong.
    """
    try:
        with open(path, "rb") as stream:
            entry = json.loads(stream.read())["Credentials"]
        return RoleCredentials(
            _nonempty(entry["AccessKeyId"]),
            _nonempty(entry["SecretAccessKey"]),
            _nonempty(entry["SessionToken"]),
            _moment(entry["Expiration"]),
            entry.get("AccountId"),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _nonempty(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return value


def _moment(text: str) -> datetime:
    for utc in ("Z", "UTC"):
        if text.endswith(utc):
            text = text[: -len(utc)] + "+00:00"
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def explicit_role(names: t.Mapping[str, t.Any]) -> Role:
    """The role that *names* has: session, start_url, account_id and role_name."""
    return Role(names["session"], names["start_url"], names["account_id"], names["role_name"])


def simple_profile_role(profile: str) -> Role | None:
    """The role of a profile that names one itself; None for any other, and for one that takes the parser."""
    name = profile.encode("utf-8", "surrogatepass")
    if profile.split() != [profile] or name in _content("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"):
        return None
    settings = plain_section(_content("AWS_CONFIG_FILE", "~/.aws/config"), name)
    if settings is None or "role_arn" in settings:
        return None
    session, start_url = settings.get("sso_session"), settings.get("sso_start_url")
    account_id, role_name = settings.get("sso_account_id"), settings.get("sso_role_name")
    if not account_id or not role_name or (session is None and start_url is None):
        return None
    return Role(session, start_url, account_id, role_name, settings.get("region"))


def _content(variable: str, default: str) -> bytes:
    """A file of the AWS configuration, its line ends as Python reads them."""
    try:
        with open(os.path.expanduser(os.path.expandvars(os.environ.get(variable, default))), "rb") as stream:
            data = stream.read()
    except OSError:
        return b""
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def plain_section(data: bytes, profile: bytes) -> dict[str, str] | None:
    """The settings of a profile, None unless nothing else in the file can have a say in them.

    So it has one header, as the AWS CLI writes it, and then nothing but 'key = value' at the start of lines.
    """
    header = b"[default]\n" if profile == b"default" else b"[profile %b]\n" % profile
    start = data.find(header)
    if start < 0 or data[start - 1 : start] not in (b"", b"\n") or not _is_only_header(data, profile):
        return None
    start += len(header)
    end = data.find(b"\n[", start - 1)
    if end < 0:
        end = len(data)
    elif data.find(b"]", end + 3, data.find(b"\n", end + 1)) < 0:
        return None
    settings: dict[str, str] = {}
    for line in data[start:end].decode("utf-8", "replace").split("\n"):
        if line and line[0] not in "#;":
            key, equals, value = line.partition("=")
            key = key.rstrip().lower()
            if line[0].isspace() or not equals or not key or ":" in key or key in settings:
                return None
            settings[key] = value.strip()
    return settings


def _is_only_header(data: bytes, profile: bytes) -> bool:
    """Whether no other header may be read as one of *profile*, or as defaults for all sections."""
    odd = (b"DEFAULT]", b"\t", b" %b " % profile, b'"', b"'", b"\\")
    if data.count(b"[") != data.count(b"\n[") + data.startswith(b"[") or any(sign in data for sign in odd):
        data = _header_lines(data)
        if any(sign in data for sign in odd):
            return False
    headers = [data.count(b"[%b %b]" % (kind, profile)) for kind in (b"profile", b"sso-session", b"services")]
    return headers[0] == (profile != b"default") and data.count(b" %b]" % profile) == sum(headers)


def _header_lines(data: bytes) -> bytes:
    """The lines that are headers; of one that may be a header or not, a tab is left, which is odd enough."""
    lines = [line.decode("utf-8", "replace") for line in data.split(b"\n") if b"[" in line]
    return "\n".join(line if line[0] == "[" else "\t" for line in lines if line.lstrip()[0] == "[").encode(
        "utf-8"
    )
