# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints of a region; tests/unit/botocore compares those of every region with botocore's."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.endpoints import (
    REGION,
    is_dual_stack_portal,
    is_on,
    oidc_url,
    overriding_url,
    portal_url,
    region_of_portal,
)

FIPS = {"AWS_USE_FIPS_ENDPOINT": "true"}
DUAL_STACK = {"AWS_USE_DUALSTACK_ENDPOINT": "true"}


@pytest.mark.parametrize(
    ("region", "suffix"),
    [
        ("eu-west-1", "amazonaws.com"),
        ("us-gov-west-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
        ("eusc-de-east-1", "amazonaws.eu"),
        ("us-iso-east-1", "c2s.ic.gov"),
        ("us-isob-east-1", "sc2s.sgov.gov"),
        ("eu-isoe-west-1", "cloud.adc-e.uk"),
        ("us-isof-south-1", "csp.hci.ic.gov"),
    ],
)
def test_each_partition_has_its_own_domain(region: str, suffix: str) -> None:
    assert oidc_url(region, {}) == f"https://oidc.{region}.{suffix}"
    assert portal_url(region, {}) == f"https://portal.sso.{region}.{suffix}"


@pytest.mark.parametrize(
    ("region", "variables", "expected"),
    [
        ("eu-west-1", FIPS, "https://oidc-fips.eu-west-1.amazonaws.com"),
        ("eu-west-1", DUAL_STACK, "https://oidc.eu-west-1.api.aws"),
        ("eu-west-1", {**FIPS, **DUAL_STACK}, "https://oidc-fips.eu-west-1.api.aws"),
        ("cn-north-1", DUAL_STACK, "https://oidc.cn-north-1.api.amazonwebservices.com.cn"),
        ("us-gov-west-1", FIPS, "https://oidc.us-gov-west-1.amazonaws.com"),
        ("us-gov-west-1", {**FIPS, **DUAL_STACK}, "https://oidc-fips.us-gov-west-1.api.aws"),
    ],
)
def test_fips_and_dual_stack_change_the_host_name(
    region: str, variables: t.Dict[str, str], expected: str
) -> None:
    assert oidc_url(region, variables) == expected


def test_the_variable_of_a_service_takes_precedence_over_that_of_all_services() -> None:
    variables = {"AWS_ENDPOINT_URL": "http://all:1", "AWS_ENDPOINT_URL_SSO": "http://portal:2"}
    assert portal_url("eu-west-1", variables) == "http://portal:2"
    assert oidc_url("eu-west-1", variables) == "http://all:1"
    assert oidc_url("eu-west-1", {"AWS_ENDPOINT_URL_SSO_OIDC": "http://oidc:3"}) == "http://oidc:3"


def test_an_endpoint_has_no_trailing_slash() -> None:
    assert portal_url("eu-west-1", {"AWS_ENDPOINT_URL": "http://all:1/"}) == "http://all:1"


def test_empty_variables_do_not_override_an_endpoint() -> None:
    empty = {"AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_SSO": ""}
    assert overriding_url("AWS_ENDPOINT_URL_SSO", empty) == ""
    assert portal_url("eu-west-1", empty) == "https://portal.sso.eu-west-1.amazonaws.com"


def test_configured_endpoints_can_be_ignored() -> None:
    variables = {"AWS_ENDPOINT_URL": "http://all:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"}
    assert overriding_url("AWS_ENDPOINT_URL_SSO", variables) == ""
    assert oidc_url("eu-west-1", variables) == "https://oidc.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("value", "expected"), [("true", True), ("TRUE", True), ("false", False), ("", False), ("1", False)]
)
def test_a_switch_is_on_only_if_it_is_true(value: str, expected: bool) -> None:
    assert is_on("AWS_USE_FIPS_ENDPOINT", {"AWS_USE_FIPS_ENDPOINT": value}) is expected


def test_a_switch_that_is_not_set_is_off() -> None:
    assert not is_on("AWS_USE_FIPS_ENDPOINT", {})


@pytest.mark.parametrize("region", ["eu-west-1", "ap-southeast-7", "us-gov-east-1", "eusc-de-east-1"])
def test_the_code_of_a_region_is_recognized(region: str) -> None:
    assert REGION.fullmatch(region)


