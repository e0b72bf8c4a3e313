# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in with an authorization code and PKCE (RFC 7636, RFC 8252) in a browser of this machine.

PRIVATE to the collection.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import http.server
import math
import queue
import secrets
import threading
import typing as t
import urllib.parse

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import DEFAULT_SCOPES, SsoSession
from ...module_utils._sso.token_cache import Registration
from ...module_utils._text import printable
from .._aws import client
from .._display import new_threads_without_signals
from . import device_code
from .errors import NoCallback, looks_wrong
from .prompt import LoginUser, Prompt, duration
from .registration import REDIRECT_PATH

METHOD = "pkce"

_SECONDS_FOR_ONE_REQUEST = 10
"""A browser sends its request at once; anything slower on this port is not the browser."""
_SECONDS_TO_CHECK = 30
"""To check the start URL; the sign-in continues without an answer."""
_PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:1.1em/1.5 system-ui,sans-serif;margin:20vh auto;max-width:34em;padding:0 1em}}
:root{{color-scheme:light dark}}</style>
<h1>{title}</h1><p>{text}</p></html>
"""


class Callback(t.NamedTuple):
    """The redirect of the browser: a code, or the reason why there is none."""

    code: str | None
    refusal: str = ""


class CallbackServer:
    """Listens on 127.0.0.1 for the one redirect with *state*; other requests are refused."""

    def __init__(self, state: str, port: int = 0) -> None:
        self._state = state
        self._arrived: queue.Queue[Callback] = queue.Queue()
        try:
            self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        except OverflowError as error:
            raise WorkstationError(
                f"redirect_port must be a port from 1 to 65535, or 0 for any free one; it is {port}."
            ) from error
        except OSError as error:
            raise WorkstationError(
                f"Cannot listen on port {port} of 127.0.0.1: {error.strerror}. Set redirect_port to another"
                " port, or to 0 for any free one."
            ) from error
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    @property
    def redirect_uri(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{REDIRECT_PATH}"

    def __enter__(self) -> CallbackServer:
        with new_threads_without_signals():
            self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, seconds: float) -> Callback | None:
        """The callback, or None if there was none within *seconds*."""
        try:
            return self._arrived.get(timeout=seconds)
        except queue.Empty:
            return None

    def answer(self, target: str) -> tuple[int, str, str]:
        """Status, title and text of the page for a request; wait() returns the callback if it is one."""
        try:
            parts = urllib.parse.urlsplit(target)
        except ValueError:
            parts = urllib.parse.urlsplit("")
        if parts.path != REDIRECT_PATH:
            return 404, "Not found", "This address only completes a sign-in to AWS."
        query = dict(urllib.parse.parse_qsl(parts.query))
        if not hmac.compare_digest(query.get("state", "").encode(), self._state.encode()):
            return (
                400,
                "Not this sign-in",
                "This page belongs to another sign-in. Continue in the newest browser tab.",
            )
        if query.get("code"):
            self._arrived.put(Callback(query["code"]))
            return (
                200,
                "Request approved",
                "The sign-in is complete. You can close this tab and return to Ansible.",
            )
        refusal = ": ".join(
            printable(query[name]) for name in ("error", "error_description") if query.get(name)
        )
        self._arrived.put(Callback(None, refusal or "the response contains no code"))
        return 200, "The sign-in failed", refusal or "AWS returned no code. Run the login again."

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        answer = self.answer

        class Handler(http.server.BaseHTTPRequestHandler):
            timeout = _SECONDS_FOR_ONE_REQUEST

            def do_GET(self) -> None:
                status, title, text = answer(self.path)
                body = _PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                self.send_header("Referrer-Policy", "no-referrer")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                """Log nothing: the line would contain the code."""

        return Handler


def sign_in(
    session: SsoSession,
    oidc: t.Any,
    registration: Registration,
    user: LoginUser,
    timeout: float,
    port: int = 0,
    code_after: float = math.inf,
) -> device_code.Grant:
    """Prompt *user* in a browser of this machine, and return what AWS granted.

    *timeout* is in seconds. If the browser has not returned *code_after* seconds, a device code is offered as
    well, and what the user completes first counts.

    Raises ServiceError, Unreachable and WorkstationError.
    """
    if looks_wrong(session):  # before a browser opens, where only its user would see the error of AWS
        device_code.check_start_url(session, min(timeout, _SECONDS_TO_CHECK))
    state = secrets.token_urlsafe(32)
    verifier = secrets.token_urlsafe(48)
    with CallbackServer(state, port) as server:
        page = _authorization_page(session, oidc, registration, server.redirect_uri, state, verifier)
        prompt = Prompt(user, session, page, timeout, code_after=code_after)
        prompt.show()
        later = device_code.LaterCode(session, prompt, user, registration, code_after)
        outcome = _wait(server, prompt, later)
        if outcome is None:
            if not later.start_url_is_known:
                device_code.check_start_url(session, _SECONDS_TO_CHECK)
            raise NoCallback(_timeout_text(session, server.redirect_uri, timeout, later))
        if isinstance(outcome, device_code.Grant):
            return outcome
        if outcome.code is None:
            raise WorkstationError(_refusal_text(session, outcome.refusal))
        code = {"code": outcome.code, "codeVerifier": verifier, "redirectUri": server.redirect_uri}
        return _grant_for(code, oidc, registration)


def _grant_for(code: dict[str, str], oidc: t.Any, registration: Registration) -> device_code.Grant:
    response = client.call(
        oidc,
        "create_token",
        grantType="authorization_code",
        clientId=registration.client_id,
        clientSecret=registration.client_secret,
        **code,
    )
    return device_code.Grant(METHOD, registration, response, client.clock_skew(oidc))


def _wait(
    server: CallbackServer, prompt: Prompt, later: device_code.LaterCode
) -> Callback | device_code.Grant | None:
    """What the user completes first; None after the timeout."""
    while prompt.left > 0:
        outcome = server.wait(min(prompt.until_reminder, later.until_next)) or later.step()
        if outcome is not None:
            return outcome
        prompt.remind()
    return None


def _timeout_text(
    session: SsoSession, redirect_uri: str, timeout: float, later: device_code.LaterCode
) -> str:
    if later.is_offered:
        return (
            f"The sign-in to {session.label} was not completed within {duration(timeout)}, neither in the"
            " browser of this machine nor with the code. Run the login again; its option timeout sets how"
            " many seconds it waits."
        )
    if later.failure:
        return (
            f"The browser did not complete the sign-in to {session.label} within {duration(timeout)}, and no"
            f" code for other devices was available. {later.failure} Run the login again."
        )
    return (
        f"The browser did not complete the sign-in to {session.label} within {duration(timeout)}. Run the"
        f" login again. If the browser cannot reach {redirect_uri}, because it runs on another machine, set"
        " `method: device`."
    )


def _refusal_text(session: SsoSession, refusal: str) -> str:
    text = f"The sign-in to {session.label} was refused: {refusal}."
    if refusal.startswith("access_denied"):
        return f"{text} Run the login again and choose Allow."
    return f"{text} Run the login again. If this happens every time, try `method: device`."


def code_challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _authorization_page(
    session: SsoSession, oidc: t.Any, registration: Registration, redirect_uri: str, state: str, verifier: str
) -> str:
    query = urllib.parse.urlencode(
        {
            "response_type": "code",
            "client_id": registration.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge_method": "S256",
            "scopes": " ".join(session.registration_scopes or DEFAULT_SCOPES),
            "code_challenge": code_challenge(verifier),
        },
        quote_via=urllib.parse.quote,
    )
    endpoint = urllib.parse.urlsplit(
        client.endpoint_url(oidc, "register_client", clientName="-", clientType="public")
    )
    return f"{endpoint.scheme}://{endpoint.netloc}/authorize?{query}"
