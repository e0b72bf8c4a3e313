# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports in directories and on HTTPS servers."""

from __future__ import annotations

import datetime
import http.server
import os
import pathlib
import ssl
import threading
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import (
    ReportSettings,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run import delivery
from support.tls import Certificate, self_signed

ENVELOPE = b'{"report": {}, "signature": ""}\n'


class Request(t.NamedTuple):
    method: str
    path: str
    headers: t.Mapping[str, str]
    body: bytes


class Server:
    """An HTTPS server that accepts PUT with *status*; *location* is that of a redirect."""

    def __init__(self, certificate: Certificate) -> None:
        self.requests: t.List[Request] = []
        self.status = 204
        self.location = ""
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.requests.append(Request("PUT", self.path, dict(self.headers), body))
                self.send_response(server.status)
                if server.location:
                    self.send_header("Location", server.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                server.requests.append(Request("GET", self.path, dict(self.headers), b""))
                self.send_error(404)

            def log_message(self, *_arguments: t.Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(str(certificate.server))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def server(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[Server]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server(certificate) as running:
        yield running


def deliver(destination: str, variable: str = "", **environment: str) -> str:
    return delivery.deliver(ENVELOPE, "laptop-042", ReportSettings(destination, variable), environment)


def refusal(destination: str, variable: str = "", **environment: str) -> str:
    with pytest.raises(WorkstationError) as raised:
        deliver(destination, variable, **environment)
    return str(raised.value)


def test_a_directory_gets_one_file_for_each_host(tmp_path: pathlib.Path) -> None:
    expected = tmp_path / "laptop-042.json"
    for _round in range(2):
        assert deliver(str(tmp_path)) == str(expected)
    assert expected.read_bytes() == ENVELOPE and os.listdir(tmp_path) == [expected.name]
    assert expected.stat().st_mode & 0o777 == 0o644


def test_patterns_of_paths(tmp_path: pathlib.Path) -> None:
    (tmp_path / "laptop-042").mkdir()
    assert deliver(f"{tmp_path}/{{host}}/") == f"{tmp_path}/laptop-042/laptop-042.json"
    assert deliver(f"{tmp_path}/report-{{host}}") == f"{tmp_path}/report-laptop-042"


def test_a_share_that_is_not_mounted_is_not_created(tmp_path: pathlib.Path) -> None:
    missing = tmp_path / "share" / "reports"
    assert refusal(str(missing)) == (
        f"The report was not delivered: the directory {missing} does not exist. Is the share mounted?"
    )
    assert os.listdir(tmp_path) == []


def test_a_directory_that_cannot_be_written() -> None:
    assert "laptop-042.json: No such file or directory." in refusal("/proc/self")


def test_put_with_a_token(server: Server) -> None:
    shown = deliver(f"{server.url}/reports/", "REPORT_TOKEN", REPORT_TOKEN="t0ken\n")
    assert shown == f"{server.url}/reports/laptop-042.json"
    (request,) = server.requests
    assert (request.method, request.path, request.body) == ("PUT", "/reports/laptop-042.json", ENVELOPE)
    assert request.headers["Authorization"] == "Bearer t0ken"
    assert request.headers["Content-Type"] == "application/json"


def test_put_to_a_presigned_url(server: Server) -> None:
    shown = deliver(f"{server.url}/reports/{{host}}?X-Amz-Signature=s3cret")
    assert shown == f"{server.url}/reports/laptop-042"
    (request,) = server.requests
    assert request.path == "/reports/laptop-042?X-Amz-Signature=s3cret"
    assert "Authorization" not in request.headers


def test_the_query_of_a_presigned_url_is_a_token_too(server: Server) -> None:
    """Which the manifest must not contain, because everybody can read it."""
    shown = deliver(f"{server.url}/{{host}}.json", "REPORT_TOKEN", REPORT_TOKEN="?sv=2026&sig=s3cret%3D\n")
    assert shown == f"{server.url}/laptop-042.json"
    (request,) = server.requests
    assert request.path == "/laptop-042.json?sv=2026&sig=s3cret%3D"
    assert "Authorization" not in request.headers
    server.status = 500
    assert "s3cret" not in refusal(f"{server.url}/{{host}}.json", "REPORT_TOKEN", REPORT_TOKEN="?sig=s3cret")


@pytest.mark.parametrize("variables", [{}, {"REPORT_TOKEN": " "}])
def test_a_token_that_is_not_set(server: Server, variables: t.Dict[str, str]) -> None:
    text = refusal(server.url + "/", "REPORT_TOKEN", **variables)
    assert "the environment variable REPORT_TOKEN, which has the token for that, is not set." in text
    assert server.requests == []


def test_a_token_cannot_add_headers(server: Server) -> None:
    text = refusal(server.url + "/", "REPORT_TOKEN", REPORT_TOKEN="a\r\nX-Evil: 1")
    assert "REPORT_TOKEN is not valid" in text and "X-Evil" not in text and server.requests == []


@pytest.mark.parametrize("status", [401, 403])
def test_an_expired_url(server: Server, status: int) -> None:
    server.status = status
    text = refusal(f"{server.url}/{{host}}?sig=s3cret")
    assert f"{server.url}/laptop-042: HTTP status {status}. The server refuses the token" in text
    assert "s3cret" not in text


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_is_not_followed(server: Server, status: int) -> None:
    server.status, server.location = status, f"{server.url}/elsewhere"
    assert f"HTTP status {status}" in refusal(server.url + "/", "REPORT_TOKEN", REPORT_TOKEN="t0ken")
    assert len(server.requests) == 1


def test_a_server_that_cannot_be_reached(certificate: Certificate) -> None:
    with Server(certificate) as gone:
        url = gone.url
    text = refusal(f"{url}/{{host}}?sig=s3cret")
    assert "Connection refused" in text and "s3cret" not in text


def test_an_unknown_certificate(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
    text = refusal(server.url + "/")
    assert "CERTIFICATE_VERIFY_FAILED" in text and "workstation_ca_certificates" in text
    assert server.requests == []


DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("delivered", "ago", "due"),
    [
        ("", None, True),
        ("a", DAY / 2, False),
        ("a", DAY * 1.5, True),
        ("b", DAY / 2, True),
        ("a", -DAY, True),  # the clock was wrong
    ],
)
def test_when_a_report_is_due(delivered: str, ago: t.Optional[datetime.timedelta], due: bool) -> None:
    at = None if ago is None else datetime.datetime.now(datetime.timezone.utc) - ago
    assert delivery.is_due(ReportSettings("/reports", every_days=1), delivered, at, "a") is due
