# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workstation in a scratch directory, and a server on loopback in place of AWS."""

from __future__ import annotations

import datetime
import email.utils
import hashlib
import http.server
import json
import pathlib
import socket
import socketserver
import subprocess
import threading
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config import parser
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
PROFILE = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
"""The settings of a profile of SESSION."""

WSL2 = {"/proc/sys/kernel/osrelease": "6.6.87.2-microsoft-standard-WSL2", "/run/WSL/1_interop": ""}
"""Files of the system, by path, that make a host a WSL2 distribution."""

SECRETS = {"accessToken": "hush-token", "refreshToken": "hush-refresh", "clientSecret": "hush-client"}


class FakeEndpoint:
    """A server that sends the same response to every request, also to those for a proxy.

    *clock_ahead* is how many seconds its clock is ahead of this machine's; *requests* are what it received.
    """

    def __init__(self, status: int = 401, body: str = "{}", content_type: str = "application/json") -> None:
        self.status = status
        self.body = body
        self.content_type = content_type
        self.clock_ahead = 0.0
        self.requests: t.List[str] = []
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                endpoint.requests.append(f"{self.command} {self.path}")
                self.send_response_only(endpoint.status)
                self.send_header(
                    "Date", email.utils.formatdate(time.time() + endpoint.clock_ahead, usegmt=True)
                )
                self.send_header("Content-Type", endpoint.content_type)
                self.end_headers()
                self.wfile.write(endpoint.body.encode())

            do_POST = do_CONNECT = do_GET

            def log_message(self, format: str, *args: t.Any) -> None:
                pass

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.address}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> FakeEndpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class ScratchWorkstation:
    """A correctly configured Linux host with a user who is signed in, until a test changes something.

    *sessions* are those that a test examines; None are all of the configuration.
    """

    sessions: t.Optional[t.Sequence[t.Union[str, SsoSession]]] = None

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
        self.write("/etc/resolv.conf", "nameserver 192.0.2.1\n")
        self.add_cli("2.38.5")
        self.write_config(SESSION)
        self.sign_in()

    def examine(
        self, sessions: t.Optional[t.Sequence[t.Union[str, SsoSession]]] = None, timeout: float = 5
    ) -> Report:
        return examine(self.environment, _run, sessions, timeout, str(self.root))

    def findings(self) -> t.Dict[str, Finding]:
        """The findings by id, except the one that the fake endpoint causes in every test."""
        findings = [
            finding for finding in self.examine().findings if finding.id != "variable-endpoint-override"
        ]
        assert len({finding.id for finding in findings}) == len(findings), findings
        return {finding.id: finding for finding in findings}

    def write(self, path: str, text: str) -> pathlib.Path:
        """Write a file of the system, such as /etc/wsl.conf, and return its path in the scratch directory."""
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
        """Write the token of the session corp, which expires in *minutes*, without or with certain fields."""
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


def closed_port() -> int:
    """A port of loopback where nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def refuse_to_open(monkeypatch: pytest.MonkeyPatch, path: pathlib.Path) -> None:
    """Let opening the configuration file *path* fail for a lack of permission, also if root runs the test."""

    def refuse(name: str, *arguments: t.Any, **options: t.Any) -> t.Any:
        if str(name) == str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return open(name, *arguments, **options)

    monkeypatch.setattr(parser, "open", refuse, raising=False)
