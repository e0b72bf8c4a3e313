# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about profiles that botocore resolves to an error, or to other credentials than other SDKs do.

PRIVATE to the collection. The rules are those of botocore.credentials: a role to assume comes first, then a
web identity, SSO, keys, a login session and a process.
"""

from __future__ import annotations

import collections
import typing as t

from ..._aws_config.parser import Settings
from ..._text import shortened_list
from ..config import Configuration
from ..finding import MOST_SHOWN, Finding, for_profiles
from .keys import PLACEHOLDERS, SSO_SESSION_KEYS, misspelled_keys
from .lines import swallowed_lines
from .roles import (
    KEYS,
    OTHER_CREDENTIALS,
    SSO_ROLE_KEYS,
    USE_OTHER,
    Fault,
    has_credentials,
    role_fault,
    source_fault,
)


def profile_findings(configuration: Configuration) -> t.Iterator[Finding]:
    """What is wrong with the combination of keys of each profile."""
    profiles = configuration.profiles
    misplaced = _misplaced_keys(configuration)
    found: t.Dict[Fault, t.List[str]] = collections.defaultdict(list)
    for name in profiles:
        fault = _fault(configuration, profiles, name, misplaced)
        if fault is not None:
            found[fault].append(name)
    for fault, names in found.items():
        yield Finding(
            fault.id,
            "error",
            f"profile {shortened_list(names, MOST_SHOWN)}",
            fault.what,
            fault.why,
            for_profiles(names, f"{configuration.edit('profile', names[0], fault.key)} and {fault.todo}"),
        )
    yield from _mixed_credentials(configuration)


def _misplaced_keys(configuration: Configuration) -> t.Dict[str, t.Set[str]]:
    """Keys that are misspelled or wrongly indented, by profile; they are findings of their own."""
    misplaced: t.Dict[str, t.Set[str]] = collections.defaultdict(set)
    for section in configuration.document.sections:
        if section.profile is not None:
            misplaced[section.profile].update(misspelled_keys(section))
    for lines in swallowed_lines(configuration.document):
        if lines.section.profile is not None:
            misplaced[lines.section.profile].update(lines.keys, [lines.key])
    return misplaced


def _fault(
    configuration: Configuration,
    profiles: t.Mapping[str, Settings],
    name: str,
    misplaced: t.Mapping[str, t.Set[str]],
) -> t.Optional[Fault]:
    settings = profiles[name]
    if "role_arn" not in settings or "web_identity_token_file" in settings:
        is_named_wrongly = name.startswith("profile ")  # in the credentials file, a finding of its own
        return None if is_named_wrongly else _own_fault(configuration, name, settings, misplaced)
    if {"source_profile", "credential_source"} & misplaced.get(name, set()):
        return None
    source = str(settings.get("source_profile"))
    fault = role_fault(profiles, name)
    if fault is None and source in profiles and any(key in profiles[source] for key in KEYS):
        fault = _own_fault(configuration, source, profiles[source], misplaced)
        if fault is not None and source != name:
            return source_fault(
                f"Its source_profile {source} has access keys, but is incomplete.", *USE_OTHER
            )
    return fault


def _own_fault(
    configuration: Configuration,
    name: str,
    settings: Settings,
    all_misplaced: t.Mapping[str, t.Set[str]],
) -> t.Optional[Fault]:
    """Why the credentials of a profile do not work, without a role that it may assume."""
    misplaced = all_misplaced.get(name, set())
    if settings.get("web_identity_token_file"):
        if settings.get("role_arn") or "role_arn" in misplaced:
            return None
        why = "The AWS CLI and boto3 reject a token file of a web identity without a role."
        return _missing("role_arn", why, "ROLE_ARN")
    if any(key in settings for key in SSO_ROLE_KEYS):
        return _sso_fault(configuration, settings, misplaced)
    return _keys_fault(configuration, name, misplaced)


def _keys_fault(configuration: Configuration, name: str, misplaced: t.Set[str]) -> t.Optional[Fault]:
    """The part of access keys that is missing: both are read from the same file."""
    why = "Access keys have two parts, and the AWS CLI and the SDKs require both in the same file."
    files = [configuration.credentials.get(name, {}), configuration.config.profiles.get(name, {})]
    for settings in files:
        for key, other in (KEYS, KEYS[::-1]):
            if key in settings and other not in settings and other not in misplaced:
                is_used = key == KEYS[0] or not any(has_credentials(file) for file in files)
                return _missing(other, why, "KEY", key) if is_used else None
        if KEYS[0] in settings:
            return None
    return None


def _missing(key: str, why: str, placeholder: str, beside: str = "") -> Fault:
    return Fault("profile-incomplete", f"It has no {key}.", why, beside, f"add {key} = {placeholder}")


def _sso_fault(configuration: Configuration, settings: Settings, misplaced: t.Set[str]) -> t.Optional[Fault]:
    present = {*settings, *misplaced}
    for key in SSO_ROLE_KEYS:
        if key not in present:
            why = "A profile requires both an account and a role."
            return _missing(key, why, "ACCOUNT_ID" if key == "sso_account_id" else "ROLE_NAME")
    if "sso_session" in present:
        return None  # whether it exists is a finding of its own
    missing = [key for key in SSO_SESSION_KEYS if key not in present]
    if len(missing) == 2:
        why = "The AWS CLI and the SDKs do not know where to sign in."
        sessions = [*configuration.config.sessions]
        return _missing("sso_session", why, sessions[0] if len(sessions) == 1 else "SESSION")
    if missing:
        why = "A legacy profile without sso_session requires both a start URL and the region."
        return _missing(missing[0], why, PLACEHOLDERS[missing[0]])
    return None


def _mixed_credentials(configuration: Configuration) -> t.Iterator[Finding]:
    """Profiles of IAM Identity Center that have other credentials in the configuration file too."""
    found: t.Dict[str, t.List[str]] = collections.defaultdict(list)
    for name, settings in configuration.config.profiles.items():
        if any(key in settings for key in SSO_ROLE_KEYS) and "role_arn" not in settings:
            for key in OTHER_CREDENTIALS:
                if key in settings:
                    found[key].append(name)
    for key, names in found.items():
        yield Finding(
            "profile-mixed-credentials",
            "info" if key == "credential_process" else "warning",
            f"profile {shortened_list(names, MOST_SHOWN)}",
            f"It signs in through IAM Identity Center, but also has {key}.",
            "The AWS CLI and boto3 use the sign-in; other SDKs may use the other credentials.",
            for_profiles(names, f"{configuration.edit('profile', names[0], key)} and delete {key}"),
        )
