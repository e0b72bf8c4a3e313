# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session whose start URL contains its region, in a play that never mentions the region."""

from __future__ import annotations

import dataclasses
import pathlib
import typing as t

import pytest

from end_to_end import real_cli
from end_to_end.controller import Controller
from identity_center import IdentityCenter
from identity_center.world import default_world

START_URL = "https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws"
PLAY = """\
- hosts: all
  gather_facts: false
  connection: local
  vars:
    corp:
      name: corp
      start_url: START_URL
  tasks:
    - name: Check the endpoints
      workstation.aws_sso.workstation_info:
        sessions: ["{{ corp }}"]
      register: checked
    - name: Sign in
      workstation.aws_sso.sso_login:
        session: corp
        start_url: "{{ corp.start_url }}"
        token_store: "{{ token_store }}"
        method: device
        timeout: 60
      register: login
    - name: Write the profiles
      workstation.aws_sso.sso_profiles:
        sessions: ["{{ corp }}"]
        access: "{{ query('workstation.aws_sso.sso_access', sessions=[corp], roles=['ReadOnly']) }}"
        region: eu-central-1
    - name: Get credentials by the session
      ansible.builtin.assert:
        that: found.access_key is search('^ASIA')
      vars:
        found: "{{ lookup('workstation.aws_sso.sso_credentials', session='corp', start_url=corp.start_url,
                          account_id='111122223333', role_name='ReadOnly') }}"
    - name: Get credentials by the profile
      ansible.builtin.assert:
        that:
          - checked.facts.endpoints | map(attribute='reachable') is all
          - login.region == "eu-west-1"
          - found.access_key is search('^ASIA')
      vars:
        found: "{{ lookup('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333') }}"
""".replace("START_URL", START_URL)


@pytest.fixture
def center() -> t.Iterator[IdentityCenter]:
    with IdentityCenter(dataclasses.replace(default_world(), start_url=START_URL)) as center:
        yield center


@pytest.fixture
def controller(home: pathlib.Path, collections_path: pathlib.Path, center: IdentityCenter) -> Controller:
    return Controller(home, collections_path, center.environment())


@pytest.mark.parametrize("token_store", ["controller", "host"])
def test_no_region_is_needed(controller: Controller, center: IdentityCenter, token_store: str) -> None:
    with controller.play(PLAY, "-i", "ws,", "-e", f"token_store={token_store}") as play:
        (code,) = play.wait_for(r"([A-Z]{4}-[A-Z]{4})")
        center.approve(code)
        play.succeed()
    aws = controller.run(
        real_cli.aws(real_cli.CURRENT), "sts", "get-caller-identity", "--profile", "ReadOnly-111122223333"
    )
    assert aws.returncode == 0, aws.stderr


def test_a_session_of_the_configuration_may_lack_it(controller: Controller, center: IdentityCenter) -> None:
    controller.write_config(f"[sso-session corp]\nsso_start_url = {START_URL}\n")
    login = {"session": "corp", "method": "device", "timeout": 60}
    tasks = f"  tasks:\n    - workstation.aws_sso.sso_login: {login}\n"
    playbook = f"- hosts: localhost\n  gather_facts: false\n{tasks}"
    with controller.play(playbook) as play:
        (code,) = play.wait_for(r"([A-Z]{4}-[A-Z]{4})")
        center.approve(code)
        play.succeed()


def test_the_role_and_the_playbook_need_none(controller: Controller, center: IdentityCenter) -> None:
    company = controller.home / "company.yml"
    company.write_text(f"workstation_sessions:\n  - name: corp\n    start_url: {START_URL}\n")
    arguments = ("-e", f"@{company}", "-e", '{"workstation_parts": ["login", "profiles"]}')
    with controller.play("workstation.aws_sso.workstation", *arguments) as play:
        (code,) = play.wait_for(r"([A-Z]{4}-[A-Z]{4})")
        center.approve(code)
        play.succeed()
    assert "sso_region = eu-west-1\n" in (controller.home / ".aws" / "config").read_text()
    with controller.play("workstation.aws_sso.login", "-e", f"@{company}") as play:
        assert "changed=0" in play.succeed()
