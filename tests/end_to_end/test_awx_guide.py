# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/awx.md: its credential type, rendered as AWX does, and its playbooks under ansible-runner.

As in AWX, each job has a home of its own, unless a path of it is exposed.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
import re
import subprocess
import sys
import time
import typing as t

import pytest
import yaml

from end_to_end import readme, real_cli
from end_to_end.controller import Controller, Play
from end_to_end.runner import Runner
from identity_center import IdentityCenter, default_world
from identity_center.world import Role
from support import ansible_package
from support.awx import CredentialType, Injected
from support.company import Company

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "awx.md"
CREDENTIAL_TYPE = CredentialType(
    readme.block("Credential type", "yaml", "fields:", GUIDE).text,
    readme.block("Credential type", "yaml", "env:", GUIDE).text,
)
PLAYBOOKS = {
    "attended.yml": readme.block("Tasks in AWS accounts", "yaml", path=GUIDE).text,
    "keep.yml": readme.block("Inventories", "yaml", "- name:", GUIDE).text,
    "token.yml": readme.block("A token in a credential", "yaml", path=GUIDE).text,
    "workstation.yml": readme.block("Project", "yaml", "import_playbook", GUIDE).text,
    "access.yml": """\
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.debug:
        var: workstation_access
""",
}
INVENTORY = readme.block("Inventories", "yaml", "plugin:", GUIDE).text
ROLE = re.findall(r"role_arn = (\S+)", readme.block("Scheduled jobs", "ini", path=GUIDE).text)[0]
PROFILES = """\
[profile ReadOnly-111122223333]
sso_session = acme
sso_account_id = 111122223333
sso_role_name = ReadOnly
region = eu-central-1
"""
USER_CODE = r"user_code=([A-Z]{4}-[A-Z]{4})"


class Awx:
    """Jobs with a credential of the type; each has a new home, or that of another job."""

    def __init__(self, controller: Controller, center: IdentityCenter) -> None:
        controller.environment["PATH"] = (
            f"{real_cli.aws(real_cli.CURRENT).parent}:{controller.environment['PATH']}"
        )
        controller.environment["ANSIBLE_COLLECTIONS_PATH"] += (
            f":{ansible_package.collections_path('amazon.aws')}"
        )
        controller.environment["ANSIBLE_PYTHON_INTERPRETER"] = sys.executable
        self.controller = controller
        self.runner = Runner(controller, {}, PLAYBOOKS)
        self._values = {
            "session": "acme",
            "start_url": center.world.start_url,
            "sso_region": center.world.region,
            "profiles": PROFILES,
        }

    def inject(self, **values: str) -> Injected:
        return CREDENTIAL_TYPE.inject({**self._values, **values}, self.runner.directory)

    def start(
        self, playbook: str, name: str, home: str, injected: Injected | None = None, **variables: t.Any
    ) -> Play:
        injected = injected or self.inject()
        environment = self.environment(home, injected)
        (self.runner.directory / "env" / "envvars").write_text(json.dumps(environment))
        (self.runner.directory / "env" / "extravars").write_text(json.dumps(variables))
        return self.runner.start(playbook, name, "--cmdline", " ".join(injected.arguments))

    def environment(self, home: str, injected: Injected) -> dict[str, str]:
        path = self.controller.home / home
        path.mkdir(exist_ok=True)
        return {**self.controller.environment, "HOME": str(path), **injected.environment}

    def attended(self, center: IdentityCenter, name: str, home: str) -> str:
        """Run the playbook that signs in, as alice; returns its output."""
        with self.start("attended.yml", name, home) as play:
            (code,) = play.wait_for(USER_CODE)
            deadline = time.monotonic() + 60
            while code not in str(self.runner.events(name)):  # what the page of the job shows
                assert time.monotonic() < deadline
                time.sleep(0.1)
            center.approve(code, "alice")
            return play.succeed()


@pytest.fixture
def center() -> t.Iterator[IdentityCenter]:
    world = dataclasses.replace(default_world(), roles=(Role(ROLE, ("111122223333",)),))
    with IdentityCenter(world) as center:
        yield center
        assert not center.invalid_requests


@pytest.fixture
def awx(controller: Controller, center: IdentityCenter) -> Awx:
    return Awx(controller, center)


def require_no_secrets(awx: Awx, secrets: set[str]) -> None:
    assert len(secrets) >= 4
    assert not [path for path in awx.runner.kept() if any(secret in path.read_text() for secret in secrets)]


