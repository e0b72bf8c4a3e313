# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses in JSON, checked before botocore parses them: from AWS, and of the types that the API defines.

PRIVATE to the collection. A proxy or captive portal may answer in place of AWS. botocore does not check the
types in a response, and raises errors of Python for some wrong ones.
"""

from __future__ import annotations

import json
import math
import re
import typing as t

from .._errors import Unreachable, not_from_aws
from .errors import HOW_TO_SET_A_PROXY, REASON_HEADER

_ERROR_FIELDS = ("__type", "code", "Code", "message", "Message", "error", "error_description", "reason")
_LARGEST_INTEGER = 2**63 - 1
_SECRETS = ("accessKeyId", "accessToken", "clientSecret", "refreshToken", "secretAccessKey", "sessionToken")
"""Values that are sent in headers or set as environment variables."""
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
    "blob": (str,),
}


def require_aws_response(response_dict: dict[str, t.Any], operation_model: t.Any, **_unused: t.Any) -> None:
    """For the event before-parse: raise Unreachable unless AWS can have sent the response.

    Adds the headers that botocore and refusal() expect, which AWS sometimes omits.
    """
    body, headers = response_dict["body"], response_dict["headers"]
    if not isinstance(body, bytes) or not body.strip():
        return
    if headers.get("content-type", "").startswith(("text/xml", "application/xml")):  # STS
        return
    answer = _json(body)
    if not isinstance(answer, dict):
        if response_dict["status_code"] >= 500:
            return
        raise Unreachable(
            f"A response (HTTP {response_dict['status_code']}, {headers.get('content-type', 'no type')}) is"
            " not from AWS but from something in between, such as a proxy or a captive portal that requires a"
            " sign-in. Open a web page in a browser here, and check HTTPS_PROXY and NO_PROXY. "
            + HOW_TO_SET_A_PROXY
        )
    wrong = _wrong_error_field(answer)
    if wrong is None and response_dict["status_code"] < 300 and operation_model.output_shape is not None:
        shape = _Shape(operation_model.service_model.service_name)
        wrong = shape.wrong_member(answer, operation_model.output_shape, "the body")
    if wrong is not None:
        raise not_from_aws(f"{operation_model.name} returned an invalid value of {wrong}")
    if "x-amzn-errortype" not in headers and answer.get("error"):
        headers["x-amzn-errortype"] = _exception_name(answer["error"])
    if answer.get("reason"):  # older models of botocore do not have it
        headers[REASON_HEADER] = answer["reason"]


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _wrong_error_field(answer: t.Mapping[str, t.Any]) -> str | None:
    return next((name for name in _ERROR_FIELDS if not isinstance(answer.get(name) or "", str)), None)


class _Shape:
    """A check of values against the shapes of an API.

    Scalars are checked only for the services of a session. Those of other services are checked where they are
    used: simulators of AWS, with which users test their playbooks, have wrong types in other places.
    """

    def __init__(self, service: str) -> None:
        self._checks_scalars = service in ("sso", "sso-oidc")

    def wrong_member(self, value: t.Any, shape: t.Any, name: str) -> str | None:
        """The name of the first part of *value* that is not of its type in *shape*; None if there is none."""
        if shape.type_name == "structure":
            return self._wrong_field(value, shape) if isinstance(value, dict) else name
        if shape.type_name == "list":
            return self._wrong_item(value, shape, name) if isinstance(value, list) else name
        if shape.type_name == "map":
            return None if isinstance(value, dict) else name
        return None if not self._checks_scalars or _is_of_type(value, shape.type_name) else name

    def _wrong_field(self, value: t.Mapping[str, t.Any], shape: t.Any) -> str | None:
        for member_name, member in shape.members.items():
            key = member.serialization.get("name", member_name)
            wrong = None if value.get(key) is None else self.wrong_member(value[key], member, key)
            if wrong is None and key in _SECRETS and not _VISIBLE.fullmatch(str(value.get(key) or "x")):
                wrong = key
            if wrong is not None:
                return wrong
        return None

    def _wrong_item(self, value: t.Sequence[t.Any], shape: t.Any, name: str) -> str | None:
        return next(filter(None, (self.wrong_member(item, shape.member, name) for item in value)), None)


def _is_of_type(value: object, type_name: str) -> bool:
    types = _TYPES.get(type_name, (object,))
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        return False
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or abs(value) <= _LARGEST_INTEGER


def _exception_name(oauth_error: str) -> str:
    """invalid_grant is InvalidGrantException; AWS sometimes omits the header with that name."""
    name = {"server_error": "internal_server", "expired": "expired_token"}.get(oauth_error, oauth_error)
    return "".join(word.capitalize() for word in name.split("_")) + "Exception"
