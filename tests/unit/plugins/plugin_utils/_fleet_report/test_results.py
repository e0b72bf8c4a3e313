# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read from the results of modules, and what never is."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.collector import RecapCounts
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.results import TaskResult
from support.fleets import (
    FIRST,
    HOSTILE_NAME,
    ROLES,
    SECOND,
    THIRD,
    FleetRun,
    access_of,
    access_to,
    account_id,
    account_name,
    company_run,
    page_text,
    read_state,
)
from support.secret_texts import SECRETS


def test_excluded_access_is_not_counted(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.profiles("laptop-1", access_to(range(3)), accounts=[account_id(0), account_id(1)], roles=["*"])
    run.profiles(
        "laptop-2", access_to(range(2)), exclude_accounts=[account_name(0)], exclude_roles=list(ROLES[1:])
    )
    run.profiles("laptop-3", access_to(range(1)), exclude_roles=HOSTILE_NAME)
    run.profiles("laptop-4", access_to(range(2)), exclude_accounts=[int(account_id(0)), None])
    run.write(tmp_path)
    assert access_of(tmp_path, "laptop-1") == {(account_id(n), role) for n in range(2) for role in ROLES}
    assert access_of(tmp_path, "laptop-2") == {(account_id(1), ROLES[0])}
    assert access_of(tmp_path, "laptop-3") == {(account_id(0), role) for role in ROLES}
    assert access_of(tmp_path, "laptop-4") == {(account_id(1), role) for role in ROLES}


def test_access_that_is_excluded_by_unit_or_tag_is_not_counted(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    entries = [
        {
            **entry,
            "organizational_unit": f"Workloads/{entry['account_name']}",
            "tags": {"kind": entry["account_name"]},
        }
        for entry in access_to(range(2))
    ]
    run.profiles("laptop-1", entries, exclude_organizational_units=[f"*/{account_name(0)}", 5])
    run.profiles("laptop-2", entries, exclude_account_tags={"kind": account_name(0), "x": None, "y": []})
    run.profiles("laptop-3", entries, exclude_account_tags="kind")
    run.write(tmp_path)
    for laptop, numbers in (("laptop-1", (1,)), ("laptop-2", (1,)), ("laptop-3", (0, 1))):
        assert access_of(tmp_path, laptop) == {(account_id(n), role) for n in numbers for role in ROLES}


def test_a_failed_identity_check_shows_the_command_to_sign_in(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    result = {"msg": "non-zero return code", "cmd": ["aws", "sts", "get-caller-identity", "--profile", "a b"]}
    run.collector.failed(TaskResult("a", "who", "ansible.builtin.command", result, {}))
    run.recap["a"] = RecapCounts(1, 0, 0)
    run.write(tmp_path)
    (failure,) = read_state(tmp_path)["hosts"]["a"]["failures"]
    assert failure["fix"] == "aws sso login --profile 'a b'"


def test_findings_and_tokens_of_workstation_info_are_shown(tmp_path: pathlib.Path) -> None:
    finding = {
        "id": "x",
        "severity": "error",
        "subject": "session acme",
        "what": "It <ended>.",
        "why": "Why.",
        "fix": "fix it",
    }
    sessions = [
        {
            "name": "acme",
            "state": "expired",
            "expires_at": FIRST,
            "refreshable": True,
            "registration_expires_at": THIRD,
        },
        {
            "name": "old",
            "state": "expired",
            "expires_at": FIRST,
            "refreshable": False,
            "registration_expires_at": None,
        },
        {
            "name": "none",
            "state": "missing",
            "expires_at": None,
            "refreshable": False,
            "registration_expires_at": None,
        },
    ]
    facts = {
        "wsl": {"version": 1, "distribution": "Debian"},
        "aws_cli": [{"version": "", "on_windows": True}, {"version": "2.38.5", "on_windows": False}],
        "sessions": sessions,
    }
    run = FleetRun(SECOND)
    result = {"msg": "This workstation has 1 error.", "findings": [finding], "facts": facts}
    run.collector.failed(TaskResult("a", "check", "workstation.aws_sso.workstation_info", result, {}))
    run.recap["a"] = RecapCounts(1, 0, 0)
    run.write(tmp_path)
    host = read_state(tmp_path)["hosts"]["a"]
    assert (host["findings"], host["aws_cli"], host["wsl"]["version"]) == ([finding], "2.38.5", 1)
    shown = page_text(tmp_path)
    for text in (
        "It <ended>. Why.",
        "Fix: fix it",
        "refreshes automatically until 2026-11-23",
        "expired 2026-11-21",
        "not signed in",
    ):
        assert text in shown


@pytest.mark.parametrize("wsl", [True, False, None, "2", {}, {"version": 7}, {"version": "2"}])
def test_an_invalid_description_of_wsl_is_ignored(tmp_path: pathlib.Path, wsl: t.Any) -> None:
    run = FleetRun(FIRST)
    run.record("a", "wsl_browser", wsl=wsl, launcher="/usr/local/bin/wsl-browser")
    run.write(tmp_path)
    assert read_state(tmp_path)["hosts"]["a"]["wsl"] is None


def test_a_token_of_the_host_takes_precedence_over_one_of_the_controller(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    session = {"session": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}
    run.record("a", "sso_login", {"token_store": "host"}, **session, expires_at="2026-11-21T12:00:00Z")
    run.record("a", "sso_login", {"token_store": "controller"}, **session, expires_at="2026-11-21T20:00:00Z")
    run.record("b", "sso_login", {}, **session, expires_at="2026-11-21T20:00:00Z")
    run.write(tmp_path)
    hosts = read_state(tmp_path)["hosts"]
    assert hosts["a"]["sessions"]["acme"]["expires_at"] == "2026-11-21T12:00:00Z"
    assert f"until {FIRST[:10]} 20:00 on the controller" in page_text(tmp_path)
    run = FleetRun("2026-11-21T13:00:00Z")
    run.record(
        "b",
        "sso_logout",
        sessions=[{"name": "acme", "start_url": session["start_url"], "region": "eu-west-1"}],
    )
    run.write(tmp_path)
    assert read_state(tmp_path)["hosts"]["b"]["sessions"]["acme"]["expires_at"] == ""


def planted() -> FleetRun:
    """A run in which every value that the report has no use for is a secret."""
    run = FleetRun(SECOND)
    secret: dict[str, t.Any] = {
        **dict.fromkeys(("stdout", "stderr", "access_token", "diff", "item"), "hunter2"),
        "stdout_lines": ["hunter2"],
        "invocation": {"module_args": {"environment": {"A": "hunter2"}, "options": "hunter2"}},
    }
    arguments = {
        "options": {"x": "hunter2"},
        "environment": "hunter2",
        "path": "/hunter2",
        "token_store": "hunter2",
    }
    session = {
        "name": "acme",
        "start_url": "https://jane:hunter2@acme.awsapps.com/start?x=hunter2",
        "region": "eu-west-1",
    }
    access = [{**entry, "email": "hunter2", "via": ["hunter2"]} for entry in access_to([0])]
    for module in (
        "aws_cli",
        "prerequisites",
        "sso_session_info",
        "workstation_network",
        "wsl_browser",
        "unknown",
    ):
        run.record(
            "a", module, arguments, **secret, version="hunter2", wsl={"version": 2, "kernel": "hunter2"}
        )
    run.record(
        "a",
        "sso_login",
        arguments,
        **secret,
        **session,
        session="acme",
        expires_at="hunter2",
        method="hunter2",
    )
    run.record(
        "a", "sso_profiles", {**arguments, "sessions": [session], "access": access}, **secret, path="hunter2"
    )
    facts = {
        "config_file": "hunter2",
        "endpoints": [{"url": "hunter2"}],
        "sessions": [{**session, "token": "hunter2"}],
    }
    run.record(
        "a",
        "workstation_info",
        arguments,
        **secret,
        facts=facts,
        findings=[{"extra": "hunter2"}],
        report=["hunter2"],
    )
    identity = json.dumps({"Account": account_id(0), "Arn": "arn:aws:iam::1:user/jane", "Secret": "hunter2"})
    for command in (
        ["aws", "sts", "get-caller-identity", "--hunter2"],
        ["cat", "hunter2", "get-caller-identity"],
    ):
        result = {**secret, "cmd": command, "stdout": identity}
        run.collector.succeeded(TaskResult("a", "t", "ansible.builtin.command", result, arguments))
    run.record("a", "aws_cli", arguments, censored="hidden", version="hunter2", msg="hunter2")
    for module in ("ansible.builtin.uri", "workstation.aws_sso.sso_login"):
        result = {**secret, "msg": f"{' '.join(SECRETS)}", "exception": "hunter2"}
        run.collector.failed(TaskResult("a", "task with password=hunter2", module, result, arguments))
        run.collector.failed(
            TaskResult("a", "t", module, {**result, "censored": "hidden", "msg": "hunter2"}, arguments)
        )
    run.collector.unreachable(
        TaskResult("a", "t", "raw", {**secret, "msg": "no way to https://jane:hunter2@h"}, arguments)
    )
    run.recap["a"] = RecapCounts(4, 1, 1)
    return run


def test_no_secret_is_recorded(tmp_path: pathlib.Path) -> None:
    planted().write(tmp_path)
    for file in ("fleet.html", "fleet.json"):
        text = (tmp_path / file).read_text()
        assert "hunter" not in text
        assert not [secret for secret in SECRETS if secret in text]
    host = read_state(tmp_path)["hosts"]["a"]
    assert host["identity"]["arn"] == "arn:aws:iam::1:user/jane"
    assert [failure["message"] for failure in host["failures"]].count("The message is hidden by no_log.") == 2
    assert access_of(tmp_path, "a")


HUGE = 10**5000
MANY_FINDINGS = [{"id": HUGE}] * 10_000
MANY_SESSIONS = [{"name": str(number)} for number in range(10_000)]


@pytest.mark.parametrize(
    ("module", "result"),
    [
        ("aws_cli", {"version": "1." + "9" * 5000, "previous_version": HUGE}),
        ("aws_cli", {"version": ["2.38.5"]}),
        ("wsl_info", {"wsl": {"version": HUGE, "distribution": {}}}),
        ("wsl_info", {"wsl": {"version": 1.0}}),
        ("sso_login", {"session": [], "start_url": {}, "region": 7, "expires_at": HUGE}),
        ("sso_logout", {"sessions": [None, 7, {"name": HUGE}] * 10_000}),
        ("sso_profiles", {"profiles": {}, "profiles_added": [HUGE], "sessions_removed": 7}),
        ("workstation_info", {"facts": {"sessions": {}, "aws_cli": [[]]}, "findings": MANY_FINDINGS}),
        ("workstation_info", {"facts": {"sessions": MANY_SESSIONS}, "findings": []}),
    ],
)
def test_results_of_a_hostile_host_leave_the_report_readable(
    tmp_path: pathlib.Path, module: str, result: dict[str, t.Any]
) -> None:
    run = FleetRun(FIRST)
    run.record("hostile", module, **result)
    run.record("healthy", "wsl_info", wsl={"version": 2})
    assert run.write(tmp_path) == []
    assert (tmp_path / "fleet.json").stat().st_size < 200_000
    assert FleetRun(SECOND).write(tmp_path) == []
    run = FleetRun(SECOND)
    run.record("healthy", "wsl_info", wsl={"version": 1})
    assert run.write(tmp_path) == []
    assert set(read_state(tmp_path)["hosts"]) == {"hostile", "healthy"}


@pytest.mark.parametrize(
    "stdout",
    ["[" * 100_000, "7", "null", '{"Account": ' + "1" * 5000 + "}", "{}", 7, None],
    ids=["nested", "number", "null", "huge", "empty", "no text", "none"],
)
def test_an_identity_that_aws_would_not_return_is_ignored(tmp_path: pathlib.Path, stdout: t.Any) -> None:
    run = FleetRun(FIRST)
    run.record("a", "wsl_info", wsl={"version": 2})
    command = {"cmd": ["aws", "sts", "get-caller-identity"], "stdout": stdout}
    run.collector.succeeded(TaskResult("a", "t", "ansible.builtin.command", command, {}))
    assert run.write(tmp_path) == []
    assert read_state(tmp_path)["hosts"]["a"]["identity"] is None


def test_account_ids_of_other_types_are_no_access(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    ids = [HUGE, -1, 1.5, None, ["1"], "x" * 12, 111122223333]
    access = [{**access_to([0])[0], "account_id": value} for value in ids]
    run.record("a", "sso_profiles", {"access": access})
    run.write(tmp_path)
    assert {account for account, _role in access_of(tmp_path, "a")} == {"111122223333"}


def test_the_messages_of_many_failed_items_are_shortened(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    for number in range(100):
        run.collector.item_failed(TaskResult("a", "t", "fail", {"msg": f"{number} " + "long " * 700}, {}))
    run.fail("a", "aws_cli", "t", "no")
    run.write(tmp_path)
    (failure,) = read_state(tmp_path)["hosts"]["a"]["failures"]
    assert len(failure["message"]) == 4000
    assert company_run(SECOND, 1, 1).write(tmp_path) == []
