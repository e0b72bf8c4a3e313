# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of a fleet as CSV."""

from __future__ import annotations

import csv
import io
import pathlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.spreadsheet import cell
from support.fleets import FIRST, SECOND, FleetRun, access_to, company_run

FORMULA = "=cmd|' /C calc'!A0"


def lines(directory: pathlib.Path) -> dict[str, dict[str, str]]:
    text = (directory / "fleet.csv").read_bytes().decode("utf-8-sig")
    return {line["host"]: line for line in csv.DictReader(io.StringIO(text, newline=""))}


def test_each_host_has_a_line_with_its_user_status_and_classes(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 60, 4).write(tmp_path)
    run = company_run(SECOND, 60, 4, later=True)
    run.collector.expect(["new"], ["new"])
    run.record("new-1", "wsl_info", wsl={"version": 2})
    run.write(tmp_path, csv="fleet.csv")
    found = lines(tmp_path)
    assert len(found) == 62
    changed = found["laptop-010.acme.example"]
    assert {key: changed[key] for key in ("user", "status", "last_seen", "aws_cli", "wsl", "profiles")} == {
        "user": "user-010@acme.example",
        "status": "ok",
        "last_seen": SECOND,
        "aws_cli": "2.38.5",
        "wsl": "2",
        "profiles": "16",
    }
    assert [changed[key] for key in ("administrator", "gained_administrator", "lost_administrator")] == [
        "4",
        "1",
        "1",
    ]
    assert (changed["write"], changed["lost_write"]) == ("3", "1")
    assert found["laptop-049.acme.example"]["status"] == "unreachable"
    assert "No route to host" in found["laptop-049.acme.example"]["failure"]
    assert (found["laptop-008.acme.example"]["status"], found["laptop-008.acme.example"]["errors"]) == (
        "errors",
        "cli-missing",
    )
    assert (found["new"]["status"], found["new"]["last_seen"]) == ("never_seen", "")


def formulas_in(text: str) -> list[str]:
    """The parts of *text* that a spreadsheet takes for formulas, also at semicolons and lines."""
    parts = re.split("[;\t\r\n]", text)
    return [part for part in parts if re.match('["\\s]*[=+\\-@\uff1d]', part)]


@pytest.mark.parametrize("name", [FORMULA, "+1", "-1", "@SUM(A1)", "\uff1d1", 'x;=1"', "a\";'=1", ";;=1"])
def test_names_are_no_formulas(tmp_path: pathlib.Path, name: str) -> None:
    run = FleetRun(FIRST)
    run.profiles(name, access_to([1]))
    run.identify(name, name)
    run.fail(name, "aws_cli", "task", f"{name}\n{name}")
    run.write(tmp_path, csv="fleet.csv")
    (line,) = lines(tmp_path).values()
    for text in line.values():
        assert not formulas_in(text)


@given(st.text("=+-@;\"' \t\r\nab\uff1d", max_size=12))
def test_cells_begin_no_formula_and_keep_their_text(text: str) -> None:
    found = cell(text)
    assert not formulas_in(found)
    assert found.replace("'", "") == text.replace("'", "")
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerow([found, "b"])
    assert next(csv.reader(io.StringIO(stream.getvalue(), newline=""))) == [found, "b"]
