# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run of the playbook ended: what the callback recorded, and what counts where it recorded nothing."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
import yaml

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.state import (
    Outcome,
    Status,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run import outcome
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run.outcome import (
    Record,
    read_record,
    status_of_run,
)

TASKS = pathlib.Path(__file__).resolve().parents[6] / "roles" / "workstation" / "tasks"
BEFORE = Record("before")


def failure(**fields: str) -> t.Dict[str, str]:
    return {"task": "Install AWS CLI v2", "module": "workstation.aws_sso.aws_cli", "message": "", **fields}


def recorded(path: pathlib.Path, *failures: t.Dict[str, str], run: str = "1", of: str = "1") -> Record:
    """What the callback has written about the host after the run *of*, during the run *run*."""
    host = {"run": of, "failures": failures}
    path.write_text(json.dumps({"run": {"id": run}, "hosts": {"localhost": host}}))
    return read_record(str(path))


def status(tmp_path: pathlib.Path, after: Record, log: str = "", exit_status: int = 2) -> Status:
    path = tmp_path / "run.log"
    path.write_text(log)
    return status_of_run(exit_status, BEFORE, after, str(path))


def test_success() -> None:
    assert status_of_run(0, BEFORE, BEFORE, "/nowhere") == Status()


def test_last_failure_is_the_reason(tmp_path: pathlib.Path) -> None:
    first = failure(task="Rescued", message="An attempt.")
    last = failure(message="The disk is full.\nFree some space.", fix="df -h")
    after = recorded(tmp_path / "run.json", first, last)
    assert status(tmp_path, after) == Status(
        Outcome.FAILED, "Install AWS CLI v2: The disk is full. Free some space.", "df -h"
    )
    long = recorded(tmp_path / "run.json", failure(message="\x1b[31m" + "x" * 5000))
    found = status(tmp_path, long).message
    assert len(found) == 1000
    assert found.startswith("Install AWS CLI v2: ?[31mxxx")


def test_sign_in_that_nobody_could_do(tmp_path: pathlib.Path) -> None:
    message = "interactive is false, so no user is asked to sign in. The session acme has no token."
    after = recorded(
        tmp_path / "run.json",
        failure(task="Sign in", module="workstation.aws_sso.sso_login", message=message),
    )
    assert status(tmp_path, after).outcome == Outcome.SIGN_IN_REQUIRED
    other = recorded(
        tmp_path / "run.json",
        failure(task="Sign in", module="workstation.aws_sso.sso_login", message="AWS cannot be reached."),
    )
    assert status(tmp_path, other).outcome == Outcome.FAILED


@pytest.mark.parametrize("task", outcome._PASSWORD_TASKS)
def test_password_that_sudo_refused(tmp_path: pathlib.Path, task: str) -> None:
    for name in (task, f"workstation.aws_sso.workstation : {task}"):
        after = recorded(tmp_path / "run.json", failure(task=name, message="Incorrect sudo password"))
        assert status(tmp_path, after).outcome == Outcome.PASSWORD_REQUIRED
    assert f"name: {task}" in (TASKS / "system.yml").read_text(encoding="utf-8")


def test_names_of_parts_are_those_of_the_role() -> None:
    from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run.playbook import (
        SYSTEM_PARTS,
    )

    tags = {
        tag
        for task in yaml.safe_load((TASKS / "system.yml").read_text(encoding="utf-8"))
        for tag in ([task["tags"]] if isinstance(task["tags"], str) else task["tags"])
    }
    assert tags == set(SYSTEM_PARTS)


@pytest.mark.parametrize(
    ("log", "message"),
    [
        ("PLAY\n[ERROR]: YAML parsing failed.\nOrigin: company.yml\n", "YAML parsing failed."),
        ("2026-05-01 12:00:00,1 p=1 u=u n=ansible ERROR| ERROR! no such file\n", "no such file"),
        ("fatal: [localhost]: FAILED! => {}\n", "[localhost]: FAILED! => {}"),
        ("", "ansible-playbook ended with the exit status 2."),
    ],
)
def test_error_before_the_end_of_the_playbook_is_in_its_output(
    tmp_path: pathlib.Path, log: str, message: str
) -> None:
    expected = Status(Outcome.FAILED, message, f"Read {tmp_path / 'run.log'}.")
    assert status(tmp_path, BEFORE, log) == expected
    # The host failed in an earlier run, and this one did not get as far as the host.
    stale = recorded(tmp_path / "run.json", failure(message="Earlier."), run="2", of="1")
    assert status(tmp_path, stale, log) == expected


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"run": 1, "hosts": {}}', b"\xff", b"[" * 100_000])
def test_damaged_record_is_none(tmp_path: pathlib.Path, data: bytes) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(data)
    assert read_record(str(path)) == read_record("/nowhere") == Record()
