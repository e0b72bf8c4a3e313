# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about profiles whose role_arn cannot be assumed.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ..._aws_config.parser import Settings
from ..._aws_config.resolution import ROLE_KEYS, Cause, Resolver

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


def source_fault(what: str, key: str, todo: str) -> Fault:
    why = "The AWS CLI and the SDKs have no credentials with which to assume its role_arn."
    return Fault("profile-source-unusable", what, why, key, todo)


def role_fault(resolver: Resolver, name: str, cause: Cause) -> Fault:
    """The fault of the profile *name*, in which the source of the credentials for its role is the *cause*."""
    settings = resolver.profiles[name]
    if cause.key == "credential_source":
        return source_fault(cause.what, cause.key, "delete credential_source")
    if cause.key == "role_arn":
        todo = "add source_profile = PROFILE"
        if any(key in settings for key in ROLE_KEYS):
            todo = "delete role_arn, or move it to another profile whose source_profile is this one"
        return source_fault(cause.what, cause.key, todo)
    source = str(settings["source_profile"])
    if source in resolver.profiles:
        return source_fault(cause.what, *USE_OTHER)
    similar = [other for other in resolver.similar(source) if other != name]
    todo = f"change it to source_profile = {similar[0] if similar else 'PROFILE'}"
    return source_fault(cause.what, cause.key, todo)


def credential_source_fault(settings: Settings) -> t.Optional[Fault]:
    """What is wrong with the credential_source of a profile."""
    source = settings["credential_source"]
    if source in _CREDENTIAL_SOURCES:
        return None
    what = f"Its credential_source is not one of {', '.join(_CREDENTIAL_SOURCES)}."
    meant = [known for known in _CREDENTIAL_SOURCES if known.lower() == str(source).lower()]
    todo = f"change it to credential_source = {[*meant, 'SOURCE'][0]}"
    return source_fault(what, "credential_source", todo)


def has_credentials(settings: Settings) -> bool:
    """Whether botocore finds credentials in a profile that assumes no role, or an error in it."""
    return bool(settings.get("web_identity_token_file")) or any(
        key in settings for key in (*ROLE_KEYS, *OTHER_CREDENTIALS)
    )
