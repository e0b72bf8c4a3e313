# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People and the risk classes of their roles, as the page shows them.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ..people import Person
from ..role_classes import CLASSES, RoleClasses
from ..state import Fleet
from .rows import NOT_SIGNED_IN, Row

MOST_CHANGES = 100
"""Groups of people with the same change that are shown."""


class ClassCount(t.NamedTuple):
    """The number of accounts in which a person has roles of a class, and how it changed."""

    label: str
    accounts: int
    gained: int
    lost: int


class PersonRow(t.NamedTuple):
    """*hosts* are by their position in the table of hosts. *flags* are what links and filters select."""

    person: Person
    label: str
    hosts: list[int]
    unhealthy: int
    signed_out: int
    classes: list[ClassCount]
    flags: list[str]
    last_seen: str


class ClassChange(t.NamedTuple):
    """People who gained or lost a class of roles in the same accounts, which *accounts* has the names of."""

    gained: bool
    role_class: str
    people: list[str]
    accounts: list[str]


class ClassSummary(t.NamedTuple):
    """A class of roles: the numbers of people who have it, gained and lost it."""

    name: str
    roles: list[str]
    people: int
    gained: int
    lost: int


class PeopleTable:
    """The rows of all people, and what changed."""

    def __init__(self, fleet: Fleet, people: t.Sequence[Person], rows: t.Sequence[Row]) -> None:
        self._fleet = fleet
        self._rows = rows
        self._positions = {row.name: position for position, row in enumerate(rows)}
        groups = _grouped_changes(people)
        self.more_changes = max(0, len(groups) - MOST_CHANGES)
        self.changes = [self._change(key, found) for key, found in groups[:MOST_CHANGES]]
        flags: dict[int, list[str]] = {}
        for number, (_key, found) in enumerate(groups[:MOST_CHANGES]):
            for person in found:
                flags.setdefault(id(person), []).append(f"class-change-{number}")
        self.rows = [self._row(person, flags.get(id(person), [])) for person in people]

    def _change(self, key: _Key, people: list[Person]) -> ClassChange:
        gained, each, accounts = key
        names = sorted(
            (self._fleet.accounts.get(account) or account for account in accounts), key=str.casefold
        )
        return ClassChange(gained, each, [label_of(person) for person in people], names)

    def _row(self, person: Person, flags: list[str]) -> PersonRow:
        positions = sorted(self._positions[host] for host in person.hosts)
        rows = [self._rows[position] for position in positions]
        counts = [
            ClassCount(
                each.capitalize(),
                *(len(found.get(each, ())) for found in (person.accounts, person.gained, person.lost)),
            )
            for each in CLASSES
        ]
        return PersonRow(
            person=person,
            label=label_of(person),
            hosts=positions,
            unhealthy=sum(not row.host.is_healthy for row in rows),
            signed_out=sum(row.state == NOT_SIGNED_IN for row in rows),
            classes=counts,
            flags=[*_flags_of(person), *flags],
            last_seen=max(
                row.host.last_seen or (row.host.last_run if row.host.was_seen() else "") for row in rows
            ),
        )

    def summaries(self, classes: RoleClasses, roles: t.Iterable[str]) -> list[ClassSummary]:
        named: dict[str, list[str]] = {}
        for role in roles:
            named.setdefault(classes.class_of(role), []).append(role)
        numbers = {each: [0, 0, 0] for each in CLASSES}
        for row in self.rows:
            for each, found in zip(CLASSES, row.classes):
                for position, number in enumerate((found.accounts, found.gained, found.lost)):
                    numbers[each][position] += number > 0
        return [ClassSummary(each, named.get(each, []), *numbers[each]) for each in CLASSES]


_Key = t.Tuple[bool, str, t.FrozenSet[str]]


def label_of(person: Person) -> str:
    return person.name or f"unknown user of {person.hosts[0]}"


def _flags_of(person: Person) -> list[str]:
    held = next((each for each in CLASSES if person.accounts.get(each)), "no")
    return [
        *person.accounts,
        f"{held}-at-most",
        *(f"gained-{each}" for each in person.gained),
        *(f"lost-{each}" for each in person.lost),
        *(["gained"] if person.gained else []),
        *(["lost"] if person.lost else []),
    ]


def _grouped_changes(people: t.Sequence[Person]) -> list[tuple[_Key, list[Person]]]:
    """People by what they gained or lost; the class with the highest risk first."""
    groups: dict[_Key, list[Person]] = {}
    for person in people:
        for gained, changes in ((True, person.gained), (False, person.lost)):
            for each, accounts in changes.items():
                groups.setdefault((gained, each, accounts), []).append(person)
    return sorted(
        groups.items(),
        key=lambda item: (CLASSES.index(item[0][1]), not item[0][0], -len(item[1]), -len(item[0][2])),
    )
