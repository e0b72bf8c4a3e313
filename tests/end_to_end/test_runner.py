# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks under ansible-runner, as AWX and other controllers start them: without a terminal."""

from __future__ import annotations

import json
import pathlib
import re
import sys
import typing as t

import pytest

from bundles import Mirror, new_key, serving
from end_to_end.controller import Controller, Play
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


class Runner:
    """A private data directory, and runs of playbooks in it."""

    def __init__(self, controller: Controller, variables: dict[str, t.Any]) -> None:
        self._controller = controller
        self._directory = controller.home / "runner"
        for path, content in {
            "env/envvars": {**controller.environment, "ANSIBLE_HOME": str(controller.home / ".ansible")},
            "env/extravars": variables,
            "env/settings": {"idle_timeout": 60},
            "inventory/hosts.json": {"all": {"hosts": {"localhost": {"ansible_connection": "local"}}}},
        }.items():
            (self._directory / path).parent.mkdir(parents=True, exist_ok=True)
            (self._directory / path).write_text(json.dumps(content))
        (self._directory / "project").mkdir()
        (self._directory / "project" / "doctor.yml").write_text(DOCTOR)
        (self._directory / "project" / "keys.yml").write_text(KEYS)

    def start(self, playbook: str, name: str) -> Play:
        """Run a playbook of the project or of a collection; *name* is for its artifacts."""
        command = [sys.executable, "-m", "ansible_runner", "run", str(self._directory)]
        command += ["--playbook", playbook, "--ident", name]
        return Play(command, self._controller.home, self._controller.environment)

    def stats(self, name: str) -> dict[str, dict[str, int]]:
        """The last event of the run, by kind and host."""
        assert (self.artifacts / name / "status").read_text() == "successful"
        events = [json.loads(path.read_text()) for path in (self.artifacts / name / "job_events").iterdir()]
        (last,) = (event for event in events if event["event"] == "playbook_on_stats")
        stats: dict[str, dict[str, int]] = last["event_data"]
        return stats

    @property
    def artifacts(self) -> pathlib.Path:
        return self._directory / "artifacts"


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
    kept = [path for path in runner.artifacts.rglob("*") if path.is_file()]
    assert {path.name for path in kept} >= {"stdout", "command", "status", "rc"}
    secrets = center.records.secrets() | {device_code}
    assert len(secrets) >= 6
    assert not [path for path in kept if any(secret in path.read_text() for secret in secrets)]


def test_a_refusal_ends_the_run(runner: Runner, center: IdentityCenter) -> None:
    with runner.start("workstation.aws_sso.login", "refused") as play:
        (code,) = play.wait_for(USER_CODE)
        center.deny(code)
        assert "Deny was chosen" in play.fail()
