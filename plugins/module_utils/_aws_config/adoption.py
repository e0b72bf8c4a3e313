# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles that other tools wrote for a role of IAM Identity Center, and what they leave in them.

PRIVATE to the collection. Pure functions: nothing here reads a file.
"""

from __future__ import annotations

import re
import typing as t

from .parser import Settings
from .resolution import ROLE_KEYS, SESSION_KEYS
from .validation import CREDENTIAL_KEYS

_PROGRAM = r"\"?(?:[^\"\s]*[/\\])?"
_AWS_SSO_UTIL = re.compile(rf"{_PROGRAM}aws-sso-(?:util(?:\.exe)?\"?\s+|)credential-process\b")
_GRANTED = re.compile(rf"{_PROGRAM}granted(?:\.exe)?\"?\s+credential-process\b")
_AWS_SSO_CLI = re.compile(
    rf"{_PROGRAM}aws-sso(?:\.exe)?\"?\s(?:.*\s)?process\s.*?--arn[\s=]+\"?"
    r"arn:aws[a-z-]*:iam::([0-9]{12}):role/(?:[^\s\"]*/)?([\w+=,.@-]+)\"?(?:\s|\Z)"
)
_OTHER_CREDENTIALS = CREDENTIAL_KEYS - {"credential_process"}
_LEFT_BY_GRANTED = ("common_fate_generated_from",)


class GeneratedProfile(t.NamedTuple):
    """What *tool* wrote a profile for; its portal is that of *session* or *start_url*, or unknown."""

    tool: str
    account_id: str
    role_name: str
    session: t.Optional[str] = None
    start_url: t.Optional[str] = None


def generated_profile(settings: Settings) -> t.Optional[GeneratedProfile]:
    """The role that a tool wrote the profile *settings* for; None for other credentials."""
    process = str(settings.get("credential_process", ""))
    if not _OTHER_CREDENTIALS.isdisjoint(settings):
        return None
    if "granted_sso_account_id" in settings:
        if process and not _GRANTED.match(process):
            return None
        keys = ("account_id", "role_name", "start_url")
        account_id, role_name, start_url = (settings.get(f"granted_sso_{key}") for key in keys)
        return _consistent(
            GeneratedProfile("granted", str(account_id), str(role_name), None, start_url), settings
        )
    if all(key in settings for key in ROLE_KEYS):
        tool = _tool(settings, process)
        account_id, role_name = (str(settings[key]) for key in ROLE_KEYS)
        session, start_url = settings.get("sso_session"), settings.get("sso_start_url")
        return GeneratedProfile(tool, account_id, role_name, session, start_url) if tool else None
    found = _AWS_SSO_CLI.match(process)
    return _consistent(GeneratedProfile("aws-sso-cli", found[1], found[2]), settings) if found else None


def leftovers(settings: Settings) -> t.List[str]:
    """The keys of a generated profile that the session replaces."""
    return [
        key
        for key in settings
        if key in SESSION_KEYS
        or key == "credential_process"
        or key in _LEFT_BY_GRANTED
        or key.startswith("granted_sso_")
    ]


def own_keys(settings: Settings) -> t.List[str]:
    """The keys of a generated profile that tools do not write."""
    return [
        key
        for key in settings
        if not key.startswith(("sso_", "granted_sso_"))
        and key not in ("credential_process", "region", "output", *_LEFT_BY_GRANTED)
    ]


def _tool(settings: Settings, process: str) -> t.Optional[str]:
    if process and not any(known.match(process) for known in (_AWS_SSO_UTIL, _GRANTED, _AWS_SSO_CLI)):
        return None
    if "sso_auto_populated" in settings or _AWS_SSO_UTIL.match(process):
        return "aws-sso-util"
    if "common_fate_generated_from" in settings or _GRANTED.match(process):
        return "granted"
    return "aws-sso-cli" if process else "aws configure sso"


def _consistent(found: GeneratedProfile, settings: Settings) -> t.Optional[GeneratedProfile]:
    """*found*, unless the profile has the account or role of another one as well."""
    role = (found.account_id, found.role_name)
    same = all(settings.get(key, value) == value for key, value in zip(ROLE_KEYS, role))
    return found if same else None
