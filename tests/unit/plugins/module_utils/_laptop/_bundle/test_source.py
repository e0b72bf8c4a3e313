# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files are read completely or not at all, from servers and directories, whatever is there."""

from __future__ import annotations

import os
import pathlib
import socket

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle import source as module
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.errors import (
    Refused,
    Unreachable,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.source import (
    Source,
    Validators,
    require_valid_location,
)
from support import web_server
from support.tls import self_signed
from support.web_server import WebServer, serving

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def server(server: WebServer) -> WebServer:
    (server.root / "1").mkdir()
    (server.root / "1" / "file").write_bytes(CONTENT)
    return server


def source_of(server: WebServer) -> Source:
    return Source(server.url, timeout=5, sleep=lambda _seconds: None)


def saved(source: Source, tmp_path: pathlib.Path, before: bytes = b"", size: int = len(CONTENT)) -> bytes:
    destination = tmp_path / "saved"
    destination.write_bytes(before)
    source.save("1/file", str(destination), size)
    return destination.read_bytes()


def test_an_unchanged_file_is_not_sent_again(server: WebServer) -> None:
    first = source_of(server).read("1/file", 100_000)
    assert first
    assert first.data == CONTENT
    assert source_of(server).read_if_changed("1/file", 100_000, first.validators) is None
    assert len(server.requests) == 2


def test_a_changed_file_is_sent(server: WebServer) -> None:
    first = source_of(server).read("1/file", 100_000)
    assert first
    (server.root / "1" / "file").write_bytes(b"new")
    second = source_of(server).read_if_changed("1/file", 100_000, first.validators)
    assert second
    assert second.data == b"new"


@pytest.mark.parametrize("release", ["latest/download", "download/bundle"])
def test_a_release_on_github_has_no_folders(server: WebServer, release: str) -> None:
    assets = server.root / "releases" / release
    assets.mkdir(parents=True)
    (assets / "1-file").write_bytes(CONTENT)
    found = Source(f"{server.url}/releases/{release}/").read("1/file", 100_000)
    assert found
    assert found.data == CONTENT


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_directories_are_read_by_the_same_rules(server: WebServer, form: str, tmp_path: pathlib.Path) -> None:
    source = Source(form.format(server.root))
    first = source.read("1/file", 100_000)
    assert first
    assert first.data == CONTENT
    assert source.read_if_changed("1/file", 100_000, first.validators) is None
    assert saved(source, tmp_path, CONTENT[:1000]) == CONTENT
    with pytest.raises(Refused, match="larger than 100 bytes"):
        source.read("1/file", 100)
    with pytest.raises(Refused, match="does not exist"):
        source.read("1/other", 100)


def test_a_share_that_is_not_mounted_is_no_fault(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Unreachable, match="not available"):
        Source(str(tmp_path / "share"), sleep=lambda _seconds: None).read("manifest.json", 100)


def test_a_server_that_is_down_is_no_fault() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        source = Source(f"http://127.0.0.1:{unused.getsockname()[1]}/", sleep=lambda _seconds: None)
        with pytest.raises(Unreachable, match="Connection refused"):
            source.read("manifest.json", 100)


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_server_in_trouble_is_no_fault(server: WebServer, code: int) -> None:
    server.answers["1/file"] = web_server.status(code)
    with pytest.raises(Unreachable, match=str(code)):
        source_of(server).read("1/file", 100_000)
    assert len(server.requests) == 1 + len(module.PAUSES)


@pytest.mark.parametrize("code", [401, 403, 404, 410])
def test_a_missing_file_is_a_fault(server: WebServer, code: int) -> None:
    server.answers["1/file"] = web_server.status(code)
    with pytest.raises(Refused, match=str(code)):
        source_of(server).read("1/file", 100_000)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [web_server.page, web_server.instead(b" \n<!doctype HTML>"), web_server.instead(b"<html>")],
    ids=["type", "doctype", "html"],
)
def test_a_web_page_is_a_fault(server: WebServer, answer: web_server.Answer) -> None:
    server.answers["1/file"] = answer
    with pytest.raises(Refused, match="is a web page") as error:
        source_of(server).read("1/file", 100_000)
    assert "sign in there" in error.value.fix


def test_a_file_that_is_too_large_is_not_read_to_its_end(server: WebServer) -> None:
    with pytest.raises(Refused, match="larger than 1,000 bytes"):
        source_of(server).read("1/file", 1000)


def test_an_interrupted_answer_is_requested_again(server: WebServer) -> None:
    server.answers["1/file"] = web_server.truncated(100)
    with pytest.raises(Unreachable, match="closed too early"):
        source_of(server).read("1/file", 100_000)
    assert len(server.requests) == 3


@pytest.mark.parametrize("target", ["https://127.0.0.1:1/", "/bundle/1/other"])
def test_redirects_to_the_same_or_a_better_scheme_are_followed(server: WebServer, target: str) -> None:
    (server.root / "1" / "other").write_bytes(b"moved")
    server.answers["1/file"] = web_server.redirect(target)
    if target.startswith("https"):
        with pytest.raises(Unreachable):
            source_of(server).read("1/file", 100)
    else:
        found = source_of(server).read("1/file", 100)
        assert found
        assert found.data == b"moved"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/plain,x"])
def test_redirects_to_other_schemes_are_not_followed(server: WebServer, target: str) -> None:
    server.answers["1/file"] = web_server.redirect(target)
    with pytest.raises(Refused, match=r"redirects to|returned HTTP status 302"):
        source_of(server).read("1/file", 100)


