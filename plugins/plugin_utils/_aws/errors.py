# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures of calls to AWS: a refusal, no response, a wrong configuration, or a fault of this collection.

PRIVATE to the collection. Nothing here imports botocore: its exceptions are recognized by the names of their
classes.
"""

from __future__ import annotations

import os
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._host.clock import how_to_set_the_clock
from ...module_utils._text import printable
from .._errors import ServiceError, Unreachable

REASON_HEADER = "x-workstation-reason"
"""Where client.py keeps AWS's finer reason of an error, which older models of botocore do not have."""

HOW_TO_SET_A_PROXY = (
    "Set HTTPS_PROXY=http://USER:PASSWORD@proxy.example.com:3128, or workstation_proxy for the role"
    " workstation."
)
_NETWORK_FAULTS = {
    "SSLError": "presented a certificate that is not trusted on this machine. If your company inspects TLS,"
    " install its CA certificate and set AWS_CA_BUNDLE to the bundle that contains it, such as"
    " /etc/ssl/certs/ca-certificates.crt. The role workstation does both with workstation_ca_certificates on"
    " the machines that it sets up.",
    "ProxyConnectionError": "cannot be reached: the proxy of HTTPS_PROXY does not answer or refuses the"
    " connection. Find out which proxy to use and whether it requires a password. " + HOW_TO_SET_A_PROXY,
    "ConnectTimeoutError": "does not answer in time. A firewall may drop the traffic. If your company has a"
    " proxy: " + HOW_TO_SET_A_PROXY,
    "ReadTimeoutError": "accepted the request but does not answer. Try again later.",
    "ConnectionError": "cannot be reached. Check that the network is up, and that the region is spelled as in"
    " the AWS console, such as eu-west-1.",
    "HTTPClientError": "closed the connection. Try again. If it happens again, a firewall or proxy may close"
    " it.",
    "IncompleteReadError": "closed the connection in the middle of a response. Try again.",
}
"""By the names of botocore's exceptions, the derived ones before their bases."""

_NOT_CONNECTED = frozenset(("ConnectionError", "ConnectTimeoutError", "ProxyConnectionError"))
_FIPS_HINT = (
    " This is a FIPS endpoint, because {0} is set, and AWS does not have one for this service in each region."
    " Where there is none, set {0} to false for Ansible."
)

_CONFIGURATION_FAULTS = frozenset(
    (
        "BaseEndpointResolverError",
        "ConfigNotFound",
        "ConfigParseError",
        "EndpointProviderError",
        "InvalidConfigError",
        "InvalidEndpointConfigurationError",
        "InvalidProxiesConfigError",
        "InvalidRegionError",
        "InvalidRetryConfigurationError",
        "InvalidSTSRegionalEndpointsConfigError",
        "ServiceNotInRegionError",
        "UnknownRegionError",
    )
)
_WRONG_CLOCK = (
    "presented a certificate that is expired or not yet valid, so the clock of this machine may be wrong."
    " Check it with date. To correct it: "
)


class AwsRefused(ServiceError):
    """An error that AWS itself returned.

    *code* is the name of the exception without "Exception", such as InvalidGrant; *status* the HTTP status;
    *reason* AWS's finer reason where there is one, such as KMS_AccessDeniedException.
    """

    def __init__(
        self, operation: str, code: str, status: int, description: str = "", reason: str = ""
    ) -> None:
        self.operation = operation
        self.code = printable(code)
        self.status = status
        self.description = printable(description)
        self.reason = printable(reason)
        super().__init__(f"AWS refused {operation}: {self.answer}")

    @property
    def answer(self) -> str:
        """What AWS answered, such as: Forbidden: No access."""
        code = f"HTTP {self.code}" if self.code == str(self.status) else self.code
        return ": ".join(part for part in (code, self.reason, self.description) if part)

    @property
    def passing(self) -> bool:
        """Whether the same call may succeed later without a change."""
        return self.status >= 500 or self.status == 429 or self.code == "SlowDown"


def refusal(operation: str, response: t.Mapping[str, t.Any]) -> WorkstationError:
    """The error for a *response* that botocore raised as ClientError."""
    fault = response.get("Error", {})
    metadata = response.get("ResponseMetadata", {})
    status = int(metadata.get("HTTPStatusCode", 0))
    code = str(fault.get("Code") or status).removesuffix("Exception")
    description = str(response.get("error_description") or fault.get("Message") or "")
    if status == 407:
        return Unreachable(
            f"{operation} was answered with HTTP 407: the proxy requires a user name and a password. "
            + HOW_TO_SET_A_PROXY
        )
    if 300 <= status < 400:
        return Unreachable(
            f"{operation} was answered with a redirect (HTTP {status}), so the response is not from AWS but"
            " from something in between, such as a captive portal that requires a sign-in. Open a web page in"
            f" a browser here, and check HTTPS_PROXY and NO_PROXY. {HOW_TO_SET_A_PROXY}"
        )
    if status >= 500 and not code.isalpha():
        return Unreachable(
            f"{operation} was answered with HTTP {status}: AWS or a proxy in between may have an outage."
            " Try again later."
        )
    reason = metadata.get("HTTPHeaders", {}).get(REASON_HEADER, "")
    return AwsRefused(operation, code, status, description, reason)


def call_failure(
    operation: str,
    endpoint: str,
    error: Exception,
    ca_bundle: tuple[str, str] | None = None,
    fips: str = "",
) -> WorkstationError:
    """The error for an exception of botocore other than ClientError that *operation* raised.

    *ca_bundle* is the setting that names a CA bundle, and the bundle; *fips* the setting that asks for FIPS
    endpoints, if *endpoint* is one.
    """
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & _NETWORK_FAULTS.keys():
        text = _bundle_problem(endpoint, ca_bundle) or _network_fault_text(endpoint, error, kinds)
        return Unreachable(text + (_FIPS_HINT.format(fips) if fips and kinds & _NOT_CONNECTED else ""))
    if kinds & {"ResponseParserError", "RecursionError"}:
        return Unreachable(
            f"The response to {operation} from {endpoint} is not from AWS but from something in between."
        )
    if kinds & _CONFIGURATION_FAULTS:
        return WorkstationError(
            f"{operation} cannot be called with this AWS configuration ({endpoint}): {error}"
        )
    # botocore's own text quotes parameters, access tokens among them
    return WorkstationError(
        f"{operation} was not sent: botocore refused the request ({type(error).__name__}). This is a fault of"
        " the collection workstation.aws_sso, please report it."
    )


def _bundle_problem(endpoint: str, ca_bundle: tuple[str, str] | None) -> str:
    """What is wrong with the CA bundle for *endpoint*; empty if nothing is, or if none is used."""
    if ca_bundle is None or not endpoint.startswith("https:"):
        return ""
    from ...module_utils._network.certificates import ca_bundle_problem  # it imports ssl, which is slow

    setting, path = ca_bundle
    problem = ca_bundle_problem(os.path.expanduser(path))
    if not problem:
        return ""
    return (
        f"{setting} is set to {path}, which {problem}. Set it to one file with CA certificates in PEM format,"
        " such as /etc/ssl/certs/ca-certificates.crt, or remove it."
    )


def _network_fault_text(endpoint: str, error: Exception, kinds: set[str]) -> str:
    if "not yet valid" in str(error) or "has expired" in str(error):
        return f"{endpoint} {_WRONG_CLOCK}{how_to_set_the_clock()}"
    return f"{endpoint} {next(text for kind, text in _NETWORK_FAULTS.items() if kind in kinds)}"
