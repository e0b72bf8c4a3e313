# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""botocore's real clients for an emulator, and the steps of a login with them."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import http.client
import http.server
import json
import threading
import typing as t
import urllib.parse

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from identity_center import IdentityCenter

START_URL = "https://acme.awsapps.com/start"
SCOPE = "sso:account:access"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
REDIRECT_URI = "http://127.0.0.1/oauth/callback"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")

Json = t.Dict[str, t.Any]


@functools.lru_cache(maxsize=1)
def session() -> t.Any:
    return botocore.session.Session()


def code_of(call: t.Callable[..., t.Any], /, *arguments: t.Any, **parameters: t.Any) -> str:
    """The error code that a call of a botocore client fails with."""
    try:
        call(*arguments, **parameters)
    except ClientError as error:
        code: str = error.response["Error"]["Code"]
        return code
    raise AssertionError("the call succeeded")


class Clients:
    """*region* is the one that the clients take the emulator for; None is its own."""

    def __init__(self, center: IdentityCenter, region: str | None = None, timeout: float = 5) -> None:
        self.center = center
        self._endpoint = center.environment(region)["AWS_ENDPOINT_URL_SSO"]
        self._timeout = timeout

    @functools.cached_property
    def oidc(self) -> t.Any:
        return self._client("sso-oidc", self._endpoint)

    @functools.cached_property
    def portal(self) -> t.Any:
        return self._client("sso", self._endpoint)

    def _client(self, service: str, endpoint: str, **credentials: str) -> t.Any:
        config = Config(
            signature_version=None if credentials else UNSIGNED,
            retries={"total_max_attempts": 1},
            proxies={},
            read_timeout=self._timeout,
        )
        return session().create_client(
            service, region_name="eu-west-1", endpoint_url=endpoint, config=config, **credentials
        )

    def sts(self, keys: Json) -> t.Any:
        """A client that signs with *keys*, as GetRoleCredentials or AssumeRole returned them."""
        lower = {name[0].lower() + name[1:]: value for name, value in keys.items()}
        return self._client(
            "sts",
            self.center.url,
            aws_access_key_id=lower["accessKeyId"],
            aws_secret_access_key=lower["secretAccessKey"],
            aws_session_token=lower["sessionToken"],
        )

    def register(self, *scopes: str, pkce: bool = False) -> Json:
        """clientId and clientSecret of a new registration."""
        extra: Json = {"scopes": list(scopes)} if scopes else {}
        if pkce:
            extra.update(
                grantTypes=["authorization_code", "refresh_token"],
                redirectUris=[REDIRECT_URI],
                issuerUrl=START_URL,
            )
        answer = self.oidc.register_client(clientName="test", clientType="public", **extra)
        return {name: answer[name] for name in ("clientId", "clientSecret")}

    def device(self, client: Json) -> Json:
        answer: Json = self.oidc.start_device_authorization(startUrl=START_URL, **client)
        return answer

    def poll(self, client: Json, device: Json) -> Json:
        answer: Json = self.oidc.create_token(
            grantType=DEVICE_CODE, deviceCode=device["deviceCode"], **client
        )
        return answer

    def refresh(self, client: Json, token: Json) -> Json:
        answer: Json = self.oidc.create_token(
            grantType="refresh_token", refreshToken=token["refreshToken"], **client
        )
        return answer

    def token(self, client: Json | None = None, user: str | None = None) -> Json:
        """A login from start to end."""
        client = client or self.register(SCOPE)
        device = self.device(client)
        self.center.approve(device["userCode"], user)
        return self.poll(client, device)

    def keys(self, account_id: str = "111122223333", role_name: str = "ReadOnly") -> Json:
        access_token = self.token()["accessToken"]
        answer = self.portal.get_role_credentials(
            accessToken=access_token, accountId=account_id, roleName=role_name
        )
        credentials: Json = answer["roleCredentials"]
        return credentials


def authorize_url(center: IdentityCenter, client: Json, redirect_uri: str, **changes: str | None) -> str:
    arguments: dict[str, str | None] = {
        "response_type": "code",
        "client_id": client["clientId"],
        "redirect_uri": redirect_uri,
        "state": "a state & more",
        "code_challenge_method": "S256",
        "scopes": SCOPE,
        "code_challenge": CHALLENGE,
        **changes,
    }
    given = {name: value for name, value in arguments.items() if value is not None}
    return f"{center.url}/authorize?{urllib.parse.urlencode(given)}"


class Callback:
    """The loopback server of a client of PKCE: keeps what it was called with."""

    def __init__(self, port: int) -> None:
        self.uri = f"http://127.0.0.1:{port}/oauth/callback"
        self.calls: list[dict[str, str]] = []


@contextlib.contextmanager
def callback() -> t.Iterator[Callback]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.calls.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<h1>Back at the client</h1>")

        def log_message(self, format: str, *args: t.Any) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        heard = Callback(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield heard
        finally:
            server.shutdown()
            thread.join()


class Answer(t.NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> t.Any:
        return json.loads(self.body)


def send(
    center: IdentityCenter,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """A request as no SDK would send it. Names of headers come back in lower case."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(center.url).netloc, timeout=60)
    with contextlib.closing(connection):
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, named, response.read())


def send_json(center: IdentityCenter, path: str, document: t.Any) -> Answer:
    return send(center, "POST", path, json.dumps(document).encode(), {"Content-Type": "application/json"})
