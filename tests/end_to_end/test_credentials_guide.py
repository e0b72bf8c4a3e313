# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials in playbooks: the examples of docs/credentials.md, with the real amazon.aws and AWS CLI."""

from __future__ import annotations

import json
import pathlib
import re
import sys
import typing as t

import pytest
import yaml

from end_to_end import readme
from end_to_end.controller import Controller
from end_to_end.signed_in import ROLES, sign_in
from identity_center import IdentityCenter
from support.organization import READER, organization_of

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "credentials.md"
TROUBLESHOOTING = GUIDE.with_name("troubleshooting.md")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
PLAYS = {re.match(r"- name: (.*)", text)[1]: text for text in EXAMPLES if text.startswith("- ")}  # type: ignore[index]
INVENTORIES = [text for text in EXAMPLES if text.startswith("plugin: ")]
ACCOUNTS = ("111122223333", "222233334444", "012345678901")


@pytest.fixture
def signed_in(controller: Controller, center: IdentityCenter, s3: str) -> t.Iterator[Controller]:
    """A signed-in home, with profiles, amazon.aws and the AWS CLI."""
    sign_in(controller, center, "amazon.aws")
    controller.environment["AWS_ENDPOINT_URL_S3"] = s3
    reader = (
        f"[profile {READER}]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
    )
    config = controller.home / ".aws" / "config"
    config.write_text(config.read_text() + reader)
    with organization_of(center.world) as variables:
        controller.environment.update(variables)
        yield controller


def run(signed_in: Controller, play: str, **variables: str) -> str:
    inventory = signed_in.home / "corp.sso_accounts.yml"
    inventory.write_text(INVENTORIES[0])
    arguments = ["-i", str(inventory)] if "sso_accounts" in play else []
    with signed_in.play(play, *arguments, **variables) as running:
        return running.succeed()


def test_the_guide_has_examples() -> None:
    assert len(PLAYS) >= 8 and len(INVENTORIES) == 1
    assert len(PLAYS) + len(INVENTORIES) == len(EXAMPLES)


@pytest.mark.parametrize("name", list(PLAYS))
def test_examples_of_the_guide_work(signed_in: Controller, name: str) -> None:
    output = run(signed_in, PLAYS[name])
    assert "failed=0" in output
    assert "[WARNING]" not in output


def test_the_check_for_accounts_fails_where_a_filter_matches_nothing(signed_in: Controller) -> None:
    inventory = signed_in.home / "corp.sso_accounts.yml"
    inventory.write_text(INVENTORIES[0].replace("ReadOnly", "Readonly"))
    with signed_in.play(PLAYS["Fail if the inventory has no accounts"], "-i", str(inventory)) as running:
        assert "The inventory has no accounts." in running.fail()


def test_without_roles_an_account_has_the_first_role_in_alphabetical_order(signed_in: Controller) -> None:
    inventory = signed_in.home / "corp.sso_accounts.yml"
    inventory.write_text(INVENTORIES[0].replace("roles: [ReadOnly]\n", ""))
    listed = signed_in.run(sys.executable, "-m", "ansible", "inventory", "-i", inventory, "--list")
    hosts = json.loads(listed.stdout)["_meta"]["hostvars"].values()
    assert [host["aws_role_name"] for host in hosts if host["aws_account_id"] == ACCOUNTS[0]] == [
        "AdministratorAccess"
    ]


def test_profiles_are_listed_without_the_aws_cli(signed_in: Controller) -> None:
    for page in (GUIDE, TROUBLESHOOTING):
        (command,) = re.findall(r"`(grep [^`]+)`", page.read_text(encoding="utf-8"))
        assert {f"[profile {name}]" for name in ROLES} <= set(
            signed_in.run("sh", "-c", command).stdout.split("\n")
        )


MISTAKES = """\
- hosts: localhost
  gather_facts: false
  ignore_errors: true
  tasks:
    - amazon.aws.aws_caller_info:
      module_defaults:
        group/aws: "{{ query('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333') }}"
    - amazon.aws.aws_caller_info:
      module_defaults:
        group/aws: "{{ lookup('workstation.aws_sso.sso_credentials', profile, format='environment') }}"
      vars:
        profile: ReadOnly-111122223333
    - amazon.aws.aws_caller_info:
      module_defaults:
        group/aws: "{{ lookup('workstation.aws_sso.sso_credentials', **role) }}"
      vars:
        role: {session: corp, account_id: "111122223333", role_name: ReadOnly}
"""


