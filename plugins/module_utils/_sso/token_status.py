# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a session's token, without a secret: the one place where it is determined and described.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import os
import sys
import typing as t

from .._aws_config.parser import config_path, read_config
from .._text import format_time
from .session import (
    SsoSession,
    described_session,
    session_in,
)
from .token_cache import DamagedCacheFile, Token, read_token, sso_cache_directory, utc_now


class TokenStatus:
    """The state of the token of *session* at a time.

    *state* is signed_in, expired, missing, foreign (the token belongs to another start URL or region) or
    damaged; *fault* is what is wrong with the file of a damaged token. *expires_at* and
    *registration_expires_at* are None without a token, *seconds_left* is then 0.
    """

    def __init__(
        self, session: SsoSession, token: t.Optional[Token], now: datetime.datetime, fault: str = ""
    ) -> None:
        self.session = session
        self.fault = fault
        self.expires_at: t.Optional[datetime.datetime] = None
        self.registration_expires_at: t.Optional[datetime.datetime] = None
        self.refreshable = False
        self.seconds_left = 0
        self.state = "damaged" if fault else "missing"
        if token is not None:
            self.expires_at = token.expires_at
            self.registration_expires_at = token.registration_expires_at
            self.refreshable = token.refreshable(now)
            self.seconds_left = int(token.seconds_left(now))
            self.state = "signed_in" if token.seconds_left(now) > 0 else "expired"
            if not session.owns(token):
                self.state = "foreign"

    def facts(self) -> t.Dict[str, t.Any]:
        """The session and the token as results of modules describe them; times are text or None."""
        return {
            "name": self.session.name,
            "start_url": self.session.start_url,
            "region": self.session.region,
            "expires_at": format_time_or_none(self.expires_at),
            "refreshable": self.refreshable,
            "registration_expires_at": format_time_or_none(self.registration_expires_at),
        }


def read_token_status(session: SsoSession, now: datetime.datetime) -> TokenStatus:
    """The state of the token in the cache of this host; a file that cannot be read is damaged as well."""
    try:
        return TokenStatus(session, read_token(session.token_path), now)
    except (DamagedCacheFile, OSError) as error:
        return TokenStatus(session, None, now, fault_text(error))


def fault_text(error: t.Union[DamagedCacheFile, OSError]) -> str:
    """What is wrong with a file of the cache, as the rest of a sentence about the file."""
    return error.reason if isinstance(error, DamagedCacheFile) else f"cannot be read: {error.strerror}"


def session_from_options(options: t.Mapping[str, t.Any]) -> SsoSession:
    """The session that the options of sso_login define, or that the AWS configuration of this host has.

    Raises ConfigError, UnknownSession, IncompleteSession and InvalidSession.
    """
    if options["start_url"]:
        return described_session(
            options["session"], options["start_url"], options["region"], options["registration_scopes"]
        )
    path = config_path(os.environ)
    return session_in(read_config(path), path, options["session"])


def describe(session: SsoSession) -> t.Dict[str, t.Any]:
    """The session, the state of its token, and the cache directory of this host. Raises OSError."""
    try:
        token = read_token(session.token_path)
    except DamagedCacheFile:
        token = None
    if token is not None and not session.owns(token):
        token = None
    status = TokenStatus(session, token, utc_now())
    return {
        "session": session.name,
        "start_url": session.start_url,
        "region": session.region,
        "registration_scopes": session.registration_scopes,
        "expires_at": format_time_or_none(status.expires_at),
        "seconds_left": status.seconds_left,
        "refreshable": status.refreshable,
        "directory": sso_cache_directory(),
        "python": sys.executable,
        "writable": _is_writable(sso_cache_directory()),
    }


def format_time_or_none(moment: t.Optional[datetime.datetime]) -> t.Optional[str]:
    """*moment* as format_time() writes it; None stays None."""
    return None if moment is None else format_time(moment)


def _is_writable(directory: str) -> bool:
    """Whether files can be written to *directory* once its missing parents have been created."""
    directory = os.path.abspath(directory)
    while not os.path.lexists(directory):
        directory = os.path.dirname(directory)
    return os.path.isdir(directory) and os.access(directory, os.W_OK | os.X_OK)
