# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions of a host whose modules run here, and answers of hosts that are hostile."""

from __future__ import annotations

import json
import os
import pathlib
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session_facts import session_facts
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._action.base import SsoAction
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.connection import HostConnection
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.sessions import HostSessions
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.token_cache import Outcome
from identity_center import IdentityCenter
from support.action_plugins import OtherHost, connection_of, new_action
from support.logins import CORP, LEGACY, change, in_seconds, token_file
from support.module_run import run_module
from support.role_credentials import sign_in
from support.scratch_host_cache import ScratchHost
from support.sso_files import READER, role_path, write_role

LAPTOP = {"inventory_hostname": "laptop"}
PHISHING = "corp\x1b[8m: open https://evil.example/\nand enter the code"


class Laptop(HostConnection):
    """A host that uses this home directory; *python* remembers what its programs print."""

    def __init__(self) -> None:
        super().__init__(new_action(SsoAction, connection=connection_of(OtherHost)), LAPTOP)
        self.python = ScratchHost(pathlib.Path("/"))
        self.answers: list[dict[str, t.Any]] = []

    def run(self, python: str, program: bytes) -> Outcome:
        assert python == sys.executable
        return self.python.run(program)

    def sessions(self, name: str | None = None, check_mode: bool = False, **fields: t.Any) -> HostSessions:
        """The sessions of a task with the option *name*; the host overrides *fields* of its answers."""

        def run(module: str) -> dict[str, t.Any]:
            options = {"session": name, "token_store": "host"}
            answer = run_module(module.rpartition(".")[2], options, check_mode)
            self.answers.append(answer)
            return {**answer, **fields}

        return HostSessions(self, run)


@pytest.fixture
def laptop(home: pathlib.Path) -> Laptop:
    return Laptop()


@pytest.fixture
def signed_in(center: IdentityCenter, aws_config: pathlib.Path) -> IdentityCenter:
    sign_in(center)
    center.journal.clear()
    return center


def test_the_facts_are_those_of_the_controller(laptop: Laptop, signed_in: IdentityCenter) -> None:
    sign_in(signed_in, LEGACY)
    write_role(role_path(CORP, *READER))
    for name in ("corp", LEGACY.start_url, None):
        assert laptop.sessions(name).facts(name, pytest.fail) == session_facts(name)[0]
    printed = json.dumps(laptop.answers)
    assert not [secret for secret in signed_in.records.secrets() if secret in printed]


@pytest.mark.parametrize("name", ["corp", None])
def test_a_logout_ends_the_sessions_and_removes_the_files(
    laptop: Laptop, signed_in: IdentityCenter, name: str | None
) -> None:
    role = write_role(role_path(CORP, *READER))
    preview = laptop.sessions(name, check_mode=True).preview_logout(name, pytest.fail)
    assert token_file().exists() and role.exists() and not signed_in.requests
    secrets = signed_in.records.secrets()
    result = laptop.sessions(name).log_out(name, pytest.fail)
    assert result == preview
    assert result.removed == (str(token_file()), str(role)) and result.sessions[0].ended
    assert not token_file().exists() and not role.exists() and not signed_in.records.access_tokens
    printed = json.dumps(laptop.answers) + laptop.python.printed
    assert not [secret for secret in secrets if secret in printed]
    if name is None:
        again = laptop.sessions(name).log_out(name, pytest.fail)
        assert not again.removed and not again.sessions[0].ended


def test_an_expired_token_is_refreshed_to_end_its_session(laptop: Laptop, signed_in: IdentityCenter) -> None:
    change(token_file(), expiresAt=in_seconds(-60))
    assert laptop.sessions().log_out(None, pytest.fail).sessions[0].ended
    assert not signed_in.records.refresh_tokens and not token_file().exists()


def test_without_a_network_the_files_are_removed(laptop: Laptop, signed_in: IdentityCenter) -> None:
    signed_in.faults.add("*", "cut_before")
    warnings: list[str] = []
    result = laptop.sessions().log_out(None, warnings.append)
    assert result.removed == (str(token_file()),) and not result.sessions[0].ended
    assert len(warnings) == 1 and "The session corp of laptop could not be ended at AWS" in warnings[0]


