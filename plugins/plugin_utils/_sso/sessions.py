# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sso-sessions of this machine's AWS configuration.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import typing as t

from ...module_utils._aws_config.parser import (
    AwsConfig,
    config_path,
    read_config,
)
from ...module_utils._errors import WorkstationError
from ...module_utils._sso import session as sso_session
from ...module_utils._sso.session import SsoSession


def load_config() -> AwsConfig:
    """The AWS configuration of this machine. Raises ConfigError."""
    return read_config(config_path(os.environ))


def session_from_config(name: str, config: AwsConfig | None = None) -> SsoSession:
    """The session *name*: an [sso-session] section, or the start URL of legacy profiles.

    Raises UnknownSession, and WorkstationError for a section that is not complete.
    """
    config = load_config() if config is None else config
    return sso_session.session_in(config, config_path(os.environ), name)


def all_sessions(
    config: AwsConfig | None = None, warn: t.Callable[[str], None] = lambda text: None
) -> list[SsoSession]:
    """Every session of the configuration: named ones, then the start URLs of legacy profiles.

    An incomplete section is skipped, and *warn* is called.
    """
    config = load_config() if config is None else config
    named = [_complete_session(name, config, warn) for name in config.sessions]
    legacy = sso_session.legacy_sessions(config).values()
    return [session for session in (*named, *legacy) if session is not None]


def find_session(
    name: str | None,
    start_url: str | None = None,
    region: str | None = None,
    scopes: t.Sequence[str] | None = None,
) -> SsoSession:
    """The session that a plugin's options name: inline by *start_url* and *region*, else configured.

    Raises WorkstationError.
    """
    if start_url:
        return sso_session.described_session(name, start_url, region, scopes)
    if region:
        raise WorkstationError(
            "start_url and region describe a session together, but one of them is missing: start_url."
        )
    if not name:
        raise WorkstationError(
            "Set session to the name of a session of the AWS configuration, or set start_url and region."
        )
    return session_from_config(name)


def _complete_session(name: str, config: AwsConfig, warn: t.Callable[[str], None]) -> SsoSession | None:
    try:
        return session_from_config(name, config)
    except WorkstationError as error:
        warn(str(error))
        return None
