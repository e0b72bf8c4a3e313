# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions to examine: names of sessions, or definitions, which are validated here.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._aws_config.desired import desired_sessions
from .._aws_config.validation import InputError
from .._sso.session import (
    IncompleteSession,
    SsoSession,
    UnknownSession,
    legacy_sessions,
    session_from_settings,
    session_in,
)
from .._sso.session_input import SESSION_DEFINITION, WHERE_TO_FIND_BOTH, region_or_default
from .config import Configuration
from .finding import SET_UP, Finding


def chosen_sessions(entries: t.Optional[t.Sequence[t.Any]]) -> t.Optional[t.List[t.Union[str, SsoSession]]]:
    """Turn *entries* into session names and validated definitions; None, for all sessions, stays None.

    Raises InputError for an entry that is neither, or for an incomplete or invalid definition.
    """
    return None if entries is None else [_chosen(entry) for entry in entries]


def _chosen(entry: t.Any) -> t.Union[str, SsoSession]:
    if isinstance(entry, str):
        return entry
    if not isinstance(entry, dict):
        raise InputError(f"An entry of sessions must be a name or a definition of a session, not {entry!r}.")
    definition = _validated(entry)
    if not definition["start_url"]:
        return str(definition["name"])
    if not region_or_default(definition["start_url"], definition["region"]):
        raise InputError(
            "A definition in sessions requires start_url, region and name, because its start URL"
            f" {definition['start_url']} does not contain the region. {WHERE_TO_FIND_BOTH}"
        )
    desired = next(iter(desired_sessions([definition]).values()))
    return session_from_settings(desired.name, desired.settings)


def _validated(entry: t.Dict[str, t.Any]) -> t.Dict[str, t.Any]:
    validator = ArgumentSpecValidator(
        {
            "sessions": {
                "type": "list",
                "elements": "dict",
                "options": SESSION_DEFINITION,
                "required_by": {"region": "start_url"},
            }
        }
    )
    result = validator.validate({"sessions": [entry]})
    if result.error_messages:
        raise InputError("; ".join(result.error_messages))
    (definition,) = result.validated_parameters["sessions"]
    return t.cast(t.Dict[str, t.Any], definition)


def select_sessions(
    configuration: Configuration, chosen: t.Optional[t.Sequence[t.Union[str, SsoSession]]]
) -> t.Tuple[t.List[SsoSession], t.List[Finding]]:
    """The sessions to examine, without incomplete ones, and what is wrong with the choice of sessions."""
    config = configuration.config
    if chosen is None:
        chosen = [*config.sessions, *legacy_sessions(config)]
        if not chosen and configuration.readable:
            return [], [_no_session(configuration.path)]
    sessions: t.List[SsoSession] = []
    findings: t.List[Finding] = []
    for choice in chosen:
        if isinstance(choice, SsoSession):
            sessions.append(choice)
            findings += _definition_findings(configuration, choice)
        else:
            found = _session_or_finding(configuration, choice)
            sessions += [found] if isinstance(found, SsoSession) else []
            findings += [found] if isinstance(found, Finding) else []
    return sessions, findings


def _definition_findings(configuration: Configuration, session: SsoSession) -> t.Iterator[Finding]:
    """How *session* as it was given differs from the configuration."""
    if not configuration.readable:
        return
    settings = configuration.config.sessions.get(session.label)
    if settings is None:
        yield Finding(
            "session-not-configured",
            "warning",
            f"session {session.label}",
            f"It is not in {configuration.path} yet.",
            "Until it is, neither the AWS CLI nor a profile can use it.",
            SET_UP,
        )
        return
    given = {"sso_start_url": session.start_url, "sso_region": session.region}
    differing = [key for key, value in given.items() if settings.get(key) != value]
    if differing:
        yield Finding(
            "session-mismatch",
            "warning",
            f"session {session.label}",
            f"Its definition differs from {configuration.path} in {' and '.join(differing)}.",
            "The AWS CLI uses the values in the file.",
            SET_UP,
        )


def _session_or_finding(configuration: Configuration, name: str) -> t.Union[SsoSession, Finding, None]:
    try:
        return session_in(configuration.config, configuration.path, name)
    except UnknownSession as error:
        if not configuration.readable:
            return None  # the unreadable file is a finding of its own
        return _unknown_session(name, error)
    except IncompleteSession:
        return None  # the configuration has a finding for it


def _unknown_session(name: str, error: UnknownSession) -> Finding:
    """The session to examine is not in the configuration."""
    return Finding(
        "session-unknown",
        "error",
        f"session {name}",
        str(error),
        "Signing in to it on this host is not possible.",
        SET_UP,
    )


def _no_session(path: str) -> Finding:
    return Finding(
        "session-missing",
        "warning",
        path,
        "It has no sso-session section.",
        "Signing in to IAM Identity Center on this host is not possible.",
        SET_UP,
    )
