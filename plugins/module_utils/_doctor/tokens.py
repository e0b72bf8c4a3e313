# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check of a workstation finds in the token of each session, told without a secret.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import shlex
import typing as t

from .._sso.session import SsoSession
from .._sso.token_cache import REUSE_MARGIN, DamagedCacheFile, read_registration
from .._sso.token_status import TokenStatus, fault_text, format_time_or_none, read_token_status
from .._text import format_time
from .finding import (
    Finding,
    chained,
)

_USUAL_SIGN_IN = datetime.timedelta(hours=8)  # the default of IAM Identity Center for a user's session
_REGISTRATION_MARGIN = datetime.timedelta(days=7)


class TokenState:
    """The token *status* of a session, and *login*, the command that signs in to the session."""

    def __init__(self, session: SsoSession, login: str, now: datetime.datetime) -> None:
        self.session = session
        self.login = login
        self.status: TokenStatus = read_token_status(session, now)

    @property
    def state(self) -> str:
        return self.status.state

    @property
    def subject(self) -> str:
        """What findings about this token name."""
        return f"session {self.session.label}"

    def facts(self) -> t.Dict[str, t.Any]:
        return {**self.status.facts(), "state": self.state}


def login_command(session: SsoSession, profiles: t.Mapping[str, t.Mapping[str, t.Any]]) -> str:
    """How a person signs in to *session*; one without a name needs a profile that has its start URL."""
    names = (name for name, keys in profiles.items() if keys.get("sso_start_url") == session.start_url)
    return session.login_command(next(names, "PROFILE"))


def token_findings(token: TokenState, now: datetime.datetime) -> t.List[Finding]:
    subject = token.subject
    found = [_FINDINGS[token.state](token, subject), *_of_the_registration(token, subject, now)]
    return [finding for finding in found if finding is not None]


def _signed_in(token: TokenState, subject: str) -> t.Optional[Finding]:
    if token.status.refreshable:
        return None
    if token.status.seconds_left < REUSE_MARGIN.total_seconds():
        return Finding(
            "token-ends-soon",
            "warning",
            subject,
            f"Its sign-in ends in {token.status.seconds_left // 60} minutes and cannot be refreshed.",
            "What runs longer than that fails in the middle.",
            token.login,
        )
    return Finding(
        "token-not-refreshable",
        "info",
        subject,
        "Its sign-in cannot be refreshed.",
        f"It ends at {format_time_or_none(token.status.expires_at)}, whatever runs then.",
        token.login,
    )


def _expired(token: TokenState, subject: str) -> Finding:
    if not token.status.refreshable:
        return Finding(
            "token-expired",
            "warning",
            subject,
            "Its token has expired and cannot be refreshed.",
            "Its profiles do not work, except for roles whose credentials are cached.",
            token.login,
        )
    if token.status.seconds_left < -_USUAL_SIGN_IN.total_seconds():
        return Finding(
            "token-expired",
            "warning",
            subject,
            "Its token expired longer ago than a sign-in usually lasts (8 hours).",
            "Unless your company allows longer sign-ins, the next command fails.",
            token.login,
        )
    return Finding(
        "token-expired",
        "info",
        subject,
        "Its token has expired; the next command tries to refresh it.",
        "That fails once the sign-in at IAM Identity Center has expired too.",
        token.login,
    )


def _missing(token: TokenState, subject: str) -> Finding:
    return Finding(
        "token-missing",
        "warning",
        subject,
        "Nobody is signed in to it.",
        "Profiles of it do not work.",
        token.login,
    )


def _foreign(token: TokenState, subject: str) -> Finding:
    return Finding(
        "token-foreign",
        "warning",
        subject,
        "Its token is of another start URL or region than the configuration says.",
        "The token's file is named by the session alone; AWS refuses the token, or knows another person.",
        token.login,
    )


def _damaged(token: TokenState, subject: str) -> Finding:
    return Finding(
        "token-damaged",
        "error",
        subject,
        f"The file of its token is damaged: {token.session.token_path} {token.status.fault}.",
        "The AWS CLI stops at it with a message that tells no reason.",
        chained(f"rm {shlex.quote(token.session.token_path)}", token.login),
    )


_FINDINGS: t.Dict[str, t.Callable[[TokenState, str], t.Optional[Finding]]] = {
    "signed_in": _signed_in,
    "expired": _expired,
    "missing": _missing,
    "foreign": _foreign,
    "damaged": _damaged,
}


def _of_the_registration(token: TokenState, subject: str, now: datetime.datetime) -> t.Iterator[Finding]:
    path = token.session.registration_path
    try:
        read_registration(path)
    except (DamagedCacheFile, OSError) as error:
        yield Finding(
            "registration-damaged",
            "error",
            subject,
            f"The file of its client registration is damaged: {path} {fault_text(error)}.",
            "aws sso login stops at it with a message that tells no reason.",
            chained(f"rm {shlex.quote(path)}", token.login),
        )
    ends = token.status.registration_expires_at
    if token.status.refreshable and ends is not None and ends - now < _REGISTRATION_MARGIN:
        yield Finding(
            "registration-ends",
            "info",
            subject,
            f"Its client registration ends at {format_time(ends)}.",
            "Its token cannot be refreshed any more then.",
            token.login,
        )
