# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks under ansible-runner, as AWX and other controllers start them: without a terminal."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest

from bundles import Mirror, new_key, serving
from end_to_end.controller import Controller
from end_to_end.runner import Runner
from identity_center import IdentityCenter

VERSION = "2.38.5"
USER_CODE = r"user_code=([A-Z]{4}-[A-Z]{4})"
DOCTOR = """\
- name: Examine workstations
  ansible.builtin.import_playbook: workstation.aws_sso.doctor
"""
KEYS = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Use keys
      ansible.builtin.command: printenv AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
      environment: "{{ lookup('workstation.aws_sso.sso_credentials', profile, format='environment') }}"
      no_log: true
      vars:
        profile: ReadOnly-111122223333
"""


@pytest.fixture
def runner(controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path) -> t.Iterator[Runner]:
    session = {"name": "acme", "start_url": center.world.start_url, "region": center.world.region}
    with new_key() as key:
        mirror = Mirror(tmp_path, key)
        mirror.add_stub(VERSION)
        with serving(tmp_path) as url:
            yield Runner(
                controller,
                {
                    "workstation_sessions": [session],
                    "workstation_parts": ["prerequisites", "aws_cli", "browser", "login", "profiles"],
                    "workstation_become": False,
                    "workstation_doctor_fail_on": "never",  # this machine may have another AWS CLI
                    "workstation_prerequisites": {"tools": {"python3": "3.8"}},
                    "workstation_aws_cli": {
                        "version": VERSION,
                        "install_dir": "~/.local/share/aws-cli",
                        "bin_dir": "~/.local/bin",
                        "base_url": url,
                        "public_key": key.public_key,
                        "fingerprint": key.fingerprint,
                    },
                },
                {"doctor.yml": DOCTOR, "keys.yml": KEYS},
            )


def test_a_workstation_is_set_up_and_nothing_secret_is_kept(runner: Runner, center: IdentityCenter) -> None:
    with runner.start("workstation.aws_sso.workstation", "first") as play:
        (user_code,) = play.wait_for(USER_CODE)
        (device_code,) = center.records.device_codes
        center.approve(user_code)
        play.succeed()
    assert runner.stats("first")["changed"] == {"localhost": 3}
    with runner.start("workstation.aws_sso.workstation", "second") as play:
        assert not re.search(USER_CODE, play.succeed())
    assert runner.stats("second")["changed"] == {}
    with runner.start("doctor.yml", "doctor") as play:
        shown = play.succeed()
        assert "variable-endpoint-override" in shown  # a note
        assert "session corp" not in shown  # which is in the configuration, but not in env/extravars
    assert runner.stats("doctor")["changed"] == {}
    with runner.start("keys.yml", "keys") as play:
        play.succeed()
    kept = runner.kept()
    assert {path.name for path in kept} >= {"stdout", "command", "status", "rc"}
    secrets = center.records.secrets() | {device_code}
    assert len(secrets) >= 6
    assert not [path for path in kept if any(secret in path.read_text() for secret in secrets)]


def test_a_refusal_ends_the_run(runner: Runner, center: IdentityCenter) -> None:
    with runner.start("workstation.aws_sso.login", "refused") as play:
        (code,) = play.wait_for(USER_CODE)
        center.deny(code)
        assert "Deny was chosen" in play.fail()
