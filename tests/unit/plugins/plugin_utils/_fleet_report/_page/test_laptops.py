# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page shows of laptops that update themselves."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report._page import laptops
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report._page.page import page
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.state import (
    Failure,
    Fleet,
    Host,
    Laptop,
    LaptopEvent,
    RefusedReport,
    Reports,
    Run,
    dump_state,
    load_state,
)
from support.fleets import FIRST, HOSTILE_NAME, SECOND, flags_of

NOW = "2026-11-26T08:00:00Z"


def fleet_of(*found: Laptop | None, **reports: object) -> Fleet:
    fleet = Fleet(Run("x", NOW, NOW, ["fleet_report.yml"]))
    for number, laptop in enumerate(found):
        fleet.hosts[f"host-{number}"] = Host("ok", False, "x", SECOND, laptop=laptop)
    fleet.reports = Reports(**reports)  # type: ignore[arg-type]
    return fleet


def laptop(version: str = "2", outcome: str = "ok", reported: str = SECOND, **fields: t.Any) -> Laptop:
    return Laptop(reported, outcome, version=version, content_id=version * 16, **fields)


def flags(fleet: Fleet) -> list[list[str]]:
    return flags_of(page(fleet).decode())


def test_a_fleet_without_reports_has_no_bundles() -> None:
    fleet = fleet_of(None)
    fleet.reports = None
    shown = page(fleet).decode()
    assert not [text for text in ("Bundle", "Outdated", "outdated") if text in shown]


def test_versions_are_counted_and_outdated_ones_marked() -> None:
    fleet = fleet_of(laptop(), laptop("1"), laptop(), None, laptop(""), version="2", content_id="2" * 16)
    assert laptops.summary(fleet) == laptops.Summary(
        "2", [("2", ["host-0", "host-2"]), ("1", ["host-1"]), ("none", ["host-4"])], 2, [], [], 0
    )
    assert ["outdated" in each for each in flags(fleet)] == [False, True, False, False, True]
    shown = page(fleet).decode()
    assert re.findall(r'data-flag="bundle-(.)" data-label="Bundle (.*?)">(.)', shown) == [
        ("0", "2", "2"),
        ("1", "1", "1"),
        ("2", "none", "1"),
    ]
    assert [[flag for flag in each if "bundle" in flag] for each in flags(fleet)] == [
        ["bundle-0"],
        ["bundle-1"],
        ["bundle-0"],
        [],
        ["bundle-2"],
    ]
    assert "current <b><bdi>2</bdi></b>" in shown


def test_the_content_decides_what_is_outdated() -> None:
    fleet = fleet_of(laptop("1"), laptop("2"), version="2", content_id="1" * 16)
    assert ["outdated" in each for each in flags(fleet)] == [False, True]


def test_laptops_that_the_rollout_leaves_out() -> None:
    fleet = fleet_of(laptop("1"), laptop("1"), version="2", content_id="2" * 16, not_yet=["host-1"])
    assert ["outdated" in each for each in flags(fleet)] == [True, False]
    assert page(fleet).decode().count("not yet</span>") == 1


def test_laptops_that_have_not_reported_for_long() -> None:
    fleet = fleet_of(laptop(reported="2026-11-12T07:59:59Z"), laptop(reported="2026-11-12T08:00:00Z"))
    assert ["silent" in each for each in flags(fleet)] == [True, False]


def test_what_waits_for_users_is_grouped() -> None:
    waits = {"outcome": "sign_in_required", "message": "Sign in again.", "fix": "workstation-update"}
    password = laptop(outcome="password_required", message="No.", fix="Run workstation-update.")
    fleet = fleet_of(laptop(**waits), laptop(**waits), password)
    groups = laptops.waiting(fleet)
    assert [(group.hosts, group.problem.fix) for group in groups] == [
        (["host-0", "host-1"], "workstation-update"),
        (["host-2"], ""),
    ]
    assert t.cast(Failure, groups[1].problem).message == "No. Run workstation-update."
    shown = page(fleet).decode()
    assert shown.count("Sign in again.") == 1 and shown.count('badge warn">sign-in required') == 2
    assert ["waiting" in each for each in flags(fleet)] == [True] * 3


def test_earlier_outcomes_are_behind_the_version() -> None:
    history = [
        LaptopEvent(FIRST, "ok", "", "1", "2"),
        LaptopEvent(SECOND, "refused", "The signature is not valid.", "2", "2"),
        LaptopEvent(SECOND, "offline", "", "", ""),
    ]
    shown = page(fleet_of(laptop(history=history))).decode()
    (events,) = re.findall(r"<summary>earlier</summary>(.*?)</details>", shown, re.DOTALL)
    assert re.findall(r"<bdi>(.*?)</bdi>", events) == [
        "offline (no version)",
        "",
        "update refused (2)",
        "The signature is not valid.",
        "OK (1, 2 available)",
        "",
    ]


def test_the_names_of_missing_hosts_and_refused_reports_stay_text() -> None:
    refused = [RefusedReport(HOSTILE_NAME, HOSTILE_NAME, HOSTILE_NAME)] * 2
    fleet = fleet_of(laptop(HOSTILE_NAME), never_seen=[HOSTILE_NAME], refused=refused, refused_count=300)
    shown = page(fleet).decode()
    assert shown.count("&lt;script&gt;") == 10 and "<script>alert" not in shown
    assert "300 files" in shown and "and 298 more" in shown


def test_the_state_keeps_laptops_and_reports() -> None:
    fleet = fleet_of(
        laptop(
            "1", "rolled_back", FIRST, message="Why.", key="SHA256:x", history=[LaptopEvent(FIRST, "refused")]
        ),
        version="2",
        never_seen=["a"],
        refused=[RefusedReport("f", "h", "r")],
        refused_count=1,
    )
    assert load_state(dump_state(fleet)) == fleet
