# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: sso_access
short_description: List the accounts and roles that you have in IAM Identity Center
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Asks the portal of IAM Identity Center for each role that you have in each account.
  - The list is complete. When a part of it cannot be had, the lookup fails; it never returns a short list.
  - Calls are made in parallel and paced at the 20 calls a second that AWS allows for all users of an instance
    together, and slower while AWS throttles. 400 accounts take about 20 seconds.
  - Of accounts that O(accounts) leaves out, the roles are not asked for, which saves calls.
extends_documentation_fragment:
  - workstation.aws_sso._access
  - workstation.aws_sso._access.query
options:
  _terms:
    description:
      - Names of sessions, that is of C([sso-session]) sections of the AWS configuration. For profiles of the
        older form, without a session, it is the start URL.
      - Without a term all sessions of the configuration are listed.
    type: list
    elements: str
  sessions:
    description:
      - Sessions that stand in no configuration file, or not yet, as
        O(workstation.aws_sso.sso_profiles#module:sessions) describes them.
      - Replaces the terms.
    type: list
    elements: dict
    default: []
  cache_ttl:
    description:
      - Seconds for which a list is used again, by this and by other runs; a new token ends it sooner.
      - Hosts that ask at the same moment share one list also with V(0).
    type: int
    default: 0
  environment:
    description:
      - Variables to be had while AWS is asked, in addition to those with which Ansible was started, such as
        E(HTTPS_PROXY), E(NO_PROXY) and E(AWS_CA_BUNDLE).
      - A lookup knows nothing of the keyword C(environment) of its task.
    type: dict
    default: {}
requirements:
  - botocore on the controller
  - jmespath on the controller, for O(query)
notes:
  - Whoever administers an account chooses its name. Ansible takes what a lookup returns as data, never as a
    template; take the same care in shell commands and file names.
seealso:
  - plugin: workstation.aws_sso.sso_accounts
    plugin_type: inventory
  - plugin: workstation.aws_sso.sso_credentials
    plugin_type: lookup
  - module: workstation.aws_sso.sso_profiles
"""

EXAMPLES = r"""
- name: Show what I may do
  ansible.builtin.debug:
    msg: "{{ query('workstation.aws_sso.sso_access', 'corp') }}"

- name: Write a profile for each administrator role in an account of production
  workstation.aws_sso.sso_profiles:
    access: "{{ query('workstation.aws_sso.sso_access', 'corp', accounts=['prod-*'], roles=['Admin*']) }}"

- name: Count the accounts with a role that can read, and ask AWS once an hour at most
  ansible.builtin.debug:
    msg: "{{ lookup('workstation.aws_sso.sso_access', 'corp', query=expression, cache_ttl=3600) }}"
  vars:
    expression: "length([?role_name == 'ReadOnly'])"

- name: Ask through the company's proxy
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
    - With O(query), what the expression makes of it.
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
      description: The name of the account; empty if AWS does not tell it.
      type: str
      sample: prod-payments
    email:
      description: The e-mail address of the account; empty if AWS does not tell it.
      type: str
      sample: aws+payments@example.com
    role_name:
      description: The name of the role, which is that of its permission set.
      type: str
      sample: ReadOnly
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
            with environment_with(options["environment"]):
                listed = [
                    access
                    for session in self._sessions(names, described)
                    for access in sso_access.list_access(
                        session, wanted, options["cache_ttl"], warn=self._display.warning
                    )
                ]
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
