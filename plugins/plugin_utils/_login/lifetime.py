# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lifetime of the tokens that AWS issues for a session, where it is shorter than a task requires.

PRIVATE to the collection. Without a record of it, a task with a long min_ttl would refresh the token, or ask
for a sign-in, at every run, although no token of the session can live longer.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import hashlib
import json
import os
import typing as t

from ...module_utils._files.atomic import PRIVATE_FILE, replace_file
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.state import state_directory
from ...module_utils._sso.token_cache import Token, time_or_none, utc_now
from ...module_utils._text import format_time
from .._sso.refresh import REFRESH_WINDOW
from .prompt import duration

_SHORTEST_TO_KEEP = 60
"""Seconds; a sign-in that begins later ends after the sign-in session, so it starts a new one."""


@dataclasses.dataclass(frozen=True)
class _Record:
    """*signed_in_at* and *expires_at* are timestamps; *seconds* is 0 where no token was too short.

    *task* is that of the last sign-in.
    """

    seconds: float = 0
    expires_at: str = ""
    signed_in_at: str = ""
    task: str = ""


class TokenLifetime:
    """What was observed about the tokens of *session*, of this machine or of the user of *host*."""

    def __init__(self, session: SsoSession, warn: t.Callable[[str], None], host: str | None = None) -> None:
        self._session = session
        self._warn = warn
        name = "lifetime"
        if host is not None:
            name += "-" + hashlib.sha256(host.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self._path = os.path.join(state_directory(session), name)
        self._keeps_sign_ins = host is None

    def reachable(self, min_ttl: float, expires_at: datetime.datetime | None, refreshable: bool) -> float:
        """The lifetime to require of a token: *min_ttl*, or less if no new token can have that much."""
        record = self._read()
        if not 0 < record.seconds <= min_ttl:
            return min_ttl
        if refreshable:
            return min(min_ttl, max(record.seconds - REFRESH_WINDOW, REFRESH_WINDOW))
        is_the_last = expires_at is not None and record.expires_at == format_time(expires_at)
        return min(min_ttl, _SHORTEST_TO_KEEP) if is_the_last else min_ttl

    def is_of_task(self, token: Token | None, task: str) -> bool:
        """Whether *token* is that of a sign-in for another host of the same *task*."""
        if token is None or not task:
            return False
        record = self._read()
        return (record.task, record.expires_at) == (task, format_time(token.expires_at))

    def issued(self, token: Token, min_ttl: float, by_sign_in: bool = False, task: str = "") -> None:
        """Record a new *token*, and warn if it expires within *min_ttl* seconds."""
        before = self._read()
        now, left = utc_now(), token.seconds_left(utc_now())
        is_short = left <= min_ttl
        is_kept = by_sign_in and self._keeps_sign_ins
        if is_short or is_kept or before.seconds:
            self._write(
                _Record(
                    seconds=left if is_short or before.seconds else 0,
                    expires_at=format_time(token.expires_at),
                    signed_in_at=format_time(now) if is_kept else before.signed_in_at,
                    task=task if is_kept else "",
                )
            )
        if is_short:
            refreshable = token.refreshable(now)
            self._warn(self._text(left, min_ttl, refreshable, "" if by_sign_in else before.signed_in_at))

    def used(self, left: float, min_ttl: float, refreshable: bool) -> None:
        """Warn if a token that was kept expires in *left* seconds, within *min_ttl*."""
        record = self._read()
        if record.seconds > 0 and left <= min_ttl:
            seconds = max(left, record.seconds)
            self._warn(self._text(seconds, min_ttl, refreshable, record.signed_in_at))

    @property
    def last_sign_in(self) -> str:
        """A sentence that says when the user last signed in on this machine; empty if that is unknown."""
        signed_in_at = self._read().signed_in_at
        return f"The last sign-in on this machine was at {signed_in_at}." if signed_in_at else ""

    def _text(self, seconds: float, min_ttl: float, refreshable: bool, signed_in_at: str) -> str:
        label, lifetime = self._session.label, duration(seconds)
        if seconds <= REFRESH_WINDOW:
            since = f" since {signed_in_at}" if signed_in_at else ""
            return (
                f"The token of {label} is valid for {lifetime} only. The browser was already signed in to the"
                f" access portal{since}, and a token expires together with that sign-in session. For a"
                " session of full length, run sso_login with `force: true`, which ends the old session first,"
                f" or sign out in the access portal ({self._session.start_url}) and sign in again."
            )
        later = (
            "It is refreshed without a sign-in when a task, a lookup or the AWS CLI uses it later."
            if refreshable
            else "It cannot be refreshed, so a sign-in is required when it expires."
        )
        return (
            f"min_ttl is {duration(min_ttl)}, but IAM Identity Center issues tokens of {lifetime} for"
            f" {label}. The token is kept. {later}"
        )

    def _read(self) -> _Record:
        try:
            with open(self._path, "rb") as stream:
                document = json.loads(stream.read())
        except (OSError, ValueError, RecursionError):
            return _Record()
        if not isinstance(document, dict):
            return _Record()
        seconds, texts = document.get("seconds"), {}
        for name in ("expires_at", "signed_in_at"):
            if time_or_none(document.get(name)):
                texts[name] = document[name]
        if isinstance(document.get("task"), str):
            texts["task"] = document["task"]
        return _Record(seconds=seconds if isinstance(seconds, (int, float)) else 0, **texts)

    def _write(self, record: _Record) -> None:
        with contextlib.suppress(OSError):  # without a record, the token is refreshed once more
            replace_file(self._path, json.dumps(dataclasses.asdict(record)).encode(), PRIVATE_FILE)
