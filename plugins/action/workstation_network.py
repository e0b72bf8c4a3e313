# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller part of workstation_network: keeps secrets of the task's environment off command lines."""

from __future__ import annotations

from ..plugin_utils._action.private_environment import PrivateModuleAction


class ActionModule(PrivateModuleAction):
    pass
