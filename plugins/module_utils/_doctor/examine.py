# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds what keeps a workstation from signing in to AWS, or will; changes nothing.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import os
import typing as t

from .._host.commands import RunCommand
from .._host.wsl import WslInfo, detect
from .._sso.endpoints import REGION
from .._sso.session import (
    IncompleteSession,
    SsoSession,
    UnknownSession,
    legacy_sessions,
    session_in,
)
from .._sso.token_cache import utc_now
from .cli import (
    Program,
    cli_findings,
    find_programs,
    own_program,
)
from .config import (
    Configuration,
    config_findings,
)
from .connectivity import (
    Network,
    ProbeResult,
    clock_skew,
    reach_findings,
)
from .files import (
    file_findings,
)
from .finding import (
    SET_UP,
    SEVERITIES,
    Finding,
    shown_url,
)
from .proxy_and_ca import (
    route_findings,
)
from .tokens import (
    TokenState,
    login_command,
    token_findings,
)
from .variables import (
    active_profile,
    variable_findings,
)
from .wsl import wsl_findings


class Report(t.NamedTuple):
    """What was found, worst first, and what the host is like."""

    findings: t.List[Finding]
    facts: t.Dict[str, t.Any]

    @property
    def healthy(self) -> bool:
        return all(finding.severity != "error" for finding in self.findings)

    def lines(self) -> t.List[str]:
        """The findings for a person to read."""
        lines = [self.summary()]
        for finding in self.findings:
            lines += [
                f"{finding.severity.upper()} {finding.subject}: {finding.what} [{finding.id}]",
                f"    why: {finding.why}",
                f"    fix: {finding.fix}",
            ]
        return lines

    def summary(self) -> str:
        severities = [finding.severity for finding in self.findings]
        counts = ((severities.count(severity), severity) for severity in SEVERITIES)
        told = [f"{count} {severity}{'s' * (count != 1)}" for count, severity in counts if count]
        return ", ".join(told).replace("infos", "notes").replace("info", "note") or "no findings"


def examine(
    environment: t.Mapping[str, str],
    run: RunCommand,
    chosen: t.Optional[t.Sequence[t.Union[str, SsoSession]]],
    timeout: float,
    root: str = "/",
) -> Report:
    """Examine this host for the user who runs this, whose variables are *environment*.

    *run* executes a program with a scratch home, and returns its exit code, output and errors.
    *chosen* has names of sessions, and definitions that need not be in the configuration yet; None takes all
    sessions of the configuration. *timeout* in seconds bounds each step of a
    call to AWS. *root* is where the files of the system are.
    """
    wsl = detect(root, environment, run)

    usual_places = [os.path.join(root, "usr/local/bin"), os.path.expanduser("~/.local/bin")]
    programs = find_programs(environment.get("PATH", ""), usual_places, wsl.on_windows_drive, run)
    own = own_program(programs)
    configuration = Configuration(environment)
    sessions, findings_of_choice = _chosen_sessions(configuration, chosen)
    now = utc_now()
    profiles = configuration.config.profiles
    missing = [finding.subject for finding in findings_of_choice if finding.id == "session-not-configured"]
    tokens = [TokenState(session, login_command(session, profiles), now) for session in sessions]
    to_judge = [token for token in tokens if token.subject not in missing or token.state != "missing"]
    regions = {session.region: None for session in sessions if REGION.fullmatch(session.region)}
    reaches = Network(environment, own.certificates if own else None, timeout).reach(regions)
    known_files = {path for session in sessions for path in (session.token_path, session.registration_path)}
    findings = [
        *wsl_findings(wsl),
        *cli_findings(programs),
        *config_findings(configuration),
        *findings_of_choice,
        *variable_findings(environment, configuration),
        *route_findings(environment, configuration),
        *reach_findings(reaches),
        *file_findings(configuration, wsl.on_windows_drive, known_files),
        *(finding for token in to_judge for finding in token_findings(token, now)),
    ]
    findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    facts = _facts(wsl, programs, configuration, tokens, reaches)
    return Report(findings, {**facts, "active_profile": _active_profile(environment, configuration)})


def _facts(
    wsl: WslInfo,
    programs: t.Sequence[Program],
    configuration: Configuration,
    tokens: t.Sequence[TokenState],
    reaches: t.Sequence[ProbeResult],
) -> t.Dict[str, t.Any]:
    skew = clock_skew(reaches)
    return {
        "wsl": dataclasses.asdict(wsl),
        "aws_cli": [program._asdict() for program in programs],
        "config_file": configuration.path,
        "profiles": len(configuration.profile_names),
        "sessions": [
            {**token.facts(), "profiles": _profiles_of(token.session, configuration)} for token in tokens
        ],
        "endpoints": [
            {"service": reach.service, "url": shown_url(reach.url), "reachable": reach.fault is None}
            for reach in reaches
        ],
        "clock_skew": skew if skew is None else round(skew, 1),
    }


def _active_profile(environment: t.Mapping[str, str], configuration: Configuration) -> t.Optional[str]:
    """The profile of a command that names none, or None where there is none."""
    variable, name = active_profile(environment)
    return name if variable or name in configuration.profile_names else None


def _profiles_of(session: SsoSession, configuration: Configuration) -> t.List[str]:
    """The names of the profiles that use *session*, in the order of the file."""
    key, value = ("sso_session", session.name) if session.name else ("sso_start_url", session.start_url)
    profiles = configuration.config.profiles
    return [name for name, settings in profiles.items() if settings.get(key) == value]


def _chosen_sessions(
    configuration: Configuration, chosen: t.Optional[t.Sequence[t.Union[str, SsoSession]]]
) -> t.Tuple[t.List[SsoSession], t.List[Finding]]:
    """The sessions to look at, as far as they are complete, and what is wrong with the choice of them."""
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
            findings += _configured_otherwise(configuration, choice)
        else:
            found = _session_or_finding(configuration, choice)
            sessions += [found] if isinstance(found, SsoSession) else []
            findings += [found] if isinstance(found, Finding) else []
    return sessions, findings


def _configured_otherwise(configuration: Configuration, session: SsoSession) -> t.Iterator[Finding]:
    """What keeps the AWS CLI from using *session* as it was given."""
    if not configuration.readable:
        return
    settings = configuration.config.sessions.get(session.label)
    if settings is None:
        yield Finding(
            "session-not-configured",
            "warning",
            f"session {session.label}",
            f"It is not in {configuration.path} yet.",
            "Until it is, the AWS CLI cannot use it, and its profiles do not work.",
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
            f"Its {' and '.join(differing)} in {configuration.path} differs from the given definition.",
            "The AWS CLI signs in with the values of the file.",
            SET_UP,
        )


def _session_or_finding(configuration: Configuration, name: str) -> t.Union[SsoSession, Finding, None]:
    try:
        return session_in(configuration.config, configuration.path, name)
    except UnknownSession as error:
        if not configuration.readable:
            return None  # the unreadable file is a finding
        return Finding(
            "session-unknown",
            "error",
            f"session {name}",
            str(error),
            "Nobody can sign in to it on this host.",
            SET_UP,
        )
    except IncompleteSession:
        return None  # a finding of the configuration


def _no_session(path: str) -> Finding:
    return Finding(
        "session-none",
        "warning",
        path,
        "It has no sso-session.",
        "Nobody can sign in to IAM Identity Center on this host.",
        SET_UP,
    )
