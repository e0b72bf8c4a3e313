# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's half of prerequisites: looks, has the missing packages installed, and looks again."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

MODULE = "workstation.aws_sso.prerequisites"
Tools = dict[str, dict[str, Any]]


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        result = self._look(task_vars)
        before: Tools = result["tools"]
        wanting = [name for name, tool in before.items() if not tool["satisfied"]]
        if not wanting:
            return result
        if self._task.check_mode:
            after = {name: tool if tool["satisfied"] else promised(tool) for name, tool in before.items()}
        else:
            self._install([before[name] for name in wanting], task_vars)
            result = self._look(task_vars)
            after = result["tools"]
            require_satisfied(after)
        for name in wanting:
            after[name] = after[name] | {"installed": True}
        diff = {"before": listing(before), "after": listing(after)}
        return result | {"changed": True, "tools": after, "diff": diff}

    def _look(self, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        found: dict[str, Any] = self._execute_module(MODULE, module_args=self._task.args, task_vars=task_vars)
        if found.get("failed"):
            raise AnsibleActionFail(found.get("msg", f"{MODULE} failed"), result=found)
        return found

    def _install(self, tools: list[dict[str, Any]], task_vars: dict[str, Any] | None) -> None:
        packages = sorted({tool["package"] for tool in tools})
        task = self._task.copy()
        task.args = {
            "name": packages,
            "state": "latest" if any(tool["version"] for tool in tools) else "present",
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
        done = package.run(task_vars=task_vars)
        if done.get("failed"):
            message = f"cannot install {', '.join(packages)}: {done.get('msg')}"
            raise AnsibleActionFail(message, result=done | {"msg": message})


def require_satisfied(tools: Tools) -> None:
    """Fail for tools that are missing or too old although their package is there in its latest version."""
    complaints = [_complaint(name, tool) for name, tool in sorted(tools.items()) if not tool["satisfied"]]
    if complaints:
        raise AnsibleActionFail("; ".join(complaints), result={"tools": tools})


def _complaint(name: str, tool: dict[str, Any]) -> str:
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
    return tool | {"satisfied": True, "version": ""}


def listing(tools: Tools) -> str:
    """The tools as lines of text, to be shown as a diff."""
    return "".join(f"{name} {_state(tool)}\n" for name, tool in sorted(tools.items()))


def _state(tool: dict[str, Any]) -> str:
    if not tool["satisfied"]:
        return f"{tool['version']} (too old)" if tool["version"] else "missing"
    return tool["version"] or "in its package's version"
