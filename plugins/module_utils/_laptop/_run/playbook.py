# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the playbook of an installed version on this machine.

PRIVATE to the collection. Everything that Ansible reads and writes is below the directory of
workstation-update; settings of the user, such as those in ~/.ansible.cfg, do not apply.
"""

from __future__ import annotations

import contextlib
import json
import locale
import os
import signal
import subprocess
import sys
import typing as t

from ..._errors import WorkstationError
from ..._files.atomic import PRIVATE_FILE, make_private_directory, replace_file
from ..._files.lock import LockTimeout, locked
from .._installation import environment, state
from .._installation.paths import COLLECTIONS, Paths
from .._installation.state import Outcome, Status
from ..update import Run, RunResult
from . import password
from .outcome import COMMAND, read_record, status_of_run
from .password import SudoPassword

PLAYBOOK = "workstation.aws_sso.workstation"
SYSTEM_PARTS = ("network", "prerequisites", "aws_cli", "browser")
"""The parts of the role workstation that use privilege escalation."""

_LONGEST_RUN = 2 * 3600
"""Seconds for a scheduled run; most of them are for packages and the AWS CLI on a slow network."""
_LONGEST_WAIT = 60
_PASSWORD_REQUIRED = (
    "Parts of version {manifest.version} change the whole system, which requires the password of sudo."
)


class _Plan(t.NamedTuple):
    """What a run includes: with or without the *system* parts, with a *password* for sudo where required."""

    system: bool = True
    password: t.Optional[str] = None


class Playbook:
    """Runs the playbook of versions; the user sees their output in a terminal."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._password = SudoPassword()

    def run(self, run: Run) -> RunResult:
        """Raises WorkstationError and OSError."""
        paths = self._paths
        if not environment.is_usable(run.directory):
            environment.prepare(run.directory, run.manifest)
        with _exclusive(paths) as lock:
            plan = self._plan(run)
            before = read_record(paths.run_state)
            exit_status = _execute(paths, run, plan, lock)
        status = status_of_run(exit_status, before, read_record(paths.run_state), paths.run_log)
        system_done = plan.system and status.outcome in (Outcome.OK, Outcome.SIGN_IN_REQUIRED)
        if not (plan.system or run.system_applied):
            status = _without_system(run, status, self._replaces_another(run))
        return RunResult(status, system_done)

    def _replaces_another(self, run: Run) -> bool:
        """Whether the version of *run* is new, and there is one to return to."""
        current = os.path.realpath(self._paths.current)
        return os.path.isdir(current) and current != os.path.realpath(run.directory)

    def _plan(self, run: Run) -> _Plan:
        if not run.manifest.settings.become or not password.is_required(run.scheduled):
            return _Plan()
        only_sign_in = state.load(self._paths).run.outcome == Outcome.SIGN_IN_REQUIRED
        if run.scheduled or not password.has_terminal() or (run.system_applied and only_sign_in):
            return _Plan(system=False)
        given = self._password.get()
        return _Plan(system=given is not None, password=given)


def _without_system(run: Run, status: Status, replaces_another: bool) -> Status:
    """Without its system parts, a version may fail although nothing is wrong with it."""
    if status.outcome == Outcome.SIGN_IN_REQUIRED:
        return status
    text = _PASSWORD_REQUIRED.format(manifest=run.manifest)
    if status.outcome == Outcome.FAILED and replaces_another:
        return Status(status.outcome, f"{status.message} {text}", status.fix)
    message = " ".join(filter(None, [text, status.message]))
    return Status(Outcome.PASSWORD_REQUIRED, message, f"Run: {COMMAND}")


def _command(run: Run, plan: _Plan) -> t.List[str]:
    variables = {
        "workstation_bundle_files": run.directory,
        "workstation_bundle_machine": environment.machine(),
        "workstation_bundle_interactive": not run.scheduled,
        # Not that of the version: as root it would write bytecode there, which the user could not remove.
        "ansible_python_interpreter": sys.executable,
    }
    command = [*environment.ansible_playbook(run.directory), PLAYBOOK]
    for path in (run.manifest.company, run.manifest.variables):
        command += ["-e", "@" + os.path.join(run.directory, os.path.basename(path))]
    command += ["-e", json.dumps(variables)]
    if not plan.system:
        command += ["--skip-tags", ",".join(SYSTEM_PARTS)]
    return command


