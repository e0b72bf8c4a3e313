# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ensure_login() against the emulator: what a person, AWS and the cache do to it."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import stat
import threading
import time
import typing as t

import pytest
from ansible.utils.display import Display

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session_input import InvalidSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_cache import utc_now
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRequired, Unreachable
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    CACHE,
    DEVICE,
    PKCE,
    REFRESH,
    LoginOptions,
    choose_method,
    ensure_login,
    preview_login,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso import logout
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.logout import log_out
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.tokens import token_document
from identity_center import IdentityCenter
from support.logins import (
    BOTH_METHODS,
    CORP,
    LEGACY,
    TOKEN_KEYS,
    absent_user,
    approving_user,
    change,
    denying_user,
    in_seconds,
    registration_file,
    token_file,
)


@BOTH_METHODS
def test_a_sign_in_leaves_the_files_of_the_cli(center: IdentityCenter, wanted: LoginOptions) -> None:
    login = ensure_login(CORP, wanted, approving_user(center).user)
    assert login.method == wanted.method
    assert list(json.loads(token_file().read_bytes())) == TOKEN_KEYS
    grants = ["grantTypes"] if wanted.method == PKCE else []
    registration = json.loads(registration_file().read_bytes())
    assert list(registration) == ["clientId", "clientSecret", "expiresAt", "scopes", *grants]
    for path in (token_file(), registration_file()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert not path.read_bytes().endswith(b"\n")
    assert stat.S_IMODE(token_file().parent.stat().st_mode) == 0o700


@BOTH_METHODS
def test_a_good_token_costs_no_network_and_no_person(center: IdentityCenter, wanted: LoginOptions) -> None:
    ensure_login(CORP, wanted, approving_user(center).user)
    before = token_file().read_bytes()
    requests = len(center.requests)
    away = absent_user()
    login = ensure_login(CORP, wanted, away.user)
    assert login.method == CACHE
    assert len(center.requests) == requests
    assert token_file().read_bytes() == before
    assert not away.shown and not away.pages


@pytest.mark.parametrize(("zone", "shown"), [("UTC0", "+0000"), ("CET-1", "+0100"), ("<-0330>3:30", "-0330")])
def test_the_time_of_expiry_is_that_of_the_controller(
    center: IdentityCenter, monkeypatch: pytest.MonkeyPatch, zone: str, shown: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        someone = approving_user(center)
        token = ensure_login(CORP, LoginOptions(DEVICE), someone.user).token
        assert f" ({token.expires_at.astimezone():%H:%M} UTC{shown}) " in someone.shown[-1]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_token_that_cannot_be_renewed_requires_a_sign_in_when_it_expires(center: IdentityCenter) -> None:
    someone = approving_user(center)
    ensure_login(dataclasses.replace(CORP, registration_scopes=None), LoginOptions(DEVICE), someone.user)
    assert re.search(r" \(\d\d:\d\d UTC\S+\)\. Then a sign-in is required\.$", someone.shown[-1])


@BOTH_METHODS
def test_the_page_to_open_and_the_outcome_are_shown(center: IdentityCenter, wanted: LoginOptions) -> None:
    someone = approving_user(center)
    ensure_login(CORP, wanted, someone.user)
    asked, ended = someone.shown
    assert someone.pages[0] in asked and "10 minutes" in asked
    assert re.fullmatch(
        r"Signed in to corp\. The token expires in 60 minutes \(\d\d:\d\d UTC[+-]\d{4}\) and is"
        r" renewed without a browser while the session lasts\.",
        ended,
    )
    if wanted.method == DEVICE:
        code = someone.pages[0].partition("user_code=")[2]
        assert f"Code: {code} (" in asked


def test_a_session_without_a_name_gets_its_own_file_and_no_refresh_token(center: IdentityCenter) -> None:
    ensure_login(LEGACY, LoginOptions(DEVICE), approving_user(center).user)
    document = json.loads(token_file(LEGACY).read_text())
    assert token_file(LEGACY).name == "40169cea58ca6cbf23fb27b2542923fb5f524af0.json"
    assert registration_file(LEGACY).name == "aaaf9ee5aef6fbbfce87b834a7a82f94a83e35f9.json"
    assert "refreshToken" not in document
    assert not token_file(CORP).exists()
    registered = next(entry for entry in center.requests if entry.operation == "RegisterClient")
    assert registered.parameters["clientName"].startswith("botocore-client-")
    assert "scopes" not in registered.parameters


@BOTH_METHODS
def test_force_asks_a_person_although_the_token_is_good(center: IdentityCenter, wanted: LoginOptions) -> None:
    first = ensure_login(CORP, wanted, approving_user(center).user)
    second = ensure_login(CORP, LoginOptions(wanted.method, force=True), approving_user(center).user)
    assert second.method == wanted.method and second.token.access_token != first.token.access_token
    assert center.count("RegisterClient") == 1


def test_a_damaged_token_is_replaced(center: IdentityCenter) -> None:
    token_file().parent.mkdir(parents=True)
    token_file().write_text('{"accessToken": "half')
    someone = approving_user(center)
    assert ensure_login(CORP, LoginOptions(DEVICE), someone.user).method == DEVICE
    assert any(str(token_file()) in text and "replaced" in text for text in someone.warned)
    assert json.loads(token_file().read_text())["region"] == "eu-west-1"


def test_a_token_of_another_start_url_is_not_taken_for_ours(center: IdentityCenter) -> None:
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    change(token_file(), startUrl="https://other.awsapps.com/start")
    assert ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user).method == DEVICE


@pytest.mark.parametrize("habit", ["single_use", "reusable", "silent"])
def test_near_its_end_a_token_is_refreshed_without_a_person(center: IdentityCenter, habit: str) -> None:
    center.set(refresh_tokens=habit, access_token_seconds=14 * 60)
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    before = change(token_file(), madeBy="another tool")
    away = absent_user()
    login = ensure_login(CORP, LoginOptions(DEVICE), away.user)
    assert login.method == REFRESH
    after = json.loads(token_file().read_text())
    assert after["accessToken"] != before["accessToken"] and after["madeBy"] == "another tool"
    assert (after["refreshToken"] != before["refreshToken"]) is (habit == "single_use")
    assert list(after) == list(before)
    assert not away.shown
    # what came is accepted although it lives no longer than min_ttl, and it can be refreshed again
    assert ensure_login(CORP, LoginOptions(DEVICE), away.user).method == REFRESH
    assert center.records.burnt_refresh_tokens == 0


def test_min_ttl_decides_when_to_refresh(center: IdentityCenter) -> None:
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    assert ensure_login(CORP, LoginOptions(DEVICE, min_ttl=3000), absent_user().user).method == CACHE
    assert ensure_login(CORP, LoginOptions(DEVICE, min_ttl=3700), absent_user().user).method == REFRESH


@pytest.mark.parametrize("fault", ["cut_before", "proxy_page", "server_error"])
def test_a_token_that_lives_survives_a_refresh_that_fails(center: IdentityCenter, fault: str) -> None:
    center.set(access_token_seconds=14 * 60)
    before = ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    center.faults.add("CreateToken", fault)
    away = absent_user()
    login = ensure_login(CORP, LoginOptions(DEVICE, min_ttl=300), away.user)
    assert login.method == CACHE and login.token == before.token
    assert not away.shown


@pytest.mark.parametrize("fault", ["cut_before", "proxy_page"])
def test_a_token_that_is_dead_does_not_survive_without_a_network(center: IdentityCenter, fault: str) -> None:
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    change(token_file(), expiresAt=in_seconds(-1))
    center.faults.add("*", fault)
    with pytest.raises(Unreachable):
        ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    assert token_file().exists()


def test_when_the_sign_in_session_ended_a_person_is_asked(center: IdentityCenter) -> None:
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    center.end_sessions()
    change(token_file(), expiresAt=in_seconds(600))
    assert ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user).method == DEVICE


