# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be changed in sections that the module sso_profiles did not write.

PRIVATE to the collection. Keys are added to such a section only if it names no other account, role, session
or start URL and has no other credentials. A profile that another tool wrote can be adopted.
"""

from __future__ import annotations

import re
import typing as t

from .._sso.session_input import portal_of
from .desired import DesiredSection
from .editor import Editor
from .parser import Settings
from .resolution import ROLE_KEYS, SESSION_KEYS
from .validation import CREDENTIAL_KEYS, InputError

IDENTITY_KEYS = frozenset(("sso_session", "sso_start_url", *ROLE_KEYS))


_PROGRAM = r"\"?(?:[^\"\s]*[/\\])?"
_AWS_SSO_UTIL = re.compile(rf"{_PROGRAM}aws-sso-(?:util(?:\.exe)?\"?\s+|)credential-process\b")
_GRANTED = re.compile(rf"{_PROGRAM}granted(?:\.exe)?\"?\s+credential-process\b")
_AWS_SSO_CLI = re.compile(
    rf"{_PROGRAM}aws-sso(?:\.exe)?\"?\s(?:.*\s)?process\s.*?--arn[\s=]+\"?"
    r"arn:aws[a-z-]*:iam::([0-9]{12}):role/(?:[^\s\"]*/)?([\w+=,.@-]+)\"?(?:\s|\Z)"
)
_OTHER_CREDENTIALS = CREDENTIAL_KEYS - {"credential_process"}
_LEFT_BY_GRANTED = ("common_fate_generated_from",)


class Portal(t.NamedTuple):
    """The start URL of the session of a desired profile, and those of the sessions of the file by name."""

    start_url: t.Any
    start_urls: t.Mapping[str, t.Any]


class ForeignSections:
    """Collects the foreign sections that must not be changed; refuse() reports all of them.

    *adopted* are the profiles that were taken over from other tools, as the module returns them.
    """

    def __init__(self, editor: Editor, force: bool, adopt: bool, owner: t.Optional[str]) -> None:
        self.adopted: t.List[t.Dict[str, t.Any]] = []
        self._editor = editor
        self._force = force
        self._adopt = adopt
        self._owner = owner
        self._conflicts: t.List[str] = []
        self._adoptable: t.List[str] = []
        self._claims: t.List[str] = []

    def release_session(self, index: int, desired: DesiredSection) -> None:
        """Check the foreign sso-session *index*, which is to become *desired*."""
        start_url = self._editor.settings(index).get("sso_start_url")
        wanted = desired.settings.get("sso_start_url")
        if self._force or not start_url or "sso_start_url" in self._editor.added_keys(index):
            return
        if not _is_same_portal(start_url, wanted):
            self._conflicts.append(self._described(index, ["sso_start_url"]))

    def release_profile(self, index: int, desired: DesiredSection, portal: Portal) -> Settings:
        """The keys to remove from the foreign profile *index*, which is to become *desired*."""
        others = self._other_keys(index, desired, portal.start_url)
        if desired.name == "default":  # it has an option of its own
            return self._removed(others, desired)
        tool = self._tool(index, desired, portal)
        if tool and self._adopt:
            return self._adopted(index, desired, tool)
        if desired.named_by_account and (others or self._lacks_role(index)):
            (self._adoptable if tool else self._claims).append(self._described(index, others))
        elif others and not self._force:
            (self._adoptable if tool else self._conflicts).append(self._described(index, others))
        return self._removed(others, desired)

    def _removed(self, keys: t.Iterable[str], desired: DesiredSection) -> Settings:
        return {key: None for key in keys if key not in desired.settings and key in CREDENTIAL_KEYS}

    def _tool(self, index: int, desired: DesiredSection, portal: Portal) -> t.Optional[str]:
        """The tool that wrote the profile *index* for the role and portal of *desired*."""
        settings = self._editor.settings(index)
        found = generated_profile(settings)
        if found is None or "sso_account_id" in self._editor.added_keys(index):
            return None
        if (found.account_id, found.role_name) != tuple(desired.settings.get(key) for key in ROLE_KEYS):
            return None
        start_url = portal.start_urls.get(str(found.session), found.start_url)
        same_session = found.session is not None and found.session == desired.settings.get("sso_session")
        unknown = found.session is None and found.start_url is None
        return found.tool if unknown or same_session or _is_same_portal(start_url, portal.start_url) else None

    def _adopted(self, index: int, desired: DesiredSection, tool: str) -> Settings:
        removed = [key for key in leftovers(self._editor.settings(index)) if key not in desired.settings]
        self._editor.adopt(index, self._owner)
        self.adopted.append({"name": desired.name, "written_by": tool, "removed_keys": sorted(removed)})
        return dict.fromkeys(removed)

    def refuse(self) -> None:
        """Raises InputError for the sections that were not released."""
        path = self._editor.document.path
        texts = []
        if self._conflicts:
            texts.append(
                f"These sections in {path} were not written by sso_profiles, and name another account, role,"
                f" session or start URL, or have other credentials: {', '.join(self._conflicts)}. Choose"
                " other names, or set force to change the sections; state=absent restores them."
            )
        if self._adoptable:
            texts.append(
                f"These sections in {path} were written by other tools for the same account and role:"
                f" {', '.join(self._adoptable)}. Set adopt to take them over; state=absent restores them."
            )
        if self._claims:
            texts.append(
                f"These sections in {path} were not written by sso_profiles, and their names result from the"
                f" names of accounts, which other people can choose: {', '.join(self._claims)}. Such a name"
                " never changes the role of an existing section, not even with force. List the profiles in"
                " profiles, set their names in overrides, or exclude the accounts."
            )
        if texts:
            raise InputError(" ".join(texts))

    def _other_keys(self, index: int, desired: DesiredSection, start_url: t.Any) -> t.List[str]:
        settings = self._editor.settings(index)
        keys = [key for key in settings if key in CREDENTIAL_KEYS or key in IDENTITY_KEYS]
        if not keys:
            return keys
        added = () if desired.named_by_account else self._editor.added_keys(index)
        return [
            key
            for key in keys
            if key not in added
            and settings[key] != desired.settings.get(key)
            and not (key == "sso_start_url" and _is_same_portal(settings[key], start_url))
        ]

    def _lacks_role(self, index: int) -> bool:
        return any(key not in self._editor.settings(index) for key in ROLE_KEYS)

    def _described(self, index: int, keys: t.Sequence[str]) -> str:
        section = self._editor.document.sections[index]
        settings = self._editor.settings(index)
        shown = [f"{key} = {settings[key]}" if key in IDENTITY_KEYS else key for key in keys]
        return f"[{section.header}] on line {section.first + 1} ({', '.join(shown) or 'no role'})"


def _is_same_portal(start_url: t.Any, other: t.Any) -> bool:
    return portal_of(str(start_url)).lower() == portal_of(str(other)).lower()


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
