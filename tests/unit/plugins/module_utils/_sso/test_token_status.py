# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a session's token."""

from __future__ import annotations

import datetime
import json
import pathlib
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso import token_cache
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import (
    SsoSession,
    UnknownSession,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_status import (
    TokenStatus,
    describe,
    format_time_or_none,
    read_token_status,
    session_from_options,
)

NOW = datetime.datetime(2026, 11, 23, 7, 0, tzinfo=datetime.timezone.utc)
CORP = SsoSession("corp", "https://acme.awsapps.com/start", "eu-west-1")
TOKEN = {
    "startUrl": CORP.start_url,
    "region": CORP.region,
    "accessToken": "the-access-token",
    "expiresAt": "2026-11-23T07:24:45Z",
    "clientId": "the-client",
    "clientSecret": "the-client-secret",
    "registrationExpiresAt": "2027-02-20T23:24:45Z",
    "refreshToken": "the-refresh-token",
}
OPTIONS = {"session": "corp", "start_url": None, "region": None, "registration_scopes": None}


@pytest.fixture(autouse=True)
def home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("AWS_CONFIG_FILE", raising=False)
    monkeypatch.setattr(token_cache, "_SECONDS_BETWEEN_ATTEMPTS", 0)
    return tmp_path


def write_token(content: t.Optional[str] = None, **changes: t.Any) -> None:
    path = pathlib.Path(CORP.token_path)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({**TOKEN, **changes}) if content is None else content)


def test_a_valid_token_is_signed_in_for_whole_seconds() -> None:
    write_token()
    status = read_token_status(CORP, NOW + datetime.timedelta(seconds=0.5))
    assert (status.state, status.seconds_left, status.refreshable) == ("signed_in", 24 * 60 + 44, True)


def test_a_token_expires_at_its_last_second() -> None:
    write_token()
    end = datetime.datetime(2026, 11, 23, 7, 24, 45, tzinfo=datetime.timezone.utc)
    assert read_token_status(CORP, end - datetime.timedelta(seconds=1)).state == "signed_in"
    assert read_token_status(CORP, end).state == "expired"


def test_a_missing_token_has_no_times() -> None:
    status = read_token_status(CORP, NOW)
    assert (status.state, status.fault, status.seconds_left) == ("missing", "", 0)
    assert status.expires_at is None and status.registration_expires_at is None and not status.refreshable


@pytest.mark.parametrize("change", [{"startUrl": "https://other.awsapps.com/start"}, {"region": "us-east-1"}])
def test_a_token_of_another_portal_or_region_is_foreign_even_if_it_has_expired(
    change: t.Dict[str, str],
) -> None:
    write_token(**change)
    for now in (NOW, NOW + datetime.timedelta(days=1)):
        assert read_token_status(CORP, now).state == "foreign"


@pytest.mark.parametrize(
    ("content", "fault"),
    [("{", "does not contain JSON"), ("[]", "contains JSON, but not an object")],
)
def test_a_damaged_token_has_the_reason_without_its_content(content: str, fault: str) -> None:
    write_token(content)
    status = read_token_status(CORP, NOW)
    assert (status.state, status.fault) == ("damaged", fault)


def test_a_token_that_cannot_be_read_is_damaged(home: pathlib.Path) -> None:
    (home / ".aws").touch()
    status = read_token_status(CORP, NOW)
    assert (status.state, status.fault) == ("damaged", "cannot be read: Not a directory")


def test_facts_have_the_session_and_times_as_text_without_a_secret() -> None:
    write_token()
    facts = read_token_status(CORP, NOW).facts()
    assert facts == {
        "name": "corp",
        "start_url": CORP.start_url,
        "region": "eu-west-1",
        "expires_at": "2026-11-23T07:24:45Z",
        "refreshable": True,
        "registration_expires_at": "2027-02-20T23:24:45Z",
    }


def test_facts_of_a_missing_token_have_no_times() -> None:
    facts = TokenStatus(CORP, None, NOW).facts()
    assert (facts["expires_at"], facts["refreshable"], facts["registration_expires_at"]) == (
        None,
        False,
        None,
    )


def test_a_time_is_formatted_and_none_stays_none() -> None:
    assert format_time_or_none(NOW) == "2026-11-23T07:00:00Z"
    assert format_time_or_none(None) is None


def test_options_with_a_start_url_define_the_session() -> None:
    page = {"start_url": f"{CORP.start_url}/#/console?account_id=1", "region": "eu-west-1"}
    session = session_from_options({**OPTIONS, **page, "registration_scopes": ["a", "b"]})
    assert session == SsoSession("corp", CORP.start_url, "eu-west-1", ("a", "b"))


def test_options_without_a_start_url_refer_to_the_configuration(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config"
    path.write_text(f"[sso-session corp]\nsso_start_url = {CORP.start_url}\nsso_region = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    assert session_from_options(OPTIONS) == SsoSession("corp", CORP.start_url, "eu-west-1", None)
    with pytest.raises(UnknownSession, match="Did you mean corp"):
        session_from_options({**OPTIONS, "session": "crop"})


def test_an_invalid_region_in_options_is_refused() -> None:
    with pytest.raises(WorkstationError, match="is not the code of an AWS region"):
        session_from_options({**OPTIONS, "start_url": CORP.start_url, "region": "Ireland"})


def test_a_description_has_what_a_sign_in_for_the_host_requires(home: pathlib.Path) -> None:
    write_token(expiresAt="2999-01-01T00:00:00Z", registrationExpiresAt="2999-01-01T00:00:00Z")
    described = describe(CORP)
    assert described.pop("seconds_left") > 0
    assert described == {
        "session": "corp",
        "start_url": CORP.start_url,
        "region": "eu-west-1",
        "registration_scopes": ("sso:account:access",),
        "expires_at": "2999-01-01T00:00:00Z",
        "refreshable": True,
        "directory": str(home / ".aws" / "sso" / "cache"),
        "python": sys.executable,
        "writable": True,
    }


@pytest.mark.parametrize("content", ["{", json.dumps({**TOKEN, "region": "us-east-1"})])
def test_a_damaged_or_foreign_token_is_described_as_none(content: str) -> None:
    write_token(content)
    described = describe(CORP)
    assert (described["expires_at"], described["seconds_left"]) == (None, 0)


def test_a_cache_whose_directories_are_missing_is_writable(home: pathlib.Path) -> None:
    assert describe(CORP)["writable"] is True
    assert not list(home.iterdir())


def test_a_relative_home_that_does_not_exist_is_the_one_below_the_working_directory(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "missing")
    assert describe(CORP)["writable"] is True


def test_a_cache_below_a_dangling_link_is_not_writable(home: pathlib.Path) -> None:
    (home / ".aws").symlink_to("missing")
    assert describe(CORP)["writable"] is False
