# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What interactive shells show and start, with the real shells."""

from __future__ import annotations

import os
import pathlib
import shutil
import socket
import subprocess
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import Settings
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.command import (
    command_path,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.paths import Paths
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._schedule import (
    login_shell,
    systemd,
)
from support.laptops import executable, tree

NOTICE = "AWS: sign in again with: workstation-update"
SHELLS = [shell for shell in ("bash", "zsh", "fish", "dash") if shutil.which(shell)]
HOUR = 3600


@pytest.fixture
def paths(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    home = tmp_path / "it's a home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "ZDOTDIR"):
        monkeypatch.delenv(name, raising=False)
    root = home / ".local/share/workstation-update"
    root.mkdir(parents=True)
    executable(pathlib.Path(command_path()), f"#!/bin/sh\necho \"$@\" >> '{tmp_path}/started'\n")
    return Paths(str(root))


def open_shell(shell: str, commands: str = "exit 0", login: bool = True) -> str:
    """What an interactive shell writes that reads *commands*."""
    options = ["-i", *(["-l"] if login else [])]
    environment = {**os.environ, "PATH": "/usr/bin:/bin", "TERM": "dumb"}
    done = subprocess.run(
        [shell, *options], input=f"{commands}\n", capture_output=True, text=True, check=False, env=environment
    )
    return done.stdout


def starts(tmp_path: pathlib.Path, expected: int) -> t.List[str]:
    """The arguments of the updates that shells have started, once there are *expected* ones."""
    log = tmp_path / "started"
    deadline = time.monotonic() + (20 if expected else 0.3)
    while time.monotonic() < deadline:
        if expected and log.exists() and log.read_text().count("\n") >= expected:
            break
        time.sleep(0.02)
    return log.read_text().splitlines() if log.exists() else []


def set_age(path: str, seconds: float) -> None:
    """Let the file at *path* be that old."""
    pathlib.Path(path).touch()
    os.utime(path, (time.time() - seconds,) * 2)


@pytest.mark.parametrize("shell", SHELLS)
def test_interactive_shell_shows_the_notice_once(shell: str, paths: Paths) -> None:
    home = pathlib.Path(os.environ["HOME"])
    (home / ".bashrc").write_text("PS1=\n")
    (home / ".profile").write_text('[ -z "$BASH" ] || . ~/.bashrc\n')
    login_shell.install_hook(paths, None)
    assert NOTICE not in open_shell(shell)
    pathlib.Path(paths.notice).write_text(f"{NOTICE}\n")
    assert open_shell(shell).count(NOTICE) == 1
    # A script must not get a line that it does not expect.
    output = subprocess.run([shell, "-l", "-c", "echo output"], capture_output=True, text=True, check=True)
    assert output.stdout == "output\n"
    shutil.rmtree(paths.root)
    assert NOTICE not in open_shell(shell)


@pytest.mark.skipif("bash" not in SHELLS, reason="bash reads another file in terminals of a desktop")
def test_bash_that_is_no_login_shell_shows_the_notice(paths: Paths) -> None:
    login_shell.install_hook(paths, None)
    pathlib.Path(paths.notice).write_text(f"{NOTICE}\n")
    assert open_shell("bash", login=False).count(NOTICE) == 1


@pytest.mark.parametrize("shell", SHELLS)
def test_shell_finds_the_command(shell: str, paths: Paths) -> None:
    login_shell.install_hook(paths, None)
    assert command_path() in open_shell(shell, "command -v workstation-update; exit 0").splitlines()


@pytest.mark.parametrize("shell", SHELLS)
def test_shell_starts_an_update_once_in_an_interval(shell: str, paths: Paths, tmp_path: pathlib.Path) -> None:
    login_shell.install_hook(paths, Settings(random_delay_minutes=2))
    open_shell(shell)
    open_shell(shell)
    assert starts(tmp_path, 1) == ["--scheduled --delay 120"]
    set_age(paths.started, 19 * HOUR)
    open_shell(shell)
    assert len(starts(tmp_path, 0)) == 1
    set_age(paths.started, 21 * HOUR)
    open_shell(shell)
    assert len(starts(tmp_path, 2)) == 2
    os.unlink(command_path())
    os.unlink(paths.started)
    open_shell(shell)
    assert not os.path.exists(paths.started)


@pytest.mark.parametrize("shell", SHELLS)
def test_shell_starts_no_update_where_the_timer_does(
    shell: str, paths: Paths, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    pathlib.Path("systemd").mkdir()
    with socket.socket(socket.AF_UNIX) as running:
        running.bind("systemd/private")
        link = pathlib.Path(systemd.enabled_link())
        link.parent.mkdir(parents=True)
        link.symlink_to("/nowhere")
        login_shell.install_hook(paths, Settings())
        set_age(paths.state, 47 * HOUR)
        open_shell(shell)
        assert starts(tmp_path, 0) == []
        # WSL has stopped each time before the timer was due.
        set_age(paths.state, 49 * HOUR)
        open_shell(shell)
        assert len(starts(tmp_path, 1)) == 1
        set_age(paths.started, 21 * HOUR)
        set_age(paths.state, 1 * HOUR)
        link.unlink()
        open_shell(shell)
        assert len(starts(tmp_path, 2)) == 2


def test_startup_files_are_as_before_once_the_hook_is_removed(paths: Paths) -> None:
    home = pathlib.Path(os.environ["HOME"])
    (home / ".profile").write_text("umask 022")
    (home / ".bashrc").write_text("PS1=1\n")
    (home / ".bashrc").chmod(0o600)
    before = tree(home)
    login_shell.install_hook(paths, Settings())
    first = tree(home)
    login_shell.install_hook(paths, Settings())
    assert tree(home) == first != before
    login_shell.remove_hook(paths)
    after = tree(home)
    assert after.pop(".profile")[1].rstrip() == before.pop(".profile")[1]
    assert after == before
