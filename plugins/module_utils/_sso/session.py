# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An sso-session: the access portal that a company signs in to, and how its settings are read.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import shlex
import typing as t

from .._aws_config.parser import AwsConfig
from .._errors import WorkstationError
from .._text import did_you_mean
from . import token_cache
from .session_input import (
    WHERE_TO_FIND_BOTH,
    InvalidSession,
    checked_region,
    checked_start_url,
    portal_of,
    region_or_default,
)

DEFAULT_SCOPES = ("sso:account:access",)
_HOW_TO_SET_UP = (
    "run the playbook workstation.aws_sso.workstation with the file that describes your company's sessions"
    " (-e @company.yml)."
)
HOW_TO_ADD_PROFILES = f"To add profiles, {_HOW_TO_SET_UP}"
HOW_TO_ADD_A_SESSION = (
    f"To add a session, {_HOW_TO_SET_UP} A task can also describe the session by start_url and region."
)


_PORTAL_ID = re.compile(r"//(?:.*/)?(ssoins-[0-9a-f]{16}|d-[0-9a-f]{10})(?=[./]|$)")


class IncompleteSession(WorkstationError):
    """Settings that are not a complete session; str() says which key is missing."""


class UnknownSession(WorkstationError):
    """The configuration does not have the requested session; str() suggests similar names."""


@dataclasses.dataclass(frozen=True)
class SsoSession:
    """Where to sign in: an [sso-session] of the configuration, or the start URL of legacy profiles.

    *name* is None for the latter. *registration_scopes* None means that the configuration does not have the
    key, which the AWS CLI distinguishes from an empty one. *profile* is the profile that was looked up or
    signed in with, if any: its endpoints and other settings apply to calls to AWS.
    """

    name: t.Optional[str]
    start_url: str
    region: str
    registration_scopes: t.Optional[t.Tuple[str, ...]] = DEFAULT_SCOPES
    profile: t.Optional[str] = dataclasses.field(default=None, compare=False)

    @property
    def label(self) -> str:
        """What messages call this session."""
        return self.start_url if self.name is None else self.name

    def login_command(self, profiles: t.Mapping[str, t.Mapping[str, t.Any]]) -> str:
        """The AWS CLI command that signs in; without a name it requires one of *profiles* with its URL."""
        if self.name is not None:
            return f"aws sso login {shell_option('--sso-session', self.name)}"
        legacy = {
            name: settings.get("sso_region") == self.region
            for name, settings in profiles.items()
            if settings.get("sso_start_url") == self.start_url and not settings.get("sso_session")
        }
        profile = max(legacy, key=legacy.__getitem__, default="PROFILE")
        return f"aws sso login {shell_option('--profile', profile)}"

    @property
    def token_path(self) -> str:
        return os.path.join(
            token_cache.sso_cache_directory(), token_cache.token_file_name(self.name, self.start_url)
        )

    @property
    def registration_path(self) -> str:
        return os.path.join(
            token_cache.sso_cache_directory(),
            token_cache.registration_file_name(
                self.name, self.start_url, self.region, self.registration_scopes
            ),
        )

    def owns(self, token: token_cache.Token) -> bool:
        """Whether *token*, from the token file of this session, belongs to its portal and region."""
        start_url = token.document.get("startUrl")
        region = token.document.get("region")
        same_portal = not start_url or _portal(start_url) == _portal(self.start_url)
        return same_portal and region in (None, "", self.region)


def session_from_settings(
    name: t.Optional[str], settings: t.Mapping[str, t.Any], where: str = "The section"
) -> SsoSession:
    """The session in a section of the configuration; *name* None reads a legacy profile.

    The region may be missing if the start URL contains it, although the AWS CLI requires it. *where* is what
    messages call the section. Raises IncompleteSession.
    """
    found = {key: settings.get(key) for key in ("sso_start_url", "sso_region")}
    found["sso_region"] = region_or_default(found["sso_start_url"], found["sso_region"])
    for key, value in found.items():
        if not isinstance(value, str) or not value:
            raise IncompleteSession(f"{where} has no {key}.")
    scopes = None if name is None else settings.get("sso_registration_scopes")
    return SsoSession(
        name,
        str(found["sso_start_url"]),
        str(found["sso_region"]),
        parse_scopes(scopes) if isinstance(scopes, str) else None,
    )


