# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads of aws_cli by Ansible's open_url: tokens for a mirror, and responses that are no archive."""

from __future__ import annotations

import http.server
import pathlib
import re
import typing as t

import pytest
from ansible.module_utils.urls import open_url

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.download import (
    Downloader,
    DownloadFailed,
)
from bundles import Mirror, serving_by
from support.module_run import WITH_INVOCATION, run_module

TOKEN = "Bearer hunter2"
HEADERS = {"Authorization": TOKEN, "X-JFrog-Art-Api": "hunter3"}


class Mirroring(http.server.SimpleHTTPRequestHandler):
    """A server that requires a token, or redirects, or returns what it is given as *answers*."""

    def __init__(self, server: Server, *arguments: t.Any) -> None:
        self._server = server
        super().__init__(*arguments, directory=str(server.directory))

    def do_GET(self) -> None:
        self._server.requests.append(self)
        target = self._server.redirects.get(self.path)
        answer = self._server.answers.get(self.path)
        if target:
            self.send_response(302)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif answer is not None:
            status, headers, body = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        elif self._server.token and self.headers.get("Authorization") != self._server.token:
            self.send_error(401, f"token {self.headers.get('Authorization')} is not valid")
        else:
            super().do_GET()

    def log_message(self, format: str, *args: t.Any) -> None:
        """The output of the test stays clean."""


class Server:
    def __init__(self, directory: pathlib.Path, token: str = "") -> None:
        self.directory = directory
        self.token = token
        self.url = ""
        self.redirects: dict[str, str] = {}
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.requests: list[http.server.BaseHTTPRequestHandler] = []

    def received(self) -> list[tuple[str | None, ...]]:
        """The values of the secret headers of all requests."""
        return [tuple(request.headers.get(name) for name in HEADERS) for request in self.requests]


def handler_of(server: Server) -> t.Callable[..., http.server.BaseHTTPRequestHandler]:
    return lambda *arguments, **_options: Mirroring(server, *arguments)


@pytest.fixture
def server(mirror: Mirror) -> t.Iterator[Server]:
    server = Server(mirror.directory, TOKEN)
    with serving_by(handler_of(server)) as server.url:
        yield server


@pytest.fixture
def other(mirror: Mirror) -> t.Iterator[Server]:
    server = Server(mirror.directory)
    with serving_by(handler_of(server)) as server.url:
        yield server


def downloader(url: str, **headers: str) -> Downloader:
    return Downloader(
        open_url, timeout=60, sleep=lambda _s: None, headers=headers or HEADERS, headers_for=url
    )


def test_token_is_sent_to_the_server_of_the_mirror(server: Server) -> None:
    assert downloader(server.url).read(f"{server.url}/v2/version.txt", 64) == b"2.38.5\n"
    assert server.received() == [(TOKEN, "hunter3")]


def test_token_is_not_sent_to_another_server(server: Server, other: Server) -> None:
    assert downloader(server.url).read(f"{other.url}/v2/version.txt", 64)
    for url in (other.url.replace("127.0.0.1", "localhost"), f"{server.url}@{other.url[7:]}"):
        assert downloader(server.url).read(f"{url}/v2/version.txt", 64)
    assert other.received() == [(None, None)] * 3


def test_redirect_to_another_server_does_not_pass_the_token_on(server: Server, other: Server) -> None:
    server.redirects = {"/a": "/b", "/b": f"{other.url}/c"}
    other.redirects = {"/c": f"{other.url}/v2/version.txt", "/d": f"{server.url}/v2/version.txt"}
    assert downloader(server.url).read(f"{server.url}/a", 64) == b"2.38.5\n"
    assert server.received() == [(TOKEN, "hunter3")] * 2
    assert other.received() == [(None, None)] * 2

    server.redirects = {"/a": f"{other.url}/d"}  # and back, which may be on purpose of the other server
    with pytest.raises(DownloadFailed, match="HTTP status 401"):
        downloader(server.url).read(f"{server.url}/a", 64)


def test_redirect_on_the_same_server_keeps_the_token(server: Server, tmp_path: pathlib.Path) -> None:
    server.redirects = {"/a": "v2/../v2/version.txt?x=1"}
    downloader(server.url).save(f"{server.url}/a", str(tmp_path / "file"), 64)
    assert (tmp_path / "file").read_bytes() == b"2.38.5\n"


def test_endless_and_invalid_redirects_are_errors(server: Server) -> None:
    server.redirects = {"/a": "/b", "/b": "/a", "/c": "gopher://example.com/", "/d": "http://[::1"}
    for path, message in (("/a", "too often"), ("/c", "not of the scheme gopher"), ("/d", "")):
        with pytest.raises(Exception, match=message) as caught:
            downloader(server.url).read(server.url + path, 64)
        assert type(caught.value).__module__.startswith("ansible_collections"), caught.value


def test_password_of_netrc_does_not_replace_the_token(
    server: Server, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".netrc").write_text("machine 127.0.0.1 login jane password secret\n")
    (home / ".netrc").chmod(0o600)
    assert downloader(server.url).read(f"{server.url}/v2/version.txt", 64)


