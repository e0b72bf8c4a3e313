# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles with role_arn and source_profile, which assume a role with the credentials of another profile.

PRIVATE to the collection. Nothing here accesses a file.
"""

from __future__ import annotations

import typing as t

from .desired import DesiredSection
from .parser import Settings
from .validation import CHAIN_KEYS, invalid

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


def check_duration(profile: DesiredSection, profiles: t.Callable[[str], t.Optional[Settings]]) -> None:
    """Raises InputError if AWS would refuse the duration_seconds of *profile*.

    *profiles* returns the settings of its source_profile.
    """
    duration = profile.settings.get("duration_seconds")
    if not duration or not is_chain(profile.settings) or int(duration) <= _LONGEST_DURATION:
        return
    source = profiles(profile.settings["source_profile"]) or {}
    if is_chain(source) or source.get("sso_account_id"):
        raise invalid(
            profile.source,
            f"duration_seconds is {duration}, but AWS limits a role that is assumed with the credentials of"
            f" another role to {_LONGEST_DURATION} seconds.",
        )
