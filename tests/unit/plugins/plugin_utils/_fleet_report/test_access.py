# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access sets and the matrix of accounts and roles."""

from __future__ import annotations

import json
import typing as t

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report import access as fleet_access
from support.fleets import (
    ROLES,
    account_id,
)

PAIRS = st.sets(st.tuples(st.sampled_from([account_id(n) for n in range(6)]), st.sampled_from(ROLES)))


def pairs_of(access: fleet_access.AccessSet) -> set[tuple[str, str]]:
    return {(account, role) for account, roles in access.items() for role in roles}


@given(PAIRS, PAIRS)
def test_access_sets_behave_as_sets(one: set[tuple[str, str]], other: set[tuple[str, str]]) -> None:
    left, right = fleet_access.access_set(one), fleet_access.access_set(other)
    assert pairs_of(left) == one
    assert pairs_of(fleet_access.union([left, right])) == one | other
    assert pairs_of(fleet_access.without(left, right)) == one - other
    assert fleet_access.from_json(json.loads(json.dumps(fleet_access.to_json(left)))) == left
    sets: fleet_access.Sets = {}
    assert (fleet_access.intern(sets, left) == fleet_access.intern(sets, right)) == (one == other)


@given(
    st.lists(st.tuples(PAIRS, st.integers(1, 9)), max_size=4),
    st.lists(st.tuples(PAIRS, st.integers(1, 9)), max_size=4),
)
def test_the_matrix_counts_hosts_by_account_and_role(now: list[t.Any], before: list[t.Any]) -> None:
    def possession(holders: list[t.Any]) -> fleet_access.AccessHolders:
        return fleet_access.AccessHolders(
            [(fleet_access.access_set(pairs), hosts) for pairs, hosts in holders]
        )

    matrix = fleet_access.matrix(possession(now), possession(before))
    cells = {
        (account, role): cell
        for account, row in matrix.rows
        for role, cell in zip(matrix.roles, row)
        if cell is not None
    }
    for holders, field in ((now, "hosts"), (before, "before")):
        for pair in {pair for pairs, _hosts in [*now, *before] for pair in pairs}:
            assert getattr(cells[pair], field) == sum(hosts for pairs, hosts in holders if pair in pairs)
    assert set(cells) == {pair for pairs, _hosts in [*now, *before] for pair in pairs}


def test_a_matrix_that_no_browser_could_show_has_the_access_of_most_hosts() -> None:
    common = fleet_access.access_set([("1" * 12, "ReadOnly"), ("2" * 12, "Admin")])
    rare = fleet_access.access_set((f"{number:012}", f"role-{number % 1000}") for number in range(20_000))
    holders = fleet_access.AccessHolders([(common, 3), (rare, 1)])
    found = fleet_access.matrix(holders, holders)
    assert len(found.roles) == fleet_access.MOST_ROLES and {"ReadOnly", "Admin"} <= {*found.roles}
    assert len(found.rows) * len(found.roles) == fleet_access.MOST_CELLS
    assert {"1" * 12, "2" * 12} <= {account for account, _cells in found.rows}
    assert (found.more_roles, found.more_accounts) == (502, 20_002 - 400)
