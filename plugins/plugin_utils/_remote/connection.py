# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection of a task to its host: whether it passes standard input on, and who the remote user is.

PRIVATE to the collection.
"""

from __future__ import annotations

import shlex
import typing as t

from ansible.plugins.action import ActionBase

from ...module_utils._errors import WorkstationError
from .token_cache import Outcome

# Connections without pipelining that nevertheless pass standard input on.
_ALSO_PASS_INPUT = ("community.general.wsl",)


class HostConnection:
    """The connection of *action* to the host of *task_vars*."""

    def __init__(self, action: ActionBase, task_vars: t.Mapping[str, t.Any]) -> None:
        self._action = action
        self._connection = action._connection
        self._task_vars = task_vars

    @property
    def label(self) -> str:
        """The host, and the user of become, as messages show them."""
        become = self._connection.become
        user = f"{become.get_option('become_user')}@" if become else ""
        return f"{user}{self._task_vars.get('inventory_hostname', '')}"

    @property
    def ad_hoc_target(self) -> list[str]:
        """The host and its user as arguments of the command ansible."""
        sources = self._task_vars.get("ansible_inventory_sources") or ()
        inventory = [argument for source in sources for argument in ("-i", str(source))]
        become = self._connection.become
        user = ["--become", "--become-user", str(become.get_option("become_user"))] if become else []
        return [*inventory, str(self._task_vars.get("inventory_hostname", "")), *user]

    @property
    def is_own_user(self) -> bool:
        """Whether the host is the controller, and the remote user is the one who runs Ansible."""
        return self._connection.transport == "local" and not self._connection.become

    @property
    def is_among_others(self) -> bool:
        """Whether other hosts may run this task at the same time."""
        task = self._action._task
        bounds = [
            len(self._task_vars.get("ansible_play_batch", ())),
            int(self._task_vars.get("ansible_forks", 1)),
        ]
        if task.throttle:
            bounds.append(int(task.throttle))
        return not task.run_once and min(bounds) > 1

    def require_standard_input(self) -> None:
        """Raises WorkstationError unless programs on the host can be passed data on standard input."""
        become = self._connection.become
        passes_input = self._connection.has_pipelining or self._connection.transport in _ALSO_PASS_INPUT
        if not passes_input or (become and not _passes_input(become)):
            way = f"{self._connection.transport}{f' with {become.name}' if become else ''}"
            raise WorkstationError(
                "token_store=host requires a connection that passes standard input on, such as ssh with"
                f" sudo; {way} does not."
            )

    def run(self, python: str, program: bytes) -> Outcome:
        """Feed *program* to the interpreter *python* of the host."""
        outcome = self._action._low_level_execute_command(shlex.join([python, "-"]), in_data=program)
        return Outcome(outcome["rc"], outcome["stdout"], outcome["stderr"])


def _passes_input(become: t.Any) -> bool:
    """ansible-core before 2.19 has no attribute for it, and treats su as the only exception."""
    return bool(getattr(become, "pipelining", become.name != "su"))
