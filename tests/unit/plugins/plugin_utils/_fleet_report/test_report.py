# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report."""

from __future__ import annotations

import pathlib
import stat
import threading

import pytest

from support.fleets import (
    FIRST,
    ROLES,
    SECOND,
    FleetRun,
    access_of,
    access_to,
    account_id,
    company_run,
    read_page,
    read_state,
)


def test_a_run_is_saved_and_shown(tmp_path: pathlib.Path) -> None:
    assert company_run(FIRST, 3, 2).write(tmp_path) == []
    document = read_state(tmp_path)
    assert (document["format"], document["version"]) == ("workstation.aws_sso.fleet_report", 1)
    host = document["hosts"]["laptop-001.acme.example"]
    assert (host["status"], host["last_run"], host["aws_cli"]) == ("ok", FIRST, "2.36.12")
    assert host["wsl"] == {"version": 2, "distribution": "Ubuntu-24.04"}
    assert host["sessions"]["acme"]["expires_at"] == "2026-11-21T23:01:00Z"
    assert host["sessions"]["acme"]["on_controller"] is False
    assert host["identity"]["account"] == "100000000000"
    assert host["profiles"]["wanted"] == 10
    assert len(document["access_sets"]) == 2
    assert access_of(tmp_path, "laptop-001.acme.example") == {
        (account_id(number), role) for number in range(2) for role in ROLES
    }
    shown = read_page(tmp_path)
    for text in (
        "laptop-001.acme.example",
        "Ubuntu-24.04",
        "until 23:01",
        "user-001@acme.example",
        "no earlier run",
    ):
        assert text in shown
    assert stat.S_IMODE((tmp_path / "fleet.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "fleet.html").stat().st_mode) == 0o600


def test_the_page_keeps_its_mode_and_the_state_is_private(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 1, 1).write(tmp_path)
    (tmp_path / "fleet.html").chmod(0o644)
    (tmp_path / "fleet.json").chmod(0o644)
    company_run(SECOND, 1, 1).write(tmp_path)
    assert stat.S_IMODE((tmp_path / "fleet.html").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "fleet.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "it is not JSON"),
        (b"\xff\xfe", "it is not JSON"),
        (b'{"hosts": {}}', "it is not a report of this plugin"),
        (b"[]", "it is not a report of this plugin"),
        (b'{"format": "workstation.aws_sso.fleet_report", "version": 2}', "its version is 2"),
        (b'{"format": "workstation.aws_sso.fleet_report", "version": 1}', "it is damaged"),
    ],
)
def test_a_foreign_state_file_is_not_changed(tmp_path: pathlib.Path, content: bytes, reason: str) -> None:
    (tmp_path / "fleet.json").write_bytes(content)
    (warning,) = company_run(FIRST, 1, 1).write(tmp_path)
    assert reason in warning and "Move it away" in warning
    assert (tmp_path / "fleet.json").read_bytes() == content
    assert reason in read_page(tmp_path) and "laptop-000" in read_page(tmp_path)


def test_a_path_that_cannot_be_written_is_a_warning(tmp_path: pathlib.Path) -> None:
    (tmp_path / "fleet.html").mkdir()
    (warning,) = company_run(FIRST, 1, 1).write(tmp_path)
    assert "could not be written" in warning and "Set another path" in warning
    assert read_state(tmp_path)["hosts"]


def test_a_run_in_check_mode_is_shown_and_not_saved(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 2, 1).write(tmp_path)
    before = (tmp_path / "fleet.json").read_bytes()
    run = FleetRun(SECOND, check_mode=True)
    run.record("laptop-000.acme.example", "aws_cli", version="2.38.5", previous_version="2.36.12")
    run.write(tmp_path)
    assert (tmp_path / "fleet.json").read_bytes() == before
    assert (
        "check mode" in read_page(tmp_path)
        and "2.38.5" in read_page(tmp_path)
        and "laptop-001" in read_page(tmp_path)
    )


def test_runs_that_end_at_the_same_time_are_merged(tmp_path: pathlib.Path) -> None:
    def finish(number: int) -> None:
        run = FleetRun(FIRST)
        run.run.id = str(number)
        run.profiles(f"host-{number}", access_to([number]))
        run.write(tmp_path)

    threads = [threading.Thread(target=finish, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(read_state(tmp_path)["hosts"]) == {f"host-{number}" for number in range(6)}
    assert all(f"host-{number}" in read_page(tmp_path) for number in range(6))
