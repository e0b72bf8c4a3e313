# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why the role of a profile cannot be assumed, by the rules of botocore's AssumeRoleProvider.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ..._aws_config.parser import Settings
from ..._text import shortened_list, similar_names
from ..finding import MOST_SHOWN

SSO_ROLE_KEYS = ("sso_account_id", "sso_role_name")
KEYS = ("aws_access_key_id", "aws_secret_access_key")
OTHER_CREDENTIALS = ("aws_access_key_id", "credential_process", "login_session")
USE_OTHER = (
    "source_profile",
    "change it to the name of a profile that has credentials: source_profile = PROFILE",
)
"""The key and the task of a profile whose source has no usable credentials."""

_CREDENTIAL_SOURCES = ("Ec2InstanceMetadata", "Environment", "EcsContainer")


class Fault(t.NamedTuple):
    """*todo* is what to do at the line of *key*."""

    id: str
    what: str
    why: str
    key: str
    todo: str


def role_fault(profiles: t.Mapping[str, Settings], name: str) -> t.Optional[Fault]:
    """Why the role of the profile *name* cannot be assumed; only the fault that is in this profile."""
    settings = profiles[name]
    source, credential_source = settings.get("source_profile"), settings.get("credential_source")
    if source is not None and credential_source is not None:
        what = "It has both source_profile and credential_source."
        return source_fault(what, "credential_source", "delete credential_source")
    if credential_source is not None:
        if credential_source in _CREDENTIAL_SOURCES:
            return None
        what = f"Its credential_source is not one of {', '.join(_CREDENTIAL_SOURCES)}."
        meant = [known for known in _CREDENTIAL_SOURCES if known.lower() == str(credential_source).lower()]
        todo = f"change it to credential_source = {[*meant, 'SOURCE'][0]}"
        return source_fault(what, "credential_source", todo)
    if source is None:
        return _without_source(settings)
    if not isinstance(source, str) or "\n" in source:
        return None  # indented lines are a finding of their own
    return _source_profile_fault(profiles, name, source)


def source_fault(what: str, key: str, todo: str) -> Fault:
    why = "The AWS CLI and the SDKs have no credentials with which to assume its role_arn."
    return Fault("profile-source-unusable", what, why, key, todo)


def _without_source(settings: Settings) -> Fault:
    if any(key in settings for key in SSO_ROLE_KEYS):
        what = "It has role_arn beside its SSO account and role, but no source_profile."
        todo = "delete role_arn, or move it to another profile whose source_profile is this one"
        return source_fault(what, "role_arn", todo)
    what = "It has role_arn, but neither source_profile nor credential_source."
    return source_fault(what, "role_arn", "add source_profile = PROFILE")


def _source_profile_fault(profiles: t.Mapping[str, Settings], name: str, source: str) -> t.Optional[Fault]:
    if source not in profiles:
        what = f"Its source_profile is {source}, but there is no such profile."
        similar = [other for other in similar_names(source, profiles) if other != name]
        todo = f"change it to source_profile = {similar[0] if similar else 'PROFILE'}"
        return source_fault(what, "source_profile", todo)
    if source == name:
        if any(key in profiles[name] for key in KEYS):
            return None
        what = "It names itself as source_profile, but has no access keys."
        return source_fault(what, *USE_OTHER)
    chain = _chain(profiles, source)
    if name in chain:
        what = f"The profiles {shortened_list(sorted(chain), MOST_SHOWN)} name each other as source_profile."
        return source_fault(what, *USE_OTHER)
    if "role_arn" not in profiles[source] and not has_credentials(profiles[source]):
        what = f"Its source_profile {source} has no credentials."
        return source_fault(what, *USE_OTHER)
    return None


def _chain(profiles: t.Mapping[str, Settings], name: str) -> t.List[str]:
    """The profile *name*, and those from which it gets its credentials."""
    chain: t.Dict[str, None] = {}
    while name in profiles and name not in chain:
        chain[name] = None
        settings = profiles[name]
        if "role_arn" not in settings or any(key in settings for key in (*KEYS, "web_identity_token_file")):
            break
        name = str(settings.get("source_profile"))
    return list(chain)


def has_credentials(settings: Settings) -> bool:
    """Whether botocore finds credentials in a profile that assumes no role, or an error in it."""
    return _signs_in(settings) or any(key in settings for key in OTHER_CREDENTIALS)


def _signs_in(settings: Settings) -> bool:
    """Whether botocore uses a web identity or SSO before any other credentials of a profile."""
    return bool(settings.get("web_identity_token_file")) or any(key in settings for key in SSO_ROLE_KEYS)
