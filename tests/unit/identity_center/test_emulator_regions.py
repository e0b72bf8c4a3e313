# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions under AWS's own host names, and an organization that several of them know."""

from __future__ import annotations

import dataclasses
import pathlib
import typing as t

import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ProxyConnectionError

from identity_center import IdentityCenter, default_world
from identity_center.hosts import Endpoint, endpoint_of
from support.aws_names import aws_names
from support.emulator_clients import SCOPE, START_URL, Clients, code_of, send

REGISTRATION = {"clientName": "x", "clientType": "public", "scopes": [SCOPE]}
REPLICATED = dataclasses.replace(default_world(), replicas=("us-west-2",))


@pytest.mark.parametrize(
    ("host", "endpoint"),
    [
        ("oidc.eu-west-1.amazonaws.com", ("sso-oidc", "eu-west-1")),
        ("portal.sso.us-gov-west-1.amazonaws.com:443", ("sso", "us-gov-west-1")),
        ("OIDC.cn-north-1.amazonaws.com.cn", ("sso-oidc", "cn-north-1")),
        ("portal.sso.eu-west-1.api.aws", ("sso", "eu-west-1")),
        ("oidc-fips.us-east-1.amazonaws.com", ("sso-oidc", "us-east-1")),
        ("portal.sso-fips.us-gov-east-1.api.aws", ("sso", "us-gov-east-1")),
        ("oidc.eusc-de-east-1.amazonaws.eu", ("sso-oidc", "eusc-de-east-1")),
        ("sts.eu-west-1.amazonaws.com", ("sts", "eu-west-1")),
        ("oidc.eu-west-1.amazonaws.com.evil.example", None),
        ("sts.amazonaws.com", None),
        ("127.0.0.1:40123", None),
        ("", None),
    ],
)
def test_host_names(host: str, endpoint: t.Optional[t.Tuple[str, str]]) -> None:
    assert endpoint_of(host) == (Endpoint(*endpoint) if endpoint else None)


@pytest.fixture
def named(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> t.Iterator[t.Tuple[IdentityCenter, t.Callable[..., t.Any]]]:
    """The emulator, and what makes botocore's clients without an endpoint override."""
    with aws_names(tmp_path, ("eu-west-1", "us-west-2"), world=REPLICATED) as (center, environment):
        for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

        def client(service: str, region: str, **options: t.Any) -> t.Any:
            config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}, **options)
            return botocore.session.Session().create_client(service, region_name=region, config=config)

        yield center, client


def test_each_region_has_its_own_host(
    named: t.Tuple[IdentityCenter, t.Callable[..., t.Any]],
) -> None:
    center, client = named
    client("sso-oidc", "eu-west-1").register_client(**REGISTRATION)
    client("sso-oidc", "us-west-2", use_dualstack_endpoint=True).register_client(**REGISTRATION)
    assert [(entry.host, entry.region) for entry in center.requests] == [
        ("oidc.eu-west-1.amazonaws.com", "eu-west-1"),
        ("oidc.us-west-2.api.aws", "us-west-2"),
    ]
    with pytest.raises(ProxyConnectionError):
        client("sso-oidc", "eu-north-1").register_client(**REGISTRATION)


def test_a_region_of_the_organization_issues_its_own_tokens(
    named: t.Tuple[IdentityCenter, t.Callable[..., t.Any]],
) -> None:
    center, client = named
    tokens = {}
    for region in ("eu-west-1", "us-west-2"):
        oidc = client("sso-oidc", region)
        answer = oidc.register_client(**REGISTRATION)
        keys = {name: answer[name] for name in ("clientId", "clientSecret")}
        device = oidc.start_device_authorization(startUrl=START_URL, **keys)
        center.approve(device["verificationUriComplete"])
        tokens[region] = oidc.create_token(
            grantType="urn:ietf:params:oauth:grant-type:device_code", deviceCode=device["deviceCode"], **keys
        )["accessToken"]
    for region, other in (("eu-west-1", "us-west-2"), ("us-west-2", "eu-west-1")):
        portal = client("sso", region)
        assert portal.list_accounts(accessToken=tokens[region])["accountList"]
        assert code_of(portal.list_accounts, accessToken=tokens[other]) == "UnauthorizedException"


def test_a_service_knows_its_own_operations_only(center: IdentityCenter) -> None:
    headers = {"Host": "oidc.eu-west-1.amazonaws.com"}
    assert send(center, "GET", "/assignment/accounts", headers=headers).status == 404
    assert "oidc.eu-west-1.amazonaws.com" in center.invalid_requests[0].problem


@pytest.mark.parametrize(("region", "code"), [("us-west-2", ""), ("us-east-1", "InvalidRequestException")])
def test_a_replica_knows_the_start_url(region: str, code: str) -> None:
    with IdentityCenter(REPLICATED) as center:
        clients = Clients(center, region)
        client = clients.register(SCOPE)
        if code:
            assert code_of(clients.device, client) == code
        else:
            assert clients.device(client)["userCode"]
