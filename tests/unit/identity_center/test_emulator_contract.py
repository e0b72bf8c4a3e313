# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator cannot drift from AWS: what botocore's models do not allow is refused, on both sides."""

from __future__ import annotations

import json
import typing as t
import urllib.parse

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from identity_center import IdentityCenter, OwnMistake
from support.emulator_clients import SCOPE, Answer, Clients, Json, send, send_json

OIDC_NAMESPACE = "http://internal.amazon.com/coral/com.amazonaws.sso.oidc/"
TOKEN_HEADER = "x-amz-sso_bearer_token"


def assert_invalid(center: IdentityCenter, answer: Answer, problem: str) -> None:
    assert answer.status == 400
    assert answer.headers["x-amzn-errortype"].startswith("InvalidRequestException:")
    (entry,) = center.invalid_requests
    assert entry is center.requests[-1]
    assert problem in entry.problem


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"clientName": None}, "clientName"),
        ({"clientType": 5}, "clientType"),
        ({"scopes": "sso:account:access"}, "scopes"),
        ({"scopes": [1]}, "scopes[0]"),
        ({"client_id": "x"}, "client_id"),
        ({"scope": ["x"]}, "scope"),
    ],
)
def test_members_of_a_request_are_validated(center: IdentityCenter, changes: Json, problem: str) -> None:
    document = {"clientName": "x", "clientType": "public", **changes}
    given = {name: value for name, value in document.items() if value is not None}
    assert_invalid(center, send_json(center, "/client/register", given), problem)


@pytest.mark.parametrize("body", [b"", b"not JSON", b"[]", b'"text"', b"\xff"])
def test_the_body_has_to_be_a_json_object(center: IdentityCenter, body: bytes) -> None:
    answer = send(center, "POST", "/client/register", body, {"Content-Type": "application/json"})
    assert_invalid(center, answer, "JSON")


def test_a_form_is_not_json(center: IdentityCenter) -> None:
    body = urllib.parse.urlencode({"clientName": "x", "clientType": "public"}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert_invalid(center, send(center, "POST", "/client/register", body, headers), "content type")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("max_result=101", "maxResults"),
        ("max_result=0", "maxResults"),
        ("max_result=ten", "maxResults"),
        ("max_results=10", "max_results"),
        ("max_result=1&max_result=2", "twice"),
    ],
)
def test_the_query_string_is_validated(
    center: IdentityCenter, clients: Clients, query: str, problem: str
) -> None:
    token = clients.token()["accessToken"]
    answer = send(center, "GET", f"/assignment/accounts?{query}", headers={TOKEN_HEADER: token})
    assert_invalid(center, answer, problem)


def test_the_portal_accepts_its_own_header_only(center: IdentityCenter, clients: Clients) -> None:
    token = clients.token()["accessToken"]
    answer = send(center, "GET", "/assignment/accounts", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 401
    assert answer.json == {
        "message": "Session token not found or invalid",
        "__type": "com.amazonaws.switchboard.portal#UnauthorizedException",
    }
    assert len(center.invalid_requests) == 1


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/token"), ("POST", "/assignment/accounts"), ("GET", "/nonsense")]
)
def test_an_unknown_operation_is_not_found(center: IdentityCenter, method: str, path: str) -> None:
    assert send(center, method, path).status == 404
    assert [entry.operation for entry in center.invalid_requests] == ["Unknown"]


def test_oidc_errors_are_identical_to_those_of_aws(center: IdentityCenter, clients: Clients) -> None:
    client = clients.register(SCOPE)
    document = {**client, "grantType": "refresh_token", "refreshToken": "unknown"}
    answer = send_json(center, "/token", document)
    assert answer.status == 400
    assert answer.headers["x-amzn-errortype"] == f"InvalidGrantException:{OIDC_NAMESPACE}"
    assert answer.json == {"error": "invalid_grant", "error_description": "Invalid refresh token provided"}


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("AuthorizationPendingException", "authorization_pending"),
        ("SlowDownException", "slow_down"),
        ("ExpiredTokenException", "expired_token"),
        ("AccessDeniedException", "access_denied"),
        ("InvalidClientException", "invalid_client"),
        ("UnauthorizedClientException", "unauthorized_client"),
        ("UnsupportedGrantTypeException", "unsupported_grant_type"),
        ("InvalidScopeException", "invalid_scope"),
        ("InternalServerException", "server_error"),
    ],
)
def test_oidc_errors_have_their_oauth_names(center: IdentityCenter, kind: str, error: str) -> None:
    center.faults.add("CreateToken", kind)
    assert send_json(center, "/token", {}).json["error"] == error


def test_portal_errors_are_identical_to_those_of_aws(center: IdentityCenter, clients: Clients) -> None:
    headers = {TOKEN_HEADER: clients.token()["accessToken"]}
    accounts = send(center, "GET", "/assignment/accounts?max_result=100", headers=headers)
    assert accounts.json["nextToken"] is None
    assert list(accounts.json["accountList"][0]) == ["accountId", "accountName", "emailAddress"]
    query = "role_name=No%20such%20role&account_id=111122223333"
    refused = send(center, "GET", f"/federation/credentials?{query}", headers=headers)
    assert refused.status == 403
    assert refused.json == {
        "message": "No access",
        "__type": "com.amazonaws.switchboard.portal#ForbiddenException",
    }
    logout = send(center, "POST", "/logout", headers=headers)
    assert (logout.status, logout.body) == (200, b"")


@pytest.mark.parametrize(
    "answer",
    [
        {"accessToken": 5},
        {"accessToken": "x", "access_token": "x"},
        {"accessToken": "x", "expiresIn": "3600"},
    ],
)
def test_an_invalid_response_of_the_emulator_is_an_error(answer: Json) -> None:
    center = IdentityCenter()
    with pytest.raises(OwnMistake, match="CreateToken"), center:
        client = Clients(center).register(SCOPE)
        center._api.handlers["CreateToken"] = lambda parameters, request: answer
        document = {**client, "grantType": "refresh_token", "refreshToken": "x"}
        response = send_json(center, "/token", document)
        assert response.status == 500
        assert "The emulator made a mistake" in response.json["message"]


def test_the_journal_holds_no_secret(center: IdentityCenter, clients: Clients) -> None:
    client = clients.register(SCOPE)
    device = clients.device(client)
    center.approve(device["userCode"])
    token = clients.poll(client, device)
    token = {**token, **clients.refresh(client, token)}
    keys = clients.keys()
    clients.sts(keys).get_caller_identity()
    clients.portal.logout(accessToken=token["accessToken"])
    journal = json.dumps([entry.as_data() for entry in center.requests])
    secrets = [client["clientSecret"], device["deviceCode"], token["accessToken"], token["refreshToken"]]
    secrets += [keys["secretAccessKey"], keys["sessionToken"], keys["accessKeyId"]]
    for secret in secrets:
        assert secret not in journal
    assert center.invalid_requests == []
    asked = center.journal.entries("GetRoleCredentials")[0]
    assert asked.parameters == {"accountId": "111122223333", "roleName": "ReadOnly"}
    assert "Botocore" in asked.user_agent


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from(["clientId", "clientSecret", "grantType", "deviceCode", "code", "scope"]) | st.text()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["/client/register", "/device_authorization", "/token"]),
    document=st.dictionaries(names, json_values, max_size=5),
)
def test_no_document_breaks_the_emulator(
    center: IdentityCenter, path: str, document: t.Dict[str, t.Any]
) -> None:
    answer = send_json(center, path, document)
    assert answer.status in (400, 401)
    assert center.mistakes == []
