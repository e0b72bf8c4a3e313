# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of a session, from its files alone."""

from __future__ import annotations

import json
import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso import token_cache
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._cached_credentials import RoleCredentials
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._credentials import cache
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._credentials.profiles import (
    CredentialSource,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.info import describe
from identity_center import IdentityCenter
from support.logins import CORP, LEGACY, change, in_seconds, registration_file, token_file
from support.role_credentials import DEPLOY, sign_in

READER = CredentialSource(CORP, "111122223333", "ReadOnly")
KEYS = RoleCredentials(
    "ASIAX",
    "the-secret-key",
    "the-session-token",
    token_cache.parse_time("2036-11-23T09:24:45Z"),
    "111122223333",
)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_cache, "_SECONDS_BETWEEN_ATTEMPTS", 0)


@pytest.fixture
def signed_in(center: IdentityCenter, aws_config: pathlib.Path) -> IdentityCenter:
    sign_in(center)
    center.journal.clear()
    return center


def test_a_session_is_described_without_a_secret_and_without_a_request(signed_in: IdentityCenter) -> None:
    cache.write(READER, KEYS, 3600)
    token = json.loads(token_file().read_text())
    facts = describe(CORP)
    assert facts == {
        "name": "corp",
        "start_url": "https://acme.awsapps.com/start",
        "region": "eu-west-1",
        "logged_in": True,
        "expires_at": token["expiresAt"],
        "refreshable": True,
        "registration_expires_at": token["registrationExpiresAt"],
        "cached_roles": [
            {
                "account_id": "111122223333",
                "role_name": "ReadOnly",
                "role_arn": None,
                "expires_at": "2036-11-23T09:24:45Z",
            }
        ],
        "problems": [],
    }
    secrets = {*signed_in.records.secrets(), KEYS.secret_access_key, KEYS.session_token}
    assert not [secret for secret in secrets if secret in json.dumps(facts)]
    assert not signed_in.requests


def test_a_session_without_files_is_not_logged_in_and_has_no_problems(aws_config: pathlib.Path) -> None:
    facts = describe(CORP)
    assert (facts["logged_in"], facts["expires_at"], facts["refreshable"]) == (False, None, False)
    assert facts["registration_expires_at"] is None
    assert facts["cached_roles"] == [] == facts["problems"]


def test_a_session_of_legacy_profiles_has_no_name(center: IdentityCenter) -> None:
    sign_in(center, LEGACY)
    facts = describe(LEGACY)
    assert (facts["name"], facts["start_url"], facts["logged_in"]) == (None, LEGACY.start_url, True)
    assert facts["refreshable"] is False


def test_an_expired_token_is_described_with_its_end(signed_in: IdentityCenter) -> None:
    change(token_file(), expiresAt="2026-01-01T00:00:00.5+00:00")
    facts = describe(CORP)
    assert (facts["logged_in"], facts["expires_at"]) == (False, "2026-01-01T00:00:00Z")
    assert facts["refreshable"] is True


def test_a_token_of_another_region_is_not_described(signed_in: IdentityCenter) -> None:
    moved = SsoSession("corp", CORP.start_url, "us-east-1")
    facts = describe(moved)
    assert (facts["logged_in"], facts["expires_at"], facts["problems"]) == (False, None, [])


def test_the_registration_is_described_without_a_token(signed_in: IdentityCenter) -> None:
    token_file().unlink()
    facts = describe(CORP)
    assert facts["registration_expires_at"] == json.loads(registration_file().read_text())["expiresAt"]


def test_damaged_files_are_problems_and_no_error(signed_in: IdentityCenter) -> None:
    cache.write(READER, KEYS, 3600)
    token_file().write_text("{")
    registration_file().write_text("[]")
    pathlib.Path(cache.cache_path(READER)).write_text("{")
    facts = describe(CORP)
    assert not facts["logged_in"]
    assert facts["cached_roles"][0]["expires_at"] is None
    of_token, of_registration = facts["problems"]
    assert str(token_file()) in of_token and str(registration_file()) in of_registration


def test_a_cache_that_cannot_be_read_is_a_problem_with_its_fix(home: pathlib.Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws" / "sso").touch()
    facts = describe(CORP)
    assert not facts["logged_in"]
    assert "A file exists where a directory is needed" in facts["problems"][0]


def test_cached_roles_are_sorted_and_include_assumed_ones(aws_config: pathlib.Path) -> None:
    sources = [
        CredentialSource(CORP, "222233334444", "ReadOnly"),
        READER.assuming(({"RoleArn": DEPLOY},)),
        READER,
        CredentialSource(CORP, "111122223333", "AdministratorAccess"),
        CredentialSource(LEGACY, "012345678901", "ReadOnly"),
    ]
    for source in sources:
        cache.write(source, KEYS, 3600)
    assert [
        (role["account_id"], role["role_name"], role["role_arn"]) for role in describe(CORP)["cached_roles"]
    ] == [
        ("111122223333", "AdministratorAccess", None),
        ("111122223333", "ReadOnly", None),
        ("111122223333", "ReadOnly", DEPLOY),
        ("222233334444", "ReadOnly", None),
    ]


def test_expired_credentials_of_a_role_are_described_with_their_end(aws_config: pathlib.Path) -> None:
    expired = token_cache.parse_time(in_seconds(-60))
    keys = RoleCredentials("ASIAX", "the-secret-key", "the-session-token", expired, "111122223333")
    cache.write(READER, keys, 3600)
    (role,) = describe(CORP)["cached_roles"]
    assert token_cache.parse_time(role["expires_at"]) == expired
