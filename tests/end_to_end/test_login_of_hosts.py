# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token of a host that is some hours old, beside the AWS CLI that uses it, and tasks that may not ask."""

from __future__ import annotations

import json
import pathlib
import re
import shlex
import sys
import typing as t

import pytest

from end_to_end import real_cli
from end_to_end.controller import Controller
from identity_center import IdentityCenter, write_browser

TOKEN = "ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
LOGIN = """\
- hosts: all
  gather_facts: false
  connection: local
  environment:
    HOME: "{{ playbook_dir }}/{{ inventory_hostname }}"
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
    - name: Sign in for the host
      workstation.aws_sso.sso_login:
        token_store: host
        session: corp
        start_url: https://acme.awsapps.com/start
        region: eu-west-1
        timeout: 60
        min_ttl: "{{ min_ttl | default(900) }}"
        interactive: "{{ interactive | default(true) }}"
        force: "{{ force | default(false) }}"
      register: login
    - name: Keep the result
      ansible.builtin.copy:
        content: "{{ login | to_json }}"
        dest: "{{ playbook_dir }}/{{ inventory_hostname }}.json"
        mode: "0600"
"""
ON_CONTROLLER = """\
- hosts: all
  gather_facts: false
  connection: local
  tasks:
    - workstation.aws_sso.sso_login:
        session: corp
        method: device
        timeout: 60
        min_ttl: "{{ min_ttl | default(900) }}"
        interactive: "{{ interactive | default(true) }}"
        redirect_port: "{{ redirect_port | default(0) }}"
"""


@pytest.fixture
def browser(tmp_path: pathlib.Path) -> str:
    return write_browser(str(tmp_path / "browser"), cookies=str(tmp_path / "cookies"))


class HostOfUser:
    """A host with a home directory of its own, and the real AWS CLI on it."""

    def __init__(self, controller: Controller, browser: str) -> None:
        self._controller = controller
        self._browser = browser
        self.home = controller.home / "laptop"
        (self.home / ".aws").mkdir(parents=True)
        config = (controller.home / ".aws" / "config").read_text()
        (self.home / ".aws" / "config").write_text(config)

    def log_in(self, *arguments: str) -> dict[str, t.Any]:
        words = ("-i", "laptop,", *arguments)
        with self._controller.play(LOGIN, *words, BROWSER=self._browser) as play:
            play.succeed()
        result: dict[str, t.Any] = json.loads((self._controller.home / "laptop.json").read_text())
        return result

    def log_in_fails(self, *arguments: str) -> str:
        with self._controller.play(LOGIN, "-i", "laptop,", *arguments, BROWSER=self._browser) as play:
            return play.fail()

    def aws(self, *words: str) -> tuple[int, str]:
        answer = self._controller.run(real_cli.aws(real_cli.CURRENT), *words, HOME=str(self.home))
        return answer.returncode, answer.stdout + answer.stderr

    def identity(self) -> tuple[int, str]:
        return self.aws("sts", "get-caller-identity", "--profile", "dev")

    def change_token(self, **fields: t.Any) -> None:
        path = self.home / ".aws" / "sso" / "cache" / TOKEN
        path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


@pytest.fixture
def host(controller: Controller, browser: str) -> HostOfUser:
    return HostOfUser(controller, browser)


def test_a_token_that_the_cli_refuses_is_replaced(host: HostOfUser, center: IdentityCenter) -> None:
    assert host.log_in()["method"] == "device"
    center.end_sessions()
    host.change_token(expiresAt="2026-01-01T00:00:00Z")
    code, text = host.identity()
    assert code != 0 and "Token has expired and refresh failed" in text
    again = host.log_in()
    assert again["changed"] and again["method"] == "device" and again["expires_at"] > "2026-01-01T00:00:00Z"
    code, text = host.identity()
    assert code == 0, text
    assert not host.log_in()["changed"]


