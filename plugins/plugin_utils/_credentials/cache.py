# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role credentials in ~/.aws/cli/cache, shared with the AWS CLI in its own format.

PRIVATE to the collection. File names and contents follow botocore.credentials (SSOCredentialFetcher and
CachedCredentialFetcher). They show neither the session of the credentials nor the user who signed in. So the
collection keeps records: of the files that it wrote or used, so that a logout finds them, and of the sign-in
that obtained their content, so that nobody gets the credentials of the user who signed in before.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import time

from ...module_utils._files.atomic import PRIVATE_FILE, replace_file
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.state import state_directory
from ...module_utils._text import ACCOUNT_ID, format_time
from .._cached_credentials import RoleCredentials, read_stored, role_path
from .profiles import CredentialSource
from .sign_in import Current


@dataclasses.dataclass(frozen=True)
class CachedRole:
    """The role whose credentials are in a file; *lifetime* is how many seconds they were issued for.

    *sign_in* is the ID of the sign-in that obtained the credentials with *access_key_id*. The file may have
    other ones by now, because the AWS CLI writes it as well.
    """

    account_id: str
    role_name: str
    role_arn: str | None = None
    lifetime: int | None = None
    access_key_id: str | None = None
    sign_in: str | None = None


def cache_path(source: CredentialSource) -> str:
    """The path of the file for the credentials of *source*."""
    return role_path(source.role)


def read_current(source: CredentialSource, current: Current | None) -> RoleCredentials | None:
    """The cached credentials of *source* that the sign-in *current* obtained, expired or not."""
    path = cache_path(source)
    credentials, modified = read_stored(path)
    if credentials is None or current is None:
        return None
    role = recorded_role(source.session, path)
    if role is not None and role.access_key_id == credentials.access_key_id:
        if role.sign_in != current.sign_in.id:
            return None
    elif modified == current.token_time:
        return credentials
    elif not current.sign_in.since < modified <= time.time_ns():
        return None
    else:
        lifetime = role.lifetime if role is not None else None
        _record(source, credentials, lifetime, current.sign_in.id)
    if modified != current.token_time:
        bind(path, credentials, current)
    return credentials


def write(
    source: CredentialSource, credentials: RoleCredentials, lifetime: int, current: Current | None = None
) -> None:
    """Store *credentials* of *source*, valid for *lifetime* seconds, which the sign-in *current* obtained.

    Without a sign-in, they are never read again. Raises OSError if the file cannot be written.
    """
    entry = {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": format_time(credentials.expires_at),
    }
    if credentials.account_id is not None:
        entry["AccountId"] = credentials.account_id
    path = cache_path(source)
    _record(source, credentials, lifetime, current.sign_in.id if current is not None else None)
    _replace(path, {"ProviderType": "sso", "Credentials": entry})
    if current is not None:
        bind(path, credentials, current)


def bind(path: str, credentials: RoleCredentials, current: Current) -> None:
    """Mark the file with *credentials* as obtained by the sign-in of the token that is in the cache now.

    The file gets the modification time of the token's file, by which _cached_credentials recognizes it.
    """
    if current.token_time is None:
        return
    with contextlib.suppress(OSError), open(path, "rb") as stream:
        if credentials.access_key_id.encode() in stream.read():  # no other process has written the file since
            os.utime(stream.fileno(), ns=(time.time_ns(), current.token_time))


def _record(
    source: CredentialSource, credentials: RoleCredentials, lifetime: int | None, sign_in: str | None
) -> None:
    role_arn = source.chain[-1]["RoleArn"] if source.chain else None
    role = CachedRole(
        source.account_id, source.role_name, role_arn, lifetime, credentials.access_key_id, sign_in
    )
    with contextlib.suppress(OSError):  # the file itself is usable without a record
        _replace(_record_path(source.session, cache_path(source)), dataclasses.asdict(role))


def _replace(path: str, document: dict[str, object]) -> None:
    replace_file(path, json.dumps(document).encode("ascii"), PRIVATE_FILE)


def recorded_role(session: SsoSession, path: str) -> CachedRole | None:
    """The record of the file at *path*; None if the collection did not write it."""
    try:
        with open(_record_path(session, path), "rb") as stream:
            role = CachedRole(**json.loads(stream.read()))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return role if _is_valid(role) else None


def _is_valid(role: CachedRole) -> bool:
    """Whether the values of a record have their types."""
    optional = (role.role_arn, role.access_key_id, role.sign_in)
    texts = isinstance(role.role_name, str) and all(isinstance(text, (str, type(None))) for text in optional)
    lifetime = role.lifetime is None or (isinstance(role.lifetime, int) and role.lifetime > 0)
    return (
        texts
        and lifetime
        and isinstance(role.account_id, str)
        and bool(ACCOUNT_ID.fullmatch(role.account_id))
    )


def _record_path(session: SsoSession, path: str) -> str:
    return os.path.join(state_directory(session), "roles", os.path.basename(path))
