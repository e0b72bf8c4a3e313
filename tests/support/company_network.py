# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A corporate network on loopback: a certificate authority, and a proxy that can inspect TLS.

Requires the program openssl.
"""

from __future__ import annotations

import base64
import fnmatch
import http.client
import http.server
import pathlib
import select
import socket
import socketserver
import subprocess
import threading
import typing as t
import urllib.error
import urllib.request

_EXTENSIONS = """\
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_HOP_BY_HOP_HEADERS = {
    "connection",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "transfer-encoding",
}


class Authority:
    """A certificate authority with its files in *directory*; *file* is its certificate in PEM format."""

    def __init__(self, directory: pathlib.Path, name: str = "Acme Inspection CA") -> None:
        self._directory = directory
        self._config = directory / "openssl.cnf"
        self._config.write_text(_EXTENSIONS)
        self.name = name
        self.file = directory / "authority.pem"
        self._key = directory / "authority.key"
        self._make("authority", name, self._key, self.file)

    @property
    def pem(self) -> str:
        return self.file.read_text()

    def issue(self, *names: str) -> pathlib.Path:
        """A PEM file with a certificate for the host *names*, such as *.example.com, and its key."""
        key = self._directory / "server.key"
        certificate = self._directory / "server.pem"
        alternatives = ",".join(f"DNS:{name}" for name in names)
        signer = ["-CA", str(self.file), "-CAkey", str(self._key)]
        self._make("server", "server", key, certificate, *signer, "-addext", f"subjectAltName={alternatives}")
        certificate.write_text(certificate.read_text() + key.read_text())
        return certificate

    def _make(
        self, section: str, name: str, key: pathlib.Path, certificate: pathlib.Path, *options: str
    ) -> None:
        command = ["openssl", "req", "-x509", "-config", str(self._config), "-extensions", section]
        command += [*_NEW_KEY, "-days", "2", "-subj", f"/CN={name}", *options]
        command += ["-keyout", str(key), "-out", str(certificate)]
        subprocess.run(command, check=True, capture_output=True)


class Proxy:
    """An HTTP proxy on loopback, for a ``with`` statement.

    *routes* maps globs of host names to the loopback ports to which tunnels to these hosts are redirected.
    With *credentials*, as in "user:password", requests without them are refused. *asked* are the hosts of all
    accepted requests, *refused* those of requests without valid credentials.
    """

    def __init__(self, routes: t.Optional[t.Mapping[str, int]] = None, credentials: str = "") -> None:
        self.asked: t.List[str] = []
        self.refused: t.List[str] = []
        self.routes = dict(routes or {})
        self.authorization = "Basic " + base64.b64encode(credentials.encode()).decode() if credentials else ""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def destination(self, host: str, port: int) -> t.Tuple[str, int]:
        for glob, loopback_port in self.routes.items():
            if fnmatch.fnmatch(host, glob):
                return "127.0.0.1", loopback_port
        return host, port


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    proxy: Proxy

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer would look up its own name in DNS


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_unused: t.Any) -> None:
        pass

    def do_CONNECT(self) -> None:
        host, _colon, port = self.path.rpartition(":")
        if not self._is_authorized(host):
            return
        try:
            upstream = socket.create_connection(self.server.proxy.destination(host, int(port)), timeout=20)
        except OSError:
            self.send_error(502)
            return
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        with upstream:
            _relay(self.connection, upstream)

    def do_GET(self) -> None:
        host = self.path.split("/")[2]
        if not self._is_authorized(host):
            return
        headers = {
            name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP_HEADERS
        }
        request = urllib.request.Request(self.path, headers=headers)
        try:
            response: t.Any = urllib.request.build_opener(_NoRedirect).open(request, timeout=20)
        except urllib.error.HTTPError as refusal:
            response = refusal
        except (OSError, http.client.HTTPException):
            self.send_error(502)
            return
        with response:
            self._pass_on(response.status, response.headers, response.read())

    def _pass_on(self, status: int, headers: t.Any, body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in {*_HOP_BY_HOP_HEADERS, "content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _is_authorized(self, host: str) -> bool:
        proxy = self.server.proxy
        wanted = proxy.authorization
        if wanted and self.headers.get("Proxy-Authorization") != wanted:
            proxy.refused.append(host)
            self.send_response(407)
            self.send_header("Proxy-Authenticate", 'Basic realm="company"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return False
        proxy.asked.append(host)
        return True


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_unused: t.Any) -> None:
        return None


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Relay bytes in both directions until one side closes the connection."""
    peers = {one: other, other: one}
    while True:
        readable, _writable, _broken = select.select(list(peers), [], [], 60)
        for side in readable:
            try:
                data = side.recv(1 << 16)
                peers[side].sendall(data)
            except OSError:
                return
            if not data:
                return
        if not readable:
            return