def test_the_cli_uses_the_token_that_was_refreshed_from_here(
    host: HostOfUser, center: IdentityCenter
) -> None:
    host.log_in()
    host.change_token(expiresAt="2026-01-01T00:00:00Z")
    refreshed = host.log_in()
    assert refreshed["changed"] and refreshed["method"] == "refresh"
    code, text = host.identity()
    assert code == 0, text
    assert center.count("CreateToken", 200) == 2 and center.records.burnt_refresh_tokens == 0
    assert not host.log_in()["changed"]


def test_force_makes_a_new_session_that_the_cli_uses(host: HostOfUser, center: IdentityCenter) -> None:
    center.set(sign_in_seconds=600)
    host.log_in()
    center.set(sign_in_seconds=8 * 3600)
    with_minutes = host.log_in()["expires_at"]
    assert host.log_in("-e", "force=true")["expires_at"] > with_minutes
    assert center.count("Logout", 200) == 1
    code, text = host.identity()
    assert code == 0, text


def test_where_nobody_may_be_asked_the_printed_command_signs_in(
    host: HostOfUser, controller: Controller, center: IdentityCenter, browser: str
) -> None:
    text = host.log_in_fails("-e", "interactive=false")
    assert "interactive is false" in text and center.count("StartDeviceAuthorization") == 0
    assert "interactive is false" in host.log_in_fails("-e", "interactive=false", "--check")
    (command,) = set(re.findall(r"Run: (ansible -i laptop, .*?)[\"\n]", text.replace("\\n", "\n")))
    words = [sys.executable, "-m", "ansible", "adhoc", *shlex.split(command)[1:], "-c", "local"]
    answer = controller.run(*words, BROWSER=browser, ANSIBLE_PYTHON_INTERPRETER=sys.executable)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert (controller.home / ".aws" / "sso" / "cache" / TOKEN).exists()


def test_of_the_controller_as_well_and_by_the_playbook(
    controller: Controller, center: IdentityCenter
) -> None:
    with controller.play(ON_CONTROLLER, "-i", "a,b,", "-e", "interactive=false") as play:
        output = play.fail()
    assert output.count("interactive is false") >= 2
    assert (
        "ansible-playbook workstation.aws_sso.login -e target=localhost -e workstation_session=corp" in output
    )
    options = json.dumps({"workstation_login": {"interactive": False}})
    with controller.play("workstation.aws_sso.login", "-e", options) as play:
        assert "interactive is false" in play.fail()
    assert not center.requests


def test_a_lifetime_that_no_token_has_is_one_warning(
    controller: Controller, center: IdentityCenter, browser: str
) -> None:
    arguments = ("-i", "a,b,c,", "-e", "min_ttl=7200")
    for changed in (1, 0):
        with controller.play(ON_CONTROLLER, *arguments, BROWSER=browser) as play:
            output = play.succeed()
        assert len(re.findall(r"changed=1 ", output)) == changed, output
        assert " ".join(output.split()).count("IAM Identity Center issues tokens of 60 minutes") == 1, output
    assert center.count("CreateToken", 200) == 1


def test_a_port_that_is_none_is_named(controller: Controller) -> None:
    with controller.play(ON_CONTROLLER, "-i", "a,", "-e", "redirect_port=70000") as play:
        assert "redirect_port is 70000" in play.fail()


def test_force_asks_once_for_all_hosts_of_a_task(
    controller: Controller, center: IdentityCenter, browser: str
) -> None:
    play = ON_CONTROLLER + "        force: true\n"
    with controller.play(play, "-i", "a,b,c,d,", "--forks", "2", BROWSER=browser) as run:
        run.succeed()
    assert center.count("StartDeviceAuthorization") == 1
    with controller.play(play, "-i", "a,b,c,d,", "--forks", "1", BROWSER=browser) as run:
        run.succeed()
    assert center.count("StartDeviceAuthorization") == 2 and center.count("Logout", 200) == 1
