# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import http.server
import os
import pathlib
import socket
import subprocess
import sys
import threading
import typing as t

import botocore.session
import pytest
from ansible.utils.display import Display

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.errors import AwsRefused
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import ServiceError, Unreachable
from identity_center import IdentityCenter
from support.tls import self_signed

KNOWN_PARTITIONS = botocore.session.Session().get_available_partitions()
REGISTER: dict[str, t.Any] = {"clientName": "test", "clientType": "public"}


def register() -> dict[str, t.Any]:
    return client.call(client.client("sso-oidc", "eu-west-1", attempts=1), "register_client", **REGISTER)


class FixedResponse:
    """A server on loopback that sends the same response to every request."""

    def __init__(self, status: int, body: bytes, **headers: str) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                """Be quiet."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.mark.parametrize(
    ("region", "suffix"),
    [
        ("eu-west-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
        ("us-gov-west-1", "amazonaws.com"),
        ("xx-new-9", "amazonaws.com"),
        *([("eusc-de-east-1", "amazonaws.eu")] if "aws-eusc" in KNOWN_PARTITIONS else []),
    ],
)
def test_all_partitions_resolve(home: object, region: str, suffix: str) -> None:
    oidc, portal = client.client("sso-oidc", region), client.client("sso", region)
    assert oidc.meta.endpoint_url == f"https://oidc.{region}.{suffix}"
    assert portal.meta.endpoint_url == f"https://portal.sso.{region}.{suffix}"
    assert client.endpoint_url(oidc, "register_client", **REGISTER) == (
        f"https://oidc.{region}.{suffix}/client/register"
    )


def test_endpoint_url_sends_no_request(center: IdentityCenter) -> None:
    oidc = client.client("sso-oidc", "eu-west-1")
    assert client.endpoint_url(oidc, "register_client", **REGISTER) == f"{center.url}/client/register"
    assert not center.requests
    client.call(oidc, "register_client", **REGISTER)
    assert center.count("RegisterClient") == 1


@pytest.mark.parametrize("region", ["", "eu west", "evil.example/", "-"])
def test_an_invalid_region_is_a_wrong_option(home: object, region: str) -> None:
    with pytest.raises(WorkstationError, match="region") as caught:
        client.client("sso-oidc", region)
    assert not isinstance(caught.value, Unreachable)


def test_an_active_profile_that_does_not_exist_yet_is_ignored(
    center: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "to-be-written")
    assert register()["clientId"]


@pytest.mark.parametrize("broken", ["this line is broken\n", "[profile x\n", "[profile a]\n  = 1\n"])
def test_a_configuration_that_cannot_be_parsed_is_named_with_its_line(
    aws_config: pathlib.Path, broken: str
) -> None:
    lines = aws_config.read_text().count("\n")
    with aws_config.open("a") as config:
        config.write(broken)
    with pytest.raises(WorkstationError) as caught:
        client.client("sso-oidc", "eu-west-1")
    text = str(caught.value)
    assert text.startswith(f"{aws_config}, line {lines + broken.count(chr(10))}: ")
    assert text.endswith(". Correct it, and run the command again.")


def test_endpoints_of_the_active_profile_are_used(aws_config: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    aws_config.write_text(
        "[profile test]\nservices = local\n[services local]\nsso_oidc =\n  endpoint_url = http://127.0.0.1:9\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "test")
    assert client.client("sso-oidc", "eu-west-1").meta.endpoint_url == "http://127.0.0.1:9"


def test_a_refusal_contains_the_code_and_message_of_aws(center: IdentityCenter) -> None:
    center.faults.add("RegisterClient", "InvalidScopeException", message="no such scope")
    with pytest.raises(AwsRefused) as caught:
        register()
    error = caught.value
    assert (error.operation, error.code, error.status) == ("RegisterClient", "InvalidScope", 400)
    assert str(error) == "AWS refused RegisterClient: InvalidScope: no such scope"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error": "slow_down", "error_description": "wait"}', "SlowDown"),
        (b'{"error": "authorization_pending"}', "AuthorizationPending"),
        (b'{"error": "invalid_grant"}', "InvalidGrant"),
        (b'{"message": "?"}', "400"),
    ],
)
def test_a_refusal_without_the_error_header_is_recognized_by_its_body(
    home: object, monkeypatch: pytest.MonkeyPatch, body: bytes, code: str
) -> None:
    with FixedResponse(400, body, Content_Type="application/json") as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", url)
        with pytest.raises(AwsRefused) as caught:
            register()
    assert caught.value.code == code


@pytest.mark.parametrize("status", [200, 302, 403, 407])
@pytest.mark.parametrize("body", [b"<html>Please sign in</html>", b"[]", b"blocked"])
def test_a_page_of_a_proxy_is_not_taken_for_a_response_of_aws(
    home: object, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes
) -> None:
    with FixedResponse(status, body, Content_Type="text/html") as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", url)
        with pytest.raises(Unreachable, match="captive portal") as caught:
            register()
    assert "sign in<" not in str(caught.value)


def test_a_response_without_required_fields_is_not_taken_for_one_of_aws(
    home: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FixedResponse(200, b'{"clientId": "x"}', Content_Type="application/json") as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", url)
        with pytest.raises(Unreachable, match="lacks clientSecret, so it is not from AWS"):
            register()


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b""])
def test_an_error_page_of_a_gateway_is_unreachable_with_its_status(
    home: object, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    with FixedResponse(502, body) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", url)
        with pytest.raises(Unreachable, match="HTTP 502"):
            register()


def test_an_endpoint_that_refuses_connections_is_unreachable(
    home: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", f"http://127.0.0.1:{port}")
    with pytest.raises(Unreachable, match=f"{port} cannot be reached.*region is spelled"):
        register()


def test_a_read_timeout_is_unreachable(center: IdentityCenter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "READ_TIMEOUT", 0.3)
    center.faults.add("RegisterClient", "hang")
    with pytest.raises(Unreachable, match="does not answer"):
        register()


def test_an_unreachable_proxy_is_reported_with_the_options_that_set_it(
    home: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", "https://oidc.example.invalid")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(Unreachable, match=r"the proxy of HTTPS_PROXY .* or workstation_proxy for the role"):
        register()


def test_inspected_tls_is_reported_with_the_variable_for_the_ca_bundle(
    tmp_path: t.Any, home: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    with IdentityCenter(certificate=str(certificate.server)) as center:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", center.url)
        with pytest.raises(Unreachable, match=r"set AWS_CA_BUNDLE .* with workstation_ca_certificates"):
            register()
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "nowhere.pem"))
        with pytest.raises(Unreachable, match=r"nowhere\.pem, which does not exist"):
            register()
        monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate.authority))
        assert register()["clientId"]


def test_missing_botocore_is_reported_with_the_command_that_installs_it() -> None:
    program = """
