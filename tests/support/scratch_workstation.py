# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workstation below a scratch directory, and something in the place of AWS on loopback."""

from __future__ import annotations

import datetime
import email.utils
import hashlib
import http.server
import json
import pathlib
import socketserver
import subprocess
import threading
import time
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.examine import Report, examine
from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.finding import Finding
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_cache import utc_now
from ansible_collections.workstation.aws_sso.plugins.module_utils._text import format_time

SESSION = """\
[sso-session corp]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
"""
SECRETS = {"accessToken": "hush-token", "refreshToken": "hush-refresh", "clientSecret": "hush-client"}


class Answers:
    """A server that gives the same answer to everything, also to whom takes it for a proxy."""

    def __init__(self, status: int = 401, body: str = "{}", content_type: str = "application/json") -> None:
        self.status = status
        self.body = body
        self.content_type = content_type
        self.clock_ahead = 0.0
        self.requests: t.List[str] = []
        answers = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answers.requests.append(f"{self.command} {self.path}")
                self.send_response_only(answers.status)
                self.send_header(
                    "Date", email.utils.formatdate(time.time() + answers.clock_ahead, usegmt=True)
                )
                self.send_header("Content-Type", answers.content_type)
                self.end_headers()
                self.wfile.write(answers.body.encode())

            do_POST = do_CONNECT = do_GET

            def log_message(self, format: str, *args: t.Any) -> None:
                pass

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.address}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Answers:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class ScratchWorkstation:
    """A plain Linux host in good order, but for what a test does to it."""

    def __init__(self, directory: pathlib.Path, endpoint: str) -> None:
        self.home = directory / "home"
        self.root = directory / "root"
        self.bin = directory / "bin"
        for path in (self.home / ".aws" / "sso" / "cache", self.home / ".aws" / "cli" / "cache"):
            path.mkdir(parents=True)
        for path in (self.home / ".aws").glob("**"):
            path.chmod(0o700)
        (self.home / ".aws").chmod(0o700)
        self.environment = {
            "HOME": str(self.home),
            "PATH": str(self.bin),
            "AWS_ENDPOINT_URL_SSO_OIDC": endpoint,
            "AWS_ENDPOINT_URL_SSO": endpoint,
        }
        self.add_cli("2.38.5")
        self.write_config(SESSION)
        self.sign_in()

    def examine(
        self, names: t.Optional[t.Sequence[t.Union[str, SsoSession]]] = None, timeout: float = 5
    ) -> Report:
        return examine(self.environment, _run, names, timeout, str(self.root))

    def findings(self) -> t.Dict[str, Finding]:
        """The findings by id, but for those that every test of it has because of its endpoints."""
        findings = [
            finding for finding in self.examine().findings if finding.id != "variable-endpoint-override"
        ]
        assert len({finding.id for finding in findings}) == len(findings), findings
        return {finding.id: finding for finding in findings}

    def write(self, path: str, text: str) -> pathlib.Path:
        """A file of the system."""
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return target

    def write_config(self, text: str) -> pathlib.Path:
        return self._private(self.home / ".aws" / "config", text)

    def write_credentials(self, text: str) -> pathlib.Path:
        return self._private(self.home / ".aws" / "credentials", text)

    def write_cache(self, name: str, text: str) -> pathlib.Path:
        return self._private(self.home / ".aws" / name, text)

    def _private(self, path: pathlib.Path, text: str) -> pathlib.Path:
        path.write_text(text)
        path.chmod(0o600)
        return path

    def sign_in(self, minutes: float = 60, without: str = "", **fields: str) -> pathlib.Path:
        """Write the token of the session corp, without one of its fields, or with other ones."""
        now = utc_now()
        token = {
            "startUrl": "https://acme.awsapps.com/start",
            "region": "eu-west-1",
            "expiresAt": format_time(now + datetime.timedelta(minutes=minutes)),
            "clientId": "client",
            "registrationExpiresAt": format_time(now + datetime.timedelta(days=80)),
            **SECRETS,
            **fields,
        }
        token.pop(without, "")
        name = hashlib.sha1(b"corp").hexdigest()
        return self.write_cache(f"sso/cache/{name}.json", json.dumps(token))

    def add_cli(self, version: str, directory: t.Optional[pathlib.Path] = None) -> pathlib.Path:
        text = f"#!/bin/sh\necho 'aws-cli/{version} Python/3.14.0 Linux/6.6 exe/x86_64'\n"
        return self.add_program("aws", text, directory)

    def add_program(self, name: str, text: str, directory: t.Optional[pathlib.Path] = None) -> pathlib.Path:
        path = (directory or self.bin) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path


def _run(command: t.List[str]) -> t.Tuple[int, str, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr
