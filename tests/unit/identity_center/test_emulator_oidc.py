# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registration, the device flow, PKCE and refresh, as botocore's own client sees them."""

from __future__ import annotations

import typing as t
import urllib.error
import urllib.parse

import pytest

from identity_center import BrowserUser, BrowserUserError, IdentityCenter
from support.emulator_clients import (
    DEVICE_CODE,
    REDIRECT_URI,
    SCOPE,
    START_URL,
    VERIFIER,
    Callback,
    Clients,
    Json,
    authorize_url,
    callback,
    code_of,
    send,
)


class TestRegistration:
    def test_lives_for_ninety_days(self, clients: Clients) -> None:
        answer = clients.oidc.register_client(clientName="x", clientType="public")
        assert answer["clientSecretExpiresAt"] - answer["clientIdIssuedAt"] == 90 * 86400

    @pytest.mark.parametrize(
        ("parameters", "code"),
        [
            ({"clientType": "confidential"}, "InvalidClientMetadataException"),
            ({"scopes": ["not a scope"]}, "InvalidScopeException"),
            ({"grantTypes": ["password"]}, "UnsupportedGrantTypeException"),
            ({"redirectUris": ["https://evil.example/callback"]}, "InvalidRedirectUriException"),
            ({"redirectUris": ["http://127.0.0.1.evil.example/"]}, "InvalidRedirectUriException"),
            ({"redirectUris": ["http://127.0.0.1@evil.example/"]}, "InvalidRedirectUriException"),
            ({"redirectUris": ["http://127.0.0.1:port/"]}, "InvalidRedirectUriException"),
            ({"grantTypes": ["authorization_code"]}, "InvalidRequestException"),
        ],
    )
    def test_refuses(self, clients: Clients, parameters: Json, code: str) -> None:
        registration = {"clientName": "x", "clientType": "public", **parameters}
        assert code_of(clients.oidc.register_client, **registration) == code

    @pytest.mark.parametrize("loss", ["expire", "revoke"])
    def test_that_ended_is_an_invalid_client(
        self, center: IdentityCenter, clients: Clients, loss: str
    ) -> None:
        client = clients.register(SCOPE)
        assert getattr(center, loss)("registrations") == 1
        assert code_of(clients.device, client) == "InvalidClientException"

    def test_with_a_wrong_secret_is_an_invalid_client(self, clients: Clients) -> None:
        client = {**clients.register(SCOPE), "clientSecret": "wröng"}
        assert code_of(clients.device, client) == "InvalidClientException"


