# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: what goes wrong, with which operation, and how often."""

from __future__ import annotations

import dataclasses
import threading
import typing as t

from identity_center.contract import Contract
from identity_center.messages import ApiError, Request

ANY = "*"

# Faults below the API: the answer does not come, comes late, or is not AWS's.
TRANSPORT_KINDS = (
    "cut_before",
    "cut_after",
    "truncated",
    "hang",
    "lost",
    "slow",
    "late",
    "proxy_page",
    "answer",
)

# Faults of the pages of a listing.
PAGING_KINDS = ("repeated_token", "duplicate_entries", "empty_pages")
PAGED_OPERATIONS = ("ListAccounts", "ListAccountRoles")

# Faults that each service words its own way: for sso-oidc, the portal, STS.
SHARED_KINDS: dict[str, dict[str, ApiError]] = {
    "throttle": {
        "sso-oidc": ApiError("SlowDownException", "Too many requests"),
        "sso": ApiError("TooManyRequestsException", "HTTP 429 Unknown Code"),
        "sts": ApiError("Throttling", "Rate exceeded"),
    },
    "server_error": {
        "sso-oidc": ApiError("InternalServerException", "Internal error"),
        "sso": ApiError("InternalServerException", "Internal error"),
        "sts": ApiError("InternalFailure", "Internal error"),
    },
    "unavailable": {
        "sso-oidc": ApiError("ServiceUnavailableException", "Service unavailable"),
        "sso": ApiError("ServiceUnavailableException", "Service unavailable"),
        "sts": ApiError("ServiceUnavailable", "Service unavailable"),
    },
    "expired": {
        "sso-oidc": ApiError("ExpiredTokenException", "Token expired"),
        "sso": ApiError("UnauthorizedException", "Session token not found or invalid"),
        "sts": ApiError("ExpiredToken", "The security token included in the request is expired"),
    },
}

# Short names of errors that only one service has.
NAMED_KINDS: dict[str, ApiError] = {
    "revoked": ApiError("UnauthorizedException", "Session token not found or invalid"),
    "forbidden": ApiError("ForbiddenException", "No access"),
    "not_found": ApiError("ResourceNotFoundException", "Not found"),
    "invalid_client": ApiError("InvalidClientException", "Invalid client provided"),
    "invalid_grant": ApiError("InvalidGrantException", "Invalid refresh token provided"),
    "invalid_request": ApiError("InvalidRequestException", "Invalid request"),
    "slow_down": ApiError("SlowDownException", "Slow down"),
    "access_denied": ApiError("AccessDeniedException", "Access denied"),
    "kms_access_denied": ApiError(
        "AccessDeniedException", "Access to the KMS key was denied", reason="KMS_AccessDeniedException"
    ),
    "kms_disabled": ApiError(
        "InvalidRequestException", "The KMS key is disabled", reason="KMS_DisabledException"
    ),
}


@dataclasses.dataclass
class Fault:
    """*operation* is the name of an API operation or "*"; *kind* one of the names of this file, or the name
    of an exception that the operation has, such as InvalidScopeException."""

    operation: str
    kind: str
    times: int | None = None
    """How many requests it hits; None: all."""
    after: int = 0
    """How many requests of the operation pass first."""
    seconds: float | None = None
    """slow, late: how long the answer takes (1); hang, lost: when the connection is cut (never)."""
    status: int | None = None
    """The HTTP status of a proxy_page (403) or an answer (200)."""
    message: str = ""
    body: str = ""
    """The body of an answer."""
    account: str = ""
    """Only requests for this account ID are hit."""
    role: str = ""
    """Only requests for the role of this name are hit."""

    def hits(self, operation: str, arguments: t.Mapping[str, str]) -> bool:
        """Whether it is a fault of this operation with these parameters in its query string."""
        return (
            self.operation in (operation, ANY)
            and self.account in ("", arguments.get("account_id"))
            and self.role in ("", arguments.get("role_name"))
        )

    def error_for(self, service: str) -> ApiError | None:
        """What the API answers with; None for a fault below the API."""
        if self.kind in TRANSPORT_KINDS or self.kind in PAGING_KINDS:
            return None
        template = SHARED_KINDS.get(self.kind, {}).get(service) or NAMED_KINDS.get(self.kind)
        if template is None:
            return ApiError(self.kind, self.message)
        return ApiError(template.code, self.message or template.message, **template.members)


class Faults:
    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, operation: str, kind: str, times: int | None = None, **options: t.Any) -> Fault:
        """From now on, *kind* happens to *operation*. Options are those of Fault.

        Raises ValueError for an operation that does not exist, or one that has no such error.
        """
        try:
            fault = Fault(operation, kind, times, **options)
        except TypeError as error:
            raise ValueError(str(error)) from None
        self._check(fault)
        with self._lock:
            self._faults.append(fault)
        return fault

    def _check(self, fault: Fault) -> None:
        if fault.operation == ANY:
            if fault.kind not in TRANSPORT_KINDS and fault.kind not in SHARED_KINDS:
                raise ValueError(f"{fault.kind!r} cannot happen to every operation")
            return
        service = self._contract.service_of(fault.operation)
        if service is None:
            raise ValueError(f"there is no operation {fault.operation!r}")
        if fault.kind in PAGING_KINDS and fault.operation not in PAGED_OPERATIONS:
            raise ValueError(f"{fault.kind!r} is no fault of {fault.operation}, which has no pages")
        error = fault.error_for(service)
        if error and not self._contract.has_error(fault.operation, error):
            raise ValueError(f"{fault.kind!r} is no fault of {fault.operation}")

    def take(self, operation: str, request: Request) -> Fault | None:
        """The fault that hits this request, counted as having done so."""
        arguments = request.arguments
        with self._lock:
            for fault in self._faults:
                if not fault.hits(operation, arguments):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.times is None:
                    return fault
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def pending(self) -> list[dict[str, t.Any]]:
        """The faults that still wait for a request, as data."""
        with self._lock:
            return [dataclasses.asdict(fault) for fault in self._faults]
