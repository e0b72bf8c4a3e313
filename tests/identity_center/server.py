# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/1.1 on loopback: connections, keep-alive, threads, and the ways in which an answer fails to arrive."""

from __future__ import annotations

import contextlib
import dataclasses
import email.utils
import http.server
import re
import socket
import socketserver
import ssl
import sys
import threading
import typing as t
import urllib.parse

from identity_center.hosts import endpoint_of
from identity_center.messages import CutConnection, Request, Response

REGION_PREFIX = re.compile(r"/region/(?P<region>[a-z0-9-]+)(?P<rest>/.*)")
IDLE_SECONDS = 120


@dataclasses.dataclass(frozen=True)
class Service:
    """What the server serves: *answer* makes a response of a request, *now* is the clock of the Date header.

    *certificate* is a PEM file with a certificate and its key, or empty for HTTP without TLS.
    """

    answer: t.Callable[[Request], Response]
    now: t.Callable[[], float]
    region: str
    port: int = 0
    certificate: str = ""


class Server:
    def __init__(self, service: Service) -> None:
        self._stopping = threading.Event()
        self._http = _HttpServer(service)
        self._thread = threading.Thread(
            target=self._http.serve_forever,
            kwargs={"poll_interval": 0.02},
            name="identity-center",
            daemon=True,
        )

    @property
    def url(self) -> str:
        return self._http.url

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()
        self._http.close_connections()

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the server."""
        if self._stopping.wait(seconds):
            raise CutConnection


class _HttpServer(socketserver.ThreadingTCPServer):
    """Not http.server.HTTPServer: that one asks the DNS for its own name when it starts."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 512

    def __init__(self, service: Service) -> None:
        self.service = service
        self._tls: ssl.SSLContext | None = None
        if service.certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(service.certificate)
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", service.port), _Handler)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.server_address[1]}"

    def get_request(self) -> tuple[socket.socket, t.Any]:
        connection, address = super().get_request()
        if self._tls:
            # The handshake waits for the connection's own thread.
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def process_request(self, request: t.Any, client_address: t.Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: t.Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        """A client that goes away in the middle is nothing to report; anything else is."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError, ssl.SSLError)):
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _HttpServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:
        try:
            response = self.server.service.answer(self._request())
        except CutConnection as cut:
            self._cut(cut.partial)
        else:
            self._send(response, response.body)

    do_POST = do_DELETE = do_HEAD = do_GET

    def _request(self) -> Request:
        target, _mark, query = self.path.partition("?")
        host = self.headers.get("Host", "")
        endpoint = endpoint_of(host)
        region = endpoint.region if endpoint else self.server.service.region
        match = REGION_PREFIX.fullmatch(target)
        if match:
            target, region = match["rest"], match["region"]
        length = int(self.headers.get("Content-Length") or 0)
        return Request(
            method="GET" if self.command == "HEAD" else self.command,
            path=target,
            query=query,
            headers=self.headers,
            body=self.rfile.read(length) if length else b"",
            base_url=self._base_url(),
            region=region,
            host=host,
            service=endpoint.service if endpoint else "",
        )

    def _base_url(self) -> str:
        """As the client wrote it: there may be a tunnel between us."""
        own = urllib.parse.urlsplit(self.server.url)
        return f"{own.scheme}://{self.headers.get('Host', own.netloc)}"

    def _send(self, response: Response, body: bytes) -> None:
        self.send_response(response.status)
        if response.body or response.content_type != "application/json":
            self.send_header("Content-Type", response.content_type)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _cut(self, partial: Response | None) -> None:
        self.close_connection = True
        if partial is not None:
            self._send(partial, partial.body[: len(partial.body) // 2])

    def date_time_string(self, timestamp: float | None = None) -> str:
        return email.utils.formatdate(
            self.server.service.now() if timestamp is None else timestamp, usegmt=True
        )

    def version_string(self) -> str:
        return "identity-center"

    def log_message(self, format: str, *args: t.Any) -> None:
        """Silence: the journal knows."""
