# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/report.md: the commands that write the fleet report, with the settings that it shows."""

from __future__ import annotations

import configparser
import csv
import json

import pytest

from bundles import serving
from end_to_end.controller import Controller
from end_to_end.guide_user import START, Guide, GuideUser
from support.fleets import SECOND
from support.laptop_reports import company_state, laptop_document, signed
from support.published_bundle import Key, PublishedBundle

GUIDE = Guide("report.md")
RISKS, RUNS, LAPTOPS = "Risk classes, title and CSV", "After every run", "Laptops that update themselves"
FAST = ("--tags", "profiles", "-e", '{"workstation_access": []}')
"""Nothing but the session is written, without a sign-in."""


@pytest.fixture
def user(controller: Controller) -> GuideUser:
    user = GuideUser(controller)
    user.write_company(Guide("sessions.md").text(START, "yaml"))
    (user.home / "srv" / "fleet").mkdir(parents=True)
    return user


def test_every_block_of_the_guide_is_run() -> None:
    assert GUIDE.contents() == [
        (START, "console"),
        (RISKS, "ini"),
        (RUNS, "ini"),
        (LAPTOPS, "console"),
    ]


def test_the_report_of_a_run_and_of_every_run(user: GuideUser) -> None:
    (command,) = GUIDE.commands(START)
    user.type(command, *FAST)
    assert "laptop-042" in (user.home / "fleet.html").read_text()
    assert json.loads((user.home / "fleet.json").read_text())["hosts"].keys() == {"laptop-042"}

    config = configparser.RawConfigParser()
    for heading in (RISKS, RUNS):
        config.read_string(GUIDE.text(heading, "ini").replace("/srv/", f"{user.home}/srv/"))
    with (user.home / "ansible.cfg").open("w") as file:
        config.write(file)
    user.type(command.partition(" ")[2].strip(), *FAST)
    fleet = user.home / "srv" / "fleet"
    assert "ACME laptops" in (fleet / "fleet.html").read_text()
    assert json.loads((fleet / "fleet.json").read_text())["hosts"].keys() == {"laptop-042"}
    with (fleet / "fleet.csv").open(newline="", encoding="utf-8-sig") as file:
        assert [row[0] for row in csv.reader(file)][1:] == ["laptop-042"]


def test_reports_of_laptops_are_merged(user: GuideUser) -> None:
    srv = user.home / "srv"
    (srv / "reports").mkdir()
    document = laptop_document("laptop-1", SECOND, company_state(SECOND, 1))
    (srv / "reports" / "laptop-1.json").write_bytes(signed(document))
    bundle = PublishedBundle(user.home / "bundle", Key(user.home))
    bundle.publish("3")
    (command,) = GUIDE.commands(LAPTOPS)
    assert "https://laptops.example.com" in command
    with serving(bundle.root) as url:
        here = command.replace("/srv/", f"{srv}/").replace("https://laptops.example.com", url)
        output = user.type(here)
    assert "1 laptops, 1 new reports, 0 refused files" in output and "1 outdated: laptop-1" in output
    assert "laptop-1" in (srv / "fleet" / "fleet.html").read_text()
    assert (srv / "fleet" / "keys").read_text()
