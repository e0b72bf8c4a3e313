# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sso-oidc service: clients register, start a login, and exchange what a user granted for tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import re
import typing as t
import urllib.parse

from identity_center.messages import ApiError, Handler, Request
from identity_center.records import (
    DENIED,
    PENDING,
    Client,
    DeviceAuthorization,
    Records,
    SignIn,
    Token,
    new_user_code,
    opaque,
)
from identity_center.settings import Knobs
from identity_center.world import World

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"
GRANT_TYPES = (DEVICE_CODE, AUTHORIZATION_CODE, REFRESH_TOKEN)
LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")
SCOPE = re.compile(r"[A-Za-z0-9_.-]+(:[A-Za-z0-9_.*-]+)*")


class Oidc:
    def __init__(self, world: World, knobs: Knobs, records: Records) -> None:
        self._world = world
        self._knobs = knobs
        self._records = records
        self.operations: dict[str, Handler] = {
            "RegisterClient": self.register_client,
            "StartDeviceAuthorization": self.start_device_authorization,
            "CreateToken": self.create_token,
        }

    def register_client(self, parameters: dict[str, t.Any], request: Request) -> dict[str, t.Any]:
        _check_registration(parameters)
        now = self._knobs.now()
        client = Client(
            id=opaque(22) + base64.urlsafe_b64encode(request.region.encode()).decode().rstrip("="),
            secret=opaque(400),
            name=parameters["clientName"],
            scopes=tuple(parameters.get("scopes", ())),
            grant_types=tuple(parameters.get("grantTypes", ())),
            redirect_uris=tuple(parameters.get("redirectUris", ())),
            issuer_url=parameters.get("issuerUrl", ""),
            region=request.region,
            expires_at=now + (self._knobs.registration_seconds or math.inf),
        )
        self._records.registrations[client.id] = client
        return {
            "authorizationEndpoint": None,
            "clientId": client.id,
            "clientIdIssuedAt": int(now),
            "clientSecret": client.secret,
            "clientSecretExpiresAt": int(client.expires_at) if math.isfinite(client.expires_at) else 0,
            "tokenEndpoint": None,
        }

    def start_device_authorization(self, parameters: dict[str, t.Any], request: Request) -> dict[str, t.Any]:
        client = self._client(parameters, request)
        if client.grant_types and DEVICE_CODE not in client.grant_types:
            raise ApiError("UnauthorizedClientException", "Client is not authorized to use this grant type")
        if not self._world.is_start_url(parameters["startUrl"]) or not self._world.is_region(request.region):
            raise ApiError("InvalidRequestException", "Invalid request")
        device = DeviceAuthorization(
            device_code=opaque(86),
            user_code=new_user_code(),
            client_id=client.id,
            interval=self._knobs.interval,
            expires_at=self._knobs.now() + self._knobs.device_code_seconds,
        )
        self._records.device_codes[device.device_code] = device
        page = f"{request.base_url}/device"
        return {
            "deviceCode": device.device_code,
            "expiresIn": int(self._knobs.device_code_seconds),
            "interval": self._knobs.interval,
            "userCode": device.user_code,
            "verificationUri": page,
            "verificationUriComplete": f"{page}?{urllib.parse.urlencode({'user_code': device.user_code})}",
        }

    def create_token(self, parameters: dict[str, t.Any], request: Request) -> dict[str, t.Any]:
        client = self._client(parameters, request)
        grant_type = parameters["grantType"]
        if grant_type not in GRANT_TYPES:
            raise ApiError("UnsupportedGrantTypeException", "Unsupported grant type")
        if client.grant_types and grant_type not in client.grant_types:
            raise ApiError("UnauthorizedClientException", "Client is not authorized to use this grant type")
        if grant_type == DEVICE_CODE:
            return self._by_device_code(client, _member(parameters, "deviceCode"))
        if grant_type == AUTHORIZATION_CODE:
            return self._by_authorization_code(client, parameters)
        return self._by_refresh_token(client, _member(parameters, "refreshToken"))

    def _client(self, parameters: dict[str, t.Any], request: Request) -> Client:
        client = self._records.registrations.get(parameters["clientId"])
        if (
            client is None
            or client.region != request.region
            or not hmac.compare_digest(client.secret.encode(), parameters["clientSecret"].encode())
            or client.expires_at <= self._knobs.now()
        ):
            raise ApiError("InvalidClientException", "Invalid client provided")
        return client

    def _by_device_code(self, client: Client, device_code: str) -> dict[str, t.Any]:
        device = self._records.device_codes.get(device_code)
        if device is None or device.client_id != client.id:
            raise ApiError("InvalidGrantException", "Invalid device code provided")
        if device.expires_at <= self._knobs.now():
            raise ApiError("ExpiredTokenException", "Device code expired")
        self._check_pace(device)
        if device.state == PENDING:
            raise ApiError("AuthorizationPendingException", "Authorization is still pending")
        del self._records.device_codes[device_code]
        if device.state == DENIED or device.sign_in is None:
            raise ApiError("AccessDeniedException", "The request was denied")
        return self._tokens(client, client.scopes, device.sign_in)

    def _check_pace(self, device: DeviceAuthorization) -> None:
        now = self._knobs.now()
        # A little less than the interval is enough: the client's sleep and the network are not exact.
        too_fast = now - device.polled_at < device.interval * 0.9
        device.polled_at = now
        if not too_fast:
            return
        device.fast_polls += 1
        if device.fast_polls > self._knobs.fast_polls_allowed:
            device.interval += self._knobs.slow_down_step
            raise ApiError("SlowDownException", "Polling too fast")

    def _by_authorization_code(self, client: Client, parameters: dict[str, t.Any]) -> dict[str, t.Any]:
        # Whatever comes of it, a code is tried once.
        granted = self._records.authorization_codes.pop(_member(parameters, "code"), None)
        if granted is None or granted.client_id != client.id or granted.sign_in is None:
            raise ApiError("InvalidGrantException", "Invalid authorization code provided")
        if granted.expires_at <= self._knobs.now():
            raise ApiError("ExpiredTokenException", "Authorization code expired")
        if granted.redirect_uri != _member(parameters, "redirectUri"):
            raise ApiError("InvalidGrantException", "Redirect URI does not match the authorization request")
        digest = hashlib.sha256(_member(parameters, "codeVerifier").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != granted.challenge:
            raise ApiError("InvalidGrantException", "Invalid code verifier provided")
        return self._tokens(client, granted.scopes, granted.sign_in)

    def _by_refresh_token(self, client: Client, value: str) -> dict[str, t.Any]:
        token = self._records.refresh_tokens.get(value)
        if token is None and value in self._records.spent_refresh_tokens:
            self._records.burnt_refresh_tokens += 1
        if token is None or token.client_id != client.id or not token.lives(self._knobs.now()):
            raise ApiError("InvalidGrantException", "Invalid refresh token provided")
        habit = self._knobs.refresh_tokens
        if habit == "single_use":
            del self._records.refresh_tokens[value]
            self._records.spent_refresh_tokens.add(value)
            return self._tokens(client, token.scopes, token.sign_in)
        answer = self._tokens(client, token.scopes, token.sign_in, with_refresh_token=False)
        return {**answer, "refreshToken": value if habit == "reusable" else None}

    def _tokens(
        self, client: Client, scopes: tuple[str, ...], sign_in: SignIn, with_refresh_token: bool = True
    ) -> dict[str, t.Any]:
        now = self._knobs.now()
        if sign_in.expires_at <= now:
            raise ApiError("InvalidGrantException", "The sign-in session has ended")
        lifetime = self._knobs.access_token_seconds if scopes else self._knobs.legacy_token_seconds
        expires_at = min(now + lifetime, sign_in.expires_at)
        access = Token(opaque(200), client.id, scopes, sign_in, client.region, expires_at)
        self._records.access_tokens[access.value] = access
        refresh = Token(opaque(300), client.id, scopes, sign_in, client.region, sign_in.expires_at)
        if scopes and with_refresh_token:
            self._records.refresh_tokens[refresh.value] = refresh
        return {
            "accessToken": access.value,
            "expiresIn": math.ceil(expires_at - now),
            "idToken": None,
            "refreshToken": refresh.value if refresh.value in self._records.refresh_tokens else None,
            "tokenType": "Bearer",
        }


def _member(parameters: dict[str, t.Any], name: str) -> str:
    if not parameters.get(name):
        raise ApiError("InvalidRequestException", f"Missing member {name}")
    value: str = parameters[name]
    return value


def _check_registration(parameters: dict[str, t.Any]) -> None:
    if parameters["clientType"] != "public" or not parameters["clientName"]:
        raise ApiError("InvalidClientMetadataException", "Invalid client type or name")
    for scope in parameters.get("scopes", ()):
        if not SCOPE.fullmatch(scope):
            raise ApiError("InvalidScopeException", "Invalid scope")
    for grant_type in parameters.get("grantTypes", ()):
        if grant_type not in GRANT_TYPES:
            raise ApiError("UnsupportedGrantTypeException", "Unsupported grant type")
    for uri in parameters.get("redirectUris", ()):
        if not is_loopback_redirect(uri):
            raise ApiError("InvalidRedirectUriException", "Invalid redirect URI")
    if AUTHORIZATION_CODE in parameters.get("grantTypes", ()):
        for name in ("redirectUris", "issuerUrl"):
            _member(parameters, name)


def is_loopback_redirect(uri: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(uri)
        parts.port  # noqa: B018 a port that is no number raises here
    except ValueError:
        return False
    return (
        parts.scheme == "http"
        and parts.hostname in LOOPBACK_HOSTS
        and not parts.fragment
        and "@" not in parts.netloc
    )


def redirects_to(uri: str, registered: str) -> bool:
    """Whether *uri* is the registered one, whatever its port: RFC 8252 section 7.3."""
    wanted, known = urllib.parse.urlsplit(uri), urllib.parse.urlsplit(registered)
    return is_loopback_redirect(uri) and (wanted.hostname, wanted.path, wanted.query) == (
        known.hostname,
        known.path,
        known.query,
    )
