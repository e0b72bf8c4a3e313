# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resolve profiles as botocore does: to a role of IAM Identity Center, or to the cause why they do not work.

PRIVATE to the collection. The rules are those of AssumeRoleProvider, AssumeRoleWithWebIdentityProvider,
SSOProvider and SSOTokenProvider of botocore. The module sso_profiles, the lookup sso_credentials and the
diagnosis of a workstation report the same cause in the same words.
"""

from __future__ import annotations

import enum
import typing as t

from .._errors import WorkstationError
from .._sso.session_input import region_or_default
from .._text import shortened_list, similar_names, suggestion
from .origins import Origin, Origins
from .parser import AwsConfig, Document, Settings

SESSION_KEYS = ("sso_start_url", "sso_region", "sso_registration_scopes")
ROLE_KEYS = ("sso_account_id", "sso_role_name")
_IDENTITY_KEYS = ("sso_session", *ROLE_KEYS)
_DECISIVE_KEYS = frozenset((*SESSION_KEYS, "role_arn", "web_identity_token_file"))
STATIC_KEYS = ("aws_access_key_id", "aws_secret_access_key")
_SHOWN_KEYS = frozenset((*SESSION_KEYS, *ROLE_KEYS, "sso_session", "region", "output", "retry_mode"))

_MOST_SHOWN = 10
"""How many profiles with the same cause a message lists."""

Profiles = t.Mapping[str, Settings]


class Kind(enum.Enum):
    """What the key of a cause is about."""

    MISSING = "a key that the profile does not have, or that is empty"
    SESSION = "the session of the profile, or a key that differs from the one of the session"
    SOURCE = "where the credentials for role_arn come from"
    OTHER = "credentials that do not come from IAM Identity Center, or the key that decides it"


class Cause(t.NamedTuple):
    """Why a profile does not work: *what* is wrong *where* (file and line), and *remedy*, what to change.

    The name of the profile is not part of it, so that profiles with the same cause can be listed together.
    *kind* is what its *key* is about.
    """

    where: str
    what: str
    remedy: str
    kind: Kind = Kind.OTHER
    key: str = ""

    @property
    def text(self) -> str:
        return f"{self.where}: {self.what} {self.remedy}".rstrip() if self.where else self.reason

    @property
    def reason(self) -> str:
        """The text without the place."""
        return f"{self.what} {self.remedy}".rstrip()


class Causes:
    """The causes for several profiles; those that one change removes are reported once."""

    def __init__(self) -> None:
        self._found: t.Dict[t.Tuple[str, str], t.Tuple[Cause, t.List[str]]] = {}

    def add(self, profile: str, cause: t.Optional[Cause]) -> None:
        if cause is not None:
            self._found.setdefault((cause.where, cause.remedy), (cause, []))[1].append(profile)

    @property
    def text(self) -> str:
        """All causes with the names of the profiles; empty without causes."""
        return " ".join(
            f"{cause.text} ({'Profile' if len(names) == 1 else 'Profiles'}"
            f" {shortened_list(names, _MOST_SHOWN)}.)"
            for cause, names in self._found.values()
        )


class UnresolvedProfile(WorkstationError):
    """A profile that does not lead to a role of IAM Identity Center, because of *cause*.

    *profile* is the one with the cause: the profile itself, or one that source_profile refers to. *works* is
    whether botocore finds other credentials for it; otherwise botocore rejects it.
    """

    def __init__(self, profile: str, cause: Cause, works: bool = False) -> None:
        super().__init__(cause.text)
        self.profile = profile
        self.cause = cause
        self.works = works


class Step(t.NamedTuple):
    """A profile with role_arn on the way to a role of IAM Identity Center, and its settings."""

    name: str
    settings: Settings


class ResolvedRole(t.NamedTuple):
    """The role that a profile leads to.

    *settings* are those of the profile *profile* that has the role, together with those of its session;
    *steps* are the profiles before it, the first one first.
    """

    profile: str
    settings: Settings
    steps: t.Tuple[Step, ...] = ()

    @property
    def identity(self) -> t.Tuple[t.Any, ...]:
        """Session, start URL, region of the session, account and role."""
        settings = self.settings
        keys = ("sso_session", "sso_start_url", "sso_region", *ROLE_KEYS)
        return tuple(settings.get(key) for key in keys)


class Resolver:
    """Resolves profiles of *profiles*, whose sessions are in *sessions*.

    Both have the keys that botocore sees: those of [DEFAULT] included and, in profiles, those of the
    credentials file. *origins* is where the keys are. With *derive_region*, a session may lack sso_region if
    its start URL contains the region; botocore does not do that.
    """

    def __init__(
        self, profiles: Profiles, sessions: Profiles, origins: Origins, derive_region: bool = False
    ) -> None:
        self.profiles = profiles
        self.sessions = sessions
        self._origins = origins
        self._derive_region = derive_region
        self._similar: t.Dict[t.Tuple[str, bool], t.List[str]] = {}
        self._session_causes: t.Dict[str, t.Optional[Cause]] = {}
        self._plain_sessions = {
            name
            for name, settings in sessions.items()
            if all(map(_is_text, map(settings.get, SESSION_KEYS[:2]))) and set(settings) <= set(SESSION_KEYS)
        }

    def resolve(self, name: str) -> ResolvedRole:
        """The role that the existing profile *name* leads to. Raises UnresolvedProfile."""
        steps: t.List[Step] = []
        settings = self.profiles[name]
        while _assumes_role(settings) and not (steps and _has_static_keys(settings)):
            steps.append(Step(name, settings))
            name = self._source_profile(steps)
            settings = self.profiles[name]
        return ResolvedRole(name, self._role_settings(name, settings, bool(steps)), tuple(steps))

    def _source_profile(self, steps: t.Sequence[Step]) -> str:
        name, settings = steps[-1]
        where = self._origin(name, "role_arn")
        source = settings.get("source_profile")
        if source is not None and "credential_source" in settings:
            what = "The profile has source_profile as well as credential_source, which botocore rejects."
            raise _error(name, where, what, "Remove one of them.", Kind.SOURCE, "credential_source")
        if source is None and "credential_source" in settings:
            what = (
                "The profile assumes role_arn with credential_source, so its credentials do not come from IAM"
                " Identity Center."
            )
            raise _error(name, where, what, "", Kind.SOURCE, "credential_source", works=True)
        if source is None:
            what = "The profile has role_arn but no source_profile, and botocore does not use its other keys."
            remedy = f"Add source_profile, or remove role_arn from {where.section}."
            raise _error(name, where, what, remedy, Kind.SOURCE, "role_arn")
        return self._checked_source(str(source), steps)

    def _checked_source(self, source: str, steps: t.Sequence[Step]) -> str:
        visited = [step.name for step in steps]
        if source not in self.profiles:
            where = self._origin(visited[-1], "source_profile")
            what = "source_profile is empty."
            if source:
                what = f"There is no profile {source}, which source_profile refers to."
            remedy = suggestion(self.similar(source)) or "Add it, or change source_profile."
            raise _error(visited[-1], where, what, remedy, Kind.SOURCE, "source_profile")
        if source in visited and not (source == visited[-1] and _has_static_keys(self.profiles[source])):
            at = visited.index(source)
            way, circle = visited[:at], visited[at:]
            if not way:  # the same words for each profile of the circle
                first = circle.index(min(circle))
                circle = circle[first:] + circle[:first]
            where = self._origin(circle[-1], "source_profile")
            what = f"source_profile is circular: {' -> '.join([*way, *circle, circle[0]])}."
            remedy = "One of them must have sso_account_id and sso_role_name instead."
            raise _error(source, where, what, remedy, Kind.SOURCE, "source_profile")
        return source

    def _role_settings(self, name: str, settings: Settings, is_source: bool) -> Settings:
        """The keys of the profile *name* and of its session, if botocore uses its role."""
        if settings.get("web_identity_token_file"):
            self._refuse_web_identity(name, settings)
        if "sso_account_id" not in settings and "sso_role_name" not in settings:
            self._refuse_other_credentials(name, settings, is_source)
        session = settings.get("sso_session")
        merged = settings if session is None else self._with_session(name, settings, str(session))
        for key in ROLE_KEYS:
            if not _is_text(merged.get(key)):
                raise UnresolvedProfile(name, self._missing(name, key))
        if session is None:
            self._require_portal(name, merged)
        return merged

    def _refuse_web_identity(self, name: str, settings: Settings) -> None:
        where = self._origin(name, "web_identity_token_file")
        if not settings.get("role_arn"):
            what = "web_identity_token_file takes precedence over IAM Identity Center, but requires role_arn."
            remedy = f"Remove it from {where.section}, or add role_arn."
            raise _error(name, where, what, remedy, Kind.MISSING, "role_arn")
        what = "web_identity_token_file takes precedence over IAM Identity Center."
        remedy = f"Remove it from {where.section}."
        raise _error(name, where, what, remedy, Kind.OTHER, "web_identity_token_file", works=True)

    def _refuse_other_credentials(self, name: str, settings: Settings, is_source: bool) -> None:
        if is_source and _has_static_keys(settings):
            key = next(key for key in STATIC_KEYS if key in settings)
            where = self._origin(name, key)
            what = (
                f"The source_profile {name} has access keys, which botocore uses instead of IAM Identity"
                " Center."
            )
            raise _error(name, where, what, f"Remove them from {where.section}.", works=True)
        what = (
            f"The profile {name} does not use IAM Identity Center: it has neither sso_account_id and"
            " sso_role_name, nor role_arn and source_profile."
        )
        raise _error(name, self._origins.of_profile(name), what, works=True)

    def _with_session(self, name: str, settings: Settings, session: str) -> Settings:
        cause = self.session_cause(name)
        if cause is not None:
            raise UnresolvedProfile(name, cause)
        missing = self.missing_in_session(session)
        if missing:
            raise UnresolvedProfile(name, missing[0])
        return {**settings, **self.sessions[session]}

    def missing_in_session(self, session: str) -> t.List[Cause]:
        """The causes for the keys that the existing *session* lacks."""
        settings = self.sessions[session]
        causes = []
        for key in self._missing_portal_keys(settings):
            where = self._origins.of_session(session, key if key in settings else "")
            causes.append(_missing(where, where.section, settings, key, Kind.SESSION))
        return causes

    def _require_portal(self, name: str, settings: Settings) -> None:
        """Refuse the legacy profile *name* without a start URL or region."""
        missing = self._missing_portal_keys(settings)
        if missing:
            is_legacy = "sso_start_url" in settings or "sso_region" in settings
            raise UnresolvedProfile(name, self._missing(name, missing[0] if is_legacy else "sso_session"))

    def _missing_portal_keys(self, settings: Settings) -> t.List[str]:
        start_url, region = settings.get("sso_start_url"), settings.get("sso_region")
        if self._derive_region:
            region = region_or_default(start_url, region)
        values = (("sso_start_url", start_url), ("sso_region", region))
        return [key for key, value in values if not _is_text(value)]

    def _missing(self, name: str, key: str) -> Cause:
        settings = self.profiles[name]
        where = self._origin(name, key if key in settings else "")
        return _missing(where, "The profile", settings, key, Kind.MISSING)

    def session_cause(self, name: str) -> t.Optional[Cause]:
        """The cause if the sso_session of the profile *name* does not exist or contradicts the profile."""
        if name not in self._session_causes:
            self._session_causes[name] = self._session_cause(name)
        return self._session_causes[name]

    def _session_cause(self, name: str) -> t.Optional[Cause]:
        session = str(self.profiles[name].get("sso_session"))
        if session in self.sessions:
            return self.contradiction(name)
        what, remedy = "sso_session is empty.", "Write the name of a session behind it, or remove it."
        if session:
            what = f"There is no section [sso-session {session}], which the profile refers to."
            remedy = suggestion(self.similar(session, True)) or "Add it, or change sso_session."
        return Cause(self.place(name, "sso_session"), what, remedy, Kind.SESSION, "sso_session")

    def contradiction(self, name: str) -> t.Optional[Cause]:
        """The cause if the profile *name* and its session have different values of a key."""
        settings = self.profiles.get(name, {})
        session = str(settings.get("sso_session"))
        for key, value in self.sessions.get(session, {}).items():
            if settings.get(key, value) != value:
                return self._contradiction(name, session, key)
        return None

    def _contradiction(self, name: str, session: str, key: str) -> Cause:
        of_profile = self._origin(name, key)
        of_session = self._origins.of_session(session, key)
        values = (self.sessions[session][key], self.profiles[name][key])
        shown = [f" = {value}" if key in _SHOWN_KEYS and isinstance(value, str) else "" for value in values]
        what = (
            f"{key}{shown[0]} in {of_session.described} differs from {key}{shown[1]} in"
            f" {of_profile.described}. botocore rejects a profile with another value than its session."
        )
        where, remedy = (
            of_session.place or of_profile.place,
            f"Change one of them, or remove {key} from the session.",
        )
        inherited = [origin for origin in (of_session, of_profile) if origin.is_inherited]
        if inherited:
            where, remedy = inherited[0].place, f"Remove {key} from [DEFAULT]."
        elif of_profile.is_credentials or (key in SESSION_KEYS and of_profile.place):
            where, remedy = of_profile.place, f"Remove {key} from {of_profile.section}."
        return Cause(where, what, remedy, Kind.SESSION, key)

    def similar(self, name: str, is_session: bool = False) -> t.List[str]:
        """Profiles, or sessions, whose names resemble *name*; many profiles can refer to a wrong name."""
        found = self._similar.get((name, is_session))
        if found is None:
            found = similar_names(name, self.sessions if is_session else self.profiles)
            self._similar[name, is_session] = found
        return found

    def place(self, name: str, key: str) -> str:
        """The file and the line of *key* of the profile *name*, for messages."""
        return self._origin(name, key).place

    def _origin(self, name: str, key: str) -> Origin:
        return self._origins.of_profile(name, key)

    def difference(self, name: str, wanted: Settings) -> t.Optional[Cause]:
        """The cause if the profile *name* leads to another role than the one in *wanted*, its own keys.

        A profile with role_arn may have a source_profile with any credentials that work.
        """
        settings = self.profiles[name]
        if (
            wanted.get("sso_session") in self._plain_sessions
            and _DECISIVE_KEYS.isdisjoint(settings)
            and all(settings.get(key) == wanted.get(key) for key in _IDENTITY_KEYS)
        ):
            return None  # nothing can intervene, which is so for most profiles
        try:
            found = self.resolve(name)
        except UnresolvedProfile as error:
            is_source = error.works and error.profile != name and "role_arn" in wanted
            return None if is_source else error.cause
        if found.steps and "role_arn" not in wanted:
            return self._wins(name, "role_arn")
        for key in (*_IDENTITY_KEYS, "role_arn", "source_profile"):
            if wanted.get(key) is not None and settings.get(key) != wanted[key]:
                return self._wins(name, key)
        return None

    def _wins(self, name: str, key: str) -> Cause:
        origin = self._origin(name, key)
        return Cause(
            origin.place,
            f"{key} in {origin.described} takes precedence, so the profile would have other credentials.",
            f"Remove {key} from {origin.section}.",
        )


def _error(
    profile: str,
    origin: Origin,
    what: str,
    remedy: str = "",
    kind: Kind = Kind.OTHER,
    key: str = "",
    works: bool = False,
) -> UnresolvedProfile:
    return UnresolvedProfile(profile, Cause(origin.place, what, remedy, kind, key), works)


def _missing(where: Origin, subject: str, settings: Settings, key: str, kind: Kind) -> Cause:
    if settings.get(key) == "":
        return Cause(
            where.place, f"{key} is empty.", f"Write its value behind it in {where.section}.", kind, key
        )
    return Cause(where.place, f"{subject} has no {key}.", f"Add {key} = VALUE to {where.section}.", kind, key)


def _assumes_role(settings: Settings) -> bool:
    return "role_arn" in settings and "web_identity_token_file" not in settings


def _has_static_keys(settings: Settings) -> bool:
    return any(key in settings for key in STATIC_KEYS)


def _is_text(value: t.Any) -> bool:
    return isinstance(value, str) and bool(value)


def resolver_of(config: Document, credentials: Document, derive_region: bool = False) -> Resolver:
    """A Resolver for a configuration file and a credentials file as they are."""
    found = AwsConfig(config)
    profiles = with_overrides(found.profiles, {}, credentials.settings_by_header())
    return Resolver(profiles, found.sessions, Origins(config, credentials), derive_region)


def with_overrides(sections: Profiles, defaults: Settings, overrides: Profiles) -> t.Dict[str, Settings]:
    """*sections* with *defaults* for the keys that they lack, and with the sections in *overrides*."""
    found = {name: {**defaults, **keys} for name, keys in sections.items()} if defaults else dict(sections)
    for name, keys in overrides.items():
        found[name] = {**found.get(name, {}), **keys}
    return found
