# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's halves of sso_logout and sso_session_info: files only, and no secret in an answer."""

from __future__ import annotations

import json
import os
import pathlib
import sys
import typing as t

import pytest

from support.module_run import run_module
from support.sso_files import (
    CORP,
    OTHER,
    READER,
    SECRETS,
    in_seconds,
    role_path,
    write_record,
    write_role,
    write_token,
)

HOST = {"token_store": "host"}


def sign_out(check_mode: bool = False, **options: t.Any) -> t.Dict[str, t.Any]:
    answer = run_module("sso_logout", {**HOST, **options}, check_mode)
    assert not [secret for secret in SECRETS if secret in json.dumps(answer)]
    return answer


def test_the_files_of_a_session_are_removed_and_no_others(aws_config: pathlib.Path) -> None:
    token, other = write_token(), write_token(OTHER)
    role, foreign = role_path(CORP, *READER), role_path(OTHER, *READER)
    write_role(role)
    write_record(CORP, role, *READER)
    write_role(foreign)
    preview = sign_out(check_mode=True, session="corp")
    assert token.exists() and role.exists()
    answer = sign_out(session="corp")
    assert answer == preview
    assert answer["changed"] and answer["removed"] == [str(token), str(role)]
    (session,) = answer["sessions"]
    assert session["active"] and session["removed"] == answer["removed"] and session["name"] == "corp"
    assert not token.exists() and not role.exists() and other.exists() and foreign.exists()
    assert not sign_out(session="corp")["changed"]


def test_all_sessions_of_the_host_are_signed_out(aws_config: pathlib.Path) -> None:
    paths = [write_token(expiresAt=in_seconds(-5), refreshToken=None), write_token(OTHER)]
    paths.append(write_role(role_path(OTHER, "1", "unknown")))
    answer = sign_out()
    assert [(session["name"], session["active"]) for session in answer["sessions"]] == [
        ("corp", False),
        (None, True),
    ]
    assert sorted(answer["removed"]) == sorted(map(str, paths)) and not any(path.exists() for path in paths)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can create files of other users")
def test_role_credentials_of_root_are_removed(aws_config: pathlib.Path) -> None:
    """A command under sudo made them, in a directory of the user."""
    role = write_role(role_path(CORP, "1", "unknown"))
    os.chown(role, 5, 5)
    assert sign_out()["removed"] == [str(role)]


def test_a_file_that_cannot_be_removed_is_an_error(
    aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, other = write_token(), write_token(OTHER)
    unlink = os.unlink

    def refuse(path: str) -> None:
        if path == str(token):
            raise PermissionError(13, "Permission denied", path)
        unlink(path)

    monkeypatch.setattr(os, "unlink", refuse)
    answer = sign_out()
    assert not answer.get("failed") and answer["removed"] == [str(other)]
    assert len(answer["errors"]) == 1 and answer["errors"][0].startswith(f"{token}: Permission denied.")


@pytest.mark.parametrize("module", ["sso_logout", "sso_session_info"])
def test_an_unknown_session_fails(aws_config: pathlib.Path, module: str) -> None:
    answer = run_module(module, {**HOST, "session": "crop"})
    assert answer["failed"] and "Did you mean corp?" in answer["msg"]


def test_sessions_are_described_with_the_paths_of_their_tokens(aws_config: pathlib.Path) -> None:
    token, other = write_token(), write_token(OTHER)
    left = other.with_name(f".{other.name}.0a1b2c3d.aws_sso")
    left.write_text(other.read_text())
    os.mkfifo(token.with_name(f".{token.name}.0a1b2c3d.aws_sso"))
    answer = run_module("sso_session_info", HOST)
    assert [session["token_files"] for session in answer["sessions"]] == [
        [str(token)],
        [str(other), str(left)],
    ]
    assert answer["python"] == sys.executable and answer["notes"] == [] and not answer["changed"]
    assert not [secret for secret in SECRETS if secret in json.dumps(answer)]


def test_text_of_a_configuration_is_returned_without_control_characters(aws_config: pathlib.Path) -> None:
    aws_config.write_text(
        '[sso-session "a\x1b[8mb"]\nsso_start_url = https://x\x07y\nsso_region = eu-west-1\n'
    )
    answer = run_module("sso_session_info", HOST)
    assert [(session["name"], session["start_url"]) for session in answer["sessions"]] == [
        ("a?[8mb", "https://x?y")
    ]