def test_https_with_a_certificate_of_the_company(
    server: WebServer, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    with serving(server.root, certificate.server) as secure:
        with pytest.raises(Refused, match=r"certificate of 127\.0\.0\.1 is not trusted") as error:
            source_of(secure).read("1/file", 100_000)
        assert "workstation_ca_certificates" in error.value.fix
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
        found = source_of(secure).read("1/file", 100_000)
        assert found and found.data == CONTENT
        server.answers["1/file"] = web_server.redirect(f"{secure.url}/1/file")
        assert source_of(server).read("1/file", 100_000) == found
        secure.answers["1/file"] = web_server.redirect(f"{server.url}/1/file")
        with pytest.raises(Refused, match="which is not https") as error:
            source_of(secure).read("1/file", 100_000)
        assert "sign-in page" in error.value.fix


@pytest.mark.parametrize(("code", "fix"), [(407, "user name and password"), (403, "publish")])
def test_a_proxy_that_refuses_is_named(
    server: WebServer, monkeypatch: pytest.MonkeyPatch, code: int, fix: str
) -> None:
    server.answers["http://bundles.example.com/*"] = web_server.status(code)
    monkeypatch.setenv("http_proxy", server.url)
    with pytest.raises(Refused, match=str(code)) as error:
        Source("http://bundles.example.com/acme").read("manifest.json", 100)
    assert fix in error.value.fix


def test_a_proxy_that_refuses_https_is_named(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", server.url)
    for code, fix in ((403, "allow bundles.example.com"), (407, "user name and password")):
        server.connect = code
        with pytest.raises(Refused, match=str(code)) as error:
            Source("https://bundles.example.com/acme").read("manifest.json", 100)
        assert fix in error.value.fix


@pytest.mark.parametrize("kind", ["fifo", "directory"])
def test_what_is_no_file_in_a_directory_is_refused(tmp_path: pathlib.Path, kind: str) -> None:
    place = tmp_path / "manifest.json"
    if kind == "fifo":
        os.mkfifo(place)
    else:
        place.mkdir()
    with pytest.raises(Refused, match="is not a file"):
        Source(str(tmp_path)).read("manifest.json", 100)


def test_the_query_of_a_location_is_sent_and_never_shown(server: WebServer) -> None:
    with pytest.raises(Refused) as error:
        Source(server.url + "?sv=secret").read("1/none", 100)
    assert "secret" not in str(error.value)
    found = Source(server.url + "/?sv=secret").read("1/file", 100_000)
    assert found and found.data == CONTENT


def test_a_download_goes_on_after_what_is_there(server: WebServer, tmp_path: pathlib.Path) -> None:
    assert saved(source_of(server), tmp_path, CONTENT[:5000]) == CONTENT
    assert server.requests[0][1]["Range"] == "bytes=5000-"


def test_a_download_starts_again_where_the_server_cannot_go_on(
    server: WebServer, tmp_path: pathlib.Path
) -> None:
    server.answers["1/file"] = web_server.instead(CONTENT)
    assert saved(source_of(server), tmp_path, b"x" * 5000) == CONTENT
    assert saved(source_of(server), tmp_path, b"x" * 50_000) == CONTENT


def test_an_interrupted_download_goes_on(server: WebServer, tmp_path: pathlib.Path) -> None:
    answers = iter([web_server.truncated(3000)])

    def answer(handler: web_server.Handler, content: bytes) -> None:
        del server.answers["1/file"]
        next(answers)(handler, content)

    server.answers["1/file"] = answer
    assert saved(source_of(server), tmp_path) == CONTENT
    assert server.requests[1][1]["Range"] == "bytes=3000-"


@pytest.mark.parametrize("body", [CONTENT[:100], CONTENT * 2, b""], ids=["half", "double", "empty"])
def test_a_download_of_another_size_is_refused(
    server: WebServer, tmp_path: pathlib.Path, body: bytes
) -> None:
    server.answers["1/file"] = web_server.instead(body)
    with pytest.raises(Refused, match="in the manifest"):
        saved(source_of(server), tmp_path)


def test_an_endless_download_is_refused(server: WebServer, tmp_path: pathlib.Path) -> None:
    def answer(handler: web_server.Handler, content: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        for _repetition in range(10_000):
            handler.wfile.write(content)

    server.answers["1/file"] = answer
    with pytest.raises(Refused, match="in the manifest"):
        saved(source_of(server), tmp_path)
    assert (tmp_path / "saved").stat().st_size == 0


def test_a_download_that_is_too_slow_ends(
    server: WebServer, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LONGEST_READ", -10.0)
    with pytest.raises(Unreachable, match="too slow"):
        saved(source_of(server), tmp_path)


def test_an_empty_file_is_saved(server: WebServer, tmp_path: pathlib.Path) -> None:
    (server.root / "1" / "file").write_bytes(b"")
    assert saved(source_of(server), tmp_path, size=0) == b""


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("relative/path", "absolute path"),
        ("ftp://example.com/x", "https://"),
        ("https://user:secret@example.com/x", "password"),
        ("https://exa mple.com", "spaces"),
        ("https://", "host name"),
    ],
)
def test_other_locations_are_refused(location: str, message: str) -> None:
    with pytest.raises(WorkstationError, match=message) as error:
        require_valid_location(location)
    assert "secret" not in str(error.value)


def test_validators_that_could_be_more_are_not_sent_back(server: WebServer) -> None:
    server.answers["1/file"] = lambda handler, content: handler.respond(200, content, ETag="x" * 10_000)
    found = source_of(server).read("1/file", 100_000)
    assert found and found.validators == Validators()