def test_mistakes_have_the_messages_that_the_pages_quote(signed_in: Controller) -> None:
    misnamed = signed_in.home / "corp.yml"
    misnamed.write_text(INVENTORIES[0])
    with signed_in.play(MISTAKES, "-i", str(misnamed)) as running:
        shown = " ".join(running.succeed().split())
    assert "You must specify a region" in shown
    quotes = re.findall(r"^> (.+)$", TROUBLESHOOTING.read_text(encoding="utf-8"), re.MULTILINE)
    for start in ("dictionary update", "Unsupported parameters", "inventory source"):
        (quote,) = (quote for quote in quotes if quote.startswith(start))
        assert re.search(re.escape(quote).replace("…", ".{1,120}?"), shown), quote


def test_the_check_for_a_sign_in_agrees_with_what_the_lookup_needs(
    signed_in: Controller, center: IdentityCenter
) -> None:
    """With a valid token, with one to refresh, with one that only a sign-in replaces, and without one."""
    check = PLAYS["Fail early if a sign-in is required"]
    look_up = f"""\
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.set_fact:
        key: "{{{{ lookup('workstation.aws_sso.sso_credentials', '{ROLES[0]}', cache=false).access_key }}}}"
"""
    (token,) = [
        path
        for path in (signed_in.home / ".aws" / "sso" / "cache").iterdir()
        if "accessToken" in json.loads(path.read_text())
    ]
    document = json.loads(token.read_text())
    expired = {**document, "expiresAt": "2026-01-01T00:00:00Z"}
    for content, works in (
        (document, True),
        (expired, True),
        ({**expired, "refreshToken": ""}, False),
        ({**expired, "registrationExpiresAt": "2026-01-01T00:00:00Z"}, False),
        (None, False),
    ):
        token.unlink(missing_ok=True)
        if content is not None:
            token.write_text(json.dumps(content))
        for play in (check, look_up):
            with signed_in.play(play) as running:
                output = running.succeed() if works else running.fail()
            assert (
                works or "workstation.aws_sso.login -e target=localhost -e workstation_session=corp" in output
            )
    assert center.count("Authorize") == 1


@pytest.mark.parametrize("name", [name for name, text in PLAYS.items() if "sso_credentials'" in text])
def test_a_profile_in_the_environment_of_ansible_does_not_matter(signed_in: Controller, name: str) -> None:
    assert "failed=0" in run(signed_in, PLAYS[name], AWS_DEFAULT_PROFILE="missing", AWS_PROFILE="other")


def test_the_example_of_the_readme_works(signed_in: Controller, center: IdentityCenter) -> None:
    config = signed_in.home / ".aws" / "config"
    profile = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = AdministratorAccess\n"
    config.write_text(f"{config.read_text()}[profile AdministratorAccess-111122223333]\n{profile}")
    tasks = yaml.safe_load(readme.block("Credentials for tasks", "yaml").text)
    output = run(
        signed_in, "\n" + yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    )
    assert "changed=1" in output and "[WARNING]" not in output
    assert center.count("GetRoleCredentials") == 1


def examples_of(plugin: str) -> list[dict[str, t.Any]]:
    source = (GUIDE.parents[1] / "plugins" / plugin).read_text(encoding="utf-8")
    text = source.partition('EXAMPLES = r"""')[2].partition('"""')[0]
    return [
        document
        for part in yaml.safe_load_all(text)
        for document in (part if isinstance(part, list) else [part])
    ]


@pytest.mark.parametrize("plugin", ["lookup/sso_credentials.py", "lookup/sso_access.py"])
def test_examples_of_the_lookups_work(signed_in: Controller, plugin: str) -> None:
    examples = examples_of(plugin)
    plays = [example for example in examples if "hosts" in example]
    tasks = [example for example in examples if "hosts" not in example]
    environment = {"AWS_DEFAULT_REGION": "eu-central-1"}
    play = {"hosts": "localhost", "gather_facts": False, "environment": environment, "tasks": tasks}
    run(signed_in, "\n" + yaml.safe_dump([play, *plays]))


@pytest.mark.parametrize("options", examples_of("inventory/sso_accounts.py"))
def test_examples_of_the_inventory_work(signed_in: Controller, options: dict[str, t.Any]) -> None:
    source = signed_in.home / "my.sso_accounts.yml"
    source.write_text(yaml.safe_dump(options))
    listed = signed_in.run(sys.executable, "-m", "ansible", "inventory", "-i", source, "--graph")
    assert listed.returncode == 0 and "@sso_accounts:" in listed.stdout
    without_such_accounts = r"\[WARNING\]: No account matches accounts: prod-\*\. .*\n"
    assert not re.sub(without_such_accounts, "", listed.stderr)


