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

from ansible_collections.workstation.aws_sso.plugins.module_utils._files.managed import ManagedFile
from ansible_collections.workstation.aws_sso.plugins.module_utils._host.commands import FindProgram
from ansible_collections.workstation.aws_sso.plugins.module_utils._host.os_release import system_bashrc
from ansible_collections.workstation.aws_sso.plugins.module_utils._host.shell_startup import (
    Snippet,
    is_system_scope,
    quote,
    quote_for_fish,
    system_files,
    user_files,
)
from support.os_releases import OS_RELEASES, write_os_release

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
    files = system_files(SNIPPET, lambda name: None, "", str(tmp_path))
    assert [file.path for file in files] == [str(tmp_path / "etc/profile.d/example.sh")]
    files = user_files(SNIPPET, lambda name: None, str(tmp_path))
    assert [file.path for file in files] == [str(tmp_path / ".profile")]
    names = [os.path.basename(file.path) for file in user_files(SNIPPET, all_programs, str(tmp_path))]
    assert names == [".profile", ".zshenv", "example.fish"]


@pytest.mark.parametrize(
    ("distribution", "existing", "expected"),
    [
        ("Debian", "etc/bash.bashrc", "etc/bash.bashrc"),
        ("Ubuntu", "etc/bash.bashrc", "etc/bash.bashrc"),
        ("Debian", "", ""),
        ("Arch", "etc/bash.bashrc", "etc/bash.bashrc"),
        ("Alpine", "etc/bash/bashrc", "etc/bash/bashrc"),
        ("Fedora", "etc/bashrc", ""),
        ("AlmaLinux", "etc/bash.bashrc", ""),
        ("Leap", "etc/bash.bashrc", "etc/bash.bashrc.local"),
        ("Tumbleweed", "", "etc/bash.bashrc.local"),
    ],
)
def test_bash_that_is_no_login_shell_reads_an_interactive_snippet(
    tmp_path: pathlib.Path, distribution: str, existing: str, expected: str
) -> None:
    write_os_release(tmp_path, OS_RELEASES[distribution].encode())
    if existing:
        (tmp_path / existing).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / existing).touch()
    interactive = SNIPPET._replace(interactive=True)

    def added(find: FindProgram) -> t.List[ManagedFile]:
        bashrc = system_bashrc(str(tmp_path))
        others = system_files(SNIPPET, find, bashrc, str(tmp_path))
        return [file for file in system_files(interactive, find, bashrc, str(tmp_path)) if file not in others]

    block = ManagedFile(str(tmp_path / expected), SNIPPET.bourne, block="ours")
    assert added(all_programs) == ([block] if expected else [])
    assert added(lambda name: None if name == "bash" else name) == []


def test_the_users_file_for_interactive_bash(tmp_path: pathlib.Path) -> None:
    interactive = SNIPPET._replace(interactive=True)
    names = [os.path.basename(file.path) for file in user_files(interactive, all_programs, str(tmp_path))]
    assert names == [".profile", ".bashrc", ".zshenv", "example.fish"]


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
