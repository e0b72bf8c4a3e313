# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role credentials on disk: the names and bytes of the AWS CLI, and whose they are."""

from __future__ import annotations

import datetime
import json
import pathlib
import stat

import botocore.credentials
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.state import state_directory
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._cached_credentials import (
    Role,
    read_credentials,
    role_path,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._credentials import cache
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._credentials.profiles import (
    CredentialSource,
)
from support.logins import CORP, LEGACY
from support.role_credentials import DEPLOY, as_the_cli_writes, role_file

UTC = datetime.timezone.utc
READER = CredentialSource(CORP, "111122223333", "ReadOnly")
KEYS = cache.RoleCredentials(
    "ASIAX", "secret", "token", datetime.datetime(2036, 11, 23, 9, 24, 45, tzinfo=UTC), "111122223333"
)

KEYS_AS_TEXT = (
    '{"Credentials": {"AccessKeyId": "a", "SecretAccessKey": "s", "SessionToken": "t",'
    ' "Expiration": "2036-11-23T09:24:45Z"}}'
)


@pytest.mark.parametrize(
    ("session", "name"),
    [
        (CORP, "ef7c0373a8420e194e9d028ad5acc50a222b4714"),
        (LEGACY, "3dc21a8e3cbe3e87a4269e13611d8da2f514a43f"),
    ],
    ids=["session", "start URL"],
)
def test_the_file_has_the_name_that_the_cli_gives_it(
    home: pathlib.Path, session: SsoSession, name: str
) -> None:
    source = CredentialSource(session, "111122223333", "ReadOnly", region="eu-central-1")
    assert cache.cache_path(source) == str(role_file(home, name))


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(session=st.none() | texts, start_url=texts, account_id=texts, role_name=texts)
def test_the_name_is_botocores_for_any_role(
    session: str | None, start_url: str, account_id: str, role_name: str
) -> None:
    fetcher = botocore.credentials.SSOCredentialFetcher(
        start_url, "eu-west-1", role_name, account_id, client_creator=None, sso_session_name=session
    )
    path = role_path(Role(session, start_url, account_id, role_name))
    assert pathlib.Path(path).stem == fetcher._cache_key


def test_who_assumes_a_role_is_part_of_its_name(home: pathlib.Path) -> None:
    names = {
        cache.cache_path(READER),
        cache.cache_path(READER.assuming(({"RoleArn": DEPLOY},))),
        cache.cache_path(READER.assuming(({"RoleArn": DEPLOY, "ExternalId": "x"},))),
        cache.cache_path(CredentialSource(CORP, "111122223333", "Admin", ({"RoleArn": DEPLOY},))),
        cache.cache_path(CredentialSource(LEGACY, "111122223333", "ReadOnly", ({"RoleArn": DEPLOY},))),
    }
    assert len(names) == 5


def test_the_content_is_byte_for_byte_that_of_the_cli(home: pathlib.Path) -> None:
    cache.write(READER, KEYS, 3600)
    path = pathlib.Path(cache.cache_path(READER))
    assert path.read_bytes() == (
        b'{"ProviderType": "sso", "Credentials": {"AccessKeyId": "ASIAX", "SecretAccessKey": "secret",'
        b' "SessionToken": "token", "Expiration": "2036-11-23T09:24:45Z", "AccountId": "111122223333"}}'
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_was_written_is_read(home: pathlib.Path) -> None:
    cache.write(READER, KEYS, 3600)
    found = read_credentials(cache.cache_path(READER))
    assert found is not None
    assert [getattr(found, name) for name in KEYS.__slots__] == [
        getattr(KEYS, name) for name in KEYS.__slots__
    ]


@pytest.mark.parametrize(
    "expiration",
    [
        "2036-11-23T09:24:45Z",
        "2036-11-23T10:24:45+01:00",
        "2036-11-23T09:24:45UTC",
        "2036-11-23T09:24:45.000Z",
    ],
)
def test_expirations_of_all_tools_are_understood(home: pathlib.Path, expiration: str) -> None:
    path = role_file(home, "x")
    as_the_cli_writes(path, Expiration=expiration)
    found = read_credentials(str(path))
    assert found is not None and found.expires_at == KEYS.expires_at


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"Credentials": 1}',
        '{"Credentials": {}}',
        '{"ProviderType": "sso"} {"Credentials"',
        KEYS_AS_TEXT.replace('"a"', '""'),
        KEYS_AS_TEXT.replace('"s"', "5"),
        KEYS_AS_TEXT.replace("2036-11-23T09:24:45Z", "soon"),
        KEYS_AS_TEXT.replace('"2036-11-23T09:24:45Z"', "null"),
        "\x00\xff",
    ],
)
def test_a_file_without_credentials_has_none(home: pathlib.Path, content: str) -> None:
    path = role_file(home, "x")
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert read_credentials(str(path)) is None


def test_that_text_has_credentials_otherwise(home: pathlib.Path) -> None:
    path = role_file(home, "x")
    path.parent.mkdir(parents=True)
    path.write_text(KEYS_AS_TEXT)
    assert read_credentials(str(path)) is not None


def test_a_missing_file_has_none_and_a_directory_neither(home: pathlib.Path) -> None:
    assert read_credentials(str(home / "missing")) is None
    assert read_credentials(str(home)) is None


def test_an_account_id_may_be_missing(home: pathlib.Path) -> None:
    path = role_file(home, "x")
    keys = as_the_cli_writes(path)
    del keys["AccountId"]
    path.write_text(json.dumps({"Credentials": keys}))
    found = read_credentials(str(path))
    assert found is not None and found.account_id is None


def test_credentials_do_not_show_their_secrets() -> None:
    assert "secret" not in repr(KEYS) and "token" not in repr(KEYS)


def test_a_damaged_record_is_as_none(aws_config: pathlib.Path) -> None:
    cache.write(READER, KEYS, 3600)
    for record in pathlib.Path(state_directory(CORP), "roles").iterdir():
        record.write_text('{"account_id": ')
    assert cache.recorded_role(CORP, cache.cache_path(READER)) is None


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b"5",
        b"{}",
        b'{"account_id": 5, "role_name": "ReadOnly"}',
        b'{"account_id": "111122223333", "role_name": 5}',
        b'{"account_id": "111122223333", "role_name": "ReadOnly", "lifetime": "x"}',
        b'{"account_id": "111122223333", "role_name": "ReadOnly", "lifetime": -5}',
        b'{"account_id": "111122223333", "role_name": "ReadOnly", "role_arn": []}',
        b'{"account_id": "{{ x }}", "role_name": "ReadOnly"}',
    ],
    ids=lambda content: str(content[:60]),
)
def test_a_record_of_wrong_types_is_ignored(home: pathlib.Path, content: bytes) -> None:
    cache.write(READER, KEYS, 3600)
    path = cache.cache_path(READER)
    record = pathlib.Path(state_directory(CORP), "roles", pathlib.Path(path).name)
    assert cache.recorded_role(CORP, path) is not None
    record.write_bytes(content)
    assert cache.recorded_role(CORP, path) is None
