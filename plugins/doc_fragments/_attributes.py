# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the attributes of modules mean. PRIVATE to the collection."""

from __future__ import annotations


class ModuleDocFragment:
    # A module adds the support of each, and details where it has them.
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Runs in check mode and tells what it would do, without a change to anything.
  diff_mode:
    description: Shows the difference between before and after in diff mode.
  idempotent:
    description: When run twice in a row, the second time changes nothing.
"""

    READ_ONLY = r"""
attributes:
  check_mode:
    support: full
    description: Changes nothing, so that check mode makes no difference.
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
    description: The operating systems that the module runs on.
"""
