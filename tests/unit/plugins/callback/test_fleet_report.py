# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback fleet_report in runs of ansible-playbook."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import typing as t

import pytest

import ansible_collections.workstation.aws_sso as collection
from support.fleets import access_to, account_id

COMMAND = [sys.executable, "-m", "ansible", "playbook", "-i", "hosts.json", "playbook.yml"]
CALLBACK = "workstation.aws_sso.fleet_report"
IDENTITY = '{"UserId": "AROAX:jane", "Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/jane"}'
AWS = f"#!/bin/sh\necho '{IDENTITY}'\n"

PLAYBOOK = """\
- name: Set up workstations
  hosts: all
  gather_facts: false
  tasks:
    - name: Write profiles
      workstation.aws_sso.sso_profiles:
        path: "{{ scratch }}/{{ inventory_hostname }}"
        sessions: [{name: "{{ item }}", start_url: https://acme.awsapps.com/start, region: eu-west-1}]
        access: "{{ access | selectattr('session', 'eq', item) }}"
      loop: "{{ sessions }}"
    - name: Censored
      workstation.aws_sso.sso_profiles:
        path: "{{ scratch }}/{{ inventory_hostname }}"
        profiles: [{name: hidden, session: acme, account_id: "999999999999", role_name: Hidden}]
      no_log: true
      when: inventory_hostname == 'well'
    - name: Elsewhere
      workstation.aws_sso.wsl_info:
      delegate_to: localhost
      when: inventory_hostname == 'well'
    - name: Ask who this is
      ansible.builtin.command:
        argv: ["{{ scratch }}/aws", sts, get-caller-identity, --profile, dev]
      changed_when: false
      when: inventory_hostname == 'well'
    - name: Rescue
      block:
        - name: Is rescued
          ansible.builtin.fail:
            msg: rescued
      rescue:
        - name: Go on
          ansible.builtin.debug:
            msg: on
    - name: Is ignored
      ansible.builtin.fail:
        msg: ignored
      ignore_errors: true
    - name: Forecast
      workstation.aws_sso.sso_profiles:
        path: "{{ scratch }}/{{ inventory_hostname }}"
        profiles: [{name: forecast, session: acme, account_id: "999999999999", role_name: Forecast}]
      check_mode: true
      when: inventory_hostname == 'well'
    - name: Fail for some
      workstation.aws_sso.sso_login:
        session: "{{ item }}"
      loop: [nowhere, acme]
      when: inventory_hostname == 'fails'
    - name: Fail with no_log
      ansible.builtin.fail:
        msg: hunter2
      no_log: true
      when: inventory_hostname == 'hides'
"""


