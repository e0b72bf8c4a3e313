# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls to AWS in docs/how-it-works.md: of a first run, and of a second one."""

from __future__ import annotations

import collections
import json
import pathlib
import re

from end_to_end import real_cli
from end_to_end.controller import Controller
from identity_center import IdentityCenter, write_browser

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "how-it-works.md"
COLUMNS = ("preview", "first run", "second run")


PAGES = {"Device", "SignIn", "Allow", "Start"}


def calls(center: IdentityCenter) -> collections.Counter[str]:
    """Successful calls by operation: how often a token is asked for in vain depends on the user."""
    return collections.Counter(
        entry.operation for entry in center.requests if entry.status == 200 and entry.operation not in PAGES
    )


def forget_lists(home: pathlib.Path) -> None:
    """As after a minute, for which lists of accounts and roles are used again."""
    for path in home.rglob("access/*.json"):
        path.unlink()


def table() -> dict[str, dict[str, int]]:
    """The calls of each column, by the name of the operation."""
    rows = re.findall(r"^\| `([A-Z]\w+)` \|.*\| (\d+) \| (\d+) \| (\d+) \|$", GUIDE.read_text(), re.MULTILINE)
    return {column: {row[0]: int(row[index]) for row in rows} for index, column in enumerate(COLUMNS, 1)}


def test_the_calls_are_those_of_the_table(controller: Controller, center: IdentityCenter) -> None:
    """In a company with three accounts, on a controller that is the workstation."""
    (controller.home / ".aws" / "config").unlink()
    aws = real_cli.aws(real_cli.CURRENT).parent
    controller.environment["PATH"] = f"{aws}:{controller.environment['PATH']}"
    controller.environment["BROWSER"] = write_browser(str(controller.home / "browser"))
    variables = {
        "workstation_sessions": [
            {"name": "acme", "start_url": center.world.start_url, "region": center.world.region}
        ],
        "workstation_parts": ["login", "profiles", "verify"],
        "workstation_login": {"method": "device"},
    }
    inventory = controller.home / "hosts.ini"
    inventory.write_text("localhost ansible_connection=local\n")
    expected = table()
    seen = collections.Counter[str]()
    for column in COLUMNS:
        arguments = ["-i", str(inventory), "-e", "target=localhost", "-e", json.dumps(variables)]
        arguments += ["--check"] if column == "preview" else []
        with controller.play("workstation.aws_sso.workstation", *arguments) as play:
            output = play.succeed()
        assert column != "second run" or " changed=0 " in output
        found = calls(center) - seen
        assert found == {name: count for name, count in expected[column].items() if count}, column
        seen = calls(center)
        forget_lists(controller.home)