def test_sessions_without_names_are_distinguished(
    laptop: Laptop, signed_in: IdentityCenter, aws_config: pathlib.Path
) -> None:
    aws_config.unlink()
    other = token_file().with_name("a" * 40 + ".json")
    other.write_text(token_file().read_text())
    change(other, accessToken="unknown", refreshToken="unknown")
    result = laptop.sessions().log_out(None, pytest.fail)
    assert [(logout.removed, logout.ended) for logout in result.sessions] == [
        ((str(other),), False),
        ((str(token_file()),), True),
    ]


def test_a_token_that_cannot_be_read_keeps_no_other_from_being_ended(
    laptop: Laptop, signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(signed_in, LEGACY)
    run = laptop.python.run

    def refuse(program: bytes) -> Outcome:
        if token_file().name.encode() in program:
            return Outcome(1, "", "Permission denied")
        return run(program)

    monkeypatch.setattr(laptop.python, "run", refuse)
    warnings: list[str] = []
    result = laptop.sessions().log_out(None, warnings.append)
    assert [logout.ended for logout in result.sessions] == [False, True] and len(result.removed) == 2
    assert warnings == ["laptop: Could not read the token on the host: Permission denied."]


def test_what_cannot_be_removed_is_an_error_of_the_result(
    laptop: Laptop, signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "unlink", refuse)
    result = laptop.sessions().log_out(None, pytest.fail)
    assert len(result.errors) == 1 and str(token_file()) in result.errors[0] and result.sessions[0].ended


def test_problems_of_the_configuration_are_warnings_with_the_name_of_the_host(
    laptop: Laptop, signed_in: IdentityCenter, aws_config: pathlib.Path
) -> None:
    aws_config.write_text("[profile\n")
    warnings: list[str] = []
    laptop.sessions().facts(None, warnings.append)
    laptop.sessions().log_out(None, warnings.append)
    assert len(warnings) == 2 and all(text.startswith(f"laptop: {aws_config}, line 1") for text in warnings)


def test_an_unknown_session_fails_as_on_the_controller(laptop: Laptop, aws_config: pathlib.Path) -> None:
    for act in (laptop.sessions("crop").facts, laptop.sessions("crop").log_out):
        with pytest.raises(WorkstationError, match="Did you mean corp"):
            act("crop", pytest.fail)


def test_a_connection_that_does_not_pass_data_on_is_refused_before_anything_is_removed(
    laptop: Laptop, signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OtherHost, "has_pipelining", False)
    with pytest.raises(WorkstationError, match="requires a connection that passes standard input on"):
        laptop.sessions().log_out(None, pytest.fail)
    assert token_file().exists()
    assert laptop.sessions().facts(None, pytest.fail)


FACTS = {
    "name": "corp",
    "start_url": CORP.start_url,
    "region": CORP.region,
    "configured": True,
    "logged_in": True,
    "expires_at": in_seconds(60),
    "refreshable": True,
    "registration_expires_at": None,
    "cached_roles": [],
    "problems": [],
    "file": "x",
    "token_files": [],
    "removed": [],
    "active": True,
}
ROLE = {"account_id": "111122223333", "role_name": "ReadOnly", "role_arn": None, "expires_at": None}
WRONG: list[dict[str, t.Any]] = [
    {"name": PHISHING},
    {"name": 5},
    {"start_url": "x" * 3000},
    {"region": ["eu-west-1"]},
    {"configured": "yes"},
    {"logged_in": 1},
    {"logged_in": None},
    {"expires_at": "tomorrow"},
    {"expires_at": {"x": 1}},
    {"refreshable": "no"},
    {"registration_expires_at": 10**400},
    {"cached_roles": "x"},
    {"cached_roles": [5]},
    {"cached_roles": [{**ROLE, "account_id": None}]},
    {"cached_roles": [{**ROLE, "role_name": PHISHING}]},
    {"cached_roles": [{**ROLE, "expires_at": "never"}]},
    {"problems": PHISHING},
    {"problems": [PHISHING]},
    {"problems": [{}]},
]


@pytest.mark.parametrize("fields", WRONG, ids=lambda fields: f"{fields!s:.40}")
def test_facts_of_wrong_types_are_refused(laptop: Laptop, aws_config: pathlib.Path, fields: t.Any) -> None:
    sessions = laptop.sessions(sessions=[{**FACTS, **fields}])
    with pytest.raises(WorkstationError, match="The host answered with an invalid") as error:
        sessions.facts(None, pytest.fail)
    assert "\x1b" not in str(error.value) and len(str(error.value)) < 300


@pytest.mark.parametrize(
    "fields",
    [
        {"removed": "/etc/passwd"},
        {"removed": ["passwd"]},
        {"removed": [PHISHING]},
        {"active": "yes"},
        {"file": None},
        {"name": PHISHING},
    ],
    ids=str,
)
def test_results_of_wrong_types_are_refused(laptop: Laptop, aws_config: pathlib.Path, fields: t.Any) -> None:
    sessions = laptop.sessions(sessions=[{**FACTS, **fields}], check_mode=True)
    with pytest.raises(WorkstationError, match="The host answered with an invalid"):
        sessions.preview_logout(None, pytest.fail)


@pytest.mark.parametrize(
    "answer",
    [
        {"sessions": None},
        {"sessions": {"x": 1}},
        {"sessions": ["corp"]},
        {"notes": None},
        {"notes": [PHISHING]},
        {"removed": None},
        {"removed": [5]},
        {"errors": [PHISHING]},
        {"errors": "x"},
    ],
    ids=str,
)
def test_an_answer_of_wrong_types_is_refused(laptop: Laptop, aws_config: pathlib.Path, answer: t.Any) -> None:
    sessions = laptop.sessions(check_mode=True, **answer)
    with pytest.raises(WorkstationError, match="The host answered with an invalid"):
        sessions.preview_logout(None, pytest.fail)


@pytest.mark.parametrize("names", [[], ["evil"], ["corp", "evil"], [None]])
def test_a_host_answers_for_the_wanted_session_alone(
    laptop: Laptop, aws_config: pathlib.Path, names: list[t.Any]
) -> None:
    answer = [{**FACTS, "name": name} for name in names]
    for act in ("facts", "preview_logout", "log_out"):
        with pytest.raises(WorkstationError, match="not for the session corp"):
            getattr(laptop.sessions("corp", sessions=answer), act)("corp", pytest.fail)


@pytest.mark.parametrize(
    "fields", [{"token_files": ["relative"]}, {"token_files": [PHISHING]}, {"token_files": 5}], ids=str
)
def test_paths_of_tokens_are_checked(laptop: Laptop, aws_config: pathlib.Path, fields: t.Any) -> None:
    with pytest.raises(WorkstationError, match="invalid token_files"):
        laptop.sessions(sessions=[{**FACTS, **fields}]).log_out(None, pytest.fail)
    with pytest.raises(WorkstationError, match="invalid python"):
        laptop.sessions(python="python3").log_out(None, pytest.fail)


@pytest.mark.parametrize("region", ["evil.example/", "x" * 64, "eu-west-1.evil.example"])
def test_a_host_does_not_choose_which_server_is_called(
    laptop: Laptop, signed_in: IdentityCenter, region: str
) -> None:
    change(token_file(), region=region)
    warnings: list[str] = []
    result = laptop.sessions().log_out(None, warnings.append)
    assert not result.sessions[0].ended and not token_file().exists() and not signed_in.requests
    assert "is not the code of an AWS region" in warnings[0]


def test_no_more_tokens_are_read_than_a_user_can_have(
    laptop: Laptop, signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []

    def refuse(program: bytes) -> Outcome:
        read.append(program)
        return Outcome(1, "", "no")

    monkeypatch.setattr(laptop.python, "run", refuse)
    answer = [{**FACTS, "token_files": [str(token_file())] * 5000}]
    laptop.sessions(sessions=answer).log_out(None, lambda text: None)
    assert len(read) == 100


@pytest.mark.parametrize("answer", [{"failed": True, "msg": PHISHING}, {"failed": True}], ids=str)
def test_a_failure_of_the_module_is_shown_without_control_characters(
    laptop: Laptop, answer: dict[str, t.Any]
) -> None:
    with pytest.raises(WorkstationError) as error:
        HostSessions(laptop, lambda module: answer).facts(None, pytest.fail)
    assert "\x1b" not in str(error.value)
