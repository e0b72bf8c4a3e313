# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of sessions as sso_session_info returns it, from files alone and without secrets.

PRIVATE to the collection. For the controller and for managed hosts.
"""

from __future__ import annotations

import typing as t

from .._files.errors import file_error_text
from .known_sessions import KnownSession, ReadableConfig, all_sessions, find_sessions
from .role_cache import RoleCache, expiry_of
from .session import SsoSession
from .token_cache import DamagedCacheFile, Token, read_registration, read_token, utc_now
from .token_status import TokenStatus, format_time_or_none

Facts = t.Dict[str, t.Any]


def session_facts(name: t.Optional[str]) -> t.Tuple[t.List[Facts], t.List[str]]:
    """The facts of the session *name*, by default of all sessions, and warnings about the configuration.

    Raises WorkstationError for a session of which there is nothing, in the configuration or in the caches,
    and if the configuration is unreadable and there is no token.
    """
    config = ReadableConfig()
    sessions = find_sessions(name, config)
    if config.errors and not sessions:
        raise config.errors[0]
    known = [entry.session for entry in (*sessions, *all_sessions(config))]
    cache = RoleCache(config, dict.fromkeys(known))
    return [_facts(entry, cache) for entry in sessions], [str(error) for error in config.errors]


def _facts(entry: KnownSession, cache: RoleCache) -> Facts:
    session = entry.session
    problems = [entry.problem] if entry.problem else []
    token = _token(session, problems)
    status = TokenStatus(session, token, utc_now())
    registration_end = status.registration_expires_at or _registration_end(session, problems)
    return {
        **status.facts(),
        "start_url": session.start_url or None,
        "region": session.region or None,
        "configured": entry.configured,
        "logged_in": status.state == "signed_in",
        "registration_expires_at": format_time_or_none(registration_end),
        "cached_roles": _roles(session, cache),
        "problems": problems,
    }


def _token(session: SsoSession, problems: t.List[str]) -> t.Optional[Token]:
    """The token, expired or not, unless it belongs to another portal or region."""
    try:
        token = read_token(session.token_path)
    except DamagedCacheFile as error:
        problems.append(f"{error} A sign-out or a new sign-in replaces it.")
        return None
    except OSError as error:
        problems.append(file_error_text(error, session.token_path))
        return None
    if token is not None and not session.owns(token):
        problems.append(
            f"{session.token_path} holds a token of another start URL or Region than that of the session"
            f" {session.label}. A sign-out ends it, and a new sign-in replaces it."
        )
        return None
    return token


def _registration_end(session: SsoSession, problems: t.List[str]) -> t.Any:
    try:
        registration = read_registration(session.registration_path)
    except (DamagedCacheFile, OSError) as error:
        problems.append(file_error_text(error, session.registration_path))
        return None
    return registration.expires_at if registration else None


def _roles(session: SsoSession, cache: RoleCache) -> t.List[Facts]:
    roles = [
        {
            "account_id": role.account_id,
            "role_name": role.role_name,
            "role_arn": role.role_arn,
            "expires_at": expiry_of(path),
        }
        for path, role in cache.roles_of(session).items()
    ]
    return sorted(roles, key=lambda role: (role["account_id"], role["role_name"], role["role_arn"] or ""))
