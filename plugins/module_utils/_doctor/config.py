# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the AWS configuration and credentials files.

PRIVATE to the collection.
"""

from __future__ import annotations

import collections
import re
import shlex
import typing as t

from .._aws_config.parser import (
    AwsConfig,
    ConfigError,
    Document,
    Section,
    Settings,
    UnreadableConfig,
    config_path,
    credentials_path,
    read_bytes,
)
from .._files.errors import foreign_path, is_permission_error
from .._sso.endpoints import REGION
from .._sso.session import parse_scopes
from .._text import shortened_list
from .finding import SET_UP, Finding, edit

_MOST_SHOWN = 5
"""How many profiles a finding lists."""

_PROFILE_KEYS = frozenset(
    (
        "aws_access_key_id",
        "credential_process",
        "output",
        "region",
        "role_arn",
        "source_profile",
        "sso_account_id",
        "sso_role_name",
        "sso_session",
        "sso_start_url",
    )
)


class Configuration:
    """The configuration and credentials files of a user.

    A file that cannot be read or parsed counts as empty; *errors* has its error.
    """

    def __init__(self, environment: t.Mapping[str, str]) -> None:
        """Read both files from where the variables in *environment* put them."""
        self.errors: t.List[ConfigError] = []
        self.path = config_path(environment)
        self.credentials_path = credentials_path(environment)
        self.sections: t.List[Section] = []
        self.config = AwsConfig()
        self.credentials: t.Dict[str, Settings] = {}
        try:
            document = Document(self.path, read_bytes(self.path) or b"")
            self.config = AwsConfig(document)
            self.sections = document.sections
        except ConfigError as error:
            self.errors.append(error)
        try:
            document = Document(self.credentials_path, read_bytes(self.credentials_path) or b"")
            self.credentials = document.settings_by_header()
        except ConfigError as error:
            self.errors.append(error)

    @property
    def readable(self) -> bool:
        """Whether the configuration file could be read and parsed."""
        return not any(error.path == self.path for error in self.errors)

    @property
    def profile_names(self) -> t.List[str]:
        """The profiles of both files."""
        return list({**self.config.profiles, **self.credentials})

    def edit(self, kind: str, name: str, key: str = "") -> str:
        """The command that opens the configuration file at a section, or at *key* in it.

        *kind* is profile or session; *name* is the name in the section header.
        """
        sections = [section for section in self.sections if getattr(section, kind) == name]
        line = sections[-1].starts.get(key, sections[-1].first) + 1 if sections else None
        return edit(self.path, line)


def config_findings(configuration: Configuration) -> t.List[Finding]:
    """What is wrong with both files and with their sections."""
    return [
        *filter(None, (_unusable(error) for error in configuration.errors)),
        *_ignored_sections(configuration),
        *_duplicate_sections(configuration),
        *_session_findings(configuration),
        *_profile_findings(configuration),
        *_credentials_findings(configuration),
    ]


def _unusable(error: ConfigError) -> t.Optional[Finding]:
    if isinstance(error, UnreadableConfig):
        if is_permission_error(error.error) and foreign_path(error.path):
            return None  # the owner of the file is a finding of its own
        return Finding(
            "config-unreadable",
            "error",
            error.path,
            f"It cannot be read: {error.error.strerror}.",
            "None of its profiles and sessions work.",
            f"chmod u+rwX {shlex.quote(error.path)}"
            if is_permission_error(error.error)
            else f"ls -l {shlex.quote(error.path)}",
        )
    return Finding(
        "config-unparseable",
        "error",
        error.path if error.line is None else f"{error.path}, line {error.line}",
        f"The AWS CLI cannot parse it. {error.reason}",
        "None of its profiles and sessions work.",
        edit(error.path, error.line),
    )


def _ignored_sections(configuration: Configuration) -> t.Iterator[Finding]:
    for section in configuration.sections:
        if section.header == "DEFAULT":
            yield Finding(
                "config-default-uppercase",
                "warning",
                f"{configuration.path}, line {section.first + 1}",
                "It has a section [DEFAULT] in upper case.",
                "Its keys apply to every other section; the default profile is [default].",
                f"{edit(configuration.path, section.first + 1)} and rename it to [default]",
            )
            continue
        header = _intended_header(section)
        if header is not None:
            yield Finding(
                "config-section-ignored",
                "warning",
                f"{configuration.path}, line {section.first + 1}",
                f"The section [{section.header}] is ignored.",
                "The AWS CLI and the SDKs recognize it neither as a profile nor as an sso-session.",
                f"{edit(configuration.path, section.first + 1)} and change it to [{header}]",
            )


def _intended_header(section: Section) -> t.Optional[str]:
    """The corrected header of a section that looks like a profile or session but is neither; else None."""
    if section.profile is not None or section.session is not None:
        return None
    kind, _blank, name = section.header.partition(" ")
    name = name.strip().replace('"', "").replace("'", "")
    if kind.lower() in ("profile", "sso-session"):
        name = name or "NAME"
        return f"{kind.lower()} '{name}'" if re.search(r"\s", name) else f"{kind.lower()} {name}"
    if kind in ("services", "plugins", "preview"):
        return None
    return f"profile {section.header}" if _PROFILE_KEYS.intersection(section.settings) else None


def _duplicate_sections(configuration: Configuration) -> t.Iterator[Finding]:
    found: t.Dict[t.Tuple[str, str], t.List[Section]] = collections.defaultdict(list)
    for section in configuration.sections:
        for kind, name in (("profile", section.profile), ("sso-session", section.session)):
            if name is not None:
                found[kind, name].append(section)
    for (kind, name), sections in found.items():
        if len(sections) > 1:
            listed = " and ".join(f"[{section.header}] (line {section.first + 1})" for section in sections)
            yield Finding(
                "config-section-shadowed",
                "warning",
                f"{kind} {name}",
                f"{listed} define the same {kind}.",
                "Only the last one is used; the others are ignored.",
                f"Merge them: {edit(configuration.path, sections[0].first + 1)}",
            )


def _session_findings(configuration: Configuration) -> t.Iterator[Finding]:
    for name, settings in configuration.config.sessions.items():
        problem = _session_problem(settings)
        if problem is not None:
            yield Finding(
                "session-incomplete",
                "error",
                f"session {name}",
                problem,
                "Signing in to it is not possible.",
                configuration.edit("session", name),
            )
        if not parse_scopes(str(settings.get("sso_registration_scopes", ""))):
            yield Finding(
                "session-without-scopes",
                "warning",
                f"session {name}",
                "It has no sso_registration_scopes.",
                "A sign-in with a device code then returns a token for 8 hours that cannot be refreshed.",
                f"{configuration.edit('session', name)} and add sso_registration_scopes = sso:account:access",
            )


def _session_problem(settings: Settings) -> t.Optional[str]:
    for key in ("sso_start_url", "sso_region"):
        if not isinstance(settings.get(key), str) or not settings[key]:
            return f"It has no {key}."
    if not settings["sso_start_url"].startswith("https://"):
        return "Its sso_start_url does not begin with https://."
    if not REGION.fullmatch(settings["sso_region"]):
        return "Its sso_region is not a region such as eu-west-1."
    return None


def _profile_findings(configuration: Configuration) -> t.Iterator[Finding]:
    profiles = configuration.config.profiles
    by_session: t.Dict[str, t.List[str]] = collections.defaultdict(list)
    for name, settings in profiles.items():
        if isinstance(settings.get("sso_session"), str):
            by_session[settings["sso_session"]].append(name)
        if ("sso_account_id" in settings) != ("sso_role_name" in settings):
            missing = "sso_role_name" if "sso_account_id" in settings else "sso_account_id"
            yield Finding(
                "profile-incomplete",
                "error",
                f"profile {name}",
                f"It has no {missing}.",
                "A profile requires both an account and a role.",
                configuration.edit("profile", name),
            )
    for session, names in by_session.items():
        if session not in configuration.config.sessions:
            yield Finding(
                "profile-unknown-session",
                "error",
                f"profile {shortened_list(names, _MOST_SHOWN)}",
                f"Its sso_session is {session}, but there is no section [sso-session {session}].",
                "A profile does not work without its session.",
                f"{SET_UP}, or {configuration.edit('profile', names[0], 'sso_session')}",
            )
        else:
            yield from _key_findings(configuration, session, names)


def _key_findings(configuration: Configuration, session: str, names: t.List[str]) -> t.Iterator[Finding]:
    settings = configuration.config.sessions[session]
    differing: t.Dict[str, t.List[str]] = collections.defaultdict(list)
    repeating: t.List[str] = []
    for name in names:
        profile = configuration.config.profiles[name]
        common = [key for key in settings if key in profile]
        unequal = [key for key in common if profile[key] != settings[key]]
        for key in unequal:
            differing[key].append(name)
        if common and not unequal:
            repeating.append(name)
    for key, profiles in differing.items():
        yield Finding(
            "profile-contradicts-session",
            "error",
            f"profile {shortened_list(profiles, _MOST_SHOWN)}",
            f"Its {key} differs from that of its session {session}.",
            "The AWS CLI and the SDKs reject inconsistent profiles.",
            f"{configuration.edit('profile', profiles[0], key)} and delete {key}",
        )
    if repeating:
        yield Finding(
            "profile-duplicates-session",
            "info",
            f"profile {shortened_list(repeating, _MOST_SHOWN)}",
            f"It refers to the session {session} and repeats some of its keys, as legacy profiles do.",
            "The profile stops working when the session changes.",
            f"{configuration.edit('profile', repeating[0])} and delete those keys",
        )


def _credentials_findings(configuration: Configuration) -> t.Iterator[Finding]:
    path = configuration.credentials_path
    for name, settings in configuration.credentials.items():
        profile = configuration.config.profiles.get(name, {})
        shadowing = sorted(key for key in settings if key in profile and profile[key] != settings[key])
        if shadowing:
            yield Finding(
                "credentials-shadow-config",
                "warning",
                f"profile {name}",
                f"{', '.join(shadowing)} in {path} overrides the value in {configuration.path}.",
                "The AWS CLI and the SDKs merge both files, and the credentials file takes precedence.",
                f"{edit(path)} and delete it from [{name}]",
            )
        if "aws_access_key_id" in settings and ("sso_session" in profile or "sso_start_url" in profile):
            yield Finding(
                "credentials-mixed-with-sso",
                "warning",
                f"profile {name}",
                f"It signs in through IAM Identity Center, but also has access keys in {path}.",
                "The AWS CLI and boto3 use the sign-in; other SDKs, such as Terraform's, use the keys.",
                f"{edit(path)} and delete or rename [{name}]",
            )
        if name.startswith("profile "):
            yield Finding(
                "credentials-section-name",
                "warning",
                f"{path}, section [{name}]",
                f'It defines a profile named "{name}".',
                'Section headers in the credentials file do not start with "profile".',
                f"{edit(path)} and change it to [{shlex.split(name, posix=False)[-1]}]",
            )