def test_a_user_approves_in_a_job_and_nothing_is_left_for_the_next_one(
    awx: Awx, center: IdentityCenter
) -> None:
    """Then the token of that user serves a job without a sign-in, and one in which it has expired fails."""
    assert "assumed-role/AWSReservedSSO_ReadOnly_" in awx.attended(center, "first", "home-1")
    with awx.start("keep.yml", "next", "home-2") as play:
        assert "workstation.aws_sso.login -e target=localhost" in play.fail()
    (command,) = readme.block("A token in a credential", "console", path=GUIDE).commands()
    home = {**awx.controller.environment, "HOME": str(awx.controller.home / "home-1")}
    token = subprocess.run(command, shell=True, check=True, env=home, capture_output=True, text=True).stdout
    assert json.loads(token).keys() == {
        "startUrl",
        "region",
        "accessToken",
        "expiresAt",
        "registrationExpiresAt",
    }
    with awx.start("token.yml", "token", "home-3", awx.inject(token=token)) as play:
        play.succeed()
    assert awx.runner.stats("token")["ok"] == {"localhost": 4}
    assert "AWSReservedSSO_ReadOnly_" in str(awx.runner.events("token"))
    old = json.dumps({**json.loads(token), "expiresAt": "2026-01-01T00:00:00Z"})
    with awx.start("token.yml", "expired", "home-4", awx.inject(token=old)) as play:
        assert "Fail at once if the token has expired" in play.fail()
    assert center.count("CreateToken", status=200) == 1
    require_no_secrets(awx, center.records.secrets())


def test_a_sign_in_that_is_kept_serves_inventories_until_its_session_ends(
    awx: Awx, center: IdentityCenter
) -> None:
    with awx.start("keep.yml", "sign-in", "kept", allow_sign_in=True) as play:
        (code,) = play.wait_for(USER_CODE)
        center.approve(code, "alice")
        play.succeed()
    source = awx.runner.directory / "project" / "acme.sso_accounts.yml"
    source.write_text(INVENTORY)
    environment = awx.environment("kept", awx.inject())
    command = [sys.executable, "-m", "ansible", "inventory", "--list", "--export", "-i", str(source)]
    listed = json.loads(awx.controller.run(*command, **environment).stdout)
    assert sorted(listed["role_ReadOnly"]["hosts"]) == ["012345678901", "111122223333", "222233334444"]
    center.expire("access_tokens")
    (token,) = (
        path
        for path in (awx.controller.home / "kept/.aws/sso/cache").iterdir()
        if "accessToken" in path.read_text()
    )
    token.write_text(json.dumps({**json.loads(token.read_text()), "expiresAt": "2026-01-01T00:00:00Z"}))
    with awx.start("keep.yml", "daily", "kept") as play:
        play.succeed()
    assert center.count("CreateToken", status=200) == 2
    secrets = center.records.secrets()
    center.end_sessions()
    token.write_text(json.dumps({**json.loads(token.read_text()), "expiresAt": "2026-01-01T00:00:00Z"}))
    with awx.start("keep.yml", "ended", "kept") as play:
        assert "a user has to sign in" in play.fail()
    require_no_secrets(awx, secrets)


def test_a_scheduled_job_reads_the_assignments_with_a_role_of_the_node(
    awx: Awx, center: IdentityCenter
) -> None:
    awx.attended(center, "keys", "home-1")
    (key,) = center.records.role_credentials.values()
    with Company() as company:
        account = company.account("Development")
        company.assign("USER", company.user("alice"), "ReadOnly", account)
        injected = awx.inject(profiles=readme.block("Scheduled jobs", "ini", path=GUIDE).text)
        injected.environment.update(
            company.environment(),
            AWS_ACCESS_KEY_ID=key.access_key_id,
            AWS_SECRET_ACCESS_KEY=key.secret_access_key,
            AWS_SESSION_TOKEN=key.session_token,
        )
        variables = yaml.safe_load(readme.block("Set up workstations", "yaml", "sso_assignments", GUIDE).text)
        with awx.start(
            "access.yml", "access", "home-2", injected, **variables, identity_center_user="alice"
        ) as play:
            shown = play.succeed()
        assert "ReadOnly" in shown and account in shown
        assert company.access_keys.isdisjoint({key.access_key_id})
    assert center.count("AssumeRole") == 1


def test_the_variables_of_the_job_template_are_those_of_the_role() -> None:
    specs = yaml.safe_load((GUIDE.parents[1] / "roles/workstation/meta/argument_specs.yml").read_text())
    known = {*specs["argument_specs"]["main"]["options"], "target"}
    for block in readme.blocks(GUIDE):
        if block.heading == "Set up workstations" and block.language == "yaml":
            assert yaml.safe_load(block.text).keys() <= known