def test_a_refresh_token_that_was_just_used_by_another_tool_is_not_missed(center: IdentityCenter) -> None:
    center.set(access_token_seconds=14 * 60)
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    theirs = {**json.loads(token_file().read_text()), "accessToken": "theirs", "expiresAt": in_seconds(3600)}
    center.faults.add("CreateToken", "invalid_grant", times=1)
    threading.Timer(0.3, token_file().write_text, [json.dumps(theirs)]).start()
    login = ensure_login(CORP, LoginOptions(DEVICE), absent_user().user)
    assert login.token.access_token == "theirs"


@BOTH_METHODS
def test_a_person_who_denies_is_heard(center: IdentityCenter, wanted: LoginOptions) -> None:
    with pytest.raises(WorkstationError, match=r"denied|refused: access_denied: The user denied the request"):
        ensure_login(CORP, wanted, denying_user(center).user)
    assert not token_file().exists()


@BOTH_METHODS
def test_nobody_comes(center: IdentityCenter, wanted: LoginOptions) -> None:
    with pytest.raises(WorkstationError, match="within 2 seconds"):
        ensure_login(CORP, LoginOptions(wanted.method, timeout=2), absent_user().user)
    assert not token_file().exists()


@pytest.mark.parametrize(
    "tail", ["/", "#/", "/#/", "/#/?tab=accounts", "/#/console?account_id=1&role_name=x"]
)
@BOTH_METHODS
def test_a_link_into_the_portal_signs_in(center: IdentityCenter, wanted: LoginOptions, tail: str) -> None:
    linked = SsoSession("corp", CORP.start_url + tail, CORP.region)
    assert ensure_login(linked, wanted, approving_user(center).user).method == wanted.method
    assert ensure_login(linked, wanted, absent_user().user).method == CACHE


