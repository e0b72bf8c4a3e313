# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes of the endpoints of IAM Identity Center, made from the host itself, and findings about them.

PRIVATE to the collection. Each endpoint receives one well-formed call that it must reject, because the client
and the token in it do not exist. That tests DNS, routes, proxies, certificates and the clock, and changes
nothing.
"""

from __future__ import annotations

import email.utils
import http.client
import json
import socket
import ssl
import threading
import time
import typing as t
import urllib.error
import urllib.parse
import urllib.request

from .._aws_cli.urls import displayable
from .._network.certificates import ca_bundle_problem
from .._network.trust_store import system_bundle
from .._sso.endpoints import oidc_url, portal_url
from . import connectivity_findings
from .finding import Finding
from .proxy_and_ca import bypasses, proxies, trust_corporate_ca

TOLERATED_SKEW = 30
"""Seconds of clock skew without a finding: the Date header counts whole seconds, a slow network adds some,
and nothing that AWS checks is that exact."""

REFUSED_SKEW = 300
"""Seconds of clock skew beyond which AWS rejects signed requests (Signature Version 4)."""

_MOST_PROBES = 8
"""Probes in parallel: both services of four regions, so that most hosts wait for no more than one timeout."""

_STEPS = 4
"""Name resolution, connection, TLS and response: each may take one timeout, and a call this many."""

_LARGEST_RESPONSE = 1 << 16
"""Bytes of a response that are read: an error of AWS has a few hundred, the page of a proxy any number."""

_INVALID_REQUEST = {
    "clientId": "none",
    "clientSecret": "none",
    "grantType": "refresh_token",
    "refreshToken": "none",
}


class ProbeResult(t.NamedTuple):
    """The outcome of a call to the service "oidc" or "portal" at the endpoint *url*.

    *skew* is how many seconds this host's clock is ahead of AWS's, if AWS responded; *problem* is why it did
    not.
    """

    service: str
    url: str
    skew: t.Optional[float] = None
    problem: t.Optional[Finding] = None


class _Probe(t.NamedTuple):
    """A call that the endpoint *url* rejects; *document* is sent as JSON in a POST if there is one."""

    service: str
    url: str
    path: str
    headers: t.Dict[str, str]
    document: t.Optional[t.Dict[str, str]] = None

    def request(self) -> urllib.request.Request:
        body = None if self.document is None else json.dumps(self.document).encode()
        return urllib.request.Request(self.url + self.path, body, self.headers)


_ProbeKey = t.Tuple[str, str]
"""The service and the URL of a probe."""


class Network:
    """Calls AWS with the proxy and the CA bundle that the AWS CLI on this host would use."""

    def __init__(
        self,
        environment: t.Mapping[str, str],
        cli_bundle: t.Optional[str],
        timeout: float,
        debug: t.Callable[[str], None] = lambda text: None,
        root: str = "/",
    ) -> None:
        """*environment* has the variables for proxies, endpoints and AWS_CA_BUNDLE.

        *cli_bundle* is the CA bundle that the AWS CLI ships, and uses unless AWS_CA_BUNDLE is set; None for
        an AWS CLI that trusts the system's. *timeout* in seconds is for each step of a call. *root* is the
        directory with the files of the system.
        """
        self._environment = environment
        self._proxies = proxies(environment)
        chosen = environment.get("AWS_CA_BUNDLE", "")
        self._chosen_bundle = chosen if chosen and not ca_bundle_problem(chosen) else None
        self._bundle = self._chosen_bundle or cli_bundle
        self._timeout = timeout
        self._debug = debug
        self._root = root

    def probe(self, regions: t.Collection[t.Tuple[str, bool]]) -> t.List[ProbeResult]:
        """Call both services in each region, in parallel; once for endpoints that regions share.

        With each region goes whether its dual-stack endpoints are used, if no variable says.
        """
        probes: t.Dict[_ProbeKey, _Probe] = {}
        for region, dual_stack in regions:
            url = oidc_url(region, self._environment, dual_stack)
            json_type = {"Content-Type": "application/json"}
            probes["oidc", url] = _Probe("oidc", url, "/token", json_type, _INVALID_REQUEST)
            url = portal_url(region, self._environment, dual_stack)
            token = {"x-amz-sso_bearer_token": "none"}
            probes["portal", url] = _Probe("portal", url, "/assignment/accounts?max_result=1", token)
        return self._run(list(probes.values()))

    def _run(self, probes: t.Sequence[_Probe]) -> t.List[ProbeResult]:
        """The results of *probes*. An endpoint that sends byte after byte is not waited for without end."""
        results: t.Dict[_ProbeKey, ProbeResult] = {}
        slots = threading.BoundedSemaphore(_MOST_PROBES)

        def run(probe: _Probe) -> None:
            with slots:
                results[probe.service, probe.url] = self._try(probe)

        threads = [threading.Thread(target=run, args=(probe,), daemon=True) for probe in probes]
        for thread in threads:
            thread.start()
        rounds = -(-len(probes) // _MOST_PROBES)
        deadline = time.monotonic() + self._timeout * _STEPS * rounds
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return [results.get((probe.service, probe.url)) or self._timed_out(probe) for probe in probes]

    def _timed_out(self, probe: _Probe) -> ProbeResult:
        problem = connectivity_findings.call_failed(
            probe.url, self._proxy_for(probe.url), socket.timeout(), self._root
        )
        return ProbeResult(probe.service, probe.url, problem=problem)

    def _try(self, probe: _Probe) -> ProbeResult:
        proxy = None
        try:
            proxy = self._proxy_for(probe.url)
            self._debug(
                f"Probe {displayable(probe.url)} through"
                f" {connectivity_findings.proxy_host(proxy) if proxy else 'no proxy'} with"
                f" {self._bundle or 'the certificates of the system'}."
            )
            return self._send(probe, proxy, self._bundle)
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, ssl.SSLCertVerificationError):
            trusted = self._trusting_system_bundle(probe, proxy)
            problem = connectivity_findings.certificate_rejected(
                probe.url, reason, self._bundle, trusted, trust_corporate_ca(), self._root
            )
        else:
            problem = connectivity_findings.call_failed(probe.url, proxy, reason, self._root)
        return ProbeResult(probe.service, probe.url, problem=problem)

    def _proxy_for(self, url: str) -> t.Optional[str]:
        parts = urllib.parse.urlsplit(url)
        return None if bypasses(parts.netloc, self._proxies) else self._proxies.get(parts.scheme)

    def _send(self, probe: _Probe, proxy: t.Optional[str], bundle: t.Optional[str]) -> ProbeResult:
        request = probe.request()
        # Not open_url: it takes proxies from os.environ, not from the variables of the login shell.
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({request.type: proxy} if proxy else {}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=bundle)),
            _NoRedirect,
        )
        started = time.time()
        try:
            response = opener.open(request, timeout=self._timeout)
        except urllib.error.HTTPError as rejection:
            response = rejection
        moment = (started + time.time()) / 2
        with response:
            body = response.read(_LARGEST_RESPONSE)
        problem = _response_problem(probe.url, response.code, response.headers, body)
        skew = None if problem else _skew(response.headers, moment)
        return ProbeResult(probe.service, probe.url, skew, problem)

    def _trusting_system_bundle(self, probe: _Probe, proxy: t.Optional[str]) -> t.Optional[str]:
        """The system's CA bundle, if no bundle was chosen and this one verifies the certificate."""
        bundle = system_bundle()
        if bundle is None or self._chosen_bundle is not None:
            return None
        try:
            self._send(probe, proxy, bundle)
        except (OSError, http.client.HTTPException):
            return None
        return bundle


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Returns a redirect as the response: AWS does not redirect these calls, but network sign-in pages do."""

    def redirect_request(self, *_arguments: t.Any) -> None:
        return None


def probe_findings(results: t.Sequence[ProbeResult], root: str = "/") -> t.List[Finding]:
    """The problems, each reported once for all endpoints that have it, and the state of the clock.

    *root* is the directory with the files of the system.
    """
    merged: t.Dict[Finding, t.List[str]] = {}
    for problem in (result.problem for result in results if result.problem is not None):
        subjects = merged.setdefault(problem._replace(subject=""), [])
        if problem.subject not in subjects:
            subjects.append(problem.subject)
    problems = [problem._replace(subject=", ".join(subjects)) for problem, subjects in merged.items()]
    return [*problems, *_clock_findings(clock_skew(results), root)]


def clock_skew(results: t.Sequence[ProbeResult]) -> t.Optional[float]:
    """How many seconds this host's clock is ahead of AWS's; None if AWS did not respond."""
    return next((result.skew for result in results if result.skew is not None), None)


def _clock_findings(skew: t.Optional[float], root: str) -> t.Iterator[Finding]:
    if skew is None or abs(skew) <= TOLERATED_SKEW:
        return
    refused = abs(skew) > REFUSED_SKEW
    yield Finding(
        "clock-skew",
        "error" if refused else "warning",
        "clock",
        f"It is {abs(skew):.0f} seconds {'ahead of' if skew > 0 else 'behind'} AWS's clock.",
        "AWS rejects requests whose signing time is off by more than 5 minutes."
        if refused
        else "Tokens expire earlier or later than this host expects; beyond 5 minutes, AWS rejects requests.",
        connectivity_findings.set_clock(skew, root),
    )


def _response_problem(url: str, status: int, headers: t.Any, body: bytes) -> t.Optional[Finding]:
    try:
        from_aws = isinstance(json.loads(body.decode("utf-8")), dict)
    except (ValueError, RecursionError):
        from_aws = False
    if not from_aws:
        content_type = (headers.get("Content-Type") or "no type").partition(";")[0][:80]
        printable = "".join(character if character.isprintable() else "?" for character in content_type)
        return connectivity_findings.not_an_aws_response(url, status, printable)
    return connectivity_findings.server_error(url, status) if status >= 500 else None


def _skew(headers: t.Any, moment: float) -> t.Optional[float]:
    try:
        return moment - email.utils.parsedate_to_datetime(headers["Date"]).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
