# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Startup files of login shells, and the quoting of values in them."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._host.shell_startup import (
    Snippet,
    is_system_scope,
    quote,
    quote_for_fish,
    system_files,
    user_files,
)

SNIPPET = Snippet("example", "ours", "export A=1\n", "set -gx A 1\n", private=True)
SHELLS = [shell for shell in ("sh", "bash", "zsh", "fish") if shutil.which(shell)]


def all_programs(name: str) -> str:
    return f"/usr/bin/{name}"


@pytest.mark.parametrize(
    ("scope", "user", "expected"),
    [("system", 1000, True), ("user", 0, False), ("auto", 0, True), ("auto", 1000, False)],
)
def test_scope_auto_means_all_users_for_root(
    monkeypatch: pytest.MonkeyPatch, scope: str, user: int, expected: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert is_system_scope(scope) == expected


def test_zsh_and_fish_are_configured_only_if_they_are_installed(tmp_path: pathlib.Path) -> None:
    files = system_files(SNIPPET, lambda name: None, str(tmp_path))
    assert [file.path for file in files] == [str(tmp_path / "etc/profile.d/example.sh")]
    files = user_files(SNIPPET, lambda name: None, str(tmp_path))
    assert [file.path for file in files] == [str(tmp_path / ".profile")]
    names = [os.path.basename(file.path) for file in user_files(SNIPPET, all_programs, str(tmp_path))]
    assert names == [".profile", ".zshenv", "example.fish"]


def test_each_existing_startup_file_of_bash_gets_the_snippet(tmp_path: pathlib.Path) -> None:
    (tmp_path / ".bash_login").touch()
    files = user_files(SNIPPET, lambda name: None, str(tmp_path))
    assert [os.path.basename(file.path) for file in files] == [".profile", ".bash_login"]
    assert all(file.block == "ours" and file.private for file in files)


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=20, deadline=None)
@given(st.text("ab=:~ \"'\\$`;*!\n", max_size=10))
def test_a_quoted_value_is_one_unchanged_word(shell: str, value: str) -> None:
    to_word: t.Callable[[str], str] = quote_for_fish if shell == "fish" else quote
    command = [shell, "-c", f"printf '[%s]' {to_word(value)}"]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    assert done.stdout.decode() == f"[{value}]"
