# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/credentials-everywhere.md: each example, exactly as shown, whatever AWS_PROFILE is."""

from __future__ import annotations

import json
import re
import sys
import typing as t

import pytest

from end_to_end import real_terraform
from end_to_end.everywhere import (
    AWS_PROFILES,
    BY_PROFILE,
    DEVELOPMENT,
    EC2_BY_KEYS,
    GUIDE,
    INVENTORIES,
    PLAYS,
    PRODUCTION,
    RDS_BY_KEYS,
    User,
)
from end_to_end.needs import need


class Expected(t.NamedTuple):
    """Accounts and services that moto sees, and the inventory that the play requires."""

    seen: set[tuple[str, str]]
    inventory: str = ""


OVER_SSM = Expected({(DEVELOPMENT, "ec2"), (DEVELOPMENT, "ssm"), (DEVELOPMENT, "s3")}, BY_PROFILE)
EXPECTED = {
    "Use two accounts in one play": Expected(
        {(DEVELOPMENT, "s3"), (PRODUCTION, "ec2"), (DEVELOPMENT, "sns")}
    ),
    "Query AWS from another host": Expected({(DEVELOPMENT, "s3")}, "bastion.ini"),
    "Use a parameter and a secret": Expected({(DEVELOPMENT, "ssm"), (DEVELOPMENT, "secretsmanager")}),
    "Use a secret in a template": Expected({(PRODUCTION, "ssm"), (DEVELOPMENT, "secretsmanager")}),
    "Configure instances over Session Manager": OVER_SSM,
    "Configure instances over Session Manager, with keys": OVER_SSM,
    "Run Terraform in one account": Expected({(DEVELOPMENT, "s3")}),
    "Run Terraform in one account, with environment variables": Expected({(DEVELOPMENT, "s3")}),
    "Write a kubeconfig": Expected({(DEVELOPMENT, "eks")}),
}


def full(aws_profile: str) -> t.Any:
    """A case that the others cover, or the guide docs/credentials.md."""
    return pytest.param(aws_profile, marks=pytest.mark.full)


