# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as one object: start it, ask it what happened, make things go wrong."""

from __future__ import annotations

import types
import typing as t
import urllib.parse

from identity_center.api import Api
from identity_center.browser_user import BrowserUser
from identity_center.contract import OwnMistake, load_contract
from identity_center.control import Control
from identity_center.faults import Faults
from identity_center.hosts import endpoint_of
from identity_center.journal import Entry, Journal
from identity_center.messages import Request, Response, json_response
from identity_center.oidc import Oidc
from identity_center.portal import Portal
from identity_center.records import Records
from identity_center.server import Server, Service
from identity_center.settings import Knobs
from identity_center.sts import Sts
from identity_center.visit import Visit
from identity_center.world import World, default_world


class IdentityCenter:
    """IAM Identity Center on loopback, for a ``with`` statement. README.md describes its features."""

    def __init__(
        self, world: World | None = None, port: int = 0, certificate: str = "", **knobs: t.Any
    ) -> None:
        """*certificate* is a PEM file with a certificate and its key, to serve HTTPS instead of HTTP."""
        self.world = world or default_world()
        self._certificate = certificate
        self.knobs = Knobs()
        self.knobs.update(**knobs)
        self.records = Records()
        self.journal = Journal()
        self._contract = load_contract()
        self.faults = Faults(self._contract)
        parts = (self.world, self.knobs, self.records)
        self._visit = Visit(*parts)
        handlers = {**Oidc(*parts).operations, **Portal(*parts).operations, **Sts(*parts).operations}
        self._api = Api(self._contract, self.faults, handlers, self.records.lock)
        self._control = Control(self)
        self._server = Server(Service(self.answer, self.knobs.now, self.world.region, port, certificate))

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> IdentityCenter:
        self._server.start()
        return self

    def stop(self) -> None:
        self._server.stop()

    def __enter__(self) -> IdentityCenter:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self.stop()
        if error is None and self.mistakes:
            raise OwnMistake("; ".join(self.mistakes))

    def environment(self, region: str | None = None) -> dict[str, str]:
        """What the AWS CLI and the SDKs need to talk to the emulator and to nothing else.

        With *region*, the emulator takes them to talk to that region, which need not be its own.
        """
        base = f"{self.url}/region/{region}" if region else self.url
        return {
            "AWS_ENDPOINT_URL_SSO_OIDC": base,
            "AWS_ENDPOINT_URL_SSO": base,
            "AWS_ENDPOINT_URL_STS": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }

    @property
    def requests(self) -> list[Entry]:
        return self.journal.entries()

    def count(self, operation: str, status: int | None = None) -> int:
        """How many requests of an operation there were, perhaps only those answered with *status*."""
        return self.journal.count(operation, status)

    @property
    def mistakes(self) -> list[str]:
        """Answers of the emulator itself that botocore's models do not allow; there should be none."""
        return self._api.mistakes

    @property
    def invalid_requests(self) -> list[Entry]:
        """The requests that do not fit botocore's models; a client of ours should never send one."""
        return [entry for entry in self.requests if not entry.valid]

    def set(self, **knobs: t.Any) -> None:
        self.knobs.update(**knobs)

    def expire(self, kind: str, user: str | None = None) -> int:
        """End everything of one of records.KINDS as time would, perhaps only what is a user's."""
        return self.records.expire(kind, user)

    def revoke(self, kind: str, user: str | None = None) -> int:
        """Make one of records.KINDS unknown, as AWS or an administrator would, perhaps only a user's."""
        return self.records.revoke(kind, user)

    def revoke_tokens(self) -> int:
        """All access tokens are refused from now on; refresh tokens still work."""
        return self.revoke("access_tokens")

    def end_sessions(self) -> int:
        """What an administrator does to a lost laptop: every sign-in session ends, with all its tokens."""
        return self.revoke("sign_ins")

    def approve(self, url_or_user_code: str, user: str | None = None) -> None:
        """Sign in and click Allow, as a user would. Raises ValueError if that is not possible."""
        self._answer(url_or_user_code, user, deny=False)

    def deny(self, url_or_user_code: str, user: str | None = None) -> None:
        """As approve(), but click Deny."""
        self._answer(url_or_user_code, user, deny=True)

    def _answer(self, url_or_user_code: str, user: str | None, deny: bool) -> None:
        name = user or self.world.users[0].name
        known = self.world.user(name)
        if known is None:
            raise ValueError(f"there is no user {name!r}")
        if "://" in url_or_user_code:
            browser = BrowserUser(known.name, known.password, deny=deny, verify=not self._certificate)
            browser.visit(self._on_loopback(url_or_user_code))
            return
        with self.records.lock:
            device = self._visit.waiting_device(url_or_user_code)
            if device is None:
                raise ValueError("no device waits for this user code")
            if deny:
                self._visit.refuse(device)
            else:
                self._visit.grant(device, self._visit.new_sign_in(known.name))

    def _on_loopback(self, url: str) -> str:
        """A page of ours whose URL has a host name of AWS, as the client that uses this name shows it."""
        parts = urllib.parse.urlsplit(url)
        endpoint = endpoint_of(parts.netloc)
        if endpoint is None:
            return url
        return f"{self.url}/region/{endpoint.region}{parts.path}?{parts.query}"

    def answer(self, request: Request) -> Response:
        """The answer to one request; all of HTTP's mechanics are the server's."""
        if request.path.startswith("/_control/"):
            return self._control.answer(request)
        operation = self._contract.operation_for(request)
        if operation and request.service not in ("", operation.service):
            operation = None  # the host name of another service
        page = self._visit.pages.get((request.method, request.path))
        name = operation.name if operation else page[0] if page else "Unknown"
        agent = request.headers.get("User-Agent", "")
        entry = Entry(name, request.method, request.path, agent, request.host, request.region)
        self.journal.add(entry)
        if operation:
            if self.knobs.latency:
                self._server.pause(self.knobs.latency)
            response = self._api.answer(operation, request, entry, self._server.pause)
        elif page:
            with self.records.lock:
                response = page[1](request)
        else:
            entry.problem = f"no operation and no page of {request.host} has this method and path"
            response = json_response({"message": None}, 404)
        entry.note_answer(response.status)
        return response
