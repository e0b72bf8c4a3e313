# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller part of workstation_info: keeps secrets of the task's environment off command lines."""

from __future__ import annotations

import typing as t

from ..plugin_utils._private_environment import PrivateEnvironmentAction


class ActionModule(PrivateEnvironmentAction):
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        super().run(tmp, task_vars)
        result: dict[str, t.Any] = self._execute_module(
            module_name="workstation.aws_sso.workstation_info",
            module_args=self._task.args,
            task_vars=task_vars,
            wrap_async=self._task.async_val,
        )
        return result