def test_a_region_of_the_configuration_that_is_none_is_named(center: IdentityCenter) -> None:
    with pytest.raises(InvalidSession, match="'Ireland' is not the code of an AWS region"):
        ensure_login(SsoSession("corp", CORP.start_url, "Ireland"), LoginOptions(DEVICE), absent_user().user)


@pytest.mark.parametrize(("skew", "words"), [(1200, "20 minutes behind"), (-1200, "20 minutes ahead of")])
def test_a_clock_that_is_wrong_is_told(center: IdentityCenter, skew: float, words: str) -> None:
    center.set(clock_skew_seconds=skew)
    someone = approving_user(center)
    login = ensure_login(CORP, LoginOptions(DEVICE), someone.user)
    assert any(words in text and " Correct it: " in text for text in someone.warned)
    assert 3500 < (login.token.expires_at.timestamp() - os.stat(CORP.token_path).st_mtime) < 3700


def test_fifty_at_once_make_one_refresh(center: IdentityCenter) -> None:
    center.set(access_token_seconds=14 * 60)
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    center.set(access_token_seconds=3600)
    gate = threading.Barrier(50)
    logins: list[t.Any] = []

    def log_in() -> None:
        gate.wait()
        logins.append(ensure_login(CORP, LoginOptions(DEVICE), absent_user().user))

    threads = [threading.Thread(target=log_in) for _index in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({login.token.access_token for login in logins}) == 1
    assert sorted(login.method for login in logins) == [CACHE] * 49 + [REFRESH]
    assert center.count("CreateToken", 200) == 2
    assert center.records.burnt_refresh_tokens == 0


@pytest.mark.parametrize(
    ("fields", "wanted", "method"),
    [
        ({}, LoginOptions(PKCE), CACHE),
        ({}, LoginOptions(PKCE, force=True), PKCE),
        ({"expiresAt": 600}, LoginOptions(PKCE), REFRESH),
        ({"expiresAt": -600}, LoginOptions(PKCE), REFRESH),
        ({"expiresAt": 600, "refreshToken": None}, LoginOptions(PKCE, min_ttl=300), CACHE),
        ({"expiresAt": 600, "refreshToken": None}, LoginOptions(PKCE), PKCE),
        ({"accessToken": None}, LoginOptions(DEVICE), DEVICE),
    ],
)
def test_the_forecast_is_what_happens(
    center: IdentityCenter, fields: dict[str, t.Any], wanted: LoginOptions, method: str
) -> None:
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    expires = {"expiresAt": in_seconds(fields["expiresAt"])} if "expiresAt" in fields else {}
    change(token_file(), **{**fields, **expires})
    files = sorted(pathlib.Path(os.environ["HOME"]).rglob("*"))
    content, requests = token_file().read_bytes(), len(center.requests)
    assert preview_login(CORP, wanted) == method
    assert token_file().read_bytes() == content and len(center.requests) == requests
    assert sorted(pathlib.Path(os.environ["HOME"]).rglob("*")) == files
    assert ensure_login(CORP, wanted, approving_user(center).user).method == method


def test_no_text_for_the_person_holds_a_secret(center: IdentityCenter) -> None:
    someone = approving_user(center)
    for method in (DEVICE, PKCE):
        ensure_login(CORP, LoginOptions(method, force=True), someone.user)
    token = json.loads(token_file().read_text())
    secrets = [token[name] for name in ("accessToken", "refreshToken", "clientSecret")]
    shown = "\n".join([*someone.shown, *someone.warned])
    assert not any(secret in shown for secret in secrets)


def test_decisions_are_shown_as_debug_output_without_secrets(
    center: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    secrets: list[str] = []
    monkeypatch.setattr(Display, "vvv", lambda self, text, host=None: shown.append(text))
    someone = approving_user(center)
    method = choose_method(CORP, "auto", open_browser=False)
    for wanted in (LoginOptions(method), LoginOptions(method), LoginOptions(method, min_ttl=3700)):
        ensure_login(CORP, wanted, someone.user)
        token = json.loads(token_file().read_text())
        secrets += [token[name] for name in ("accessToken", "refreshToken", "clientSecret")]
    log_out("corp", someone.warned.append)
    text = "\n".join(shown)
    for decision in (
        "corp: method=device, open_browser is false",
        "corp: registering a client",
        f"corp: using the token in {CORP.token_path}",
        "corp: refreshing the token",
        "corp: ended at AWS, removed 1 files",
    ):
        assert decision in text
    assert not any(secret in text for secret in secrets)


@pytest.mark.parametrize("method", [DEVICE, PKCE])
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (None, "it has no token"),
        ({"expiresAt": in_seconds(-60), "refreshToken": None}, "cannot be refreshed"),
        ({"expiresAt": in_seconds(600), "refreshToken": None}, "cannot be refreshed"),
        ({"accessToken": None}, "its token is unusable"),
    ],
)
def test_where_nobody_may_be_asked_a_sign_in_fails_at_once_with_the_command(
    center: IdentityCenter,
    aws_config: pathlib.Path,
    method: str,
    fields: dict[str, t.Any] | None,
    reason: str,
) -> None:
    if fields is not None:
        ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
        change(token_file(), **fields)
    requests = len(center.requests)
    away = absent_user()
    wanted = LoginOptions(method, interactive=False)
    for act in (lambda: ensure_login(CORP, wanted, away.user), lambda: preview_login(CORP, wanted)):
        with pytest.raises(LoginRequired, match=f"interactive is false.*{reason}") as caught:
            act()
        assert "Run: ansible-playbook workstation.aws_sso.login -e " in str(caught.value)
    assert not away.shown and not away.pages and not away.warned and len(center.requests) == requests


