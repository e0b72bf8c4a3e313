# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of a fleet."""

from __future__ import annotations

import pathlib

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.collector import RecapCounts
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.people import People, Person
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.results import TaskResult
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.role_classes import (
    RoleClasses,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.spreadsheet import hosts_csv
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.state import load_state
from support.fleets import FIRST, SECOND, THIRD, FleetRun, access_to, account_id


def people(directory: pathlib.Path) -> list[Person]:
    return People(load_state((directory / "fleet.json").read_bytes()), RoleClasses()).all()


def accounts(*numbers: int) -> frozenset[str]:
    return frozenset(map(account_id, numbers))


def test_hosts_are_grouped_by_the_user_of_their_identity(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    for host, user in (("b", "jane@acme.example"), ("a", "jane@acme.example"), ("c", "Bob")):
        run.profiles(host, access_to([1], ["ReadOnly"]))
        run.identify(host, user)
    run.profiles("e", access_to([1], ["Admin"]))
    run.unreachable("d")
    run.write(tmp_path)
    assert [(person.name, person.hosts) for person in people(tmp_path)] == [
        ("Bob", ["c"]),
        ("jane@acme.example", ["a", "b"]),
        ("", ["d"]),
        ("", ["e"]),
    ]
    assert people(tmp_path)[3].accounts == {"administrator": accounts(1)}


def test_a_host_that_was_reached_and_has_no_identity_and_profiles_has_nobody(tmp_path: pathlib.Path) -> None:
    """Such as the controller after a playbook has failed on it; it stays a host of the report."""
    run = FleetRun(FIRST)
    run.collector.failed(TaskResult("localhost", "audit", "ansible.builtin.fail", {"msg": "no"}, {}))
    run.recap["localhost"] = RecapCounts(1, 0, 0)
    run.unreachable("new")
    run.profiles("laptop", access_to([1], ["ReadOnly"]))
    run.identify("laptop", "ann")
    run.write(tmp_path)
    assert [(person.name, person.hosts) for person in people(tmp_path)] == [
        ("ann", ["laptop"]),
        ("", ["new"]),
    ]
    fleet = load_state((tmp_path / "fleet.json").read_bytes())
    lines = hosts_csv(fleet, People(fleet, RoleClasses()).all()).decode().splitlines()
    assert sorted(fleet.hosts) == ["laptop", "localhost", "new"] and len(lines) == 4


def test_what_a_person_gained_and_lost_is_that_of_all_their_hosts(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    for host, roles in (("a", ["ReadOnly"]), ("b", ["Admin", "ReadOnly"])):
        run.profiles(host, access_to([1], roles))
        run.identify(host, "jane")
    run.write(tmp_path)
    assert people(tmp_path)[0].gained == {}
    run = FleetRun(SECOND)
    run.profiles("a", access_to([1], ["Admin"]) + access_to([2], ["PowerUserAccess"]))
    run.write(tmp_path)
    (jane,) = people(tmp_path)
    assert (jane.gained, jane.lost) == ({"write": accounts(2)}, {})
    run = FleetRun(THIRD)
    for host in ("a", "b"):
        run.profiles(host, access_to([1, 3], ["OtherAdmin"]))
    run.write(tmp_path)
    (jane,) = people(tmp_path)
    assert jane.gained == {"administrator": accounts(3)}
    assert jane.lost == {"write": accounts(2), "read": accounts(1)}


def test_a_new_host_of_a_known_person_is_compared_with_their_other_hosts(tmp_path: pathlib.Path) -> None:
    for time, host, roles in ((FIRST, "a", ["ReadOnly"]), (SECOND, "b", ["ReadOnly", "Admin"])):
        run = FleetRun(time)
        run.profiles(host, access_to([1], roles))
        run.identify(host, "jane")
        run.write(tmp_path)
    assert people(tmp_path)[0].gained == {"administrator": accounts(1)}
