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
from .foreign import IDENTITY_KEYS, ForeignSections, Portal, own_keys
from .origins import Origins
from .parser import Document, Settings, header_for
from .resolution import SESSION_KEYS, Causes, Resolver, resolver_of, with_overrides
from .role_chains import check_duration, keys_of_other_kind, session_of
from .validation import CREDENTIAL_KEYS, InputError, invalid

_NAMES_IN_A_WARNING = 10
_START_URL_TEXT = (
    "The session {0!r} is a start URL, which identifies the session of legacy profiles. A profile of this"
    " module requires a session with a name: add a session with this start URL to sessions."
)


class Request(t.NamedTuple):
    """What the file must contain or, with *absent*, the names of the sections to remove.

    Managed profiles of *purge_sessions* that are not desired are removed as well. With *force*, foreign
    sections with other credentials are changed. *owner* is part of the comments in the profiles that are
    added; profiles of another owner are not removed. With *adopt*, profiles that other tools wrote for the
    same account and role are taken over.
    """

    sessions: t.Mapping[str, DesiredSection]
    profiles: t.Mapping[str, DesiredSection]
    absent: bool = False
    default_profile: t.Optional[str] = None
    force_default: bool = False
    purge_sessions: t.Collection[str] = ()
    force: bool = False
    owner: t.Optional[str] = None
    adopt: bool = False


def _present(settings: Settings) -> Settings:
    """*settings* without the keys that are to be removed."""
    if None not in settings.values():
        return settings
    return {key: value for key, value in settings.items() if value is not None}


def _with_session(profile: DesiredSection, names: t.Mapping[str, t.Optional[str]]) -> DesiredSection:
    """*profile* with the name of the session that *names* has for its start URL."""
    session = names.get(str(profile.settings.get("sso_session")))
    return profile._replace(settings={**profile.settings, "sso_session": session}) if session else profile


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
    adopted: t.List[t.Dict[str, t.Any]] = dataclasses.field(default_factory=list)
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
            "profiles_adopted": self.adopted,
            "profiles_changed": self.changed["profile"],
            "profiles_removed": self.removed["profile"],
            "profiles_shadowed": self.shadowed,
            "sessions_added": self.added["sso-session"],
            "sessions_changed": self.changed["sso-session"],
            "sessions_removed": self.removed["sso-session"],
        }


