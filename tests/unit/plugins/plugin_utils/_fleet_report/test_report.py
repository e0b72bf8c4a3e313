# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report."""

from __future__ import annotations

import html
import json
import pathlib
import stat
import threading
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _display
from support.fleets import (
    FIRST,
    ROLES,
    SECOND,
    THIRD,
    FleetRun,
    access_of,
    access_to,
    account_id,
    company_run,
    page_text,
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
    shown = page_text(tmp_path)
    for text in (
        "laptop-001.acme.example",
        "Ubuntu-24.04",
        "until 2026-11-21 23:01",
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
        (b"{", "It is not JSON"),
        (b"\xff\xfe", "It is not JSON"),
        (b'{"hosts": {}}', "It is not a state file of the fleet report"),
        (b"[]", "It is not a state file of the fleet report"),
        (
            b'{"format": "workstation.aws_sso.fleet_report", "version": 2}',
            "A newer version",
        ),
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
    assert "could not be written" in warning and "Set the option html" in warning
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


START = b'{\n "format": "workstation.aws_sso.fleet_report",\n "version": '


def damaged(state: dict[str, t.Any], **values: t.Any) -> bytes:
    """*state* with other values of its first host."""
    host = next(iter(state["hosts"].values()))
    host.update(values)
    return json.dumps(state, indent=1).encode()


@pytest.mark.parametrize(
    "values",
    [
        {"aws_cli": "x"},
        {"aws_cli": "1." + "9" * 5000},
        {"aws_cli": ["2.38.5"]},
        {"last_run": 7},
        {"last_run": "yesterday"},
        {"status": "excellent"},
        {"wsl": {"version": 10**300}},
        {"wsl": {"version": True}},
        {"profiles": {"wanted": -1}},
        {"failures": [{"task": "t"}]},
        {"failures": [{"task": "t", "module": "m", "message": "\x1b]0;pwned\x07"}]},
        {"identity": {"account": "1", "arn": "arn:aws:iam::1:user/jane"}},
        {"access": {"acme": "no digest of a set"}},
        {"access": {"acme": None}},
        {"sessions": {"acme": {"expires_at": "9" * 5000}}},
    ],
)
def test_a_damaged_state_is_set_aside_and_a_new_one_started(
    tmp_path: pathlib.Path, values: dict[str, t.Any]
) -> None:
    company_run(FIRST, 2, 1).write(tmp_path)
    content = damaged(read_state(tmp_path), **values)
    (tmp_path / "fleet.json").write_bytes(content)
    (warning,) = company_run(SECOND, 1, 1).write(tmp_path)
    assert "fleet.json was damaged, and is now" in warning and warning.isprintable()
    assert (tmp_path / "fleet.json.damaged").read_bytes() == content
    assert warning in html.unescape(read_page(tmp_path))
    assert list(read_state(tmp_path)["hosts"]) == ["laptop-000.acme.example"]
    assert company_run(SECOND, 2, 1).write(tmp_path) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 4096,
        b'{"format": "workstation.aws_sso.fleet_report", "version": 1}',
        b'{"format": "workstation.aws_sso.fleet_report", "version": "1"}',
        b'{"format": "workstation.aws_sso.fleet_report", "version": 1, "run": '
        + b"[" * 500
        + b"]" * 500
        + b"}",
        b'{\n "format": "workstation.aws_sso.fleet_report",\n "version": 1,\n "run": {\n  "id"',
        START + b"[" * 100_000 + b"]" * 100_000 + b"}",
        START + b"1" * 10_000 + b"}",
    ],
    ids=["empty", "zeros", "no data", "version", "nested", "truncated", "very deeply nested", "huge number"],
)
def test_a_state_that_was_not_written_completely_is_set_aside(tmp_path: pathlib.Path, content: bytes) -> None:
    (tmp_path / "fleet.json").write_bytes(content)
    warnings = company_run(FIRST, 1, 1).write(tmp_path)
    assert len(warnings) == 1 and read_state(tmp_path)["hosts"]
    assert (tmp_path / "fleet.json.damaged").read_bytes() == content


def test_a_run_in_check_mode_does_not_set_a_damaged_state_aside(tmp_path: pathlib.Path) -> None:
    (tmp_path / "fleet.json").write_bytes(b"")
    run = FleetRun(SECOND, check_mode=True)
    run.record("a", "wsl_info", wsl={"version": 2})
    (warning,) = run.write(tmp_path)
    assert "is damaged" in warning and [path.name for path in sorted(tmp_path.iterdir())] == [
        "fleet.html",
        "fleet.json",
    ]


def test_an_access_set_under_the_digest_of_another_one_is_refused(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 2, 1).write(tmp_path)
    state = read_state(tmp_path)
    one, other = state["access_sets"]
    state["access_sets"] = {one: state["access_sets"][other], other: state["access_sets"][one]}
    (tmp_path / "fleet.json").write_text(json.dumps(state))
    (warning,) = company_run(SECOND, 1, 1).write(tmp_path)
    assert "digest of an access set" in warning


@pytest.mark.parametrize("keep_days", [36501, 730_000, 10**30])
def test_a_very_large_number_of_days_keeps_all_hosts(tmp_path: pathlib.Path, keep_days: int) -> None:
    company_run(FIRST, 2, 1).write(tmp_path)
    run = FleetRun(THIRD)
    run.record("new", "wsl_info", wsl={"version": 2})
    assert run.write(tmp_path, keep_days) == []
    assert len(read_state(tmp_path)["hosts"]) == 3


def test_a_negative_number_of_days_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(WorkstationError, match=r"keep_days of the fleet report is -1; it must be"):
        company_run(FIRST, 1, 1).write(tmp_path, -1)
    assert not list(tmp_path.iterdir())


def test_decisions_are_in_the_debug_output(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output: list[str] = []
    monkeypatch.setattr(_display.display, "vvv", output.append)
    FleetRun(FIRST).write(tmp_path)
    company_run(FIRST, 1, 1).write(tmp_path)
    size = (tmp_path / "fleet.json").stat().st_size
    company_run(SECOND, 1, 1).write(tmp_path)
    assert "fleet report: no results of this collection's modules" in output[0]
    assert output[1].endswith("fleet.json has no state")
    assert output[2].endswith(f"fleet.json has {size} bytes of state")


def test_a_csv_file_is_written_if_it_has_a_path(tmp_path: pathlib.Path) -> None:
    run = company_run(FIRST, 2, 1)
    assert run.write(tmp_path) == [] and not (tmp_path / "hosts.csv").exists()
    assert run.write(tmp_path, csv="hosts.csv") == []
    written = (tmp_path / "hosts.csv").read_bytes()
    assert stat.S_IMODE((tmp_path / "hosts.csv").stat().st_mode) == 0o600
    (tmp_path / "folder").mkdir()
    (warning,) = company_run(SECOND, 2, 1).write(tmp_path, csv="folder")
    assert "Set the option csv of the fleet report to another path" in warning
    run = FleetRun(SECOND, check_mode=True)
    run.unreachable("laptop-000.acme.example")
    assert run.write(tmp_path, csv="hosts.csv") == []
    assert (tmp_path / "hosts.csv").read_bytes() == written
