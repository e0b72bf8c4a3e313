# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the login shell in an update that systemd started."""

from __future__ import annotations

import os
import pathlib
import pwd
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run import login_variables
from support.laptops import executable


@pytest.fixture
def shell(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> t.Callable[[str], None]:
    """Sets the login shell of this user."""

    def use(path: str) -> None:
        account = pwd.struct_passwd(("user", "x", os.geteuid(), 0, "", str(tmp_path), path))
        monkeypatch.setattr(pwd, "getpwuid", lambda number: account)

    return use


def test_service_gets_the_variables_of_a_login_shell(
    tmp_path: pathlib.Path, shell: t.Callable[[str], None]
) -> None:
    shell("/bin/sh")
    profile = "export HTTPS_PROXY=http://proxy:1 LANG=de_DE PATH=/own:$PATH\n"
    (tmp_path / ".profile").write_text(profile)
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    before = dict(environment)
    login_variables.add_login_variables(environment)
    assert environment == before
    environment["INVOCATION_ID"] = "1"
    login_variables.add_login_variables(environment)
    assert environment["HTTPS_PROXY"] == "http://proxy:1"
    assert environment["LANG"] == "C.UTF-8"
    assert environment["PATH"].startswith("/own:")


@pytest.mark.parametrize("script", ["exit 1", "sleep 100", "echo output", ""])
def test_shell_that_does_not_start_changes_nothing(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    shell: t.Callable[[str], None],
    script: str,
) -> None:
    monkeypatch.setattr(login_variables, "_SECONDS", 0.5)
    path = tmp_path / "shell"
    if script:
        executable(path, f"#!/bin/sh\n{script}\n")
    shell(str(path))
    environment = {"HOME": str(tmp_path), "PATH": "/bin", "INVOCATION_ID": "1"}
    before = dict(environment)
    login_variables.add_login_variables(environment)
    assert environment == before