@pytest.mark.parametrize(
    "text", ["", "Ireland", "EU-WEST-1", "eu-west", "eu-west-1.evil.example", "eu-west-1a"]
)
def test_what_is_not_the_code_of_a_region_is_not_recognized(text: str) -> None:
    assert not REGION.fullmatch(text)


SSOINS = "https://ssoins-1234567890abcdef"


@pytest.mark.parametrize(
    ("start_url", "region"),
    [
        (f"{SSOINS}.portal.us-east-2.app.aws", "us-east-2"),
        (f"{SSOINS}.portal.us-east-2.app.aws/", "us-east-2"),
        (f"{SSOINS}.portal.us-east-2.app.aws/start/#/?tab=accounts", "us-east-2"),
        (f"{SSOINS}.portal.US-EAST-2.APP.AWS:443", "us-east-2"),
        (f"{SSOINS}.portal.us-gov-west-1.app.aws.", "us-gov-west-1"),
        (f"{SSOINS}.eu-west-1.portal.amazonaws.com", "eu-west-1"),
        (f"{SSOINS}.cn-north-1.portal.amazonaws.com.cn", "cn-north-1"),
        (f"{SSOINS}.portal.cn-north-1.app.amazonwebservices.com.cn", "cn-north-1"),
        (f"{SSOINS}.eusc-de-east-1.portal.amazonaws.eu", "eusc-de-east-1"),
        (f"{SSOINS}.portal.eusc-de-east-1.api.amazonwebservices.eu", "eusc-de-east-1"),
        ("https://start.us-gov-east-1.us-gov-home.awsapps.com/directory/acme", "us-gov-east-1"),
        ("https://start.cn-northwest-1.home.awsapps.cn/directory/acme", "cn-northwest-1"),
        ("https://start.us-gov-home.awsapps.com/directory/acme", None),
        ("https://acme.awsapps.com/start", None),
        ("https://my-team-1.awsapps.com/start", None),
        ("https://identitycenter.amazonaws.com/ssoins-1234567890abcdef", None),
        ("https://x.portal.eu-west-1.app.aws.evil.example", None),
        ("https://evil.example/x.portal.eu-west-1.app.aws", None),
        ("https://eu-west-1.app.aws", None),
        (f"{SSOINS}.portal.example.app.aws", None),
        (f"{SSOINS}.a.portal.eu-west-1.app.aws", None),
        ("https://[::1/", None),
        ("", None),
        (None, None),
    ],
)
def test_the_region_in_a_start_url(start_url: str | None, region: str | None) -> None:
    assert region_of_portal(start_url) == region


@pytest.mark.parametrize(
    ("start_url", "dual_stack"),
    [
        (f"{SSOINS}.portal.us-east-2.app.aws", True),
        (f"{SSOINS}.portal.cn-north-1.app.amazonwebservices.com.cn", True),
        (f"{SSOINS}.portal.eusc-de-east-1.api.amazonwebservices.eu", True),
        (f"{SSOINS}.us-east-2.portal.amazonaws.com", False),
        ("https://acme.awsapps.com/start", False),
        ("https://identitycenter.amazonaws.com/ssoins-1", False),
        ("https://x.portal.eu-west-1.app.aws.evil.example", False),
        ("https://[::1/", False),
    ],
)
def test_portals_for_both_protocols_are_recognized(start_url: str, dual_stack: bool) -> None:
    assert is_dual_stack_portal(start_url) is dual_stack


@pytest.mark.parametrize(
    ("variables", "suffix"),
    [
        ({}, "eu-west-1.api.aws"),
        ({"AWS_USE_DUALSTACK_ENDPOINT": ""}, "eu-west-1.api.aws"),
        ({"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "eu-west-1.api.aws"),
        ({"AWS_USE_DUALSTACK_ENDPOINT": "false"}, "eu-west-1.amazonaws.com"),
    ],
)
def test_a_variable_has_precedence_over_what_the_portal_needs(variables: dict[str, str], suffix: str) -> None:
    assert oidc_url("eu-west-1", variables, True) == f"https://oidc.{suffix}"
    assert portal_url("eu-west-1", variables, True) == f"https://portal.sso.{suffix}"
    assert oidc_url("eu-west-1", {**variables, "AWS_ENDPOINT_URL": "http://all:1"}, True) == "http://all:1"
