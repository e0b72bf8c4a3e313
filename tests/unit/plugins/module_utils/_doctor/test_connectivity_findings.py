# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about calls that fail on the way to AWS."""

from __future__ import annotations

import json
import socket
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.connectivity_findings import (
    call_failed,
)
from support.fixes import execute
from support.scratch_workstation import WSL2, FakeEndpoint, ScratchWorkstation, closed_port


@pytest.mark.parametrize(
    ("url", "id"),
    [
        ("http://portal.sso.invalid", "dns-failure"),
        ("http://127.0.0.1:CLOSED", "endpoint-unreachable"),
        ("http://[nonsense", "endpoint-invalid"),
        ("nonsense", "endpoint-invalid"),
        ("http://ann:hush@127.0.0.1:port", "endpoint-invalid"),
        ("https://127.0.0.1:PLAIN", "endpoint-tls"),
    ],
)
def test_an_endpoint_that_cannot_be_called_is_an_error_without_credentials(
    host: ScratchWorkstation, aws: FakeEndpoint, url: str, id: str
) -> None:
    url = url.replace("CLOSED", str(closed_port())).replace("PLAIN", aws.address.rpartition(":")[2])
    host.environment["AWS_ENDPOINT_URL_SSO"] = url
    findings = host.findings()
    assert list(findings) == [id]
    assert findings[id].severity == "error"
    assert "hush" not in json.dumps(host.examine().lines())


def test_a_fips_endpoint_that_does_not_exist_names_the_variable(host: ScratchWorkstation) -> None:
    host.environment["AWS_ENDPOINT_URL_SSO"] = "https://portal.sso-fips.eu-west-1.invalid"
    finding = host.findings()["dns-failure"]
    assert "AWS_USE_FIPS_ENDPOINT is set" in finding.why and finding.fix == "unset AWS_USE_FIPS_ENDPOINT"


@pytest.mark.parametrize(
    ("error", "files", "words"),
    [
        (socket.EAI_NONAME, {}, "Check sso_region"),
        (socket.EAI_NONAME, WSL2, "dnsTunneling=true"),
        (socket.EAI_AGAIN, {}, "Connect the network or the VPN"),
        (socket.EAI_AGAIN, WSL2, "dnsTunneling=true"),
    ],
)
def test_an_unknown_name_differs_from_a_dns_server_that_does_not_respond(
    host: ScratchWorkstation, error: int, files: t.Dict[str, str], words: str
) -> None:
    for path, text in files.items():
        host.write(path, text)
    finding = call_failed("https://oidc.x.example", None, socket.gaierror(error, ""), str(host.root))
    assert finding.id == "dns-failure" and words in finding.fix
    assert ("the DNS server 192.0.2.1 does not respond" in finding.what) == (error == socket.EAI_AGAIN)
    assert ("dnsTunneling" in finding.fix) == bool(files)


def test_an_endpoint_that_does_not_respond_in_time_is_unreachable(host: ScratchWorkstation) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(5)
        host.environment["AWS_ENDPOINT_URL_SSO"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        findings = host.examine(timeout=0.3).findings
    assert (findings[0].id, findings[0].what) == (
        "endpoint-unreachable",
        "It cannot be reached: no response in time.",
    )


@pytest.mark.parametrize(
    ("status", "id"), [(407, "proxy-authentication-required"), (403, "proxy-refused"), (502, "proxy-refused")]
)
def test_a_proxy_that_rejects_connections_is_the_subject_without_its_password(
    host: ScratchWorkstation, status: int, id: str
) -> None:
    with FakeEndpoint(status, "<html></html>", "text/html") as proxy:
        del host.environment["AWS_ENDPOINT_URL_SSO"], host.environment["AWS_ENDPOINT_URL_SSO_OIDC"]
        host.environment["HTTPS_PROXY"] = f"http://ann:hush@{proxy.address}"
        host.environment["no_proxy"] = "127.0.0.1,localhost"
        report = host.examine()
    assert {finding.id for finding in report.findings} == {id}
    assert all(finding.subject == proxy.address for finding in report.findings)
    if status == 407:
        execute(host, report.findings[0].fix)
        assert host.environment["HTTPS_PROXY"] == "http://USER:PASSWORD@PROXY:PORT"
    assert sorted(proxy.requests) == [
        "CONNECT oidc.eu-west-1.amazonaws.com:443",
        "CONNECT portal.sso.eu-west-1.amazonaws.com:443",
    ]
    assert "hush" not in json.dumps([report.findings, report.facts, report.lines()])


@pytest.mark.parametrize("proxy", ["http://ann:hush@127.0.0.1:CLOSED", "http://ann:hush@proxy.invalid:3128"])
def test_an_unreachable_proxy_is_one_finding_without_its_password(
    host: ScratchWorkstation, proxy: str
) -> None:
    host.environment["http_proxy"] = proxy.replace("CLOSED", str(closed_port()))
    host.environment["AWS_ENDPOINT_URL_SSO"] = "http://portal.example"
    host.environment["NO_PROXY"] = "127.0.0.1,localhost"
    findings = host.findings()
    assert list(findings) == ["proxy-unreachable"]
    assert "portal.example" in findings["proxy-unreachable"].why
    assert "hush" not in json.dumps(findings)
