# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role credentials in ~/.aws/cli/cache, shared with the AWS CLI in its own format.

PRIVATE to the collection. File names and contents follow botocore.credentials (SSOCredentialFetcher and
CachedCredentialFetcher). The names are hashes, so nothing tells from a file which session it belongs to:
records in a directory of our own say it of each file that we wrote, for a logout to find them.

Reading uses the standard library only, and little of it: each worker of Ansible imports this module anew.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import typing as t

UTC = datetime.timezone.utc


class Session(t.Protocol):
    """What tells a session from another here: its name, or the start URL of the older form without a name."""

    @property
    def name(self) -> str | None: ...

    @property
    def start_url(self) -> str: ...


class RoleCredentials:
    """Temporary keys of a role; *account_id* is None in files of AWS CLI versions that did not keep it."""

    __slots__ = ("access_key_id", "account_id", "expires_at", "secret_access_key", "session_token")

    def __init__(
        self,
        access_key_id: str,
        secret_access_key: str,
        session_token: str,
        expires_at: datetime.datetime,
        account_id: str | None = None,
    ) -> None:
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        self.session_token = session_token
        self.expires_at = expires_at
        self.account_id = account_id

    def seconds_left(self) -> float:
        return (self.expires_at - datetime.datetime.now(UTC)).total_seconds()


class CachedRole(t.NamedTuple):
    """Whose credentials a file holds, and for how many seconds they were good when AWS issued them."""

    account_id: str
    role_name: str
    role_arn: str | None = None
    lifetime: int | None = None


def cli_cache_directory() -> str:
    """Where the AWS CLI keeps role credentials; only HOME moves it."""
    return os.path.join(os.path.expanduser("~"), ".aws", "cli", "cache")


def role_path(session: Session, account_id: str, role_name: str) -> str:
    """The file of a role of *session*, the same one that the AWS CLI reads and writes."""
    return _path_for(_role_key(session, account_id, role_name))


def chained_role_path(
    session: Session, account_id: str, role_name: str, assume_role: t.Sequence[t.Mapping[str, t.Any]]
) -> str:
    """The file of a role that is assumed, by one or more requests of AssumeRole, with a role of *session*.

    The AWS CLI's own name for it does not tell who assumed the role, so this file is ours alone.
    """
    return _path_for({**_role_key(session, account_id, role_name), "assumeRole": list(assume_role)})


def _role_key(session: Session, account_id: str, role_name: str) -> dict[str, t.Any]:
    key: dict[str, t.Any] = {"accountId": account_id, "roleName": role_name}
    if session.name is None:
        key["startUrl"] = session.start_url
    else:
        key["sessionName"] = session.name
    return key


def _path_for(key: dict[str, t.Any]) -> str:
    text = json.dumps(key, sort_keys=True, separators=(",", ":"))
    return os.path.join(cli_cache_directory(), _file_name(text))


def _file_name(key: str) -> str:
    return hashlib.sha1(key.encode("utf-8")).hexdigest() + ".json"


def logged_in(session: Session) -> bool:
    """Whether there is a token of *session*, expired or not: a logout, ours or the AWS CLI's, removes it."""
    return os.path.exists(os.path.join(os.path.expanduser("~"), ".aws", "sso", "cache", _token_name(session)))


def _token_name(session: Session) -> str:
    return _file_name(session.start_url if session.name is None else session.name)


def read(path: str) -> RoleCredentials | None:
    """The credentials in the file at *path*, expired or not; None for no file and for one that holds none.

    The AWS CLI cuts a file and fills it again: whoever sees half of it asks AWS, which is never wrong.
    """
    try:
        with open(path, "rb") as stream:
            entry = json.loads(stream.read())["Credentials"]
        return RoleCredentials(
            _text(entry["AccessKeyId"]),
            _text(entry["SecretAccessKey"]),
            _text(entry["SessionToken"]),
            _moment(entry["Expiration"]),
            entry.get("AccountId"),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _text(value: t.Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return value


def _moment(text: str) -> datetime.datetime:
    for utc in ("Z", "UTC"):
        if text.endswith(utc):
            text = text[: -len(utc)] + "+00:00"
    moment = datetime.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def write(path: str, credentials: RoleCredentials, session: Session, role: CachedRole) -> None:
    """Keep *credentials* at *path*, and remember that they are a role of *session*."""
    entry = {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": credentials.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if credentials.account_id is not None:
        entry["AccountId"] = credentials.account_id
    _replace(_record_path(session, path), role._asdict())
    _replace(path, {"ProviderType": "sso", "Credentials": entry})


def _replace(path: str, document: dict[str, t.Any]) -> None:
    # imported here because a task that finds its credentials does without
    from ansible_collections.workstation.aws_sso.plugins.module_utils._files import PRIVATE_FILE, replace_file

    replace_file(path, json.dumps(document).encode("ascii"), PRIVATE_FILE)


def recorded_role(session: Session, path: str) -> CachedRole | None:
    """What we know about the file at *path*; None if it was not written by us."""
    try:
        with open(_record_path(session, path), "rb") as stream:
            return CachedRole(**json.loads(stream.read()))
    except (OSError, ValueError, TypeError):
        return None


def cached_roles(session: Session) -> list[tuple[str, CachedRole]]:
    """The files with credentials of *session*: those that we wrote, and those of configured profiles.

    Raises AwsSsoError for a configuration that cannot be read.
    """
    from ansible_collections.workstation.aws_sso.plugins.plugin_utils._profiles import Profiles

    roles = {
        role_path(session, role.account_id, role.role_name): role for role in Profiles().roles_of(session)
    }
    directory = os.path.dirname(_record_path(session, ""))
    for name in sorted(os.listdir(directory)) if os.path.isdir(directory) else ():
        path = os.path.join(cli_cache_directory(), name)
        role = recorded_role(session, path)
        if role is not None:
            roles[path] = role
    return [(path, role) for path, role in roles.items() if os.path.exists(path)]


def paths_for_session(session: Session) -> list[str]:
    """The files that a logout of *session* removes. Raises AwsSsoError."""
    return [path for path, _role in cached_roles(session)]


def _record_path(session: Session, path: str) -> str:
    return os.path.join(state_directory(session), "roles", os.path.basename(path))


def state_directory(session: Session) -> str:
    """Our own directory of what belongs to one login of *session*."""
    from ansible_collections.workstation.aws_sso.plugins.module_utils._files import cache_directory

    return os.path.join(cache_directory(), "sessions", os.path.splitext(_token_name(session))[0])
