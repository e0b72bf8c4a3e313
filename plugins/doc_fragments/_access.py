# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of plugins that list accounts and roles. PRIVATE to the collection."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  accounts:
    description:
      - Only accounts whose ID or name matches one of these globs, case-sensitively.
      - An ID is a string of 12 digits; a number is accepted if it has 12 digits.
    type: list
    elements: str
    default: ["*"]
  roles:
    description:
      - Only roles, that is permission sets, whose name matches one of these globs, case-sensitively.
    type: list
    elements: str
    default: ["*"]
  exclude_accounts:
    description:
      - Leave out accounts whose ID or name matches one of these globs, even if O(accounts) matches them.
    type: list
    elements: str
    default: []
  exclude_roles:
    description:
      - Leave out roles whose name matches one of these globs, even if O(roles) matches them.
    type: list
    elements: str
    default: []
"""

    # Of a plugin that lists what the user who signed in has access to.
    UNAVAILABLE = r"""
options:
  unavailable:
    description:
      - What to do about accounts whose roles AWS refuses to list, such as suspended or closed ones.
      - With V(fail), the error message names them, so that they can be added to O(exclude_accounts).
      - With V(skip), they are left out, and a warning names them.
    type: str
    choices: [fail, skip]
    default: fail
"""

    INVENTORY = r"""
options:
  sessions:
    description:
      - Names of sessions, as the terms of P(workstation.aws_sso.sso_access#lookup).
      - By default, all sessions of the AWS configuration are used.
    type: list
    elements: str
    default: []
notes:
  - A list in the inventory cache is used only in the sign-ins that made it, so with O(cache=true) too, a
    session must be signed in. Its token may have expired.
"""

    # Requires the option accounts of the documentation above.
    ORGANIZATION = r"""
options:
  organization:
    description:
      - Credentials that read organizational units and tags of accounts from AWS Organizations. With this
        option, accounts have this data, and O(organizational_units), O(account_tags) and their exclusions can
        select them.
      - >-
        The credentials are those of O(organization.profile), or O(organization.access_key) and
        O(organization.secret_key), or the role that O(organization.session), O(organization.account_id) and
        O(organization.role_name) name. With V({}), they come from botocore's default credential chain, for
        example from E(AWS_PROFILE), E(AWS_ACCESS_KEY_ID) or an instance role.
      - They must be of the management account of the organization, or of a member account that is a delegated
        administrator for any service. They require the actions C(organizations:ListRoots),
        C(organizations:ListOrganizationalUnitsForParent), C(organizations:ListAccountsForParent) and
        C(organizations:ListTagsForResource). AWS's managed policy C(AWSOrganizationsReadOnlyAccess) allows
        them.
      - One call lists the root, two or more calls list what is in the root and in each organizational unit,
        and one call lists the tags of each account that the other options select, except those by tag. AWS
        throttles these operations for all tools that use the same account together, so at most 5 calls are
        made per second, and fewer while AWS throttles. 400 accounts in 40 organizational units take about 480
        calls and 100 seconds. Progress is shown every ten seconds.
      - An account that is not in this organization, for example one of another session, has an empty
        organizational unit and no tags, and so has one that leaves the organization meanwhile.
    type: dict
    suboptions:
      profile:
        description:
          - Name of a profile of the AWS configuration, with or without a session of IAM Identity Center.
        type: str
      access_key:
        description:
          - Access key ID.
        type: str
      secret_key:
        description:
          - Secret access key of O(organization.access_key).
        type: str
      session_token:
        description:
          - Session token, if O(organization.access_key) is temporary.
        type: str
      session:
        description:
          - Name of the session of the AWS configuration in which O(organization.role_name) is assigned to
            you.
        type: str
      account_id:
        description:
          - The ID of the account of O(organization.role_name), 12 digits.
        type: str
      role_name:
        description:
          - The name of a role, which is that of its permission set.
        type: str
      cache_ttl:
        description:
          - Seconds for which organizational units and tags are reused, by this and other runs of the same
            user of the controller with the same credentials. At most a day. With V(0), AWS is called each
            time.
          - Credentials of IAM Identity Center reuse only lists of the same sign-in.
          - The lists are in C(workstation.aws_sso/organization) below E(XDG_CACHE_HOME), by default
            C(~/.cache), readable by the user only, and removed after a day.
        type: int
        default: 3600
  organizational_units:
    description:
      - Only accounts whose organizational unit matches one of these globs, case-sensitively. Requires
        O(organization).
      - >-
        A glob is compared with the whole path below the root, such as C(Workloads/Production). C(*) matches
        slashes too, so V(Workloads/*) selects the accounts in all organizational units below C(Workloads),
        and V(["Workloads", "Workloads/*"]) those in C(Workloads) itself as well. A slash in the name of an
        organizational unit is a dash in its path.
      - Accounts directly in the root, and those outside of the organization, do not match any glob.
    type: list
    elements: str
    default: []
  exclude_organizational_units:
    description:
      - Leave out accounts whose organizational unit matches one of these globs, even if
        O(organizational_units) matches it. Requires O(organization).
    type: list
    elements: str
    default: []
  account_tags:
    description:
      - Only accounts with all of these tags. The keys are the names of tags, and the values are a glob or a
        list of globs, of which one must match the value of the tag. Both are case-sensitive. Requires
        O(organization).
      - V(*) matches any value, also an empty one, but not an account without the tag.
    type: dict
    default: {}
  exclude_account_tags:
    description:
      - Leave out accounts with one or more of these tags, which are written as those of O(account_tags).
        Requires O(organization).
    type: dict
    default: {}
"""

    ENVIRONMENT = r"""
options:
  environment:
    description:
      - Environment variables for the API calls, in addition to Ansible's own, such as E(HTTPS_PROXY),
        E(NO_PROXY) and E(AWS_CA_BUNDLE).
      - Lookups do not see the C(environment) keyword of their task.
    type: dict
    default: {}
"""

    QUERY = r"""
options:
  query:
    description:
      - A JMESPath expression over the list, see U(https://jmespath.org).
      - A result that is not a list becomes a list of one element.
    type: str
"""
