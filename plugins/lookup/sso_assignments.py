# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: sso_assignments
short_description: List the account assignments of users, as an administrator of IAM Identity Center
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Lists from IAM Identity Center, its identity store and AWS Organizations which users have which permission
    set in which account, directly and through groups. Only the administrator has to be signed in, so profiles
    can be written for users before their first sign-in.
  - The list is complete. If a part of it cannot be retrieved, the lookup fails.
  - Suspended and closed accounts and disabled users are not listed.
  - API calls are made in parallel, at most 20 per second for each service, which is the quota of an instance,
    and at a lower rate while AWS throttles. Progress is shown every ten seconds.
  - The strategy with fewer API calls is chosen. In an organization of 400 accounts, one user in 8 groups
    takes about 70 calls and 5 seconds, and 100 users in 280 groups about 800 calls and 40 seconds. All users
    take one call for each user and group, or one for each permission set in each account that it is
    provisioned in, whichever is less; 5,000 users, 300 groups and 2,000 provisioned permission sets take
    2,700 calls and 3 minutes.
extends_documentation_fragment:
  - workstation.aws_sso._access
  - workstation.aws_sso._access.query
options:
  _terms:
    description:
      - User names of the identity store, or e-mail addresses of its users.
      - Without a term, all users are listed, with an element for each role of each user. In large
        organizations, pass the users explicitly.
    type: list
    elements: str
  session:
    description:
      - Name of the session to return in each element, so that the list can be passed to
        O(workstation.aws_sso.sso_profiles#module:access).
    type: str
    required: true
  region:
    description:
      - Region of the instance of IAM Identity Center.
      - Defaults to the region of O(session) if it is in the AWS configuration of the controller, and
        otherwise to the region that botocore resolves for O(profile).
    type: str
  profile:
    description:
      - Profile of the administrator, in the AWS configuration of the controller.
      - Without it and O(access_key), botocore's default credential chain is used, for example
        E(AWS_PROFILE), E(AWS_ACCESS_KEY_ID) or an instance role.
      - An empty string counts as not set.
    type: str
  access_key:
    description:
      - Access key ID of the administrator. Together with O(secret_key) and O(session_token), it replaces
        O(profile).
    type: str
  secret_key:
    description:
      - Secret access key of O(access_key).
    type: str
  session_token:
    description:
      - Session token, if O(access_key) is temporary.
    type: str
  instance_arn:
    description:
      - ARN of the instance. Required only if several instances are visible to the credentials.
    type: str
  identity_store_id:
    description:
      - ID of the identity store of the instance, such as V(d-1234567890).
      - With O(instance_arn), the permission C(sso:ListInstances) is not needed.
    type: str
  cache_ttl:
    description:
      - Seconds for which a list is reused, by this and other runs of the same user of the controller. At most
        a day.
      - Hosts that request the same list at the same time share one result even with V(0).
    type: int
    default: 0
requirements:
  - botocore on the controller
  - jmespath on the controller, for O(query)
notes:
  - The administrator needs the actions C(sso:ListInstances), C(sso:ListPermissionSets),
    C(sso:DescribePermissionSet), C(sso:ListAccountAssignmentsForPrincipal),
    C(sso:ListAccountsForProvisionedPermissionSet), C(sso:ListAccountAssignments),
    C(identitystore:ListGroupMembershipsForMember) and C(organizations:ListAccounts). Terms require
    C(identitystore:GetUserId), C(identitystore:DescribeUser), C(identitystore:DescribeGroup) and, for many
    groups, C(identitystore:ListGroups); a list of all users requires C(identitystore:ListUsers),
    C(identitystore:ListGroups) and C(identitystore:ListGroupMemberships).
  - AWS's managed policies C(AWSSSOReadOnly) and C(AWSSSODirectoryReadOnly) together allow all of them except
    C(identitystore:GetUserId).
  - AWS documents C(sso:ListAccountAssignmentsForPrincipal) for the management account of the organization
    only. If it is refused, as can happen to a delegated administrator, the lookup queries each permission set
    in each account instead, which takes more calls for a few users.
  - Endpoints, proxies and the CA bundle are resolved by botocore, for example from
    E(AWS_ENDPOINT_URL_SSO_ADMIN), E(AWS_ENDPOINT_URL_IDENTITYSTORE), E(AWS_ENDPOINT_URL_ORGANIZATIONS),
    E(HTTPS_PROXY) and E(AWS_CA_BUNDLE).
  - A botocore without the fields C(UserStatus) and C(State) cannot recognize disabled users and closed
    accounts, and lists them.
  - Lists are kept below E(XDG_CACHE_HOME), readable by the user only, and removed after a day.
  - The names of users, groups and accounts are not under your control. Ansible treats the result of a lookup
    as data, never as a template; take the same care in shell commands and file names.
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
- name: Write profiles for all users before their first sign-in
  hosts: workstations
  gather_facts: false
  vars:
    # Each host of the inventory has a variable "owner", a user name in IAM Identity Center.
    owners: "{{ ansible_play_hosts_all | map('extract', hostvars, 'owner') | unique }}"
    assignments: "{{ query('workstation.aws_sso.sso_assignments', *owners, session='acme', region='eu-west-1',
      profile='identity-admin', cache_ttl=600) }}"
  tasks:
    - name: Write the session, and a profile for each account and role of the owner
      workstation.aws_sso.sso_profiles:
        sessions:
          - name: acme
            start_url: https://acme.awsapps.com/start
            region: eu-west-1
        access: "{{ assignments | selectattr('user', '==', owner) }}"
        region: eu-central-1
        purge: true

- name: Audit access
  hosts: localhost
  gather_facts: false
  tasks:
    - name: List the administrators of production, and through which assignment
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
    - One element for each role in each account of each user, even if it is assigned more than once. Sorted by
      user name, account name, account ID and role name.
    - With O(query), the result of the expression.
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
        - Through which assignments the user has the role, V(direct), and C(group) with the name for each
          group.
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