def test_message_of_the_server_does_not_show_the_token(server: Server) -> None:
    with pytest.raises(DownloadFailed, match=r"401 token \*{8} is not valid"):
        downloader(server.url, Authorization="Bearer wrong").read(f"{server.url}/v2/version.txt", 64)


def options(home: pathlib.Path, mirror: Mirror, server: Server, **changes: t.Any) -> dict[str, t.Any]:
    return {
        "install_dir": str(home / "aws-cli"),
        "bin_dir": str(home / "bin"),
        "public_key": mirror.key.public_key,
        "fingerprint": mirror.key.fingerprint,
        "base_url": server.url,
        "headers": HEADERS,
        "state": "latest",
        **WITH_INVOCATION,
        **changes,
    }


def test_module_uses_and_hides_the_headers(home: pathlib.Path, mirror: Mirror, server: Server) -> None:
    result = run_module("aws_cli", options(home, mirror, server))
    assert (result["changed"], result["version"]) == (True, "2.38.5")
    paths = [request.path for request in server.requests]
    assert list(dict.fromkeys(paths)) == ["/v2/version.txt", BUNDLE, f"{BUNDLE}.sig"]
    assert set(server.received()) == {(TOKEN, "hunter3")}
    assert "hunter" not in str(result)


def test_token_is_for_the_source_if_that_is_set(
    home: pathlib.Path, mirror: Mirror, server: Server, other: Server
) -> None:
    source = f"{server.url}/{mirror.bundle('2.27.1').name}"
    signature = f"{other.url}/{mirror.bundle('2.27.1').name}.sig"
    changes = {"state": "present", "source": source, "signature": signature, "base_url": other.url}
    assert run_module("aws_cli", options(home, mirror, server, **changes))["version"] == "2.27.1"
    assert (server.received(), other.received()) == ([(TOKEN, "hunter3")], [(None, None)])


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "Bearer hunter2\r\nX: y"}, {"A b": "hunter2"}, {"": "hunter2"}, {"X": "hunter2 \x00"}],
)
def test_invalid_headers_are_refused_without_their_values(
    home: pathlib.Path, mirror: Mirror, server: Server, headers: dict[str, str]
) -> None:
    result = run_module("aws_cli", options(home, mirror, server, headers=headers))
    assert result["failed"]
    assert "headers" in result["msg"]
    assert "hunter2" not in str(result)


# what comes instead of a file

PAGE = b"<!DOCTYPE html><html><body>Please sign in</body></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}
BUNDLE = "/awscli-exe-linux-x86_64-2.38.5.zip"


@pytest.mark.parametrize(
    ("path", "answer", "message"),
    [
        ("/v2/version.txt", (200, HTML, b"sign in"), r"contains no version number, but text/html"),
        (
            BUNDLE,
            (200, HTML, PAGE),
            r"\.zip is not a zip archive, but text/html.* sign-in\. Check the options",
        ),
        (BUNDLE + ".sig", (200, HTML, PAGE), r"\.sig is not an OpenPGP signature, but text/html.* sign-in\."),
        (BUNDLE, (200, {}, b""), r"\.zip returned an empty response"),
        (BUNDLE + ".sig", (204, {}, b""), r"\.sig returned an empty response"),
        (
            BUNDLE + ".sig",
            (200, {"Content-Encoding": "gzip", "Content-Type": "application/pgp"}, b"\x1f\x8b\x08"),
            r"application/pgp with the Content-Encoding gzip, which was not requested",
        ),
    ],
)
def test_response_that_is_something_else_is_described(
    home: pathlib.Path, mirror: Mirror, server: Server, path: str, answer: t.Any, message: str
) -> None:
    server.answers = {path: answer}
    result = run_module("aws_cli", options(home, mirror, server))
    assert result["failed"]
    assert re.search(message, result["msg"]), result["msg"]
    assert not (home / "aws-cli").exists()


@pytest.mark.parametrize("verify", [True, False])
def test_page_of_another_server_is_named_with_its_url(
    home: pathlib.Path, mirror: Mirror, server: Server, other: Server, verify: bool
) -> None:
    server.redirects = {BUNDLE: f"{other.url}/login?next=hunter4"}
    other.answers = {"/login?next=hunter4": (200, HTML, PAGE)}
    result = run_module("aws_cli", options(home, mirror, server, verify_signature=verify))
    assert f"but text/html; charset=utf-8 from {other.url}/login. A proxy or" in result["msg"]
    assert "hunter" not in result["msg"]


def test_source_without_a_scheme_may_be_a_url(home: pathlib.Path, mirror: Mirror, server: Server) -> None:
    changes = {"state": "present", "source": "mirror.example.com/aws.zip"}
    result = run_module("aws_cli", options(home, mirror, server, **changes))
    assert "If mirror.example.com/aws.zip is a URL, put https:// before it." in result["msg"]
