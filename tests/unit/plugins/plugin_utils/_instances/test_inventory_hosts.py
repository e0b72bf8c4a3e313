# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names, variables and groups of instances, whatever their tags are."""

from __future__ import annotations

import typing as t

import pytest
from ansible import constants
from ansible.inventory.data import InventoryData
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._instances import inventory_hosts
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._instances.ec2_plugin import (
    Found,
    FoundHost,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._instances.search import Instances

ACCOUNTS = ("111122223333", "222233334444")
NAMES = st.one_of(
    st.sampled_from(
        ("web", "localhost", "all", "sso_ec2", "tag_a", "{{ x }}", "-o", "web_i-1", "web_i-1_i-2")
    ),
    st.text(min_size=1, max_size=8),
)


def access(account_id: str) -> dict[str, str]:
    return {
        "session": "corp",
        "account_id": account_id,
        "account_name": "{{ name }}",
        "email": "",
        "role_name": "ReadOnly",
        "console_url": "https://acme.awsapps.com/start/#/console",
    }


def instances(*names: str, groups: tuple[str, ...] = ("aws_ec2",)) -> Instances:
    """An instance for each of *names*, in turns in one of the accounts."""
    found = [
        Found(
            ACCOUNTS[number % 2],
            "eu-west-1",
            [FoundHost(name, f"i-{number}", {"tags": {"Name": name}, "number": number}, list(groups))],
            {},
        )
        for number, name in enumerate(names)
    ]
    return Instances([access(account_id) for account_id in ACCOUNTS], found)


def published(found: Instances, *groups: str) -> InventoryData:
    """The inventory, which has *groups* of another source."""
    inventory = InventoryData()
    for group in groups:
        inventory.add_group(group)
    inventory_hosts.publish(*inventory_hosts.staged(found, lambda text: None), inventory)
    inventory.reconcile_inventory()
    return inventory


@given(names=st.lists(NAMES, max_size=6))
@settings(max_examples=200, deadline=None)
def test_each_instance_is_a_host_of_its_own_with_a_name_that_nothing_else_has(names: list[str]) -> None:
    inventory = published(instances(*names, groups=("aws_ec2", "tag_a")), "other")
    assert sorted(host.vars["number"] for host in inventory.hosts.values()) == list(range(len(names)))
    for name, host in inventory.hosts.items():
        assert name not in inventory.groups and name not in constants.LOCALHOST
        assert not set(name) & set("{}\n\r\x00\x1b") and not name.startswith("-")
        assert host.vars["aws_account_id"] == ACCOUNTS[host.vars["number"] % 2]
        assert name in {member.name for member in inventory.groups["sso_ec2"].hosts}
    assert not any(group.vars for group in inventory.groups.values() if group.name != "sso_ec2")


def test_a_name_with_the_id_of_another_instance_does_not_replace_that() -> None:
    inventory = published(instances("web", "web", "web_i-0"))
    assert {name: host.vars["number"] for name, host in inventory.hosts.items()} == {
        "web_i-0": 0,
        "web_i-1": 1,
        "web_i-0_i-2": 2,
    }


@pytest.mark.parametrize("name", ["localhost", "::1"])
def test_a_name_of_the_controller_is_not_an_address_either(name: str) -> None:
    (host,) = list(published(instances(name)).hosts.values())
    assert host.name == f"{name}_i-0" and "ansible_host" not in host.vars


def test_groups_keep_their_children_and_hosts_their_own_groups() -> None:
    found = instances("web", groups=("aws_ec2", "region_eu"))
    found.found[0].children["regions"] = ["region_eu"]
    inventory = published(found)
    assert [child.name for child in inventory.groups["regions"].child_groups] == ["region_eu"]
    assert [host.name for host in inventory.groups["region_eu"].hosts] == ["web"]
    assert inventory.groups["regions"].hosts == []


def test_a_group_with_characters_that_ansible_does_not_allow_is_renamed() -> None:
    groups = published(instances("web", groups=("{{ evil }}", "with-dash"))).groups
    assert "___evil___" in groups and "with-dash" in groups


def test_templates_are_variables_of_the_group_only() -> None:
    inventory = published(instances("web"))
    of_group: dict[str, t.Any] = inventory.groups["sso_ec2"].vars
    assert "lookup('workstation.aws_sso.sso_credentials'" in of_group["aws_credentials"]
    assert of_group["ansible_aws_ssm_profile"] == ""
    assert not set(of_group) & set(inventory.hosts["web"].vars)
