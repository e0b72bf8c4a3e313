# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a login shell, from real shells with their own startup files."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import subprocess
import typing as t
from unittest import mock

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._host.login_environment import (
    login_environment,
)
from support.fuzz import damaged


def run(command: t.List[str]) -> t.Tuple[int, str, str]:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def profile(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("BASH_ENV", raising=False)
    return tmp_path / ".profile"


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
def test_variables_of_startup_files_are_returned(
    profile: pathlib.Path, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    profile.write_text("echo welcome\nexport AWS_PROFILE='two\nlines'\nPATH=$HOME/.local/bin:$PATH\n")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    found = login_environment(run, shell)
    assert found["AWS_PROFILE"] == "two\nlines"
    assert found["AWS_REGION"] == "eu-west-1"
    assert found["PATH"].startswith(f"{profile.parent}/.local/bin:")


@pytest.mark.parametrize("text", ["exit 3\n", "exec false\n"])
def test_a_startup_file_that_exits_is_an_error(profile: pathlib.Path, text: str) -> None:
    profile.write_text(text)
    with pytest.raises(WorkstationError, match="login_shell=false"):
        login_environment(run, "/bin/sh")


def test_a_missing_login_shell_is_an_error(profile: pathlib.Path) -> None:
    with pytest.raises(WorkstationError, match="/no/such/shell"):
        login_environment(run, "/no/such/shell")


def test_the_login_shell_of_the_user_is_the_default(profile: pathlib.Path) -> None:
    assert login_environment(run)["HOME"] == str(profile.parent)


def test_any_output_of_a_login_shell_is_read_or_raises_a_workstation_error() -> None:
    samples = ["welcome\n-- environment --\nA=1\0B=two\nlines\0", "-- environment --\n"]
    for content in damaged(samples, 1000):
        answer = (0, content.decode("utf-8", "surrogateescape"), "")
        with contextlib.suppress(WorkstationError):
            login_environment(mock.Mock(return_value=answer), "/bin/sh")
