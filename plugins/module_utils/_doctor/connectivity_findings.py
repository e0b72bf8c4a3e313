# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed call to an AWS endpoint means, and how to fix it.

PRIVATE to the collection. Texts of exceptions stay out of the findings: they may contain a proxy's password.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import typing as t
import urllib.parse

from .._aws_cli.download import (
    CERTIFICATE_VALIDITY_ERRORS,
    PROXY_AUTHENTICATION_REQUIRED,
    refused_by_proxy,
)
from .._aws_cli.urls import displayable
from .._host.clock import how_to_set_the_clock
from .._host.wsl import detect
from ._fixes.name_servers import missing_name_server, name_servers
from .finding import Finding

_SET_PROXY = (
    "If your network requires a proxy: export HTTPS_PROXY=http://PROXY:PORT NO_PROXY=127.0.0.1,localhost"
)
_DNS_TUNNELING = (
    "; if the VPN of Windows has its own DNS, set dnsTunneling=true in the [wsl2] section of"
    " %UserProfile%\\.wslconfig, then in Windows: wsl --shutdown"
)
_TLS_BLOCKED = "A firewall or a proxy on the network path may block TLS."


def call_failed(url: str, proxy: t.Optional[str], reason: t.Any, root: str = "/") -> Finding:
    """The finding for *reason*, an exception, of a call to the endpoint *url* through *proxy*, if any.

    *root* is the directory with the files of the system.
    """
    if isinstance(reason, ssl.SSLError):
        return _error("endpoint-tls", url, "The TLS handshake with it failed.", _TLS_BLOCKED)
    if isinstance(reason, (ValueError, http.client.InvalidURL, str)):
        why = "It comes from HTTPS_PROXY, AWS_ENDPOINT_URL or one of the AWS_ENDPOINT_URL_* variables."
        return _error("endpoint-invalid", url, "Its URL, or that of the proxy, is malformed.", why)
    if isinstance(reason, (http.client.HTTPException, ConnectionResetError, ConnectionAbortedError)):
        return _error("endpoint-connection-closed", url, "The connection to it was closed.", _TLS_BLOCKED)
    if proxy:
        return _proxy_failed(url, proxy, reason, root)
    if isinstance(reason, socket.gaierror):
        return _no_server(root) or _unknown_name(url, reason, root)
    why = "A firewall may block connections that do not use the corporate proxy."
    return _error("endpoint-unreachable", url, f"It cannot be reached: {_describe(reason)}.", why)


def _no_server(root: str) -> t.Optional[Finding]:
    missing = missing_name_server(root)
    if missing is None:
        return None
    return Finding(
        "dns-not-configured",
        "error",
        "DNS",
        f"This host has no DNS server: {missing.reason}",
        "No host name can be resolved.",
        missing.fix,
    )


def _unknown_name(url: str, error: socket.gaierror, root: str) -> Finding:
    if error.errno == socket.EAI_AGAIN:
        servers = ", ".join(name_servers(root))
        return _error(
            "dns-failure",
            url,
            f"Its host name cannot be resolved: the DNS server {servers} does not respond.",
            "The network or the VPN may be down.",
            f"Connect the network or the VPN{_in_wsl(root)}",
        )
    if "-fips." in url:
        return _error(
            "dns-failure",
            url,
            "Its host name cannot be resolved.",
            "AWS_USE_FIPS_ENDPOINT is set, and AWS has no FIPS endpoint for sign-ins in most regions.",
            "unset AWS_USE_FIPS_ENDPOINT",
        )
    return _error(
        "dns-failure",
        url,
        "Its host name cannot be resolved.",
        "The region may be misspelled, or the DNS server may not know names on the internet.",
        f"Check sso_region{_in_wsl(root)}",
    )


def _in_wsl(root: str) -> str:
    return _DNS_TUNNELING if detect(root).version else ""


