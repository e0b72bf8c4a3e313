# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan the changes to an AWS configuration file so that it contains the desired sessions and profiles.

PRIVATE to the collection. Nothing here accesses a file. A section with the comment SECTION_MARK is managed:
only managed sections are ever removed. In a foreign section the desired keys are set, and the keys that are
new are listed in a comment, so that they can be removed again.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .._sso.session_input import portal_of
from .._text import did_you_mean, shortened_list
from .desired import DesiredSection
from .editor import Editor
from .parser import Document, Settings, header_for
from .role_chains import is_chain, keys_of_other_kind, require_source, session_of
from .validation import CREDENTIAL_KEYS, InputError, invalid

_SESSION_KEYS = ("sso_start_url", "sso_region", "sso_registration_scopes")
_IDENTITY_KEYS = frozenset(("sso_session", "sso_account_id", "sso_role_name", "sso_start_url"))
_NAMES_IN_A_WARNING = 10


class Request(t.NamedTuple):
    """What the file must contain or, with *absent*, the names of the sections to remove.

    Managed profiles of *purge_sessions* that are not desired are removed as well.
    """

    sessions: t.Mapping[str, DesiredSection]
    profiles: t.Mapping[str, DesiredSection]
    absent: bool = False
    default_profile: t.Optional[str] = None
    force_default: bool = False
    purge_sessions: t.Collection[str] = ()


def _present(settings: Settings) -> Settings:
    """*settings* without the keys that are to be removed."""
    return {key: value for key, value in settings.items() if value is not None}


def _additional(session: Settings) -> Settings:
    """The keys of a session other than its own."""
    return {key: value for key, value in _present(session).items() if key not in _SESSION_KEYS}


def _names_by_kind() -> t.Dict[str, t.List[str]]:
    return {"profile": [], "sso-session": []}


@dataclasses.dataclass
class Plan:
    """The new content of the file (None: no change), and the names of the sections that change, by kind."""

    data: t.Optional[bytes] = None
    diff: t.Callable[[], str] = str
    added: t.Dict[str, t.List[str]] = dataclasses.field(default_factory=_names_by_kind)
    changed: t.Dict[str, t.List[str]] = dataclasses.field(default_factory=_names_by_kind)
    removed: t.Dict[str, t.List[str]] = dataclasses.field(default_factory=_names_by_kind)
    shadowed: t.List[str] = dataclasses.field(default_factory=list)
    warnings: t.List[str] = dataclasses.field(default_factory=list)

    def summary(self) -> str:
        """The number of changes, such as "1 session changed, 5000 profiles added"; empty without changes."""
        parts = []
        for verb, names in (("added", self.added), ("changed", self.changed), ("removed", self.removed)):
            for noun, kind in (("session", "sso-session"), ("profile", "profile")):
                number = len(names[kind])
                if number:
                    parts.append(f"{number} {noun}{'s' if number > 1 else ''} {verb}")
        return ", ".join(parts)

    def facts(self) -> t.Dict[str, t.Any]:
        """The plan as M(workstation.aws_sso.sso_profiles) returns it."""
        return {
            "changed": self.data is not None,
            "profiles_added": self.added["profile"],
            "profiles_changed": self.changed["profile"],
            "profiles_removed": self.removed["profile"],
            "profiles_shadowed": self.shadowed,
            "sessions_added": self.added["sso-session"],
            "sessions_changed": self.changed["sso-session"],
            "sessions_removed": self.removed["sso-session"],
        }


def plan_changes(document: Document, request: Request, credentials: t.Mapping[str, Settings]) -> Plan:
    """Plan *request* for *document*; *credentials* are the sections of the shared credentials file by name.

    Raises InputError for a request that cannot be met, ConfigError when the file cannot be edited safely.
    """
    planner = _Planner(document, request, credentials)
    if request.absent:
        planner.revert()
    else:
        planner.apply()
    planner.purge()
    return planner.finish()


