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
