# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it means when an endpoint of AWS could not be called, and what to do about it.

PRIVATE to the collection. The texts of exceptions stay out: they may tell the password of a proxy.
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
from .finding import (
    Finding,
    shown_url,
)

SET_CLOCK = "In WSL: sudo hwclock -s, or in Windows: wsl --shutdown; elsewhere: sudo timedatectl set-ntp true"

_USE_PROXY = "export HTTPS_PROXY=http://PROXY:PORT NO_PROXY=127.0.0.1,localhost, as the network wants it"
_USE_DNS_OF_WINDOWS = (
    "Check sso_region; in WSL set dnsTunneling=true below [wsl2] in"
    " %UserProfile%\\.wslconfig, then in Windows: wsl --shutdown"
)
_CUT = "Something on the way, such as a firewall or a proxy, does not let TLS through."


def host_of(url: str) -> str:
    """Host and port of an endpoint, without credentials."""
    return urllib.parse.urlsplit(shown_url(url)).netloc or shown_url(url)


def call_failed(url: str, proxy: t.Optional[str], reason: t.Any) -> Finding:
    """What *reason*, an exception, means for the endpoint *url* that was called through *proxy*."""
    if isinstance(reason, ssl.SSLError):
        return _error("endpoint-tls", url, "It speaks no TLS that this host understands.", _CUT)
    if isinstance(reason, (ValueError, http.client.InvalidURL, str)):
        why = "It comes from AWS_ENDPOINT_URL, one of its kin, or HTTPS_PROXY."
        return _error("endpoint-invalid", url, "Its URL, or that of the proxy, is malformed.", why)
    if isinstance(reason, (http.client.HTTPException, ConnectionResetError, ConnectionAbortedError)):
        return _error("endpoint-connection-closed", url, "The connection to it was closed.", _CUT)
    if proxy:
        return _failed_proxy(url, proxy, reason)
    if isinstance(reason, socket.gaierror):
        why = "The region is misspelled, the network is down, or WSL does not get at the DNS of the VPN."
        return _error("dns-failure", url, "The DNS does not know its name.", why, _USE_DNS_OF_WINDOWS)
    why = "A firewall may drop what does not go through the company's proxy."
    return _error("endpoint-unreachable", url, f"It cannot be reached: {_named(reason)}.", why)


def untrusted(url: str, error: ssl.SSLCertVerificationError, trusted: t.Optional[str], cure: str) -> Finding:
    """What it means that the certificate of *url* was refused.

    *trusted* is the system's own bundle if only that one vouches for it; *cure* is how to trust a company.
    """
    if error.verify_code in CERTIFICATE_VALIDITY_ERRORS:
        return _error(
            "certificate-not-current",
            url,
            f"Its certificate is expired or not yet valid: {error.verify_message}.",
            "Most likely the clock of this host is wrong, which can happen after Windows was asleep.",
            SET_CLOCK,
        )
    if trusted is not None:
        return _error(
            "certificate-trusted-by-system-only",
            url,
            "Its certificate is trusted by the system, but not by the AWS CLI.",
            "TLS is inspected here, and the AWS CLI ignores the certificates of the system.",
            f"export AWS_CA_BUNDLE={trusted}",
        )
    return _error(
        "certificate-untrusted",
        url,
        f"Its certificate is not trusted: {error.verify_message}.",
        "TLS is inspected, for example by a company proxy, or the connection is intercepted.",
        cure,
    )


def not_an_aws_response(url: str, status: int, content_type: str) -> Finding:
    return _error(
        "endpoint-not-aws",
        url,
        f"The answer (HTTP {status}, {content_type}) is not from AWS.",
        "A proxy or a captive portal responds in its place.",
        f"See its response: curl -sSi {shown_url(url)}/",
    )


def server_error(url: str, status: int) -> Finding:
    return Finding(
        "endpoint-error",
        "warning",
        host_of(url),
        f"It responds with HTTP status {status}.",
        "AWS may have an outage.",
        "Try again later; see https://health.aws.amazon.com/health/status",
    )


def _error(id: str, url: str, what: str, why: str, fix: str = _USE_PROXY) -> Finding:
    return Finding(id, "error", host_of(url), what, why, fix)


def _failed_proxy(url: str, proxy: str, reason: t.Any) -> Finding:
    host = host_of(url)
    status = refused_by_proxy(reason)
    if status is None:
        what = f"This proxy gives no connection: {_named(reason)}."
        cure = "See that HTTPS_PROXY names the right host and port, and that the VPN is up"
        return _proxy_error("proxy-unreachable", proxy, what, host, cure)
    if status == PROXY_AUTHENTICATION_REQUIRED:
        what = "This proxy wants a name and a password (HTTP status 407)."
        cure = "export HTTPS_PROXY=http://USER:PASSWORD@PROXY:PORT, with special characters as %XX"
        return _proxy_error("proxy-sign-in", proxy, what, host, cure)
    what = f"This proxy does not let through to {host} (HTTP status {status})."
    return _proxy_error("proxy-refuses", proxy, what, host, f"Have {host} allowed by those who run the proxy")


def _proxy_error(id: str, proxy: str, what: str, host: str, fix: str) -> Finding:
    return Finding(id, "error", _host_of_proxy(proxy), what, f"{host} is called through it.", fix)


def _host_of_proxy(proxy: str) -> str:
    return proxy.rpartition("@")[2].rpartition("//")[2].partition("/")[0]


def _named(reason: t.Any) -> str:
    if isinstance(reason, (socket.timeout, TimeoutError)):
        return "no answer in time"
    if isinstance(reason, socket.gaierror):
        return "the DNS does not know its name"
    return getattr(reason, "strerror", None) or type(reason).__name__
