# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback server of PKCE, and the sign-in around it."""

from __future__ import annotations

import contextlib
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    PKCE,
    LoginOptions,
    ensure_login,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.pkce import (
    CallbackServer,
    code_challenge,
)
from identity_center import IdentityCenter
from support.logins import (
    CORP,
    FakeUser,
    absent_user,
    approving_user,
    denying_user,
    registration_file,
    token_file,
)


def visit(url: str) -> tuple[int, str]:
    """Status and body of a page, whatever its status."""
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def port_of(page: str) -> int:
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(page).query)
    port = urllib.parse.urlsplit(query["redirect_uri"][0]).port
    assert port
    return port


def test_the_challenge_of_rfc_7636() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert code_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_right_callback_is_handed_over() -> None:
    with CallbackServer("right") as server:
        status, page = visit(f"{server.redirect_uri}?code=the-code&state=right")
        callback = server.wait(5)
    assert status == 200 and "Request approved" in page and "the-code" not in page
    assert callback is not None and callback.code == "the-code"


@pytest.mark.parametrize(
    "tail",
    [
        "?code=x&state=wrong",
        "?code=x",
        "?state=",
        "?error=access_denied",
        "?error=access_denied&state=wrong",
        "/?code=x&state=right",
        "s?code=x&state=right",
    ],
)
def test_what_is_not_the_callback_is_turned_away_and_the_login_goes_on(tail: str) -> None:
    with CallbackServer("right") as server:
        status, page = visit(server.redirect_uri + tail)
        assert status in (400, 404) and "<script" not in page
        assert server.wait(0.05) is None
        visit(f"{server.redirect_uri}?code=mine&state=right")
        callback = server.wait(5)
    assert callback is not None and callback.code == "mine"


def test_other_methods_and_paths_are_refused() -> None:
    with CallbackServer("right") as server:
        root = server.redirect_uri.partition("/oauth")[0]
        assert visit(root + "/")[0] == visit(root + "/favicon.ico")[0] == 404
        request = urllib.request.Request(f"{server.redirect_uri}?code=x&state=right", data=b"", method="POST")
        with pytest.raises(urllib.error.HTTPError, match="501"):
            urllib.request.urlopen(request, timeout=10)
        assert server.wait(0.05) is None


def test_the_reason_of_a_refusal_is_shown_as_text() -> None:
    reason = urllib.parse.urlencode(
        {"error": "access_denied", "error_description": "<b>no</b>", "state": "right"}
    )
    with CallbackServer("right") as server:
        _status, page = visit(f"{server.redirect_uri}?{reason}")
        callback = server.wait(5)
    assert "&lt;b&gt;no&lt;/b&gt;" in page
    assert callback is not None and (callback.code, callback.refusal) == (None, "access_denied: <b>no</b>")


def test_a_browser_that_connects_ahead_and_says_nothing_does_not_stop_others() -> None:
    with CallbackServer("right") as server:
        port = urllib.parse.urlsplit(server.redirect_uri).port
        with socket.create_connection(("127.0.0.1", port or 0)):
            assert visit(f"{server.redirect_uri}?code=x&state=right")[0] == 200
            assert server.wait(5) is not None


def test_nobody_but_this_machine_can_reach_it() -> None:
    with CallbackServer("right") as server:
        assert server.redirect_uri.startswith("http://127.0.0.1:")
        assert server._server.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WorkstationError, match=f"Cannot listen on port {port} of .*redirect_port"):
            CallbackServer("right", port)


def test_the_port_that_was_asked_for_is_used(center: IdentityCenter) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    someone = approving_user(center)
    ensure_login(CORP, LoginOptions(PKCE, redirect_port=port), someone.user)
    assert port_of(someone.pages[0]) == port and not listens(port)


@pytest.mark.parametrize("port", [-1, 65536, 70000, 10**20])
def test_a_port_that_cannot_exist_is_named_with_its_option(center: IdentityCenter, port: int) -> None:
    with pytest.raises(WorkstationError, match=f"^redirect_port must be a port from 1 .* it is {port}\\.$"):
        ensure_login(CORP, LoginOptions(PKCE, redirect_port=port), absent_user().user)


@pytest.mark.parametrize("target", ["//[::1/x", "http://[x/oauth/callback?code=1", "//[", "*", "", "\0"])
def test_a_request_for_no_url_is_not_found(target: str) -> None:
    with CallbackServer("state") as server:
        assert server.answer(target)[0] == 404


def test_the_server_is_gone_after_every_end(center: IdentityCenter) -> None:
    def fail(page: str) -> None:
        raise KeyboardInterrupt

    before = threading.enumerate()
    for someone in (approving_user(center), denying_user(center), absent_user(), FakeUser(fail)):
        with contextlib.suppress(WorkstationError, KeyboardInterrupt):
            ensure_login(CORP, LoginOptions(PKCE, timeout=1, force=True), someone.user)
        assert not listens(port_of(someone.pages[0]))
    started = [thread for thread in threading.enumerate() if thread not in before]
    assert not [thread for thread in started if "serve_forever" in thread.name]


def test_the_page_asks_for_what_the_cli_asks_for(center: IdentityCenter) -> None:
    someone = approving_user(center)
    ensure_login(CORP, LoginOptions(PKCE), someone.user)
    parts = urllib.parse.urlsplit(someone.pages[0])
    query = urllib.parse.parse_qs(parts.query, strict_parsing=True)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{center.url}/authorize"
    assert sorted(query) == [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "redirect_uri",
        "response_type",
        "scopes",
        "state",
    ]
    assert query["scopes"] == ["sso:account:access"] and "sso%3Aaccount%3Aaccess" in parts.query
    registered = next(entry for entry in center.requests if entry.operation == "RegisterClient").parameters
    assert registered["redirectUris"] == ["http://127.0.0.1/oauth/callback"]
    assert registered["issuerUrl"] == CORP.start_url
    assert registered["grantTypes"] == ["authorization_code", "refresh_token"]


def test_a_session_without_scopes_still_gets_a_refresh_token_by_pkce(center: IdentityCenter) -> None:
    session = type(CORP)("corp", CORP.start_url, CORP.region, None)
    ensure_login(session, LoginOptions(PKCE), approving_user(center).user)
    assert registration_file(session).name == "2c9b92f98f95741ef059c774e9100511dc495947.json"
    assert b"refreshToken" in token_file(session).read_bytes()
