# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory sso_ec2: the examples of docs/inventories.md, with the real amazon.aws."""

from __future__ import annotations

import pathlib
import re
import sys
import typing as t

import pytest

from end_to_end.controller import Controller
from end_to_end.signed_in import LOGIN
from identity_center import IdentityCenter, write_browser
from identity_center.world import Account, Assignment, PermissionSet, User, World
from support import ansible_package, session_manager_plugin
from support.moto_accounts import MotoAccounts
from support.organization import organization_of
from support.session_manager_plugin import SessionManagerPlugin

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "inventories.md"
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
PLAYS = {re.match(r"- name: (.*)", text)[1]: text for text in EXAMPLES if text.startswith("- ")}  # type: ignore[index]
INVENTORIES = [text for text in EXAMPLES if text.startswith("plugin: ")]
UPDATES = """\
      ansible.builtin.dnf:
        name: "*"
        state: latest
      become: true
"""
INSTEAD_OF_UPDATES = """\
      ansible.builtin.command: touch updated
      args:
        creates: updated
"""
ACCOUNTS = [f"{100000000000 + number}" for number in range(12)]
PROD = ACCOUNTS[:3]
WORLD = World(
    users=(User("alice", "correct horse"),),
    accounts=tuple(
        Account(account, f"prod-payments-{number}" if account in PROD else f"dev-{number}")
        for number, account in enumerate(ACCOUNTS)
    ),
    permission_sets=tuple(map(PermissionSet, ("PatchOperator", "ReadOnly", "OrganizationReader"))),
    assignments=(
        Assignment("alice", ACCOUNTS[0], "OrganizationReader"),
        *(Assignment("alice", account, "PatchOperator") for account in PROD),
        *(Assignment("alice", account, "ReadOnly") for account in ACCOUNTS),
    ),
)


@pytest.fixture
def center() -> t.Iterator[IdentityCenter]:
    with IdentityCenter(WORLD) as center:
        yield center


@pytest.fixture
def aws(center: IdentityCenter) -> t.Iterator[MotoAccounts]:
    with MotoAccounts(center) as accounts:
        accounts.answers.update(session_manager_plugin.ANSWERS)
        yield accounts


@pytest.fixture
def plugin(tmp_path: pathlib.Path) -> SessionManagerPlugin:
    return SessionManagerPlugin(tmp_path)


@pytest.fixture
def signed_in(
    controller: Controller, center: IdentityCenter, aws: MotoAccounts, plugin: SessionManagerPlugin
) -> Controller:
    """A signed-in home with amazon.aws, without profiles."""
    amazon = ansible_package.collections_path("amazon.aws")
    controller.environment["ANSIBLE_COLLECTIONS_PATH"] += f":{amazon}"
    controller.environment["ANSIBLE_PYTHON_INTERPRETER"] = sys.executable
    controller.environment["ANSIBLE_DEPRECATION_WARNINGS"] = "false"
    controller.environment["AWS_SESSION_MANAGER_PLUGIN"] = str(plugin.path)
    controller.environment["BROWSER"] = write_browser(str(controller.home / "browser"))
    controller.environment.update(aws.environment("EC2", "S3", "SSM"))
    controller.play(LOGIN).succeed()
    return controller


def write_inventory(controller: Controller, example: int = 0) -> pathlib.Path:
    path = controller.home / "corp.sso_ec2.yml"
    path.write_text(INVENTORIES[example])
    return path


def secrets_of(center: IdentityCenter) -> list[str]:
    keys = center.records.role_credentials.values()
    return [text for key in keys for text in (key.secret_access_key, key.session_token)]


def test_the_guide_has_examples() -> None:
    assert len(PLAYS) + len(INVENTORIES) == len(EXAMPLES) and len(INVENTORIES) >= 2
    assert UPDATES in PLAYS["Patch the instances of Monday"]


