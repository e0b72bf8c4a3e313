# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server on loopback that publishes a directory, records requests, and has faults on demand."""

from __future__ import annotations

import contextlib
import email.utils
import hashlib
import http.server
import pathlib
import ssl
import threading
import typing as t

Answer = t.Callable[["Handler", bytes], None]
"""Responds to a GET for a file with some content."""


class WebServer:
    """*answers* are by path in place of the file; a path that ends in ``*`` is the start of paths.

    *validators* False is a server that sends neither ETag nor Last-Modified. With a *certificate*, which is a
    file that also has its key, it speaks https. *connect* is the answer to clients of a proxy.
    """

    def __init__(self, root: pathlib.Path, certificate: t.Optional[pathlib.Path] = None) -> None:
        self.root = root
        self.requests: t.List[t.Tuple[str, t.Dict[str, str]]] = []
        self.answers: t.Dict[str, Answer] = {}
        self.validators = True
        self.connect = 405
        handler = type("BoundHandler", (Handler,), {"owner": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self._scheme = "https"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}/bundle"

    @property
    def paths(self) -> t.List[str]:
        return [path for path, _headers in self.requests]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer_for(self, path: str) -> t.Optional[Answer]:
        for pattern, answer in self.answers.items():
            if path == pattern or (pattern.endswith("*") and path.startswith(pattern[:-1])):
                return answer
        return None


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        """A client that does not read to the end is part of some tests."""


@contextlib.contextmanager
def serving(root: pathlib.Path, certificate: t.Optional[pathlib.Path] = None) -> t.Iterator[WebServer]:
    server = WebServer(root, certificate)
    try:
        yield server
    finally:
        server.close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: t.ClassVar[WebServer]

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].replace("/bundle/", "", 1)
        self.owner.requests.append((path, dict(self.headers.items())))
        file = self.owner.root / path
        content = file.read_bytes() if file.is_file() else b""
        answer = self.owner.answer_for(path)
        if answer:
            answer(self, content)
        elif not file.is_file():
            self.respond(404, b"not found", "text/html")
        else:
            self._send_file(file, content)

    def do_CONNECT(self) -> None:
        self.respond(self.owner.connect, b"")

    def respond(
        self, status: int, body: bytes, kind: str = "application/octet-stream", **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _send_file(self, file: pathlib.Path, content: bytes) -> None:
        etag = f'"{hashlib.md5(content).hexdigest()}"'
        modified = email.utils.formatdate(file.stat().st_mtime, usegmt=True)
        if self.owner.validators and self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.end_headers()
            return
        start = self.headers.get("Range", "bytes=0-").partition("=")[2].rstrip("-")
        first = int(start) if start.isdigit() else 0
        headers = {"ETag": etag, "Last_Modified": modified} if self.owner.validators else {}
        if first:
            headers["Content_Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        self.respond(206 if first else 200, content[first:], **headers)

    def log_message(self, format: str, *arguments: t.Any) -> None:
        pass


def page(handler: Handler, _content: bytes) -> None:
    """A captive portal."""
    handler.respond(200, b"<!DOCTYPE html><html>Sign in to this network</html>", "text/html; charset=utf-8")


def status(code: int) -> Answer:
    return lambda handler, _content: handler.respond(code, b"no")


def truncated(length: int) -> Answer:
    """The first *length* bytes, then the connection is closed."""

    def answer(handler: Handler, content: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:length])
        handler.close_connection = True

    return answer


def instead(body: bytes) -> Answer:
    return lambda handler, _content: handler.respond(200, body)


def redirect(target: str) -> Answer:
    return lambda handler, _content: handler.respond(302, b"", Location=target)
