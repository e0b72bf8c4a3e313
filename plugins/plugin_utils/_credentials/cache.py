# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role credentials in ~/.aws/cli/cache, shared with the AWS CLI in its own format.

PRIVATE to the collection. File names and contents follow botocore.credentials (SSOCredentialFetcher and
CachedCredentialFetcher). The names are hashes, so a file does not show which session it belongs to: the
collection keeps records of the files that it wrote, so that a logout finds them.
"""

from __future__ import annotations

import dataclasses
import json
import os

from ...module_utils._files.atomic import PRIVATE_FILE, replace_file
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.state import state_directory
from ...module_utils._text import ACCOUNT_ID, format_time
from .._cached_credentials import RoleCredentials, role_path
from .profiles import CredentialSource


@dataclasses.dataclass(frozen=True)
class CachedRole:
    """The role whose credentials are in a file; *lifetime* is how many seconds they were issued for."""

    account_id: str
    role_name: str
    role_arn: str | None = None
    lifetime: int | None = None


def cache_path(source: CredentialSource) -> str:
    """The path of the file for the credentials of *source*."""
    return role_path(source.role)


def write(source: CredentialSource, credentials: RoleCredentials, lifetime: int) -> None:
    """Store *credentials* of *source* with a record of their role and *lifetime* in seconds."""
    entry = {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": format_time(credentials.expires_at),
    }
    if credentials.account_id is not None:
        entry["AccountId"] = credentials.account_id
    role_arn = source.chain[-1]["RoleArn"] if source.chain else None
    role = CachedRole(source.account_id, source.role_name, role_arn, lifetime)
    path = cache_path(source)
    _replace(_record_path(source.session, path), dataclasses.asdict(role))
    _replace(path, {"ProviderType": "sso", "Credentials": entry})


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
    texts = isinstance(role.role_name, str) and isinstance(role.role_arn, (str, type(None)))
    lifetime = role.lifetime is None or (isinstance(role.lifetime, int) and role.lifetime > 0)
    return (
        texts
        and lifetime
        and isinstance(role.account_id, str)
        and bool(ACCOUNT_ID.fullmatch(role.account_id))
    )


def _record_path(session: SsoSession, path: str) -> str:
    return os.path.join(state_directory(session), "roles", os.path.basename(path))
