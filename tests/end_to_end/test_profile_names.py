# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles named as a company does, and role chains, which all programs can use."""

from __future__ import annotations

import json
import pathlib
import sys

from end_to_end import real_cli
from end_to_end.controller import Controller
from identity_center import write_browser

PROFILES = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - workstation.aws_sso.sso_login:
        session: corp
        method: pkce
        list_access: true
      register: login
    - workstation.aws_sso.sso_profiles:
        access: "{{ login.access }}"
        profile_name: &name >-
          {account_alias:removeprefix('Log ')|lower}.{role_name:replace('istratorAccess', '')}
        region: &region >-
          {email:replace('aws+', '')|removesuffix('@acme.example')|replace('logs', 'eu-west-3')}
        account_aliases: &aliases
          "222233334444": live
        options: &options
          sso_account_name: "{account_name}"
        overrides: &overrides
          - accounts: [111122223333, Production]
            region: eu-central-1
        exclude_accounts: ["Prod*"]
        exclude_roles: ["NoSuchRole"]
        profiles: &profiles
          - name: deploy
            role_arn: arn:aws:iam::222233334444:role/Deploy
            source_profile: development.Admin
            region: eu-central-1
            options: {duration_seconds: 900}
          - name: audit
            role_arn: arn:aws:iam::222233334444:role/Audit
            source_profile: archive.ReadOnly
            options: {external_id: acme-audit}
    - ansible.builtin.include_role:
        name: workstation.aws_sso.workstation
      vars:
        workstation_parts: [profiles]
        workstation_sessions: [{name: corp, start_url: "https://acme.awsapps.com/start", region: eu-west-1}]
        workstation_access: "{{ login.access }}"
        workstation_profile_name: *name
        workstation_region: *region
        workstation_profile_options: *options
        workstation_profile_overrides: *overrides
        workstation_exclude_accounts: ["Prod*"]
        workstation_profiles: *profiles
        workstation_sso_profiles:
          account_aliases: *aliases
    - ansible.builtin.set_fact:
        again: "{{ _workstation_config }}"
    - ansible.builtin.assert:
        that:
          - again is not changed
          - again.profiles | length == 5
          - lookup('workstation.aws_sso.sso_credentials', 'deploy').access_key is search('^ASIA')
          - lookup('workstation.aws_sso.sso_credentials', 'audit').access_key is search('^ASIA')
"""
BY_BOTO3 = """\
import boto3, json
found = {}
for name in boto3.Session().available_profiles:
    session = boto3.Session(profile_name=name)
    arn = session.client("sts", region_name=session.region_name or "eu-west-1").get_caller_identity()["Arn"]
    found[name] = [arn.split(":")[4], arn.split("/")[1].rpartition("_")[0], session.region_name]
print(json.dumps(found))
"""


def test_every_profile_can_be_used(controller: Controller, tmp_path: pathlib.Path) -> None:
    with controller.play(PROFILES, BROWSER=write_browser(str(tmp_path / "browser"))) as play:
        play.succeed()
    answer = controller.run(sys.executable, "-c", BY_BOTO3)
    assert answer.returncode == 0, answer.stderr
    admin, read_only = "AWSReservedSSO_AdministratorAccess", "AWSReservedSSO_ReadOnly"
    assert json.loads(answer.stdout) == {
        "dev": ["111122223333", admin, "eu-central-1"],
        "development.Admin": ["111122223333", admin, "eu-central-1"],
        "development.ReadOnly": ["111122223333", read_only, "eu-central-1"],
        "archive.ReadOnly": ["012345678901", read_only, "eu-west-3"],
        "deploy": ["222233334444", "", "eu-central-1"],
        "audit": ["222233334444", "", None],
    }
    for profile, words in (
        ("deploy", ("sts", "get-caller-identity", "--query", "Arn")),
        ("archive.ReadOnly", ("configure", "get", "sso_account_name")),
    ):
        answer = controller.run(
            real_cli.aws(real_cli.CURRENT), *words, "--profile", profile, "--output", "text"
        )
        assert answer.returncode == 0, answer.stderr
        expected = "assumed-role/Deploy/" if profile == "deploy" else "Log Archive"
        assert expected in answer.stdout
