# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a profile of the AWS configuration says about where its credentials come from.

PRIVATE to the collection. The rules are those of AssumeRoleProvider and SSOProvider in botocore.credentials,
for profiles that lead to IAM Identity Center: directly, or over any number of source_profile.
"""

from __future__ import annotations

import dataclasses
import os
import typing as t

from ...module_utils._aws_config import parser
from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import IncompleteSession, SsoSession, session_from_settings
from ...module_utils._text import did_you_mean
from .._cached_credentials import Role
from .._display import debug

AssumeRole = t.Dict[str, t.Any]
"""Parameters of a request of STS AssumeRole; without RoleSessionName, assume_role() adds one."""


_LOGIN_SESSION_TEXT = (
    "The profile {0} gets its credentials from `aws login` (login_session), that is from a sign-in to the AWS"
    " console and not from IAM Identity Center. The lookup is not needed for it: botocore 1.41 and"
    " the AWS CLI 2.32 or later find its credentials by the name of the profile, in the option profile of a"
    " module or in AWS_PROFILE. If they have expired, run: aws login --profile {0}"
)


class ProfileError(WorkstationError):
    """A profile that does not exist, or whose credentials do not come from IAM Identity Center."""


class CredentialSource(t.NamedTuple):
    """A role of IAM Identity Center, and the roles that are assumed from it, each with the previous one.

    *region* is the region that the profile sets for its commands, not the region of IAM Identity Center.
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

    @property
    def label(self) -> str:
        """For debug output, such as "ReadOnly in 111122223333 (corp)"."""
        assumed = "".join(f", then {request['RoleArn']}" for request in self.chain)
        return f"{self.role_name} in {self.account_id} ({self.session.label}){assumed}"

    def assuming(self, requests: tuple[AssumeRole, ...]) -> CredentialSource:
        """This source, followed by further requests of AssumeRole."""
        return self._replace(chain=self.chain + requests)


class Profiles:
    """The profiles and sessions of this machine; the credentials file overrides the configuration file."""

    def __init__(self) -> None:
        self.path = parser.config_path(os.environ)
        config = parser.read_config(self.path)
        overrides = _credentials_file_sections()
        self.sessions = config.sessions
        self.settings = dict(config.profiles)
        for name, settings in overrides.items():
            self.settings[name] = {**self.settings.get(name, {}), **settings}

    def source(self, name: str) -> CredentialSource:
        """The source of the credentials of the profile *name*. Raises ProfileError."""
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
        source = CredentialSource(
            dataclasses.replace(session, profile=visited[0] if visited else name),
            profile["sso_account_id"],
            profile["sso_role_name"],
            tuple(chain),
            first.get("region"),
        )
        debug(
            f"profile {' -> '.join([*visited, name])} of {self.path}: {source.label}, region {source.region}"
        )
        return source

    def _profile(self, name: str) -> dict[str, t.Any]:
        if name in self.settings:
            return self.settings[name]
        text = f"There is no profile {name} in {self.path}."
        if not self.settings:
            raise ProfileError(
                f"{text} It has no profiles yet: write them with the module workstation.aws_sso.sso_profiles."
            )
        raise ProfileError(f"{text} {did_you_mean(name, self.settings)}".rstrip())

    def _assume_role(self, name: str, profile: dict[str, t.Any]) -> AssumeRole:
        if "mfa_serial" in profile:
            raise ProfileError(
                f"The profile {name} requires an MFA code (mfa_serial), which cannot be entered during a"
                " play. Use a profile of IAM Identity Center for the role: its sign-in includes MFA."
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
                f"The profile {name} has role_arn but no source_profile, so its credentials do not come from"
                " IAM Identity Center."
            )
        if source not in self.settings:
            raise ProfileError(f"The source_profile {source} of the profile {name} is not in {self.path}.")
        if source in visited:
            raise ProfileError(
                f"source_profile is circular: {' -> '.join([*visited, source])}. One of them must have"
                " sso_account_id and sso_role_name instead."
            )
        return str(source)

    def _session(self, name: str, profile: dict[str, t.Any]) -> SsoSession:
        if "sso_account_id" not in profile and "sso_role_name" not in profile:
            if "login_session" in profile:
                raise ProfileError(_LOGIN_SESSION_TEXT.format(name))
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
                f"The sso_session of the profile {name} is {session_name}, but {self.path} has no section"
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
    """The sections of the shared credentials file, which override the profile, as in botocore."""
    path = parser.credentials_path(os.environ)
    data = parser.read_bytes(path)
    return parser.Document(path, data).settings_by_header() if data else {}
