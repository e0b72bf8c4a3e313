# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Diagnose what prevents a workstation from signing in to AWS, or will prevent it, without changing anything.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import datetime
import os
import typing as t

from .._aws_cli.urls import displayable
from .._host.commands import RunCommand
from .._host.running_program import RunningProgram
from .._host.tools import program_finder
from .._host.wsl import WslInfo, detect, run_wsl_program
from .._installed_cli.ca_bundle import ca_bundle
from .._installed_cli.home_view import HomeView
from .._installed_cli.other_programs import identify
from .._installed_cli.programs import Program, ProgramSearch, linux_program, plugin_failure
from .._sso.endpoints import REGION, is_dual_stack_portal
from .._sso.session import SsoSession
from .._sso.token_cache import utc_now
from .._wsl.host_files import HostFiles
from .._wsl.network import has_stale_interop_socket
from ._configuration.findings import config_findings
from ._fixes.programs import ProgramFixes
from .cli import cli_findings, has_plugins, plugin_findings
from .config import Configuration
from .connectivity import Network, ProbeResult, clock_skew, probe_findings
from .files import file_findings
from .finding import SEVERITIES, Finding
from .proxy_and_ca import proxy_and_ca_findings
from .sessions import select_sessions
from .tokens import TokenState, token_findings
from .variables import active_profile, variable_findings
from .wsl import wsl_findings

_COUNTED = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "info": ("info", "info")}
"""The words for one finding of a severity, and for several."""


class Report(t.NamedTuple):
    """The findings, worst first and then by subject, and facts as workstation_info returns them."""

    findings: t.List[Finding]
    facts: t.Dict[str, t.Any]

    @property
    def healthy(self) -> bool:
        """Whether no finding is an error."""
        return all(finding.severity != "error" for finding in self.findings)

    def lines(self) -> t.List[str]:
        """The findings as text: a summary, then three lines for each."""
        lines = [self.summary()]
        for finding in self.findings:
            lines += [
                f"{finding.severity.upper()} {finding.subject}: {finding.what} [{finding.id}]",
                f"    why: {finding.why}",
                f"    fix: {finding.fix}",
            ]
        return lines

    def summary(self) -> str:
        """How many findings there are of each severity, such as "1 error, 2 info"."""
        severities = [finding.severity for finding in self.findings]
        counts = ((severities.count(severity), severity) for severity in SEVERITIES)
        parts = [f"{count} {_COUNTED[severity][count != 1]}" for count, severity in counts if count]
        return ", ".join(parts) or "no findings"


def examine(
    environment: t.Mapping[str, str],
    run: RunCommand,
    chosen: t.Optional[t.Sequence[t.Union[str, SsoSession]]],
    timeout: float,
    root: str = "/",
    debug: t.Callable[[str], None] = lambda text: None,
) -> Report:
    """Examine this host for the current user, whose variables are *environment*.

    *run* executes a program of the system, and returns its exit code, output and errors. *chosen* has
    names of sessions, and definitions that need not be in the configuration yet; None examines all sessions
    of the configuration. *timeout* in seconds is for each step of a call to AWS. *root* is the directory with
    the files of the system. *debug* receives each decision.
    """
    with HomeView(environment) as view:
        return _Examination(environment, run, root, debug, view).report(chosen, timeout)


