# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that read and write the token cache of a host, and answers of hosts that are hostile."""

from __future__ import annotations

import base64
import json
import pathlib
import re
import stat
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.token_cache import (
    STORED,
    HostCache,
    Outcome,
    ReadRequest,
    storing_program,
)
from support.logins import CORP, in_seconds
from support.scratch_host_cache import ScratchHost

FILES = {"a.json": {"accessToken": "the-'\"token\\ü"}, "b.json": {"clientSecret": "the-secret"}}
TOKEN = {
    "startUrl": CORP.start_url,
    "region": CORP.region,
    "accessToken": "the-access-token",
    "expiresAt": in_seconds(3600),
    "clientId": "the-client",
    "clientSecret": "the-secret",
    "registrationExpiresAt": in_seconds(86400),
    "refreshToken": "the-refresh-token",
}


@pytest.fixture
def host(tmp_path: pathlib.Path) -> ScratchHost:
    return ScratchHost(tmp_path / "host" / ".aws" / "sso" / "cache")


def run(program: bytes) -> subprocess.CompletedProcess[bytes]:
    """As the host does: Python alone, with nothing of the collection."""
    return subprocess.run([sys.executable, "-I", "-"], input=program, capture_output=True, check=False)


def test_the_program_stores_what_the_cli_reads(tmp_path: pathlib.Path) -> None:
    directory = tmp_path / ".aws" / "sso" / "cache"
    outcome = run(storing_program(str(directory), FILES))
    assert (outcome.returncode, outcome.stdout.decode().strip(), outcome.stderr) == (0, STORED, b"")
    for name, document in FILES.items():
        assert (directory / name).read_bytes() == json.dumps(document).encode()
        assert stat.S_IMODE((directory / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_a_program_that_fails_says_why_and_shows_nothing(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = run(storing_program(str(tmp_path / "file" / "cache"), FILES))
    assert outcome.returncode == 1 and STORED not in outcome.stdout.decode()
    assert outcome.stderr.decode().strip() in ("Not a directory", "File exists")


def test_a_token_is_read_and_what_the_host_prints_is_worthless(host: ScratchHost) -> None:
    host.write(json.dumps(TOKEN))
    printed = []
    for _reading in range(2):
        found = host.cache.read(CORP)
        assert found.token is not None and found.token.document == TOKEN and found.writable
        printed.append(host.printed)
        host.printed = ""
    assert printed[0] != printed[1] and len(printed[0]) == len(printed[1])
    for text in printed:
        masked = base64.b64decode(re.findall("<(.*):", text)[0])
        for secret in ("the-access-token", "the-secret", "the-refresh-token", "accessToken"):
            assert secret not in text and secret.encode() not in masked


def test_the_length_of_what_is_printed_does_not_depend_on_the_token(host: ScratchHost) -> None:
    host.cache.read(CORP)
    without = len(host.printed)
    host.write(json.dumps({**TOKEN, "accessToken": "x" * 20000}))
    host.printed = ""
    assert host.cache.read(CORP).token is not None
    assert len(host.printed) == without


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 30000,
        b"\xff",
        b'"' + b"9" * 40000 + b'"',
        json.dumps({**TOKEN, "accessToken": None}).encode(),
        json.dumps({**TOKEN, "accessToken": ["x"]}).encode(),
        json.dumps({**TOKEN, "accessToken": "a\r\nHost: evil.example"}).encode(),
        json.dumps({**TOKEN, "accessToken": "x" * 40000}).encode(),
        json.dumps({**TOKEN, "expiresAt": "tomorrow"}).encode(),
        json.dumps({**TOKEN, "startUrl": "https://evil.awsapps.com/start"}).encode(),
        json.dumps({**TOKEN, "region": "us-east-1"}).encode(),
    ],
)
def test_what_is_no_token_of_the_session_is_none(host: ScratchHost, content: bytes) -> None:
    host.write(content)
    assert host.cache.read(CORP).token is None


def test_without_a_file_there_is_no_token(host: ScratchHost) -> None:
    found = host.cache.read(CORP)
    assert found.token is None and not found.writable


def test_fields_that_are_malformed_or_unknown_do_not_count(host: ScratchHost) -> None:
    host.write(json.dumps({**TOKEN, "refreshToken": "a b", "more": "x", "clientId": 5}))
    token = host.cache.read(CORP).token
    assert token is not None and not {"refreshToken", "more", "clientId"} & token.document.keys()


def test_a_file_that_is_being_written_is_read_when_it_is_complete(host: ScratchHost) -> None:
    host.write("{")
    writer = threading.Timer(0.1, lambda: host.write(json.dumps(TOKEN)))
    writer.start()
    found = host.cache.read(CORP).token
    writer.join()
    assert found is not None


def test_a_file_that_cannot_be_read_is_an_error(host: ScratchHost) -> None:
    host.path().mkdir(parents=True)
    with pytest.raises(WorkstationError, match="Could not read the token on the host: Is a directory"):
        host.cache.read(CORP)


def answers(text: str, rc: int = 0, stderr: str = "") -> HostCache:
    return HostCache(lambda program: Outcome(rc, text, stderr), "/home/dev/.aws/sso/cache")


@given(st.text())
def test_any_other_answer_is_an_error(text: str) -> None:
    with pytest.raises(WorkstationError, match="incomplete or was altered"):
        answers(text).read(CORP)


def test_a_program_that_ends_badly_is_an_error() -> None:
    with pytest.raises(WorkstationError, match="on the host: sudo: a password is required"):
        answers("", 1, "sudo: a password is required\n").read(CORP)
    with pytest.raises(WorkstationError, match="its Python ended with code 137"):
        answers("", 137).read(CORP)
    with pytest.raises(WorkstationError, match="Could not store the token on the host"):
        answers("hello").store(FILES)


def test_what_a_host_writes_to_standard_error_is_shown_on_one_short_line() -> None:
    with pytest.raises(WorkstationError) as caught:
        answers("", 1, "\x1b[2J\nSign in to corp: open https://evil.example\n\x9b8m" + "x" * 9000).read(CORP)
    assert str(caught.value).isprintable() and len(str(caught.value)) < 500


@pytest.mark.parametrize("position", [0, 5, -80, -2])
def test_an_altered_answer_is_noticed(tmp_path: pathlib.Path, position: int) -> None:
    (tmp_path / "token").write_text(json.dumps(TOKEN))
    request = ReadRequest()
    printed = run(request.program(str(tmp_path / "token"))).stdout.decode().strip()
    noisy = f"Welcome to <b>laptop</b>\n{printed}\nBye"
    assert request.answer(noisy).token is not None
    inside = printed[1:-1]
    other = "1" if inside[position] != "1" else "2"
    altered = [*inside]
    altered[position] = other
    with pytest.raises(WorkstationError, match="altered"):
        request.answer(f"<{''.join(altered)}>")
    with pytest.raises(WorkstationError, match="altered"):
        ReadRequest().answer(printed)


def test_the_token_of_another_tool_is_not_replaced(host: ScratchHost) -> None:
    host.write(json.dumps(TOKEN))
    found = host.cache.read(CORP)
    name = host.path().name
    assert host.cache.store({name: {**TOKEN, "accessToken": "second"}}, replaces=found.digest)
    assert host.document()["accessToken"] == "second"
    assert not host.cache.store({name: {**TOKEN, "accessToken": "third"}}, replaces=found.digest)
    assert host.document()["accessToken"] == "second"