class Fleet:
    """Hosts that are this machine, and an unreachable one."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        (directory / "playbook.yml").write_text(PLAYBOOK)
        (directory / "aws").write_text(AWS)
        (directory / "aws").chmod(0o700)
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        away = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
        hosts = {**dict.fromkeys(("well", "fails", "hides"), local), "away": away}
        (directory / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}))

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        variables = {
            "scratch": str(self.directory),
            "sessions": ["acme", "other"],
            "access": access_to([0], ["Reader"])
            + [{**entry, "session": "other"} for entry in access_to([1])],
        }
        tree = next(iter(collection.__path__)).removesuffix("/ansible_collections/workstation/aws_sso")
        return subprocess.run(
            [*COMMAND, "-e", json.dumps(variables), *arguments],
            cwd=self.directory,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.directory),
                "LANG": "C.UTF-8",
                "ANSIBLE_COLLECTIONS_PATH": tree,
                "ANSIBLE_CALLBACKS_ENABLED": CALLBACK,
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def kept(self) -> dict[str, t.Any]:
        document: dict[str, t.Any] = json.loads((self.directory / "fleet.json").read_text())
        return document

    def page(self) -> str:
        return (self.directory / "fleet.html").read_text()


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """After a run over all hosts."""
    fleet = Fleet(tmp_path_factory.mktemp("fleet"))
    result = fleet.run()
    assert result.returncode and "fleet report" not in result.stdout + result.stderr, result.stdout
    assert result.stderr.endswith(f"Fleet report: {fleet.directory}/fleet.html\n"), result.stderr
    return fleet


def test_a_run_over_all_hosts(fleet: Fleet) -> None:
    document = fleet.kept()
    hosts = document["hosts"]
    assert {name: host["status"] for name, host in hosts.items()} == {
        "well": "ok",
        "fails": "failed",
        "hides": "failed",
        "away": "unreachable",
    }
    assert document["run"]["playbooks"] == ["playbook.yml"]
    well = hosts["well"]
    assert well["failures"] == [] and well["changed"] is True and well["wsl"] is None
    assert set(well["sessions"]) == set(well["access"]) == {"acme", "other"}
    assert well["profiles"]["added"]["count"] == 6
    assert well["identity"] == {"account": "111122223333", "arn": "arn:aws:iam::111122223333:user/jane"}
    (failure,) = hosts["fails"]["failures"]
    assert (failure["task"], failure["module"]) == ("Fail for some", "workstation.aws_sso.sso_login")
    assert "There is no [sso-session nowhere]" in failure["message"]
    assert "There is no [sso-session acme]" in failure["message"]
    assert [failure["message"] for failure in hosts["hides"]["failures"]] == [
        "The message is hidden by no_log."
    ]
    assert "Connection refused" in hosts["away"]["failures"][0]["message"]
    for text in (json.dumps(document), fleet.page()):
        assert not [word for word in ("Hidden", "Forecast", "hunter2", "rescued", "ignored") if word in text]
    assert account_id(1) in fleet.page()


def test_a_run_with_limit_and_then_one_in_check_mode(fleet: Fleet) -> None:
    before = fleet.kept()["hosts"]
    fleet.run(
        "--limit", "well", "-e", json.dumps({"access": access_to([0, 2], ["Reader"]), "sessions": ["acme"]})
    )
    document = fleet.kept()
    after = document["hosts"]
    assert {name: host for name, host in after.items() if name != "well"} == {
        name: host for name, host in before.items() if name != "well"
    }
    assert after["well"]["access"]["other"] == before["well"]["access"]["other"]
    assert [(change["hosts"], change["gained"], change["lost"]) for change in document["changes"]] == [
        (["well"], [{"roles": ["Reader"], "accounts": [account_id(2)]}], [])
    ]
    fleet.run(
        "--limit", "well", "--check", "-e", json.dumps({"access": access_to([3]), "sessions": ["acme"]})
    )
    assert fleet.kept() == document
    assert "check mode" in fleet.page() and account_id(3) in fleet.page()


def test_settings_and_a_foreign_file(fleet: Fleet) -> None:
    (fleet.directory / "notes.json").write_text("[]")
    (fleet.directory / "ansible.cfg").write_text(
        "[workstation_fleet_report]\nhtml = ~/pages/report.html\njson = never.json\n"
    )
    result = fleet.run("--limit", "hides", WORKSTATION_FLEET_REPORT_JSON="notes.json")
    assert "did not change notes.json" in result.stderr + result.stdout
    assert (fleet.directory / "notes.json").read_text() == "[]"
    assert not (fleet.directory / "never.json").exists()
    assert result.stderr.endswith(f"Fleet report: {fleet.directory}/pages/report.html\n")
    assert "hides" in (fleet.directory / "pages" / "report.html").read_text()


def test_only_a_file_that_was_written_is_named(fleet: Fleet) -> None:
    (fleet.directory / "other.json").write_text("[]")
    nothing = {"WORKSTATION_FLEET_REPORT_HTML": "", "WORKSTATION_FLEET_REPORT_JSON": "other.json"}
    result = fleet.run("--limit", "hides", **nothing)
    assert "did not change other.json" in result.stderr + result.stdout
    assert "Fleet report: " not in result.stderr + result.stdout
    result = fleet.run("--limit", "hides", **nothing, WORKSTATION_FLEET_REPORT_CSV="hosts.csv")
    assert result.stderr.endswith(f"Fleet report: {fleet.directory}/hosts.csv\n")


def test_what_the_page_shows_is_a_setting(fleet: Fleet) -> None:
    (fleet.directory / "ansible.cfg").write_text(
        "[workstation_fleet_report]\ntitle = ACME laptops\nread_roles = Billing, Reader*\ncsv = hosts.csv\n"
    )
    fleet.run("--limit", "well")
    page = fleet.page()
    assert "<h1><bdi>ACME laptops</bdi>" in page and "inventory <bdi>hosts.json</bdi>" in page
    classes = dict(re.findall(r'<bdi>(\w+)</bdi></span><small class="\w+">(\w+)<', page))
    assert (classes["Reader"], classes["Billing"], classes["ReadOnlyAccess"]) == ("read", "read", "write")
    assert (fleet.directory / "hosts.csv").read_text("utf-8-sig").startswith('"host","user","status"')


def test_hosts_that_a_limit_leaves_out_are_never_seen(tmp_path: pathlib.Path) -> None:
    fleet = Fleet(tmp_path)
    fleet.run("--limit", "well")
    assert fleet.kept()["never_seen"] == ["away", "fails", "hides"]
    fleet.run("--limit", "hides,away")
    assert fleet.kept()["never_seen"] == ["away", "fails"]