class _Examination:
    """An examination whose programs run beside it, with the home directory *view*."""

    def __init__(
        self,
        environment: t.Mapping[str, str],
        run: RunCommand,
        root: str,
        debug: t.Callable[[str], None],
        view: HomeView,
    ) -> None:
        self._environment = environment
        self._run = run
        self._root = root
        self._debug = debug
        search_path = environment.get("PATH", "")
        others = [os.path.join(root, "usr/local/bin"), os.path.expanduser("~/.local/bin")]
        self._wsl = detect(root, environment, run_wsl_program)
        self._search = ProgramSearch(view, search_path, others, self._wsl.on_windows_drive)
        self._configuration = Configuration(environment)
        self._own = linux_program(self._search.found)
        self._with_plugins = self._start_with_plugins()

    def _start_with_plugins(self) -> t.Optional[RunningProgram]:
        """The AWS CLI with the configuration of the user, if that has plugins."""
        if self._own is None or not has_plugins(self._configuration):
            return None
        return self._search.start(self._own, os.path.abspath(self._configuration.path))

    def report(self, chosen: t.Optional[t.Sequence[t.Union[str, SsoSession]]], timeout: float) -> Report:
        """The report on the sessions *chosen*."""
        configuration, environment = self._configuration, self._environment
        sessions, session_findings = select_sessions(configuration, chosen)
        self._debug(f"Examine {configuration.path} with {self._own.path if self._own else 'no AWS CLI'}.")
        now = utc_now()
        tokens = _token_states(sessions, configuration, now)
        network = Network(
            environment, ca_bundle(self._own.path) if self._own else None, timeout, self._debug, self._root
        )
        results = network.probe(_regions(sessions))
        programs = self._search.programs()
        findings = [
            *wsl_findings(self._wsl, has_stale_interop_socket(HostFiles(self._root), environment)),
            *self._program_findings(programs),
            *config_findings(configuration),
            *session_findings,
            *variable_findings(environment, configuration),
            *proxy_and_ca_findings(environment, configuration),
            *probe_findings(results, self._root),
            *file_findings(configuration, self._wsl.on_windows_drive, _session_files(sessions)),
            *_token_findings(tokens, session_findings, now),
        ]
        findings.sort(key=lambda finding: (SEVERITIES.index(finding.severity), finding.subject))
        facts = _facts(self._wsl, programs, configuration, tokens, results)
        facts["active_profile"] = _active_profile(environment, configuration)
        return Report(findings, facts)

    def _program_findings(self, programs: t.Sequence[Program]) -> t.List[Finding]:
        search_path = self._environment.get("PATH", "")
        find = program_finder(search_path)
        fixes = ProgramFixes(programs, search_path, lambda path: identify(path, self._run, find))
        found = cli_findings(programs, fixes, self._environment)
        own = linux_program(programs)
        if self._with_plugins and own and own.version:
            found += plugin_findings(self._configuration, plugin_failure(self._with_plugins))
        return found


def _regions(sessions: t.Sequence[SsoSession]) -> t.List[t.Tuple[str, bool]]:
    """The regions of *sessions*, each once, with whether dual-stack endpoints are used.

    A session with an invalid region is a finding of the configuration.
    """
    valid = (session for session in sessions if REGION.fullmatch(session.region))
    return list({(session.region, is_dual_stack_portal(session.start_url)): None for session in valid})


def _session_files(sessions: t.Sequence[SsoSession]) -> t.Set[str]:
    """The cache files of *sessions*, whose contents are examined with the tokens."""
    return {path for session in sessions for path in (session.token_path, session.registration_path)}


def _token_states(
    sessions: t.Sequence[SsoSession], configuration: Configuration, now: datetime.datetime
) -> t.List[TokenState]:
    profiles = configuration.config.profiles
    return [TokenState(session, session.login_command(profiles), now) for session in sessions]


def _token_findings(
    tokens: t.Sequence[TokenState], session_findings: t.Sequence[Finding], now: datetime.datetime
) -> t.Iterator[Finding]:
    """The findings about *tokens*; a session that is not configured yet is not reported as signed out too."""
    unconfigured = [finding.subject for finding in session_findings if finding.id == "session-not-configured"]
    for token in tokens:
        if token.subject not in unconfigured or token.state != "missing":
            yield from token_findings(token, now)


def _facts(
    wsl: WslInfo,
    programs: t.Sequence[Program],
    configuration: Configuration,
    tokens: t.Sequence[TokenState],
    results: t.Sequence[ProbeResult],
) -> t.Dict[str, t.Any]:
    skew = clock_skew(results)
    return {
        "wsl": dataclasses.asdict(wsl),
        "aws_cli": [program._asdict() for program in programs],
        "config_file": configuration.path,
        "profiles": len(configuration.profile_names),
        "sessions": [
            {**token.facts(), "profiles": _session_profiles(token.session, configuration)} for token in tokens
        ],
        "endpoints": [
            {
                "service": result.service,
                "url": displayable(result.url),
                "reachable": result.problem is None,
            }
            for result in results
        ],
        "clock_skew": skew if skew is None else round(skew, 1),
    }


def _active_profile(environment: t.Mapping[str, str], configuration: Configuration) -> t.Optional[str]:
    """The profile of a command without --profile; None if it has none."""
    variable, name = active_profile(environment)
    return name if variable or name in configuration.profile_names else None


def _session_profiles(session: SsoSession, configuration: Configuration) -> t.List[str]:
    """The names of the profiles that use *session*, in the order of the configuration file."""
    key, value = ("sso_session", session.name) if session.name else ("sso_start_url", session.start_url)
    profiles = configuration.config.profiles
    return [name for name, settings in profiles.items() if settings.get(key) == value]
