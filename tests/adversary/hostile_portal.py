# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A portal in front of the emulator that changes its responses as an attacker in its place would."""

from __future__ import annotations

import http.client
import http.server
import json
import re
import threading
import typing as t
import urllib.parse

from identity_center import IdentityCenter

OPERATIONS = {
    "/client/register": "RegisterClient",
    "/device_authorization": "StartDeviceAuthorization",
    "/token": "CreateToken",
    "/assignment/accounts": "ListAccounts",
    "/assignment/roles": "ListAccountRoles",
    "/federation/credentials": "GetRoleCredentials",
}
MOST_REQUESTS = 300

Response = t.Tuple[int, t.Dict[str, str], bytes]
Change = t.Callable[[t.Any], t.Any]
"""From the document of a response to the one that is sent instead; bytes are sent as they are."""


class HostilePortal:
    """Forwards requests to *center*, and changes the responses of some operations."""

    def __init__(self, center: IdentityCenter) -> None:
        self._center = center
        self._changes: dict[str, Change] = {}
        self._redirects: dict[str, str] = {}
        self.requests: list[str] = []
        self.authorizations: list[str] = []
        """The bearer tokens and Authorization headers of all requests."""
        handler = type("Handler", (_Handler,), {"portal": self})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def change(self, operation: str, change: Change) -> None:
        self._changes[operation] = change

    def redirect(self, operation: str, url: str) -> None:
        self._redirects[operation] = url

    def behave(self) -> None:
        """Forget all changes, and what was recorded."""
        self._changes.clear()
        self._redirects.clear()
        self.requests.clear()
        self.authorizations.clear()

    def __enter__(self) -> HostilePortal:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def respond(self, request: http.server.BaseHTTPRequestHandler, body: bytes) -> Response:
        operation = OPERATIONS.get(urllib.parse.urlsplit(request.path).path, request.path)
        self.requests.append(operation)
        bearer = request.headers.get("x-amz-sso_bearer_token") or request.headers.get("Authorization")
        self.authorizations += [bearer] if bearer else []
        if len(self.requests) > MOST_REQUESTS:
            return 500, {}, b"{}"
        if operation in self._redirects:
            return 307, {"Location": self._redirects[operation]}, b""
        status, headers, content = self._forward(request, body)
        if operation in self._changes and status == 200:
            changed = self._changes[operation](json.loads(content))
            content = changed if isinstance(changed, bytes) else json.dumps(changed).encode()
        return status, headers, content

    def _forward(self, request: http.server.BaseHTTPRequestHandler, body: bytes) -> Response:
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self._center.url).netloc, timeout=60)
        headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
        connection.request(request.command, re.sub(r"[?&]next_token=again", "", request.path), body, headers)
        with connection.getresponse() as response:
            kind = response.headers.get("Content-Type", "application/json")
            error = response.headers.get("x-amzn-ErrorType")
            return (
                response.status,
                {"Content-Type": kind, **({"x-amzn-ErrorType": error} if error else {})},
                response.read(),
            )


class _Handler(http.server.BaseHTTPRequestHandler):
    portal: t.ClassVar[HostilePortal]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, content = self.portal.respond(self, body)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, format: str, *args: t.Any) -> None:
        """The output belongs to the test."""
