# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator and the scripted user as programs of their own, and the control API between processes."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import typing as t

import pytest

from identity_center import IdentityCenter, write_browser
from identity_center.faults import NAMED_KINDS, PAGING_KINDS, SHARED_KINDS, TRANSPORT_KINDS
from identity_center.world import default_world, world_from
from support.emulator_clients import SCOPE, Clients, Json, authorize_url, callback, code_of, send, send_json

TESTS = pathlib.Path(__file__).parents[2]
BROWSER_USER = TESTS / "identity_center" / "browser_user.py"


class Remote(t.NamedTuple):
    """The part of an IdentityCenter that send() uses."""

    url: str


def wait_for(condition: t.Callable[[], t.Any], seconds: float = 120) -> t.Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.01)
    raise AssertionError("the condition was not met in time")


@contextlib.contextmanager
def program(tmp_path: pathlib.Path, *options: str) -> t.Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "identity_center", "--ready-file", str(tmp_path / "ready"), *options]
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True) as process:
        try:
            wait_for((tmp_path / "ready").exists)
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serves_until_a_signal_ends_it(tmp_path: pathlib.Path, number: int) -> None:
    options = ("--environment-file", str(tmp_path / "env"), "--access-token-seconds", "77")
    with program(tmp_path, *options) as process:
        url = (tmp_path / "ready").read_text().strip()
        assert url.startswith("http://127.0.0.1:")
        exports = (tmp_path / "env").read_text()
        assert f"export AWS_ENDPOINT_URL_SSO_OIDC={url}\n" in exports
        assert send(Remote(url), "GET", "/_control/knobs").json["result"]["access_token_seconds"] == 77  # type: ignore[arg-type]
        process.send_signal(number)
        output, _errors = process.communicate(timeout=60)
        assert output.startswith(exports)
        assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--world", "/does/not/exist"], "/does/not/exist"),
        (["--refresh-tokens", "sometimes"], "refresh_tokens"),
        (["--ask-consent", "maybe"], "true or false"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_an_invalid_option_is_reported_in_one_line(options: t.List[str], complaint: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "identity_center", *options],
        cwd=TESTS,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_world_from_a_file(tmp_path: pathlib.Path) -> None:
    world = tmp_path / "world.json"
    document = {
        "start_url": "https://d-1234567890.awsapps.com/start",
        "region": "us-east-2",
        "users": [{"name": "carol", "password": "secret", "groups": ["engineers"]}],
        "accounts": [{"id": "000000000001"}],
        "permission_sets": [{"name": "Auditor", "session_seconds": 43200}],
        "assignments": [{"principal": "engineers", "account": "000000000001", "permission_set": "Auditor"}],
    }
    world.write_text(json.dumps(document))
    with program(tmp_path, "--world", str(world)) as process:
        assert process.stdout
        output = "".join(process.stdout.readline() for _unused in range(8))
        assert "# start URL https://d-1234567890.awsapps.com/start, region us-east-2" in output
        assert "'carol'" in output


def test_the_world_in_the_readme_is_valid() -> None:
    readme = (TESTS / "identity_center" / "README.md").read_text()
    world = world_from(json.loads(readme.split("```json")[1].split("```")[0]))
    assert world.access_of("alice") == {"111122223333": ("ReadOnly",)}


def test_the_readme_has_every_fault() -> None:
    readme = (TESTS / "identity_center" / "README.md").read_text()
    for kind in (*TRANSPORT_KINDS, *PAGING_KINDS, *SHARED_KINDS, *NAMED_KINDS):
        assert f"`{kind}`" in readme


@pytest.mark.parametrize(
    "changes",
    [
        {"users": []},
        {"users": [{"name": "x"}]},
        {"accounts": [{"id": 111122223333}]},
        {"accounts": [{"id": "1"}]},
        {"assignments": [{"principal": "x", "account": "111122223333", "permission_set": "ReadOnly"}]},
        {"asignments": []},
        {"users": ["alice"]},
    ],
)
def test_a_world_that_does_not_fit_is_refused(changes: Json) -> None:
    with pytest.raises(ValueError, match=r"world|account id|names"):
        world_from({"users": [{"name": "alice", "password": "x"}], **changes})


def test_the_control_api(center: IdentityCenter, clients: Clients) -> None:
    def control(name: str, document: Json) -> t.Any:
        answer = send_json(center, f"/_control/{name}", document)
        assert answer.status == 200, answer.body
        return answer.json["result"]

    control("knobs", {"access_token_seconds": 50})
    control("faults", {"operation": "RegisterClient", "kind": "server_error", "times": 1})
    assert len(send(center, "GET", "/_control/faults").json["result"]) == 1
    assert code_of(clients.register) == "InternalServerException"
    client = clients.register(SCOPE)
    device = clients.device(client)
    control("approve", {"request": device["userCode"], "user": "bob"})
    token = clients.poll(client, device)
    assert token["expiresIn"] == 50
    assert control("revoke", {"kind": "access_tokens"}) == 1
    assert control("expire", {"kind": "registrations"}) == 1
    assert code_of(clients.refresh, client, token) == "InvalidClientException"
    journal = send(center, "GET", "/_control/journal?operation=RegisterClient").json["result"]
    assert [entry["status"] for entry in journal] == [500, 200]
    counters = send(center, "GET", "/_control/counters").json["result"]
    assert counters["requests"] == {"RegisterClient": 2, "StartDeviceAuthorization": 1, "CreateToken": 2}
    assert send(center, "GET", "/_control/environment").json["result"] == center.environment()
    send(center, "DELETE", "/_control/journal")
    assert center.requests == []


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("knobs", {"nonsense": 1}),
        ("faults", {"operation": "CreateToken"}),
        ("faults", {"operation": "CreateToken", "kind": "nonsense"}),
        ("revoke", {}),
        ("revoke", {"kind": "nonsense"}),
        ("approve", {"request": "NONE-SUCH"}),
        ("approve", {"request": "NONE-SUCH", "user": "mallory"}),
        ("knobs", []),
    ],
)
def test_the_control_api_explains_errors(center: IdentityCenter, name: str, document: t.Any) -> None:
    answer = send_json(center, f"/_control/{name}", document)
    assert answer.status == 400
    assert answer.json["error"]


