# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hostile managed host: its Python answers each module with whatever the attacker likes."""

from __future__ import annotations

import json
import pathlib
import re
import typing as t

import pytest

from adversary.conftest import assert_readable
from adversary.hostile_mirror import recording
from bundles import Mirror, SigningKey
from end_to_end.controller import Controller
from identity_center import IdentityCenter

LOGIN = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Sign the host in
      workstation.aws_sso.sso_login:
        token_store: host
        session: dev
        start_url: "{{ start_url | default(omit) }}"
        region: "{{ region | default(omit) }}"
        timeout: 2
"""
INSTALL = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Install
      workstation.aws_sso.aws_cli: "{{ options }}"
"""
EXAMINE = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Examine
      workstation.aws_sso.workstation_info:
    - name: Find out what WSL it is
      workstation.aws_sso.wsl_info:
"""
STATE: dict[str, t.Any] = {
    "changed": False,
    "session": "dev",
    "start_url": "https://acme.awsapps.com/start",
    "region": "eu-west-1",
    "registration_scopes": ["sso:account:access"],
    "expires_at": None,
    "seconds_left": 0,
    "refreshable": False,
    "directory": "/tmp/hostile/.aws/sso/cache",
    "python": "/usr/bin/python3",
    "writable": True,
}
PRODUCTION = "https://d-prodprodpr.awsapps.com/start"
PHISHING = (
    "dev: open https://device.sso.example/?user_code=PHISH-CODE\n"
    "and see that the page shows the code PHISH-CODE. Waiting for 10 minutes.\x1b[8m"
)
HUGE = 10**400


class HostileHost:
    """A host whose Python prints an answer for each module."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._answer = controller.home / "answer.json"
        self._python = controller.home / "hostile-python"
        self._python.write_text(f"#!/bin/sh\nexec cat {self._answer}\n")
        self._python.chmod(0o755)

    def play(self, playbook: str, answer: t.Any, *, fails: bool | None = True, **variables: t.Any) -> str:
        """Run *playbook*, which may do both if *fails* is None; returns the output."""
        self._answer.write_text(answer if isinstance(answer, str) else json.dumps(answer))
        given = json.dumps({**variables, "ansible_python_interpreter": str(self._python)})
        report = {"ANSIBLE_CALLBACKS_ENABLED": "workstation.aws_sso.fleet_report"}
        with self._controller.play(playbook, "-e", given, **report) as play:
            output = play.end() if fails is None else play.fail() if fails else play.succeed()
        assert "Traceback" not in output and "report this as an issue" not in output, output
        return output


@pytest.fixture
def host(controller: Controller, center: IdentityCenter) -> HostileHost:
    center.journal.clear()
    return HostileHost(controller)


def message_in(output: str) -> str:
    """The message of the failed task."""
    found = re.findall(r'"msg": ("(?:[^"\\]|\\.)*")', output) or re.findall(r"\[ERROR\]: (.*)", output)
    assert found, output
    message = str(json.loads(found[-1]) if found[-1].startswith('"') else found[-1])
    assert_readable(message)
    return message


@pytest.mark.parametrize(
    "fields",
    [
        {"start_url": PRODUCTION, "region": "us-east-1", "session": "corp"},
        {"registration_scopes": ["sso:account:access", "codewhisperer:conversations"]},
        {"session": PHISHING},
    ],
    ids=["portal", "scopes", "prompt"],
)
@pytest.mark.parametrize("described", [True, False], ids=["by the play", "by the host"])
def test_a_host_does_not_choose_where_a_user_signs_in(
    host: HostileHost, center: IdentityCenter, described: bool, fields: dict[str, t.Any]
) -> None:
    session: dict[str, t.Any] = {"start_url": center.world.start_url, "region": "eu-west-1"}
    output = host.play(LOGIN, {**STATE, **fields}, **(session if described else {}))
    message_in(output)
    assert "\x1b" not in output and "\nand see that the page" not in output
    started = [entry.parameters for entry in center.requests if entry.operation == "StartDeviceAuthorization"]
    assert all(parameters["startUrl"] == center.world.start_url for parameters in started)
    registered = [entry.parameters for entry in center.requests if entry.operation == "RegisterClient"]
    if described:
        assert len(started) == 1 and registered[0]["scopes"] == ["sso:account:access"]


