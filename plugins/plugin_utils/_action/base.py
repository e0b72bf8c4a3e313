# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base class of the collection's action plugins.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import shlex
import typing as t

from ansible.plugins.action import ActionBase

from ...module_utils._errors import WorkstationError
from .._display import watched
from .._environment import environment_with
from .._processes.parent import ends_with_parent
from .private_environment import PrivateEnvironmentAction

Options = t.Dict[str, t.Any]
Result = t.Dict[str, t.Any]


class SsoAction(PrivateEnvironmentAction):
    """Options are checked, work() is called, and an error of ours becomes the task's failure.

    Where the host is this machine, the task's keyword environment holds for work() as well: a proxy is that
    of the machine, not of one half of the task. The failure is returned, not raised: Ansible shows the
    traceback of some exceptions.
    """

    _requires_connection = False
    _supports_check_mode = True

    ends_with_run: t.ClassVar[bool] = False
    """Whether work() waits for something that is of no use any more when the run is gone."""
    argument_spec: t.ClassVar[t.Dict[str, t.Dict[str, t.Any]]] = {}
    constraints: t.ClassVar[t.Dict[str, t.Any]] = {}

    def work(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        """The result of the task. Raises WorkstationError."""
        raise NotImplementedError

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(self.argument_spec, **self.constraints)  # type: ignore[no-untyped-call]
        ends = ends_with_parent() if self.ends_with_run else contextlib.nullcontext()
        try:
            with environment_with(self._environment_of_this_machine()), ends:
                return self.work(options, task_vars or {})
        except WorkstationError as error:
            return {"failed": True, "changed": False, "msg": str(error)}

    def module_runner(self, task_vars: dict[str, t.Any]) -> t.Callable[[str], t.Mapping[str, t.Any]]:
        """A function that executes a module on the host with the options of this task."""
        return lambda name: t.cast(
            Result, self._execute_module(module_name=name, module_args=self._task.args, task_vars=task_vars)
        )

    def _environment_of_this_machine(self) -> dict[str, t.Any]:
        variables: dict[str, t.Any] = {}
        if self._connection.transport == "local":
            self._compute_environment_string(variables)
        return variables


class HostFile:
    """The file *name* on the host, which can be watched as it grows.

    It is in the temporary directory of the task unless *name* is an absolute path.
    """

    def __init__(self, action: ActionBase, name: str) -> None:
        self._action = action
        self._name = name

    @property
    def path(self) -> str:
        if self._name.startswith("/"):
            return self._name
        shell = self._action._connection._shell
        if not shell.tmpdir:
            self._action._make_tmp_path()
        return str(shell.join_path(shell.tmpdir, self._name))

    def read(self) -> str:
        return self._output("cat", self.path)

    def size(self) -> int:
        """In bytes."""
        return int(self._output("wc", "-c", self.path).split()[0])

    @contextlib.contextmanager
    def watched(self, progress: t.Callable[[HostFile], str], host: str) -> t.Iterator[None]:
        """Meanwhile, show the text that *progress* returns, after the name of the *host*.

        It runs a second command beside that of the task. Nothing is shown if the connection uses a password,
        because Ansible passes that to one command at a time.
        """
        connection = self._action._connection
        local = connection.transport == "local"
        if local or (connection.transport == "ssh" and not connection.get_option("password")):
            _path = self.path  # creates the directory before the other thread could
            with watched(lambda: progress(self), host):
                yield
        else:
            yield

    def _output(self, *command: str) -> str:
        _status, output, _errors = self._action._connection.exec_command(shlex.join(command), sudoable=False)
        return bytes(output).decode("ascii")