class TestDeviceFlow:
    def test_grants_a_token_for_what_the_user_allowed(self, clients: Clients) -> None:
        client = clients.register(SCOPE)
        device = clients.device(client)
        assert device["expiresIn"] == 600
        assert device["userCode"] in urllib.parse.unquote(device["verificationUriComplete"])
        assert code_of(clients.poll, client, device) == "AuthorizationPendingException"
        assert BrowserUser().visit(device["verificationUriComplete"]) == "Request approved"
        token = clients.poll(client, device)
        assert (token["tokenType"], token["expiresIn"]) == ("Bearer", 3600)
        assert token["refreshToken"]
        assert clients.portal.list_accounts(accessToken=token["accessToken"])["accountList"]

    def test_the_code_can_be_typed(self, clients: Clients) -> None:
        client = clients.register(SCOPE)
        device = clients.device(client)
        typed = device["userCode"].lower().replace("-", " ")
        assert BrowserUser(code=typed).visit(device["verificationUri"]) == "Request approved"
        assert clients.poll(client, device)["accessToken"]

    def test_a_wrong_code_is_refused(self, clients: Clients) -> None:
        device = clients.device(clients.register(SCOPE))
        with pytest.raises(BrowserUserError, match="Enter the code"):
            BrowserUser(code="BBBB-BBBB").visit(device["verificationUri"])

    def test_works_once(self, center: IdentityCenter, clients: Clients) -> None:
        client = clients.register(SCOPE)
        device = clients.device(client)
        center.approve(device["userCode"])
        clients.poll(client, device)
        assert code_of(clients.poll, client, device) == "InvalidGrantException"

    def test_denied(self, clients: Clients) -> None:
        client = clients.register(SCOPE)
        device = clients.device(client)
        assert BrowserUser(deny=True).visit(device["verificationUriComplete"]) == "Request denied"
        assert code_of(clients.poll, client, device) == "AccessDeniedException"

    def test_expired(self, center: IdentityCenter, clients: Clients) -> None:
        client = clients.register(SCOPE)
        device = clients.device(client)
        center.expire("device_codes")
        for _unused in range(2):
            assert code_of(clients.poll, client, device) == "ExpiredTokenException"
        with pytest.raises(BrowserUserError):
            BrowserUser().visit(device["verificationUriComplete"])
        with pytest.raises(ValueError, match="no device waits"):
            center.approve(device["userCode"])

    def test_belongs_to_the_client_that_started_it(self, clients: Clients) -> None:
        device = clients.device(clients.register(SCOPE))
        assert code_of(clients.poll, clients.register(SCOPE), device) == "InvalidGrantException"

    def test_polling_too_fast_slows_down_permanently(self, center: IdentityCenter, clients: Clients) -> None:
        center.set(interval=1, slow_down_step=5)
        client = clients.register(SCOPE)
        device = clients.device(client)
        codes = [code_of(clients.poll, client, device) for _unused in range(4)]
        # The AWS CLI polls twice at once without an error.
        assert codes == ["AuthorizationPendingException"] * 2 + ["SlowDownException"] * 2
        record = center.records.device_codes[device["deviceCode"]]
        assert record.interval == 11
        record.polled_at -= 10.5
        assert code_of(clients.poll, client, device) == "AuthorizationPendingException"

    @pytest.mark.parametrize("start_url", ["https://other.awsapps.com/start", "nonsense"])
    def test_a_wrong_start_url_is_an_invalid_request(self, clients: Clients, start_url: str) -> None:
        client = clients.register(SCOPE)
        code = code_of(clients.oidc.start_device_authorization, startUrl=start_url, **client)
        assert code == "InvalidRequestException"

    @pytest.mark.parametrize("ending", ["", "/", "#", "#/", "/#/"])
    def test_the_start_url_may_be_as_copied_from_a_browser(self, clients: Clients, ending: str) -> None:
        client = clients.register(SCOPE)
        assert clients.oidc.start_device_authorization(startUrl=START_URL + ending, **client)["userCode"]

    def test_another_region_does_not_know_the_start_url(self, center: IdentityCenter) -> None:
        elsewhere = Clients(center, region="us-west-2")
        assert code_of(elsewhere.device, elsewhere.register(SCOPE)) == "InvalidRequestException"

    def test_a_client_of_pkce_may_not_use_it(self, clients: Clients) -> None:
        client = clients.register(SCOPE, pkce=True)
        assert code_of(clients.device, client) == "UnauthorizedClientException"


class TestLifetimes:
    def test_without_scopes_eight_hours_and_no_refresh_token(self, clients: Clients) -> None:
        token = clients.token(clients.register())
        assert token["expiresIn"] == 8 * 3600
        assert "refreshToken" not in token

    def test_a_token_ends_with_its_sign_in_session(self, center: IdentityCenter, clients: Clients) -> None:
        center.set(sign_in_seconds=1200)
        assert clients.token()["expiresIn"] == 1200

    def test_a_login_in_a_warm_browser_inherits_what_is_left(
        self, center: IdentityCenter, clients: Clients, tmp_path: t.Any
    ) -> None:
        center.set(sign_in_seconds=1200)
        user = BrowserUser(cookies=str(tmp_path / "cookies"))
        client = clients.register(SCOPE)
        for seconds_left in (1200, 700):
            device = clients.device(client)
            user.visit(device["verificationUriComplete"])
            assert abs(clients.poll(client, device)["expiresIn"] - seconds_left) <= 2
            center.set(clock_skew_seconds=500)
        assert center.count("SignIn") == 2, "one page and one form: the second login found the session"

    def test_the_knob_of_access_tokens(self, center: IdentityCenter, clients: Clients) -> None:
        center.set(access_token_seconds=90)
        assert clients.token()["expiresIn"] == 90


