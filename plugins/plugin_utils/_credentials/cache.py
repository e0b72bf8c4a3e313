# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role credentials in ~/.aws/cli/cache, shared with the AWS CLI in its own format.

PRIVATE to the collection. File names and contents follow botocore.credentials (SSOCredentialFetcher and
CachedCredentialFetcher). The names are hashes, so nothing tells from a file which session it belongs to:
records in a directory of our own say it of each file that we wrote, for a logout to find them.
"""

from __future__ import annotations

import dataclasses
import json
import os

from ...module_utils._files.atomic import PRIVATE_FILE, replace_file
from ...module_utils._files.directories import cache_directory
from ...module_utils._sso.session import SsoSession
from ...module_utils._text import format_time
from .._cached_credentials import (
    RoleCredentials,
    read,
    role_path,
)
from .profiles import CredentialSource, Profiles

__all__ = [
    "CachedRole",
    "RoleCredentials",
    "cached_roles",
    "path_of",
    "paths_for_session",
    "read",
    "recorded_role",
    "state_directory",
    "write",
]


@dataclasses.dataclass(frozen=True)
class CachedRole:
    """Whose credentials a file holds, and for how many seconds they were good when AWS issued them."""

    account_id: str
    role_name: str
    role_arn: str | None = None
    lifetime: int | None = None


def path_of(source: CredentialSource) -> str:
    """The file that keeps the credentials of *source*."""
    return role_path(source.role)


def write(source: CredentialSource, credentials: RoleCredentials, lifetime: int) -> None:
    """Keep *credentials* of *source*, and remember whose they are and their *lifetime* in seconds."""
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
    path = path_of(source)
    _replace(_record_path(source.session, path), dataclasses.asdict(role))
    _replace(path, {"ProviderType": "sso", "Credentials": entry})


def _replace(path: str, document: dict[str, object]) -> None:
    replace_file(path, json.dumps(document).encode("ascii"), PRIVATE_FILE)


def recorded_role(session: SsoSession, path: str) -> CachedRole | None:
    """What we know about the file at *path*; None if it was not written by us."""
    try:
        with open(_record_path(session, path), "rb") as stream:
            return CachedRole(**json.loads(stream.read()))
    except (OSError, ValueError, TypeError):
        return None


def cached_roles(session: SsoSession) -> list[tuple[str, CachedRole]]:
    """The files with credentials of *session*: those that we wrote, and those of configured profiles.

    Raises WorkstationError for a configuration that cannot be read.
    """
    roles = {
        path_of(source): CachedRole(source.account_id, source.role_name)
        for source in Profiles().roles_of(session)
    }
    directory = os.path.join(state_directory(session), "roles")
    for name in sorted(os.listdir(directory)) if os.path.isdir(directory) else ():
        role = recorded_role(session, name)
        if role is not None:
            roles[os.path.join(os.path.expanduser("~"), ".aws", "cli", "cache", name)] = role
    return [(path, role) for path, role in roles.items() if os.path.exists(path)]


def paths_for_session(session: SsoSession) -> list[str]:
    """The files that a logout of *session* removes. Raises WorkstationError."""
    return [path for path, _role in cached_roles(session)]


def _record_path(session: SsoSession, path: str) -> str:
    return os.path.join(state_directory(session), "roles", os.path.basename(path))


def state_directory(session: SsoSession) -> str:
    """Our own directory of what belongs to one login of *session*."""
    name = os.path.splitext(os.path.basename(session.token_path))[0]
    return os.path.join(cache_directory(), "sessions", name)
