# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about sso-sessions, and about what profiles have in common with theirs.

PRIVATE to the collection.
"""

from __future__ import annotations

import collections
import typing as t

from ..._aws_config.parser import Settings, name_in_header
from ..._sso.session import parse_scopes
from ..._text import shortened_list, similar_names
from ..config import DEFAULTS, Configuration
from ..finding import MOST_SHOWN, SET_UP, Finding, for_profiles
from .keys import PLACEHOLDERS, SSO_SESSION_KEYS, misspelled_keys
from .lines import swallowed_lines
from .values import change_value, plain_value, value_fault

_SESSION_KEYS = (*SSO_SESSION_KEYS, "sso_registration_scopes")


def session_findings(configuration: Configuration) -> t.List[Finding]:
    """What is wrong with sessions, and between sessions and their profiles."""
    return [
        *_incomplete_sessions(configuration),
        *_sessions_without_scopes(configuration),
        *_profiles_of_sessions(configuration),
    ]


def _incomplete_sessions(configuration: Configuration) -> t.Iterator[Finding]:
    for name, settings in configuration.config.sessions.items():
        present = _misplaced_keys(configuration, name)
        for key in SSO_SESSION_KEYS:
            fault = value_fault(settings, key)
            if not settings.get(key):
                if key in present:
                    continue
                what = f"It has no {key}."
                fix = f"{configuration.edit('session', name, key)} and add {key} = {PLACEHOLDERS[key]}"
            elif fault is not None:
                what = f"Its {key} {fault.text}."
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


def _misplaced_keys(configuration: Configuration, session: str) -> t.Set[str]:
    """Keys of *session* that are misspelled or wrongly indented, which are findings of their own."""
    sections = [section for section in configuration.document.sections if section.session == session][-1:]
    misspelled = {known for section in sections for known in misspelled_keys(section)}
    lines = swallowed_lines(configuration.document)
    return misspelled.union(*(found.keys for found in lines if found.section in sections))


def _sessions_without_scopes(configuration: Configuration) -> t.Iterator[Finding]:
    for name, settings in configuration.config.sessions.items():
        scopes = settings.get("sso_registration_scopes", "")
        if isinstance(scopes, str) and parse_scopes(scopes):
            continue
        if "sso_registration_scopes" in _misplaced_keys(configuration, name):
            continue
        yield Finding(
            "session-without-scopes",
            "warning",
            f"session {name}",
            "It has no sso_registration_scopes.",
            "A sign-in with a device code then returns a token for 8 hours that cannot be refreshed.",
            f"{configuration.edit('session', name)} and add sso_registration_scopes = sso:account:access",
        )


def _profiles_of_sessions(configuration: Configuration) -> t.Iterator[Finding]:
    by_session: t.Dict[str, t.List[str]] = collections.defaultdict(list)
    profiles = configuration.profiles
    for name, settings in profiles.items():
        session = settings.get("sso_session")
        if isinstance(session, str) and "\n" not in session:
            by_session[session].append(name)
    indented = {lines.header for lines in swallowed_lines(configuration.document) if lines.header}
    indented_sessions = {name_in_header("sso-session", header) for header in indented}
    for session, names in by_session.items():
        if session in configuration.config.sessions:
            yield from _common_keys(configuration, session, {name: profiles[name] for name in names})
        elif session not in indented_sessions:
            yield _unknown_session(configuration, session, names)


def _unknown_session(configuration: Configuration, session: str, names: t.List[str]) -> Finding:
    open_it = configuration.edit("profile", names[0], "sso_session")
    sessions = configuration.config.sessions
    intended = plain_value("sso_session", session)
    similar = [*similar_names(session, sessions), "SESSION"][0]
    return Finding(
        "profile-unknown-session",
        "error",
        f"profile {shortened_list(names, MOST_SHOWN)}",
        f"Its sso_session is {session}, but there is no section [sso-session {session}]."
        if session
        else "Its sso_session is empty.",
        "A profile does not work without its session.",
        for_profiles(names, f"{open_it} and change it to sso_session = {intended}")
        if intended in sessions
        else f"{SET_UP}, or {open_it} and change it to sso_session = {similar}",
    )


def _common_keys(
    configuration: Configuration, session: str, profiles: t.Mapping[str, Settings]
) -> t.Iterator[Finding]:
    """Keys that both *session* and some of its *profiles* have, and which botocore compares."""
    settings = configuration.config.sessions[session]
    differing: t.Dict[str, t.List[str]] = collections.defaultdict(list)
    repeating: t.Dict[str, t.List[str]] = {}
    for name, profile in profiles.items():
        common = [key for key in settings if key in profile]
        unequal = [key for key in common if profile[key] != settings[key]]
        for key in unequal:
            differing[key].append(name)
        if common and not unequal and not _inherited(configuration, common):
            repeating[name] = common
    for key, names in differing.items():
        yield Finding(
            "profile-contradicts-session",
            "error",
            f"profile {shortened_list(names, MOST_SHOWN)}",
            f"Its {key} differs from that of its session {session}.",
            "The AWS CLI and the SDKs reject inconsistent profiles.",
            _delete_differing(configuration, session, names, key),
        )
    for name in list(repeating)[:1]:
        yield Finding(
            "profile-duplicates-session",
            "info",
            f"profile {shortened_list([*repeating], MOST_SHOWN)}",
            f"It refers to the session {session} and repeats some of its keys, as legacy profiles do.",
            "The profile stops working when the session changes.",
            for_profiles([*repeating], _delete_repeated(configuration, name, repeating[name])),
        )


def _delete_differing(configuration: Configuration, session: str, profiles: t.Sequence[str], key: str) -> str:
    """The fix that deletes *key* where it is wrong: keys of a session belong there, others do not.

    A line of [DEFAULT] belongs to neither.
    """
    if key not in _SESSION_KEYS:
        return f"{configuration.edit('session', session, key)} and delete {key}"
    return for_profiles(profiles, f"{configuration.edit('profile', profiles[0], key)} and delete {key}")


def _delete_repeated(configuration: Configuration, profile: str, keys: t.Sequence[str]) -> str:
    """The fix that deletes those of *keys* that are in the same file as the first one."""
    places = {key: configuration.place("profile", profile, key) for key in keys}
    files = {key: place[0].path for key, place in places.items() if place is not None}
    beside = [key for key in keys if files.get(key) == files.get(keys[0])]
    return f"{configuration.edit('profile', profile, keys[0])} and delete {' and '.join(beside)}"


def _inherited(configuration: Configuration, keys: t.Sequence[str]) -> bool:
    """Whether all of *keys* are those of [DEFAULT], which is a finding of its own."""
    defaults = [section for section in configuration.document.sections if section.header == DEFAULTS]
    return all(any(key in section.starts for section in defaults) for key in keys)
