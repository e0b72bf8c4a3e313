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
from .._sso.token_cache import REUSE_MARGIN, DamagedCacheFile, Token, read_registration, read_token
from .._text import format_time
from .finding import (
    Finding,
    chained,
)

_USUAL_SIGN_IN = datetime.timedelta(hours=8)  # the default of IAM Identity Center for a user's session
_REGISTRATION_MARGIN = datetime.timedelta(days=7)


class TokenState:
    """How it stands with the token of a session at a moment.

    *state* is signed_in, expired, missing, foreign (of another start URL or region) or damaged; *fault* says
    what is wrong with the file of a damaged one.
    """

    def __init__(self, session: SsoSession, login: str, now: datetime.datetime) -> None:
        """*login* is the command that signs in to *session*."""
        self.session = session
        self.login = login
        self.token: t.Optional[Token] = None
        self.fault = ""
        try:
            self.token = read_token(session.token_path)
        except (DamagedCacheFile, OSError) as error:
            self.fault = _reason(error)
        self.state = self._state(now)
        self.refreshable = self.token is not None and self.token.refreshable(now)
        self.seconds_left = int(self.token.seconds_left(now)) if self.token else 0

    def _state(self, now: datetime.datetime) -> str:
        if self.fault:
            return "damaged"
        if self.token is None:
            return "missing"
        if not self.session.owns(self.token):
            return "foreign"
        return "signed_in" if self.token.seconds_left(now) > 0 else "expired"

    @property
    def subject(self) -> str:
        """What findings about this token name."""
        return f"session {self.session.label}"

    def facts(self) -> t.Dict[str, t.Any]:
        registration = self.token.registration_expires_at if self.token else None
        return {
            "name": self.session.name,
            "start_url": self.session.start_url,
            "region": self.session.region,
            "state": self.state,
            "expires_at": format_time(self.token.expires_at) if self.token else None,
            "refreshable": self.refreshable,
            "registration_expires_at": format_time(registration) if registration else None,
        }


def login_command(session: SsoSession, profiles: t.Mapping[str, t.Mapping[str, t.Any]]) -> str:
    """How a person signs in to *session*; one without a name needs a profile that has its start URL."""
    names = (name for name, keys in profiles.items() if keys.get("sso_start_url") == session.start_url)
    return session.login_command(next(names, "PROFILE"))


def token_findings(token: TokenState, now: datetime.datetime) -> t.List[Finding]:
    subject = token.subject
    found = [_FINDINGS[token.state](token, subject), *_of_the_registration(token, subject, now)]
    return [finding for finding in found if finding is not None]


def _signed_in(token: TokenState, subject: str) -> t.Optional[Finding]:
    if token.refreshable:
        return None
    if token.seconds_left < REUSE_MARGIN.total_seconds():
        return Finding(
            "token-expires-soon",
            "warning",
            subject,
            f"Its sign-in expires in {token.seconds_left // 60} minutes and cannot be refreshed.",
            "Commands that run longer than that fail.",
            token.login,
        )
    return Finding(
        "token-not-refreshable",
        "info",
        subject,
        "Its sign-in cannot be refreshed.",
        f"It expires at {format_time(t.cast(Token, token.token).expires_at)}, even if commands run then.",
        token.login,
    )


def _expired(token: TokenState, subject: str) -> Finding:
    if not token.refreshable:
        return Finding(
            "token-expired",
            "warning",
            subject,
            "Its token has expired and cannot be refreshed.",
            "Its profiles do not work, except for roles whose credentials are cached.",
            token.login,
        )
    if token.seconds_left < -_USUAL_SIGN_IN.total_seconds():
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
        "Its profiles do not work.",
        token.login,
    )


def _foreign(token: TokenState, subject: str) -> Finding:
    return Finding(
        "token-other-session",
        "warning",
        subject,
        "Its token is for a different start URL or region than in the configuration.",
        "The file name contains the session name only; AWS rejects the token, or it belongs to another user.",
        token.login,
    )


def _damaged(token: TokenState, subject: str) -> Finding:
    return Finding(
        "token-damaged",
        "error",
        subject,
        f"The file of its token is damaged: {token.session.token_path} {token.fault}.",
        "The AWS CLI fails on it with an unhelpful error.",
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
            f"The file of its client registration is damaged: {path} {_reason(error)}.",
            "aws sso login fails on it with an unhelpful error.",
            chained(f"rm {shlex.quote(path)}", token.login),
        )
    ends = token.token.registration_expires_at if token.token else None
    if token.refreshable and ends is not None and ends - now < _REGISTRATION_MARGIN:
        yield Finding(
            "registration-expires-soon",
            "info",
            subject,
            f"Its client registration expires at {format_time(ends)}.",
            "After that, its token can no longer be refreshed.",
            token.login,
        )


def _reason(error: Exception) -> str:
    if isinstance(error, DamagedCacheFile):
        return error.reason
    return f"cannot be read: {error.strerror}" if isinstance(error, OSError) else ""
