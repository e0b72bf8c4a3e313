# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in the task keyword ``environment``, kept off command lines and out of verbose output.

PRIVATE to the collection.

Ansible writes the variables of ``environment`` in front of the command that it runs on the host. There every
user can read them with ps, and -vvv shows them. So the module itself sets the private variables: Ansible
passes it on standard input, or as a file of the user who runs it. All other variables stay where Ansible puts
them.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible.plugins.action import ActionBase

from .._display import debug
from .misspelled_variables import warn_of_misspelled_variables

_CREDENTIALS_IN_URL = re.compile(r"://[^/\s]*@")
_SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSW|PRIVATE_?KEY|API_?KEY|CREDENTIAL", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def is_private(name: str, value: t.Any) -> bool:
    """Whether the variable *name* may hold a secret, by its name or because *value* is a URL with a user."""
    text = str(value)
    if name.lower().endswith("_proxy") and "@" in text:  # a proxy may be given without http://
        return True
    return bool(_SECRET_NAME.search(name) or _CREDENTIALS_IN_URL.search(text))


class PrivateEnvironmentAction(ActionBase):
    """An action plugin whose modules set the private variables of the task themselves."""

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        warn_of_misspelled_variables(task_vars or {}, self._task.get_path() or "")
        return dict(super().run(tmp, task_vars))

    def _compute_environment_string(self, raw_environment_out: dict[str, t.Any] | None = None) -> str:
        """The assignments in front of a command. A caller that passes a dictionary uses only its contents."""
        public, private = self._variables()
        if raw_environment_out is not None or not private:
            return str(super()._compute_environment_string(raw_environment_out))
        return str(self._connection._shell.env_prefix(**public))

    def _configure_module(self, *arguments: t.Any, **options: t.Any) -> t.Any:
        """The module as Ansible sends it to the host."""
        configured = super()._configure_module(*arguments, **options)
        _public, private = self._variables()
        if not private:
            return configured
        debug(f"The module sets {', '.join(private)}, so that their values are not on the command line.")
        if dataclasses.is_dataclass(configured[0]):
            module, path = configured
            data = with_environment(module.b_module_data, private)
            return dataclasses.replace(module, b_module_data=data), path
        style, shebang, data, path = configured  # ansible-core before 2.19
        return style, shebang, with_environment(data, private), path

    def _variables(self) -> tuple[dict[str, t.Any], dict[str, str]]:
        """The variables of the task: those that may be shown, and those that may not."""
        variables: dict[str, t.Any] = {}
        super()._compute_environment_string(variables)
        if getattr(self._connection._shell, "_IS_WINDOWS", False):
            return variables, {}
        private = {
            name: str(value)
            for name, value in variables.items()
            if is_private(name, value) and _VARIABLE.fullmatch(name)
        }
        return {name: value for name, value in variables.items() if name not in private}, private


class PrivateModuleAction(PrivateEnvironmentAction):
    """The action plugin of a module that needs nothing else from the controller."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        super().run(tmp, task_vars)
        name = type(self).__module__.rpartition(".")[2]
        result: dict[str, t.Any] = self._execute_module(
            module_name=f"workstation.aws_sso.{name}",
            module_args=self._task.args,
            task_vars=task_vars,
            wrap_async=self._task.async_val,
        )
        if self._task.async_val:  # tasks of Ansible that wait for the result get the same environment
            self._task.environment = [self._variables()[0]]
        return result


def with_environment(module: bytes, variables: t.Mapping[str, str]) -> bytes:
    """A Python program that sets *variables* and runs *module*, a Python program, in the same interpreter."""
    first_line, newline, _rest = module.partition(b"\n")
    shebang = first_line + newline if first_line.startswith(b"#!") else b""
    program = (
        f"import os\nos.environ.update({dict(variables)!a})\nexec(compile({module!r}, '<module>', 'exec'))\n"
    )
    return shebang + program.encode("ascii")
