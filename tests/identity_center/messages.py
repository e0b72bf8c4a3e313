# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What travels: requests and answers of HTTP, and the errors that an API answers with."""

from __future__ import annotations

import dataclasses
import email.message
import http.cookies
import json
import typing as t
import urllib.parse


@dataclasses.dataclass
class Request:
    method: str
    path: str
    query: str
    headers: email.message.Message
    body: bytes
    base_url: str
    region: str
    """The region that the client believes to talk to."""
    host: str = ""
    """The host name that the client used."""
    service: str = ""
    """The service whose host name of AWS that is; "" for any other name, which serves all of them."""
    paging: str = ""
    """The kind of the fault, one of faults.PAGING_KINDS, that hits this page of a listing."""

    @property
    def arguments(self) -> dict[str, str]:
        """The query string's parameters; of one that is repeated, the last."""
        return dict(urllib.parse.parse_qsl(self.query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The fields of a submitted form or of a call of AWS's query protocol."""
        return dict(urllib.parse.parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def cookie(self, name: str) -> str:
        jar: http.cookies.SimpleCookie = http.cookies.SimpleCookie()
        try:
            jar.load(self.headers.get("Cookie", ""))
        except http.cookies.CookieError:
            return ""
        return jar[name].value if name in jar else ""


@dataclasses.dataclass
class Response:
    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = dataclasses.field(default_factory=dict)


Handler = t.Callable[[t.Dict[str, t.Any], Request], t.Dict[str, t.Any]]
"""Does an operation: makes the answer of its parameters and the request around them, or raises ApiError."""


def json_response(document: t.Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(status, json.dumps(document).encode(), headers=headers or {})


class ApiError(Exception):
    """An API refuses: *code* is the name of the exception that the SDKs raise, *members* are its members."""

    def __init__(self, code: str, message: str = "", **members: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.members = members


class InvalidRequest(ApiError):
    """The request does not fit the model of the operation; *problem* goes into the journal."""

    def __init__(self, code: str, message: str, problem: str) -> None:
        super().__init__(code, message)
        self.problem = problem


class CutConnection(Exception):
    """Close the connection instead of answering; *partial* is what still gets out."""

    def __init__(self, partial: Response | None = None) -> None:
        super().__init__()
        self.partial = partial