def _execute(paths: Paths, run: Run, plan: _Plan, lock: t.Sequence[int]) -> int:
    """Run ansible-playbook, and return its exit status.

    It keeps the lock open: after this process was killed, the next run waits for it.
    """
    variables = _variables(paths, run)
    make_private_directory(variables["ANSIBLE_HOME"])
    for setting in ("ANSIBLE_CONFIG", "ANSIBLE_INVENTORY"):
        replace_file(variables[setting], b"# written by workstation-update\n", PRIVATE_FILE)
    replace_file(paths.run_log, b"", PRIVATE_FILE)
    with contextlib.ExitStack() as stack:
        command = _command(run, plan)
        if plan.password is not None:
            pipe = stack.enter_context(password.readable(plan.password, paths.ansible))
            command += ["--become-password-file", pipe]
        streams: t.Dict[str, t.Any] = {"stdin": subprocess.DEVNULL}
        if run.scheduled:
            log = stack.enter_context(open(paths.run_log, "ab"))
            streams.update(stdout=log, stderr=subprocess.STDOUT)
        elif password.has_terminal():
            streams["stdin"] = stack.enter_context(open(password.TERMINAL, "rb"))
        process = subprocess.Popen(  # pylint: disable=ansible-bad-function
            command,
            cwd=run.directory,
            env=variables,
            pass_fds=lock,
            start_new_session=run.scheduled,
            **streams,
        )
        return _wait_for(process, run.scheduled)


def _wait_for(process: subprocess.Popen[bytes], scheduled: bool) -> int:
    try:
        return process.wait(_LONGEST_RUN if scheduled else None)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        hours = _LONGEST_RUN // 3600
        raise WorkstationError(
            f"The playbook did not end within {hours} hours, and was stopped. Run: {COMMAND}"
        ) from None
    except KeyboardInterrupt:
        process.wait()  # the terminal has sent the signal to the playbook as well
        raise


def _variables(paths: Paths, run: Run) -> t.Dict[str, str]:
    """The environment of the playbook."""
    variables = {
        **environment.clean_environment(),
        **_locale(),
        "ANSIBLE_HOME": paths.ansible,
        "ANSIBLE_CONFIG": os.path.join(paths.ansible, "ansible.cfg"),
        "ANSIBLE_INVENTORY": os.path.join(paths.ansible, "hosts"),
        "ANSIBLE_REMOTE_TEMP": os.path.join(paths.ansible, "tmp"),
        "ANSIBLE_COLLECTIONS_PATH": os.path.join(run.directory, COLLECTIONS),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_CALLBACKS_ENABLED": "workstation.aws_sso.fleet_report",
        "WORKSTATION_FLEET_REPORT_HTML": "",
        "WORKSTATION_FLEET_REPORT_JSON": paths.run_state,
        "WORKSTATION_FLEET_REPORT_KEEP_DAYS": "0",
    }
    if not run.scheduled:
        variables["ANSIBLE_LOG_PATH"] = paths.run_log
    return variables


def _locale() -> t.Dict[str, str]:
    """Ansible does not start with a locale that is not installed, or with one that is not UTF-8."""
    try:
        locale.setlocale(locale.LC_ALL, "")
        if locale.nl_langinfo(locale.CODESET).upper() == "UTF-8":
            return {}
    except locale.Error:
        pass
    return {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


@contextlib.contextmanager
def _exclusive(paths: Paths) -> t.Iterator[t.Sequence[int]]:
    """The lock file, for the playbook to keep open; none where there are no locks."""
    try:
        with locked(paths.run_log, _LONGEST_WAIT, directory=paths.root) as descriptor:
            yield () if descriptor is None else (descriptor,)
    except LockTimeout:
        raise WorkstationError(
            "The playbook of an update that was stopped is still running. Wait for its end, then run:"
            f" {COMMAND}"
        ) from None
