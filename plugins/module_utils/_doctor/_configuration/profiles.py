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
from ..._text import shortened_list, similar_names
from ..config import Configuration
from ..finding import MOST_SHOWN, Finding, for_profiles
from .keys import PLACEHOLDERS, SSO_SESSION_KEYS, misspelled_keys
from .lines import swallowed_lines

_ROLE_KEYS = ("sso_account_id", "sso_role_name")
_KEYS = ("aws_access_key_id", "aws_secret_access_key")
_CREDENTIAL_SOURCES = ("Ec2InstanceMetadata", "Environment", "EcsContainer")
_OTHER_CREDENTIALS = ("aws_access_key_id", "credential_process", "login_session")


class _Fault(t.NamedTuple):
    """*todo* is what to do at the line of *key*."""

    id: str
    what: str
    why: str
    key: str
    todo: str


def profile_findings(configuration: Configuration) -> t.Iterator[Finding]:
    """What is wrong with the combination of keys of each profile."""
    profiles = configuration.profiles
    misplaced = _misplaced_keys(configuration)
    found: t.Dict[_Fault, t.List[str]] = collections.defaultdict(list)
    for name in profiles:
        fault = _fault(configuration, profiles, name, misplaced.get(name, set()))
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
    configuration: Configuration, profiles: t.Mapping[str, Settings], name: str, misplaced: t.Set[str]
) -> t.Optional[_Fault]:
    settings = profiles[name]
    if "role_arn" in settings and "web_identity_token_file" not in settings:
        return None if {"source_profile", "credential_source"} & misplaced else _role_fault(profiles, name)
    if settings.get("web_identity_token_file"):
        if settings.get("role_arn") or "role_arn" in misplaced:
            return None
        why = "The AWS CLI and boto3 reject a token file of a web identity without a role."
        return _missing("role_arn", why, "ROLE_ARN")
    if any(key in settings for key in _ROLE_KEYS):
        return _sso_fault(configuration, settings, misplaced)
    return None if name.startswith("profile ") else _keys_fault(settings, misplaced)


def _keys_fault(settings: Settings, misplaced: t.Set[str]) -> t.Optional[_Fault]:
    """The part of access keys that is missing; nothing uses a secret key without the other part."""
    why = "Access keys have two parts, and the AWS CLI and the SDKs require both."
    for key, other in (_KEYS, _KEYS[::-1]):
        if key in settings and other not in settings and other not in misplaced:
            return (
                None if _has_credentials(settings) and key == _KEYS[1] else _missing(other, why, "KEY", key)
            )
    return None


def _missing(key: str, why: str, placeholder: str, beside: str = "") -> _Fault:
    return _Fault("profile-incomplete", f"It has no {key}.", why, beside, f"add {key} = {placeholder}")


def _sso_fault(configuration: Configuration, settings: Settings, misplaced: t.Set[str]) -> t.Optional[_Fault]:
    present = {*settings, *misplaced}
    for key in _ROLE_KEYS:
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


def _role_fault(profiles: t.Mapping[str, Settings], name: str) -> t.Optional[_Fault]:
    """Why the role of the profile *name* cannot be assumed; only the fault that is in this profile."""
    settings = profiles[name]
    source, credential_source = settings.get("source_profile"), settings.get("credential_source")
    if source is not None and credential_source is not None:
        what = "It has both source_profile and credential_source."
        return _source_fault(what, "credential_source", "delete credential_source")
    if credential_source is not None:
        if credential_source in _CREDENTIAL_SOURCES:
            return None
        what = f"Its credential_source is not one of {', '.join(_CREDENTIAL_SOURCES)}."
        return _source_fault(what, "credential_source", "correct credential_source")
    if source is None:
        return _without_source(settings)
    if not isinstance(source, str) or "\n" in source:
        return None  # indented lines are a finding of their own
    return _source_profile_fault(profiles, name, source)


def _source_fault(what: str, key: str, todo: str) -> _Fault:
    why = "The AWS CLI and the SDKs have no credentials with which to assume its role_arn."
    return _Fault("profile-source-unusable", what, why, key, todo)


def _without_source(settings: Settings) -> _Fault:
    if any(key in settings for key in _ROLE_KEYS):
        what = "It has role_arn beside its SSO account and role, but no source_profile."
        todo = "delete role_arn, or move it to another profile whose source_profile is this one"
        return _source_fault(what, "role_arn", todo)
    what = "It has role_arn, but neither source_profile nor credential_source."
    return _source_fault(what, "role_arn", "add source_profile = PROFILE")


def _source_profile_fault(profiles: t.Mapping[str, Settings], name: str, source: str) -> t.Optional[_Fault]:
    if source not in profiles:
        what = f"Its source_profile is {source}, but there is no such profile."
        similar = [other for other in similar_names(source, profiles) if other != name]
        todo = f"change it to source_profile = {similar[0] if similar else 'PROFILE'}"
        return _source_fault(what, "source_profile", todo)
    change = "change it to the name of a profile that has credentials: source_profile = PROFILE"
    if source == name:
        if any(key in profiles[name] for key in _KEYS):
            return None
        what = "It names itself as source_profile, but has no access keys."
        return _source_fault(what, "source_profile", change)
    chain = _chain(profiles, source)
    if name in chain:
        what = f"The profiles {shortened_list(sorted(chain), MOST_SHOWN)} name each other as source_profile."
        return _source_fault(what, "source_profile", change)
    if "role_arn" not in profiles[source] and not _has_credentials(profiles[source]):
        what = f"Its source_profile {source} has no credentials."
        return _source_fault(what, "source_profile", change)
    return None


def _chain(profiles: t.Mapping[str, Settings], name: str) -> t.List[str]:
    """The profile *name*, and those from which it gets its credentials."""
    chain: t.List[str] = []
    while name in profiles and name not in chain:
        chain.append(name)
        settings = profiles[name]
        if "role_arn" not in settings or any(key in settings for key in (*_KEYS, "web_identity_token_file")):
            break
        name = str(settings.get("source_profile"))
    return chain


def _has_credentials(settings: Settings) -> bool:
    """Whether botocore finds credentials in a profile that assumes no role, or an error in it."""
    return bool(settings.get("web_identity_token_file")) or any(
        key in settings for key in (*_ROLE_KEYS, *_OTHER_CREDENTIALS)
    )


def _mixed_credentials(configuration: Configuration) -> t.Iterator[Finding]:
    """Profiles of IAM Identity Center that have other credentials in the configuration file too."""
    found: t.Dict[str, t.List[str]] = collections.defaultdict(list)
    for name, settings in configuration.config.profiles.items():
        if any(key in settings for key in _ROLE_KEYS) and "role_arn" not in settings:
            for key in _OTHER_CREDENTIALS:
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
