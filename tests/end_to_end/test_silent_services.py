# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays while AWS does not respond: who is waited for is shown, one failure is for all, and Ctrl-C works."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from end_to_end.controller import Controller
from identity_center import IdentityCenter
from support import without_locks

LOGIN = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Sign in
      workstation.aws_sso.sso_login:
        session: corp
        method: device
        timeout: 30
"""
LOOKUP = """\
- hosts: all
  gather_facts: false
  connection: local
  tasks:
    - name: Look
      ansible.builtin.debug:
        msg: "{{{{ {expression} | length }}}}"
"""
CREDENTIALS = "lookup('workstation.aws_sso.sso_credentials', 'dev').keys()"
DAY_WITHOUT_LOCKS = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Sign in
      workstation.aws_sso.sso_login:
        session: corp
        method: device
        timeout: 60
    - name: Sign in again
      workstation.aws_sso.sso_login:
        session: corp
      register: again
    - name: List
      ansible.builtin.debug:
        msg: "{{ query('workstation.aws_sso.sso_access') | length }} roles"
    - name: Look
      ansible.builtin.debug:
        msg: "{{ lookup('workstation.aws_sso.sso_credentials', 'dev').keys() | length }} keys"
    - name: Log out
      workstation.aws_sso.sso_logout:
      register: logout
    - name: Judge
      ansible.builtin.assert:
        that:
          - again.method == "refresh"
          - logout.sessions[0].ended
"""


def sign_in(controller: Controller, center: IdentityCenter) -> None:
    with controller.play(LOGIN) as play:
        (code,) = play.wait_for(r"user_code=([A-Z]{4}-[A-Z]{4})")
        center.approve(code)
        play.succeed()


def hosts(number: int) -> str:
    return "".join(f"h{index}," for index in range(number))


def test_a_silent_portal_is_shown_and_delays_ten_hosts_once(
    controller: Controller, center: IdentityCenter
) -> None:
    sign_in(controller, center)
    center.faults.add("GetRoleCredentials", "hang")
    began = time.monotonic()
    with controller.play(LOOKUP.format(expression=CREDENTIALS), "-i", hosts(10), "-f", "3") as play:
        (seconds,) = play.wait_for(r"http://\S+ has not responded to GetRoleCredentials for (\d+) seconds")
        assert 10 <= int(seconds) < 20
        output = play.fail()
    assert center.count("GetRoleCredentials") == 2
    assert len(re.findall(r"fatal: \[h\d\]: FAILED! .*does not answer", output)) == 10
    assert "another request failed with this" in output
    assert time.monotonic() - began < 300  # ten times the timeouts; each host for itself took 600


def test_a_silent_registration_respects_the_timeout_of_the_login(
    controller: Controller, center: IdentityCenter
) -> None:
    center.faults.add("RegisterClient", "hang")
    with controller.play(LOGIN.replace("timeout: 30", "timeout: 12")) as play:
        play.wait_for(r"http://\S+ has not responded to RegisterClient for 1\d seconds")
        play.fail()
    assert center.count("RegisterClient") == 2


@pytest.mark.parametrize(
    ("operation", "expression"),
    [
        ("GetRoleCredentials", CREDENTIALS),
        ("ListAccounts", "query('workstation.aws_sso.sso_access')"),
    ],
)
def test_ctrl_c_does_not_wait_for_a_silent_portal(
    controller: Controller, center: IdentityCenter, operation: str, expression: str
) -> None:
    sign_in(controller, center)
    center.faults.add(operation, "hang")
    lookup = LOOKUP.format(expression=expression)
    with controller.play(lookup, "-i", hosts(3)) as play:
        deadline = time.monotonic() + 60
        while not center.count(operation):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.kill(play.process, signal.SIGINT)
        play.fail()
    assert center.count(operation) == 1  # it ended before the first timeout, or there would be a second call


@pytest.mark.skipif(not without_locks.is_possible(), reason="flock() cannot be refused here")
@pytest.mark.parametrize("error", [37, 38, 95], ids=["ENOLCK", "ENOSYS", "EOPNOTSUPP"])
def test_a_home_without_locks_is_no_reason_to_fail(
    controller: Controller, center: IdentityCenter, error: int
) -> None:
    center.set(access_token_seconds=600)  # so that it is refreshed
    path = controller.home / "day.yml"
    path.write_text(DAY_WITHOUT_LOCKS)
    play = without_locks.command(error, sys.executable, "-m", "ansible", "playbook", str(path))
    with subprocess.Popen(
        play,
        cwd=controller.home,
        env=controller.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        output = ""
        for line in process.stdout:
            output += line
            code = re.search(r"user_code=([A-Z]{4}-[A-Z]{4})", line)
            if code:
                center.approve(code.group(1))
        assert process.wait(60) == 0, output
    assert not list((controller.home / ".aws").rglob("*.aws_sso"))
    assert center.count("Logout") == 1 and center.records.burnt_refresh_tokens == 0
