# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures and findings, grouped by the hosts that share them.

PRIVATE to the collection.
"""

from __future__ import annotations

import re
import typing as t

from ..state import Failure, Fleet, ReportedFinding

SEVERITIES = ("error", "warning", "info")

_ADDRESS = re.compile(r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b")


class ProblemGroup(t.NamedTuple):
    """A failure that some hosts share."""

    hosts: list[str]
    problem: Failure


class FindingGroup(t.NamedTuple):
    """A finding that some hosts share; *flag* selects these hosts on the page."""

    hosts: list[str]
    problem: ReportedFinding
    flag: str


def failures(fleet: Fleet) -> list[ProblemGroup]:
    hosts: dict[tuple[str, ...], list[str]] = {}
    for name, host in sorted(fleet.hosts.items()):
        for failure in host.failures:
            key = (failure.task, failure.module, _without_host(name, failure.message), failure.fix)
            hosts.setdefault(key, []).append(name)
    groups = [ProblemGroup(names, Failure(*key)) for key, names in hosts.items()]
    return sorted(groups, key=lambda group: -len(group.hosts))


def _without_host(name: str, message: str) -> str:
    """*message* with HOST for the host's name and addresses, which groups hosts with the same problem."""
    return _ADDRESS.sub("HOST", message.replace(name, "HOST"))


def findings(fleet: Fleet) -> list[FindingGroup]:
    """Those of the highest severity and of most hosts first."""
    hosts: dict[tuple[str, ...], list[str]] = {}
    for name, host in sorted(fleet.hosts.items()):
        for found in host.findings or ():
            key = (found.id, found.severity, found.subject, found.what, found.why, found.fix)
            hosts.setdefault(key, []).append(name)
    groups = [(names, ReportedFinding(*key)) for key, names in hosts.items() if key[1] in SEVERITIES]
    groups.sort(key=lambda group: (SEVERITIES.index(group[1].severity), -len(group[0])))
    return [FindingGroup(names, found, f"finding-{number}") for number, (names, found) in enumerate(groups)]