def test_each_row_of_the_table_has_a_section_with_examples() -> None:
    rows = re.findall(r"^\| .*?\[([^\]]+)\]\(#([\w-]+)\)", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {anchor for _text, anchor in rows}
    examples = [*PLAYS.values(), *INVENTORIES.values()]
    assert {block.heading.lower().replace(" ", "-") for block in examples} == anchors
    assert len(rows) == 6


def test_each_example_has_an_expectation() -> None:
    assert set(PLAYS) == set(EXPECTED)
    assert len(re.findall(r"^```yaml", GUIDE.read_text(), re.MULTILINE)) == len(PLAYS) + len(INVENTORIES)


@pytest.mark.parametrize("aws_profile", [full("unset"), full("existing"), "missing"])
@pytest.mark.parametrize("name", PLAYS)
def test_a_play_of_the_guide_uses_the_accounts_that_it_names(user: User, name: str, aws_profile: str) -> None:
    if "Terraform" in name:
        need(real_terraform.missing())
    expected = EXPECTED[name]
    arguments = ("-i", str(user.home / expected.inventory)) if expected.inventory else ()
    output = user.run(PLAYS[name].text, *arguments, **AWS_PROFILES[aws_profile])
    assert "failed=0" in output and "unreachable=0" in output and "skipping" not in output
    assert user.seen() == expected.seen


@pytest.mark.parametrize("aws_profile", [full("unset"), "existing", "missing"])
@pytest.mark.parametrize("name", INVENTORIES)
def test_an_inventory_of_the_guide_lists_the_hosts_of_the_account_that_it_names(
    user: User, name: str, aws_profile: str
) -> None:
    user.moto.seen.clear()
    command = (sys.executable, "-m", "ansible", "inventory", "-i", user.home / name, "--list")
    listed = user.controller.run(*command, **AWS_PROFILES[aws_profile])
    hosts = set(json.loads(listed.stdout)["_meta"]["hostvars"])
    assert "ASIA" not in listed.stdout
    if aws_profile == "missing" and name != BY_PROFILE:
        assert not hosts and not user.seen()
        shown = " ".join(listed.stderr.split())
        assert "The config profile (missing) could not be found" in shown
        assert "AWS_PROFILE is set to 'missing', but there is no such profile" in shown
        return
    account, service, host = {
        BY_PROFILE: (DEVELOPMENT, "ec2", user.instances[DEVELOPMENT]),
        EC2_BY_KEYS: (PRODUCTION, "ec2", user.instances[PRODUCTION]),
        RDS_BY_KEYS: (PRODUCTION, "rds", "orders"),
    }[name]
    assert hosts == {host} and user.seen() == {(account, service)}
    assert "AWS_PROFILE" not in listed.stderr


def test_an_inventory_with_keys_shows_none_of_them_at_any_verbosity(user: User) -> None:
    command = (
        sys.executable,
        "-m",
        "ansible",
        "inventory",
        "-i",
        user.home / EC2_BY_KEYS,
        "--list",
        "-vvvvv",
    )
    listed = user.controller.run(*command)
    assert user.instances[PRODUCTION] in listed.stdout
    keys = [text for entry in user.cached_keys() for text in entry.values()]
    assert keys and not [text for text in keys if text in listed.stdout + listed.stderr]


def test_an_inventory_with_keys_requires_the_empty_profile_if_aws_profile_is_set(user: User) -> None:
    source = user.home / "incomplete.aws_ec2.yml"
    source.write_text(INVENTORIES[EC2_BY_KEYS].text.replace('profile: ""\n', ""))
    command = (sys.executable, "-m", "ansible", "inventory", "-i", source, "--graph")
    assert user.instances[PRODUCTION] in user.controller.run(*command).stdout
    refused = user.controller.run(*command, AWS_PROFILE="other")
    assert "Passing both a profile and access tokens is not supported" in refused.stderr


def test_a_play_after_an_inventory_that_failed_still_has_aws_profile(user: User) -> None:
    play = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.command: printenv AWS_PROFILE
      register: printed
    - ansible.builtin.assert:
        that: printed.stdout == 'missing' == lookup('env', 'AWS_PROFILE')
"""
    user.run(play, "-i", str(user.home / EC2_BY_KEYS), AWS_PROFILE="missing")


def test_settings_of_an_existing_aws_profile_apply_to_modules_with_keys(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the guide warns of: only the credentials are those of the lookup."""
    user.write_config(f"[profile localstack]\nendpoint_url = {user.moto.url}\n")
    monkeypatch.delitem(user.controller.environment, "AWS_ENDPOINT_URL_S3")
    play = PLAYS["Query AWS from another host"].text.replace("delegate_to: bastion", "")
    user.run(play, AWS_PROFILE="localstack")
    assert user.seen() == {(DEVELOPMENT, "s3")}


def test_the_files_of_the_lookups_hold_what_each_account_has(user: User) -> None:
    user.run(PLAYS["Use a parameter and a secret"].text)
    user.run(PLAYS["Use a secret in a template"].text)
    assert (user.home / "shop.txt").read_text() == f"Hello from {DEVELOPMENT} the-password\n"
    assert (user.home / "shop.conf").read_text() == (
        f"greeting = Hello from {PRODUCTION}\npassword = the-password\n"
    )


def test_ssm_parameter_shows_values_in_spite_of_no_log(user: User) -> None:
    play = PLAYS["Use a parameter and a secret"].text
    shown = user.run(play, ANSIBLE_VERBOSITY="4")
    assert f"Hello from {DEVELOPMENT}" in shown and "the-password" not in shown
    assert f"Hello from {DEVELOPMENT}" not in user.run(play, ANSIBLE_VERBOSITY="3")
