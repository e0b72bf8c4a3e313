# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each service writes its answers and its errors, to the byte where clients depend on it."""

from __future__ import annotations

import datetime
import re
import typing as t
import uuid
from xml.sax.saxutils import escape

from identity_center.contract import Operation
from identity_center.messages import ApiError, Response, json_response

OIDC_ERROR_NAMESPACE = "http://internal.amazon.com/coral/com.amazonaws.sso.oidc/"
PORTAL_NAMESPACE = "com.amazonaws.switchboard.portal"
STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"


def success(operation: Operation, answer: dict[str, t.Any]) -> Response:
    request_id = str(uuid.uuid4())
    if operation.service == "sts":
        response = _sts_success(operation.name, answer, request_id)
    elif operation.model.output_shape is None:
        response = Response(200)
    else:
        response = json_response(answer)
    response.headers["x-amzn-RequestId"] = request_id
    return response


def failure(operation: Operation, error: ApiError) -> Response:
    request_id = str(uuid.uuid4())
    status = operation.status_of(error.code)
    if operation.service == "sso-oidc":
        response = _oidc_error(error, status)
    elif operation.service == "sso":
        response = _portal_error(error, status)
    else:
        response = _sts_error(error, status, request_id)
    response.headers["x-amzn-RequestId"] = request_id
    return response


def _oidc_error(error: ApiError, status: int) -> Response:
    body = {"error": _oauth_name(error.code), "error_description": error.message or None, **error.members}
    return json_response(body, status, {"x-amzn-ErrorType": f"{error.code}:{OIDC_ERROR_NAMESPACE}"})


def _oauth_name(code: str) -> str:
    """AuthorizationPendingException -> authorization_pending, as RFC 6749 and 8628 name it."""
    if code in ("InternalServerException", "ServiceUnavailableException"):
        return "server_error"
    return re.sub(r"(?<!^)(?=[A-Z])", "_", code[: -len("Exception")]).lower()


def _portal_error(error: ApiError, status: int) -> Response:
    body = {"message": error.message, "__type": f"{PORTAL_NAMESPACE}#{error.code}", **error.members}
    kind = f"{error.code}:http://internal.amazon.com/coral/{PORTAL_NAMESPACE}/"
    return json_response(body, status, {"x-amzn-ErrorType": kind})


def _sts_success(operation: str, answer: dict[str, t.Any], request_id: str) -> Response:
    body = (
        f'<{operation}Response xmlns="{STS_NAMESPACE}">\n'
        f"  <{operation}Result>{_xml(answer)}</{operation}Result>\n"
        f"  <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\n"
        f"</{operation}Response>\n"
    )
    return Response(200, body.encode(), "text/xml")


def _sts_error(error: ApiError, status: int, request_id: str) -> Response:
    fault = "Receiver" if status >= 500 else "Sender"
    body = (
        f'<ErrorResponse xmlns="{STS_NAMESPACE}">\n'
        f"  <Error>{_xml({'Type': fault, 'Code': error.code, 'Message': error.message})}</Error>\n"
        f"  <RequestId>{request_id}</RequestId>\n"
        "</ErrorResponse>\n"
    )
    return Response(status, body.encode(), "text/xml")


def _xml(value: t.Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(inner)}</{name}>" for name, inner in value.items())
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return escape(str(value))


def proxy_page(status: int) -> Response:
    """What a company's proxy says instead of AWS."""
    head = "<!DOCTYPE html><html><head><title>Access blocked</title></head>"
    return Response(
        status, f"{head}<body><h1>Access blocked</h1></body></html>".encode(), "text/html; charset=utf-8"
    )