def test_where_nobody_may_be_asked_cache_and_refresh_are_used(center: IdentityCenter) -> None:
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    wanted = LoginOptions(DEVICE, interactive=False)
    assert preview_login(CORP, wanted) == ensure_login(CORP, wanted, absent_user().user).method == CACHE
    change(token_file(), expiresAt=in_seconds(-60))
    assert preview_login(CORP, wanted) == ensure_login(CORP, wanted, absent_user().user).method == REFRESH
    center.end_sessions()
    change(token_file(), expiresAt=in_seconds(-60))
    with pytest.raises(LoginRequired, match=r"interactive is false.*InvalidGrant"):
        ensure_login(CORP, wanted, absent_user().user)


OPTIONS = {"timeout": 600, "min_ttl": 900, "force": False, "interactive": True, "redirect_port": 0}


@pytest.mark.parametrize("port", [-1, 65536, 70000])
def test_a_port_that_is_none_is_named_with_its_option(port: int) -> None:
    with pytest.raises(WorkstationError, match=f"redirect_port is {port}, which is not a port"):
        LoginOptions.from_options({**OPTIONS, "redirect_port": port}, PKCE)
    assert LoginOptions.from_options({**OPTIONS, "redirect_port": 65535}, PKCE).redirect_port == 65535


def test_force_without_anybody_to_ask_is_a_contradiction() -> None:
    with pytest.raises(WorkstationError, match=r"force=true .* interactive=false"):
        LoginOptions.from_options({**OPTIONS, "force": True, "interactive": False}, DEVICE)


