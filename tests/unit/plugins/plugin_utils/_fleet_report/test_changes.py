# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run changed in the access of a fleet."""

from __future__ import annotations

import pathlib

from support.fleets import (
    FIRST,
    SECOND,
    THIRD,
    FleetRun,
    access_to,
    account_id,
    company_run,
    read_page,
    read_state,
)


def test_gained_and_lost_access_is_listed_and_counted(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    for host in ("a", "b", "c"):
        run.profiles(host, access_to([0, 1], ["Reader"]))
    run.write(tmp_path)
    run = FleetRun(SECOND)
    for host in ("a", "b"):
        run.profiles(host, access_to([1, 2], ["Reader"]))
    run.write(tmp_path)
    assert read_state(tmp_path)["changes"] == [
        {
            "hosts": ["a", "b"],
            "first": False,
            "gained": [{"roles": ["Reader"], "accounts": [account_id(2)]}],
            "lost": [{"roles": ["Reader"], "accounts": [account_id(0)]}],
        }
    ]
    shown = read_page(tmp_path)
    assert '<td class="fewer">1 <del>\N{MINUS SIGN}2</del></td>' in shown
    assert '<td class="new">2 <ins>+2</ins></td>' in shown
    assert "<td>3</td>" in shown
    run = FleetRun(THIRD)
    run.profiles("c", access_to([1], ["Reader"]))
    run.write(tmp_path)
    assert '<td class="gone">0 <del>\N{MINUS SIGN}1</del></td>' in read_page(tmp_path)
    assert [change["hosts"] for change in read_state(tmp_path)["changes"]] == [["c"]]


def test_a_run_of_several_playbooks_is_one_run(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 2, 2).write(tmp_path)
    run = FleetRun(SECOND)
    run.profiles("laptop-001.acme.example", access_to([5]))
    run.write(tmp_path)
    once = read_state(tmp_path)["changes"]
    run.record("laptop-001.acme.example", "wsl_info", wsl={"version": 1, "distribution": "Debian"})
    run.write(tmp_path)
    assert once and read_state(tmp_path)["changes"] == once
    assert read_state(tmp_path)["hosts"]["laptop-001.acme.example"]["wsl"]["version"] == 1
