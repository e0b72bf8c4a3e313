# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: sso_accounts
short_description: Inventory of the AWS accounts you can access
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Creates a host for each role that you have in an account of IAM Identity Center, or for each account, so
    that a play over the group C(sso_accounts) runs once for each of them, in parallel.
  - The tasks of these hosts run on the controller, with Ansible's own Python. Hosts are grouped by account,
    as C(account_ID), and by role, as C(role_NAME).
  - The name of a host is that of the profile, C(ROLE-ACCOUNT), or the ID of the account.
  - Host variables are C(aws_account_id), C(aws_account_name), C(aws_account_email), C(aws_role_name),
    C(aws_sso_session) and C(aws_console_url), a link of the AWS access portal that opens the AWS console with
    the role. They contain no credentials; tasks get them from P(workstation.aws_sso.sso_credentials#lookup).
  - With O(organization), further variables are C(aws_organizational_unit), a path such as
    C(Workloads/Production), and C(aws_account_tags), the values of tags by their names. Hosts are also
    grouped by organizational unit, as C(ou_Workloads_Production), which is a child of C(ou_Workloads), so
    that a play over a group includes the accounts in the organizational units below.
  - Uses a YAML file whose name ends with C(sso_accounts.yml) or C(sso_accounts.yaml).
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - workstation.aws_sso._access
  - workstation.aws_sso._access.organization
  - workstation.aws_sso._access.inventory
  - workstation.aws_sso._access.unavailable
options:
  plugin:
    description:
      - Identifies the file as a configuration of this plugin.
    type: str
    required: true
    choices: [workstation.aws_sso.sso_accounts]
  hosts:
    description:
      - With V(roles), each role in each account is a host.
      - With V(accounts), each account is a host, with the first matching role in the order of O(roles).
        Among roles that match the same glob, the first one in alphabetical order is used. So without
        O(roles), that is often C(AdministratorAccess); set O(roles) to the roles that the tasks need.
    type: str
    choices: [roles, accounts]
    default: roles
requirements:
  - botocore on the controller
notes:
  - A glob that matches nothing is no error, also where no host is left. A warning names the globs of an
    option if none of them matches anything, and a glob that looks like a misspelled name.
  - The names of accounts are not under your control. C(aws_account_name) is data, never a template. In groups
    created by O(keyed_groups), characters that Ansible does not allow are replaced by underscores. The same
    holds for the names of organizational units and tags; if two organizational units share a group for this
    reason, a warning names them.
  - Ansible does not evaluate templates in the options of this file, except in those of O(compose),
    O(groups) and O(keyed_groups). Values of O(organization) may be encrypted with Ansible Vault.
  - With O(cache=true), organizational units and tags are as old as the cached list. Other filters and other
    credentials in O(organization) do not use the same list.
seealso:
  - plugin: workstation.aws_sso.sso_access
    plugin_type: lookup
  - plugin: workstation.aws_sso.sso_credentials
    plugin_type: lookup
"""

EXAMPLES = r"""
# Every production account once, as administrator or else read-only. AWS is called at most once an hour.
# Without the other options, the inventory lists all accounts and roles that you can access.
plugin: workstation.aws_sso.sso_accounts
sessions: [corp]
accounts: ["prod-*"]
roles: [AdministratorAccess, ReadOnly]
hosts: accounts
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/ansible/inventory
cache_timeout: 3600
keyed_groups:
  - key: aws_account_name
    prefix: name
groups:
  payments: "'payments' in aws_account_name"
compose:
  aws_profile: aws_role_name ~ '-' ~ aws_account_id
"""

import functools
import typing as t

from ansible.errors import AnsibleParserError
from ansible.inventory.group import to_safe_group_name
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ..module_utils._errors import WorkstationError
from ..plugin_utils._credentials import sign_in
from ..plugin_utils._display import debug
from ..plugin_utils._inventory import cache_key, checked_options, construct
from ..plugin_utils._organization.options import organization_from_options
from ..plugin_utils._sso import access as sso_access
from ..plugin_utils._sso import account_hosts

GROUP = "sso_accounts"
_safe_group_name = functools.partial(to_safe_group_name, force=True, silent=True)


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "workstation.aws_sso.sso_accounts"
    _sanitize_group_name = staticmethod(_safe_group_name)

    def verify_file(self, path: str) -> bool:
        names = (f"{GROUP}.yml", f"{GROUP}.yaml")
        return path.endswith(names) and bool(super().verify_file(path))  # type: ignore[no-untyped-call]

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)  # type: ignore[no-untyped-call]
        wanted = sso_access.Filter.from_options(self.get_options())  # type: ignore[no-untyped-call]
        try:
            hosts = self._hosts(path, cache, wanted)
        except WorkstationError as error:
            raise AnsibleParserError(str(error)) from None
        inventory.add_group(GROUP)
        inventory.set_variable(GROUP, "ansible_python_interpreter", account_hosts.PYTHON_OF_ANSIBLE)
        unit_groups = account_hosts.groups_of_units(hosts.values(), _safe_group_name, self.display.warning)
        for name, access in hosts.items():
            self._add_host(name, access, unit_groups[access.get("organizational_unit")])

    def set_options(self, task_keys: t.Any = None, var_options: t.Any = None, direct: t.Any = None) -> None:
        super().set_options(task_keys, var_options, checked_options(self, direct))  # type: ignore[no-untyped-call]

    def _hosts(self, path: str, cache: bool, wanted: sso_access.Filter) -> dict[str, sso_access.Access]:
        entries = self._cached_list(path, cache, wanted)
        chosen = sso_access.wanted_access(entries, wanted, self.display.warning)
        if self._option("hosts") == "accounts":
            chosen = account_hosts.first_role_per_account(chosen, wanted.roles)
        return account_hosts.hosts_by_name(chosen, self._option("hosts"))

    def _cached_list(self, path: str, cache: bool, wanted: sso_access.Filter) -> list[sso_access.Access]:
        options = self.get_options()  # type: ignore[no-untyped-call]
        organization = organization_from_options(options, self.display.warning)
        key = cache_key(self, path, ("sessions", "accounts", "exclude_accounts", "unavailable"))
        key += f"_{organization.fingerprint}" if organization else ""
        sessions = account_hosts.sessions(self._option("sessions"), self.display.warning)
        sign_ins = sign_in.ids(sessions)
        if cache and self._option("cache") and key in self._cache:
            cached = account_hosts.list_of_sign_ins(self._cache[key], sign_ins)
            if cached is not None:
                debug(f"reusing the list in the inventory cache, key {key}")
                return cached
        everything = wanted._replace(roles=("*",), exclude_roles=())
        listed = [
            access
            for session in sessions
            for access in sso_access.list_entries(
                session, everything, 0, self.display.warning, None, options["unavailable"], organization
            )
        ]
        if self._option("cache") and sign_ins == sign_in.ids(sessions):
            self._cache[key] = {"sign_ins": sign_ins, "access": listed}
        return listed

    def _add_host(self, name: str, access: sso_access.Access, unit_groups: list[str]) -> None:
        inventory: t.Any = self.inventory
        inventory.add_host(name, GROUP)
        for chain in ([f"account_{access['account_id']}"], [f"role_{access['role_name']}"], unit_groups):
            groups = [inventory.add_group(_safe_group_name(group)) for group in chain]
            for parent, group in zip(groups, groups[1:]):
                inventory.add_child(parent, group)
            for group in groups[-1:]:
                inventory.add_child(group, name)
        variables = account_hosts.host_variables(access)
        for key, value in variables.items():
            inventory.set_variable(name, key, value)
        construct(self, name, variables)

    def _option(self, name: str) -> t.Any:
        return self.get_option(name)  # type: ignore[no-untyped-call]