class _Planner:
    def __init__(self, document: Document, request: Request, credentials: t.Mapping[str, Settings]) -> None:
        self._document = document
        self._editor = Editor(document)
        self._request = request
        self._credentials = credentials
        self._plan = Plan()
        # The indexes of the sections by kind and name; botocore uses the last one.
        self._found: t.Dict[str, t.Dict[str, t.List[int]]] = {"profile": {}, "sso-session": {}}
        for index, section in enumerate(document.sections):
            for kind, name in (("profile", section.profile), ("sso-session", section.session)):
                if name is not None:
                    self._found[kind].setdefault(name, []).append(index)

    def apply(self) -> None:
        for session in self._request.sessions.values():
            self._apply("sso-session", session)
        for profile in self._request.profiles.values():
            self._require_credentials(profile)
            if profile.name == "default":
                self._protect_default(profile)
            self._apply("profile", profile)
        if self._request.default_profile is not None:
            default = self._mirrored_default(self._request.default_profile)
            self._protect_default(default)
            self._apply("profile", default)
        self._report_shadowing()

    def revert(self) -> None:
        for name in self._request.sessions:
            self._revert("sso-session", name)
        profiles = list(self._request.profiles)
        if self._request.default_profile is not None:
            profiles.append("default")
        for name in profiles:
            self._revert("profile", name)

    def purge(self) -> None:
        if not self._request.purge_sessions:
            return
        desired = set() if self._request.absent else set(self._request.profiles)
        if self._request.default_profile is not None:
            desired.add("default")
        for name, indexes in self._found["profile"].items():
            if name not in desired:
                self._remove("profile", name, [index for index in indexes if self._is_purged(index)])

    def finish(self) -> Plan:
        if not self._request.absent:
            self._require_equal_keys()
        self._report_orphans()
        if self._editor.changed:
            self._plan.data = self._editor.render()
            self._plan.diff = self._editor.diff
        return self._plan

    def _apply(self, kind: str, desired: DesiredSection) -> None:
        indexes = self._found[kind].get(desired.name)
        if indexes is None:
            self._editor.add_section(header_for(kind, desired.name), _present(desired.settings))
            self._plan.added[kind].append(desired.name)
            return
        index = indexes[-1]
        settings = dict(desired.settings)
        if kind == "profile":
            self._refuse_other_credentials(index, desired)
            if self._editor.is_managed(index):
                settings.update(keys_of_other_kind(settings, self._editor.settings(index)))
            settings.update(self._stale_session_keys(index, settings.get("sso_session")))
        if self._editor.set_keys(index, settings):
            self._plan.changed[kind].append(desired.name)

    def _revert(self, kind: str, name: str) -> None:
        indexes = self._found[kind].get(name, [])
        managed = [index for index in indexes if self._editor.is_managed(index)]
        self._remove(kind, name, managed)
        reverted = [self._editor.revert_added_keys(index) for index in indexes if index not in managed]
        if any(reverted) and not managed:
            self._plan.changed[kind].append(name)
        elif reverted and not managed:
            header = self._document.sections[indexes[-1]].header
            self._plan.warnings.append(
                f"[{header}] in {self._document.path} is kept because sso_profiles did not write it."
            )

    def _remove(self, kind: str, name: str, indexes: t.List[int]) -> None:
        for index in indexes:
            self._editor.remove_section(index)
        if indexes:
            self._plan.removed[kind].append(name)

    def _is_purged(self, index: int) -> bool:
        session = session_of(self._document.sections[index].settings, self._settings_before)
        return session in self._request.purge_sessions and self._editor.is_managed(index)

    def _settings_before(self, name: str) -> t.Optional[Settings]:
        """The keys of the profile *name* in the file as it was; None if there is none."""
        indexes = self._found["profile"].get(name)
        return self._document.sections[indexes[-1]].settings if indexes else None

    def _settings_after(self, name: str) -> t.Optional[Settings]:
        """The keys of the profile *name* after the edits, also of one in the credentials file."""
        profile = self._request.profiles.get(name)
        if profile is not None:
            return _present(profile.settings)
        if name == "default" and self._request.default_profile is not None:
            return _present(self._mirrored_default(self._request.default_profile).settings)
        indexes = self._found["profile"].get(name)
        return self._editor.settings(indexes[-1]) if indexes else self._credentials.get(name)

    def _require_credentials(self, profile: DesiredSection) -> None:
        if is_chain(profile.settings):
            names = [*self._request.profiles, *self._found["profile"]]
            require_source(profile, self._settings_after, names, self._document.path)
        else:
            self._require_session(profile)

    def _require_session(self, profile: DesiredSection) -> None:
        name = profile.settings["sso_session"]
        known = self._request.sessions
        if name in known or name in self._found["sso-session"]:
            return
        if "://" in name:
            raise invalid(profile.source, self._start_url_text(name))
        hint = did_you_mean(name, [*known, *self._found["sso-session"]])
        raise invalid(
            profile.source,
            f"The session {name!r} is neither in sessions nor in {self._document.path}. {hint}".rstrip(),
        )

    def _start_url_text(self, start_url: str) -> str:
        """What to do about access whose session is a start URL, because it was listed for legacy profiles."""
        named = [
            name
            for name in [*self._request.sessions, *self._found["sso-session"]]
            if portal_of(str(self._session_settings(name).get("sso_start_url"))) == portal_of(start_url)
        ]
        text = (
            f"The session {start_url!r} is a start URL, which identifies the session of legacy profiles. A"
            " profile of this module requires a session with a name."
        )
        if named:
            return f"{text} The session {named[0]!r} has this start URL: sign in to it, and list its access."
        return (
            f"{text} Add a session with this start URL to sessions, sign in to it, and list the access of the"
            " session by its name."
        )

    def _session_settings(self, name: str) -> Settings:
        """The keys of the session *name*, after the edits so far."""
        indexes = self._found["sso-session"].get(name)
        if indexes is not None:
            return self._editor.settings(indexes[-1])
        return _present(self._request.sessions[name].settings)

    def _require_equal_keys(self) -> None:
        """Refuse profiles with another value of a key than their session: botocore rejects them.

        Of the profiles that are not desired, only those that the options of this task would break.
        """
        names = {*self._request.sessions, *self._found["sso-session"]}
        keys = {name: _additional(self._session_settings(name)) for name in names}
        if not any(keys.values()):
            return
        ours = {name: _additional(session.settings) for name, session in self._request.sessions.items()}
        for name, where, settings in self._profiles_after():
            session = str(settings.get("sso_session"))
            for key, value in (keys if name in self._request.profiles else ours).get(session, {}).items():
                if settings.get(key, value) != value:
                    raise InputError(
                        f"{where} has {key} = {settings[key]}, and its session {session!r} has {key} ="
                        f" {value}. botocore rejects a profile with another value than its session."
                        " Change or remove one of them."
                    )

    def _profiles_after(self) -> t.Iterator[t.Tuple[str, str, Settings]]:
        """The name of each profile after the edits, what messages call it, and its keys."""
        for name, indexes in self._found["profile"].items():
            section = self._document.sections[indexes[-1]]
            where = f"[{section.header}] in {self._document.path}, line {section.first + 1},"
            yield name, where, self._editor.settings(indexes[-1])
        for name, profile in self._request.profiles.items():
            if name not in self._found["profile"]:
                yield name, f"The new profile {name!r}", _present(profile.settings)

    def _mirrored_default(self, name: str) -> DesiredSection:
        """[default] as the mirror of the profile *name*, a desired one or one of the file."""
        if name in self._request.profiles:
            return self._request.profiles[name]._replace(name="default")
        indexes = self._found["profile"].get(name)
        settings = self._editor.settings(indexes[-1]) if indexes else {}
        if "sso_session" not in settings:
            hint = did_you_mean(name, [*self._request.profiles, *self._found["profile"]])
            raise InputError(
                f"default_profile {name!r} is neither one of the profiles of this task nor a profile with "
                f"sso_session in {self._document.path}. {hint}".rstrip()
            )
        settings = {key: value for key, value in settings.items() if key not in CREDENTIAL_KEYS}
        return DesiredSection("default", settings)

    def _protect_default(self, default: DesiredSection) -> None:
        """Refuse to replace credentials that are used without a profile name."""
        if self._request.force_default:
            return
        elsewhere = sorted(CREDENTIAL_KEYS.intersection(self._credentials.get("default", ())))
        if elsewhere:
            raise InputError(
                f"[default] in the credentials file has {', '.join(elsewhere)}, which a session in "
                f"[default] of {self._document.path} would override. Move them to another "
                "profile, or set force_default."
            )
        indexes = self._found["profile"].get("default")
        if indexes is None or self._editor.is_managed(indexes[-1]):
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
                f"[default] in {self._document.path} has other credentials ({', '.join(others)}). Rename the "
                "section, or set force_default."
            )

    def _refuse_other_credentials(self, index: int, desired: DesiredSection) -> None:
        """Refuse to turn a profile with other credentials into an SSO profile."""
        others = self._other_credentials(index, desired.settings)
        if not others or self._editor.is_managed(index):
            return
        section = self._document.sections[index]
        if desired.name == "default":  # only with force_default
            self._editor.set_keys(index, dict.fromkeys(sorted(others)))
            return
        raise invalid(
            desired.source,
            f"[{section.header}] in {self._document.path}, line {section.first + 1}, has other credentials "
            f"({', '.join(sorted(others))}). Rename one of the two profiles.",
        )

    def _other_credentials(self, index: int, desired: Settings) -> t.Set[str]:
        """The keys of a section that determine other credentials than those of the profile *desired*."""
        current = self._editor.settings(index)
        if not is_chain(desired):
            return {*CREDENTIAL_KEYS.intersection(current)}
        others = (CREDENTIAL_KEYS | _IDENTITY_KEYS).intersection(current)
        added = self._editor.added_keys(index)
        return {key for key in others if key not in added and current[key] != desired.get(key)}

    def _stale_session_keys(self, index: int, session: t.Optional[str]) -> Settings:
        """The legacy keys of a profile with the values of its session: botocore rejects a difference."""
        stale = [key for key in _SESSION_KEYS if key in self._editor.settings(index)]
        if not stale or session is None:
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
                "The credentials file has sections with the names of these profiles, and its keys take "
                f"precedence: {shortened_list(self._plan.shadowed, _NAMES_IN_A_WARNING)}."
            )

    def _report_orphans(self) -> None:
        removed = {*self._plan.removed["profile"]}
        chained = [
            name
            for name, indexes in self._found["profile"].items()
            if self._editor.settings(indexes[-1]).get("source_profile") in removed
        ]
        if chained:
            self._plan.warnings.append(
                "These profiles have a removed profile as their source_profile:"
                f" {shortened_list(chained, _NAMES_IN_A_WARNING)}."
            )
        for session in self._plan.removed["sso-session"]:
            orphans = [
                name
                for name, indexes in self._found["profile"].items()
                if self._editor.settings(indexes[-1]).get("sso_session") == session
            ]
            if orphans:
                self._plan.warnings.append(
                    f"These profiles still use the removed session {session!r}: "
                    f"{shortened_list(orphans, _NAMES_IN_A_WARNING)}."
                )
