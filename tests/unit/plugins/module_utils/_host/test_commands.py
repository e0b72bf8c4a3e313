# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that run with a scratch home see no AWS configuration and leave none."""

from __future__ import annotations

import pathlib
import subprocess
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host.commands import run_in_scratch_home


class Module:
    """What run_in_scratch_home uses of an AnsibleModule."""

    def __init__(self, tmpdir: pathlib.Path) -> None:
        self.tmpdir = str(tmpdir)

    def run_command(
        self, command: t.List[str], environ_update: t.Dict[str, str], handle_exceptions: bool
    ) -> t.Tuple[int, str, str]:
        assert not handle_exceptions
        done = subprocess.run(command, env=environ_update, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr


def test_a_command_sees_an_empty_configuration_and_an_empty_home(tmp_path: pathlib.Path) -> None:
    run = run_in_scratch_home(Module(tmp_path))
    script = 'echo "$HOME $AWS_CONFIG_FILE $AWS_SHARED_CREDENTIALS_FILE"; mkdir ~/.aws; exit 3'
    status, output, _errors = run(["/bin/sh", "-c", script])
    assert (status, output) == (3, f"{tmp_path} /dev/null /dev/null\n")
    assert (tmp_path / ".aws").is_dir()


def test_a_command_that_cannot_be_started_raises_an_error(tmp_path: pathlib.Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_in_scratch_home(Module(tmp_path))([str(tmp_path / "missing")])
