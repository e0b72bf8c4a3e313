# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: sso_access
short_description: List the accounts and roles that you have access to in IAM Identity Center
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Lists each role that you have in each account, from the AWS access portal.
  - The list is complete. If a part of it cannot be retrieved, the lookup fails, except for accounts that
    O(unavailable=skip) leaves out.
  - API calls are made in parallel, at most 20 per second, which is the quota of an instance for all its users
    together, and at a lower rate while AWS throttles. 400 accounts take about 20 seconds.
  - Roles of accounts that are not selected by O(accounts), O(organizational_units) and O(account_tags) are
    not requested, which saves API calls.
  - A glob that matches nothing is no error. A warning names the globs of an option if none of them matches
    anything, and a glob that looks like a misspelled name.
extends_documentation_fragment:
  - workstation.aws_sso._access
  - workstation.aws_sso._access.environment
  - workstation.aws_sso._access.organization
  - workstation.aws_sso._access.query
  - workstation.aws_sso._access.unavailable
options:
  _terms:
    description:
      - Names of C([sso-session]) sections of the AWS configuration, or start URLs of legacy profiles without
        a session.
      - Without a term, all sessions of the configuration are listed.
    type: list
    elements: str
  sessions:
    description:
      - Sessions that are not in the AWS configuration (yet), defined as in
        O(workstation.aws_sso.sso_profiles#module:sessions).
      - Replaces the terms.
    type: list
    elements: dict
    default: []
  cache_ttl:
    description:
      - Seconds for which a list is reused, by this and other runs, or until a new token is stored.
      - Hosts that request the same list at the same time share one result even with V(0).
      - Organizational units and tags in the list are as old as the list, plus the age that
        O(organization.cache_ttl) allows.
    type: int
    default: 0
requirements:
  - botocore on the controller
  - jmespath on the controller, for O(query)
notes:
  - The names of accounts are not under your control. Ansible treats the result of a lookup as data, never as
    a template; take the same care in shell commands and file names.
seealso:
  - plugin: workstation.aws_sso.sso_accounts
    plugin_type: inventory
  - plugin: workstation.aws_sso.sso_credentials
    plugin_type: lookup
  - module: workstation.aws_sso.sso_profiles
"""

EXAMPLES = r"""
- name: Show my accounts and roles
  ansible.builtin.debug:
    msg: "{{ query('workstation.aws_sso.sso_access', 'corp') }}"

- name: Write a profile for each administrator role in an account of production
  workstation.aws_sso.sso_profiles:
    access: "{{ query('workstation.aws_sso.sso_access', 'corp', accounts=['prod-*'], roles=['Admin*']) }}"

- name: List the roles in all accounts below an organizational unit, except those with a certain tag
  ansible.builtin.debug:
    msg: "{{ query('workstation.aws_sso.sso_access', 'corp', organization={'profile': 'organization-reader'},
      organizational_units=['Workloads', 'Workloads/*'], exclude_account_tags={'environment': 'sandbox*'}) }}"

- name: Count the accounts with a ReadOnly role, and call AWS at most once an hour
  ansible.builtin.debug:
    msg: "{{ lookup('workstation.aws_sso.sso_access', 'corp', query=expression, cache_ttl=3600) }}"
  vars:
    expression: "length([?role_name == 'ReadOnly'])"

- name: Use a proxy
  ansible.builtin.debug:
    msg: "{{ query('workstation.aws_sso.sso_access', 'corp', environment=network) }}"
  vars:
    network:
      HTTPS_PROXY: http://proxy.example.com:3128
      AWS_CA_BUNDLE: /etc/ssl/certs/ca-certificates.crt
"""

RETURN = r"""
_raw:
  description:
    - One element for each role in each account, sorted by the account's name and ID and by the role's name.
    - With O(query), the result of the expression.
  type: list
  elements: dict
  contains:
    session:
      description: The name of the session, or its start URL if it has no name.
      type: str
      sample: corp
    account_id:
      description: The ID of the account, 12 digits.
      type: str
      sample: "111122223333"
    account_name:
      description: The name of the account; empty if AWS does not return it.
      type: str
      sample: prod-payments
    email:
      description: The e-mail address of the account; empty if AWS does not return it.
      type: str
      sample: aws+payments@example.com
    role_name:
      description: The name of the role, which is that of its permission set.
      type: str
      sample: ReadOnly
    console_url:
      description:
        - The shortcut link of the AWS access portal that opens the AWS console with this role. Users who open
          it sign in with their own name, and need the same role.
        - To open a certain page, append C(&destination=) and its URL, encoded with C(urlencode).
      type: str
      sample: https://acme.awsapps.com/start/#/console?account_id=111122223333&role_name=ReadOnly
    organizational_unit:
      description:
        - The organizational unit of the account, as the names from the root down with slashes in between;
          empty for an account directly in the root or outside of the organization.
      returned: with O(organization)
      type: str
      sample: Workloads/Production
    tags:
      description: The tags of the account in AWS Organizations, as values by names.
      returned: with O(organization)
      type: dict
      sample: {cost-center: "4711"}
"""

import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

from ..module_utils._errors import WorkstationError
from ..module_utils._sso.session import SsoSession
from ..plugin_utils._environment import environment_with
from ..plugin_utils._jmespath import selected
from ..plugin_utils._options import (
    lookup_options,
    plain_options,
)
from ..plugin_utils._organization.options import organization_from_options
from ..plugin_utils._sso import access as sso_access
from ..plugin_utils._sso import sessions

_TEXT = {"type": "str"}
_TEXTS = {"type": "list", "elements": "str"}
_SESSION = {
    "name": _TEXT,
    "start_url": _TEXT,
    "region": _TEXT,
    "registration_scopes": _TEXTS,
    "options": {"type": "dict"},
}


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: t.Any = None, **kwargs: t.Any) -> list[t.Any]:
        names, options = lookup_options(self, terms, kwargs)
        described = [plain_options(session, _SESSION) for session in options["sessions"]]
        wanted = sso_access.Filter.from_options(options)
        try:
            organization = organization_from_options(options, self._display.warning)
            with environment_with(options["environment"]):
                entries = [
                    entry
                    for session in self._sessions(names, described)
                    for entry in sso_access.list_entries(
                        session,
                        wanted,
                        options["cache_ttl"],
                        self._display.warning,
                        None,
                        options["unavailable"],
                        organization,
                    )
                ]
            listed = sso_access.wanted_access(entries, wanted, self._display.warning)
            return selected(options["query"], listed)
        except WorkstationError as error:
            raise AnsibleError(str(error)) from None

    def _sessions(self, names: list[str], described: list[dict[str, t.Any]]) -> list[SsoSession]:
        keys = ("name", "start_url", "region", "registration_scopes")
        if described:
            return [sessions.find_session(*map(session.get, keys)) for session in described]
        config = sessions.load_config()
        named = [sessions.session_from_config(name, config) for name in names]
        return named or sessions.all_sessions(config, self._display.warning)
