# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attributes that several modules share. PRIVATE to the collection."""

from __future__ import annotations


class ModuleDocFragment:
    # Modules add the support of each attribute, or extend _attributes.full, and add details.
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: In check mode, reports what would change and changes nothing.
  diff_mode:
    description: In diff mode, shows the difference between before and after.
  idempotent:
    description: When run twice in a row, the second run changes nothing.
"""

    # Modules that change the host, and support all of the above.
    FULL = r"""
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
"""

    READ_ONLY = r"""
attributes:
  check_mode:
    support: full
    description: Changes nothing, so check mode makes no difference.
  diff_mode:
    support: N/A
    description: Changes nothing.
  idempotent:
    support: full
    description: Changes nothing.
"""

    LINUX = r"""
attributes:
  platform:
    support: full
    platforms: linux
    description: Supported operating systems of the managed host.
"""

    # Modules whose action plugin only runs them, with secrets of the environment off the command line.
    MODULE = r"""
attributes:
  action:
    support: full
    description: Has an action plugin, so a part of it runs on the controller.
  async:
    support: full
    description: Can run in the background, with the task keywords C(async) and C(poll).
"""

    # Modules with an action plugin.
    ACTION = r"""
attributes:
  action:
    support: full
    description: Has an action plugin, so a part of it runs on the controller.
  async:
    support: none
    description: Can run in the background, with the task keywords C(async) and C(poll).
    details: The part on the controller waits for the result. Remove C(async) from the task.
"""

    ACTION_GROUP = r"""
attributes:
  action_group:
    support: full
    description: >-
      Use C(group/workstation.aws_sso.aws_sso) in C(module_defaults) to set defaults for all modules of the
      group.
    membership:
      - workstation.aws_sso.aws_sso
"""
