# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's half of prerequisites: looks, has the missing packages installed, and looks again."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ..plugin_utils._package_errors import package_error_text

MODULE = "workstation.aws_sso.prerequisites"
Tools = dict[str, dict[str, Any]]


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        result = self._look(task_vars)
        before: Tools = result.get("tools", {})
        wanting = {name: tool for name, tool in before.items() if not tool["satisfied"]}
        if result.get("failed") or not wanting:
            return result
        if self._task.check_mode:
            result |= {"changed": True, "tools": before | {name: promised(wanting[name]) for name in wanting}}
        else:
            result = self._have(wanting, task_vars)
        if "tools" not in result:
            return result
        return result | {"diff": {"before": listing(before), "after": listing(result["tools"])}}

    def _have(self, wanting: Tools, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        installed = self._install(wanting, task_vars)
        if installed.get("failed"):
            return installed
        result = self._look(task_vars)
        tools: Tools = result.get("tools", {})
        for name in wanting.keys() & tools:
            tools[name]["installed"] = installed["changed"]
        return result | {"changed": installed["changed"]} | complaint(tools)

    def _look(self, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        found: dict[str, Any] = self._execute_module(MODULE, module_args=self._task.args, task_vars=task_vars)
        return found

    def _install(self, tools: Tools, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        packages = sorted({tool["package"] for tool in tools.values()})
        task = self._task.copy()
        task.args = {
            "name": packages,
            "state": "latest" if any(tool["version"] for tool in tools.values()) else "present",
            "update_cache": self._task.args.get("update_cache", True),
        }
        package = self._shared_loader_obj.action_loader.get(
            "ansible.builtin.package",
            task=task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        done: dict[str, Any] = package.run(task_vars=task_vars)
        return done | {"msg": package_error_text(packages, str(done.get("msg")))}


def complaint(tools: Tools) -> dict[str, Any]:
    """The failure that tools are missing or too old although their package is there in its latest version."""
    complaints = [_reason(name, tool) for name, tool in sorted(tools.items()) if not tool["satisfied"]]
    return {"failed": True, "msg": "; ".join(complaints)} if complaints else {}


def _reason(name: str, tool: dict[str, Any]) -> str:
    wanted = f"version {tool['required']} or newer" if tool["required"] else "any version"
    package = f"the distribution's package {tool['package']} is installed in its latest version"
    if not tool["version"]:
        return (
            f"{name} ({wanted}) is still missing although {package}:"
            " name the package that holds it by the option packages"
        )
    return (
        f"{name} is {tool['version']}, {wanted} is wanted, and {package}: install a newer {name} from another"
        " source and put it first in PATH, or name another package by the option packages"
    )


def promised(tool: dict[str, Any]) -> dict[str, Any]:
    """A tool as an installation should leave it; which version that brings only the package manager knows."""
    return tool | {"satisfied": True, "version": "", "installed": True}


def listing(tools: Tools) -> str:
    """The tools as lines of text, to be shown as a diff."""
    return "".join(f"{name} {_state(tool)}\n" for name, tool in sorted(tools.items()))


def _state(tool: dict[str, Any]) -> str:
    if not tool["satisfied"]:
        return f"{tool['version']} (too old)" if tool["version"] else "missing"
    return tool["version"] or "in its package's version"
