# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import datetime
import json
import os
import pathlib
import stat
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso import token_cache
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_cache import (
    DamagedCacheFile,
    parse_time,
    read_registration,
    read_token,
    registration_file_name,
    token_file_name,
    write_document,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._text import format_time

UTC = datetime.timezone.utc
START_URL = "https://acme.awsapps.com/start"
NOW = datetime.datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
TOKEN = {
    "startUrl": START_URL,
    "region": "eu-west-1",
    "accessToken": "the-access-token",
    "expiresAt": "2026-11-23T07:24:45Z",
    "clientId": "the-client",
    "clientSecret": "the-client-secret",
    "registrationExpiresAt": "2027-02-20T23:24:45Z",
    "refreshToken": "the-refresh-token",
}
REGISTRATION = {"clientId": "the-client", "clientSecret": "the-secret", "expiresAt": "2026-11-23T08:00:00Z"}


@pytest.mark.parametrize(
    ("session_name", "digest"),
    [
        ("corp", "ee0bfd2552fbd840c02cc48b6e823320543c450f"),
        (None, "40169cea58ca6cbf23fb27b2542923fb5f524af0"),
        ("müller", "a85ba933fa5f76e9872d0d1aadbb3f3371610891"),
    ],
)
def test_a_tokens_file_has_the_name_that_the_cli_gives_it(session_name: str, digest: str) -> None:
    assert token_file_name(session_name, START_URL) == f"{digest}.json"


@pytest.mark.parametrize(
    ("session_name", "scopes", "digest"),
    [
        ("corp", ["sso:account:access"], "97a9fe18b9a6eedd34128795d876df7399aea547"),
        ("corp", None, "2c9b92f98f95741ef059c774e9100511dc495947"),
        ("corp", [], "7b78d183984bc39f579b957c67f1a5f0fdcd4e2f"),
        (None, None, "aaaf9ee5aef6fbbfce87b834a7a82f94a83e35f9"),
    ],
)
def test_a_registrations_file_has_the_name_that_the_cli_gives_it(
    session_name: str, scopes: list, digest: str
) -> None:
    assert registration_file_name(session_name, START_URL, "eu-west-1", scopes) == f"{digest}.json"


def test_a_file_is_written_as_the_cli_writes_it_but_for_its_owner_alone(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "sso" / "cache" / "token.json"
    old_umask = os.umask(0)
    try:
        write_document(str(path), {"startUrl": "https://ü.awsapps.com/start", "region": "eu-west-1"})
    finally:
        os.umask(old_umask)
    assert path.read_bytes() == b'{"startUrl": "https://\\u00fc.awsapps.com/start", "region": "eu-west-1"}'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(p.stat().st_mode) for p in (path.parent, path.parent.parent)] == [0o700, 0o700]


def test_a_token_is_read_with_all_its_fields(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "token.json"
    path.write_text(json.dumps({**TOKEN, "issuedBy": "another tool"}, indent=2) + "\n")
    token = read_token(str(path))
    assert token is not None
    assert token.access_token == "the-access-token"
    assert token.expires_at == datetime.datetime(2026, 11, 23, 7, 24, 45, tzinfo=UTC)
    assert token.seconds_left(NOW) == 24 * 60 + 45
    assert token.document["issuedBy"] == "another tool"


def test_what_is_printed_of_a_token_or_registration_holds_no_secret(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(json.dumps(TOKEN))
    shown = repr(read_token(str(path)))
    path.write_text(json.dumps(REGISTRATION))
    shown += repr(read_registration(str(path)))
    assert "the-" not in shown.replace("the-client'", "")


@pytest.mark.parametrize("missing", ["refreshToken", "clientId", "clientSecret", "registrationExpiresAt"])
def test_without_any_of_four_fields_a_token_cannot_be_refreshed(tmp_path: pathlib.Path, missing: str) -> None:
    path = tmp_path / "token.json"
    path.write_text(json.dumps(TOKEN))
    token = read_token(str(path))
    assert token is not None and token.refreshable(NOW)
    path.write_text(json.dumps({name: value for name, value in TOKEN.items() if name != missing}))
    token = read_token(str(path))
    assert token is not None and not token.refreshable(NOW)


def test_after_the_end_of_its_registration_a_token_cannot_be_refreshed(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "token.json"
    path.write_text(json.dumps({**TOKEN, "registrationExpiresAt": "2026-11-23T07:00:00Z"}))
    token = read_token(str(path))
    assert token is not None and not token.refreshable(NOW)


@pytest.mark.parametrize(
    ("grants", "authorization_code", "usable"),
    [
        (None, False, True),
        (None, True, False),
        (["authorization_code", "refresh_token"], True, True),
        (["authorization_code", "refresh_token"], False, False),
        ("authorization_code", True, False),
    ],
)
def test_a_registration_serves_the_flow_that_it_was_made_for(
    tmp_path: pathlib.Path, grants: object, authorization_code: bool, usable: bool
) -> None:
    path = tmp_path / "registration.json"
    path.write_text(json.dumps({**REGISTRATION, **({} if grants is None else {"grantTypes": grants})}))
    registration = read_registration(str(path))
    assert registration is not None
    assert registration.usable(NOW, authorization_code) is usable


def test_a_registration_in_its_last_quarter_of_an_hour_is_not_used(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "registration.json"
    path.write_text(json.dumps({**REGISTRATION, "expiresAt": "2026-11-23T07:15:00Z"}))
    registration = read_registration(str(path))
    assert registration is not None and not registration.usable(NOW, False)
    assert registration.usable(NOW - datetime.timedelta(seconds=1), False)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        "\ufeff{}",
        "{}",
        '{"accessToken": "the-token"}',
        '{"accessToken": 1, "expiresAt": "2026-11-23T07:00:00Z"}',
        '{"accessToken": "", "expiresAt": "2026-11-23T07:00:00Z"}',
        '{"accessToken": "the-token", "expiresAt": "tomorrow"}',
        '{"clientId": "the-client", "clientSecret": "the-secret", "expiresAt": 1795418685}',
        "[" * 100_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        '{"accessToken": "the-token", "expiresAt": 1' + "0" * 6000 + "}",
        '{"accessToken": ["the-token"], "expiresAt": {}}',
    ],
)
@pytest.mark.parametrize("read", [read_token, read_registration])
def test_a_damaged_file_is_told_without_its_content(
    tmp_path: pathlib.Path, content: str, read: t.Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_cache, "_SECONDS_BETWEEN_ATTEMPTS", 0)
    path = tmp_path / "file.json"
    path.write_text(content)
    with pytest.raises(DamagedCacheFile) as caught:
        read(str(path))
    assert str(caught.value).startswith(str(path)) and "the-" not in str(caught.value)


def test_bytes_that_are_no_text_are_a_damaged_file(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_cache, "_SECONDS_BETWEEN_ATTEMPTS", 0)
    path = tmp_path / "token.json"
    path.write_bytes(b'{"accessToken": "\xff"}')
    with pytest.raises(DamagedCacheFile):
        read_token(str(path))


def test_no_file_is_no_token(tmp_path: pathlib.Path) -> None:
    assert read_token(str(tmp_path / "missing.json")) is None
    assert read_registration(str(tmp_path / "missing.json")) is None


def test_a_file_that_another_tool_is_writing_is_read_again(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "token.json"
    path.write_text("")
    written = iter([json.dumps(TOKEN)[:40], json.dumps(TOKEN)])
    monkeypatch.setattr(token_cache.time, "sleep", lambda _seconds: path.write_text(next(written)))
    token = read_token(str(path))
    assert token is not None and token.access_token == "the-access-token"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T07:24:45Z",
        "2026-11-23T07:24:45.123Z",
        "2026-11-23T07:24:45.123456+00:00",
        "2026-11-23T09:24:45+02:00",
        "2026-11-23T01:54:45-0530",
        "2026-11-23T07:24:45UTC",
        "2026-11-23 07:24:45 UTC",
        "2026-11-23T07:24:45",
    ],
)
def test_timestamps_of_all_tools_are_read(text: str) -> None:
    assert parse_time(text) == datetime.datetime(2026, 11, 23, 7, 24, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "2026-11-23", "2026-13-23T07:24:45Z", "1795418685", "2026-11-23T07:24:45Zoo"]
)
def test_what_is_no_timestamp_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_time(text)


@given(
    st.datetimes(datetime.datetime(1970, 1, 3), datetime.datetime(9999, 12, 30)),
    st.integers(-1439, 1439).map(lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes))),
)
def test_a_timestamp_that_is_written_is_read_again(
    moment: datetime.datetime, zone: datetime.timezone
) -> None:
    moment = moment.replace(tzinfo=zone)
    assert parse_time(format_time(moment)) == moment.astimezone(UTC).replace(microsecond=0)


@given(st.text())
def test_no_text_is_more_than_refused(text: str) -> None:
    try:
        parse_time(text)
    except (ValueError, OverflowError):
        assert token_cache.time_or_none(text) is None


@pytest.mark.parametrize("field", ["clientId", "clientSecret", "refreshToken", "registrationExpiresAt"])
@pytest.mark.parametrize("value", [5, 10**30, [], {}, ["x"], True, ""])
def test_a_token_with_fields_of_wrong_types_cannot_be_refreshed(
    tmp_path: pathlib.Path, field: str, value: t.Any
) -> None:
    document = {
        "accessToken": "token",
        "expiresAt": "2026-11-23T07:00:00Z",
        "refreshToken": "refresh",
        "clientId": "id",
        "clientSecret": "secret",
        "registrationExpiresAt": "2099-11-23T07:00:00Z",
    }
    path = tmp_path / "file.json"
    path.write_text(json.dumps(document))
    now = token_cache.utc_now()
    token = read_token(str(path))
    assert token is not None and token.refreshable(now)
    path.write_text(json.dumps({**document, field: value}))
    token = read_token(str(path))
    assert token is not None and not token.refreshable(now)
