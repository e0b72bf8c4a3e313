# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running and finding programs on a host: the types of functions that a module passes to the domain.

PRIVATE to the collection.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import typing as t

RunCommand = t.Callable[[t.List[str]], t.Tuple[int, str, str]]
"""Exit code, output and errors of a command. Raises OSError for one that cannot be started."""

FindProgram = t.Callable[[str], t.Optional[str]]
"""The path of a program by its name; None if there is none."""


def run_in_scratch_home(module: t.Any) -> RunCommand:
    """A function that runs commands by the AnsibleModule *module*, with a temporary home directory.

    The commands find no AWS configuration and leave none: some versions of the AWS CLI create ~/.aws even for
    ``aws --version``.
    """
    scratch_home = {
        "HOME": _temporary_directory(),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }

    def run(command: t.List[str]) -> t.Tuple[int, str, str]:
        result: t.Tuple[int, str, str] = module.run_command(
            command, environ_update=scratch_home, handle_exceptions=False
        )
        return result

    return run


def _temporary_directory() -> str:
    """A new directory, not AnsibleModule.tmpdir.

    With become, that may belong to the user who connects; with pipelining, Ansible warns when it creates
    ~/.ansible/tmp of root for it.
    """
    directory = tempfile.mkdtemp(prefix="aws_sso-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory
