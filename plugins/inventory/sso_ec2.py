# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: sso_ec2
short_description: Inventory of the EC2 instances in all accounts you can access
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Lists the EC2 instances of each account and Region that you choose, in one inventory. For each of them,
    the inventory plugin C(amazon.aws.aws_ec2) runs with the credentials of a role in that account.
  - Hosts have the variables and groups that C(amazon.aws.aws_ec2) gives them, the variables
    C(aws_account_id), C(aws_account_name), C(aws_account_email), C(aws_role_name), C(aws_region),
    C(aws_instance_id), C(aws_sso_session) and C(aws_console_url), and the groups C(sso_ec2) and
    C(account_ID).
  - No credentials are in the inventory or in its cache. The variables of the group C(sso_ec2) are templates
    that get credentials when a task uses them, with P(workstation.aws_sso.sso_credentials#lookup).
    C(aws_credentials) are options for C(module_defaults) of C(group/aws), with the Region of the instance.
    The connection C(amazon.aws.aws_ssm), formerly C(community.aws.aws_ssm), finds its keys, Region and
    instance ID in C(ansible_aws_ssm_access_key_id) and similar variables.
  - Hosts are named by C(amazon.aws.aws_ec2). If several instances would get the same name, the IDs of the
    instances are appended to it, and C(ansible_host) is the name, unless another variable sets it.
  - Uses a YAML file whose name ends with C(sso_ec2.yml) or C(sso_ec2.yaml).
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
    choices: [workstation.aws_sso.sso_ec2]
  roles:
    description:
      - Globs of the roles, that is permission sets, that may be used, case-sensitively. In each account,
        the first matching role in the order of the list is used, and among roles that match the same glob
        the first one in alphabetical order. So without O(roles), that is often C(AdministratorAccess).
      - The role requires the permission C(ec2:DescribeInstances), and without O(regions) also
        C(ec2:DescribeRegions).
  regions:
    description:
      - Regions in which instances are listed.
      - By default, all Regions that are enabled in an account are listed, which takes a call for each of
        them.
    type: list
    elements: str
    default: []
  aws_ec2:
    description:
      - Options of the inventory plugin C(amazon.aws.aws_ec2), such as C(filters), C(include_filters) and
        C(hostnames).
      - Not its options for credentials, Regions and the cache, which are those of this plugin.
      - C(compose), C(groups) and C(keyed_groups) in it know only the variables of C(amazon.aws.aws_ec2).
        Set O(compose), O(groups) and O(keyed_groups) beside it to use those of the account too.
    type: dict
    default: {}
  unavailable:
    description:
      - What to do about accounts and Regions in which AWS refuses to list roles, credentials or instances.
      - With V(fail), the error message names them.
      - With V(skip), they are left out, and a warning names them. If everything is refused, the inventory
        fails.
requirements:
  - botocore and boto3 on the controller
  - the collection amazon.aws, 7.0.0 or later
notes:
  - A glob that matches nothing is no error, also where no host is left. A warning names the globs of an
    option if none of them matches anything, and a glob that looks like a misspelled name.
  - Instances are listed in parallel. Roles and credentials are requested at the rate that the access portal
    allows, 20 calls per second for all users together; 800 accounts take about 80 seconds.
  - An account that you can access in several sessions is listed with the first of O(sessions).
  - E(AWS_PROFILE) and E(AWS_DEFAULT_PROFILE) have no effect on the requests to EC2.
  - Names and tags of instances, and names of accounts, are not under your control. Variables that contain
    them are data, never templates. In names of hosts, braces and control characters are replaced by
    underscores.
  - From amazon.aws 11.4.0 on, each run shows a deprecation warning of C(amazon.aws.aws_ec2) about its host
    variable C(tags), even if nothing uses it. C(ec2_tags), since amazon.aws 11.2.0, has the same contents.
  - Do not show all variables of these hosts, as with C(debug) and C(var=hostvars). Ansible then evaluates
    the templates, and shows the keys.
seealso:
  - plugin: amazon.aws.aws_ec2
    plugin_type: inventory
  - plugin: workstation.aws_sso.sso_accounts
    plugin_type: inventory
  - plugin: workstation.aws_sso.sso_credentials
    plugin_type: lookup
"""

EXAMPLES = r"""
# All running instances of the production accounts in two Regions. A play over tag_patch_monday reaches those
# with the tag patch and the value monday, in any account.
plugin: workstation.aws_sso.sso_ec2
sessions: [corp]
accounts: ["prod-*"]
roles: [Audit, ReadOnly]
regions: [eu-central-1, eu-west-1]
aws_ec2:
  filters:
    instance-state-name: running
  hostnames: ["tag:Name", instance-id]
keyed_groups:
  - key: ec2_tags  # with amazon.aws before 11.2.0: tags
    prefix: tag
  - key: aws_region
    prefix: region
compose:
  ansible_host: private_ip_address
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/ansible/inventory
cache_timeout: 3600
"""

import typing as t

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ..module_utils._access.unmatched import unmatched_texts
from ..module_utils._errors import WorkstationError
from ..module_utils._sso.session_input import checked_region
from ..plugin_utils._credentials import sign_in
from ..plugin_utils._display import debug
from ..plugin_utils._instances import cache_entry, inventory_hosts
from ..plugin_utils._instances.ec2_plugin import Ec2Inventory, refuse_misplaced
from ..plugin_utils._instances.search import Instances, Search
from ..plugin_utils._inventory import cache_key, checked_options, construct
from ..plugin_utils._organization.options import organization_from_options
from ..plugin_utils._sso import access as sso_access
from ..plugin_utils._sso import account_hosts


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "workstation.aws_sso.sso_ec2"

    def verify_file(self, path: str) -> bool:
        names = (f"{inventory_hosts.GROUP}.yml", f"{inventory_hosts.GROUP}.yaml")
        return path.endswith(names) and bool(super().verify_file(path))  # type: ignore[no-untyped-call]

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)  # type: ignore[no-untyped-call]
        try:
            instances = self._instances(path, cache)
        except (WorkstationError, AnsibleError) as error:
            raise AnsibleParserError(str(error)) from None
        for text in unmatched_texts(instances.comparisons):
            self.display.warning(text)
        self.inventory, listed = inventory_hosts.staged(instances, self.display.warning)
        for host in listed:
            construct(self, host.entry, host.variables)
        inventory_hosts.publish(self.inventory, listed, inventory)

    def set_options(self, task_keys: t.Any = None, var_options: t.Any = None, direct: t.Any = None) -> None:
        refuse_misplaced(direct or (), self.option_definitions)
        super().set_options(task_keys, var_options, checked_options(self, direct))  # type: ignore[no-untyped-call]

    def _instances(self, path: str, cache: bool) -> Instances:
        """Those in the inventory cache, if they are of the same sign-ins, or those that AWS returns."""
        options, warn = self.get_options(), self.display.warning  # type: ignore[no-untyped-call]
        wanted = sso_access.Filter.from_options(options)
        organization = organization_from_options(options, warn)
        key = cache_key(self, path, (*wanted._fields, "sessions", "regions", "aws_ec2", "unavailable"))
        key += f"_{organization.fingerprint}" if organization else ""
        regions = [checked_region(text) for text in options["regions"]]
        sessions = account_hosts.sessions(options["sessions"], warn)
        sign_ins = sign_in.ids(sessions)
        if cache and options["cache"] and key in self._cache:
            cached = cache_entry.from_entry(self._cache[key], sign_ins)
            if cached is not None:
                debug(f"reusing the instances in the inventory cache, key {key}")
                return cached
        ec2 = Ec2Inventory(options["aws_ec2"], self.loader, path)
        search = Search(wanted, organization, regions, ec2, warn)
        instances = search.run(sessions, options["unavailable"])
        if options["cache"] and sign_ins == sign_in.ids(sessions):
            self._cache[key] = cache_entry.to_entry(instances, sign_ins)
        return instances
