# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the two services of IAM Identity Center that a sign-in needs are to be found.

PRIVATE to the collection. The names are those that botocore's endpoint rules give for "sso-oidc" and "sso",
for hosts that have no botocore.
"""

from __future__ import annotations

import re
import typing as t

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")

# The beginning of a region's name, its domain, and its domain for IPv4 and IPv6.
_PARTITIONS = (
    ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
    ("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
    ("eu-isoe-", "cloud.adc-e.uk", "cloud.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov", "csp.hci.ic.gov"),
    ("", "amazonaws.com", "api.aws"),
)


def oidc_url(region: str, environment: t.Mapping[str, str]) -> str:
    """Where clients register and get tokens."""
    return overriding_url("AWS_ENDPOINT_URL_SSO_OIDC", environment) or _url("oidc", region, environment)


def portal_url(region: str, environment: t.Mapping[str, str]) -> str:
    """Where accounts, roles and role credentials come from."""
    return overriding_url("AWS_ENDPOINT_URL_SSO", environment) or _url("portal.sso", region, environment)


def overriding_url(variable: str, environment: t.Mapping[str, str]) -> str:
    """What *variable*, or AWS_ENDPOINT_URL, sets in the place of AWS's own endpoint; "" for nothing."""
    if is_on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", environment):
        return ""
    return (environment.get(variable) or environment.get("AWS_ENDPOINT_URL") or "").rstrip("/")


def is_on(variable: str, environment: t.Mapping[str, str]) -> bool:
    return environment.get(variable, "").lower() == "true"


def _url(name: str, region: str, environment: t.Mapping[str, str]) -> str:
    both_stacks = is_on("AWS_USE_DUALSTACK_ENDPOINT", environment)
    fips = is_on("AWS_USE_FIPS_ENDPOINT", environment)
    if fips and (both_stacks or not region.startswith("us-gov-")):  # GovCloud's plain hosts are FIPS hosts
        name += "-fips"
    domains = next(domains for prefix, *domains in _PARTITIONS if region.startswith(prefix))
    return f"https://{name}.{region}.{domains[both_stacks]}"
