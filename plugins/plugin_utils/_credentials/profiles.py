# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a profile of the AWS configuration says about where its credentials come from.

PRIVATE to the collection. Profiles lead to IAM Identity Center directly, or over source_profile.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import typing as t

from ...module_utils._aws_config import parser
from ...module_utils._aws_config.resolution import ResolvedRole, UnresolvedProfile, resolver_of
from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import (
    HOW_TO_ADD_PROFILES,
    IncompleteSession,
    SsoSession,
    session_from_settings,
)
from ...module_utils._text import ACCOUNT_ID, did_you_mean, printable, shortened_list
from .._cached_credentials import Role
from .._display import debug

AssumeRole = t.Dict[str, t.Any]
"""Parameters of a request of STS AssumeRole; without RoleSessionName, assume_role() adds one."""


_MOST_TO_NAME = 10
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
        self._resolver = resolver_of(
            _document(self.path), _document(parser.credentials_path(os.environ)), derive_region=True
        )
        self.sessions = self._resolver.sessions
        self.settings = self._resolver.profiles

    def source(self, name: str) -> CredentialSource:
        """The source of the credentials of the profile *name*. Raises ProfileError."""
        self._require(name)
        try:
            found = self._resolver.resolve(name)
        except UnresolvedProfile as error:
            if error.works and "login_session" in self.settings[error.profile]:
                raise ProfileError(_LOGIN_SESSION_TEXT.format(error.profile)) from error
            instead = self._usable_instead() if error.works else ""
            raise ProfileError(f"The profile {name} cannot be used. {error} {instead}".rstrip()) from error
        self._require_account_id(found)
        source = CredentialSource(
            self._session(name, found.settings),
            found.settings["sso_account_id"],
            found.settings["sso_role_name"],
            tuple(_assume_role(*step) for step in reversed(found.steps)),
            self.settings[name].get("region"),
        )
        steps = " -> ".join([*(step.name for step in found.steps), found.profile])
        debug(f"profile {steps} of {self.path}: {source.label}, region {source.region}")
        return source

    def _usable_instead(self) -> str:
        names = [name for name, settings in self.settings.items() if "sso_account_id" in settings]
        if not names:
            return f"There are no profiles of IAM Identity Center. {HOW_TO_ADD_PROFILES}"
        listed = printable(shortened_list(sorted(names), _MOST_TO_NAME))
        return f"Name a profile of IAM Identity Center instead. You have: {listed}."

    def _require_account_id(self, role: ResolvedRole) -> None:
        account_id = role.settings["sso_account_id"]
        if not ACCOUNT_ID.fullmatch(account_id):
            place = self._resolver.place(role.profile, "sso_account_id")
            raise ProfileError(
                f"The profile {role.profile} cannot be used. {place}: sso_account_id = {account_id} is not an"
                " account ID. Write its 12 digits, without quotes and without a comment behind them."
            )

    def _require(self, name: str) -> None:
        if name in self.settings:
            return
        text = f"There is no profile {name} in {self.path}."
        if not self.settings:
            raise ProfileError(f"{text} It has no profiles yet. {HOW_TO_ADD_PROFILES}")
        raise ProfileError(f"{text} {did_you_mean(name, self.settings)}".rstrip())

    def _session(self, name: str, settings: t.Mapping[str, t.Any]) -> SsoSession:
        """The session in *settings*, of which the profile *name* was looked up."""
        session_name = settings.get("sso_session")
        try:
            session = session_from_settings(session_name, settings)
        except IncompleteSession as error:
            raise ProfileError(f"The profile {name} cannot be used. {error}") from error
        return dataclasses.replace(session, profile=name)


def _assume_role(name: str, profile: t.Mapping[str, t.Any]) -> AssumeRole:
    if "mfa_serial" in profile:
        raise ProfileError(
            f"The profile {name} requires an MFA code (mfa_serial), which cannot be entered during a"
            " play. Use a profile of IAM Identity Center for the role: its sign-in includes MFA."
        )
    request: AssumeRole = {"RoleArn": profile["role_arn"]}
    for parameter, key in (("RoleSessionName", "role_session_name"), ("ExternalId", "external_id")):
        if key in profile:
            request[parameter] = profile[key]
    with contextlib.suppress(KeyError, TypeError, ValueError):  # as botocore does
        request["DurationSeconds"] = int(profile["duration_seconds"])
    return request


def _document(path: str) -> parser.Document:
    return parser.Document(path, parser.read_bytes(path) or b"")
