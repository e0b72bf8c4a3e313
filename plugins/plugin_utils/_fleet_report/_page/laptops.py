# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that update themselves from a company bundle: which version they have, and what they wait for.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ..state import Failure, Fleet, Host, RefusedReport
from .problems import ProblemGroup

_BADGES = {
    "failed": ("update failed", "bad"),
    "rolled_back": ("rolled back", "bad"),
    "refused": ("update refused", "bad"),
    "sign_in_required": ("sign-in required", "warn"),
    "password_required": ("password required", "warn"),
}
_WAITING = {
    "sign_in_required": "Sign-in required",
    "password_required": "Password required",
}


class BundleStatus(t.NamedTuple):
    """The bundle of a host: *badge* is how its last update ended, of the *kind* bad or warn; empty for ok."""

    version: str
    outdated: bool
    waiting: bool
    badge: str
    kind: str


class Summary(t.NamedTuple):
    """All laptops: the numbers by version, most common first, and which hosts and reports are missing."""

    current: str
    versions: list[tuple[str, int]]
    outdated: int
    never_seen: list[str]
    refused: list[RefusedReport]
    refused_count: int


def bundle_status(fleet: Fleet, host: Host) -> BundleStatus | None:
    """None for a host that does not report itself."""
    laptop = host.laptop
    if laptop is None:
        return None
    outdated = fleet.reports is not None and fleet.reports.is_outdated(laptop)
    badge, kind = _BADGES.get(laptop.outcome, ("", ""))
    return BundleStatus(laptop.version, outdated, laptop.outcome in _WAITING, badge, kind)


def summary(fleet: Fleet) -> Summary | None:
    """None if no reports of laptops were ever merged into *fleet*."""
    reports = fleet.reports
    if reports is None:
        return None
    numbers: dict[str, int] = {}
    outdated = 0
    for host in fleet.hosts.values():
        if host.laptop:
            version = host.laptop.version or "none"
            numbers[version] = numbers.get(version, 0) + 1
            outdated += reports.is_outdated(host.laptop)
    versions = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return Summary(
        reports.version, versions, outdated, reports.never_seen, reports.refused, reports.refused_count
    )


def waiting(fleet: Fleet) -> list[ProblemGroup]:
    """What hosts wait for until their users do it."""
    hosts: dict[tuple[str, ...], list[str]] = {}
    for name, host in sorted(fleet.hosts.items()):
        laptop = host.laptop
        if laptop and laptop.outcome in _WAITING:
            key = _WAITING[laptop.outcome], "", laptop.message, laptop.fix
            hosts.setdefault(key, []).append(name)
    groups = [ProblemGroup(names, Failure(*key)) for key, names in hosts.items()]
    return sorted(groups, key=lambda group: -len(group.hosts))