class TestRefresh:
    def test_single_use(self, center: IdentityCenter, clients: Clients) -> None:
        client = clients.register(SCOPE)
        first = clients.token(client)
        second = clients.refresh(client, first)
        assert second["refreshToken"] != first["refreshToken"]
        assert center.records.burnt_refresh_tokens == 0
        assert code_of(clients.refresh, client, first) == "InvalidGrantException"
        assert center.records.burnt_refresh_tokens == 1
        assert clients.refresh(client, second)["accessToken"]

    def test_reusable(self, center: IdentityCenter, clients: Clients) -> None:
        center.set(refresh_tokens="reusable")
        client = clients.register(SCOPE)
        first = clients.token(client)
        for _unused in range(2):
            assert clients.refresh(client, first)["refreshToken"] == first["refreshToken"]

    def test_silent(self, center: IdentityCenter, clients: Clients) -> None:
        center.set(refresh_tokens="silent")
        client = clients.register(SCOPE)
        first = clients.token(client)
        for _unused in range(2):
            assert "refreshToken" not in clients.refresh(client, first)

    @pytest.mark.parametrize(
        "end",
        [
            lambda center: center.expire("refresh_tokens"),
            lambda center: center.revoke("refresh_tokens"),
            lambda center: center.expire("sign_ins"),
            lambda center: center.end_sessions(),
        ],
    )
    def test_ends(
        self, center: IdentityCenter, clients: Clients, end: t.Callable[[IdentityCenter], int]
    ) -> None:
        client = clients.register(SCOPE)
        token = clients.token(client)
        assert end(center) == 1
        assert code_of(clients.refresh, client, token) == "InvalidGrantException"
        assert center.records.burnt_refresh_tokens == 0

    def test_of_another_client(self, clients: Clients) -> None:
        token = clients.token()
        assert code_of(clients.refresh, clients.register(SCOPE), token) == "InvalidGrantException"

    def test_survives_the_revocation_of_the_access_token(
        self, center: IdentityCenter, clients: Clients
    ) -> None:
        client = clients.register(SCOPE)
        token = clients.token(client)
        center.revoke_tokens()
        assert (
            code_of(clients.portal.list_accounts, accessToken=token["accessToken"]) == "UnauthorizedException"
        )
        fresh = clients.refresh(client, token)
        assert clients.portal.list_accounts(accessToken=fresh["accessToken"])["accountList"]

    def test_unknown_grant_type(self, clients: Clients) -> None:
        client = clients.register(SCOPE)
        assert (
            code_of(clients.oidc.create_token, grantType="password", **client)
            == "UnsupportedGrantTypeException"
        )

    @pytest.mark.parametrize("grant_type", [DEVICE_CODE, "refresh_token"])
    def test_a_grant_without_its_member(self, clients: Clients, grant_type: str) -> None:
        client = clients.register(SCOPE)
        assert code_of(clients.oidc.create_token, grantType=grant_type, **client) == "InvalidRequestException"


@pytest.fixture
def client(clients: Clients) -> Json:
    return clients.register(SCOPE, pkce=True)


@pytest.fixture
def listener() -> t.Iterator[Callback]:
    with callback() as heard:
        yield heard