WHO = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - amazon.aws.aws_caller_info:
      module_defaults:
        group/aws: "{{ lookup('workstation.aws_sso.sso_credentials', item) }}"
      loop: [ReadOnly-111122223333, AdministratorAccess-222233334444]
      register: by_options
    - amazon.aws.aws_caller_info:
      environment: "{{ lookup('workstation.aws_sso.sso_credentials', item, format='environment') }}"
      loop: [ReadOnly-111122223333, AdministratorAccess-222233334444]
      register: by_environment
    - ansible.builtin.command:
        argv:
          - "{{ ansible_playbook_python }}"
          - -c
          - "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
      environment: "{{ lookup('workstation.aws_sso.sso_credentials', item, format='environment') }}"
      loop: [ReadOnly-111122223333, AdministratorAccess-222233334444]
      register: by_boto3
    - ansible.builtin.copy:
        content: "{{ {'options': by_options.results | map(attribute='arn'),
                      'environment': by_environment.results | map(attribute='arn'),
                      'boto3': by_boto3.results | map(attribute='stdout')} | to_json }}"
        dest: "{{ playbook_dir }}/who.json"
        mode: "0600"
"""


@pytest.mark.parametrize("profile", ["", "other", "missing"])
def test_each_item_of_a_loop_works_in_its_own_account(signed_in: Controller, profile: str) -> None:
    run(signed_in, WHO, **({"AWS_PROFILE": profile} if profile else {}))
    who = json.loads((signed_in.home / "who.json").read_text())
    assert set(who) == {"options", "environment", "boto3"}
    for arns in who.values():
        assert [arn.split(":")[4] for arn in arns] == ["111122223333", "222233334444"]
        assert [arn.split("_")[1] for arn in arns] == ["ReadOnly", "AdministratorAccess"]


def test_one_role_is_fetched_once_by_a_play_over_all_accounts(
    signed_in: Controller, center: IdentityCenter
) -> None:
    output = run(signed_in, PLAYS["List the buckets of each account"])
    for name in ("Development", "Production", "Log Archive"):
        assert f"{name} has 0 buckets" in output
    assert center.count("GetRoleCredentials") == 3
    assert center.count("ListAccounts") == 1


SECRETS = """\
- hosts: localhost
  gather_facts: false
  ignore_errors: true
  module_defaults:
    group/aws: "{{ lookup('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333') }}"
  tasks:
    - amazon.aws.s3_bucket_info:
    - amazon.aws.s3_bucket:
    - ansible.builtin.assert:
        that: lookup('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333').region == 'nowhere'
    - ansible.builtin.debug:
        msg: "{{ lookup('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333', role_arn=arn) }}"
      vars:
        arn: arn:aws:iam::222233334444:role/Nope
    - ansible.builtin.copy:
        content: "{{ lookup('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333').secret_key }}"
        dest: /nowhere/at/all
        mode: "0600"
      no_log: true
"""


def test_nothing_secret_is_shown_at_any_verbosity(signed_in: Controller) -> None:
    output = run(signed_in, SECRETS, ANSIBLE_VERBOSITY="5")
    assert output.count("...ignoring") == 4
    cached = [json.loads(path.read_text()) for path in (signed_in.home / ".aws/cli/cache").glob("*.json")]
    (token,) = (
        json.loads(path.read_text()) for path in (signed_in.home / ".aws/sso/cache").glob("ee0bfd25*.json")
    )
    secrets = [
        *(entry["Credentials"][name] for entry in cached for name in ("SecretAccessKey", "SessionToken")),
        *(token[name] for name in ("accessToken", "refreshToken", "clientSecret")),
    ]
    assert len(secrets) >= 5
    assert not [secret for secret in secrets if secret in output]


def test_refusals_are_shown_without_a_traceback(signed_in: Controller) -> None:
    assert "Traceback" not in run(signed_in, SECRETS)


def test_the_aws_cli_uses_cached_credentials_of_the_lookup(
    signed_in: Controller, center: IdentityCenter
) -> None:
    run(signed_in, PLAYS["Run several tasks in one account"])
    done = signed_in.run("aws", "sts", "get-caller-identity", "--profile", "ReadOnly-111122223333")
    assert done.returncode == 0 and "AWSReservedSSO_ReadOnly_" in done.stdout
    assert center.count("GetRoleCredentials") == 1
