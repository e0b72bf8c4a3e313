# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: sso_assignments
short_description: List who may use which account with which role, as an administrator of IAM Identity Center
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Asks IAM Identity Center, its identity store and AWS Organizations who is assigned which permission set in
    which account, directly and as a member of a group. Nobody has to sign in for it but the administrator, so
    that the profiles of people can be written before their first login.
  - The list is complete. When a part of it cannot be had, the lookup fails; it never returns a short list.
  - Accounts that are suspended or closed are left out, and so are users who are disabled.
  - Calls are made in parallel and paced at 20 calls a second for each service, which is what AWS allows for
    an instance, and slower while AWS throttles. How far it is shows every ten seconds.
  - Of the ways to ask, the one with fewer calls is taken. In an organization of 400 accounts, one user in 8
    groups takes about 70 calls and 5 seconds, and 100 users in 280 groups about 800 calls and 40 seconds.
    Everybody takes one call for each user and group, or one for each permission set in each account that has
    it, whichever are fewer; 5,000 users, 300 groups and 2,000 permission sets in accounts take 2,700 calls
    and 3 minutes.
extends_documentation_fragment:
  - workstation.aws_sso._access
  - workstation.aws_sso._access.query
options:
  _terms:
    description:
      - User names of the identity store, or e-mail addresses of its users.
      - Without a term everybody is listed. That is an element for each role of each user, so rather name the
        people of the play in a company of thousands.
    type: list
    elements: str
  session:
    description:
      - Name of the session to put into each element, so that the list fits
        O(workstation.aws_sso.sso_profiles#module:access).
    type: str
    required: true
  region:
    description:
      - Region of the instance of IAM Identity Center.
      - Without it, that of O(session) if the AWS configuration of the controller has it, else the one that
        botocore finds for O(profile).
    type: str
  profile:
    description:
      - Profile of the administrator, in the AWS configuration of the controller.
      - Without it and without O(access_key), credentials are those that botocore finds, such as
        E(AWS_PROFILE), E(AWS_ACCESS_KEY_ID) or the role of the machine.
      - An empty one is none.
    type: str
  access_key:
    description:
      - Access key ID of the administrator. With O(secret_key) and O(session_token) it replaces O(profile).
    type: str
  secret_key:
    description:
      - Secret access key, which belongs to O(access_key).
    type: str
  session_token:
    description:
      - Session token, which belongs to an O(access_key) that is temporary.
    type: str
  instance_arn:
    description:
      - ARN of the instance. Needed only where the credentials see several.
    type: str
  identity_store_id:
    description:
      - ID of the identity store of the instance, such as V(d-1234567890).
      - With O(instance_arn), the permission C(sso:ListInstances) is not needed.
    type: str
  cache_ttl:
    description:
      - Seconds for which a list is used again, by this and by other runs of the same user of the controller.
        At most a day.
      - Hosts that ask for the same at the same moment share one list also with V(0).
    type: int
    default: 0
requirements:
  - botocore on the controller
  - jmespath on the controller, for O(query)
notes:
  - The administrator needs the actions C(sso:ListInstances), C(sso:ListPermissionSets),
    C(sso:DescribePermissionSet), C(sso:ListAccountAssignmentsForPrincipal),
    C(sso:ListAccountsForProvisionedPermissionSet), C(sso:ListAccountAssignments),
    C(identitystore:ListGroupMembershipsForMember) and C(organizations:ListAccounts). With terms go
    C(identitystore:GetUserId), C(identitystore:DescribeUser), C(identitystore:DescribeGroup) and, for many
    groups, C(identitystore:ListGroups); without terms go C(identitystore:ListUsers),
    C(identitystore:ListGroups) and C(identitystore:ListGroupMemberships).
  - AWS's managed policies C(AWSSSOReadOnly) and C(AWSSSODirectoryReadOnly) together hold all of them but
    C(identitystore:GetUserId).
  - AWS documents C(sso:ListAccountAssignmentsForPrincipal) for the management account of the organization
    alone. Where it is refused, as it may be to a delegated administrator, the lookup asks for each permission
    set in each account instead, which takes more calls for few users.
  - Endpoints, proxies and the bundle of CA certificates are those that botocore finds, such as
    E(AWS_ENDPOINT_URL_SSO_ADMIN), E(AWS_ENDPOINT_URL_IDENTITYSTORE), E(AWS_ENDPOINT_URL_ORGANIZATIONS),
    E(HTTPS_PROXY) and E(AWS_CA_BUNDLE).
  - A botocore that is older than the fields C(UserStatus) and C(State) in AWS's answers does not tell users
    who are disabled, and accounts that are closed, from others, and lists them.
  - Lists are kept below E(XDG_CACHE_HOME), readable for the user alone, and removed after a day.
  - Others choose the names of users, groups and accounts. Ansible takes what a lookup returns as data, never
    as a template; take the same care in shell commands and file names.
seealso:
  - module: workstation.aws_sso.sso_profiles
  - plugin: workstation.aws_sso.sso_access
    plugin_type: lookup
  - plugin: workstation.aws_sso.sso_credentials
    plugin_type: lookup
  - name: Quotas of IAM Identity Center
    description: The limit of 20 calls a second.
    link: https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
"""

EXAMPLES = r"""
- name: Write everybody's profiles before their first login
  hosts: workstations
  gather_facts: false
  vars:
    # Each host of the inventory says whose it is, by the user name in IAM Identity Center.
    people: "{{ ansible_play_hosts_all | map('extract', hostvars, 'person') | unique }}"
    assignments: "{{ query('workstation.aws_sso.sso_assignments', *people, session='acme', region='eu-west-1',
      profile='identity-admin', cache_ttl=600) }}"
  tasks:
    - name: Write the session, and a profile for each account and role that the person may use
      workstation.aws_sso.sso_profiles:
        sessions:
          - name: acme
            start_url: https://acme.awsapps.com/start
            region: eu-west-1
        access: "{{ assignments | selectattr('user', '==', person) }}"
        region: eu-central-1
        purge: true

