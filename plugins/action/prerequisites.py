# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller part of prerequisites: checks the tools, installs packages, and checks again."""

from __future__ import annotations

from typing import Any

from ..plugin_utils._action.package_errors import package_error_text
from ..plugin_utils._action.package_lock import LockWait, lock_holder
from ..plugin_utils._action.package_manager import PackageManager
from ..plugin_utils._action.private_environment import PrivateEnvironmentAction
from ..plugin_utils._action.tool_states import Tools, after, describe, expected, unsatisfied
from ..plugin_utils._display import debug

MODULE = "workstation.aws_sso.prerequisites"
DEFAULT_LOCK_TIMEOUT = 600


class ActionModule(PrivateEnvironmentAction):
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        result = self._check(task_vars)
        before: Tools = result.get("tools", {})
        if result.get("failed") or not unsatisfied(before):
            return result
        if self._task.check_mode:
            result |= {
                "changed": True,
                "tools": before | expected(unsatisfied(before)),
            }
        else:
            result = self._ensure(result, task_vars)
        if "tools" not in result:
            return result
        return result | {"diff": {"before": describe(before), "after": describe(result["tools"])}}

    def _ensure(self, result: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        """Install what is unsatisfied in the *result* of a check, as soon as no other program installs."""
        lock = LockWait(
            int(self._task.args.get("lock_timeout", DEFAULT_LOCK_TIMEOUT)),
            str((task_vars or {}).get("inventory_hostname", "")),
        )
        while True:
            while not result.get("failed") and lock.is_held(self._holder):
                result = self._check(task_vars)
            missing = unsatisfied(result.get("tools", {}))
            if result.get("failed") or not missing:
                return result
            installed = self._install(missing, lock, task_vars)
            if not lock.is_held(installed.pop("locked_by")):
                break
            result = self._check(task_vars)
        return installed if installed.get("failed") else after(installed, missing, self._check(task_vars))

    def _check(self, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        result: dict[str, Any] = self._execute_module(
            MODULE, module_args=self._task.args, task_vars=task_vars
        )
        self._holder = str(result.pop("locked_by", ""))
        return result

    def _install(self, tools: Tools, lock: LockWait, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        packages = sorted({tool["package"] for tool in tools.values()})
        task = self._task.copy()
        task.args = {
            "name": packages,
            "state": "latest" if any(tool["version"] for tool in tools.values()) else "present",
            "update_cache": self._task.args.get("update_cache", True),
        }
        debug(f"installing {', '.join(packages)} (state={task.args['state']}) for {', '.join(sorted(tools))}")
        package = self._shared_loader_obj.action_loader.get(
            "ansible.builtin.package",
            task=task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        # The module of the package manager, too, gets secrets of the environment off the command line.
        package._compute_environment_string = self._compute_environment_string
        package._configure_module = self._configure_module
        manager = PackageManager(package._execute_module, lock.seconds_for_one_attempt)
        package._execute_module = manager.run
        result: dict[str, Any] = package.run(task_vars=task_vars)
        message = str(result.get("msg"))
        return result | {
            "msg": package_error_text(packages, message),
            "warnings": [*result.get("warnings", []), *manager.warnings],
            "locked_by": lock_holder(message) if result.get("failed") else "",
        }
