# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import (
    SsoSession,
    UnknownSession,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.sessions import (
    all_sessions,
    find_session,
    session_from_config,
)
from support.logins import CORP

LEGACY_PROFILE = """\
[profile old]
sso_start_url = https://old.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = ReadOnly
"""


def test_sessions_come_from_the_configuration(aws_config: pathlib.Path) -> None:
    aws_config.write_text(aws_config.read_text() + LEGACY_PROFILE)
    assert session_from_config("corp") == CORP
    assert all_sessions() == [CORP, SsoSession(None, "https://old.awsapps.com/start", "us-east-1", None)]


def test_the_configuration_may_be_elsewhere(
    aws_config: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(aws_config.read_text().replace("corp", "other"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(elsewhere))
    assert [session.name for session in all_sessions()] == ["other"]
    with pytest.raises(UnknownSession, match=f"in {elsewhere}"):
        session_from_config("corp")


def test_a_section_that_is_not_complete_is_left_out_with_a_warning(aws_config: pathlib.Path) -> None:
    aws_config.write_text(aws_config.read_text() + "[sso-session half]\nsso_region = eu-west-1\n")
    warnings: list[str] = []
    assert all_sessions(warn=warnings.append) == [CORP]
    assert len(warnings) == 1 and "half" in warnings[0] and "sso_start_url" in warnings[0]
    with pytest.raises(WorkstationError, match="sso_start_url"):
        session_from_config("half")


def test_a_configuration_that_botocore_would_refuse_names_file_and_line(aws_config: pathlib.Path) -> None:
    aws_config.write_text("[profile a]\nregion = x\nregion = y\n")
    with pytest.raises(WorkstationError, match=f"{aws_config}, line 3"):
        all_sessions()


def test_a_configuration_of_another_user_says_how_to_get_it_back(
    aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(
        WorkstationError, match=r"Permission denied. If a command under sudo .* sudo chown -R"
    ):
        all_sessions()


def test_without_a_configuration_there_are_no_sessions(home: pathlib.Path) -> None:
    assert all_sessions() == []


def test_a_session_that_is_given_inline_needs_no_configuration(home: pathlib.Path) -> None:
    assert find_session("corp", CORP.start_url, CORP.region) == CORP
    assert find_session("corp", CORP.start_url, CORP.region, ["a", "b"]).registration_scopes == ("a", "b")
    assert find_session(None, CORP.start_url, CORP.region).registration_scopes is None


@pytest.mark.parametrize(
    ("name", "start_url", "region", "message"),
    [
        ("corp", "https://acme.awsapps.com/start", None, "one of them is missing"),
        ("corp", None, "eu-west-1", "one of them is missing"),
        (None, None, None, "Set session to the name"),
    ],
)
def test_half_a_session_is_refused(
    home: pathlib.Path, name: str | None, start_url: str | None, region: str | None, message: str
) -> None:
    with pytest.raises(WorkstationError, match=message):
        find_session(name, start_url, region)


@pytest.mark.parametrize(
    ("start_url", "region", "message"),
    [
        ("acme.awsapps.com/start", "eu-west-1", "begins with https://"),
        ("https://acme.awsapps.com/start", "Ireland", "is not the code of an AWS region"),
    ],
)
def test_what_cannot_be_a_session_is_refused(
    home: pathlib.Path, start_url: str, region: str, message: str
) -> None:
    for name in ("corp", None):
        with pytest.raises(WorkstationError, match=message):
            find_session(name, start_url, region)
