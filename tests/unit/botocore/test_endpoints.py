# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints that hosts without botocore call, held against botocore's own rules."""

from __future__ import annotations

import itertools
import types
import typing as t
import urllib.parse

import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import EndpointVariantError

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.endpoints import (
    REGION,
    oidc_url,
    portal_url,
)

SESSION = botocore.session.Session()
ISOLATED = ["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"]
REGIONS = sorted(
    {
        region
        for partition in SESSION.get_available_partitions()
        for region in SESSION.get_available_regions("sso-oidc", partition)
    }.union(ISOLATED)
)
SWITCHES = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")


def as_botocore(service: str, region: str, operation: str, **parameters: str) -> str:
    """Where botocore sends a call; nothing is sent."""
    client = SESSION.create_client(service, region_name=region, config=Config(signature_version=UNSIGNED))
    urls: list[str] = []

    def intercept(params: dict[str, t.Any], **_unused: t.Any) -> tuple[t.Any, dict[str, t.Any]]:
        urls.append(params["url"])
        return types.SimpleNamespace(status_code=200), {}

    client.meta.events.register_first("before-call.*", intercept)
    getattr(client, operation)(**parameters)
    parts = urllib.parse.urlsplit(urls[0])
    return f"{parts.scheme}://{parts.netloc}"


@pytest.mark.parametrize("region", REGIONS)
def test_each_region_and_variant(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert REGION.fullmatch(region)
    for chosen in itertools.product(("false", "true"), repeat=2):
        variables = dict(zip(SWITCHES, chosen))
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        try:
            oidc = as_botocore(
                "sso-oidc", region, "create_token", clientId="a", clientSecret="b", grantType="c"
            )
            portal = as_botocore("sso", region, "logout", accessToken="none")
        except EndpointVariantError:
            assert region in ISOLATED and variables["AWS_USE_DUALSTACK_ENDPOINT"] == "true"
            continue
        assert (oidc_url(region, variables), portal_url(region, variables)) == (oidc, portal)


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:1/", "AWS_ENDPOINT_URL_SSO": "http://127.0.0.1:2"},
        {"AWS_ENDPOINT_URL_SSO_OIDC": "http://127.0.0.1:3"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    ],
)
def test_overrides(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    region = "eu-west-1"
    assert portal_url(region, variables) == as_botocore("sso", region, "logout", accessToken="none")
    assert oidc_url(region, variables) == as_botocore(
        "sso-oidc", region, "create_token", clientId="a", clientSecret="b", grantType="c"
    )


@pytest.mark.parametrize("region", [region for region in REGIONS if region not in ISOLATED])
def test_dual_stack_endpoints_of_a_portal(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    assert portal_url(region, {}, True) == as_botocore("sso", region, "logout", accessToken="none")