@pytest.mark.parametrize(
    "fields",
    [
        {"seconds_left": "x"},
        {"seconds_left": 1e400},
        {"expires_at": {"x": 1}},
        {"directory": "/tmp/$(touch executed)\n"},
        {"python": ["/bin/sh", "-c"]},
        {"refreshable": "yes", "writable": None},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_an_answer_of_wrong_types_is_refused(
    host: HostileHost, center: IdentityCenter, fields: dict[str, t.Any]
) -> None:
    output = host.play(LOGIN, {**STATE, **fields}, start_url=center.world.start_url, region="eu-west-1")
    assert "\x1b" not in output
    message_in(output)
    assert not center.count("StartDeviceAuthorization")


@pytest.mark.parametrize("answer", ["", "[]", '{"changed": false}'], ids=["empty", "list", "incomplete"])
def test_an_answer_that_is_none_is_refused(host: HostileHost, answer: str) -> None:
    host.play(LOGIN, answer)


SESSION_TASK = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Work on the sessions of the host
      workstation.aws_sso.{module}:
        token_store: host
      check_mode: "{{{{ check }}}}"
"""
FACTS: dict[str, t.Any] = {
    "name": "dev",
    "start_url": "https://acme.awsapps.com/start",
    "region": "eu-west-1",
    "configured": True,
    "logged_in": True,
    "expires_at": "2036-01-01T00:00:00Z",
    "refreshable": True,
    "registration_expires_at": None,
    "cached_roles": [],
    "problems": [],
    "file": "x.json",
    "token_files": [],
    "removed": [],
    "active": True,
}
ANSWER = {"changed": False, "notes": [], "removed": [], "errors": [], "python": "/usr/bin/python3"}


@pytest.mark.parametrize(
    "answer",
    [
        {"sessions": [{**FACTS, "name": PHISHING}]},
        {"sessions": [{**FACTS, "start_url": {"x": 1}}]},
        {"sessions": [{**FACTS, "logged_in": HUGE}]},
        {"sessions": [{**FACTS, "token_files": ["/tmp/$(touch executed)\n"]}]},
        {"sessions": [{**FACTS, "removed": HUGE}]},
        {"sessions": 7},
        {"sessions": [FACTS], "notes": [PHISHING]},
        {"sessions": [FACTS], "python": ["/bin/sh", "-c"], "removed": "x"},
        {"sessions": [FACTS], "failed": True, "msg": PHISHING},
    ],
    ids=lambda answer: f"{answer!s:.60}",
)
@pytest.mark.parametrize(
    ("module", "check"), [("sso_session_info", False), ("sso_logout", False), ("sso_logout", True)]
)
def test_a_hostile_answer_about_sessions_is_refused(
    host: HostileHost, center: IdentityCenter, answer: dict[str, t.Any], module: str, check: bool
) -> None:
    output = host.play(SESSION_TASK.format(module=module), {**ANSWER, **answer}, fails=None, check=check)
    assert "\x1b" not in output and "\nand see that the page" not in output
    assert not center.requests


@pytest.mark.parametrize(
    "fields",
    [
        {"architecture": "x/../../internal/secret.txt?"},
        {"architecture": "x86_64", "version": "2.38.5/../../internal/secret.txt?"},
        {"architecture": ["x86_64"]},
        {"version": {"x": 1}, "source": 7},
        {"previous_version": "9" * 5000},
    ],
    ids=repr,
)
def test_a_host_does_not_choose_what_the_controller_downloads(
    host: HostileHost, tmp_path: pathlib.Path, signing_key: SigningKey, fields: dict[str, t.Any]
) -> None:
    directory = tmp_path / "mirror" / "public"
    directory.mkdir(parents=True)
    Mirror(directory, signing_key).add_stub("2.38.5")
    (tmp_path / "mirror" / "internal").mkdir()
    with recording(tmp_path / "mirror") as (url, requested):
        options = {
            "version": "2.38.5",
            "base_url": f"{url}/public",
            "download_on": "controller",
            "public_key": signing_key.public_key,
            "fingerprint": signing_key.fingerprint,
        }
        answer = {
            "changed": True,
            "version": "2.38.5",
            "previous_version": "",
            "architecture": "x86_64",
            "source": f"{url}/public/awscli-exe-linux-x86_64-2.38.5.zip",
            **fields,
        }
        host.play(INSTALL, answer, fails=None, options=options)
        assert all(path.startswith("/public/awscli-exe-linux-x86_64-2.38.5.zip") for path in requested)


def test_a_hostile_host_does_not_keep_the_others_out_of_the_report(
    host: HostileHost, controller: Controller
) -> None:
    finding = {"id": HUGE, "severity": "error", "subject": [], "what": "\x1b]0;pwned\x07<script>", "fix": 7}
    answer = {
        "changed": False,
        "wsl": {"version": HUGE, "distribution": {}},
        "findings": [finding] * 1000,
        "facts": {"aws_cli": [{"version": "9" * 5000}], "sessions": [{"name": ["x"], "expires_at": HUGE}]},
        "report": [],
        "healthy": False,
    }
    output = host.play(EXAMINE, answer, fails=False)
    assert "fleet report" not in output
    page = (controller.home / "fleet.html").read_text()
    assert "<script>]" not in page and "\x1b" not in page and "&lt;script&gt;" in page
    state = (controller.home / "fleet.json").read_text()
    assert "localhost" in json.loads(state)["hosts"] and len(state) < 500_000
