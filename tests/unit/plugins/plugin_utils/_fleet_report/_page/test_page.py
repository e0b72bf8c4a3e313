# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: what it shows, and that hostile names stay text."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import pathlib
import re

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.options import ReportOptions
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.role_classes import (
    RoleClasses,
)
from support.fleets import (
    FIRST,
    HOSTILE_NAME,
    SECOND,
    THIRD,
    FleetRun,
    access_to,
    account_id,
    account_name,
    company_run,
    flags_of,
    page_text,
    read_page,
    read_state,
    rows_of,
)


def test_hosts_with_the_same_failure_are_grouped(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    for host in ("laptop-1", "laptop-2"):
        run.unreachable(host)
    run.write(tmp_path)
    shown = read_page(tmp_path)
    assert shown.count("No route to host") == 1 and "connect to host HOST port 22" in shown
    assert "ansible HOST -m ansible.builtin.ping" in shown
    assert read_state(tmp_path)["hosts"]["laptop-1"]["status"] == "unreachable"


def test_many_new_profiles_are_counted_and_the_first_ones_listed(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.profiles("a", [], [f"profile-{number}" for number in range(5000)])
    run.write(tmp_path)
    assert read_state(tmp_path)["hosts"]["a"]["profiles"]["added"]["count"] == 5000
    shown = read_page(tmp_path)
    assert "profile-19<" in shown and "profile-20<" not in shown and "4980 more added" in shown


class Elements(html.parser.HTMLParser):
    """The tags of a page with their attributes, and its style and script."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.texts[self.cdata_elem] = self.texts.get(self.cdata_elem, "") + data


def hostile_run() -> FleetRun:
    run = FleetRun(SECOND)
    run.run.playbooks = [HOSTILE_NAME]
    evil = {
        "session": HOSTILE_NAME,
        "account_id": account_id(1),
        "account_name": HOSTILE_NAME,
        "role_name": HOSTILE_NAME,
    }
    run.profiles(
        HOSTILE_NAME, [evil], [HOSTILE_NAME], sessions=[{"name": HOSTILE_NAME, "start_url": HOSTILE_NAME}]
    )
    run.record(HOSTILE_NAME, "wsl_info", wsl={"version": 2, "distribution": HOSTILE_NAME})
    run.identify(HOSTILE_NAME, HOSTILE_NAME)
    finding = dict.fromkeys(("id", "subject", "what", "why", "fix"), HOSTILE_NAME)
    run.record(
        HOSTILE_NAME, "workstation_info", facts={"sessions": []}, findings=[{**finding, "severity": "error"}]
    )
    run.fail(HOSTILE_NAME, "aws_cli", HOSTILE_NAME, HOSTILE_NAME)
    return run


def test_hostile_names_stay_text(tmp_path: pathlib.Path) -> None:
    assert account_name(7) == HOSTILE_NAME
    hostile_run().write(tmp_path)
    shown = read_page(tmp_path)
    elements = Elements(shown)
    assert [tag for tag, _attributes in elements.tags].count("script") == 1
    assert "alert" not in elements.texts["script"] and "\u202e" not in shown
    attributes = {attribute for _tag, found in elements.tags for attribute in found}
    assert not [name for name in attributes if name.startswith("on") or name in ("style", "src")]
    assert shown.count("&lt;script&gt;") >= 10


def test_the_page_allows_its_own_style_and_script_only(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 1, 1).write(tmp_path)
    elements = Elements(read_page(tmp_path))
    (policy,) = (
        found["content"]
        for tag, found in elements.tags
        if found.get("http-equiv") == "Content-Security-Policy"
    )
    hashes = {
        tag: base64.b64encode(hashlib.sha256(elements.texts[tag].encode()).digest()).decode()
        for tag in ("style", "script")
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; script-src 'sha256-{hashes['script']}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
    links = [found["href"] or "" for _tag, found in elements.tags if "href" in found]
    assert [link for link in links if not link.startswith("#")] == ["data:,"]
    assert {link[1:] for link in links if link.startswith("#")} <= {
        found.get("id") for _tag, found in elements.tags
    }


def tiles(text: str) -> dict[str, str]:
    return {
        label: re.sub("<.*?>", "", value)
        for label, value in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text)
    }


def test_hosts_with_errors_are_not_counted_as_ok(tmp_path: pathlib.Path) -> None:
    run = FleetRun(SECOND)
    for host, severity in (("a", "error"), ("b", "error"), ("c", "warning"), ("d", "error")):
        finding = {**dict.fromkeys(("id", "subject", "what", "why", "fix"), "x"), "severity": severity}
        run.record(host, "workstation_info", facts={"sessions": []}, findings=[finding])
    run.record("e", "wsl_info", wsl={"version": 2})
    run.fail("d", "aws_cli", "Install AWS CLI v2", "no")
    run.write(tmp_path)
    shown = tiles(read_page(tmp_path))
    assert {name: shown[name] for name in ("Hosts", "Healthy", "With errors", "With warnings", "Failed")} == {
        "Hosts": "5",
        "Healthy": "2",
        "With errors": "2",
        "With warnings": "1",
        "Failed": "1",
    }
    page = read_page(tmp_path)
    names = re.findall(r"data-host><bdi>(.*?)</bdi>", page)
    assert [(name, "errors" in flags) for flags, name in zip(flags_of(page), names)] == [
        ("a", True),
        ("b", True),
        ("d", False),
        ("c", False),
        ("e", False),
    ]


def test_an_unreachable_host_shows_when_it_was_last_seen(tmp_path: pathlib.Path) -> None:
    first = FleetRun(FIRST)
    first.record("a", "wsl_info", wsl={"version": 2})
    first.write(tmp_path)
    for finished in (SECOND, THIRD):
        run = FleetRun(finished)
        run.unreachable("a")
        run.unreachable("b")
        run.write(tmp_path)
    hosts = read_state(tmp_path)["hosts"]
    assert [(hosts[name]["last_seen"], hosts[name]["last_run"]) for name in "ab"] == [
        (FIRST, THIRD),
        ("", THIRD),
    ]
    cells = [
        re.findall(r'data-label="Last seen".*?</td>', row)[0] for row in rows_of(read_page(tmp_path), "hosts")
    ]
    assert [re.sub("<.*?>", " ", cell).split(">")[1].split() for cell in cells] == [
        [*FIRST[:16].split("T"), "tried", *THIRD[:16].split("T")],
        ["never", "tried", *THIRD[:16].split("T")],
    ]


def test_the_title_and_the_inventory_are_shown(tmp_path: pathlib.Path) -> None:
    run = company_run(FIRST, 1, 1)
    run.run.inventories = [HOSTILE_NAME, "hosts.ini"]
    run.write(tmp_path, options=ReportOptions(f"ACME {HOSTILE_NAME}"))
    shown = read_page(tmp_path)
    (title,) = re.findall(r"<title>(.*?)</title>", shown)
    assert title.startswith("ACME &lt;script&gt;") and title.endswith("Fleet report 2026-11-21 08:00 UTC")
    assert "inventory hosts.ini" in page_text(tmp_path) and "<script>alert" not in shown


def test_numbers_lead_to_their_hosts(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 60, 2).write(tmp_path)
    company_run(SECOND, 60, 2, later=True).write(tmp_path)
    shown = read_page(tmp_path)
    links = re.findall(r'data-flag="([^"]+)" data-label=".*?">([0-9]+)', shown)
    tables = {table: [set(flags) for flags in flags_of(shown, table)] for table in ("hosts", "people")}
    assert {"failed", "unreachable", "errors", "finds-warning", "ok", "signed-out", "failure-0"} <= {
        *dict(links)
    }
    assert {"finding-0", "finding-1", "change-0", "cli-0", "gained-administrator"} <= {*dict(links)}
    for flag, number in links:
        assert int(number) in [sum(flag in flags for flags in found) for found in tables.values()], flag


def test_the_findings_of_a_host_are_in_its_row_and_lead_to_their_fix(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 12, 1).write(tmp_path)
    company_run(SECOND, 12, 1, later=True).write(tmp_path)
    shown = read_page(tmp_path)
    (row,) = [row for row in rows_of(shown, "hosts") if "laptop-005" in row]
    assert 'warning: <a href="#finding-1"><bdi>clock-skew</bdi></a>' in row
    (article,) = re.findall(r'<article class="problem warn" id="finding-1">.*?</article>', shown, re.DOTALL)
    assert "the clock" in article and "sudo hwclock -s" in article and "1 host<" in article
    assert re.findall(r"<summary>(Errors|Warnings|Information) ", shown) == ["Errors", "Warnings"]


def test_a_person_has_all_their_hosts_and_the_classes_of_their_roles(tmp_path: pathlib.Path) -> None:
    for time, more in ((FIRST, []), (SECOND, access_to([5], ["AdministratorAccess"]))):
        run = FleetRun(time)
        for host, roles in (("a", ["ReadOnlyAccess"]), ("b", ["PowerUserAccess"])):
            run.profiles(host, access_to([1, 2], roles) + more)
            run.identify(host, "jane")
        run.unreachable("c")
        run.write(tmp_path)
    jane, unknown = (re.sub("<.*?>", " ", row).split() for row in rows_of(read_page(tmp_path), "people"))
    assert jane == ["jane", "a", ",", "b", "OK", "1", "+1", "2", "2", *SECOND[:16].split("T")]
    assert unknown[:5] == ["unknown", "user", "of", "c", "c"] and unknown[-1] == "never"
    assert set(flags_of(read_page(tmp_path), "people")[0]) == {
        "administrator",
        "write",
        "read",
        "administrator-at-most",
        "gained-administrator",
        "gained",
        "class-change-0",
    }
    assert f"+ administrator gained in 1 account ({account_name(5)}) by 1 person: jane" in page_text(tmp_path)


def test_the_globs_of_the_classes_can_be_chosen(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.profiles("a", access_to([1], ["Billing", "PowerUserAccess"]))
    run.write(tmp_path, options=ReportOptions(classes=RoleClasses(("Power*",), (), ("Billing",))))
    shown = page_text(tmp_path)
    assert "Administrator1 PowerUserAccess" in shown and "Read1 Billing" in shown


def test_hosts_that_were_never_seen_are_listed(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.collector.expect(["a", "b", HOSTILE_NAME], ["a", "b", HOSTILE_NAME])
    run.record("a", "wsl_info", wsl={"version": 2})
    run.unreachable("b")
    run.write(tmp_path)
    assert tiles(read_page(tmp_path))["Never seen"] == "2"
    assert "no run has reached them. 2 hosts <script>" in page_text(tmp_path)


def test_of_many_findings_a_row_has_the_first_ones(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    findings = [
        {**dict.fromkeys(("subject", "what", "why", "fix"), "x"), "id": f"id-{number}", "severity": severity}
        for number in range(4)
        for severity in ("info", "warning", "error")
    ]
    run.record("a", "workstation_info", facts={"sessions": []}, findings=findings)
    run.write(tmp_path)
    (row,) = rows_of(read_page(tmp_path), "hosts")
    assert re.findall(r'<small class="(.*?)">', row) == ["error"] * 4 + ["warning"] and "and 7 more" in row
    assert re.findall("<summary>(.*?)</summary>", read_page(tmp_path)) == [
        "Errors (4)",
        "Warnings (4)",
        "Information (4)",
    ]
    assert read_page(tmp_path).count('<details class="findings" open>') == 2
