# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fix for PATH, by the shell of the user."""

from __future__ import annotations

import typing as t

import pytest

from support.fixes import execute, path_of_login_shell
from support.scratch_workstation import ScratchWorkstation


@pytest.mark.parametrize("existing", [None, ".bash_login", ".bash_profile"])
def test_the_fix_for_path_is_read_by_bash(host: ScratchWorkstation, existing: t.Optional[str]) -> None:
    (host.bin / "aws").unlink()
    directory = host.add_cli("2.38.5", host.home / ".local" / "bin").parent
    host.environment["SHELL"] = "/bin/bash"
    (host.home / ".profile").write_text("# not read if there is another one")
    if existing:
        (host.home / existing).write_text("true # no newline")
    finding = host.findings()["cli-not-on-path"]
    execute(host, finding.fix)
    assert path_of_login_shell(host).startswith(f"{directory}:")
    assert "true # no newline" in (host.home / (existing or ".profile")).read_text() or not existing


@pytest.mark.parametrize(
    ("shell", "fix"),
    [
        ("/usr/bin/fish", "fish -c 'fish_add_path --move --prepend DIRECTORY'"),
        ("/usr/bin/zsh", "echo 'PATH=DIRECTORY:$PATH' >> ~/.zprofile && exec zsh -l"),
        ("/bin/dash", "echo 'PATH=DIRECTORY:$PATH' >> ~/.profile && exec dash -l"),
        ("/bin/tcsh", "echo 'set path = (DIRECTORY $path)' >> ~/.cshrc && exec tcsh -l"),
        ("/usr/bin/nu", "Put DIRECTORY first on PATH in the startup file of nu, then log in again"),
    ],
)
def test_the_fix_for_path_is_that_of_the_shell(host: ScratchWorkstation, shell: str, fix: str) -> None:
    (host.bin / "aws").unlink()
    directory = host.add_cli("2.38.5", host.home / ".local" / "bin").parent
    host.environment["SHELL"] = shell
    assert host.findings()["cli-not-on-path"].fix == fix.replace("DIRECTORY", str(directory))


DEBIAN = '[ ! -d "$HOME/.local/bin" ] || PATH="$HOME/.local/bin:$PATH"\n'
"""What Debian and Ubuntu have in ~/.profile of a new user."""


@pytest.mark.parametrize(
    ("profile", "is_enough"),
    [
        (DEBIAN, True),
        ('PATH="$PATH:$HOME/.local/bin"\n', True),
        (f"{DEBIAN}PATH=$HOME/other:$PATH\n", False),
        (f"exit 1\n{DEBIAN}", False),
    ],
)
def test_a_login_shell_that_finds_it_is_started(
    host: ScratchWorkstation, profile: str, is_enough: bool
) -> None:
    (host.bin / "aws").unlink()
    directory = host.add_cli("2.38.5", host.home / ".local" / "bin").parent
    host.add_cli("2.38.5", host.home / "other")
    host.environment["SHELL"] = "/bin/bash"
    (host.home / ".profile").write_text(profile)
    fix = host.findings()["cli-not-on-path"].fix
    assert (fix == "exec bash -l") == is_enough
    assert is_enough or fix.endswith(f"echo 'PATH={directory}:$PATH' >> ~/.profile && exec bash -l")


def test_a_program_that_is_no_login_shell_is_not_started(host: ScratchWorkstation) -> None:
    (host.bin / "aws").unlink()
    host.add_cli("2.38.5", host.home / ".local" / "bin")
    shell = host.add_program("bash", f'#!/bin/sh\ntouch {host.home}/ran\nexec /bin/bash "$@"\n', host.home)
    host.environment["SHELL"] = str(shell)
    (host.home / ".profile").write_text(DEBIAN)
    assert host.findings()["cli-not-on-path"].fix.startswith("echo ")
    assert not (host.home / "ran").exists()
