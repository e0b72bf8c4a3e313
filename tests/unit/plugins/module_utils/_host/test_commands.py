# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that run with a temporary home directory."""

from __future__ import annotations

import os
import pathlib
import types
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host.commands import run_in_scratch_home
from support.scratch_host import run_program


class Module(types.SimpleNamespace):
    """As much of an AnsibleModule as is used."""

    tmpdir: str

    def run_command(
        self, command: t.List[str], environ_update: t.Mapping[str, str], handle_exceptions: bool
    ) -> t.Tuple[int, str, str]:
        assert not handle_exceptions
        return run_program(["env", *(f"{name}={value}" for name, value in environ_update.items()), *command])


def home_of_a_command(tmpdir: pathlib.Path) -> str:
    return run_in_scratch_home(Module(tmpdir=str(tmpdir)))(["sh", "-c", "echo $HOME"])[1].strip()


def test_home_is_the_temporary_directory_of_the_task(tmp_path: pathlib.Path) -> None:
    assert home_of_a_command(tmp_path) == str(tmp_path)
    run = run_in_scratch_home(Module(tmpdir=str(tmp_path)))
    assert run(["sh", "-c", "cat $AWS_CONFIG_FILE $AWS_SHARED_CREDENTIALS_FILE"]) == (0, "", "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can create files of other users")
def test_home_is_not_a_directory_of_another_user(tmp_path: pathlib.Path) -> None:
    os.chown(tmp_path, 4242, 4242)
    (tmp_path.parent / "link").symlink_to(tmp_path)
    for directory in (tmp_path, tmp_path.parent / "link"):
        home = home_of_a_command(directory)
        assert home != str(directory)
        assert os.stat(home).st_uid == 0
        assert os.stat(home).st_mode & 0o077 == 0
