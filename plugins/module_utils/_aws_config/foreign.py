# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be changed in sections that the module sso_profiles did not write.

PRIVATE to the collection. Keys are added to such a section only if it names no other account, role, session
or start URL and has no other credentials.
"""

from __future__ import annotations

import typing as t

from .._sso.session_input import portal_of
from .desired import DesiredSection
from .editor import Editor
from .parser import Settings
from .resolution import ROLE_KEYS
from .validation import CREDENTIAL_KEYS, InputError

IDENTITY_KEYS = frozenset(("sso_session", "sso_start_url", *ROLE_KEYS))


class ForeignSections:
    """Collects the foreign sections that must not be changed; refuse() reports all of them."""

    def __init__(self, editor: Editor, force: bool) -> None:
        self._editor = editor
        self._force = force
        self._conflicts: t.List[str] = []
        self._claims: t.List[str] = []

    def release_session(self, index: int, desired: DesiredSection) -> None:
        """Check the foreign sso-session *index*, which is to become *desired*."""
        start_url = self._editor.settings(index).get("sso_start_url")
        wanted = desired.settings.get("sso_start_url")
        if self._force or not start_url or "sso_start_url" in self._editor.added_keys(index):
            return
        if not _is_same_portal(start_url, wanted):
            self._conflicts.append(self._described(index, ["sso_start_url"]))

    def release_profile(self, index: int, desired: DesiredSection, start_url: t.Any) -> Settings:
        """The keys to remove from the foreign profile *index*, which is to become *desired*.

        *start_url* is that of its session.
        """
        others = self._other_keys(index, desired, start_url)
        if desired.name != "default":  # it has an option of its own
            if desired.named_by_account and (others or self._lacks_role(index)):
                self._claims.append(self._described(index, others))
            elif others and not self._force:
                self._conflicts.append(self._described(index, others))
        return {key: None for key in others if key not in desired.settings and key in CREDENTIAL_KEYS}

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
