# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PATH of real login shells, as this user and as another one."""

from __future__ import annotations

import os
import pathlib
import pwd
import shutil
import tempfile
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli import login_shell

NOBODY = pwd.getpwnam("nobody")


def account(home: pathlib.Path, shell: str = "/bin/sh", user: int | None = None) -> pwd.struct_passwd:
    number = os.geteuid() if user is None else user
    group = os.getegid() if user is None else NOBODY.pw_gid
    name = pwd.getpwuid(number).pw_name
    return pwd.struct_passwd((name, "x", number, group, "", str(home), shell))


@pytest.mark.parametrize(
    ("shell", "startup_file"), [("/bin/sh", ".profile"), ("/bin/bash", ".bash_profile"), ("zsh", ".zprofile")]
)
def test_startup_files_count(home: pathlib.Path, shell: str, startup_file: str) -> None:
    program = shutil.which(shell)
    if not program:
        pytest.skip(f"{shell} is not installed")
    (home / startup_file).write_text('echo noise\nexport PATH="$HOME/my tools:relative:$PATH"\n')
    found = login_shell.search_path(account(home, program))
    assert found[0] == str(home / "my tools")
    assert "/usr/bin" in found
    assert "relative" not in found


@pytest.mark.parametrize("line", ["exit 3", "exec false", "sleep 60", "yes", "kill -9 $$"])
def test_shell_that_does_not_start_is_no_error(
    home: pathlib.Path, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_shell, "SECONDS", 1.0)
    (home / ".profile").write_text(f"{line}\n")
    started = time.monotonic()
    assert login_shell.search_path(account(home)) == []
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("shell", ["/usr/sbin/nologin", "/bin/false", "/nonexistent"])
def test_account_without_a_shell_has_no_path(home: pathlib.Path, shell: str) -> None:
    assert login_shell.search_path(account(home, shell)) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_startup_files_of_another_user_run_with_the_permissions_of_that_user() -> None:
    home = pathlib.Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        os.chown(home, NOBODY.pw_uid, NOBODY.pw_gid)
        (home / ".profile").write_text(
            'PATH="/uid-$(id -u)/gid-$(id -g)/groups-$(id -G | tr " " -):/home$HOME:$PATH:/user-$USER"\n'
            "tty >/dev/null && PATH=/has-a-terminal\n"
            "touch /etc/aws_sso-test 2>/dev/null && PATH=/is-root\n"
        )
        found = login_shell.search_path(account(home, user=NOBODY.pw_uid))
        groups = "-".join(map(str, os.getgrouplist(NOBODY.pw_name, NOBODY.pw_gid)))
        assert found[0] == f"/uid-{NOBODY.pw_uid}/gid-{NOBODY.pw_gid}/groups-{groups}"
        assert (found[1], found[-1]) == (f"/home{home}", "/user-nobody")
    finally:
        shutil.rmtree(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root was another user before")
@pytest.mark.parametrize("variable", ["SUDO_UID", "DOAS_UID", "PKEXEC_UID"])
def test_user_who_became_root_is_the_one_who_connected(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def user() -> t.Any:
        found = login_shell.invoking_user()
        return found and found.pw_name

    for name in ("SUDO_UID", "DOAS_UID", "PKEXEC_UID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(NOBODY.pw_uid))
    assert user() == "nobody"
    monkeypatch.setenv(variable, "4242424")
    assert user() is None
    monkeypatch.setenv(variable, "root")
    monkeypatch.setattr(login_shell, "_user_of_the_session", list)
    assert user() == "root"


def test_path_of_the_environment_file_is_the_first_one(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "environment"
    assert login_shell._initial_path(str(file)) == login_shell.DEFAULT_PATH
    file.write_text('LANG=C\nPATH="/usr/bin:/snap/bin"\n')
    assert login_shell._initial_path(str(file)) == "/usr/bin:/snap/bin"
    file.write_bytes(b"PATH=\xff\n")
    assert login_shell._initial_path(str(file)) == login_shell.DEFAULT_PATH
