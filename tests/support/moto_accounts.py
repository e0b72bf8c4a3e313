# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many AWS accounts on loopback: moto serves each request in the account that its access key is for.

The access keys are those that the emulator of IAM Identity Center has issued. Nothing is changed in what moto
answers; *faults* are answers in its place.
"""

from __future__ import annotations

import io
import re
import threading
import typing as t
import urllib.parse
import urllib.request
import warnings

import botocore.session
from werkzeug.serving import WSGIRequestHandler, make_server

from identity_center import IdentityCenter

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # moto warns of optional libraries
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

_SETUP = "SETUP"
_SIGNED = re.compile(r"Credential=([A-Za-z0-9]+)/\d+/([a-z0-9-]+)/([a-z0-9-]+)/")


class Seen(t.NamedTuple):
    """A request that was signed with keys of *account_id*; *operation* is empty for services such as S3."""

    account_id: str
    region: str
    service: str
    operation: str


class MotoAccounts:
    """The server, for a ``with`` statement, and the requests it has *seen*."""

    def __init__(self, center: IdentityCenter, reset: bool = True) -> None:
        """Without *reset*, the state of moto remains, which all servers in a process share."""
        self._center = center
        self._resets = reset
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._serve, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.seen: list[Seen] = []
        self.faults: dict[tuple[str, str], tuple[int, str]] = {}
        """Status and body of the answers to requests in an account and Region."""
        self.answers: dict[str, str] = {}
        """Bodies of the answers to operations that moto does not have."""

    def __enter__(self) -> MotoAccounts:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self._reset()
        return self

    def __exit__(self, *_error: object) -> None:
        self._reset()
        self._server.shutdown()
        self._server.server_close()

    def client(self, service: str, account_id: str, region: str = "eu-central-1") -> t.Any:
        """A client of botocore that prepares *account_id*; what it requests is not recorded."""
        return botocore.session.Session().create_client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=f"{_SETUP}{account_id}",
            aws_secret_access_key="not verified",
        )

    def instance(self, account_id: str, region: str = "eu-central-1", **tags: str) -> str:
        """Run an instance with *tags*; its ID."""
        tagged = [{"Key": name, "Value": value} for name, value in tags.items()]
        started = self.client("ec2", account_id, region).run_instances(
            ImageId="ami-12345678",
            MinCount=1,
            MaxCount=1,
            TagSpecifications=[{"ResourceType": "instance", "Tags": tagged}] if tagged else [],
        )
        return str(started["Instances"][0]["InstanceId"])

    def environment(self, *services: str) -> dict[str, str]:
        """The variables with which the SDKs send requests of *services*, such as EC2, here."""
        return {f"AWS_ENDPOINT_URL_{service}": self.url for service in services}

    def _reset(self) -> None:
        if not self._resets:
            return
        request = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")
        urllib.request.urlopen(request).close()

    def _serve(self, environ: dict[str, t.Any], start_response: t.Any) -> t.Iterable[bytes]:
        signed = _SIGNED.search(environ.get("HTTP_AUTHORIZATION") or _of_query(environ))
        if signed is None:
            return t.cast("t.Iterable[bytes]", self._moto(environ, start_response))
        access_key, region, service = signed.groups()
        account_id = access_key[len(_SETUP) :]
        if not access_key.startswith(_SETUP):
            key = self._center.records.role_credentials.get(access_key)
            if key is None:
                start_response("403 Forbidden", [("Content-Type", "text/plain")])
                return [b"unknown access key"]
            account_id = key.account_id
            operation = _operation(environ)
            self.seen.append(Seen(account_id, region, service, operation))
            status, body = self.faults.get((account_id, region), (0, ""))
            if status:
                start_response(f"{status} Fault", [("Content-Type", "text/xml")])
                return [body.encode()]
            if operation in self.answers:
                start_response("200 OK", [("Content-Type", "application/x-amz-json-1.1")])
                return [self.answers[operation].encode()]
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account_id
        return t.cast("t.Iterable[bytes]", self._moto(environ, start_response))


def _of_query(environ: dict[str, t.Any]) -> str:
    """The credentials in a presigned URL, as they are in a header."""
    query = urllib.parse.parse_qs(environ.get("QUERY_STRING", ""))
    return f"Credential={query.get('X-Amz-Credential', [''])[0]}"


def _operation(environ: dict[str, t.Any]) -> str:
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return str(target.rpartition(".")[2])
    if "x-www-form-urlencoded" not in environ.get("CONTENT_TYPE", ""):
        return ""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return "".join(urllib.parse.parse_qs(body.decode()).get("Action", []))


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_what: object) -> None:
        pass


def ec2_fault(code: str, message: str = "refused", status: int = 400) -> tuple[int, str]:
    """An answer of EC2 for *faults*."""
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return status, f"<Response><Errors>{error}</Errors><RequestID>1</RequestID></Response>"
