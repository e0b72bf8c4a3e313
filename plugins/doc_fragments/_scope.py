# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option that chooses between one user and all users of a host. PRIVATE to the collection."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  scope:
    description:
      - V(system) is for all users, with files below C(/etc), and requires root.
      - V(user) is for the remote user, with marked blocks in their shell startup files.
      - V(auto) is V(system) for root and V(user) for all other users.
    type: str
    choices: [auto, system, user]
    default: auto
"""
