# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's own host names: which service of which region a client believes to talk to."""

from __future__ import annotations

import re
import typing as t

SERVICES = {"oidc": "sso-oidc", "portal.sso": "sso", "sts": "sts"}
SUFFIXES = (
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.aws",
    "api.amazonwebservices.com.cn",
    "api.amazonwebservices.eu",
)
_NAME = re.compile(
    r"(?P<service>oidc|portal\.sso|sts)(?:-fips)?\.(?P<region>[a-z]{2,4}(?:-[a-z]+)+-\d+)\.(?P<suffix>[a-z.]+)"
)


class Endpoint(t.NamedTuple):
    service: str
    """As botocore names it: sso-oidc, sso or sts."""
    region: str


def endpoint_of(host: str) -> Endpoint | None:
    """The endpoint with this host name, in a URL or a header Host; None if it is no name of AWS."""
    match = _NAME.fullmatch(host.partition(":")[0].lower())
    if match is None or match["suffix"] not in SUFFIXES:
        return None
    return Endpoint(SERVICES[match["service"]], match["region"])
