# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check of a workstation finds when it calls IAM Identity Center from the host itself.

PRIVATE to the collection. Each endpoint gets one well-formed call that it refuses, because client and token
of the call do not exist: that proves names, routes, proxies, certificates and the clock, and changes nothing.
"""

from __future__ import annotations

import concurrent.futures
import email.utils
import http.client
import json
import ssl
import time
import typing as t
import urllib.error
import urllib.parse
import urllib.request

from .._network.trust_store import system_bundle
from .._sso.endpoints import oidc_url, portal_url
from . import connectivity_findings as failure
from .finding import Finding
from .proxy_and_ca import (
    bypasses,
    fault_of_bundle,
    proxies,
    trust_the_company,
)

TOLERATED_SKEW = 30
REFUSED_SKEW = 300  # AWS's own limit for signatures

_NOBODY = {"clientId": "none", "clientSecret": "none", "grantType": "refresh_token", "refreshToken": "none"}
_LONGEST_ANSWER = 1 << 16


class ProbeResult(t.NamedTuple):
    """How a call of the service "oidc" or "portal" went.

    *skew* is how many seconds this host's clock is ahead of AWS's, if AWS answered.
    """

    service: str
    url: str
    skew: t.Optional[float] = None
    fault: t.Optional[Finding] = None


class _Call(t.NamedTuple):
    """A call that is refused by the endpoint *url*; *document* is posted if there is one."""

    service: str
    url: str
    path: str
    headers: t.Dict[str, str]
    document: t.Optional[t.Dict[str, str]] = None

    def request(self) -> urllib.request.Request:
        body = None if self.document is None else json.dumps(self.document).encode()
        return urllib.request.Request(self.url + self.path, body, self.headers)


class Network:
    """The way to AWS as the AWS CLI on this host takes it.

    *own_bundle* are the certificates that the CLI brings and trusts where AWS_CA_BUNDLE says nothing else;
    None for one that trusts what the system trusts. *timeout* in seconds is for each step of a call.
    """

    def __init__(self, environment: t.Mapping[str, str], own_bundle: t.Optional[str], timeout: float) -> None:
        self._environment = environment
        self._proxies = proxies(environment)
        chosen = environment.get("AWS_CA_BUNDLE", "")
        self._chosen_bundle = chosen if chosen and not fault_of_bundle(chosen) else None
        self._bundle = self._chosen_bundle or own_bundle
        self._timeout = timeout

    def reach(self, regions: t.Collection[str]) -> t.List[ProbeResult]:
        """Call both services in each region, all at the same time."""
        calls: t.Dict[t.Tuple[str, str], _Call] = {}
        for region in regions:
            url = oidc_url(region, self._environment)
            json_type = {"Content-Type": "application/json"}
            calls["oidc", url] = _Call("oidc", url, "/token", json_type, _NOBODY)
            url = portal_url(region, self._environment)
            token = {"x-amz-sso_bearer_token": "none"}
            calls["portal", url] = _Call("portal", url, "/assignment/accounts?max_result=1", token)
        with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
            return list(pool.map(self._try, calls.values()))

    def _try(self, call: _Call) -> ProbeResult:
        proxy = None
        try:
            proxy = self._proxy_of(call.url)
            return self._send(call, proxy, self._bundle)
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, ssl.SSLCertVerificationError):
            trusted = self._bundle_that_trusts(call, proxy)
            fault = failure.untrusted(call.url, reason, trusted, trust_the_company())
        else:
            fault = failure.call_failed(call.url, proxy, reason)
        return ProbeResult(call.service, call.url, fault=fault)

    def _proxy_of(self, url: str) -> t.Optional[str]:
        parts = urllib.parse.urlsplit(url)
        return None if bypasses(parts.netloc, self._proxies) else self._proxies.get(parts.scheme)

    def _send(self, call: _Call, proxy: t.Optional[str], bundle: t.Optional[str]) -> ProbeResult:
        request = call.request()
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({request.type: proxy} if proxy else {}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=bundle)),
            _NoRedirect,
        )
        started = time.time()
        try:
            response = opener.open(request, timeout=self._timeout)
        except urllib.error.HTTPError as refusal:
            response = refusal
        moment = (started + time.time()) / 2
        with response:
            body = response.read(_LONGEST_ANSWER)
        fault = _fault_in_answer(call.url, response.code, response.headers, body)
        return ProbeResult(call.service, call.url, None if fault else _skew(response.headers, moment), fault)

    def _bundle_that_trusts(self, call: _Call, proxy: t.Optional[str]) -> t.Optional[str]:
        """The system's bundle if it would help to choose it."""
        bundle = system_bundle()
        if bundle is None or self._chosen_bundle is not None:
            return None
        try:
            self._send(call, proxy, bundle)
        except (OSError, http.client.HTTPException):
            return None
        return bundle


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """AWS redirects nobody here; where something else does, that is the answer to judge."""

    def redirect_request(self, *_arguments: t.Any) -> None:
        return None


def reach_findings(reaches: t.Sequence[ProbeResult]) -> t.List[Finding]:
    """The faults, each told once for all endpoints that have it, and that of the clock."""
    merged: t.Dict[Finding, t.List[str]] = {}
    for fault in (reach.fault for reach in reaches if reach.fault is not None):
        subjects = merged.setdefault(fault._replace(subject=""), [])
        if fault.subject not in subjects:
            subjects.append(fault.subject)
    faults = [fault._replace(subject=", ".join(subjects)) for fault, subjects in merged.items()]
    return [*faults, *_clock_findings(clock_skew(reaches))]


def clock_skew(reaches: t.Sequence[ProbeResult]) -> t.Optional[float]:
    """How many seconds this host's clock is ahead of AWS's; None where AWS did not answer."""
    return next((reach.skew for reach in reaches if reach.skew is not None), None)


def _clock_findings(skew: t.Optional[float]) -> t.Iterator[Finding]:
    if skew is None or abs(skew) <= TOLERATED_SKEW:
        return
    refused = abs(skew) > REFUSED_SKEW
    yield Finding(
        "clock-skew",
        "error" if refused else "warning",
        "clock",
        f"It is {abs(skew):.0f} seconds {'ahead of' if skew > 0 else 'behind'} AWS's.",
        "AWS rejects requests that are signed more than 5 minutes off."
        if refused
        else "Tokens seem to live longer or shorter than they do; beyond 5 minutes AWS refuses requests.",
        failure.SET_CLOCK,
    )


def _fault_in_answer(url: str, status: int, headers: t.Any, body: bytes) -> t.Optional[Finding]:
    try:
        of_aws = isinstance(json.loads(body.decode("utf-8")), dict)
    except ValueError:
        of_aws = False
    if not of_aws:
        content_type = (headers.get("Content-Type") or "no type").partition(";")[0]
        return failure.not_an_aws_response(url, status, content_type)
    return failure.server_error(url, status) if status >= 500 else None


def _skew(headers: t.Any, moment: float) -> t.Optional[float]:
    try:
        return moment - email.utils.parsedate_to_datetime(headers["Date"]).timestamp()
    except (TypeError, ValueError):
        return None
