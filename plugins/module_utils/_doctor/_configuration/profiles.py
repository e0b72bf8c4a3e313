# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about profiles that botocore resolves to an error, or to other credentials than other SDKs do.

PRIVATE to the collection.
"""

from __future__ import annotations

import collections
import typing as t

from ..._aws_config.resolution import ROLE_KEYS, STATIC_KEYS, Cause, Kind, UnresolvedProfile
from ..._text import shortened_list
from ..config import Configuration
from ..finding import MOST_SHOWN, Finding, for_profiles
from .keys import PLACEHOLDERS, SSO_SESSION_KEYS
from .lines import misplaced_keys
from .roles import (
    OTHER_CREDENTIALS,
    USE_OTHER,
    Fault,
    credential_source_fault,
    has_credentials,
    role_fault,
    source_fault,
)
from .values import value_fault

_BOTH_PARTS = "Access keys have two parts, and the AWS CLI and the SDKs require both in the same file."
_WHY = {
    "role_arn": "The AWS CLI and boto3 reject a token file of a web identity without a role.",
    "sso_session": "The AWS CLI and the SDKs do not know where to sign in.",
    **dict.fromkeys(ROLE_KEYS, "A profile requires both an account and a role."),
    **dict.fromkeys(
        SSO_SESSION_KEYS, "A legacy profile without sso_session requires both a start URL and the region."
    ),
}
"""Why a profile does not work without a key."""

Misplaced = t.Mapping[str, t.Set[str]]


def profile_findings(configuration: Configuration) -> t.Iterator[Finding]:
    """What is wrong with the combination of keys of each profile."""
    misplaced: t.Dict[str, t.Set[str]] = collections.defaultdict(set)
    for section, keys in misplaced_keys(configuration.document):
        if section.profile is not None:
            misplaced[section.profile].update(keys)
    found: t.Dict[Fault, t.List[str]] = collections.defaultdict(list)
    for name in configuration.profiles:
        fault = _fault(configuration, name, misplaced)
        if fault is not None:
            found[fault].append(name)
    for fault, names in found.items():
        yield Finding(
            fault.id,
            "error",
            f"profile {shortened_list(names, MOST_SHOWN)}",
            fault.what,
            fault.why,
            for_profiles(names, f"{configuration.place('profile', names[0], fault.key)}, {fault.todo}"),
        )
    yield from _mixed_credentials(configuration)


def _fault(configuration: Configuration, name: str, misplaced: Misplaced) -> t.Optional[Fault]:
    """What to change in the profile *name*, so that it works."""
    try:
        configuration.resolver.resolve(name)
    except UnresolvedProfile as error:
        return _fault_of(configuration, name, error, misplaced)
    return None


def _fault_of(
    configuration: Configuration, name: str, error: UnresolvedProfile, misplaced: Misplaced
) -> t.Optional[Fault]:
    """What to change in the profile *name* because of *error*, which may be about its source_profile."""
    fault = _own_fault(configuration, error, misplaced.get(error.profile, set()))
    if error.profile == name:
        return fault
    settings = configuration.profiles[error.profile]
    if configuration.profiles[name]["source_profile"] != error.profile:
        return None
    if fault is not None and any(key in settings for key in STATIC_KEYS):
        what = f"Its source_profile {error.profile} has access keys, but is incomplete."
        return source_fault(what, *USE_OTHER)
    if "role_arn" not in settings and not has_credentials(settings):
        return source_fault(f"Its source_profile {error.profile} has no credentials.", *USE_OTHER)
    return None  # a finding about the other profile


def _own_fault(
    configuration: Configuration, error: UnresolvedProfile, misplaced: t.Set[str]
) -> t.Optional[Fault]:
    """What to change in the profile that *error* is about."""
    name, cause = error.profile, error.cause
    settings = configuration.profiles[name]
    if cause.kind is Kind.SESSION:
        return None  # a finding about the session
    if cause.kind is Kind.MISSING:
        return _missing_fault(configuration, name, cause, misplaced)
    if cause.kind is Kind.SOURCE:
        if misplaced & {"source_profile", "credential_source"}:
            return None
        works = error.works
        return credential_source_fault(settings) if works else role_fault(configuration.resolver, name, cause)
    if cause.key == "web_identity_token_file" or name.startswith("profile "):
        return None  # such a name in the credentials file is a finding of its own
    return _keys_fault(configuration, name, misplaced)


def _missing_fault(
    configuration: Configuration, name: str, cause: Cause, misplaced: t.Set[str]
) -> t.Optional[Fault]:
    """The key to add, unless it is misplaced or has an invalid value, which are findings of their own."""
    key = cause.key
    settings = configuration.profiles[name]
    meant = {key, *SSO_SESSION_KEYS} if key == "sso_session" else {key}
    if meant & misplaced or value_fault(settings, key) is not None:
        return None
    value = PLACEHOLDERS[key]
    sessions = [*configuration.config.sessions]
    if key == "sso_session" and len(sessions) == 1:
        value = sessions[0]
    todo = f"{'change it to' if key in settings else 'add'} {key} = {value}"
    return Fault("profile-incomplete", cause.what, _WHY[key], key, todo)


def _keys_fault(configuration: Configuration, name: str, misplaced: t.Set[str]) -> t.Optional[Fault]:
    """The part of access keys that is missing: both are read from the same file."""
    files = [configuration.credentials.get(name, {}), configuration.config.profiles.get(name, {})]
    for settings in files:
        for key, other in (STATIC_KEYS, STATIC_KEYS[::-1]):
            if key in settings and other not in settings and other not in misplaced:
                if key == STATIC_KEYS[1] and any(map(has_credentials, files)):
                    continue  # it is not used
                todo = f"add {other} = {PLACEHOLDERS[other]}"
                return Fault("profile-incomplete", f"It has no {other}.", _BOTH_PARTS, key, todo)
        if STATIC_KEYS[0] in settings:
            return None
    return None


def _mixed_credentials(configuration: Configuration) -> t.Iterator[Finding]:
    """Profiles of IAM Identity Center that have other credentials in the configuration file too."""
    found: t.Dict[str, t.List[str]] = collections.defaultdict(list)
    for name, settings in configuration.config.profiles.items():
        if any(key in settings for key in ROLE_KEYS) and "role_arn" not in settings:
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
            for_profiles(names, f"{configuration.place('profile', names[0], key)}, delete {key}"),
        )
