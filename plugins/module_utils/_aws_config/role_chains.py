# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles with role_arn and source_profile, which assume a role with the credentials of another profile.

PRIVATE to the collection. Nothing here accesses a file.
"""

from __future__ import annotations

import typing as t

from .._text import did_you_mean
from .desired import DesiredSection
from .parser import Settings
from .validation import CHAIN_KEYS, InputError, invalid

# AWS limits a role that is assumed with the credentials of another role to one hour.
_LONGEST_DURATION = 3600
_SSO_KEYS = ("sso_session", "sso_account_id", "sso_role_name")


def is_chain(settings: Settings) -> bool:
    """Whether a profile with *settings* assumes a role with the credentials of another profile."""
    return all(settings.get(key) is not None for key in CHAIN_KEYS)


def keys_of_other_kind(settings: Settings, current: Settings) -> Settings:
    """The keys to remove from a managed profile with the keys *current* that gets those in *settings*."""
    if is_chain(settings):
        return dict.fromkeys(_SSO_KEYS)
    return dict.fromkeys(CHAIN_KEYS) if is_chain(current) and "sso_session" not in current else {}


def session_of(
    settings: t.Optional[Settings], profiles: t.Callable[[str], t.Optional[Settings]]
) -> t.Optional[str]:
    """The session whose credentials a profile with *settings* uses, itself or by its source_profile, if any.

    *profiles* returns the settings of a profile by its name.
    """
    visited: t.Set[str] = set()
    while settings is not None and is_chain(settings):
        source = settings["source_profile"]
        if source in visited:
            return None
        visited.add(source)
        settings = profiles(source)
    return (settings or {}).get("sso_session")


def require_source(
    profile: DesiredSection,
    profiles: t.Callable[[str], t.Optional[Settings]],
    names: t.Iterable[str],
    path: str,
) -> None:
    """Raises InputError unless the credentials of *profile* come from another profile in the end.

    *profiles* returns the settings of a profile by its name after the edits, *names* are all of them, and
    *path* is the file in messages.
    """
    visited = [profile.name]
    settings: t.Optional[Settings] = profile.settings
    while settings is not None and is_chain(settings):
        source = settings["source_profile"]
        if source in visited:
            chain = " -> ".join([*visited, source])
            raise invalid(
                profile.source,
                f"source_profile is circular: {chain}. One of them must have session, account_id and"
                " role_name instead.",
            )
        visited.append(source)
        settings = profiles(source)
    if settings is None:
        hint = did_you_mean(visited[-1], names)
        raise invalid(
            profile.source,
            f"The source_profile {visited[-1]!r} is neither a profile of this task nor in {path}."
            f" {hint}".rstrip(),
        )
    duration = profile.settings.get("duration_seconds")
    if duration and int(duration) > _LONGEST_DURATION and (len(visited) > 2 or settings.get("sso_session")):
        raise InputError(
            f"Profile {profile.name!r}: duration_seconds is {duration}, but AWS limits a role that is assumed"
            f" with the credentials of another role to {_LONGEST_DURATION} seconds."
        )
