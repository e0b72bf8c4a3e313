# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a session without asking anybody, and without a secret.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import DamagedCacheFile, Token, read_registration, utc_now
from ...module_utils._text import format_time
from .._cached_credentials import read_credentials
from .._credentials import cache
from .tokens import cached_token


def describe(session: SsoSession) -> dict[str, t.Any]:
    """The facts that sso_session_info returns for *session*. Raises WorkstationError ."""
    problems: list[str] = []
    token = _token(session, problems)
    now = utc_now()
    return {
        "name": session.name,
        "start_url": session.start_url,
        "region": session.region,
        "logged_in": token is not None and token.seconds_left(now) > 0,
        "expires_at": _text(token.expires_at if token else None),
        "refreshable": token is not None and token.refreshable(now),
        "registration_expires_at": _text(_registration_end(session, token, problems)),
        "cached_roles": _roles(session),
        "problems": problems,
    }


def _token(session: SsoSession, problems: list[str]) -> Token | None:
    try:
        return cached_token(session)
    except WorkstationError as error:
        problems.append(str(error))
        return None


def _registration_end(
    session: SsoSession, token: Token | None, problems: list[str]
) -> datetime.datetime | None:
    if token is not None and token.registration_expires_at is not None:
        return token.registration_expires_at
    try:
        registration = read_registration(session.registration_path)
    except (DamagedCacheFile, OSError) as error:
        problems.append(str(error))
        return None
    return registration.expires_at if registration else None


def _roles(session: SsoSession) -> list[dict[str, t.Any]]:
    roles = []
    for path, role in cache.cached_roles(session):
        credentials = read_credentials(path)
        roles.append(
            {
                "account_id": role.account_id,
                "role_name": role.role_name,
                "role_arn": role.role_arn,
                "expires_at": _text(credentials.expires_at if credentials else None),
            }
        )
    return sorted(roles, key=lambda role: (role["account_id"], role["role_name"], role["role_arn"] or ""))


def _text(moment: datetime.datetime | None) -> str | None:
    return None if moment is None else format_time(moment)