def test_instances_are_patched_with_the_credentials_of_their_accounts(
    signed_in: Controller,
    aws: MotoAccounts,
    center: IdentityCenter,
    plugin: SessionManagerPlugin,
) -> None:
    """AWS_PROFILE has no effect. No key is in the output with -vvvv, in the list or in the cache."""
    patched = {aws.instance(account, patch="monday"): account for account in PROD[:2]}
    others = [aws.instance(PROD[2], patch="tuesday"), aws.instance(ACCOUNTS[9])]
    for account in patched.values():
        bucket = {"LocationConstraint": "eu-central-1"}
        aws.client("s3", account).create_bucket(
            Bucket=f"acme-ssm-{account}-eu-central-1", CreateBucketConfiguration=bucket
        )
    inventory = write_inventory(signed_in)
    environment = {"AWS_PROFILE": "missing"}
    listed = signed_in.run(
        sys.executable, "-m", "ansible", "inventory", "-i", inventory, "--list", "-vvvv", **environment
    )
    assert all(instance in listed.stdout for instance in (*patched, *others)), listed.stderr
    before = len(aws.seen)
    play = PLAYS["Patch the instances of Monday"].replace(UPDATES, INSTEAD_OF_UPDATES)
    with signed_in.play(play, "-i", inventory, "-vvvv", **environment) as running:
        output = running.succeed()

    assert all((plugin.home(instance) / "updated").exists() for instance in patched)
    assert not any(plugin.home(instance).exists() for instance in others)
    for instance, account in patched.items():
        tags = aws.client("ec2", account).describe_tags(
            Filters=[{"Name": "resource-id", "Values": [instance]}, {"Name": "key", "Values": ["patched"]}]
        )
        assert len(tags["Tags"]) == 1
    by_tasks = aws.seen[before:]
    assert {seen.account_id for seen in by_tasks} == set(patched.values())
    assert {"StartSession", "CreateTags"} <= {seen.operation for seen in by_tasks}
    cached = "".join(
        path.read_text() for path in (signed_in.home / ".cache" / "ansible" / "inventory").iterdir()
    )
    assert all(instance in cached for instance in patched)
    for secret in secrets_of(center):
        assert secret not in listed.stdout + listed.stderr + cached + output


def test_an_audit_names_instances_without_further_calls(signed_in: Controller, aws: MotoAccounts) -> None:
    instance = aws.instance(ACCOUNTS[5])
    inventory = write_inventory(signed_in)
    play = PLAYS["Find instances that accept IMDSv1"]
    with signed_in.play(play, "-i", inventory) as running:
        assert f"dev-5: {instance} in eu-central-1 accepts IMDSv1" in running.fail()
    calls = len(aws.seen)
    assert calls == len(ACCOUNTS) * 2
    with signed_in.play(play, "-i", inventory) as running:
        assert instance in running.fail()
    assert len(aws.seen) == calls


def test_accounts_tags_and_variables_select_instances(signed_in: Controller, aws: MotoAccounts) -> None:
    web = aws.instance(PROD[0], patch="monday", Name="web")
    twin = aws.instance(PROD[1], patch="monday", Name="web")
    aws.instance(PROD[0]), aws.instance(ACCOUNTS[9], patch="monday")
    inventory = write_inventory(signed_in, 1)
    done = signed_in.run(sys.executable, "-m", "ansible", "inventory", "-i", inventory, "--graph", "payments")
    assert set(re.findall(r"--(\S+)$", done.stdout, re.MULTILINE)) == {f"web_{web}", f"web_{twin}"}
    assert {seen.account_id for seen in aws.seen} == set(PROD)


def test_organizational_units_and_tags_select_accounts(
    signed_in: Controller, aws: MotoAccounts, center: IdentityCenter
) -> None:
    with organization_of(center.world) as variables:
        instance = aws.instance(PROD[0])
        inventory = write_inventory(signed_in, 2)
        done = signed_in.run(
            sys.executable, "-m", "ansible", "inventory", "-i", inventory, "--graph", **variables
        )
    for group in ("ou_Workloads_Production", "environment_production"):
        assert group in done.stdout, done.stderr
    shown = aws.client("ec2", PROD[0]).describe_instances(InstanceIds=[instance])["Reservations"]
    assert shown[0]["Instances"][0]["PublicDnsName"] in done.stdout


def test_an_expired_token_fails_a_play_in_ci(signed_in: Controller) -> None:
    inventory = write_inventory(signed_in)
    for path in (signed_in.home / ".aws" / "sso" / "cache").iterdir():
        path.unlink()
    (signed_in.home / "ansible.cfg").write_text(
        re.findall(r"^```ini\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[0]
    )
    with signed_in.play(PLAYS["Find instances that accept IMDSv1"], "-i", inventory) as running:
        assert "aws sso login --sso-session corp" in " ".join(running.fail().split())
