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
      - Globs; only accounts whose ID or name matches one of them. Upper and lower case differ.
    type: list
    elements: str
    default: ["*"]
  roles:
    description:
      - Globs; only roles, that is permission sets, whose name matches one of them. Upper and lower case
        differ.
    type: list
    elements: str
    default: ["*"]
"""

    QUERY = r"""
options:
  query:
    description:
      - A JMESPath expression over the list, see U(https://jmespath.org).
      - A result that is not a list becomes a list of one element.
    type: str
"""
