# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose credentials read the organization: keys, profiles of any kind, roles without a profile."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client as aws_client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRequired
from identity_center import IdentityCenter
from support.company import ACCESS_KEY, KEYS, REGION, Company
from support.logins import token_file
from support.organization import (
    accounts,
    organization,
    organization_calls,
    selected,
    signed_in,
)
from support.role_credentials import sign_in

CACHED = {"cache_ttl": 600}


@pytest.fixture
def center(
    ids: dict[str, str], aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> t.Iterator[IdentityCenter]:
    aws_config.write_text(
        f"{aws_config.read_text()}"
        f"[profile reader]\nsso_session = corp\nsso_account_id = {ids['log']}\n"
        "sso_role_name = OrganizationReader\n"
        f"[profile static]\naws_access_key_id = AKIASTATIC\naws_secret_access_key = {KEYS['secret_key']}\n"
        "[profile empty]\nregion = eu-west-1\n"
        "[profile mfa]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = reader\n"
        "mfa_serial = arn:aws:iam::111122223333:mfa/x\n"
        "[profile incomplete]\nsso_session = corp\nsso_account_id = 111122223333\n"
    )
    with signed_in(ids, monkeypatch) as emulator:
        yield emulator


def role(ids: t.Mapping[str, str]) -> dict[str, t.Any]:
    return {"session": "corp", "account_id": ids["log"], "role_name": "OrganizationReader"}


def test_keys_sign_the_calls(company: Company, ids: dict[str, str]) -> None:
    selected(ids)
    assert company.access_keys == {ACCESS_KEY}


def test_a_profile_of_identity_center_needs_no_region(
    company: Company, ids: dict[str, str], center: IdentityCenter
) -> None:
    assert selected(ids, organization={"profile": "reader"}) == ["dev", "log", "prod"]
    (access_key,) = company.access_keys
    assert access_key.startswith("ASIA")
    selected(ids, organization={"profile": "reader", "cache_ttl": 0})
    assert center.count("GetRoleCredentials") == 1, "the credentials are cached as those of each role"


def test_a_role_without_a_profile(company: Company, ids: dict[str, str], center: IdentityCenter) -> None:
    assert selected(ids, organization=role(ids)) == ["dev", "log", "prod"]
    assert center.count("GetRoleCredentials") == 1


def test_a_profile_with_static_keys(company: Company, ids: dict[str, str], center: IdentityCenter) -> None:
    selected(ids, organization={"profile": "static"})
    assert company.access_keys == {"AKIASTATIC"}


def test_the_default_chain_is_that_of_botocore(
    company: Company, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS["secret_key"])
    selected(ids, organization={})
    assert company.access_keys == {"AKIAENVIRONMENT"}


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("redaer", r"There is no profile redaer in .* Did you mean reader"),
        ("empty", "The profile 'empty' has no credentials to read AWS Organizations with"),
        ("mfa", "requires an MFA code"),
        ("incomplete", "The profile incomplete cannot be used"),
    ],
)
def test_a_profile_without_credentials_is_an_error(
    ids: dict[str, str], center: IdentityCenter, profile: str, message: str
) -> None:
    with pytest.raises(WorkstationError, match=re.compile(message, re.DOTALL)):
        selected(ids, organization={"profile": profile})


def test_an_unknown_session_is_an_error(ids: dict[str, str], center: IdentityCenter) -> None:
    with pytest.raises(WorkstationError, match="Did you mean corp"):
        selected(ids, organization={**role(ids), "session": "crop"})


def test_a_role_that_is_not_assigned_is_an_error(ids: dict[str, str], center: IdentityCenter) -> None:
    with pytest.raises(WorkstationError, match="You do not have the role Nope"):
        selected(ids, organization={**role(ids), "role_name": "Nope"})


def test_a_session_without_a_sign_in_is_an_error(ids: dict[str, str], center: IdentityCenter) -> None:
    token_file().unlink()
    with pytest.raises(LoginRequired, match="aws sso login"):
        selected(ids, organization={**role(ids), **CACHED})


class TestCacheOfAnotherUser:
    """alice may read the organization, bob may not."""

    @pytest.mark.parametrize("way", ["profile", "role"])
    def test_is_not_used_after_a_sign_in_of_another_user(
        self, company: Company, ids: dict[str, str], center: IdentityCenter, way: str
    ) -> None:
        given = {**CACHED, **({"profile": "reader"} if way == "profile" else role(ids))}
        selected(ids, organization=given)
        calls = organization_calls(company)
        selected(ids, organization=given)
        assert organization_calls(company) == calls == [1, 4, 4, 3]
        sign_in(center, user="bob", force=True)
        with pytest.raises(WorkstationError, match="You do not have the role OrganizationReader"):
            selected(ids, organization=given)

    def test_is_not_used_after_a_logout(
        self, company: Company, ids: dict[str, str], center: IdentityCenter
    ) -> None:
        selected(ids, organization={**role(ids), **CACHED})
        token_file().unlink()
        with pytest.raises(LoginRequired):
            selected(ids, organization={**role(ids), **CACHED})


@pytest.mark.parametrize(
    ("region", "endpoint"),
    [
        ("eu-west-1", "https://organizations.us-east-1.amazonaws.com"),
        ("us-gov-east-1", "https://organizations.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "https://organizations.cn-northwest-1.amazonaws.com.cn"),
    ],
)
def test_the_endpoint_is_that_of_the_partition(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch, region: str, endpoint: str
) -> None:
    called: list[str] = []

    def call(aws: t.Any, operation: str, **parameters: t.Any) -> dict[str, t.Any]:
        called.append(aws_client.endpoint_url(aws, operation, **parameters))
        return {"Roots": []}

    monkeypatch.setattr(aws_client, "call", call)
    organization().select(accounts({"prod": "111122223333"}), region)
    assert [url.rstrip("/") for url in called] == [endpoint]


def test_secrets_are_in_no_representation(ids: dict[str, str]) -> None:
    found = organization()
    assert KEYS["secret_key"] not in repr(vars(found))
    assert found.select(accounts(ids), REGION)
    assert KEYS["secret_key"] not in repr(vars(found))
