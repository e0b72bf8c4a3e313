# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal of a person, and the pipe by which Ansible gets the password."""

from __future__ import annotations

import os
import pathlib
import pty
import stat

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run import password
from support.laptops import executable


def test_terminal_is_found_where_the_input_is_a_script() -> None:
    for in_terminal, fork in ((True, pty.fork), (False, lambda: (os.fork(), None))):
        child, terminal = fork()
        if child == 0:
            if not in_terminal:
                os.setsid()
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os._exit(0 if password.has_terminal() == in_terminal else 1)
        assert os.waitpid(child, 0)[1] == 0
        if terminal is not None:
            os.close(terminal)


def test_password_can_be_read_once_from_a_pipe(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "password-left-by-a-killed-process")
    with password.readable("p\u00e4ss\udce4", str(tmp_path)) as path:
        assert stat.S_ISFIFO(os.stat(path).st_mode)
        assert os.stat(path).st_mode & 0o777 == 0o600
        assert pathlib.Path(path).read_bytes() == b"p\xc3\xa4ss\xe4\n"
    assert not list(tmp_path.iterdir())


def test_pipe_that_nothing_reads_is_removed(tmp_path: pathlib.Path) -> None:
    with password.readable("password", str(tmp_path)):
        pass
    assert not list(tmp_path.iterdir())


def test_sudo_that_does_not_answer(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password, "_SECONDS", 0.2)
    monkeypatch.setattr(password, "_is_root", lambda: False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    executable(tmp_path / "sudo", "#!/bin/sh\nexec sleep 100\n")
    assert password.is_required(scheduled=True)
    assert not password._is_accepted("password")
