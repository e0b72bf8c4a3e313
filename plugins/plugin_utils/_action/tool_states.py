# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tools in the result of prerequisites: before, in a forecast, and as lines of a diff.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from .package_errors import unsatisfied_tools_text

Tools = dict[str, dict[str, t.Any]]


def unsatisfied(tools: Tools) -> Tools:
    return {name: tool for name, tool in tools.items() if not tool["satisfied"]}


def expected(tools: Tools) -> Tools:
    """The tools after an installation; their versions are unknown before the package manager runs."""
    return {
        name: tool | {"satisfied": True, "version": "", "installed": True} for name, tool in tools.items()
    }


def after(installed: dict[str, t.Any], missing: Tools, result: dict[str, t.Any]) -> dict[str, t.Any]:
    """The *result* of a check after *installed*, that of the package manager for the *missing* tools."""
    tools: Tools = result.get("tools", {})
    for name in missing.keys() & tools:
        tools[name]["installed"] = installed["changed"]
    text = unsatisfied_tools_text(tools)
    result |= {
        "changed": installed["changed"],
        "warnings": installed["warnings"] + result.get("warnings", []),
    }
    return result | ({"failed": True, "msg": text} if text else {})


def describe(tools: Tools) -> str:
    """The tools as lines of text for a diff."""
    return "".join(f"{name} {_state(tool)}\n" for name, tool in sorted(tools.items()))


def _state(tool: dict[str, t.Any]) -> str:
    if not tool["satisfied"]:
        return f"{tool['version']} (too old)" if tool["version"] else "missing"
    return tool["version"] or "version of the package"
