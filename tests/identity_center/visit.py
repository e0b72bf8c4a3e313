# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's way through the pages: sign in at the company, confirm a code, allow or deny."""

from __future__ import annotations

import hmac
import typing as t
import urllib.parse

from identity_center import pages
from identity_center.messages import Request, Response
from identity_center.oidc import AUTHORIZATION_CODE, redirects_to
from identity_center.records import (
    APPROVED,
    DENIED,
    PENDING,
    CodeAuthorization,
    DeviceAuthorization,
    Records,
    SignIn,
    opaque,
)
from identity_center.settings import Knobs
from identity_center.world import World

COOKIE = "identity-center-session"
TIME_TO_ALLOW = 600


class Visit:
    def __init__(self, world: World, knobs: Knobs, records: Records) -> None:
        self._world = world
        self._knobs = knobs
        self._records = records
        self.pages: dict[tuple[str, str], tuple[str, t.Callable[[Request], Response]]] = {
            ("GET", "/authorize"): ("Authorize", self.authorize),
            ("GET", "/device"): ("Device", self.show_device),
            ("POST", "/device"): ("Device", self.confirm_device),
            ("GET", "/sign-in"): ("SignIn", self.show_sign_in),
            ("POST", "/sign-in"): ("SignIn", self.sign_in),
            ("GET", "/allow"): ("Allow", self.show_allow),
            ("POST", "/allow"): ("Allow", self.allow),
            ("GET", "/start"): ("Start", self.start),
            ("GET", "/"): ("Start", self.start),
        }

    def authorize(self, request: Request) -> Response:
        """The first page of a login by PKCE; RFC 6749 section 4.1.1, with AWS's "scopes" for "scope"."""
        arguments = request.arguments
        client = self._records.registrations.get(arguments.get("client_id", ""))
        if client is None or client.expires_at <= self._knobs.now() or client.region != request.region:
            return pages.wrong("The application is not known here. Is it the right region?")
        redirect_uri = arguments.get("redirect_uri", "")
        if not any(redirects_to(redirect_uri, registered) for registered in client.redirect_uris):
            return pages.wrong(
                "The application did not register the address that it wants to be redirected to."
            )
        if not self._world.is_start_url(client.issuer_url) or not self._world.is_region(request.region):
            return pages.wrong("There is no such start URL in this region.")
        scopes = tuple(arguments.get("scopes", "").split()) or client.scopes
        error = _authorization_error(arguments, scopes, client.scopes, client.grant_types)
        if error:
            return _back_to_client(
                redirect_uri, {"error": error[0], "error_description": error[1]}, arguments
            )
        authorization = CodeAuthorization(
            id=opaque(),
            client_id=client.id,
            redirect_uri=redirect_uri,
            state=arguments.get("state", ""),
            challenge=arguments["code_challenge"],
            scopes=scopes,
            expires_at=self._knobs.now() + TIME_TO_ALLOW,
        )
        self._records.authorizations[authorization.id] = authorization
        return self._ask_to_allow(request, authorization.id)

    def show_device(self, request: Request) -> Response:
        user_code = request.arguments.get("user_code")
        if not user_code:
            return pages.ask_user_code()
        device = self.waiting_device(user_code)
        if device is None:
            return pages.ask_user_code("This code is not valid, or it has expired.")
        return pages.confirm_user_code(device.user_code)

    def confirm_device(self, request: Request) -> Response:
        device = self.waiting_device(request.form.get("user_code", ""))
        if device is None:
            return pages.ask_user_code("This code is not valid, or it has expired.")
        return self._ask_to_allow(request, device.user_code)

    def show_sign_in(self, request: Request) -> Response:
        return pages.sign_in(_local(request.arguments.get("next", "")), self._hint)

    def sign_in(self, request: Request) -> Response:
        form = request.form
        next_page, name = _local(form.get("next", "")), form.get("username", "")
        user = self._world.user(name)
        if user is None or not hmac.compare_digest(user.password.encode(), form.get("password", "").encode()):
            return pages.sign_in(next_page, self._hint, "The user name or the password is wrong.", name)
        response = pages.redirect(next_page)
        cookie = f"{COOKIE}={self.new_sign_in(user.name).id}"
        response.headers["Set-Cookie"] = f"{cookie}; Path=/; HttpOnly; SameSite=Lax"
        return response

    @property
    def _hint(self) -> tuple[str, str]:
        user = self._world.users[0]
        return user.name, user.password

    def new_sign_in(self, user_name: str) -> SignIn:
        sign_in = SignIn(opaque(), user_name, self._knobs.now() + self._knobs.sign_in_seconds)
        self._records.sign_ins[sign_in.id] = sign_in
        return sign_in

    def show_allow(self, request: Request) -> Response:
        wanted = request.arguments.get("request", "")
        sign_in = self._signed_in(request)
        if sign_in is None:
            return _to_sign_in(request)
        subject = self._subject(wanted)
        client = self._records.registrations.get(subject.client_id) if subject else None
        if subject is None or client is None:
            return pages.wrong("This request is no longer waiting for an answer.")
        if not self._knobs.ask_consent and client.id in sign_in.consents:
            return self.grant(subject, sign_in)
        scopes = subject.scopes if isinstance(subject, CodeAuthorization) else client.scopes
        return pages.allow(wanted, client.name, scopes, sign_in.user)

    def allow(self, request: Request) -> Response:
        form = request.form
        sign_in = self._signed_in(request)
        if sign_in is None:
            return pages.wrong("You are no longer signed in.", 403)
        subject = self._subject(form.get("request", ""))
        if subject is None:
            return pages.wrong("This request is no longer waiting for an answer.")
        if form.get("answer") == "allow":
            sign_in.consents.add(subject.client_id)
            return self.grant(subject, sign_in)
        return self.refuse(subject)

    def grant(self, subject: CodeAuthorization | DeviceAuthorization, sign_in: SignIn) -> Response:
        subject.sign_in = sign_in
        if isinstance(subject, DeviceAuthorization):
            subject.state = APPROVED
            return pages.approved()
        del self._records.authorizations[subject.id]
        subject.code = opaque(64)
        subject.expires_at = self._knobs.now() + self._knobs.authorization_code_seconds
        self._records.authorization_codes[subject.code] = subject
        return _back_to_client(subject.redirect_uri, {"code": subject.code}, {"state": subject.state})

    def refuse(self, subject: CodeAuthorization | DeviceAuthorization) -> Response:
        if isinstance(subject, DeviceAuthorization):
            subject.state = DENIED
            return pages.denied()
        del self._records.authorizations[subject.id]
        error = {"error": "access_denied", "error_description": "The user denied the request"}
        return _back_to_client(subject.redirect_uri, error, {"state": subject.state})

    def start(self, request: Request) -> Response:
        sign_in = self._signed_in(request)
        if sign_in is None:
            return _to_sign_in(request)
        accounts = self._world.accounts_by_id
        return pages.start(
            sign_in.user,
            [
                (f"{accounts[account_id].name or ''} ({account_id})", ", ".join(roles))
                for account_id, roles in self._world.access_of(sign_in.user).items()
            ],
        )

    def _ask_to_allow(self, request: Request, wanted: str) -> Response:
        page = f"/allow?{urllib.parse.urlencode({'request': wanted})}"
        if self._signed_in(request) is None:
            return pages.redirect(f"/sign-in?{urllib.parse.urlencode({'next': page})}")
        return pages.redirect(page)

    def _subject(self, wanted: str) -> CodeAuthorization | DeviceAuthorization | None:
        authorization = self._records.authorizations.get(wanted)
        if authorization is not None:
            return authorization if authorization.expires_at > self._knobs.now() else None
        return self.waiting_device(wanted)

    def waiting_device(self, user_code: str) -> DeviceAuthorization | None:
        """The device that shows this code, if it still waits for a user."""
        device = self._records.device_by_user_code(user_code)
        if device is None or device.state != PENDING or device.expires_at <= self._knobs.now():
            return None
        return device

    def _signed_in(self, request: Request) -> SignIn | None:
        sign_in = self._records.sign_ins.get(request.cookie(COOKIE))
        return sign_in if sign_in and sign_in.expires_at > self._knobs.now() else None


