# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host knows of its own SSO token, told without a secret.

PRIVATE to the collection.
"""

from __future__ import annotations

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
from .token_cache import DamagedCacheFile, read_token, sso_cache_directory, utc_now


def session_of_options(options: t.Mapping[str, t.Any]) -> SsoSession:
    """The session that sso_login's options name, inline or in the AWS configuration of this host.

    Raises ConfigError, UnknownSession, IncompleteSession and InvalidSession.
    """
    if options["start_url"]:
        return described_session(
            options["session"], options["start_url"], options["region"], options["registration_scopes"]
        )
    path = config_path(os.environ)
    return session_in(read_config(path), path, options["session"])


def describe(session: SsoSession) -> t.Dict[str, t.Any]:
    """The session, the state of its token, and where the host keeps tokens. Raises OSError."""
    try:
        token = read_token(session.token_path)
    except DamagedCacheFile:
        token = None
    if token is not None and not session.owns(token):
        token = None
    now = utc_now()
    return {
        "session": session.name,
        "start_url": session.start_url,
        "region": session.region,
        "registration_scopes": session.registration_scopes,
        "expires_at": format_time(token.expires_at) if token else None,
        "seconds_left": int(token.seconds_left(now)) if token else 0,
        "refreshable": token is not None and token.refreshable(now),
        "directory": sso_cache_directory(),
        "python": sys.executable,
        "writable": _can_write(sso_cache_directory()),
    }


def _can_write(directory: str) -> bool:
    """Whether files can be written to *directory*, after its missing parents are made."""
    while not os.path.lexists(directory):
        directory = os.path.dirname(directory)
    return os.path.isdir(directory) and os.access(directory, os.W_OK | os.X_OK)
