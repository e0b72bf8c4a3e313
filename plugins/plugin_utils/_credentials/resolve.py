# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of a role: from the cache while they last, else from AWS, asked by one process for all.

PRIVATE to the collection. botocore is imported only to ask AWS.
"""

from __future__ import annotations

import math
import typing as t

from .._cached_credentials import (
    RoleCredentials,
    logged_in,
    read,
)
from .._single_flight import single_flight
from .._sso.sessions import find_session
from . import cache as _cache
from .profiles import CredentialSource, Profiles

_SECONDS_FOR_ANOTHER_PROCESS = 150
_SECONDS_TO_ASSUME_A_ROLE = 60
_GOOD_PART_OF_A_SHORT_LIFE = 0.75

Warn = t.Callable[[str], None]


def source_of(profile: str | None, direct: t.Mapping[str, t.Any]) -> CredentialSource:
    """Where the credentials of *profile* come from, or those of the account and role in *direct*.

    Raises WorkstationError.
    """
    if profile is not None:
        return Profiles().source(profile)
    session = find_session(direct["session"], direct["start_url"], direct["region"])
    return CredentialSource(session, direct["account_id"], direct["role_name"])


def role_credentials(
    source: CredentialSource, min_ttl: float, cache: bool = True, warn: Warn = lambda text: None
) -> RoleCredentials:
    """Credentials of *source* that live for *min_ttl* seconds more, if AWS issues them for that long.

    Without *cache*, AWS is asked and nothing is kept. *warn* is told of credentials that live shorter.

    Raises LoginRequired, ServiceError, Unreachable and WorkstationError.
    """
    if not cache:
        return _issued(source, cache, warn)
    credentials = _cached(source, min_ttl)
    if credentials is not None:
        return credentials
    with single_flight(_cache.path_of(source), _SECONDS_FOR_ANOTHER_PROCESS):
        credentials = _cached(source, min_ttl)
        if credentials is not None:
            return credentials
        credentials = _issued(source, cache, warn)
        lifetime = math.ceil(credentials.seconds_left() / 60) * 60
        _cache.write(source, credentials, lifetime)
    if lifetime < min_ttl:
        warn(_short_life_text(source, lifetime, min_ttl))
    return credentials


def _cached(source: CredentialSource, min_ttl: float) -> RoleCredentials | None:
    """What the cache has, if it is good for *min_ttl*, or for nearly as long as this role ever is."""
    path = _cache.path_of(source)
    credentials = read(path)
    if credentials is None or not logged_in(source.role):
        return None
    left = credentials.seconds_left()
    if left >= min_ttl:
        return credentials
    role = _cache.recorded_role(source.session, path)
    if role is None or role.lifetime is None or role.lifetime > min_ttl:
        return None
    return credentials if left >= role.lifetime * _GOOD_PART_OF_A_SHORT_LIFE else None


def _issued(source: CredentialSource, cache: bool, warn: Warn) -> RoleCredentials:
    if source.chain:
        from .assume_role import assume_role

        assuming = source._replace(chain=source.chain[:-1])
        keys = role_credentials(assuming, _SECONDS_TO_ASSUME_A_ROLE, cache, warn)
        return assume_role(keys, source.region or source.session.region, source.chain[-1])
    from .._sso.portal import Portal

    return Portal(source.session, warn=warn).role_credentials(source.account_id, source.role_name)


def _short_life_text(source: CredentialSource, lifetime: int, min_ttl: float) -> str:
    if source.chain:
        who, cure = source.chain[-1]["RoleArn"], "Ask for a longer duration, or for less min_ttl."
    else:
        who = f"{source.role_name} in the account {source.account_id}"
        cure = "The session duration of its permission set in IAM Identity Center decides that."
    return (
        f"Credentials of {who} last for {lifetime // 60} minutes, less than the {min_ttl / 60:.0f} minutes of"
        f" min_ttl. {cure}"
    )