- name: Audit access
  hosts: localhost
  gather_facts: false
  tasks:
    - name: List who may administer production, and through which assignment
      ansible.builtin.debug:
        msg: "{{ item.user }} in {{ item.account_name }} by {{ item.via | join(', ') }}"
      loop: "{{ query('workstation.aws_sso.sso_assignments', session='acme', accounts=['prod-*'],
        roles=['Admin*']) }}"

    - name: Count the roles of one user, with credentials from this collection
      ansible.builtin.debug:
        msg: "{{ lookup('workstation.aws_sso.sso_assignments', 'jane@example.com', session='acme',
          query='length(@)', **(lookup('workstation.aws_sso.sso_credentials', 'identity-admin')
          | combine({'region': 'eu-west-1'}))) }}"
"""

RETURN = r"""
_raw:
  description:
    - One element for each role in each account of each user, however many ways the user came by it. Sorted by
      the name of the user, by the account's name and ID and by the role's name.
    - With O(query), what the expression makes of it.
  type: list
  elements: dict
  contains:
    session:
      description: The value of O(session).
      type: str
      sample: acme
    account_id:
      description: The ID of the account, 12 digits.
      type: str
      sample: "111122223333"
    account_name:
      description: The name of the account.
      type: str
      sample: prod-payments
    email:
      description: The e-mail address of the account.
      type: str
      sample: aws+payments@example.com
    role_name:
      description: The name of the role, which is that of its permission set.
      type: str
      sample: ReadOnly
    user:
      description: The user name in the identity store.
      type: str
      sample: jane@example.com
    user_email:
      description: The e-mail address of the user; empty if there is none.
      type: str
      sample: jane.doe@example.com
    via:
      description:
        - How the user came by it, V(direct) for an assignment of their own, and C(group) with the name of the
          group for each group.
      type: list
      elements: str
      sample: [direct, group Developers]
"""

import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

from ..module_utils._errors import WorkstationError
from ..module_utils._sso.session import UnknownSession
from ..plugin_utils import _jmespath
from ..plugin_utils._assignments import assignments
from ..plugin_utils._assignments.connection import AdminCredentials
from ..plugin_utils._aws.client import Credentials
from ..plugin_utils._display import show
from ..plugin_utils._options import lookup_options
from ..plugin_utils._sso import sessions
from ..plugin_utils._sso.access import Filter


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: t.Any = None, **kwargs: t.Any) -> list[t.Any]:
        users, options = lookup_options(self, terms, kwargs)
        try:
            return _jmespath.selected(options["query"], self._list(users, options))
        except WorkstationError as error:
            raise AnsibleError(str(error)) from None

    def _list(self, users: list[str], options: dict[str, t.Any]) -> list[assignments.Assignment]:
        if not all(users):
            raise WorkstationError("A term is empty. It must be a user name or an e-mail address.")
        filter_ = assignments.AssignmentFilter(tuple(users), Filter.from_options(options))
        listener = assignments.Listener(_show_progress, self._display.warning)
        listed = assignments.assignments(_administrator(options), filter_, listener, options["cache_ttl"])
        return [{"session": options["session"], **assignment} for assignment in listed]


def _administrator(options: dict[str, t.Any]) -> AdminCredentials:
    return AdminCredentials(
        region=options["region"] or _region_of(options["session"]),
        profile=options["profile"] or None,
        credentials=_credentials(options),
        instance_arn=options["instance_arn"],
        identity_store_id=options["identity_store_id"],
    )


def _credentials(options: dict[str, t.Any]) -> Credentials | None:
    keys = Credentials(*(options[name] or "" for name in Credentials._fields))
    if not any(keys):
        return None
    if not (keys.access_key and keys.secret_key):
        raise WorkstationError("access_key and secret_key require each other; one of them is missing.")
    if options["profile"]:
        raise WorkstationError("access_key cannot be combined with profile: they name two administrators.")
    return keys


def _show_progress(done: int, total: int, what: str) -> None:
    show(f"sso_assignments: {done} of {total} {what}")


def _region_of(session: str) -> str | None:
    try:
        return sessions.session_from_config(session).region
    except UnknownSession:
        return None
