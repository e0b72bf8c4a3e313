# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start URLs under a company's own name, which lead to the AWS access portal by one redirect.

PRIVATE to the collection. The rules are those of AWS CLI v2 since 2.35.13 (customizations/sso/resolve.py),
with two exceptions: a host that is not known to be AWS's and does not redirect is used unchanged, and so is
one that does not respond. AWS then accepts or refuses it. The AWS CLI, which is strict here, has excluded
whole partitions by that.
"""

from __future__ import annotations

import dataclasses
import http.client
import os
import typing as t
import urllib.error
import urllib.parse

from ansible.module_utils import urls

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.session_input import portal_of, url_fault
from ...module_utils._text import printable
from .._display import debug

_SECONDS = 10
"""A redirect takes no longer; the sign-in continues without an answer."""
_AWS_SUFFIXES = (
    ".app.aws",
    ".portal.amazonaws.com",
    ".portal.amazonaws.com.cn",
    ".app.amazonwebservices.com.cn",
    ".portal.amazonaws.eu",
    ".api.amazonwebservices.eu",
    ".awsapps.com",
    ".awsapps.cn",
)
_AWS_HOSTS = (
    "identitycenter.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.us-gov.amazonaws.com",
)

Fetch = t.Callable[[str, str], t.Tuple[int, str]]


def is_aws_url(url: str) -> bool:
    if url_fault(url):
        return False
    parts = urllib.parse.urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" and (host in _AWS_HOSTS or host.endswith(_AWS_SUFFIXES))


def resolved(start_url: str, fetch: Fetch | None = None) -> str:
    """The portal of *start_url*, or where it redirects to if that is AWS's.

    *fetch* returns status and Location. What a browser adds to the URL of a portal is not part of it, and AWS
    may not know the URL with it. Raises WorkstationError for one that cannot be a URL.
    """
    fault = url_fault(start_url)
    if fault:
        raise WorkstationError(
            f"Cannot sign in to the start URL {printable(start_url)!r}. {fault} Correct sso_start_url in the"
            " AWS configuration, or the option start_url."
        )
    if is_aws_url(start_url):
        return portal_of(start_url)
    if urllib.parse.urlsplit(start_url).scheme != "https":
        return start_url
    fetch = fetch or _fetch
    status, location = fetch("HEAD", start_url)
    if status in (405, 501):
        status, location = fetch("GET", start_url)
    target = _target(start_url, location) if 300 <= status < 400 and location else start_url
    portal = portal_of(target) if is_aws_url(target) else start_url
    debug(f"start URL {start_url} (HTTP {status}): using {portal}")
    return portal


def at_portal(session: SsoSession) -> SsoSession:
    """*session* with the start URL of its portal, which decides between the endpoints of AWS."""
    return dataclasses.replace(session, start_url=resolved(session.start_url))


def _target(start_url: str, location: str) -> str:
    try:
        return urllib.parse.urljoin(start_url, location)
    except ValueError:
        return start_url


def _fetch(method: str, url: str) -> tuple[int, str]:
    bundle = os.environ.get("AWS_CA_BUNDLE", "").strip()
    try:
        with urls.open_url(
            url,
            method=method,
            timeout=_SECONDS,
            follow_redirects="none",
            ca_path=os.path.expanduser(bundle) if bundle else None,
            use_netrc=False,
        ) as response:
            return response.status, ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Location") or ""
    except (OSError, ValueError, http.client.HTTPException, urls.ConnectionError):
        return 0, ""
