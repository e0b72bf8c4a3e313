# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's half of sso_login."""

from __future__ import annotations

import json
import pathlib

import pytest

from support.module_run import run_module

SESSION = {"session": "corp", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}
TOKEN = {
    "startUrl": SESSION["start_url"],
    "region": "eu-west-1",
    "accessToken": "the-access-token",
    "expiresAt": "2999-01-01T00:00:00Z",
    "clientId": "the-client",
    "clientSecret": "the-secret",
    "registrationExpiresAt": "2999-01-01T00:00:00Z",
    "refreshToken": "the-refresh-token",
}


@pytest.fixture
def cache(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("AWS_CONFIG_FILE", raising=False)
    directory = tmp_path / ".aws" / "sso" / "cache"
    directory.mkdir(parents=True)
    return directory


def test_a_host_without_a_token_says_so(cache: pathlib.Path) -> None:
    answer = run_module("sso_login", {**SESSION, "token_store": "host"})
    assert answer["changed"] is False
    assert (answer["expires_at"], answer["seconds_left"], answer["refreshable"]) == (None, 0, False)
    assert answer["directory"] == str(cache)
    assert answer["registration_scopes"] == ["sso:account:access"]


def test_a_host_says_whether_a_token_can_be_stored(
    cache: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_module("sso_login", SESSION)["writable"] is True
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    assert run_module("sso_login", SESSION)["writable"] is True
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".aws").write_text("")
    answer = run_module("sso_login", SESSION)
    assert answer.get("writable") is False or "move it away" in answer["msg"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"region": "Ireland"}, "is not the code of an AWS region"),
        ({"start_url": "acme"}, "is not the URL of"),
    ],
)
def test_a_host_refuses_what_cannot_be_a_session(cache: pathlib.Path, change: dict, message: str) -> None:
    answer = run_module("sso_login", {**SESSION, **change})
    assert answer["failed"] is True and message in answer["msg"]


def test_a_token_is_described_without_a_secret(cache: pathlib.Path) -> None:
    (cache / "ee0bfd2552fbd840c02cc48b6e823320543c450f.json").write_text(json.dumps(TOKEN))
    answer = run_module("sso_login", SESSION)
    assert answer["expires_at"] == TOKEN["expiresAt"] and answer["refreshable"] is True
    assert answer["seconds_left"] > 0
    assert "the-" not in json.dumps(answer)


@pytest.mark.parametrize(
    "content", ["{", json.dumps({**TOKEN, "startUrl": "https://other.awsapps.com/start"})]
)
def test_a_token_that_is_damaged_or_of_another_portal_is_none(cache: pathlib.Path, content: str) -> None:
    (cache / "ee0bfd2552fbd840c02cc48b6e823320543c450f.json").write_text(content)
    assert run_module("sso_login", SESSION)["expires_at"] is None


def test_the_session_may_be_in_the_configuration_of_the_host(cache: pathlib.Path) -> None:
    (cache.parent.parent / "config").write_text(
        "[sso-session corp]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n"
    )
    answer = run_module("sso_login", {"session": "corp"})
    assert answer["start_url"] == "https://acme.awsapps.com/start"
    assert answer["registration_scopes"] is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"session": "corp"}, "There is no [sso-session corp]"),
        ({"session": "corp", "start_url": "https://acme.awsapps.com/start"}, "region"),
        ({}, "session, start_url"),
    ],
)
def test_options_that_name_no_session_fail(cache: pathlib.Path, options: dict, message: str) -> None:
    answer = run_module("sso_login", options)
    assert answer["failed"] is True and message in answer["msg"]
