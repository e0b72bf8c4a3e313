# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that claims to be IAM Identity Center, and answers whatever it likes."""

from __future__ import annotations

import http.server
import json
import threading
import typing as t
import urllib.parse

import pytest

from support.logins import CORP, in_seconds, token_file

ACCOUNTS = "/assignment/accounts"
ROLES = "/assignment/roles"
CREDENTIALS = "/federation/credentials"
REGISTER = "/client/register"
DEVICE = "/device_authorization"
TOKEN = "/token"

ACCOUNT = {"accountId": "111122223333", "accountName": "Development", "emailAddress": "dev@acme.example"}
HONEST: dict[str, t.Any] = {
    ACCOUNTS: {"accountList": [ACCOUNT]},
    ROLES: {"roleList": [{"roleName": "ReadOnly", "accountId": "111122223333"}]},
    REGISTER: {"clientId": "id", "clientSecret": "secret", "clientSecretExpiresAt": 4102444800},
    DEVICE: {
        "deviceCode": "device",
        "userCode": "ABCD-EFGH",
        "verificationUri": "https://acme.awsapps.com/start/#/device",
        "verificationUriComplete": "https://acme.awsapps.com/start/#/device?user_code=ABCD-EFGH",
        "expiresIn": 600,
        "interval": 1,
    },
    TOKEN: {"accessToken": "token", "tokenType": "Bearer", "expiresIn": 3600, "refreshToken": "refresh"},
}


class HostileService:
    """Answers of *answers* by path, which are documents or raw bytes; others are honest."""

    def __init__(self, answers: t.Mapping[str, t.Any]) -> None:
        self.count = 0
        service, served = self, {**HONEST, **answers}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.count += 1
                answer = served[urllib.parse.urlsplit(self.path).path]
                if callable(answer):
                    answer = answer(service.count)
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.do_GET()

            def log_message(self, *_arguments: object) -> None:
                """Log nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> HostileService:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def replace_aws(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Send botocore here, signed in to the session corp."""
        monkeypatch.setenv("AWS_ENDPOINT_URL", self.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        token_file().parent.mkdir(parents=True, exist_ok=True)
        document = {"startUrl": CORP.start_url, "region": CORP.region, "accessToken": "secret-token"}
        token_file().write_text(json.dumps({**document, "expiresAt": in_seconds(3600)}))
