# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's half of aws_cli: looks what a host needs, brings a bundle, and tells how far that is."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import typing as t

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.urls import open_url
from ansible.plugins.action import ActionBase

from ..module_utils._aws_cli.download import Downloader
from ..module_utils._aws_cli.public_key import PUBLIC_KEY
from ..module_utils._aws_cli.signature import Verifier, read_key
from ..module_utils._aws_cli.source import (
    Source,
    expanded,
    is_url,
)
from ..module_utils._aws_cli.tree import version_key
from ..module_utils._errors import WorkstationError
from ..module_utils._files.errors import file_error_text
from ..modules.aws_cli import ARGUMENT_SPEC, PROGRESS
from ..plugin_utils._bundle_store import (
    StoredBundle,
    latest_version,
    run_program,
    stored_bundle,
)
from ..plugin_utils._display import (
    ProgressTimer,
    megabytes,
    show,
    watched,
)

MODULE = "workstation.aws_sso.aws_cli"
Arguments = t.Dict[str, t.Any]
Result = t.Dict[str, t.Any]


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = False
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(ARGUMENT_SPEC)  # type: ignore[no-untyped-call]
        self._host = (task_vars or {}).get("inventory_hostname", "")
        self._task_vars = task_vars
        try:
            return self._converge(options)
        except WorkstationError as error:
            return {"failed": True, "changed": False, "msg": f"On the controller: {error}"}
        except OSError as error:
            return {"failed": True, "changed": False, "msg": f"On the controller: {file_error_text(error)}"}

    def _converge(self, options: Arguments) -> Result:
        on_controller = options["download_on"] == "controller"
        arguments = {**self._task.args, **(self._same_for_all_hosts(options) if on_controller else {})}
        found = self._preview(arguments)
        if on_controller and options["state"] == "latest" and _goes_back(found):
            arguments["version"] = found["previous_version"]
            found = self._preview(arguments)
        if found.get("failed") or not found["changed"] or self._task.check_mode:
            return found
        if not found["source"]:
            return self._execute(arguments)
        if on_controller:
            return self._install_copy(arguments, options, found)
        return self._install_download(arguments, found)

    def _same_for_all_hosts(self, options: Arguments) -> Arguments:
        if options["version"] or options["source"] or options["state"] == "absent":
            return {}
        if options["state"] == "latest":
            return {"state": "present", "version": latest_version(self._source(options))}
        raise AnsibleActionFail(
            "download_on=controller is for one bundle on many hosts: set version, source or state=latest"
        )

    def _preview(self, arguments: Arguments) -> Result:
        """What the module would do, by its own check mode."""
        check_mode, self._task.check_mode = self._task.check_mode, True
        try:
            return self._execute(arguments)
        finally:
            self._task.check_mode = check_mode

    def _execute(self, arguments: Arguments) -> Result:
        done: Result = self._execute_module(MODULE, module_args=arguments, task_vars=self._task_vars)
        return done

    def _install_download(self, arguments: Arguments, found: Result) -> Result:
        """Let the host download a bundle, while its progress is looked at."""
        if not self._can_watch or not is_url(found["source"]):
            return self._execute(arguments)
        path = self._remote_path(PROGRESS)
        with watched(lambda: self._download_progress(path, found["version"]), self._host):
            return self._execute(arguments)

    def _install_copy(self, arguments: Arguments, options: Arguments, found: Result) -> Result:
        """Bring the host a bundle that was verified here; its checksum tells the host that it is that one."""
        version = None if options["source"] and not options["version"] else found["version"]
        bundle = self._stored_bundle(options, found["architecture"], version)
        if bundle.warning:
            self._display.warning(bundle.warning)
        path = self._remote_path("bundle.zip")
        with contextlib.ExitStack() as stack:
            if self._can_watch:
                stack.enter_context(watched(lambda: self._copy_progress(path, bundle), self._host))
            self._transfer_file(bundle.path, path)
        self._fixup_perms2((self._connection._shell.tmpdir, path))  # type: ignore[no-untyped-call]
        replaced = {
            "state": "present",
            "version": version,
            "source": path,
            "checksum": bundle.checksum,
            "verify_signature": False,
        }
        done = self._execute({**arguments, **replaced})
        if done.get("failed"):
            return done
        return {**done, "source": found["source"], "verified_by": bundle.verified_by}

    def _stored_bundle(self, options: Arguments, architecture: str, version: str | None) -> StoredBundle:
        return stored_bundle(self._source(options, architecture), version, self._task._uuid)

    def _source(self, options: Arguments, architecture: str = "") -> Source:
        verifier = None
        if options["verify_signature"]:
            public_key = read_key(options["public_key"] or PUBLIC_KEY)
            verifier = Verifier(public_key, options["fingerprint"], run_program, shutil.which)
        return Source(
            architecture=architecture,
            base_url=options["base_url"],
            location=self._on_controller(options["source"]),
            signature=self._on_controller(options["signature"]),
            checksum=options["checksum"],
            downloader=Downloader(open_url, options["timeout"], on_progress=_progress_listener()),
            verifier=verifier,
        )

    def _on_controller(self, location: str | None) -> str | None:
        if location is None or is_url(location):
            return location
        try:
            return str(self._find_needle("files", expanded(location)))  # type: ignore[no-untyped-call]
        except AnsibleError as error:
            raise WorkstationError(
                f"there is no {location}, nor in files/ of the play or the role"
            ) from error

    def _remote_path(self, name: str) -> str:
        if not self._connection._shell.tmpdir:
            self._make_tmp_path()
        return str(self._connection._shell.join_path(self._connection._shell.tmpdir, name))

    @property
    def _can_watch(self) -> bool:
        """Whether a second command may run beside a long one; a password is handed to one at a time only."""
        way = self._connection
        return way.transport == "local" or (way.transport == "ssh" and not way.get_option("password"))

    def _download_progress(self, path: str, version: str) -> str:
        received, total = self._answer_of("cat", path).split()
        return f"AWS CLI {version}: {megabytes(int(received), int(total))} downloaded"

    def _copy_progress(self, path: str, bundle: StoredBundle) -> str:
        copied = int(self._answer_of("wc", "-c", path).split()[0])
        return f"AWS CLI: {megabytes(copied, os.stat(bundle.path).st_size)} copied"

    def _answer_of(self, *command: str) -> str:
        _status, output, _errors = self._connection.exec_command(shlex.join(command), sudoable=False)
        return bytes(output).decode("ascii")


def _goes_back(found: Result) -> bool:
    """Whether the module would replace a newer version: that a mirror lags behind is no reason to."""
    before: str = found.get("previous_version", "")
    return bool(before) and version_key(before) > version_key(found["version"])


def _progress_listener() -> t.Callable[[int, t.Optional[int]], None]:
    timer = ProgressTimer()

    def on_progress(received: int, total: int | None) -> None:
        if timer.is_due:
            show(f"AWS CLI for all hosts: {megabytes(received, total or 0)} downloaded")

    return on_progress
