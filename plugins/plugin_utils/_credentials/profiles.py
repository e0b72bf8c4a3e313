# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a profile of the AWS configuration says about where its credentials come from.

PRIVATE to the collection. The rules are those of AssumeRoleProvider and SSOProvider in botocore.credentials,
for profiles that lead to IAM Identity Center: directly, or over any number of source_profile.
"""

from __future__ import annotations

import difflib
import os
import typing as t

from ...module_utils._aws_config import parser
from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import (
    IncompleteSession,
    SsoSession,
    session_from_settings,
)
from .._cached_credentials import Role

AssumeRole = t.Dict[str, t.Any]
"""Parameters of a request of STS AssumeRole; without RoleSessionName, we choose one."""


class ProfileError(WorkstationError):
    """A profile that does not exist, or does not lead to IAM Identity Center; str() says how to mend it."""


class CredentialSource(t.NamedTuple):
    """A role of IAM Identity Center, and the roles that are assumed with it, one with the other.

    *region* is the region that the profile sets for its commands; it has nothing to do with the session's.
    """

    session: SsoSession
    account_id: str
    role_name: str
    chain: tuple[AssumeRole, ...] = ()
    region: str | None = None

    @property
    def role(self) -> Role:
        session = self.session
        return Role(session.name, session.start_url, self.account_id, self.role_name, self.region, self.chain)

    def assuming(self, requests: tuple[AssumeRole, ...]) -> CredentialSource:
        """This source with further requests of AssumeRole at its end."""
        return self._replace(chain=self.chain + requests)


class Profiles:
    """The profiles and sessions of this machine: the configuration file, the credentials file over it."""

    def __init__(self) -> None:
        self.path = parser.config_path(os.environ)
        config = parser.read_config(self.path)
        overrides = _credentials_file_sections()
        self.sessions = config.sessions
        self.settings = dict(config.profiles)
        for name, settings in overrides.items():
            self.settings[name] = {**self.settings.get(name, {}), **settings}

    def source(self, name: str) -> CredentialSource:
        """Where the credentials of the profile *name* come from. Raises ProfileError."""
        chain: list[AssumeRole] = []
        visited: list[str] = []
        profile = self._profile(name)
        while "role_arn" in profile and "web_identity_token_file" not in profile:
            visited.append(name)
            chain.insert(0, self._assume_role(name, profile))
            name = self._next_profile(name, profile, visited)
            profile = self.settings[name]
        first = self.settings[visited[0] if visited else name]
        session = self._session(name, profile)
        return CredentialSource(
            session, profile["sso_account_id"], profile["sso_role_name"], tuple(chain), first.get("region")
        )

    def roles_of(self, session: SsoSession) -> list[CredentialSource]:
        """The roles for which there are profiles of *session*; profiles that are not in order have none."""
        return [
            CredentialSource(session, profile["sso_account_id"], profile["sso_role_name"])
            for name, profile in self.settings.items()
            if self._names_a_role_of(session, name, profile)
        ]

    def _names_a_role_of(self, session: SsoSession, name: str, profile: dict[str, t.Any]) -> bool:
        try:
            return self._session(name, profile).token_path == session.token_path
        except ProfileError:
            return False

    def _profile(self, name: str) -> dict[str, t.Any]:
        if name in self.settings:
            return self.settings[name]
        text = f"There is no profile {name} in {self.path}."
        near = difflib.get_close_matches(name, self.settings, n=3, cutoff=0.5)
        if near:
            text += f" Did you mean {' or '.join(near)}?"
        elif not self.settings:
            text += " It has none yet: write them with the module workstation.aws_sso.sso_profiles."
        raise ProfileError(text)

    def _assume_role(self, name: str, profile: dict[str, t.Any]) -> AssumeRole:
        if "mfa_serial" in profile:
            raise ProfileError(
                f"The profile {name} asks for an MFA code (mfa_serial), which nobody can type during a play."
                " Give the role a profile of IAM Identity Center, where the sign-in has its own MFA."
            )
        request: AssumeRole = {"RoleArn": profile["role_arn"]}
        for parameter, key in (("RoleSessionName", "role_session_name"), ("ExternalId", "external_id")):
            if key in profile:
                request[parameter] = profile[key]
        if str(profile.get("duration_seconds", "")).isdigit():
            request["DurationSeconds"] = int(profile["duration_seconds"])
        return request

    def _next_profile(self, name: str, profile: dict[str, t.Any], visited: list[str]) -> str:
        source = profile.get("source_profile")
        if source is None:
            raise ProfileError(
                f"The profile {name} has role_arn but no source_profile, so it does not lead to IAM Identity"
                " Center."
            )
        if source not in self.settings:
            raise ProfileError(
                f"The profile {name} names the source_profile {source}, which is not in {self.path}."
            )
        if source in visited:
            raise ProfileError(
                f"The profiles {', '.join(visited)} name each other as source_profile, without an end."
            )
        return str(source)

    def _session(self, name: str, profile: dict[str, t.Any]) -> SsoSession:
        if "sso_account_id" not in profile and "sso_role_name" not in profile:
            raise ProfileError(
                f"The profile {name} does not use IAM Identity Center: it has neither sso_account_id and"
                " sso_role_name, nor role_arn and source_profile."
            )
        for key in ("sso_account_id", "sso_role_name"):
            if not isinstance(profile.get(key), str):
                raise ProfileError(f"The profile {name} in {self.path} has no {key}.")
        session_name = profile.get("sso_session")
        settings = profile if session_name is None else self._merged(name, profile, session_name)
        try:
            return session_from_settings(session_name, settings)
        except IncompleteSession as error:
            where = f"profile {name}" if session_name is None else f"sso-session {session_name}"
            raise ProfileError(f"[{where}] in {self.path}: {error}") from error

    def _merged(self, name: str, profile: dict[str, t.Any], session_name: str) -> dict[str, t.Any]:
        session = self.sessions.get(session_name)
        if session is None:
            raise ProfileError(
                f"The profile {name} names the sso_session {session_name}, but {self.path} has no"
                f" [sso-session {session_name}]."
            )
        for key, value in session.items():
            if profile.get(key, value) != value:
                raise ProfileError(
                    f"{key} differs between the profile {name} ({profile[key]}) and its sso-session"
                    f" {session_name} ({value}) in {self.path}: remove it from the profile."
                )
        return {**profile, **session}


def _credentials_file_sections() -> dict[str, dict[str, t.Any]]:
    """The sections of the shared credentials file; botocore lets their keys win over the profile's."""
    path = parser.credentials_path(os.environ)
    data = parser.read_bytes(path)
    return parser.Document(path, data).settings_by_header() if data else {}
