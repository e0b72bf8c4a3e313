# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of a fleet: who uses which hosts, and which classes of roles they gained and lost.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from . import access as fleet_access
from .changes import access_before
from .role_classes import CLASSES, AccountsByClass, RoleClasses
from .state import Fleet


class Person(t.NamedTuple):
    """A user of *hosts*, empty *name* if unknown, which then is the user of one host only.

    *accounts* are those with a role of each class. *gained* and *lost* compare them with those before the
    last run; they are empty if no earlier run recorded the access.
    """

    name: str
    hosts: list[str]
    accounts: AccountsByClass
    gained: AccountsByClass
    lost: AccountsByClass


class People:
    """Groups hosts by their users. Hosts with the same access share the result of the calculation."""

    def __init__(self, fleet: Fleet, classes: RoleClasses) -> None:
        self._fleet = fleet
        self._classes = classes
        self._known: dict[frozenset[str], AccountsByClass] = {}

    def all(self) -> list[Person]:
        """All people by name; those of unknown name last, by their host.

        A host that was reached and has no user and no profiles has nobody, such as a controller on which a
        playbook failed.
        """
        names: dict[tuple[str, str], list[str]] = {}
        for host_name, host in sorted(self._fleet.hosts.items()):
            if host.last_seen and not host.user and host.profiles is None and not host.access:
                continue
            names.setdefault((host.user, "" if host.user else host_name), []).append(host_name)
        people = [self._person(name, hosts) for (name, _host), hosts in names.items()]
        return sorted(people, key=lambda person: (not person.name, person.name.casefold(), person.hosts[0]))

    def _person(self, name: str, names: list[str]) -> Person:
        hosts = [self._fleet.hosts[host] for host in names]
        now = self._accounts([host.access for host in hosts])
        earlier = [access_before(self._fleet, host) for host in hosts]
        if all(access is None for access in earlier):
            return Person(name, names, now, {}, {})
        before = self._accounts(earlier)
        return Person(name, names, now, _without(now, before), _without(before, now))

    def _accounts(self, all_access: t.Sequence[t.Mapping[str, str] | None]) -> AccountsByClass:
        digests = frozenset(digest for access in all_access for digest in (access or {}).values())
        if digests not in self._known:
            access = fleet_access.union(self._fleet.access_sets[digest] for digest in sorted(digests))
            self._known[digests] = self._classes.accounts(access)
        return self._known[digests]


def _without(one: AccountsByClass, other: AccountsByClass) -> AccountsByClass:
    found = {each: one.get(each, frozenset()) - other.get(each, frozenset()) for each in CLASSES}
    return {each: accounts for each, accounts in found.items() if accounts}
