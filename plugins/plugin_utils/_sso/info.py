# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a session, from the files of the AWS CLI alone and without secrets.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import DamagedCacheFile, Token, read_registration, utc_now
from ...module_utils._sso.token_status import TokenStatus, format_time_or_none
from .._cached_credentials import read_credentials
from .._credentials import cache
from .tokens import cached_token


def describe(session: SsoSession) -> dict[str, t.Any]:
    """The facts that sso_session_info returns for *session*. Raises WorkstationError."""
    problems: list[str] = []
    status = TokenStatus(session, _token(session, problems), utc_now())
    return {
        **status.facts(),
        "logged_in": status.state == "signed_in",
        "registration_expires_at": format_time_or_none(
            status.registration_expires_at or _registration_end(session, problems)
        ),
        "cached_roles": _roles(session),
        "problems": problems,
    }


def _token(session: SsoSession, problems: list[str]) -> Token | None:
    try:
        return cached_token(session)
    except WorkstationError as error:
        problems.append(str(error))
        return None


def _registration_end(session: SsoSession, problems: list[str]) -> datetime.datetime | None:
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
                "expires_at": format_time_or_none(credentials.expires_at if credentials else None),
            }
        )
    return sorted(roles, key=lambda role: (role["account_id"], role["role_name"], role["role_arn"] or ""))
