# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances as hosts of an inventory: their names, variables and groups.

PRIVATE to the collection. Names and tags of instances are hostile input: whoever may set a tag in one of the
accounts must not have a template evaluated on the controller, nor take the place of other hosts.
"""

from __future__ import annotations

import collections
import re
import typing as t

from ansible import constants
from ansible.inventory.data import InventoryData

from .._sso.access import Access
from .._sso.account_hosts import groups_of_units, host_variables
from .._templates import as_data, template
from .ec2_plugin import SET_BY_INVENTORY, Found, FoundHost, child_groups, groups_by_host
from .search import Instances

GROUP = "sso_ec2"
GROUP_VARIABLES = {
    "aws_credentials": template(
        "{{ lookup('workstation.aws_sso.sso_credentials', session=aws_sso_session,"
        " account_id=aws_account_id, role_name=aws_role_name) | combine({'region': aws_region}) }}"
    ),
    "ansible_aws_ssm_access_key_id": template("{{ aws_credentials.access_key }}"),
    "ansible_aws_ssm_secret_access_key": template("{{ aws_credentials.secret_key }}"),
    "ansible_aws_ssm_session_token": template("{{ aws_credentials.session_token }}"),
    "ansible_aws_ssm_profile": "",
    "ansible_aws_ssm_region": template("{{ aws_region }}"),
    "ansible_aws_ssm_instance_id": template("{{ aws_instance_id }}"),
}
"""Templates, which a task evaluates when it needs them, so that no key is in the inventory or its cache.

An empty profile overrides AWS_PROFILE, which the connection does not accept beside keys.
"""

_NOT_IN_NAMES = re.compile(r"[{}\x00-\x1f\x7f-\x9f\u2028\u2029]|^-")
"""Parts of templates, control characters, and what makes the name an option of ssh."""
_NOT_IN_GROUPS = re.compile(r"[^A-Za-z0-9_-]")


_NEVER_A_NAME = frozenset(constants.LOCALHOST)


class Host(t.NamedTuple):
    """A host in an inventory of its own, where *entry* is its name, which no group has."""

    entry: str
    name: str
    instance_id: str
    variables: dict[str, t.Any]


def staged(instances: Instances, warn: t.Callable[[str], None]) -> tuple[InventoryData, list[Host]]:
    """The hosts of *instances*, in an inventory of their own.

    Ansible takes the name of a host for that of a group if there is one, and sets variables of all its hosts.
    """
    inventory = InventoryData()
    inventory.add_group(GROUP)
    hosts: list[Host] = []
    accounts = {access["account_id"]: access for access in instances.accounts}
    units = groups_of_units(instances.accounts, _group_name, warn)
    for item in instances.found:
        account = accounts[item.account_id]
        for found_host in item.hosts:
            name = _NOT_IN_NAMES.sub("_", found_host.name)
            variables = _variables(item, found_host, account)
            host = Host(f"{name} #{len(hosts)}", name, found_host.instance_id, variables)
            hosts.append(host)
            groups = [*found_host.groups, f"account_{item.account_id}"]
            _stage(inventory, host, groups, units[account.get("organizational_unit")])
        for group, children in item.children.items():
            for child in children:
                inventory.add_child(_add_group(inventory, group), _add_group(inventory, child))
    return inventory, hosts


def publish(staging: InventoryData, hosts: t.Sequence[Host], inventory: t.Any) -> None:
    """Copy *staging*, with its groups and the variables of *hosts*, to *inventory*, under unique names."""
    for group in staging.groups:
        inventory.add_group(group)
    for group, children in child_groups(staging).items():
        for child in children:
            inventory.add_child(group, child)
    for variable, value in GROUP_VARIABLES.items():
        inventory.set_variable(GROUP, variable, value)
    names, groups_of = _unique_names(hosts, inventory.groups), groups_by_host(staging)
    for host in hosts:
        name, variables = names[host.entry], dict(staging.hosts[host.entry].vars)
        if name != host.name and host.name not in _NEVER_A_NAME:
            variables.setdefault("ansible_host", host.name)
        for group in groups_of[host.entry]:
            inventory.add_host(name, group)
        published = inventory.get_host(name)
        for variable in variables.keys() - SET_BY_INVENTORY:
            value = variables[variable]
            is_known = host.variables.get(variable) is value  # else it is composed, perhaps of tags
            published.set_variable(variable, value if is_known else as_data(value))


def _unique_names(hosts: t.Sequence[Host], groups: t.Container[str]) -> dict[str, str]:
    """The name of each host by its entry: its own, or one with the ID of its instance.

    Whoever may set tags may also choose a name with the ID of another instance, so this is repeated.
    """
    names = {host.entry: host.name for host in hosts}
    changed = True
    while changed:
        instances: dict[str, set[str]] = collections.defaultdict(set)
        for host in hosts:
            instances[names[host.entry]].add(host.instance_id)
        taken = [
            host
            for host in hosts
            if names[host.entry] == host.name
            and (len(instances[host.name]) > 1 or host.name in groups or host.name in _NEVER_A_NAME)
        ]
        names.update((host.entry, f"{host.name}_{host.instance_id}") for host in taken)
        changed = bool(taken)
    return names


def _stage(
    inventory: InventoryData, host: Host, groups: t.Iterable[str], unit_groups: t.Sequence[str]
) -> None:
    """Add *host* to *groups* and to the last of *unit_groups*, each of which contains the next one."""
    for parent, group in zip(unit_groups, unit_groups[1:]):
        inventory.add_child(_add_group(inventory, parent), _add_group(inventory, group))
    for group in (GROUP, *groups, *unit_groups[-1:]):
        inventory.add_host(host.entry, _add_group(inventory, group))
    added = inventory.hosts[host.entry]
    for name, value in host.variables.items():
        added.set_variable(name, value)


def _add_group(inventory: InventoryData, name: str) -> str:
    added: str = inventory.add_group(_group_name(name))
    return added


def _group_name(name: str) -> str:
    """aws_ec2 has made its names safe, unless its options say otherwise."""
    return _NOT_IN_GROUPS.sub("_", name)


def _variables(item: Found, found_host: FoundHost, account: Access) -> dict[str, t.Any]:
    own = {"aws_region": as_data(item.region), "aws_instance_id": as_data(found_host.instance_id)}
    of_account = host_variables(account)
    del of_account["ansible_connection"]  # which is that of accounts: their tasks run on the controller
    return {**as_data(found_host.variables), **of_account, **own}