def certificate_rejected(
    url: str,
    error: ssl.SSLCertVerificationError,
    bundle: t.Optional[str],
    trusted: t.Optional[str],
    trust_ca: str,
    root: str = "/",
) -> Finding:
    """The finding for *error*, the certificate of *url* that *bundle*, or else the system's, does not verify.

    *trusted* is the path of the system's CA bundle if only that one verifies the certificate; *trust_ca* are
    the commands that trust a corporate CA. *root* is the directory with the files of the system.
    """
    if error.verify_code in CERTIFICATE_VALIDITY_ERRORS:
        return _error(
            "certificate-not-current",
            url,
            f"Its certificate is not valid at the host's current time: {error.verify_message}.",
            "Most likely the clock of this host is wrong, which happens in WSL after Windows slept.",
            set_clock(None, root),
        )
    if trusted is not None:
        return _error(
            "certificate-trusted-by-system-only",
            url,
            "The system trusts its certificate, but the AWS CLI does not.",
            "The network inspects TLS, and the AWS CLI ignores the CA certificates of the system"
            + (f" and uses {bundle}." if bundle else "."),
            f"export AWS_CA_BUNDLE={trusted}",
        )
    return _error(
        "certificate-untrusted",
        url,
        f"Its certificate is not trusted: {error.verify_message}.",
        "A corporate proxy may be inspecting TLS, or an attacker may be intercepting the connection.",
        trust_ca,
    )


def set_clock(ahead: t.Optional[float], root: str = "/") -> str:
    """How to correct the clock of this host, which is *ahead* of AWS's by that many seconds, if known."""
    advice = how_to_set_the_clock(root, ahead).replace(", then ", " && ")
    return advice[0].upper() + advice[1:] if advice.startswith("in ") else advice


def not_an_aws_response(url: str, status: int, content_type: str) -> Finding:
    """The finding for a response whose body AWS does not send."""
    return _error(
        "endpoint-not-aws",
        url,
        f"The response (HTTP {status}, {content_type}) is not from AWS.",
        "A proxy, or the sign-in page of a network, responds in its place.",
        f"Look at the response: curl -sSi {displayable(url)}/",
    )


def server_error(url: str, status: int) -> Finding:
    """The finding for a response of AWS with an HTTP status of 500 or more."""
    return Finding(
        "endpoint-error",
        "warning",
        _host(url),
        f"It responds with HTTP status {status}.",
        "AWS may have an outage.",
        "Try again later; see https://health.aws.amazon.com/health/status",
    )


def _error(id: str, url: str, what: str, why: str, fix: str = _SET_PROXY) -> Finding:
    return Finding(id, "error", _host(url), what, why, fix)


def _proxy_failed(url: str, proxy: str, reason: t.Any, root: str) -> Finding:
    host = _host(url)
    status = refused_by_proxy(reason)
    no_server = _no_server(root) if isinstance(reason, socket.gaierror) else None
    if no_server:
        return no_server
    if status is None:
        what = f"The connection to this proxy failed: {_describe(reason)}."
        fix = "Check that HTTPS_PROXY has the right host and port, and that the VPN is connected"
        return _proxy_error("proxy-unreachable", proxy, what, host, fix)
    if status == PROXY_AUTHENTICATION_REQUIRED:
        what = "This proxy requires a user name and a password (HTTP status 407)."
        fix = "export HTTPS_PROXY=http://USER:PASSWORD@PROXY:PORT  # with special characters as %XX"
        return _proxy_error("proxy-authentication-required", proxy, what, host, fix)
    what = f"This proxy does not allow connections to {host} (HTTP status {status})."
    fix = f"Ask the administrators of the proxy to allow {host}"
    return _proxy_error("proxy-refused", proxy, what, host, fix)


def _proxy_error(id: str, proxy: str, what: str, host: str, fix: str) -> Finding:
    return Finding(id, "error", proxy_host(proxy), what, f"Calls to {host} go through it.", fix)


def _host(url: str) -> str:
    """Host and port of an endpoint, without credentials."""
    return urllib.parse.urlsplit(displayable(url)).netloc or displayable(url)


def proxy_host(proxy: str) -> str:
    """Host and port of the proxy URL *proxy*, which may lack a scheme, without credentials."""
    return proxy.rpartition("@")[2].rpartition("//")[2].partition("/")[0]


def _describe(reason: t.Any) -> str:
    if isinstance(reason, (socket.timeout, TimeoutError)):
        return "no response in time"
    if isinstance(reason, socket.gaierror):
        return "its host name cannot be resolved"
    return getattr(reason, "strerror", None) or type(reason).__name__
