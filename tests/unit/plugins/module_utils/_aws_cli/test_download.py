# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads from a server that misbehaves on demand."""

from __future__ import annotations

import contextlib
import errno
import http.client
import http.server
import os
import pathlib
import re
import socket
import ssl
import subprocess
import threading
import typing as t
import urllib.error
import urllib.request
from email.message import Message

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.download import (
    Downloader,
    DownloadFailed,
    progress_writer,
)
from support.scratch_host import open_url

BODY = os.urandom(300_000)
LIMIT = 1 << 20
Answer = t.Callable[["Handler"], None]


class Handler(http.server.BaseHTTPRequestHandler):
    """Returns the next of the answers of the server for each request."""

    server: Server

    def do_GET(self) -> None:
        self.server.ranges.append(self.headers.get("Range", ""))
        self.server.answers.pop(0)(self)

    def log_message(self, format: str, *args: t.Any) -> None:
        """The output of the tests stays clean."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: t.List[Answer] = []
        self.ranges: t.List[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/bundle.zip"


def whole(handler: Handler) -> None:
    """Send the whole body, or the rest of it if the client has the beginning of the same version."""
    start = 0
    if handler.headers.get("Range") and handler.headers.get("If-Range") == '"1"':
        start = int(handler.headers["Range"][len("bytes=") : -1])
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes {start}-{len(BODY) - 1}/{len(BODY)}")
    else:
        handler.send_response(200)
    send_body(handler, BODY[start:], len(BODY) - start, '"1"')


def truncated_after(octets: int, tag: str = '"1"') -> Answer:
    def answer(handler: Handler) -> None:
        handler.send_response(200)
        send_body(handler, BODY[:octets], len(BODY), tag)

    return answer


def send_body(handler: Handler, body: bytes, length: int, tag: str) -> None:
    handler.send_header("Content-Length", str(length))
    if tag:
        handler.send_header("ETag", tag)
    handler.end_headers()
    handler.wfile.write(body)


def status(code: int, **headers: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def hang_up(handler: Handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def hang(handler: Handler) -> None:
    threading.Event().wait(3)


@pytest.fixture
def server() -> t.Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def pauses() -> t.List[float]:
    return []


@pytest.fixture
def downloader(pauses: t.List[float]) -> Downloader:
    return Downloader(open_url, timeout=1, sleep=pauses.append)


@pytest.fixture
def target(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "bundle.zip"


def test_file_is_saved(server: Server, downloader: Downloader, target: pathlib.Path) -> None:
    server.answers = [whole]
    downloader.save(server.url, str(target), LIMIT)
    assert target.read_bytes() == BODY


@pytest.mark.parametrize(
    "failure", [status(503), status(500), status(429), hang_up, hang, truncated_after(0)]
)
def test_transient_failure_is_retried(
    failure: Answer, server: Server, downloader: Downloader, target: pathlib.Path
) -> None:
    server.answers = [failure, failure, whole]
    downloader.save(server.url, str(target), LIMIT)
    assert target.read_bytes() == BODY


def test_pauses_between_attempts_grow_and_are_limited(
    server: Server, downloader: Downloader, target: pathlib.Path, pauses: t.List[float]
) -> None:
    server.answers = [status(503)] * 10
    with pytest.raises(DownloadFailed, match=r"bundle\.zip returned HTTP status 503"):
        downloader.save(server.url, str(target), LIMIT)
    assert pauses == [0.5, 1.0, 2.0, 4.0]
    assert len(server.answers) == 5


def test_retry_after_is_obeyed_up_to_a_limit(
    server: Server, downloader: Downloader, target: pathlib.Path, pauses: t.List[float]
) -> None:
    server.answers = [
        status(429, Retry_After="7"),
        status(429, Retry_After="86400"),
        status(429, Retry_After="soon"),
        whole,
    ]
    downloader.save(server.url, str(target), LIMIT)
    assert pauses == [7.0, 30.0, 2.0]


def test_download_resumes_after_a_dropped_connection(
    server: Server, downloader: Downloader, target: pathlib.Path
) -> None:
    server.answers = [truncated_after(100_000), whole]
    downloader.save(server.url, str(target), LIMIT)
    assert target.read_bytes() == BODY
    assert server.ranges == ["", "bytes=100000-"]


def test_download_restarts_when_the_file_was_replaced(
    server: Server, downloader: Downloader, target: pathlib.Path
) -> None:
    server.answers = [truncated_after(100_000, tag='"0"'), whole]
    downloader.save(server.url, str(target), LIMIT)
    assert target.read_bytes() == BODY


def test_download_restarts_when_the_server_sends_no_validator(
    server: Server, downloader: Downloader, target: pathlib.Path
) -> None:
    server.answers = [truncated_after(100_000, tag=""), whole]
    downloader.save(server.url, str(target), LIMIT)
    assert target.read_bytes() == BODY
    assert server.ranges == ["", ""]


def test_truncated_body_is_an_error(server: Server, downloader: Downloader, target: pathlib.Path) -> None:
    server.answers = [truncated_after(octets, tag="") for octets in (1, 2, 3, 4, 5)]
    with pytest.raises(DownloadFailed, match="closed after 5 of 300000 bytes"):
        downloader.save(server.url, str(target), LIMIT)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410])
def test_permanent_failure_is_not_retried(
    code: int, server: Server, downloader: Downloader, target: pathlib.Path, pauses: t.List[float]
) -> None:
    server.answers = [status(code)]
    with pytest.raises(DownloadFailed) as caught:
        downloader.save(server.url, str(target), LIMIT)
    assert (caught.value.status, pauses) == (code, [])


def test_unreachable_server_is_an_error_after_all_attempts(
    downloader: Downloader, target: pathlib.Path, pauses: t.List[float]
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    with pytest.raises(DownloadFailed, match="refused"):
        downloader.save(url, str(target), LIMIT)
    assert len(pauses) == 4


def test_full_disk_is_not_retried(server: Server, downloader: Downloader, pauses: t.List[float]) -> None:
    server.answers = [whole]
    with pytest.raises(OSError, match="No space left") as caught:
        downloader.save(server.url, "/dev/full", LIMIT)
    assert (caught.value.errno, pauses) == (errno.ENOSPC, [])


def test_untrusted_certificate_is_not_retried(
    server: Server, target: pathlib.Path, pauses: t.List[float], tmp_path: pathlib.Path
) -> None:
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_arguments: None  # type: ignore[method-assign]
    server.answers = [whole]
    downloader = Downloader(open_url, timeout=5, sleep=pauses.append)
    with pytest.raises(DownloadFailed, match=r"certificate is not trusted .* workstation_ca_certificates"):
        downloader.save(server.url.replace("http:", "https:"), str(target), LIMIT)
    assert pauses == []


def self_signed(directory: pathlib.Path) -> t.Tuple[pathlib.Path, pathlib.Path]:
    certificate, key = directory / "cert.pem", directory / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=127.0.0.1",
        "-days",
        "1",
    ]
    subprocess.run([*command, "-out", str(certificate), "-keyout", str(key)], check=True, capture_output=True)
    return certificate, key


def test_response_above_the_limit_is_refused(server: Server, downloader: Downloader) -> None:
    server.answers = [truncated_after(len(BODY)), truncated_after(len(BODY))]
    assert downloader.read(server.url, limit=len(BODY)) == BODY
    with pytest.raises(DownloadFailed, match="larger than 64 bytes"):
        downloader.read(server.url, limit=64)


def test_messages_contain_no_secrets_of_a_url(downloader: Downloader, target: pathlib.Path) -> None:
    url = "http://user:hunter2@127.0.0.1:1/bundle.zip?X-Amz-Signature=0123abcd#part"
    with contextlib.suppress(urllib.error.URLError), pytest.raises(DownloadFailed) as caught:
        downloader.save(url, str(target), LIMIT)
    assert "hunter2" not in str(caught.value)
    assert "0123abcd" not in str(caught.value)


def test_file_url_is_copied_or_reported_as_missing(
    downloader: Downloader, target: pathlib.Path, tmp_path: pathlib.Path, pauses: t.List[float]
) -> None:
    original = tmp_path / "on a share.zip"
    original.write_bytes(BODY)
    downloader.save(original.as_uri(), str(target), LIMIT)
    assert target.read_bytes() == BODY
    with pytest.raises(DownloadFailed) as caught:
        downloader.save((tmp_path / "missing").as_uri(), str(target), LIMIT)
    assert (caught.value.status, pauses) == (404, [])


@pytest.mark.parametrize(
    ("code", "words", "tries"),
    [
        (407, "the proxy requires a user name and a password .*workstation_proxy: http://USER", 1),
        (403, "Tunnel connection failed: 403 .*The proxy does not allow this URL", 1),
        (503, "Tunnel connection failed: 503", 5),
    ],
)
def test_refusal_by_a_proxy_is_explained(target: pathlib.Path, code: int, words: str, tries: int) -> None:
    opened: t.List[str] = []

    def refuse(url: str, **_options: t.Any) -> None:
        opened.append(url)
        raise urllib.error.URLError(OSError(f"Tunnel connection failed: {code} Reason"))

    with pytest.raises(DownloadFailed, match=words):
        Downloader(refuse, timeout=1, sleep=lambda pause: None).save(
            "https://a.example/x.zip", str(target), LIMIT
        )
    assert len(opened) == tries


def test_unreachable_server_lists_the_alternatives(target: pathlib.Path) -> None:
    downloader = Downloader(
        open_url, timeout=1, sleep=lambda pause: None, alternative="set download_on=controller"
    )
    with pytest.raises(DownloadFailed) as caught:
        downloader.save("https://awscli.invalid/v2/version.txt", str(target), LIMIT)
    for alternative in ("workstation_proxy", "base_url", "download_on=controller"):
        assert alternative in str(caught.value)


def test_progress_is_written_to_a_file(server: Server, target: pathlib.Path, tmp_path: pathlib.Path) -> None:
    server.answers = [whole]
    downloader = Downloader(open_url, timeout=1, on_progress=progress_writer(str(tmp_path / "progress")))
    downloader.save(server.url, str(target), LIMIT)
    assert (tmp_path / "progress").read_text() == f"{len(BODY)} {len(BODY)}"
    assert (tmp_path / "progress").stat().st_mode & 0o777 == 0o644


def headers(**fields: str) -> Answer:
    """An answer with the whole body and these header fields, as they are."""

    def answer(handler: Handler) -> None:
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        handler.wfile.write(f"HTTP/1.0 200 OK\r\n{lines}\r\n".encode("latin-1"))
        handler.wfile.write(BODY)

    return answer


def test_body_above_the_limit_is_not_stored(
    server: Server, downloader: Downloader, target: pathlib.Path, pauses: t.List[float]
) -> None:
    server.answers = [headers(Content_Length=str(len(BODY))), headers(), whole]
    for _announced_or_not in range(2):
        with pytest.raises(DownloadFailed, match="larger than 1000 bytes"):
            downloader.save(server.url, str(target), 1000)
        assert target.stat().st_size <= 1001
    downloader.save(server.url, str(target), len(BODY))
    assert pauses == []


def test_resumed_download_counts_as_a_whole(
    server: Server, downloader: Downloader, target: pathlib.Path
) -> None:
    server.answers = [truncated_after(100_000), whole]
    with pytest.raises(DownloadFailed, match="larger than 250000 bytes"):
        downloader.save(server.url, str(target), 250_000)


@pytest.mark.parametrize("length", ["abc", "-5", "", "3e5", "+300000", "\xb2", "9" * 5000, "300000, 300000"])
def test_length_that_is_not_a_number_is_ignored(
    server: Server, downloader: Downloader, target: pathlib.Path, length: str
) -> None:
    server.answers = [headers(Content_Length=length)]
    downloader.save(server.url, str(target), LIMIT)
    assert target.read_bytes() == BODY


@pytest.mark.parametrize("pause", ["\xb2", "-1", "tomorrow", "9" * 400])
def test_retry_after_that_is_not_a_number_is_ignored(
    server: Server, downloader: Downloader, target: pathlib.Path, pauses: t.List[float], pause: str
) -> None:
    server.answers = [status(503, **{"Retry-After": pause}), whole]
    downloader.save(server.url, str(target), LIMIT)
    assert pauses == [0.5]


@pytest.mark.parametrize(
    "location",
    ["http://[::1/x", "http://host:port/x", "http://" + "a" * 70 + ".example/x", "http://\xe9" * 20],
)
def test_redirect_to_an_invalid_url_is_an_error(
    server: Server, downloader: Downloader, target: pathlib.Path, location: str
) -> None:
    server.answers = [status(302, Location=location)] * 5
    with pytest.raises(DownloadFailed, match=r"bundle\.zip"):
        downloader.save(server.url, str(target), LIMIT)


def test_message_contains_neither_secrets_nor_control_characters(target: pathlib.Path) -> None:
    url = "https://user:hunter2@mirror.example/a.zip?X-Amz-Signature=0123abcd"
    reasons = [
        http.client.InvalidURL(f"URL can't contain control characters. {url!r} (found at least ' ')"),
        ValueError(f"unknown url: {url}"),
        urllib.error.URLError(f"\x1b[2J{url}"),
        urllib.error.HTTPError(url, 404, f"\x1b]0;title\x07 {url}", Message(), None),
    ]
    for reason in reasons:

        def fail(_url: str, reason: Exception = reason, **_options: t.Any) -> None:
            raise reason

        with pytest.raises(DownloadFailed) as caught:
            Downloader(fail, timeout=1, sleep=lambda pause: None).save(url, str(target), LIMIT)
        assert str(caught.value).isprintable()
        assert not re.search("hunter2|0123abcd", str(caught.value))


def test_progress_is_not_written_through_a_link(tmp_path: pathlib.Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    victim.chmod(0o600)
    (tmp_path / "progress").symlink_to(victim)
    os.mkfifo(tmp_path / "pipe")
    for name in ("progress", "pipe"):
        progress_writer(str(tmp_path / name))(1, 2)
    assert (victim.read_text(), victim.stat().st_mode & 0o777) == ("precious", 0o600)
