# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that update themselves from a company bundle: which version they have, and what they wait for.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import functools
import typing as t

from ....module_utils._sso.token_cache import parse_time
from ....module_utils._text import format_time
from ..state import Failure, Fleet, Host, LaptopEvent, RefusedReport, Reports
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


class Event(t.NamedTuple):
    """How an earlier update ended: *text* is the outcome with the versions, *kind* as in BundleStatus."""

    time: str
    text: str
    kind: str
    message: str


SILENT_DAYS = 14
"""Longer than a usual absence of the user."""


class BundleStatus(t.NamedTuple):
    """The bundle of a host, *silent* without a report for SILENT_DAYS.

    *badge* is how its last update ended, of the *kind* bad or warn; empty for ok.
    """

    version: str
    outdated: bool
    not_yet: bool
    waiting: bool
    silent: bool
    badge: str
    kind: str
    history: list[Event]


class Summary(t.NamedTuple):
    """All laptops: those with each version, most common first, and which hosts and reports are missing."""

    current: str
    versions: list[tuple[str, list[str]]]
    outdated: int
    never_seen: list[str]
    refused: list[RefusedReport]
    refused_count: int


def bundle_status(fleet: Fleet, name: str, host: Host) -> BundleStatus | None:
    """None for a host that does not report itself."""
    laptop = host.laptop
    if laptop is None:
        return None
    reports = fleet.reports or Reports()
    outdated = reports.is_outdated(name, laptop)
    not_yet = not outdated and reports.is_other(laptop)
    silent = laptop.reported < _days_before(fleet.run.finished, SILENT_DAYS)
    badge, kind = _BADGES.get(laptop.outcome, ("", ""))
    waiting = laptop.outcome in _WAITING
    history = [_event(event) for event in reversed(laptop.history)]
    return BundleStatus(laptop.version, outdated, not_yet, waiting, silent, badge, kind, history)


def _event(event: LaptopEvent) -> Event:
    text, kind = _BADGES.get(event.outcome, (event.outcome if event.outcome != "ok" else "OK", "good"))
    version = event.version or "no version"
    if event.available and event.available != event.version:
        version = f"{version}, {event.available} available"
    return Event(event.time, f"{text} ({version})", kind, event.message)


@functools.lru_cache(maxsize=8)
def _days_before(time: str, days: int) -> str:
    return format_time(parse_time(time) - datetime.timedelta(days=days))


def summary(fleet: Fleet) -> Summary | None:
    """None if no reports of laptops were ever merged into *fleet*."""
    reports = fleet.reports
    if reports is None:
        return None
    laptops: dict[str, list[str]] = {}
    outdated = 0
    for name, host in fleet.hosts.items():
        if host.laptop:
            laptops.setdefault(host.laptop.version or "none", []).append(name)
            outdated += reports.is_outdated(name, host.laptop)
    versions = sorted(laptops.items(), key=lambda item: (-len(item[1]), item[0]))
    return Summary(
        reports.version, versions, outdated, reports.never_seen, reports.refused, reports.refused_count
    )


def waiting(fleet: Fleet) -> list[ProblemGroup]:
    """What hosts wait for until their users do it."""
    hosts: dict[tuple[str, ...], list[str]] = {}
    for name, host in sorted(fleet.hosts.items()):
        laptop = host.laptop
        if laptop and laptop.outcome in _WAITING:
            key = _WAITING[laptop.outcome], "", *laptop.problem()
            hosts.setdefault(key, []).append(name)
    groups = [ProblemGroup(names, Failure(*key)) for key, names in hosts.items()]
    return sorted(groups, key=lambda group: -len(group.hosts))
