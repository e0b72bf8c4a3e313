# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which accounts and roles hosts have profiles for, many hosts at a time, and what changed.

PRIVATE to the collection. Hosts whose access is the same share one set, known by its digest: two hundred
hosts with five thousand roles each take the space of the few sets that differ.
"""

from __future__ import annotations

import functools
import hashlib
import json
import typing as t

Roles = t.Tuple[str, ...]
AccessSet = t.Dict[str, Roles]
"""The IDs of accounts, and the names of the roles in each, sorted."""
Listed = t.List[t.Dict[str, t.List[str]]]
"""An AccessSet as JSON: accounts with the same roles are grouped."""
Sets = t.Dict[str, AccessSet]
"""Sets by their digest."""


@functools.lru_cache(maxsize=4096)
def _shared(roles: frozenset[str]) -> Roles:
    return tuple(sorted(roles))


def access_set(pairs: t.Iterable[tuple[str, str]]) -> AccessSet:
    """The set of these pairs of account ID and role name."""
    found: dict[str, set[str]] = {}
    for account, role in pairs:
        found.setdefault(account, set()).add(role)
    return {account: _shared(frozenset(found[account])) for account in sorted(found)}


def _by_account(
    combine: t.Callable[[frozenset[str], frozenset[str]], frozenset[str]], one: AccessSet, other: AccessSet
) -> AccessSet:
    result = {}
    for account in sorted({*one, *other}):
        roles = combine(frozenset(one.get(account, ())), frozenset(other.get(account, ())))
        if roles:
            result[account] = _shared(roles)
    return result


def union(sets: t.Iterable[AccessSet]) -> AccessSet:
    """The access in any of *sets*."""
    first, *others = [*sets] or [{}]
    for other in others:
        first = _by_account(frozenset.union, first, other)
    return first


def without(one: AccessSet, other: AccessSet) -> AccessSet:
    """The access in *one* that is not in *other*."""
    return _by_account(frozenset.difference, one, other)


def to_json(access: AccessSet) -> Listed:
    """*access* as JSON; from_json() is the inverse."""
    accounts: dict[Roles, list[str]] = {}
    for account, roles in access.items():
        accounts.setdefault(roles, []).append(account)
    return [{"roles": list(roles), "accounts": accounts[roles]} for roles in sorted(accounts)]


def from_json(entries: Listed) -> AccessSet:
    return access_set(
        (account, role) for entry in entries for account in entry["accounts"] for role in entry["roles"]
    )


def intern(sets: Sets, access: AccessSet) -> str:
    """Add *access* to *sets* unless it is there; returns its digest."""
    digest = digest_of(to_json(access))
    sets.setdefault(digest, access)
    return digest


def digest_of(value: t.Any) -> str:
    """The digest of a value in JSON, such as that of to_json()."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]


MOST_ROLES = 500
MOST_CELLS = 200_000
"""Of the matrix: it has a column for each role of any host, and browsers must be able to show it."""


class AccessHolders(t.NamedTuple):
    """Access sets, each with the number of hosts that have exactly this one."""

    holders: list[tuple[AccessSet, int]]

    def counts(self) -> dict[tuple[str, str], int]:
        """How many hosts have each account and role."""
        found: dict[tuple[str, str], int] = {}
        for access, hosts in self.holders:
            for account, roles in access.items():
                for role in roles:
                    found[account, role] = found.get((account, role), 0) + hosts
        return found

    def role_counts(self) -> dict[str, int]:
        """How many hosts have each role in any account."""
        found: dict[str, int] = {}
        for access, hosts in self.holders:
            for role in {role for roles in access.values() for role in roles}:
                found[role] = found.get(role, 0) + hosts
        return found


class Cell(t.NamedTuple):
    """How many hosts have a profile for a role in an account, and how many had one before the last run."""

    hosts: int
    before: int

    @property
    def kind(self) -> str:
        """The change since the run before: new, gone, more, fewer, or empty."""
        if self.hosts == self.before:
            return ""
        if not self.before or not self.hosts:
            return "gone" if self.before else "new"
        return "more" if self.hosts > self.before else "fewer"


class Matrix(t.NamedTuple):
    """Accounts by roles; None where no host has or had a profile.

    *more_roles* and *more_accounts* are the numbers of those that are not in it, which fewer hosts have.
    """

    roles: list[str]
    rows: list[tuple[str, list[Cell | None]]]
    more_roles: int = 0
    more_accounts: int = 0


def matrix(now: AccessHolders, before: AccessHolders) -> Matrix:
    """Rows are in the order of account IDs."""
    counts, counts_before = now.counts(), before.counts()
    pairs = {*counts, *counts_before}
    hosts = {pair: max(counts.get(pair, 0), counts_before.get(pair, 0)) for pair in pairs}
    roles, more_roles = _most_common({pair[1]: number for pair, number in _ascending(hosts)}, MOST_ROLES)
    most_accounts = MOST_CELLS // max(1, len(roles))
    accounts, more = _most_common({pair[0]: number for pair, number in _ascending(hosts)}, most_accounts)
    rows = []
    for account in sorted(accounts):
        cells = []
        for role in roles:
            pair = account, role
            cells.append(Cell(counts.get(pair, 0), counts_before.get(pair, 0)) if pair in pairs else None)
        rows.append((account, cells))
    return Matrix(roles, rows, more_roles, more)


def _ascending(hosts: dict[tuple[str, str], int]) -> list[tuple[tuple[str, str], int]]:
    return sorted(hosts.items(), key=lambda item: item[1])


def _most_common(hosts: dict[str, int], most: int) -> tuple[list[str], int]:
    """Up to *most* names of those that most hosts have, sorted, and the number of the others."""
    names = sorted(hosts, key=lambda name: (-hosts[name], name.casefold()))
    return sorted(names[:most], key=str.casefold), max(0, len(names) - most)