import sys
sys.modules["botocore"] = None
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client
client.client("sso", "eu-west-1")
"""
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(pathlib.Path(client.__file__).parents[6])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{sys.executable} -m pip install boto3" in result.stderr


def test_clock_skew_is_measured_at_each_response(center: IdentityCenter) -> None:
    center.set(clock_skew_seconds=-600)
    oidc = client.client("sso-oidc", "eu-west-1")
    assert client.clock_skew(oidc) == 0
    client.call(oidc, "register_client", **REGISTER)
    assert client.clock_skew(oidc) == pytest.approx(600, abs=5)


def test_a_botocore_that_is_too_old_is_reported_with_both_versions(
    home: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.__version__", "1.35.99")
    with pytest.raises(WorkstationError, match=r"botocore 1\.35\.99 is too old, 1\.36 or later"):
        client.client("sso", "eu-west-1")


def test_parameters_that_botocore_refuses_are_a_fault_of_the_collection(home: object) -> None:
    oidc = client.client("sso-oidc", "eu-west-1")
    with pytest.raises(WorkstationError) as caught:
        client.call(oidc, "create_token", clientId="id", clientSecret=["do-not-show"], grantType="x")
    assert str(caught.value) == (
        "CreateToken was not sent: botocore refused the request (ParamValidationError). This is a fault of"
        " the collection workstation.aws_sso, please report it."
    )
    assert not isinstance(caught.value, (Unreachable, ServiceError))


def test_the_endpoint_of_a_client_is_shown_as_debug_output(
    home: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(Display, "vvv", lambda self, text, host=None: shown.append(text))
    client.client("sso", "eu-west-1")
    assert shown == [
        "workstation.aws_sso: sso in eu-west-1: endpoint https://portal.sso.eu-west-1.amazonaws.com"
    ]


def test_the_oldest_botocore_that_is_tested_is_the_oldest_that_is_accepted() -> None:
    pins = pathlib.Path(__file__).parents[5] / "requirements" / "oldest-botocore.txt"
    assert f"\nbotocore=={client.MINIMUM_BOTOCORE}.0 " in pins.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("endpoint", "warns"),
    [
        ("http://192.0.2.1:8080", True),
        ("http://aws.example.com", True),
        ("http://localhost.example.com", True),
        ("http://127.0.0.1.example.com", True),
        ("http://[2001:db8::1]", True),
        ("HTTP://proxy", True),
        ("https://192.0.2.1", False),
        ("http://127.0.0.1:1", False),
        ("http://127.9.9.9", False),
        ("http://localhost:4566", False),
        ("http://emulator.localhost", False),
        ("http://[::1]:1", False),
    ],
)
@pytest.mark.parametrize("service", ["sso", "sso-oidc", "sts"])
def test_a_token_without_encryption_on_a_network_is_a_warning(
    home: object, monkeypatch: pytest.MonkeyPatch, service: str, endpoint: str, warns: bool
) -> None:
    warned: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, text, **_options: warned.append(text))
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    client.client(service, "eu-west-1", client.Credentials("a", "s", "t") if service == "sts" else None)
    assert len(warned) == warns and all("does not use TLS" in text for text in warned)


def test_an_endpoint_without_encryption_in_the_configuration_is_a_warning(
    aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, text, **_options: warned.append(text))
    aws_config.write_text("[default]\nendpoint_url = http://192.0.2.1\n")
    client.client("sso", "eu-west-1")
    assert len(warned) == 1
