# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No refresh token is used up if the new token cannot be stored, and what AWS returned is stored."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_cache import read_token
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    PKCE,
    LoginOptions,
    ensure_login,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.refresh import live_token
from identity_center import IdentityCenter
from support.child_processes import exit_code, start
from support.logins import CORP, approving_user, change, in_seconds, token_file
from support.mounts import with_read_only, with_tmpfs

REFRESH = """
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.refresh import live_token
from support.logins import CORP, token_file
def refresh():
    try:
        print("token", live_token(CORP, warn=lambda text: print("warning", text)).access_token)
    except WorkstationError as error:
        print(type(error).__name__, error)
"""
FULL_DISK = """
import os, pathlib, shutil, threading, time
saved, cache = {saved!r}, {cache!r}
os.makedirs(cache)
for name in os.listdir(saved):
    shutil.copy2(os.path.join(saved, name), cache)
def fill():
    with open(os.path.join(cache, "filler"), "ab", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass
"""
BOTOCORE = """
import botocore.session
try:
    credentials = botocore.session.Session(profile="dev").get_credentials()
    print("boto3", credentials.get_frozen_credentials().access_key)
except Exception as error:
    print("boto3", type(error).__name__, error)
"""
PROFILE = "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n"


@pytest.fixture(autouse=True)
def signed_in(center: IdentityCenter, aws_config: pathlib.Path) -> None:
    aws_config.write_text(aws_config.read_text() + PROFILE)
    ensure_login(CORP, LoginOptions(PKCE), approving_user(center).user)
    center.journal.clear()


def on_full_disk(tmp_path: pathlib.Path, script: str) -> str:
    """What *script* prints, with the token cache on a small disk that fill() fills."""
    saved, cache = tmp_path / "saved", token_file().parent
    shutil.copytree(cache, saved)
    prelude = FULL_DISK.format(saved=str(saved), cache=str(cache))
    return with_tmpfs("size=128k", cache.parent, f"{prelude}{REFRESH}{script}")


@pytest.mark.parametrize(("seconds", "result"), [(300, "token "), (-1, "CacheUnusable ")])
def test_a_full_disk_costs_no_refresh_token(
    center: IdentityCenter, tmp_path: pathlib.Path, seconds: float, result: str
) -> None:
    before = change(token_file(), expiresAt=in_seconds(seconds))
    output = on_full_disk(tmp_path, "fill(); refresh(); print(os.listdir(cache))")
    assert result in output and "The disk is full: free some space" in output
    assert "the refresh token works only once" in output and "chown" not in output
    assert not center.requests and ".aws_sso" not in output
    assert read_token(str(token_file())).document == before  # type: ignore[union-attr]


def test_a_disk_that_fills_up_during_the_refresh_has_room_for_the_token(
    center: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    change(token_file(), expiresAt=in_seconds(-1))
    center.faults.add("CreateToken", "slow", seconds=3)
    script = (
        "timer = threading.Timer(1.5, fill); timer.start(); refresh(); timer.join();"
        " print(token_file().read_text(), os.listdir(cache))"
    )
    output = on_full_disk(tmp_path, script)
    token = output.partition("token ")[2].split()[0]
    assert f'"accessToken": "{token}"' in output and "warning" not in output
    assert center.count("CreateToken") == 1 and ".aws_sso" not in output


def test_a_read_only_cache_costs_no_refresh_token_but_botocore_does(
    center: IdentityCenter, home: pathlib.Path
) -> None:
    change(token_file(), expiresAt=in_seconds(300))
    aws = home / ".aws"
    output = with_read_only(aws, f"{REFRESH}refresh()")
    assert output.startswith("warning") and "token " in output
    assert "Read-only file system" in output and "chown" not in output and not center.requests
    change(token_file(), expiresAt=in_seconds(-1))
    output = with_read_only(aws, f"{REFRESH}refresh()")
    assert output.startswith("CacheUnusable The token of corp is not refreshed") and not center.requests
    assert "Error" in with_read_only(aws, BOTOCORE)
    assert center.count("CreateToken") == 1  # and its answer is lost


@pytest.mark.skipif(os.geteuid() != 0, reason="requires root")
@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_a_token_file_of_another_user_is_replaced_as_by_botocore(
    center: IdentityCenter, home: pathlib.Path, mode: int
) -> None:
    change(token_file(), expiresAt=in_seconds(-1))
    before = token_file().read_text()
    for path in (home.parent, *home.rglob("*"), home):
        os.chown(path, 65534, 65534)
    for parent in home.parents[:-2]:
        parent.chmod(parent.stat().st_mode | 0o055)
    os.chown(token_file(), 0, 0)
    token_file().chmod(mode)

    def refresh_as_user() -> None:
        assert live_token(CORP).access_token != json.loads(before)["accessToken"]

    readable = mode == 0o644
    assert exit_code(start(refresh_as_user, user=65534)) == (0 if readable else 1)
    assert center.count("CreateToken") == int(readable)
    if readable:
        found = token_file().stat()
        assert (found.st_uid, found.st_mode & 0o777) == (65534, 0o600)
    else:
        assert token_file().read_text() == before


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("chattr"), reason="requires root and chattr")
@pytest.mark.parametrize("attribute", ["i", "a"])
def test_a_token_file_that_cannot_be_replaced_costs_no_refresh_token(
    center: IdentityCenter, attribute: str
) -> None:
    change(token_file(), expiresAt=in_seconds(300))
    chattr = subprocess.run(["chattr", f"+{attribute}", token_file()], stderr=subprocess.DEVNULL, check=False)
    if chattr.returncode:
        pytest.skip("this file system has no such attribute")
    try:
        warnings: list[str] = []
        live_token(CORP, warn=warnings.append)
    finally:
        subprocess.run(["chattr", f"-{attribute}", token_file()], check=True)
    assert len(warnings) == 1 and "Operation not permitted" in warnings[0]
    assert not center.requests


@pytest.mark.skipif(os.geteuid() != 0, reason="requires root")
def test_a_directory_that_is_not_writable_costs_no_refresh_token(
    center: IdentityCenter, home: pathlib.Path
) -> None:
    change(token_file(), expiresAt=in_seconds(300))
    for path in (home, *home.rglob("*")):
        os.chown(path, 65534, 65534)
    for parent in home.parents[:-2]:
        parent.chmod(parent.stat().st_mode | 0o055)
    os.chown(token_file().parent, 0, 0)
    token_file().parent.chmod(0o755)

    def refresh_as_user() -> None:
        warnings: list[str] = []
        live_token(CORP, warn=warnings.append)
        assert len(warnings) == 1 and "sudo chown" in warnings[0] and str(token_file().parent) in warnings[0]

    assert exit_code(start(refresh_as_user, user=65534)) == 0
    assert not center.requests
