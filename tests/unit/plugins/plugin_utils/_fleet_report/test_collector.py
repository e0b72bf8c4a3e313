# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merging the results of a run into the state of the fleet."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.collector import RecapCounts
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.results import TaskResult
from support.fleets import (
    FIRST,
    SECOND,
    THIRD,
    FleetRun,
    access_of,
    access_to,
    account_id,
    company_run,
    page_text,
    read_state,
)


def test_hosts_that_a_run_does_not_touch_are_unchanged(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 4, 2).write(tmp_path)
    before = read_state(tmp_path)
    run = FleetRun(SECOND)
    run.record("laptop-002.acme.example", "aws_cli", version="2.38.5", previous_version="2.36.12")
    run.write(tmp_path)
    after = read_state(tmp_path)
    touched = after["hosts"].pop("laptop-002.acme.example")
    known = before["hosts"].pop("laptop-002.acme.example")
    assert after["hosts"] == before["hosts"]
    assert (touched["aws_cli"], touched["aws_cli_before"], touched["last_run"]) == (
        "2.38.5",
        "2.36.12",
        SECOND,
    )
    assert [touched[key] for key in ("wsl", "sessions", "access")] == [
        known[key] for key in ("wsl", "sessions", "access")
    ]
    assert "1 of 4 hosts in this run" in page_text(tmp_path)
    assert after["changes"] == []


def test_a_run_without_results_writes_nothing(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.collector.succeeded(TaskResult("a", "t", "ansible.builtin.command", {"cmd": ["ls"]}, {}))
    run.recap["a"] = RecapCounts(0, 0, 1)
    assert run.write(tmp_path) == [] and not list(tmp_path.iterdir())


def test_a_run_replaces_the_access_of_the_sessions_that_it_wrote(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.profiles("a", access_to([0], ["Reader"]))
    other = [{**entry, "session": "other"} for entry in access_to([1], ["Reader"])]
    run.profiles("a", other, sessions=[])
    run.write(tmp_path)
    run = FleetRun(SECOND)
    run.profiles("a", access_to([2], ["Reader"]))
    run.profiles("a", access_to([3], ["Admin"]))
    run.write(tmp_path)
    wanted = {(account_id(1), "Reader"), (account_id(2), "Reader"), (account_id(3), "Admin")}
    assert access_of(tmp_path, "a") == wanted
    run = FleetRun(THIRD)
    run.profiles("a", access_to([2], ["Reader"]), state="absent")
    run.write(tmp_path)
    assert access_of(tmp_path, "a") == wanted - {(account_id(2), "Reader")}


def test_purging_all_of_a_session_leaves_no_access(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.profiles("a", access_to([0], ["Reader"]))
    run.write(tmp_path)
    FleetRun(SECOND)
    run = FleetRun(SECOND)
    run.profiles("a", [])
    run.write(tmp_path)
    assert access_of(tmp_path, "a")
    run = FleetRun(THIRD)
    run.profiles("a", [], purge=True)
    run.write(tmp_path)
    assert not access_of(tmp_path, "a")


def test_rescued_failures_are_not_reported(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.record("rescued", "wsl_info", wsl={"version": 2, "distribution": ""})
    for host, counting in (("rescued", 0), ("failed", 1)):
        for task in ("first", "second"):
            run.collector.failed(TaskResult(host, task, "ansible.builtin.fail", {"msg": task}, {}))
        run.recap[host] = RecapCounts(counting, 0, 0)
    run.write(tmp_path)
    hosts = read_state(tmp_path)["hosts"]
    assert (hosts["rescued"]["status"], hosts["rescued"]["failures"]) == ("ok", [])
    assert hosts["failed"]["status"] == "failed"
    assert [failure["task"] for failure in hosts["failed"]["failures"]] == ["second"]


def test_hosts_without_recent_runs_are_dropped(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 2, 3).write(tmp_path)
    run = FleetRun(THIRD)
    run.profiles("laptop-001.acme.example", access_to([1], ["Reader"]))
    run.write(tmp_path, keep_days=1)
    document = read_state(tmp_path)
    assert list(document["hosts"]) == ["laptop-001.acme.example"]
    run.write(tmp_path, keep_days=1)
    run = FleetRun("2026-11-24T08:00:00Z")
    run.profiles("laptop-001.acme.example", access_to([1], ["Reader"]))
    run.write(tmp_path)
    assert len(read_state(tmp_path)["access_sets"]) == 1
    assert list(read_state(tmp_path)["accounts"]) == [account_id(1)]


@pytest.mark.parametrize("module", ["laptop_reports", "company_bundle"])
def test_modules_that_are_not_about_the_controller_do_not_make_it_a_host(
    tmp_path: pathlib.Path, module: str
) -> None:
    run = FleetRun(FIRST)
    run.record("localhost", module, hosts=5)
    run.fail("localhost", module, "Merge the reports", "no directory")
    assert run.write(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def never_seen(run: FleetRun, directory: pathlib.Path) -> list[str]:
    run.write(directory)
    found: list[str] = read_state(directory)["never_seen"]
    return found


def test_hosts_of_a_play_that_no_run_reached_are_never_seen(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.collector.expect(["a", "b", "c"], ["a", "b", "c", "server"])
    run.record("a", "wsl_info", wsl={"version": 2})
    run.unreachable("b")
    assert never_seen(run, tmp_path) == ["b", "c"]
    run = FleetRun(SECOND)
    run.collector.expect(["a", "b"], ["a", "b", "c", "server"])
    run.record("b", "wsl_info", wsl={"version": 2})
    assert never_seen(run, tmp_path) == ["c"]
    run = FleetRun(THIRD)
    run.collector.expect(["a"], ["a", "b", "server"])
    run.record("a", "wsl_info", wsl={"version": 2})
    assert never_seen(run, tmp_path) == []


def test_hosts_of_plays_without_modules_of_this_collection_are_not_expected(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.collector.expect(["server", "database"], ["a", "b", "server", "database"])
    run.collector.succeeded(TaskResult("server", "t", "ansible.builtin.command", {"cmd": ["ls"]}, {}))
    run.collector.expect(["a", "b"], ["a", "b", "server", "database"])
    run.record("a", "wsl_info", wsl={"version": 2})
    assert never_seen(run, tmp_path) == ["b"]
