# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes of the endpoints, and findings about their responses and the clock."""

from __future__ import annotations

import contextlib
import json
import socketserver
import subprocess
import threading
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.connectivity import (
    Network,
    probe_findings,
)
from support.fuzz import damaged
from support.scratch_workstation import WSL2, FakeEndpoint, ScratchWorkstation


def test_each_endpoint_receives_one_call(host: ScratchWorkstation, aws: FakeEndpoint) -> None:
    aws.requests.clear()
    host.examine()
    assert sorted(aws.requests) == ["GET /assignment/accounts?max_result=1", "POST /token"]


@pytest.mark.parametrize(
    ("ahead", "severity", "what"),
    [
        (20, "", ""),
        (-20, "", ""),
        (40, "warning", "behind"),
        (-40, "warning", "ahead"),
        (290, "warning", "behind"),
        (310, "error", "behind"),
    ],
)
def test_the_clock_may_be_off_by_thirty_seconds(
    host: ScratchWorkstation, aws: FakeEndpoint, ahead: float, severity: str, what: str
) -> None:
    aws.clock_ahead = ahead
    try:
        findings = host.findings()
    finally:
        aws.clock_ahead = 0
    assert [finding.severity for finding in findings.values()] == ([severity] if severity else [])
    if severity:
        assert what in findings["clock-skew"].what
        seconds = findings["clock-skew"].fix.split("'")[1]
        moments = [["date", "+%s"], ["date", "-d", seconds, "+%s"]]
        now, then = (int(subprocess.run(one, stdout=subprocess.PIPE, check=True).stdout) for one in moments)
        assert abs(then - now - ahead) < 5


WITH_HWCLOCK = {**WSL2, "/usr/sbin/hwclock": ""}
WITH_TIMESYNCD = {"/usr/lib/systemd/systemd-timesyncd": "", "/run/systemd/system/x": ""}


@pytest.mark.parametrize(
    ("files", "fix"),
    [
        (WSL2, "In Windows, run wsl --shutdown"),
        (WITH_HWCLOCK, "sudo hwclock -s, or in Windows, run wsl --shutdown"),
        (WITH_TIMESYNCD, "sudo timedatectl set-ntp true && sudo systemctl restart systemd-timesyncd"),
        ({"/usr/bin/chronyc": ""}, "sudo chronyc makestep"),
    ],
)
def test_the_clock_is_corrected_by_what_the_host_has(
    host: ScratchWorkstation, aws: FakeEndpoint, files: t.Dict[str, str], fix: str
) -> None:
    for path, text in files.items():
        host.write(path, text)
    aws.clock_ahead = 3600
    try:
        assert host.findings()["clock-skew"].fix == fix
    finally:
        aws.clock_ahead = 0


def test_a_page_instead_of_a_response_from_aws_is_a_finding(host: ScratchWorkstation) -> None:
    with FakeEndpoint(200, "<html>Sign in to the network</html>", "text/html; charset=utf-8") as portal:
        host.environment["AWS_ENDPOINT_URL_SSO"] = portal.url
        finding = host.findings()["endpoint-not-aws"]
    assert finding.subject == portal.address
    assert "HTTP 200, text/html" in finding.what


def test_a_redirect_is_not_followed_and_not_a_response_from_aws(host: ScratchWorkstation) -> None:
    with FakeEndpoint(302, "", "text/html") as portal:
        host.environment["AWS_ENDPOINT_URL_SSO"] = portal.url
        assert list(host.findings()) == ["endpoint-not-aws"]
    assert len(portal.requests) == 1


def test_a_server_error_of_aws_is_only_a_warning(host: ScratchWorkstation) -> None:
    with FakeEndpoint(503, '{"message": "Service unavailable"}') as broken:
        host.environment["AWS_ENDPOINT_URL_SSO"] = broken.url
        assert host.findings()["endpoint-error"].severity == "warning"


def test_the_same_problem_of_both_endpoints_is_one_finding(host: ScratchWorkstation) -> None:
    host.environment["AWS_ENDPOINT_URL_SSO_OIDC"] = "http://oidc.invalid"
    host.environment["AWS_ENDPOINT_URL_SSO"] = "http://portal.invalid"
    assert host.findings()["dns-failure"].subject == "oidc.invalid, portal.invalid"


def test_debug_output_shows_the_proxy_of_a_probe_without_its_password(aws: FakeEndpoint) -> None:
    lines: t.List[str] = []
    environment = {
        "AWS_ENDPOINT_URL": "http://portal.example",
        "http_proxy": f"http://ann:hush@{aws.address}",
    }
    Network(environment, None, 5, lines.append).probe([("eu-west-1", False)])
    expected = f"through {aws.address} with the certificates of the system"
    assert lines == [f"Probe http://portal.example {expected}."] * 2


def test_debug_output_hides_the_password_of_a_proxy_without_a_scheme() -> None:
    lines: t.List[str] = []
    Network(
        {"http_proxy": "ann:hush@[", "AWS_ENDPOINT_URL": "http://portal.example"}, None, 5, lines.append
    ).probe([("eu-west-1", False)])
    assert len(lines) == 2 and "hush" not in str(lines)


RESPONSE = (
    "HTTP/1.1 401 Unauthorized\r\nDate: Thu, 26 Nov 2026 10:00:00 GMT\r\n"
    "Content-Type: application/json\r\n\r\n{}"
)


def test_damaged_responses_are_findings_and_never_errors(host: ScratchWorkstation) -> None:
    """What answers may be any program, such as a proxy, or a page for signing in to a network."""
    responses = [
        *damaged([RESPONSE, RESPONSE.replace("2026", "0001"), RESPONSE.replace("2026", "9999")], 150),
        RESPONSE.replace("{}", "[" * 60_000).encode(),
        RESPONSE.replace("+", "Thu, 01 Jan 0001 00:00:00 +2359").encode(),
        b"",
    ]
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        server.daemon_threads = True
        url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        network = Network({"AWS_ENDPOINT_URL_SSO": url, "AWS_ENDPOINT_URL_SSO_OIDC": url}, None, 5)
        for response in responses:
            server.RequestHandlerClass = responder(response)
            results = network.probe([("eu-west-1", False)])
            text = json.dumps([*results, *probe_findings(results)], ensure_ascii=False)
            assert text.isprintable()
        server.shutdown()


@pytest.mark.parametrize("response", [b"HTTP/1.1 200 OK\r\nX-Endless: ", RESPONSE.encode()[:-2]])
def test_an_endpoint_that_never_finishes_its_response_is_a_finding(
    host: ScratchWorkstation, response: bytes
) -> None:
    stopped = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(response)
            with contextlib.suppress(OSError):
                while not stopped.wait(0.1):
                    self.request.sendall(b" ")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        network = Network({"AWS_ENDPOINT_URL_SSO": url, "AWS_ENDPOINT_URL_SSO_OIDC": url}, None, 0.3)
        results = network.probe([("eu-west-1", False)])
        stopped.set()
        server.shutdown()
    assert [result.service for result in results] == ["oidc", "portal"]
    assert all(result.problem and result.problem.severity == "error" for result in results)


def responder(response: bytes) -> t.Type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(response)

    return Handler