def _authorization_error(
    arguments: dict[str, str],
    scopes: tuple[str, ...],
    registered: tuple[str, ...],
    grant_types: tuple[str, ...],
) -> tuple[str, str] | None:
    if arguments.get("response_type") != "code":
        return "unsupported_response_type", "response_type has to be code"
    if AUTHORIZATION_CODE not in grant_types:
        return "unauthorized_client", "The client did not register the grant type authorization_code"
    if arguments.get("code_challenge_method") != "S256" or len(arguments.get("code_challenge", "")) != 43:
        return "invalid_request", "A code challenge of method S256 is needed"
    if not set(scopes) <= set(registered):
        return "invalid_scope", "The client did not register the scopes that it wants"
    return None


def _back_to_client(redirect_uri: str, answer: dict[str, str], arguments: dict[str, str]) -> Response:
    if "state" in arguments:
        answer = {**answer, "state": arguments["state"]}
    joiner = "&" if urllib.parse.urlsplit(redirect_uri).query else "?"
    return pages.redirect(redirect_uri + joiner + urllib.parse.urlencode(answer))


def _to_sign_in(request: Request) -> Response:
    here = f"{request.path}?{request.query}" if request.query else request.path
    return pages.redirect(f"/sign-in?{urllib.parse.urlencode({'next': here})}")


def _local(path: str) -> str:
    """A page of ours; whatever else was asked for becomes the start page."""
    return path if path.startswith("/") and path[1:2] not in ("/", "\\") else "/start"