def test_an_old_session_that_cannot_be_ended_is_a_warning(center: IdentityCenter) -> None:
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    center.faults.add("Logout", "cut_before")
    someone = approving_user(center)
    assert ensure_login(CORP, LoginOptions(DEVICE, force=True), someone.user).method == DEVICE
    assert "The session corp could not be ended at AWS" in someone.warned[0]


@BOTH_METHODS
def test_a_forced_sign_in_that_nobody_completes_leaves_no_token(
    center: IdentityCenter, wanted: LoginOptions
) -> None:
    ensure_login(CORP, wanted, approving_user(center).user)
    with pytest.raises(WorkstationError):
        ensure_login(CORP, LoginOptions(wanted.method, force=True, timeout=2), absent_user().user)
    assert not token_file().exists() and center.count("Logout", 200) == 1


@pytest.mark.parametrize("lifetime", [0, -1])
def test_a_token_without_a_lifetime_is_refused(center: IdentityCenter, lifetime: int) -> None:
    token = {"accessToken": "x", "expiresIn": lifetime}
    with pytest.raises(Unreachable, match=f"has a lifetime of {lifetime} seconds"):
        token_document(CORP, token, utc_now(), {})


def test_scopes_without_access_to_accounts_are_a_warning(center: IdentityCenter) -> None:
    other = SsoSession("corp", CORP.start_url, CORP.region, ("codewhisperer:conversations",))
    someone = approving_user(center)
    ensure_login(other, LoginOptions(DEVICE), someone.user)
    assert "(codewhisperer:conversations) do not include sso:account:access" in someone.warned[0]


def test_all_hosts_of_a_task_share_one_forced_sign_in(center: IdentityCenter) -> None:
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    forced = LoginOptions(DEVICE, force=True, task="of one run")
    assert ensure_login(CORP, forced, approving_user(center).user).method == DEVICE
    assert ensure_login(CORP, forced, absent_user().user).method == CACHE
    another = LoginOptions(DEVICE, force=True, task="of the next run")
    assert ensure_login(CORP, another, approving_user(center).user).method == DEVICE
    assert center.count("Logout", 200) == 2


def test_a_portal_that_hangs_delays_a_forced_sign_in_by_seconds_only(
    center: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    center.faults.add("Logout", "hang", seconds=60)
    monkeypatch.setattr(logout, "SECONDS_FOR_AWS", 0.5)
    someone = approving_user(center)
    began = time.monotonic()
    assert ensure_login(CORP, LoginOptions(DEVICE, force=True), someone.user).method == DEVICE
    assert time.monotonic() - began < 20 and "could not be ended at AWS" in someone.warned[0]


SSOINS = "ssoins-7223abcdef012345"


def test_a_token_of_another_start_url_of_the_same_instance_is_used(
    center: IdentityCenter, aws_config: pathlib.Path
) -> None:
    """A company moves to the dual-stack portal; the AWS CLI goes on with its token as well."""
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    change(token_file(), startUrl=f"https://identitycenter.amazonaws.com/{SSOINS}")
    session = SsoSession("corp", f"https://{SSOINS}.portal.eu-west-1.app.aws", "eu-west-1")
    assert ensure_login(session, LoginOptions(DEVICE), absent_user().user).method == CACHE
    change(token_file(), startUrl="")
    assert ensure_login(CORP, LoginOptions(DEVICE), absent_user().user).method == CACHE


@pytest.mark.parametrize(
    ("changes", "owner"),
    [
        ({"startUrl": "https://other.awsapps.com/start"}, "https://other.awsapps.com/start in eu-west-1"),
        ({"region": "us-west-2"}, "https://acme.awsapps.com/start in us-west-2"),
    ],
)
def test_a_sign_in_says_whose_token_it_replaces(
    center: IdentityCenter, aws_config: pathlib.Path, changes: dict[str, str], owner: str
) -> None:
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    change(token_file(), **changes)
    someone = approving_user(center)
    assert ensure_login(CORP, LoginOptions(DEVICE), someone.user).method == DEVICE
    (warning,) = someone.warned
    assert f"belongs to {owner}, and the session is https://acme.awsapps.com/start in eu-west-1" in warning
    assert warning.endswith("It will be replaced.")
