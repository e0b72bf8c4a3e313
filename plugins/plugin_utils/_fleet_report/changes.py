# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the last run changed in the access of a fleet.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from . import access as fleet_access
from .state import Fleet, Host

Digests = t.Optional[t.FrozenSet[str]]


class Change(t.NamedTuple):
    """What *hosts* gained and lost alike; *first* if no earlier run recorded their access."""

    hosts: list[str]
    first: bool
    gained: fleet_access.AccessSet
    lost: fleet_access.AccessSet

    def to_json(self) -> dict[str, t.Any]:
        """The change as JSON."""
        return {
            **self._asdict(),
            "gained": fleet_access.to_json(self.gained),
            "lost": fleet_access.to_json(self.lost),
        }


def changes(fleet: Fleet) -> list[Change]:
    """The changes of the last run; those of most hosts first."""
    hosts: dict[tuple[Digests, Digests], list[str]] = {}
    for name, host in sorted(fleet.hosts.items()):
        key = _digests(access_before(fleet, host)), _digests(host.access)
        if key[0] != key[1]:
            hosts.setdefault(key, []).append(name)
    found = []
    for names in hosts.values():
        host = fleet.hosts[names[0]]
        now, before = fleet.access(host.access), fleet.access(host.access_before)
        gained, lost = fleet_access.without(now, before), fleet_access.without(before, now)
        if gained or lost:
            found.append(Change(names, host.access_before is None, gained, lost))
    return sorted(found, key=lambda change: (change.first, -len(change.hosts), change.hosts[0]))


def comparable(fleet: Fleet) -> bool:
    """Whether an earlier run recorded the access of any host."""
    return any(access_before(fleet, host) is not None for host in fleet.hosts.values())


def role_counts(fleet: Fleet) -> dict[str, int]:
    """How many hosts have each role in any account."""
    return _holders(fleet, [host.access for host in fleet.hosts.values()]).role_counts()


def matrix(fleet: Fleet) -> fleet_access.Matrix:
    """All accounts and roles of all hosts, compared with those before the last run, if there was one."""
    now = _holders(fleet, [host.access for host in fleet.hosts.values()])
    if not comparable(fleet):
        return fleet_access.matrix(now, now)
    before = _holders(fleet, [access_before(fleet, host) for host in fleet.hosts.values()])
    return fleet_access.matrix(now, before)


def access_before(fleet: Fleet, host: Host) -> dict[str, str] | None:
    """The access before the last run, which changed nothing on hosts that it did not touch."""
    return host.access_before if host.run == fleet.run.id else host.access


def _digests(access: dict[str, str] | None) -> Digests:
    return None if access is None else frozenset(access.values())


def _holders(fleet: Fleet, all_access: list[dict[str, str] | None]) -> fleet_access.AccessHolders:
    hosts: dict[Digests, int] = {}
    for access in all_access:
        hosts[_digests(access)] = hosts.get(_digests(access), 0) + 1
    return fleet_access.AccessHolders(
        [
            (fleet_access.union(fleet.access_sets[digest] for digest in digests or ()), number)
            for digests, number in hosts.items()
        ]
    )
