# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that run with a temporary home directory."""

from __future__ import annotations

import os
import pathlib
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._host.commands import run_in_scratch_home
from support.scratch_host import run_program


class Module:
    """As much of an AnsibleModule as is used."""

    @property
    def tmpdir(self) -> str:
        raise AssertionError("of the user who connects, or announced with a warning")

    def run_command(
        self, command: t.List[str], environ_update: t.Mapping[str, str], handle_exceptions: bool
    ) -> t.Tuple[int, str, str]:
        assert not handle_exceptions
        return run_program(["env", *(f"{name}={value}" for name, value in environ_update.items()), *command])


def test_home_is_an_empty_directory_of_this_user_alone() -> None:
    run = run_in_scratch_home(Module())
    home = run(["sh", "-c", "echo $HOME"])[1].strip()
    assert os.stat(home).st_uid == os.geteuid()
    assert os.stat(home).st_mode & 0o077 == 0
    assert os.listdir(home) == []
    assert home not in ("/", pathlib.Path.home().as_posix())


def test_commands_find_no_configuration_of_aws() -> None:
    run = run_in_scratch_home(Module())
    assert run(["sh", "-c", "cat $AWS_CONFIG_FILE $AWS_SHARED_CREDENTIALS_FILE"]) == (0, "", "")
