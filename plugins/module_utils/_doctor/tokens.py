# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the access token and the client registration of each session; none contains a secret.

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
from .finding import CLI_FAILS, Finding, chain

_USUAL_SIGN_IN = datetime.timedelta(hours=8)
"""The default duration of a user's session at IAM Identity Center; a refresh token is of no use after it."""

_REGISTRATION_MARGIN = datetime.timedelta(days=7)
"""How long before its expiry a client registration is reported: a user who signs in once a week is warned."""


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


def token_findings(token: TokenState, now: datetime.datetime) -> t.List[Finding]:
    """What is wrong with *token* and with the registration of its client at the time *now*."""
    subject = token.subject
    found = [_FINDINGS[token.state](token, subject), *_registration_findings(token, subject, now)]
    return [finding for finding in found if finding is not None]


def _signed_in(token: TokenState, subject: str) -> t.Optional[Finding]:
    if token.status.refreshable:
        return None
    if token.status.seconds_left < REUSE_MARGIN.total_seconds():
        return Finding(
            "token-expires-soon",
            "warning",
            subject,
            f"Its token expires in {token.status.seconds_left // 60} minutes and cannot be refreshed.",
            "Anything that runs longer than that fails partway.",
            token.login,
        )
    return Finding(
        "token-not-refreshable",
        "info",
        subject,
        "Its token cannot be refreshed.",
        f"It expires at {format_time_or_none(token.status.expires_at)}, even if commands run then.",
        token.login,
    )


def _expired(token: TokenState, subject: str) -> Finding:
    if not token.status.refreshable:
        return Finding(
            "token-expired",
            "warning",
            subject,
            "Its token has expired and cannot be refreshed.",
            "Its profiles do not work, except those whose role credentials are still cached.",
            token.login,
        )
    if token.status.seconds_left < -_USUAL_SIGN_IN.total_seconds():
        return Finding(
            "token-expired",
            "warning",
            subject,
            "Its token expired more than 8 hours ago, which is how long a sign-in lasts by default.",
            "Unless your company allows longer sign-ins, the next AWS command fails.",
            token.login,
        )
    return Finding(
        "token-expired",
        "info",
        subject,
        "Its token has expired; the next AWS command tries to refresh it.",
        "The refresh fails if the session at IAM Identity Center has expired too.",
        token.login,
    )


def _missing(token: TokenState, subject: str) -> Finding:
    return Finding(
        "token-missing",
        "warning",
        subject,
        "No user is signed in to it.",
        "Its profiles do not work.",
        token.login,
    )


def _foreign(token: TokenState, subject: str) -> Finding:
    return Finding(
        "token-other-session",
        "warning",
        subject,
        "Its cached token belongs to another start URL or region than the one in the configuration.",
        "Token files are named after the session only; AWS rejects the token, or it belongs to another user.",
        token.login,
    )


def _damaged(token: TokenState, subject: str) -> Finding:
    return Finding(
        "token-damaged",
        "error",
        subject,
        f"Its token file is damaged: {token.session.token_path} {token.status.fault}.",
        CLI_FAILS,
        chain(f"rm {shlex.quote(token.session.token_path)}", token.login),
    )


_FINDINGS: t.Dict[str, t.Callable[[TokenState, str], t.Optional[Finding]]] = {
    "signed_in": _signed_in,
    "expired": _expired,
    "missing": _missing,
    "foreign": _foreign,
    "damaged": _damaged,
}


def _registration_findings(token: TokenState, subject: str, now: datetime.datetime) -> t.Iterator[Finding]:
    path = token.session.registration_path
    try:
        read_registration(path)
    except (DamagedCacheFile, OSError) as error:
        yield Finding(
            "registration-damaged",
            "error",
            subject,
            f"Its client registration file is damaged: {path} {fault_text(error)}.",
            CLI_FAILS,
            chain(f"rm {shlex.quote(path)}", token.login),
        )
    expires_at = token.status.registration_expires_at
    if token.status.refreshable and expires_at is not None and expires_at - now < _REGISTRATION_MARGIN:
        yield Finding(
            "registration-expires-soon",
            "info",
            subject,
            f"Its client registration expires at {format_time(expires_at)}.",
            "Its token can no longer be refreshed after that.",
            chain(
                f"rm -f {shlex.quote(path)}", token.login
            ),  # a sign-in uses a registration that is still valid
        )
