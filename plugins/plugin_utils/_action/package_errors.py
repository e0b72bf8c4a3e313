# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do when a package manager fails, or when its packages do not contain the tools.

PRIVATE to the collection.
"""

from __future__ import annotations

import re
import typing as t

_FAILED_SOURCE = (
    r"failed to (?:fetch|download|update apt cache)|(?:could not|failure|temporary error|couldn't) resolv"
    r"|(?:could not|cannot|failed to) connect|cannot download|failed to synchronize|timed out"
    r"|repositories have not been refreshed|error retrieving metadata|valid metadata not found"
    r"|could not update package db|failed retrieving file"
)
_REMEDIES: tuple[tuple[str, str], ...] = (
    (
        r"are you root|must be root|permission denied|superuser|requires? root|root privileges",
        "Run the task with become: true.",
    ),
    (
        r"no space left|enough free (?:disk )?space|at least \S+ more space needed",
        "The disk is full: free some space, then run the task again.",
    ),
    (
        r"could not get lock|failed to lock|held by process|frontend lock|unable to lock|lock database"
        r"|(?:is|are) locked|waiting for process|obtain the \S+ lock|another app is currently holding",
        "Another package manager is running; on a recently started machine it may be unattended-upgrades."
        " Run the task again in a minute.",
    ),
    (
        _FAILED_SOURCE,
        "The package mirror cannot be reached: check the network. Behind a proxy, configure it for"
        " the package manager with the module workstation_network (in the role: workstation_proxy).",
    ),
)


def is_failed_source(message: str) -> bool:
    """Whether *message* of a package manager says that it could not read a source of packages."""
    return bool(re.search(_FAILED_SOURCE, message, re.IGNORECASE))


def package_error_text(packages: list[str], message: str) -> str:
    """The message of a failed installation of *packages*, with a remedy if one is known."""
    reason = message.strip()
    text = (
        f"Could not install {', '.join(packages)}: {reason}{'' if reason.endswith(('.', '?', '!')) else '.'}"
    )
    for pattern, remedy in _REMEDIES:
        if re.search(pattern, message, re.IGNORECASE):
            return f"{text} {remedy}"
    return text


def unsatisfied_tools_text(tools: t.Mapping[str, dict[str, t.Any]]) -> str:
    """Which *tools* are missing or too old although their packages are installed; "" if none is."""
    reasons = [_reason(name, tool) for name, tool in sorted(tools.items()) if not tool["satisfied"]]
    return " ".join(reasons)


def _reason(name: str, tool: dict[str, t.Any]) -> str:
    minimum = f"version {tool['required']} or newer" if tool["required"] else "any version"
    package = f"the latest version of the package {tool['package']} is installed"
    if not tool["version"]:
        return (
            f"{name} ({minimum}) is still missing, although {package}."
            f" Set the package that contains {name} in the option packages."
        )
    return (
        f"{name} is {tool['version']}, but {minimum} is required, and {package}. Install a newer {name} from"
        " another source and put it first in PATH, or set another package in the option packages."
    )
