# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signature Version 4, verified by computing it once more with botocore's own signer."""

from __future__ import annotations

import calendar
import hmac
import re
import time

from identity_center.messages import ApiError, Request
from identity_center.records import Key

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 "
    r"Credential=(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, ?"
    r"SignedHeaders=(?P<headers>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)
CLOCK_TOLERANCE = 300


def signing_key_of(request: Request) -> str:
    """The access key id that a request says it is signed with."""
    return _parts(request)["key"]


def verify_signature(request: Request, key: Key, now: float) -> None:
    """Raises ApiError unless the holder of *key* signed this very request within the last five minutes."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    parts = _parts(request)
    timestamp = request.headers.get("X-Amz-Date", "")
    _check_time(timestamp, now)
    signer = SigV4Auth(
        Credentials(key.access_key_id, key.secret_access_key), parts["service"], parts["region"]
    )
    signed = AWSRequest(
        method=request.method,
        url=f"http://{request.headers.get('Host', '')}{request.path}",
        data=request.body,
        headers={name: request.headers.get(name, "") for name in parts["headers"].split(";")},
    )
    signed.context["timestamp"] = timestamp
    text = signer.string_to_sign(signed, signer.canonical_request(signed))
    if not hmac.compare_digest(signer.signature(text, signed), parts["signature"]):
        raise ApiError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )


def _parts(request: Request) -> dict[str, str]:
    header = request.headers.get("Authorization")
    if not header:
        raise ApiError("MissingAuthenticationToken", "Request is missing Authentication Token")
    match = AUTHORIZATION.fullmatch(header)
    if not match:
        raise ApiError("IncompleteSignature", "The Authorization header is not one of Signature Version 4")
    return match.groupdict()


def _check_time(timestamp: str, now: float) -> None:
    try:
        signed_at = calendar.timegm(time.strptime(timestamp, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise ApiError("IncompleteSignature", "Date must be in ISO-8601 basic format") from None
    if abs(now - signed_at) > CLOCK_TOLERANCE:
        server_time = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        complaint = "expired" if signed_at < now else "not yet current"
        raise ApiError("SignatureDoesNotMatch", f"Signature {complaint}: {timestamp} against {server_time}")