def plan_changes(document: Document, request: Request, credentials: Document) -> Plan:
    """Plan *request* for *document*, in view of the shared credentials file *credentials*.

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
    def __init__(self, document: Document, request: Request, credentials: Document) -> None:
        self._document = document
        self._editor = Editor(document)
        self._request = request
        self._credentials = credentials.settings_by_header()
        self._foreign = ForeignSections(self._editor, request.force, request.adopt, request.owner)
        self._plan = Plan()
        self._default: t.Optional[DesiredSection] = None
        self._start_urls = {
            section.session: section.settings.get("sso_start_url")
            for section in document.sections
            if section.session is not None
        }
        # The indexes of the sections by kind and name; botocore uses the last one.
        self._found: t.Dict[str, t.Dict[str, t.List[int]]] = {"profile": {}, "sso-session": {}}
        for index, section in enumerate(document.sections):
            for kind, name in (("profile", section.profile), ("sso-session", section.session)):
                if name is not None:
                    self._found[kind].setdefault(name, []).append(index)
        self._request = request = self._with_named_sessions(request)
        written = {"profile": request.profiles, "sso-session": request.sessions}
        self._origins = Origins(document, credentials, written)

    def apply(self) -> None:
        for session in self._request.sessions.values():
            self._apply("sso-session", session)
        for profile in self._request.profiles.values():
            self._require_session(profile)
            if profile.name == "default":
                self._protect_default(profile)
            self._apply("profile", profile)
        if self._request.default_profile is not None:
            self._default = self._mirrored_default(self._request.default_profile)
            self._origins.written["profile"] = {**self._request.profiles, "default": self._default}
            self._protect_default(self._default)
            self._apply("profile", self._default)
        self._foreign.refuse()
        self._plan.adopted = self._foreign.adopted
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
        named = set(self._request.profiles)
        if self._request.default_profile is not None:
            named.add("default")
        for name, indexes in self._found["profile"].items():
            purged = [index for index in indexes if name not in named and self._is_purged(index)]
            if self._request.absent and any(map(self._editor.is_adopted, purged)):
                self._revert("profile", name)
            else:
                self._remove("profile", name, purged)

    def finish(self) -> Plan:
        if not self._request.absent:
            self._require_usable()
        self._report_orphans()
        if self._editor.changed:
            self._plan.data = self._editor.render()
            self._plan.diff = self._editor.diff
        return self._plan

    def _apply(self, kind: str, desired: DesiredSection) -> None:
        indexes = self._found[kind].get(desired.name)
        if indexes is None:
            owner = self._request.owner if kind == "profile" else None
            self._editor.add_section(header_for(kind, desired.name), _present(desired.settings), owner)
            self._plan.added[kind].append(desired.name)
            return
        index = indexes[-1]
        settings = dict(desired.settings)
        if kind == "profile":
            session = settings.get("sso_session")
            settings.update(self._stale_session_keys(index, session))
            settings.update(self._other_credentials(index, desired))
        elif not self._editor.is_managed(index):
            self._foreign.release_session(index, desired)
        claims = kind == "profile" and self._claim(index)
        if self._editor.set_keys(index, settings) or claims:
            self._plan.changed[kind].append(desired.name)

    def _claim(self, index: int) -> bool:
        """Add the owner of this task to a managed profile without one; return whether that changes a line."""
        owner = self._request.owner
        if owner is None or not self._is_ours(index) or self._editor.owner(index) is not None:
            return False
        self._editor.set_owner(index, owner)
        return True

    def _revert(self, kind: str, name: str) -> None:
        indexes = self._found[kind].get(name, [])
        managed = [index for index in indexes if self._editor.is_managed(index)]
        self._remove(kind, name, [index for index in managed if self._is_owned(index, named=True)])
        foreign = [index for index in indexes if index not in managed and not self._is_of_another(index)]
        reverted = [self._editor.revert(index) for index in foreign]
        if any(reverted) and not managed:
            self._plan.changed[kind].append(name)
        elif reverted and not managed:
            header = self._document.sections[indexes[-1]].header
            self._plan.warnings.append(
                f"[{header}] in {self._document.path} is kept because sso_profiles did not write it."
            )

    def _remove(self, kind: str, name: str, indexes: t.List[int]) -> None:
        kept = False
        for index in indexes:
            if self._editor.is_managed(index):
                self._editor.remove_section(index)
            else:
                kept = not self._editor.remove_adopted(index, own_keys)
        if indexes:
            (self._plan.changed if kept else self._plan.removed)[kind].append(name)

    def _is_purged(self, index: int) -> bool:
        session = session_of(self._document.sections[index].settings, self._settings_before)
        return (
            session in self._request.purge_sessions
            and self._is_ours(index)
            and self._is_owned(index, named=False)
        )

    def _is_owned(self, index: int, named: bool) -> bool:
        """Whether this task may remove a managed section; without an owner, also a *named* one of another."""
        owner = self._request.owner
        return (named and owner is None) or self._editor.owner(index) == owner

    def _settings_before(self, name: str) -> t.Optional[Settings]:
        """The keys of the profile *name* in the file as it was; None if there is none."""
        indexes = self._found["profile"].get(name)
        return self._document.sections[indexes[-1]].settings if indexes else None

    def _is_of_another(self, index: int) -> bool:
        """Whether a task with another owner adopted the section."""
        return self._editor.is_adopted(index) and not self._is_owned(index, named=True)

    def _require_session(self, profile: DesiredSection) -> None:
        name = profile.settings.get("sso_session")
        known = self._request.sessions
        if name is None or name in known or name in self._found["sso-session"]:
            return
        if "://" in name:
            raise invalid(profile.source, _START_URL_TEXT.format(name))
        hint = did_you_mean(name, [*known, *self._found["sso-session"]])
        raise invalid(
            profile.source,
            f"The session {name!r} is neither in sessions nor in {self._document.path}. {hint}".rstrip(),
        )

    def _with_named_sessions(self, request: Request) -> Request:
        """*request* with the names of sessions in place of start URLs, as legacy profiles are listed with."""
        start_urls = {
            str(session)
            for session in (profile.settings.get("sso_session") for profile in request.profiles.values())
            if session is not None and "://" in session
        }
        names = {url: self._session_with(url) for url in start_urls}
        if not any(names.values()):
            return request
        return request._replace(
            profiles={name: _with_session(profile, names) for name, profile in request.profiles.items()},
            purge_sessions={names.get(session) or session for session in request.purge_sessions},
        )

    def _session_with(self, start_url: str) -> t.Optional[str]:
        """The first session with *start_url*, of this task or else of the file."""
        for name in (*self._request.sessions, *self._found["sso-session"]):
            desired = self._request.sessions.get(name)
            found = (desired.settings if desired else self._session_settings(name)).get("sso_start_url")
            if portal_of(str(found)) == portal_of(start_url):
                return name
        return None

    def _session_settings(self, name: t.Optional[str]) -> Settings:
        """The keys of the session *name*, after the edits so far; none if it does not exist."""
        if name is None:
            return {}
        indexes = self._found["sso-session"].get(name)
        if indexes is not None:
            return self._editor.settings(indexes[-1])
        return _present(self._request.sessions[name].settings) if name in self._request.sessions else {}

    def _require_usable(self) -> None:
        """Refuse profiles that would not work: desired ones, and others that this task would break."""
        after = self._resolver_after()
        causes = Causes()
        for profile in self._desired_profiles():
            causes.add(profile.name, after.difference(profile.name, profile.settings))
            check_duration(profile, after.profiles.get)
        changed = set(self._plan.changed["sso-session"])
        if changed:
            before = resolver_of(self._document, self._origins.credentials)
            for name, settings in after.profiles.items():
                if settings.get("sso_session") in changed and before.contradiction(name) is None:
                    causes.add(name, after.contradiction(name))
        if causes.text:
            raise InputError(f"Nothing was written, because these profiles would not work. {causes.text}")

    def _desired_profiles(self) -> t.Iterator[DesiredSection]:
        yield from self._request.profiles.values()
        if self._default is not None:
            yield self._default

    def _resolver_after(self) -> Resolver:
        """A Resolver for the profiles as they will be after the edits."""
        defaults = self._document.defaults()
        found: t.Dict[str, t.Dict[str, Settings]] = {"profile": {}, "sso-session": {}}
        for kind, sections in found.items():
            for name, indexes in self._found[kind].items():
                kept = [index for index in indexes if not self._editor.is_removed(index)]
                if kept:
                    sections[name] = self._editor.settings(kept[-1])
        for kind, desired in (
            ("profile", self._desired_profiles()),
            ("sso-session", self._request.sessions.values()),
        ):
            for section in desired:
                if section.name not in self._found[kind]:
                    found[kind][section.name] = _present(section.settings)
        return Resolver(
            with_overrides(found["profile"], defaults, self._credentials),
            with_overrides(found["sso-session"], defaults, {}),
            self._origins,
        )

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
        if indexes is None or self._is_ours(indexes[-1]):
            return
        settings = self._editor.settings(indexes[-1])
        added = self._editor.added_keys(indexes[-1])
        others = sorted(
            key
            for key in (CREDENTIAL_KEYS | IDENTITY_KEYS).intersection(settings)
            if key not in added and settings[key] != default.settings.get(key)
        )
        if others:
            raise InputError(
                f"[default] in {self._document.path} has other credentials ({', '.join(others)}). Rename the "
                "section, or set force_default."
            )

    def _is_ours(self, index: int) -> bool:
        return self._editor.is_managed(index) or self._editor.is_adopted(index)

    def _other_credentials(self, index: int, desired: DesiredSection) -> Settings:
        """The credentials to remove from a section that is to become *desired*."""
        if not self._is_ours(index):
            session = self._session_settings(desired.settings.get("sso_session"))
            portal = Portal(session.get("sso_start_url"), self._start_urls)
            return self._foreign.release_profile(index, desired, portal)
        return keys_of_other_kind(desired.settings, self._editor.settings(index))

    def _stale_session_keys(self, index: int, session: t.Optional[str]) -> Settings:
        """The legacy keys of a profile with the values of its session: botocore rejects a difference."""
        stale = [key for key in SESSION_KEYS if key in self._editor.settings(index)]
        values = self._session_settings(session) if stale else {}
        return {key: values[key] for key in stale if key in values}

    def _report_shadowing(self) -> None:
        names = set(self._request.profiles)
        if self._request.default_profile is not None:
            names.add("default")
        self._plan.shadowed = sorted(names.intersection(self._credentials))
        if self._plan.shadowed:
            shadowed = [f"{name}{self._overriding_keys(name)}" for name in self._plan.shadowed]
            self._plan.warnings.append(
                "The credentials file has sections with the names of these profiles, and its keys take "
                f"precedence: {shortened_list(shadowed, _NAMES_IN_A_WARNING)}."
            )

    def _overriding_keys(self, name: str) -> str:
        """The keys of the profile *name* in the credentials file, with their lines, for a message."""
        lines = [
            f"{key} on line {self._origins.of_profile(name, key).line}" for key in self._credentials[name]
        ]
        return f" ({', '.join(lines)})" if lines else ""

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
