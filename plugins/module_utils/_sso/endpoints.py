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
import urllib.parse

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+", re.ASCII)

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

_DUAL_STACK_PORTAL = re.compile(
    r"[^.]+\.portal\.([^.]+)\.(?:app\.aws|app\.amazonwebservices\.com\.cn|api\.amazonwebservices\.eu)"
)
_PORTALS_OF_A_REGION = (
    _DUAL_STACK_PORTAL,
    re.compile(r"[^.]+\.([^.]+)\.portal\.amazonaws\.(?:com|com\.cn|eu)"),
    re.compile(r"start\.([^.]+)\.(?:us-gov-home\.awsapps\.com|home\.awsapps\.cn)"),
)
"""Host names of access portals whose first group is a region, as AWS CLI v2 reads them
(customizations/sso/resolve.py), and those of directories in AWS GovCloud (US) and China."""


def region_of_portal(start_url: t.Optional[str]) -> t.Optional[str]:
    """The region that the host name of *start_url* contains; None if it contains none."""
    host = _host(start_url)
    found = next(filter(None, (pattern.fullmatch(host) for pattern in _PORTALS_OF_A_REGION)), None)
    return found[1] if found and REGION.fullmatch(found[1]) else None


def is_dual_stack_portal(start_url: t.Optional[str]) -> bool:
    """Whether *start_url* is of a portal for IPv4 and IPv6, whose sign-in needs the dual-stack endpoints.

    With the others, AWS returns a link to the portal's address for IPv4, where the sign-in fails.
    """
    return _DUAL_STACK_PORTAL.fullmatch(_host(start_url)) is not None


def oidc_url(region: str, environment: t.Mapping[str, str], dual_stack: bool = False) -> str:
    """The endpoint of sso-oidc, where clients register and get tokens.

    *dual_stack* is what applies if *environment* does not say.
    """
    return overriding_url("AWS_ENDPOINT_URL_SSO_OIDC", environment) or _url(
        "oidc", region, environment, dual_stack
    )


def portal_url(region: str, environment: t.Mapping[str, str], dual_stack: bool = False) -> str:
    """The endpoint of the access portal (sso), which returns accounts, roles and role credentials.

    *dual_stack* is what applies if *environment* does not say.
    """
    return overriding_url("AWS_ENDPOINT_URL_SSO", environment) or _url(
        "portal.sso", region, environment, dual_stack
    )


def overriding_url(variable: str, environment: t.Mapping[str, str]) -> str:
    """The endpoint that *variable* or AWS_ENDPOINT_URL sets instead of that of AWS; "" if neither does."""
    if is_on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", environment):
        return ""
    return (environment.get(variable) or environment.get("AWS_ENDPOINT_URL") or "").rstrip("/")


def is_on(variable: str, environment: t.Mapping[str, str]) -> bool:
    return environment.get(variable, "").lower() == "true"


def _host(url: t.Optional[str]) -> str:
    try:
        return (urllib.parse.urlsplit(url or "").hostname or "").rstrip(".")
    except (ValueError, AttributeError):  # a port or an address that is none, or no string
        return ""


def _url(name: str, region: str, environment: t.Mapping[str, str], dual_stack: bool) -> str:
    if environment.get("AWS_USE_DUALSTACK_ENDPOINT", "").strip():
        dual_stack = is_on("AWS_USE_DUALSTACK_ENDPOINT", environment)
    fips = is_on("AWS_USE_FIPS_ENDPOINT", environment)
    if fips and (dual_stack or not region.startswith("us-gov-")):  # in GovCloud, all are FIPS endpoints
        name += "-fips"
    domains = next(domains for prefix, *domains in _PARTITIONS if region.startswith(prefix))
    return f"https://{name}.{region}.{domains[dual_stack]}"
