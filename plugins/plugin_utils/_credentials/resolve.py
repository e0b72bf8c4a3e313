# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of a role: valid ones from the cache, else new ones that one process requests for all.

PRIVATE to the collection. botocore is imported only to call AWS.
"""

from __future__ import annotations

import math
import os
import time
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._files.errors import file_error_text
from ...module_utils._sso.session_input import WHERE_TO_FIND_BOTH, region_or_default
from ...module_utils._text import ACCOUNT_ID, account_id_hint
from .._aws.session import settings_of
from .._cached_credentials import RoleCredentials
from .._display import debug
from .._processes.failures import shared_failures
from .._processes.single_flight import single_flight
from .._sso.sessions import find_session
from . import cache as _cache
from .profiles import CredentialSource, Profiles
from .sign_in import Current, current_sign_in
from .validity import clock_text

if t.TYPE_CHECKING:
    from .._sso.portal import Portal

_SECONDS_FOR_ANOTHER_PROCESS = 110
"""More than one request takes with all its retries: 60 seconds for the role, 37 to refresh the token."""
_SECONDS_TO_ASSUME_A_ROLE = 60
"""The minimum lifetime of credentials that are used for one call of AssumeRole."""
_MOST_SECONDS_OF_A_CHAINED_ROLE = 3600
_SHARE_OF_A_SHORT_LIFETIME = 0.75
"""Credentials that are never valid for min_ttl are renewed after a quarter, not by each lookup."""

Warn = t.Callable[[str], None]


def find_source(profile: str | None, direct: t.Mapping[str, t.Any]) -> CredentialSource:
    """The source of the credentials of *profile*, or of the account and role in *direct*, options by name.

    Raises WorkstationError.
    """
    if profile is not None:
        return Profiles().source(profile)
    if not direct["session"] and not region_or_default(direct["start_url"], direct["region"]):
        raise WorkstationError(
            "account_id and role_name require session, or start_url and region. The start URL"
            f" {direct['start_url']} does not contain the region. {WHERE_TO_FIND_BOTH}"
        )
    account_id = direct["account_id"]
    if not ACCOUNT_ID.fullmatch(account_id):
        hint = account_id_hint(account_id)
        raise WorkstationError(f"account_id must be a string of 12 digits, not {account_id!r}. {hint}")
    session = find_session(direct["session"], direct["start_url"], direct["region"])
    return CredentialSource(session, account_id, direct["role_name"])


def role_credentials(
    source: CredentialSource,
    min_ttl: float,
    cache: bool = True,
    warn: Warn = lambda text: None,
    portal: Portal | None = None,
) -> RoleCredentials:
    """Credentials of *source* that are valid for *min_ttl* seconds more, if AWS issues them for that long.

    Without *cache*, they are requested from AWS and not stored. *warn* is called with a text if they are not
    valid for *min_ttl*, the same in each call of a run, and if they cannot be stored. Threads that request
    many roles share a *portal*, and so its rate.

    Raises LoginRequired, RoleRefused, ServiceError, Unreachable and WorkstationError.
    """
    asked_at = time.time()
    if not cache:
        new, skew = _request(source, cache, asked_at, warn, portal)
        _warn_if_short(source, _lifetime(new), min_ttl, warn, skew)
        return new
    credentials = _cached(source, min_ttl, warn)
    if credentials is not None:
        return credentials
    action = f"requests credentials of {source.label}"
    with single_flight(_cache.cache_path(source), _SECONDS_FOR_ANOTHER_PROCESS, action):
        credentials = _cached(source, min_ttl, warn)
        if credentials is not None:
            return credentials
        before = current_sign_in(source.session)
        credentials, skew = _request(source, cache, asked_at, warn, portal)
        lifetime = _lifetime(credentials)
        after = current_sign_in(source.session)
        if after is not None and before is not None and after.sign_in.id == before.sign_in.id:
            _store(source, credentials, lifetime, after, warn)
        else:
            debug(f"{source.label}: the credentials are not cached, because a user has just signed in or out")
    _warn_if_short(source, lifetime, min_ttl, warn, skew)
    return credentials


def _warn_if_short(source: CredentialSource, lifetime: int, min_ttl: float, warn: Warn, skew: float) -> None:
    if lifetime < min_ttl:
        warn(_short_life_text(source, lifetime, min_ttl, skew))


def _lifetime(credentials: RoleCredentials) -> int:
    """The lifetime of new *credentials* in whole minutes, in seconds."""
    return math.ceil(credentials.seconds_left() / 60) * 60


def _store(
    source: CredentialSource, credentials: RoleCredentials, lifetime: int, current: Current, warn: Warn
) -> None:
    """Cache *credentials*; where that is impossible, *warn* is called, with the same text for all roles."""
    try:
        _cache.write(source, credentials, lifetime, current)
    except OSError as error:
        error.filename = error.filename2 = None
        where = file_error_text(error, os.path.dirname(_cache.cache_path(source)))
        warn(
            f"Role credentials are not cached, so each lookup requests new ones from AWS. {where} To use no"
            " cache, and without this warning, set cache to false."
        )


def _cached(source: CredentialSource, min_ttl: float, warn: Warn) -> RoleCredentials | None:
    """Cached credentials that are valid for *min_ttl*, or for most of a shorter lifetime of the role."""
    path = _cache.cache_path(source)
    current = current_sign_in(source.session)
    credentials = _cache.read_current(source, current)
    if credentials is None:
        exists = os.path.exists(path)
        reason = "the session is signed out" if current is None else "they are not of the current sign-in"
        debug(
            f"{source.label}: cached credentials in {path} are ignored, {reason}"
            if exists
            else f"{source.label}: no cached credentials in {path}"
        )
        return None
    left = credentials.seconds_left()
    role = _cache.recorded_role(source.session, path)
    lifetime = role.lifetime if role is not None else None
    required = min_ttl
    if lifetime is not None and lifetime <= min_ttl:
        required = lifetime * _SHARE_OF_A_SHORT_LIFETIME
    usable = left >= required
    debug(
        f"{source.label}: cached credentials in {path} are valid for {left:.0f} seconds,"
        f" {'used' if usable else f'renewed: {required:.0f} are required'}"
    )
    if usable and left < min_ttl and lifetime is not None:
        warn(_short_life_text(source, lifetime, min_ttl))
    return credentials if usable else None


def _request(
    source: CredentialSource, cache: bool, asked_at: float, warn: Warn, portal: Portal | None
) -> tuple[RoleCredentials, float]:
    """New credentials, and by how many seconds the clock of this machine is ahead of that of AWS."""
    if source.chain:
        from .assume_role import assume_role, check_request

        check_request(source.chain[-1])
        assuming = source._replace(chain=source.chain[:-1])
        keys = role_credentials(assuming, _SECONDS_TO_ASSUME_A_ROLE, cache, warn, portal)
        region = source.region or source.session.region
        with shared_failures(f"sts:{region}", asked_at):
            return assume_role(keys, region, source.chain[-1], settings_of(source.session)), 0.0
    from .._sso import portal as sso_portal

    with shared_failures(f"portal:{source.session.region}:{source.session.start_url}", asked_at):
        portal = portal or sso_portal.Portal(source.session, warn=warn)
        return portal.role_credentials(source.account_id, source.role_name), portal.clock_skew


def _short_life_text(source: CredentialSource, lifetime: int, min_ttl: float, skew: float = 0.0) -> str:
    """The text has the *lifetime* of new credentials, not of cached ones: Ansible shows equal texts once."""
    if source.chain:
        role, fix = source.chain[-1]["RoleArn"], "Set a longer duration or a smaller min_ttl."
        if lifetime >= _MOST_SECONDS_OF_A_CHAINED_ROLE:
            fix = "This is the limit of AWS for a role that another role assumes. Set a smaller min_ttl."
    else:
        role = f"{source.role_name} in the account {source.account_id}"
        fix = "The limit is the session duration of its permission set in IAM Identity Center."
    minutes, required = lifetime // 60, f"{min_ttl / 60:.0f}"
    text = (
        f"Credentials of {role} are valid for {minutes} minutes, less than the {required} minutes of min_ttl."
    )
    if lifetime >= min_ttl:
        text = (
            f"Credentials of {role} are valid for {minutes} minutes, not more than the {required} of min_ttl."
        )
    return f"{text} {clock_text(skew) or fix}"
