# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints of the two services of IAM Identity Center that a sign-in uses.

PRIVATE to the collection. For hosts without botocore; the host names are those of botocore's endpoint rules
for "sso-oidc" and "sso".
"""

from __future__ import annotations

import re
import typing as t

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")

# The prefix of the region, its DNS suffix, and its dual-stack DNS suffix.
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
    """The endpoint of sso-oidc, where clients register and get tokens."""
    return overriding_url("AWS_ENDPOINT_URL_SSO_OIDC", environment) or _url("oidc", region, environment)


def portal_url(region: str, environment: t.Mapping[str, str]) -> str:
    """The endpoint of the access portal (sso), which returns accounts, roles and role credentials."""
    return overriding_url("AWS_ENDPOINT_URL_SSO", environment) or _url("portal.sso", region, environment)


def overriding_url(variable: str, environment: t.Mapping[str, str]) -> str:
    """The endpoint that *variable* or AWS_ENDPOINT_URL sets instead of that of AWS; "" if neither does."""
    if is_on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", environment):
        return ""
    return (environment.get(variable) or environment.get("AWS_ENDPOINT_URL") or "").rstrip("/")


def is_on(variable: str, environment: t.Mapping[str, str]) -> bool:
    return environment.get(variable, "").lower() == "true"


def _url(name: str, region: str, environment: t.Mapping[str, str]) -> str:
    dual_stack = is_on("AWS_USE_DUALSTACK_ENDPOINT", environment)
    fips = is_on("AWS_USE_FIPS_ENDPOINT", environment)
    if fips and (dual_stack or not region.startswith("us-gov-")):  # in GovCloud, all are FIPS endpoints
        name += "-fips"
    domains = next(domains for prefix, *domains in _PARTITIONS if region.startswith(prefix))
    return f"https://{name}.{region}.{domains[dual_stack]}"