def inline_session(
    name: t.Optional[str], start_url: str, region: str, scopes: t.Optional[t.Sequence[str]] = None
) -> SsoSession:
    """A session that is not in the configuration; *scopes* None means the default, without a name none."""
    if name is None:
        return SsoSession(None, start_url, region, None)
    return SsoSession(name, start_url, region, DEFAULT_SCOPES if scopes is None else tuple(scopes))


def described_session(
    name: t.Optional[str],
    start_url: str,
    region: t.Optional[str],
    scopes: t.Optional[t.Sequence[str]] = None,
) -> SsoSession:
    """As inline_session(), for a start URL and region that a user wrote. Raises InvalidSession.

    Without *region*, *start_url* must contain it. Without a name, the token file is named after the start
    URL, which is therefore kept as it is.
    """
    checked = checked_start_url(start_url)
    region = region_or_default(start_url, region)
    if not region:
        raise InvalidSession(
            "start_url and region describe a session together, but one of them is missing: region, which"
            f" {start_url} does not contain. {WHERE_TO_FIND_BOTH}"
        )
    return inline_session(name, start_url if name is None else checked, checked_region(region), scopes)


def session_in(config: AwsConfig, path: str, name: str) -> SsoSession:
    """The session *name* of a configuration: an [sso-session], or the start URL of legacy profiles.

    *path* is the file of the configuration, for error messages. Raises UnknownSession and
    IncompleteSession.
    """
    settings = config.sessions.get(name)
    if settings is None:
        legacy = legacy_sessions(config).get(name)
        if legacy is None:
            raise UnknownSession(_unknown_text(config, path, name))
        return legacy
    return session_from_settings(name, settings, f"[sso-session {name}] in {path}")


def legacy_sessions(config: AwsConfig) -> t.Dict[str, SsoSession]:
    """The sessions of legacy profiles, which have a start URL instead of an sso-session, by start URL.

    The first profile with a start URL is the one to sign in with.
    """
    found: t.Dict[str, SsoSession] = {}
    for name, settings in config.profiles.items():
        if not settings.get("sso_session"):
            with contextlib.suppress(IncompleteSession):
                session = dataclasses.replace(session_from_settings(None, settings), profile=name)
                found.setdefault(session.start_url, session)
    return found


def _unknown_text(config: AwsConfig, path: str, name: str) -> str:
    known = [*config.sessions, *legacy_sessions(config)]
    text = f"There is no [sso-session {name}] in {path}."
    hint = did_you_mean(name, known)
    if hint:
        return f"{text} {hint}"
    sessions = f"Its sessions are: {', '.join(sorted(known))}." if known else "It has no session yet."
    return f"{text} {sessions} {HOW_TO_ADD_A_SESSION}"


def parse_scopes(text: str) -> t.Tuple[str, ...]:
    """The scopes in a comma-separated value, in their order, as AWS CLI v2 splits them."""
    return tuple(scope.strip() for scope in text.split(",") if scope.strip())


def shell_option(name: str, value: str) -> str:
    """The option *name* of a command with *value*, which may look like another option."""
    return shlex.quote(f"{name}={value}") if value.startswith("-") else f"{name} {shlex.quote(value)}"


def _portal(start_url: object) -> str:
    """The instance or directory ID in a start URL, or else the URL without what browsers add to it.

    A portal has several start URLs: with its alias or its IDs, and since 2025 a dual-stack one. Which alias
    belongs to which ID is known to AWS only.
    """
    url = portal_of(str(start_url)).rstrip("\\").lower()
    found = _PORTAL_ID.search(url)
    return found[1] if found else url
