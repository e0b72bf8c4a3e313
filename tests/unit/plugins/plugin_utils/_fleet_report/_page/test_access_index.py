# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts have which numbers of the matrix."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report import access as fleet_access
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report import changes
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report._page import access_index
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.state import Fleet, Host, Run
from support.fleets import FIRST, ROLES, account_id

PAIRS = st.sets(st.tuples(st.sampled_from([account_id(n) for n in range(8)]), st.sampled_from(ROLES)))


def fleet_of(*all_pairs: t.Iterable[tuple[str, str]]) -> Fleet:
    fleet = Fleet(Run("run", FIRST, FIRST, []))
    for number, pairs in enumerate(all_pairs):
        digest = fleet_access.intern(fleet.access_sets, fleet_access.access_set(pairs))
        fleet.hosts[f"host-{number}"] = Host("ok", False, "run", FIRST, access={"acme": digest})
    return fleet


def decoded(text: str) -> set[tuple[int, int]]:
    """The rows and columns of an encoded set, as the script of the page reads them."""
    found = set()
    for group in text.split():
        columns, ranges = group.split(":")
        for each in ranges.split(","):
            first, _dash, last = each.partition("-")
            for row in range(int(first), int(last or first) + 1):
                found.update((row, int(column)) for column in columns.split(","))
    return found


@given(st.lists(PAIRS, min_size=1, max_size=4))
def test_each_host_has_the_cells_of_its_access(all_pairs: list[set[tuple[str, str]]]) -> None:
    fleet = fleet_of(*all_pairs)
    matrix = changes.matrix(fleet)
    index = access_index.AccessIndex(fleet, matrix)
    numbers = [[int(number) for number in index.of(host).split()] for host in fleet.hosts.values()]
    sets = index.encoded().split(";")
    for pairs, own in zip(all_pairs, numbers):
        cells = set().union(*(decoded(sets[number]) for number in own))
        assert {(matrix.rows[row][0], matrix.roles[column]) for row, column in cells} == pairs


def test_the_access_before_the_last_run_is_there_if_it_was_different() -> None:
    fleet = fleet_of([(account_id(0), "Reader")], [(account_id(1), "Reader")])
    first, second = list(fleet.hosts.values())
    first.access_before, second.access_before = second.access, second.access
    index = access_index.AccessIndex(fleet, changes.matrix(fleet))
    assert (index.of(first), index.before(first), index.of(second), index.before(second)) == (
        "0",
        "1",
        "1",
        "",
    )
    assert index.encoded() == "0:0;0:1"


def test_sets_that_are_too_large_for_a_page_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = fleet_of([(account_id(0), "Reader")])
    index = access_index.AccessIndex(fleet, changes.matrix(fleet))
    index.of(fleet.hosts["host-0"])
    monkeypatch.setattr(access_index, "LONGEST", 2)
    assert index.encoded() == ""
