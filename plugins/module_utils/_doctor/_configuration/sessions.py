# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about sso-sessions, and about what profiles have in common with theirs.

PRIVATE to the collection.
"""

from __future__ import annotations

import collections
import typing as t

from ..._aws_config.parser import name_in_header
from ..._aws_config.resolution import SESSION_KEYS, Cause
from ..._sso.session import parse_scopes
from ..._text import shortened_list
from ..config import Configuration
from ..finding import MOST_SHOWN, SET_UP, Finding, for_profiles
from .keys import PLACEHOLDERS, SSO_SESSION_KEYS
from .lines import misplaced_keys, swallowed_lines
from .values import change_value, plain_value, value_fault

Misplaced = t.Mapping[str, t.Set[str]]
"""Keys that are misspelled or wrongly indented, by session; they are findings of their own."""


def session_findings(configuration: Configuration) -> t.List[Finding]:
    """What is wrong with sessions, and between sessions and their profiles."""
    sections = misplaced_keys(configuration.document)
    misplaced = {section.session: keys for section, keys in sections if section.session is not None}
    return [
        *_incomplete_sessions(configuration, misplaced),
        *_sessions_without_scopes(configuration, misplaced),
        *_profiles_of_sessions(configuration),
    ]


def _incomplete_sessions(configuration: Configuration, misplaced: Misplaced) -> t.Iterator[Finding]:
    """Sessions without a start URL or a region, or with one that is not valid."""
    for name, settings in configuration.config.sessions.items():
        missing = {cause.key: cause for cause in configuration.resolver.missing_in_session(name)}
        for key in SSO_SESSION_KEYS:
            fault = value_fault(settings, key)
            if key in missing:
                if key in misplaced[name]:
                    continue
                what = missing[key].what
                todo = "change it to" if key in settings else "add"
                fix = f"{configuration.place('session', name, key)}, {todo} {key} = {PLACEHOLDERS[key]}"
            elif fault is not None:
                what = f"{key} {fault.text}."
                fix = change_value(configuration, "session", name, fault)
            else:
                continue
            yield Finding(
                "session-incomplete",
                "error",
                f"session {name}",
                what,
                "Signing in to it is not possible.",
                fix,
            )
            break  # the next one is found after this one


def _sessions_without_scopes(configuration: Configuration, misplaced: Misplaced) -> t.Iterator[Finding]:
    for name, settings in configuration.config.sessions.items():
        scopes = settings.get("sso_registration_scopes", "")
        if isinstance(scopes, str) and parse_scopes(scopes):
            continue
        if "sso_registration_scopes" in misplaced[name]:
            continue
        yield Finding(
            "session-without-scopes",
            "warning",
            f"session {name}",
            "It has no sso_registration_scopes.",
            "A sign-in with a device code then returns a token for 8 hours that cannot be refreshed.",
            f"{configuration.place('session', name)}, add sso_registration_scopes = sso:account:access",
        )


def _profiles_of_sessions(configuration: Configuration) -> t.Iterator[Finding]:
    causes: t.Dict[t.Tuple[str, str], t.Tuple[Cause, t.List[str]]] = {}
    repeating: t.Dict[str, t.List[str]] = collections.defaultdict(list)
    for name, settings in configuration.profiles.items():
        session = settings.get("sso_session")
        if not isinstance(session, str) or "\n" in session:
            continue
        cause = configuration.resolver.session_cause(name)
        if cause is not None:
            causes.setdefault((session, cause.key), (cause, []))[1].append(name)
        elif _repeated_keys(configuration, name):
            repeating[session].append(name)
    indented = {lines.header for lines in swallowed_lines(configuration.document) if lines.header}
    indented_sessions = {name_in_header("sso-session", header) for header in indented}
    for (session, _key), (cause, names) in causes.items():
        if session in configuration.config.sessions:
            yield _contradiction(configuration, session, names, cause)
        elif session not in indented_sessions:
            yield _unknown_session(configuration, session, names, cause)
    for session, names in repeating.items():
        yield Finding(
            "profile-duplicates-session",
            "info",
            f"profile {shortened_list(names, MOST_SHOWN)}",
            f"It refers to the session {session} and repeats some of its keys, as legacy profiles do.",
            "The profile stops working when the session changes.",
            for_profiles(names, _delete_repeated(configuration, names[0])),
        )


def _unknown_session(configuration: Configuration, session: str, names: t.List[str], cause: Cause) -> Finding:
    """Profiles refer to a session that the configuration does not have."""
    where_it_is = configuration.place("profile", names[0], "sso_session")
    intended = plain_value("sso_session", session)
    similar = [*configuration.resolver.similar(session, is_session=True), "SESSION"][0]
    return Finding(
        "profile-unknown-session",
        "error",
        f"profile {shortened_list(names, MOST_SHOWN)}",
        cause.what,
        "A profile does not work without its session.",
        for_profiles(names, f"{where_it_is}, change it to sso_session = {intended}")
        if intended in configuration.config.sessions
        else f"run {SET_UP}, or {where_it_is}, change it to sso_session = {similar}",
    )


def _contradiction(configuration: Configuration, session: str, names: t.List[str], cause: Cause) -> Finding:
    """Profiles have other values than their session for the same keys."""
    return Finding(
        "profile-contradicts-session",
        "error",
        f"profile {shortened_list(names, MOST_SHOWN)}",
        cause.what,
        "The AWS CLI and the SDKs reject inconsistent profiles.",
        _delete_differing(configuration, session, names, cause.key),
    )


def _delete_differing(configuration: Configuration, session: str, profiles: t.Sequence[str], key: str) -> str:
    """The fix that deletes *key* where it is wrong: keys of a session belong there, others do not.

    A line of [DEFAULT] belongs to neither.
    """
    if key not in SESSION_KEYS:
        return f"{configuration.place('session', session, key)}, delete {key}"
    return for_profiles(profiles, f"{configuration.place('profile', profiles[0], key)}, delete {key}")


def _repeated_keys(configuration: Configuration, name: str) -> t.List[str]:
    """The keys that the profile *name* and its session both have, unless all are those of [DEFAULT]."""
    profile = configuration.profiles[name]
    keys = [key for key in configuration.config.sessions[profile["sso_session"]] if key in profile]
    return (
        [] if all(any(key in section.starts for section in configuration.defaults) for key in keys) else keys
    )


def _delete_repeated(configuration: Configuration, profile: str) -> str:
    """The fix that deletes those of the repeated keys that are in the same file as the first one."""
    keys = _repeated_keys(configuration, profile)
    files = {key: configuration.origin("profile", profile, key).path for key in keys}
    beside = [key for key in keys if files[key] == files[keys[0]]]
    return f"{configuration.place('profile', profile, keys[0])}, delete {' and '.join(beside)}"