class TestPkce:
    def exchange(self, clients: Clients, client: Json, listener: Callback, **changes: str) -> Json:
        parameters = {
            "grantType": "authorization_code",
            "code": listener.calls[-1]["code"],
            "redirectUri": listener.uri,
            "codeVerifier": VERIFIER,
            **changes,
        }
        answer: Json = clients.oidc.create_token(**parameters, **client)
        return answer

    def test_grants_a_token(
        self, center: IdentityCenter, clients: Clients, client: Json, listener: Callback
    ) -> None:
        center.approve(authorize_url(center, client, listener.uri))
        assert listener.calls[0]["state"] == "a state & more"
        token = self.exchange(clients, client, listener)
        assert clients.portal.list_accounts(accessToken=token["accessToken"])["accountList"]
        assert clients.refresh(client, token)["accessToken"]

    def test_a_code_works_once(
        self, center: IdentityCenter, clients: Clients, client: Json, listener: Callback
    ) -> None:
        center.approve(authorize_url(center, client, listener.uri))
        self.exchange(clients, client, listener)
        assert code_of(self.exchange, clients, client, listener) == "InvalidGrantException"

    @pytest.mark.parametrize(
        "changes", [{"codeVerifier": "w" * 64}, {"redirectUri": REDIRECT_URI}, {"code": "another"}]
    )
    def test_the_exchange_has_to_match(
        self, center: IdentityCenter, clients: Clients, client: Json, listener: Callback, changes: Json
    ) -> None:
        center.approve(authorize_url(center, client, listener.uri))
        assert code_of(self.exchange, clients, client, listener, **changes) == "InvalidGrantException"

    def test_a_code_expires(
        self, center: IdentityCenter, clients: Clients, client: Json, listener: Callback
    ) -> None:
        center.approve(authorize_url(center, client, listener.uri))
        center.expire("authorization_codes")
        assert code_of(self.exchange, clients, client, listener) == "ExpiredTokenException"

    def test_denied(self, center: IdentityCenter, client: Json, listener: Callback) -> None:
        center.deny(authorize_url(center, client, listener.uri))
        assert listener.calls[0]["error"] == "access_denied"
        assert listener.calls[0]["state"] == "a state & more"
        assert "code" not in listener.calls[0]

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"code_challenge": None}, "invalid_request"),
            ({"scopes": f"{SCOPE} more:than:registered"}, "invalid_scope"),
        ],
    )
    def test_mistakes_are_reported_to_the_client(
        self, center: IdentityCenter, client: Json, changes: Json, error: str
    ) -> None:
        url = authorize_url(center, client, "http://127.0.0.1:9/oauth/callback", **changes)
        answer = send(center, "GET", url[len(center.url) :])
        target = urllib.parse.urlsplit(answer.headers["location"])
        assert target.netloc == "127.0.0.1:9"
        assert urllib.parse.parse_qs(target.query)["error"] == [error]

    @pytest.mark.parametrize(
        "redirect_uri",
        [
            "http://127.0.0.1:9/another/path",
            "http://127.0.0.1:9/oauth/callback?more=1",
            "http://localhost:9/oauth/callback",
            "https://127.0.0.1:9/oauth/callback",
            "http://evil.example/oauth/callback",
            "http://127.0.0.1:9@evil.example/oauth/callback",
            "javascript:alert(1)",
            "",
        ],
    )
    def test_never_redirects_elsewhere(self, center: IdentityCenter, client: Json, redirect_uri: str) -> None:
        answer = send(center, "GET", authorize_url(center, client, redirect_uri)[len(center.url) :])
        assert answer.status == 400
        assert "location" not in answer.headers

    def test_an_unknown_client_sees_a_page(self, center: IdentityCenter) -> None:
        url = authorize_url(center, {"clientId": "unknown"}, "http://127.0.0.1:9/oauth/callback")
        assert send(center, "GET", url[len(center.url) :]).status == 400

    def test_a_warm_session_may_redirect_at_once(
        self, center: IdentityCenter, client: Json, listener: Callback, tmp_path: t.Any
    ) -> None:
        center.set(ask_consent=False)
        user = BrowserUser(cookies=str(tmp_path / "cookies"))
        for _unused in range(2):
            user.visit(authorize_url(center, client, listener.uri))
        assert len(listener.calls) == 2
        assert center.count("Allow") == 3, "page and form at first, then only the page's redirect"

    def test_a_wrong_password_leads_nowhere(
        self, center: IdentityCenter, client: Json, listener: Callback
    ) -> None:
        with pytest.raises(BrowserUserError, match="Sign in"):
            BrowserUser(password="wrong").visit(authorize_url(center, client, listener.uri))
        assert listener.calls == []
