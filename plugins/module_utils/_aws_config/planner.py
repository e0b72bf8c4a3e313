# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to change in an AWS configuration file so that it holds the wanted sessions and profiles.

PRIVATE to the collection. Nothing here touches a disk. A section is ours when it carries our mark: only such
sections are ever removed. In a section of others the wanted keys are set, and those that are new are listed
in a comment, so that they can be taken out again.
"""

from __future__ import annotations

import dataclasses
import difflib
import typing as t

from .._text import shortened_list
from .desired import (
    CREDENTIAL_KEYS,
    InputError,
    WantedSection,
    header_for,
)
from .editor import Editor
from .parser import Document, Settings

_SESSION_KEYS = ("sso_start_url", "sso_region", "sso_registration_scopes")
_IDENTITY_KEYS = frozenset(("sso_session", "sso_account_id", "sso_role_name", "sso_start_url"))
_NAMES_IN_A_WARNING = 10


class Request(t.NamedTuple):
    """What the file should hold; when *absent*, the names of the sections to take out."""

    sessions: t.Mapping[str, WantedSection]
    profiles: t.Mapping[str, WantedSection]
    absent: bool = False
    default_profile: t.Optional[str] = None
    force_default: bool = False
    purge_sessions: t.Collection[str] = ()


def _names_by_kind() -> t.Dict[str, t.List[str]]:
    return {"profile": [], "sso-session": []}


@dataclasses.dataclass
class Plan:
    """The new content of the file (None: it stays as it is), and the names of what changes in it."""

    data: t.Optional[bytes] = None
    diff: t.Callable[[], str] = str
    added: t.Dict[str, t.List[str]] = dataclasses.field(default_factory=_names_by_kind)
    changed: t.Dict[str, t.List[str]] = dataclasses.field(default_factory=_names_by_kind)
    removed: t.Dict[str, t.List[str]] = dataclasses.field(default_factory=_names_by_kind)
    shadowed: t.List[str] = dataclasses.field(default_factory=list)
    warnings: t.List[str] = dataclasses.field(default_factory=list)


def plan_changes(document: Document, request: Request, credentials: t.Mapping[str, Settings]) -> Plan:
    """Plan *request* for *document*; *credentials* are the sections of the shared credentials file by name.

    Raises InputError for a request that cannot be met, ConfigError when the file cannot be edited safely.
    """
    planner = _Planner(document, request, credentials)
    if request.absent:
        planner.undo()
    else:
        planner.provide()
    planner.purge()
    return planner.finish()


class _Planner:
    def __init__(self, document: Document, request: Request, credentials: t.Mapping[str, Settings]) -> None:
        self._document = document
        self._editor = Editor(document)
        self._request = request
        self._credentials = credentials
        self._plan = Plan()
        # The indexes of the sections with one name; for botocore the last one counts.
        self._found: t.Dict[str, t.Dict[str, t.List[int]]] = {"profile": {}, "sso-session": {}}
        for index, section in enumerate(document.sections):
            for kind, name in (("profile", section.profile), ("sso-session", section.session)):
                if name is not None:
                    self._found[kind].setdefault(name, []).append(index)

    def provide(self) -> None:
        for session in self._request.sessions.values():
            self._provide("sso-session", session)
        for profile in self._request.profiles.values():
            self._require_session(profile)
            if profile.name == "default":
                self._protect_default(profile)
            self._provide("profile", profile)
        if self._request.default_profile is not None:
            default = self._default(self._request.default_profile)
            self._protect_default(default)
            self._provide("profile", default)
        self._report_shadowing()

    def undo(self) -> None:
        for name in self._request.sessions:
            self._undo("sso-session", name)
        profiles = list(self._request.profiles)
        if self._request.default_profile is not None:
            profiles.append("default")
        for name in profiles:
            self._undo("profile", name)

    def purge(self) -> None:
        if not self._request.purge_sessions:
            return
        wanted = set() if self._request.absent else set(self._request.profiles)
        if self._request.default_profile is not None:
            wanted.add("default")
        for name, indexes in self._found["profile"].items():
            if name not in wanted:
                self._remove("profile", name, [index for index in indexes if self._is_purged(index)])

    def finish(self) -> Plan:
        self._report_orphans()
        if self._editor.changed:
            self._plan.data = self._editor.render()
            self._plan.diff = self._editor.diff
        return self._plan

    def _provide(self, kind: str, wanted: WantedSection) -> None:
        indexes = self._found[kind].get(wanted.name)
        if indexes is None:
            settings = {key: value for key, value in wanted.settings.items() if value is not None}
            self._editor.add_section(header_for(kind, wanted.name), settings)
            self._plan.added[kind].append(wanted.name)
            return
        index = indexes[-1]
        settings = dict(wanted.settings)
        if kind == "profile":
            self._refuse_other_credentials(index, wanted)
            settings.update(self._stale_session_keys(index, settings["sso_session"]))
        if self._editor.set_keys(index, settings):
            self._plan.changed[kind].append(wanted.name)

    def _undo(self, kind: str, name: str) -> None:
        indexes = self._found[kind].get(name, [])
        ours = [index for index in indexes if self._editor.is_ours(index)]
        self._remove(kind, name, ours)
        undone = [self._editor.undo_added_keys(index) for index in indexes if index not in ours]
        if any(undone) and not ours:
            self._plan.changed[kind].append(name)
        elif undone and not ours:
            self._plan.warnings.append(
                f"[{self._document.sections[indexes[-1]].header}] stays: this module did not write it"
            )

    def _remove(self, kind: str, name: str, indexes: t.List[int]) -> None:
        for index in indexes:
            self._editor.remove_section(index)
        if indexes:
            self._plan.removed[kind].append(name)

    def _is_purged(self, index: int) -> bool:
        session = self._editor.settings(index).get("sso_session")
        return session in self._request.purge_sessions and self._editor.is_ours(index)

    def _require_session(self, profile: WantedSection) -> None:
        name = profile.settings["sso_session"]
        known = self._request.sessions
        if name in known or name in self._found["sso-session"]:
            return
        raise InputError(
            f"{profile.source}: session {name!r} is neither in sessions nor in {self._document.path}"
            + _near(name, [*known, *self._found["sso-session"]])
        )

    def _default(self, name: str) -> WantedSection:
        """[default] as the mirror of the profile *name*, which is a wanted one or one of the file."""
        if name in self._request.profiles:
            return self._request.profiles[name]._replace(name="default")
        indexes = self._found["profile"].get(name)
        settings = self._editor.settings(indexes[-1]) if indexes else {}
        if "sso_session" not in settings:
            raise InputError(
                f"default_profile {name!r} is neither among the wanted profiles nor a profile with an "
                f"sso_session in {self._document.path}"
                + _near(name, [*self._request.profiles, *self._found["profile"]])
            )
        settings = {key: value for key, value in settings.items() if key not in CREDENTIAL_KEYS}
        return WantedSection("default", settings)

    def _protect_default(self, default: WantedSection) -> None:
        """Refuse to put a session over credentials that people use without naming a profile."""
        if self._request.force_default:
            return
        elsewhere = sorted(CREDENTIAL_KEYS.intersection(self._credentials.get("default", ())))
        if elsewhere:
            raise InputError(
                f"[default] of the credentials file holds {', '.join(elsewhere)}, which a session in "
                f"[default] of {self._document.path} would replace; move them to another profile or set "
                "force_default"
            )
        indexes = self._found["profile"].get("default")
        if indexes is None or self._editor.is_ours(indexes[-1]):
            return
        settings = self._editor.settings(indexes[-1])
        added = self._editor.added_keys(indexes[-1])
        others = sorted(
            key
            for key in (CREDENTIAL_KEYS | _IDENTITY_KEYS).intersection(settings)
            if key not in added and settings[key] != default.settings.get(key)
        )
        if others:
            raise InputError(
                f"[default] of {self._document.path} has credentials of its own ({', '.join(others)}); "
                "rename it or set force_default"
            )

    def _refuse_other_credentials(self, index: int, wanted: WantedSection) -> None:
        """A profile that gets its credentials elsewhere is not turned into one of a session."""
        others = CREDENTIAL_KEYS.intersection(self._editor.settings(index))
        if not others or self._editor.is_ours(index):
            return
        section = self._document.sections[index]
        if wanted.name == "default":  # only with force_default
            self._editor.set_keys(index, dict.fromkeys(sorted(others)))
            return
        raise InputError(
            f"{wanted.source}: {self._document.path}, line {section.first + 1}: [{section.header}] has other "
            f"credentials ({', '.join(sorted(others))}); rename one of the two"
        )

    def _stale_session_keys(self, index: int, session: str) -> Settings:
        """Keys of the older form in a profile, as its session has them: botocore refuses a difference."""
        stale = [key for key in _SESSION_KEYS if key in self._editor.settings(index)]
        if not stale:
            return {}
        if session in self._request.sessions:
            values = self._request.sessions[session].settings
        else:
            found = self._found["sso-session"].get(session)
            values = self._editor.settings(found[-1]) if found else {}
        return {key: values[key] for key in stale if key in values}

    def _report_shadowing(self) -> None:
        names = set(self._request.profiles)
        if self._request.default_profile is not None:
            names.add("default")
        self._plan.shadowed = sorted(names.intersection(self._credentials))
        if self._plan.shadowed:
            self._plan.warnings.append(
                "sections of the credentials file have the names of these profiles, and their keys win: "
                + _listed(self._plan.shadowed)
            )

    def _report_orphans(self) -> None:
        for session in self._plan.removed["sso-session"]:
            orphans = [
                name
                for name, indexes in self._found["profile"].items()
                if self._editor.settings(indexes[-1]).get("sso_session") == session
            ]
            if orphans:
                self._plan.warnings.append(
                    f"these profiles still name the session {session!r}: {_listed(orphans)}"
                )


def _near(name: str, known: t.List[str]) -> str:
    near = difflib.get_close_matches(name, known)
    return f"; did you mean {_listed(near)}?" if near else ""


def _listed(names: t.List[str]) -> str:
    return shortened_list(names, _NAMES_IN_A_WARNING)
