# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller part of aws_cli: downloads the archive once for many hosts, and shows progress."""

from __future__ import annotations

import os
import typing as t

from ..module_utils._aws_cli.options import require_valid
from ..module_utils._aws_cli.urls import is_url
from ..module_utils._errors import WorkstationError
from ..module_utils._files.errors import file_error_text
from ..module_utils._installed_cli.record import PROVENANCE
from ..module_utils._text import printable
from ..modules.aws_cli import ARGUMENT_SPEC, PROGRESS_PATH
from ..plugin_utils._action.base import HostFile, Options, Result
from ..plugin_utils._action.private_environment import PrivateEnvironmentAction
from ..plugin_utils._bundle_store import SharedBundles, is_downgrade
from ..plugin_utils._display import megabytes

MODULE = "workstation.aws_sso.aws_cli"


class ActionModule(PrivateEnvironmentAction):
    _supports_check_mode = True
    _supports_async = False
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(ARGUMENT_SPEC)  # type: ignore[no-untyped-call]
        self._host = (task_vars or {}).get("inventory_hostname", "")
        self._task_vars = task_vars
        result = self._install(options)
        result.pop(PROGRESS_PATH, None)
        return result

    def _install(self, options: Options) -> Result:
        try:
            if options["download_on"] == "controller":
                require_valid(options)
                return self._install_from_controller(options)
            return self._install_on_host()
        except WorkstationError as error:
            return {"failed": True, "changed": False, "msg": f"On the controller: {error}"}
        except OSError as error:
            return {"failed": True, "changed": False, "msg": f"On the controller: {file_error_text(error)}"}

    def _install_on_host(self) -> Result:
        """Let the host download the archive, if it needs one, and show the progress meanwhile."""
        arguments = self._task.args
        preview = self._preview(arguments)
        if self._is_final(preview):
            return preview
        if not is_url(str(preview.get("source"))):
            return self._execute(arguments)
        subject = f"AWS CLI {printable(str(preview.get('version')))}"

        def progress(file: HostFile) -> str:
            received, total = map(int, file.read().split())
            return f"{subject}: {megabytes(received, total)} downloaded"

        with HostFile(self, str(preview.get(PROGRESS_PATH))).watched(progress, self._host):
            return self._execute(arguments)

    def _install_from_controller(self, options: Options) -> Result:
        """Copy the archive to the host, if it needs one; by its checksum, the host verifies the copy.

        What is downloaded is determined by the options alone, not by what the host returns.
        """
        bundles = SharedBundles(options, self._find_file, self._task._uuid)
        arguments = {**self._task.args, **bundles.host_arguments()}
        preview = self._preview(arguments)
        if options["state"] == "latest" and is_downgrade(preview):
            newer = {**arguments, "version": preview["previous_version"]}
            kept = self._preview(newer)
            if not kept.get("source"):  # the newer version works: a mirror may lag behind
                arguments, preview = newer, kept
        if self._is_final(preview):
            return preview
        if not preview.get("source"):
            return self._execute(arguments)
        bundle = bundles.bundle(preview.get("architecture"), self._host)
        if bundle.warning:
            self._display.warning(bundle.warning)
        copy = self._copy(bundle.path, bundle.provenance)
        result = self._execute({**arguments, **bundle.arguments(copy)})
        if result.get("failed"):
            return result
        return {**result, "source": bundle.location, "verified_by": bundle.verified_by}

    def _find_file(self, path: str) -> str:
        return str(self._find_needle("files", path))  # type: ignore[no-untyped-call]

    def _copy(self, archive: str, provenance: str) -> str:
        total = os.stat(archive).st_size
        file = HostFile(self, "bundle.zip")
        with file.watched(lambda copy: f"AWS CLI: {megabytes(copy.size(), total)} copied", self._host):
            self._transfer_file(archive, file.path)
        beside = file.path + PROVENANCE
        self._transfer_data(beside, provenance)
        self._fixup_perms2((self._connection._shell.tmpdir, file.path, beside))  # type: ignore[no-untyped-call]
        return file.path

    def _preview(self, arguments: Options) -> Result:
        """What the module would change, by its own check mode."""
        check_mode, self._task.check_mode = self._task.check_mode, True
        try:
            return self._execute(arguments)
        finally:
            self._task.check_mode = check_mode

    def _is_final(self, preview: Result) -> bool:
        return bool(preview.get("failed") or not preview.get("changed") or self._task.check_mode)

    def _execute(self, arguments: Options) -> Result:
        result: Result = self._execute_module(MODULE, module_args=arguments, task_vars=self._task_vars)
        return result
