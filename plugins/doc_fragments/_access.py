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

    # Of a module that generates profiles from a list of accounts and roles.
    PROFILES = r"""
options:
  access:
    description:
      - Accounts and roles, as the lookup P(workstation.aws_sso.sso_access#lookup) returns them. Dictionaries
        with the keys C(session), C(account_id), C(account_name), C(email) and C(role_name); other keys, such
        as C(console_url), are ignored. Each one becomes a profile.
      - The start URL, which is the session of legacy profiles, selects the session with this start URL in
        O(sessions) or in the file.
      - A single dictionary is accepted as well, because C(lookup()) returns one if there is only one role.
        C(query()) always returns a list.
    type: raw
    default: []
  profile_name:
    description:
      - Name of each profile generated from O(access). A format string with the fields C({account_id}),
        C({account_name}), C({role_name}), C({email}) and C({session}). The default is the name that
        C(aws configure sso) suggests.
      - >-
        In each field, a sequence of characters other than letters, digits and C(_.@+%:/=,-) is replaced with
        one C(-), or removed at the start and end of the field. Dashes at the start of the name are removed.
      - A field that has no usable character, two profiles with the same name, and fields that result in the
        name C(default), are errors.
    type: str
    default: '{role_name}-{account_id}'
  region:
    description:
      - Default region of all profiles generated from O(access).
    type: str
  output:
    description:
      - Output format of all profiles generated from O(access).
    type: str
  options:
    description:
      - Additional keys of all profiles generated from O(access), see O(profiles[].options).
    type: dict
  accounts:
    description:
      - Shell patterns for the ID or name of the account, case-sensitive. Only matching entries of O(access)
        become profiles. Without patterns, all entries match.
    type: list
    elements: str
    default: []
  roles:
    description:
      - Shell patterns for the name of the role, case-sensitive. Only matching entries of O(access) become
        profiles. Without patterns, all entries match.
    type: list
    elements: str
    default: []
  exclude_accounts:
    description:
      - Shell patterns for the ID or name of the account, case-sensitive. Matching entries of O(access) do
        not become profiles.
    type: list
    elements: str
    default: []
  exclude_roles:
    description:
      - Shell patterns for the name of the role, case-sensitive. Matching entries of O(access) do not become
        profiles.
    type: list
    elements: str
    default: []
  overrides:
    description:
      - Different settings for some of the profiles generated from O(access). An entry applies to the accounts
        and roles that match both of its lists. If several entries match, later ones take precedence, key by
        key.
    type: list
    elements: dict
    default: []
    suboptions:
      accounts:
        description:
          - Shell patterns for the ID or name of the account, case-sensitive. Without patterns, all accounts
            match.
        type: list
        elements: str
      roles:
        description:
          - Shell patterns for the name of the role, case-sensitive. Without patterns, all roles match.
        type: list
        elements: str
      name:
        description:
          - Replaces O(profile_name).
        type: str
      region:
        description:
          - Replaces O(region).
        type: str
      output:
        description:
          - Replaces O(output).
        type: str
      options:
        description:
          - Added to O(options); replaces keys of the same name.
        type: dict
"""
