# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import ssl

import botocore.exceptions
import botocore.parsers
import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._host.clock import how_to_set_the_clock
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.errors import (
    AwsRefused,
    call_failure,
    refusal,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import Unreachable

URL = "https://oidc.example.com"


@pytest.mark.parametrize("words", ["certificate is not yet valid", "certificate has expired"])
def test_a_certificate_outside_its_validity_points_to_the_clock(words: str) -> None:
    error = botocore.exceptions.SSLError(endpoint_url=URL, error=ssl.SSLError(words))
    assert how_to_set_the_clock() in str(call_failure("RegisterClient", URL, error))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (botocore.exceptions.ConnectTimeoutError(endpoint_url=URL), "does not answer in time"),
        (botocore.exceptions.ReadTimeoutError(endpoint_url=URL), "accepted the request but does not answer"),
        (botocore.exceptions.EndpointConnectionError(endpoint_url=URL), "cannot be reached"),
        (botocore.exceptions.ConnectionClosedError(endpoint_url=URL), "closed the connection"),
        (
            botocore.exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2),
            "in the middle of a response",
        ),
        (botocore.parsers.ResponseParserError("<html>"), "is not from AWS"),
    ],
)
def test_network_faults_are_unreachable(error: Exception, message: str) -> None:
    failure = call_failure("RegisterClient", URL, error)
    assert isinstance(failure, Unreachable) and URL in str(failure) and message in str(failure)


@pytest.mark.parametrize(
    "error",
    [
        botocore.exceptions.ParamValidationError(report="parameter accessToken, value: secret"),
        botocore.exceptions.MissingParametersError(object_name="secret", missing="x"),
        botocore.exceptions.UnknownSignatureVersionError(signature_version="secret"),
    ],
)
def test_faults_of_our_own_request_ask_for_a_report(error: Exception) -> None:
    failure = call_failure("ListAccounts", URL, error)
    assert isinstance(failure, WorkstationError) and not isinstance(failure, Unreachable)
    assert str(failure).startswith("ListAccounts was not sent") and "please report it" in str(failure)
    assert "secret" not in str(failure)


def test_a_configuration_without_an_endpoint_is_neither_a_network_fault_nor_ours() -> None:
    error = botocore.exceptions.EndpointVariantError(tags=["fips"])
    failure = call_failure("ListAccounts", URL, error)
    assert isinstance(failure, WorkstationError) and not isinstance(failure, Unreachable)
    assert str(failure).startswith("ListAccounts cannot be called with this AWS configuration")


def test_a_server_error_without_a_code_is_unreachable() -> None:
    response = {"Error": {"Code": "502"}, "ResponseMetadata": {"HTTPStatusCode": 502}}
    assert isinstance(refusal("ListAccounts", response), Unreachable)


@pytest.mark.parametrize(
    ("code", "status", "passing"),
    [("SlowDown", 400, True), ("Throttled", 429, True), ("InternalServer", 500, True), ("X", 403, False)],
)
def test_throttling_and_server_errors_are_passing(code: str, status: int, passing: bool) -> None:
    assert AwsRefused("ListAccounts", code, status).passing == passing
