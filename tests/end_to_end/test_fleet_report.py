# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet report of 200 hosts and 1,000 accounts, as Chromium shows it."""

from __future__ import annotations

import csv
import io
import pathlib
import re
import subprocess
import sys
import time
import typing as t

import pytest
from selenium.webdriver.common.keys import Keys

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.report import Files
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._laptop_reports.reports import (
    Options,
    merge_reports,
)
from end_to_end import chromium
from end_to_end.chromium import Chromium
from end_to_end.needs import need
from support.fleets import HOSTILE_NAME, SECOND, FleetRun, account_id, account_name
from support.laptop_reports import BUNDLE, company_state, laptop_document, signed

FLEETS = pathlib.Path(__file__).resolve().parent.parent / "support" / "fleets.py"
DESKTOP, PHONE = (1280, 900), (390, 844)

FAINT_TEXTS = """
    const number = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = (rgb) => {
        const [r, g, b] = rgb.slice(0, 3).map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = number(getComputedStyle(at).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
            if (colour[3] !== 0) throw new Error("half transparent: " + at.className);
        }
        throw new Error("no background");
    };
    const ratio = (element) => {
        const lights = [light(number(getComputedStyle(element).color)), light(ground(element))];
        return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    };
    const texts = [...document.querySelectorAll("body *")].filter((element) =>
        [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
    return texts.filter((element) => ratio(element) < 4.5).map((element) => element.outerHTML.slice(0, 200));
"""
"""Texts whose contrast is below that of level AA, https://www.w3.org/TR/WCAG22/#contrast-minimum."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    directory = tmp_path_factory.mktemp("report")
    subprocess.run([sys.executable, FLEETS, directory], check=True, timeout=400)
    return (directory / "fleet.html").as_uri()


@pytest.fixture(scope="module")
def module_browser(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Chromium]:
    need(chromium.missing())
    with Chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def page(module_browser: Chromium, report: str) -> Chromium:
    module_browser.show_as(*DESKTOP)
    module_browser.open(report)
    return module_browser


def shown(page: Chromium, table: str) -> int:
    return int(page.run(f"return document.querySelectorAll('#{table} > tbody > tr:not([hidden])').length"))


def choose(page: Chromium, form: str, field: str, value: str) -> str:
    """Change a field of a filter as a user does; returns the text of the filter."""
    script = """
        const [form, field, value] = arguments;
        const element = document.getElementById(form).elements[field];
        element.value = value;
        element.dispatchEvent(new Event("input", {bubbles: true}));
        return document.getElementById(form).elements.shown.value;
    """
    return str(page.run(script, form, field, value))


def test_all_hosts_and_accounts_are_there(page: Chromium) -> None:
    assert (shown(page, "hosts"), shown(page, "access")) == (200, 1001)
    assert page.run("return document.querySelectorAll('script').length") == 1
    assert (
        page.run("return document.querySelector('#access').textContent").count("<script>alert('account')")
        == 1
    )
    assert page.console() == []


def test_nothing_is_loaded(page: Chromium) -> None:
    assert page.run("return performance.getEntriesByType('resource').map((entry) => entry.name)") == []
    page.run("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/picture.png'}))")
    page.run("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
    refused = page.console()
    assert len(refused) >= 2 and all("Content Security Policy" in line for line in refused)


def test_the_filters_select_hosts_and_accounts(page: Chromium) -> None:
    assert choose(page, "hosts-filter", "flag", "finds-warning") == "8 of 200"
    assert shown(page, "hosts") == 8
    assert choose(page, "hosts-filter", "flag", "errors") == "4 of 200"
    assert choose(page, "hosts-filter", "flag", "unreachable") == "4 of 200"
    assert choose(page, "hosts-filter", "text", "laptop-049") == "1 of 200"
    assert choose(page, "hosts-filter", "flag", "") == "1 of 200"
    assert choose(page, "hosts-filter", "text", "UBUNTU laptop-05") == "7 of 200"
    assert choose(page, "access-filter", "flag", "changed") == "2 of 1001"
    assert choose(page, "access-filter", "text", "payments") == "1 of 1001"
    assert (
        page.run("return document.querySelector('#access tr:not([hidden]) > .new').textContent") == "20 +20"
    )


def test_without_scripts_all_is_there_but_the_filters(page: Chromium, report: str) -> None:
    page.allow_scripts(False)
    try:
        page.open(report)
        assert page.text("hosts-title") == "Hosts"
        assert not page.visible("hosts-filter") and page.visible("access") and page.visible("people")
        assert not page.visible("selection")
        page.open(f"{report}#finding-0")
        assert page.visible("finding-0")
    finally:
        page.allow_scripts(True)


def follow(page: Chromium, selector: str) -> tuple[int, int, int]:
    """Follow a link, or select a number; returns how many hosts, people and accounts are shown then."""
    page.run("document.querySelector(arguments[0]).click()", selector)
    return shown(page, "hosts"), shown(page, "people"), shown(page, "access")


def test_numbers_lead_to_their_hosts_people_and_accounts(page: Chromium) -> None:
    assert follow(page, ".tiles [data-flag=errors]") == (4, 4, 1000)
    assert page.run("return location.hash") == "#hosts-title"
    assert page.visible("selection") and "Only With errors" in page.text("selection")
    assert follow(page, ".tiles [data-flag='']") == (200, 200, 1001) and not page.visible("selection")
    assert follow(page, "#failure-0 .hosts a")[:2] == (4, 4)
    assert follow(page, "[data-flag=gained-administrator]") == (20, 20, 1000)
    assert page.run("return location.hash") == "#people-title"
    assert follow(page, "#selection button") == (200, 200, 1001)
    assert follow(page, ".tiles [data-flag=administrator]")[1] == int(
        page.run("return document.querySelector('.tiles [data-flag=administrator]').textContent")
    )
    page.press(Keys.ESCAPE)
    assert shown(page, "people") == 200 and not page.visible("selection")


def test_a_person_is_shown_with_their_hosts_and_access(page: Chromium) -> None:
    assert follow(page, "#people tbody tr:nth-child(1) [data-person]") == (1, 1, 1000)
    assert "Only user-000@acme.example" in page.text("selection")
    numbers = "return [...document.querySelectorAll('#access tfoot td')].map((cell) => cell.textContent)"
    assert page.run(numbers) == ["1", "1", "1", "1", "1"]
    assert choose(page, "access-filter", "text", "payments-prod-25") == "1 of 1001"
    row = "return document.querySelector('#access tbody tr:not([hidden])').innerText.trim().split(/\\s+/)"
    assert page.run(row) == ["payments-prod-25", account_id(1000), "1"]
    page.press(Keys.ESCAPE)
    assert page.run(numbers) == ["160", "200", "200", "200", "200"] and page.console() == []


def test_a_number_of_the_matrix_leads_to_as_many_hosts(page: Chromium) -> None:
    script = """
        const found = [];
        const rows = document.querySelectorAll("#access > tbody > tr");
        for (const row of [...rows].filter((row, position) => position % 250 === 0 || row.dataset.flags)) {
            for (const cell of row.querySelectorAll("td:not(:empty)")) {
                const number = parseInt(cell.textContent);
                const lost = parseInt(cell.textContent.split("\u2212")[1]);
                cell.click();
                const hosts = document.querySelectorAll("#hosts > tbody > tr:not([hidden])").length;
                found.push([number || lost, hosts]);
                document.querySelector("#selection button").click();
            }
        }
        return found;
    """
    found = page.run(script)
    assert len(found) >= 16 and all(number == hosts for number, hosts in found), found


def test_the_keyboard_selects_a_number_of_the_matrix(page: Chromium) -> None:
    page.run("document.querySelector('#access [tabindex]').focus()")
    page.press(Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ENTER)
    assert page.text("selection").startswith("Only Billing in data-lake-dev-00")
    assert shown(page, "hosts") == 200 and page.run("return location.hash") == "#hosts-title"
    page.run("document.querySelector('#access [tabindex]').focus()")
    page.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ENTER)
    assert page.text("selection").startswith("Only Any role in data-lake-dev-00")
    assert page.run("return document.querySelectorAll('#access [tabindex]').length") == 1


def column(page: Chromium, table: str, number: int) -> list[str]:
    script = """
        const [table, number] = arguments;
        const { rows } = document.getElementById(table).tBodies[0];
        return [...rows].map((row) => row.cells[number].textContent);
    """
    return list(page.run(script, table, number))


def test_lists_are_sorted_by_their_headers(page: Chromium) -> None:
    heads = "document.querySelectorAll('#{} thead button')[{}].click()"
    before = column(page, "hosts", 0)
    page.run(heads.format("hosts", 0))
    names = column(page, "hosts", 0)
    assert names == sorted(names) != before
    page.run(heads.format("hosts", 1))
    statuses = [re.match("failed|unreachable|errors|OK", text)[0] for text in column(page, "hosts", 1)]  # type: ignore[index]
    assert list(dict.fromkeys(statuses)) == ["failed", "unreachable", "errors", "OK"]
    page.run(heads.format("hosts", 1))
    assert column(page, "hosts", 1)[0].startswith("OK")
    assert page.run("return document.querySelector('#hosts [aria-sort]').ariaSort") == "descending"
    assert choose(page, "hosts-filter", "sort", "") == "200 of 200" and column(page, "hosts", 0) == before
    page.run(heads.format("access", 1))
    page.run(heads.format("access", 1))
    numbers = [int(re.match("[0-9]*", text)[0] or -1) for text in column(page, "access", 1)]  # type: ignore[index]
    assert numbers == sorted(numbers, reverse=True)


def test_times_are_those_of_the_reader(page: Chromium, report: str) -> None:
    page.set_time_zone("Asia/Tokyo")
    try:
        page.open(report)
        assert page.run("return document.querySelector('header p').textContent").split()[:3] == [
            "2026-11-23",
            "17:00",
            "Asia/Tokyo",
        ]
        assert page.run("return document.querySelector('header time').title") == "2026-11-23 08:00 UTC"
        assert "until 2026-11-24 08:" in page.run("return document.querySelector('#hosts').textContent")
        assert "Times are in Asia/Tokyo." in page.run("return document.querySelector('footer').textContent")
    finally:
        page.set_time_zone("")


def downloaded(page: Chromium, table: str, directory: pathlib.Path) -> list[list[str]]:
    page.download_to(directory)
    page.run(f"document.getElementById('{table}-filter').elements.csv.click()")
    path = directory / f"fleet-{table}.csv"
    deadline = time.monotonic() + 20
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    text = path.read_bytes().decode("utf-8-sig")
    path.unlink()
    return list(csv.reader(io.StringIO(text, newline="")))


def test_what_is_shown_is_saved_as_csv(page: Chromium, tmp_path: pathlib.Path) -> None:
    follow(page, ".tiles [data-flag=unreachable]")
    head, *lines = downloaded(page, "hosts", tmp_path)
    assert head == ["Host", "User", "Status", "WSL", "AWS CLI", "Sessions", "Profiles", "Last seen"]
    assert [line[0] for line in lines] == [
        f"laptop-{number}.acme.example" for number in ("049", "099", "149", "199")
    ]
    assert lines[0][1:3] == ["user-049@acme.example", "unreachable Look for Python"]
    assert lines[0][7] == "2026-11-22T08:00:00Z tried 2026-11-23T08:00:00Z"
    page.press(Keys.ESCAPE)
    head, *lines = downloaded(page, "access", tmp_path)
    assert head[:3] == ["Account", "Account ID", "AdministratorAccess administrator"] and len(lines) == 1001
    assert [account_name(7).replace("\u202e", " "), account_id(7), "150", "200"] == lines[0][:4]
    assert all("\n" not in text for line in lines for text in line) and page.console() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_texts_are_legible(page: Chromium, scheme: str, size: tuple[int, int]) -> None:
    page.show_as(*size, scheme=scheme)
    dark = page.run(
        "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every((part) => part < 64)"
    )
    assert dark is (scheme == "dark")
    assert page.run(FAINT_TEXTS) == []
    follow(page, "#people tbody tr:nth-child(11) [data-person]")
    assert page.run(FAINT_TEXTS) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE, (320, 640), (768, 1024), (1041, 800)])
def test_the_page_never_scrolls_sideways(page: Chromium, size: tuple[int, int]) -> None:
    page.show_as(*size)
    width = page.run("return document.documentElement.scrollWidth")
    assert width <= size[0]


def test_on_a_phone_hosts_are_cards_and_the_matrix_scrolls_by_itself(page: Chromium) -> None:
    page.show_as(*PHONE)
    assert page.run("return getComputedStyle(document.querySelector('#hosts td')).display") == "block"
    script = """
        const box = document.querySelector(".scroll");
        box.scrollTo(1e6, 1e6);
        const frame = box.getBoundingClientRect();
        const name = box.querySelector("tbody tr:last-child th").getBoundingClientRect();
        const role = box.querySelector("thead th:last-child").getBoundingClientRect();
        return [box.scrollWidth > box.clientWidth, name.left - frame.left, role.top - frame.top];
    """
    scrolls, from_left, from_top = page.run(script)
    assert scrolls is True
    assert abs(from_left) <= 2 and abs(from_top) <= 2


def test_the_keyboard_reaches_filters_and_the_matrix(page: Chromium) -> None:
    script = """
        return [...document.querySelectorAll("a[href], input, select, summary, [tabindex='0']")]
            .map((element) => element.closest("form, .scroll, section, header, .selection"))
            .map((area) => area.id || area.className);
    """
    reached = page.run(script)
    assert {"hosts-filter", "access-filter", "scroll"} <= set(reached)
    headers = page.run(
        "return [...document.querySelectorAll('th')].every((header) => ['row', 'col'].includes(header.scope))"
        " && [...document.querySelectorAll('table')].every((table) => table.caption.textContent.trim())"
        " && [...document.querySelectorAll('input, select')].every((field) => field.labels[0].textContent)"
    )
    assert headers is True


FORMULA = "=cmd|'C calc'!A0;+\"1\""


def test_csv_files_of_the_browser_have_no_formulas(module_browser: Chromium, tmp_path: pathlib.Path) -> None:
    run = FleetRun(SECOND)
    evil = {"session": FORMULA, "account_id": account_id(1), "account_name": FORMULA, "role_name": FORMULA}
    run.profiles(FORMULA, [evil], [FORMULA])
    run.identify(FORMULA, FORMULA)
    run.fail(FORMULA, "aws_cli", FORMULA, FORMULA)
    run.write(tmp_path)
    module_browser.open((tmp_path / "fleet.html").as_uri())
    for table in ("hosts", "people", "access"):
        head, line = downloaded(module_browser, table, tmp_path)
        assert len(head) == len(line) and line[0] == "'=cmd|'C calc'!A0;'+\"1\""
        assert not [text for text in (*head, *line) if re.search('(^|;)["\\s]*[=+@-]', text)]
    assert module_browser.console() == []


OUTCOMES = ("ok", "rolled_back", "sign_in_required", "refused", "password_required", "failed")


def laptops(directory: pathlib.Path) -> str:
    """The page of six laptops, two versions of a bundle, a name without a report, and a hostile file."""
    (directory / "reports").mkdir()
    (directory / "reports" / "<b>.json").write_text("")
    for number, outcome in enumerate(OUTCOMES):
        bundle = BUNDLE._replace(version=str(1 + number % 2))
        state = company_state(SECOND, 3, number)
        document = laptop_document(
            f"laptop-{number}", SECOND, state, bundle, outcome=outcome, message=HOSTILE_NAME, fix="true"
        )
        (directory / "reports" / f"laptop-{number}.json").write_bytes(signed(document))
    files = Files(str(directory / "fleet.html"), "", 0)
    merge_reports(Options(str(directory / "reports"), str(directory / "keys"), files, ["laptop-9"], "2"))
    return (directory / "fleet.html").as_uri()


def test_laptops_that_update_themselves(module_browser: Chromium, tmp_path: pathlib.Path) -> None:
    module_browser.open(laptops(tmp_path))
    for size in (DESKTOP, PHONE, (320, 640), (1041, 800)):
        for scheme in ("light", "dark"):
            module_browser.show_as(*size, scheme=scheme)
            assert module_browser.run(FAINT_TEXTS) == []
        assert module_browser.run("return document.documentElement.scrollWidth") <= size[0]
    assert choose(module_browser, "hosts-filter", "flag", "outdated") == "3 of 6"
    assert choose(module_browser, "hosts-filter", "flag", "waiting") == "2 of 6"
    assert "laptop-9" in module_browser.run("return document.body.textContent")
    assert module_browser.console() == []