def test_an_unknown_control_lists_those_that_exist(center: IdentityCenter) -> None:
    answer = send(center, "GET", "/_control/nonsense")
    assert answer.status == 404
    assert "POST /_control/faults" in answer.json["error"]


def test_a_browser_returns_before_the_callback_is_served(
    center: IdentityCenter, clients: Clients, tmp_path: pathlib.Path
) -> None:
    """The AWS CLI waits for its browser to return, and only then serves the address of the redirect."""
    client = clients.register(SCOPE, pkce=True)
    log = tmp_path / "log"
    browser = write_browser(str(tmp_path / "browser"), log=str(log), user="bob", password="battery staple")
    with callback() as listener:
        done = subprocess.run(
            [browser, authorize_url(center, client, listener.uri)],
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        wait_for(lambda: listener.calls)
        wait_for(lambda: log.exists() and log.read_text() == "Back at the client\n")
    assert "code" in listener.calls[0]


def test_a_browser_can_be_written_by_command(tmp_path: pathlib.Path) -> None:
    """Options that were not given are taken from the variables of the program that starts the browser."""
    path = tmp_path / "browser"
    command = [sys.executable, str(BROWSER_USER), "--write-browser", str(path), "--user", "bob"]
    subprocess.run(command, check=True, timeout=120)
    assert path.read_text().endswith(' --detach --user bob -- "$1"\n')
    assert os.access(path, os.X_OK)


def test_a_browser_does_not_wait_for_the_page(center: IdentityCenter, tmp_path: pathlib.Path) -> None:
    log = tmp_path / "log"
    browser = write_browser(str(tmp_path / "browser"), delay=5, log=str(log))
    subprocess.run([browser, f"{center.url}/start"], timeout=60, check=True)
    assert not log.exists() or not log.read_text()
    wait_for(lambda: log.exists() and log.read_text(), seconds=60)


@pytest.mark.parametrize(
    ("options", "variables", "status", "output"),
    [
        ([], {}, 0, "Request approved\n"),
        (["--user", "bob", "--password", "battery staple"], {}, 0, "Request approved\n"),
        (["--deny"], {}, 0, "Request denied\n"),
        ([], {"DENY": "1"}, 0, "Request denied\n"),
        ([], {"USER": "mallory"}, 1, ""),
    ],
)
def test_the_scripted_user_as_a_program(
    clients: Clients, options: t.List[str], variables: t.Dict[str, str], status: int, output: str
) -> None:
    device = clients.device(clients.register(SCOPE))
    named = {f"IDENTITY_CENTER_USER_{name}": value for name, value in variables.items()}
    done = subprocess.run(
        [sys.executable, str(BROWSER_USER), device["verificationUriComplete"], *options],
        env={**os.environ, **named},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (status, output)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "url", ["https://acme.awsapps.com/start", "file:///etc/passwd", "http://evil.example/"]
)
def test_the_scripted_user_stays_on_loopback(url: str) -> None:
    done = subprocess.run(
        [sys.executable, str(BROWSER_USER), url], capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 1
    assert b"loopback only" in done.stderr


def test_forty_clients_at_once(center: IdentityCenter, clients: Clients) -> None:
    headers = {"x-amz-sso_bearer_token": clients.token()["accessToken"]}
    query = "role_name=ReadOnly&account_id=111122223333"

    def one_of_many(_number: int) -> list[int]:
        return [
            send(center, "GET", f"/federation/credentials?{query}", headers=headers).status
            for _unused in range(5)
        ]

    with concurrent.futures.ThreadPoolExecutor(max_workers=40) as pool:
        statuses = [status for batch in pool.map(one_of_many, range(40)) for status in batch]
    assert statuses == [200] * 200
    assert center.count("GetRoleCredentials", status=200) == 200
    assert len(center.records.role_credentials) == 200


def test_https(tmp_path: pathlib.Path) -> None:
    """An untrusted certificate, as a proxy that intercepts TLS presents it."""
    pem = tmp_path / "both.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1"
    extension = "subjectAltName=IP:127.0.0.1"
    command = [*make.split(), "-addext", extension, "-keyout", str(pem), "-out", str(tmp_path / "ca.pem")]
    subprocess.run(command, check=True, capture_output=True)
    pem.write_text(pem.read_text() + (tmp_path / "ca.pem").read_text())
    with IdentityCenter(default_world(), certificate=str(pem)) as center:
        assert center.url.startswith("https://127.0.0.1:")
        script = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).status)"
        command = [sys.executable, "-c", script, f"{center.url}/device"]
        trusting = {**os.environ, "SSL_CERT_FILE": str(tmp_path / "ca.pem"), "NO_PROXY": "127.0.0.1"}
        done = subprocess.run(command, env=trusting, capture_output=True, text=True, check=False, timeout=120)
        assert done.stdout == "200\n", done.stderr
        suspicious = {**os.environ, "NO_PROXY": "127.0.0.1"}
        done = subprocess.run(
            command, env=suspicious, capture_output=True, text=True, check=False, timeout=120
        )
        assert "CERTIFICATE_VERIFY_FAILED" in done.stderr
