# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ensure_login() against the emulator: what a person, AWS and the cache do to it."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import stat
import threading
import time
import types
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session_input import InvalidSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import ServiceError, Unreachable
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login import device_code
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    CACHE,
    DEVICE,
    PKCE,
    REFRESH,
    LoginOptions,
    ensure_login,
    preview_login,
)
from identity_center import IdentityCenter
from support.logins import (
    CORP,
    LEGACY,
    FakeUser,
    absent_user,
    approving_user,
    change,
    denying_user,
    in_seconds,
    registration_file,
    token_file,
)

BOTH_METHODS = pytest.mark.parametrize(
    "wanted", [LoginOptions(DEVICE), LoginOptions(PKCE)], ids=["device", "pkce"]
)


@pytest.fixture(autouse=True)
def fast_polling(center: IdentityCenter, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second between two polls is a twentieth of one."""
    center.set(fast_polls_allowed=1000)
    quick = types.SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / 20))
    monkeypatch.setattr(device_code, "time", quick)


@BOTH_METHODS
def test_a_sign_in_leaves_the_files_of_the_cli(center: IdentityCenter, wanted: LoginOptions) -> None:
    login = ensure_login(CORP, wanted, approving_user(center).user)
    assert login.method == wanted.method
    assert list(json.loads(token_file().read_bytes())) == [
        "startUrl",
        "region",
        "accessToken",
        "expiresAt",
        "clientId",
        "clientSecret",
        "registrationExpiresAt",
        "refreshToken",
    ]
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


@BOTH_METHODS
def test_the_page_to_open_and_the_outcome_are_shown(center: IdentityCenter, wanted: LoginOptions) -> None:
    someone = approving_user(center)
    ensure_login(CORP, wanted, someone.user)
    asked, ended = someone.shown
    assert someone.pages[0] in asked and "10 minutes" in asked
    assert ended == "Signed in to corp. The token expires in 60 minutes."
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


def test_the_two_flows_share_a_file_but_no_registration(center: IdentityCenter) -> None:
    for method, registrations in ((DEVICE, 1), (DEVICE, 1), (PKCE, 2), (PKCE, 2), (DEVICE, 3)):
        ensure_login(CORP, LoginOptions(method, force=True), approving_user(center).user)
        assert center.count("RegisterClient") == registrations


def test_a_registration_near_its_end_is_replaced(center: IdentityCenter) -> None:
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    change(registration_file(), expiresAt=in_seconds(14 * 60))
    ensure_login(CORP, LoginOptions(DEVICE, force=True), approving_user(center).user)
    assert center.count("RegisterClient") == 2


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_a_damaged_registration_is_replaced_with_a_warning(center: IdentityCenter, content: str) -> None:
    registration_file().parent.mkdir(parents=True)
    registration_file().write_text(content)
    someone = approving_user(center)
    ensure_login(CORP, LoginOptions(DEVICE), someone.user)
    assert any(str(registration_file()) in text for text in someone.warned)
    assert json.loads(registration_file().read_text())["clientId"]


@BOTH_METHODS
def test_a_registration_unknown_to_aws_is_renewed_once(center: IdentityCenter, wanted: LoginOptions) -> None:
    ensure_login(CORP, wanted, approving_user(center).user)
    operation = "CreateToken" if wanted.method == PKCE else "StartDeviceAuthorization"
    center.faults.add(operation, "invalid_client", times=1)
    someone = approving_user(center)
    login = ensure_login(CORP, LoginOptions(wanted.method, force=True), someone.user)
    assert login.method == wanted.method and center.count("RegisterClient") == 2
    assert any("registered again" in text for text in someone.warned)


def test_a_client_that_aws_never_knows_is_an_error_at_last(center: IdentityCenter) -> None:
    center.faults.add("StartDeviceAuthorization", "invalid_client")
    with pytest.raises(ServiceError, match="InvalidClient"):
        ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    assert center.count("RegisterClient") == 2


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


def test_a_device_code_that_ends_before_the_timeout_ends_the_wait(center: IdentityCenter) -> None:
    center.set(device_code_seconds=2)
    with pytest.raises(WorkstationError, match="The code for the sign-in to corp expired"):
        ensure_login(CORP, LoginOptions(DEVICE, timeout=60), absent_user().user)


def test_slow_down_is_obeyed_for_good(center: IdentityCenter, monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []
    monkeypatch.setattr(device_code, "time", types.SimpleNamespace(sleep=naps.append))
    center.faults.add("CreateToken", "slow_down", times=2)
    center.faults.add("CreateToken", "AuthorizationPendingException", times=2)
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    assert naps == [1, 6, 11, 11, 11]


@pytest.mark.parametrize("operation", ["RegisterClient", "StartDeviceAuthorization"])
def test_slow_down_before_the_code_is_waited_out(
    center: IdentityCenter, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[float] = []
    monkeypatch.setattr(client, "time", types.SimpleNamespace(sleep=naps.append, time=time.time))
    center.faults.add(operation, "slow_down", times=2)
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    assert naps == [2, 5]
    center.faults.add(operation, "slow_down")
    registration_file().unlink()
    with pytest.raises(ServiceError, match="Wait a minute"):
        ensure_login(CORP, LoginOptions(DEVICE, force=True), approving_user(center).user)


@pytest.mark.parametrize("fault", ["cut_before", "proxy_page", "server_error", "unavailable"])
def test_a_network_that_fails_while_the_person_signs_in_may_come_back(
    center: IdentityCenter, fault: str
) -> None:
    center.faults.add("CreateToken", fault, times=2)
    someone = approving_user(center)
    assert ensure_login(CORP, LoginOptions(DEVICE), someone.user).method == DEVICE
    assert len(someone.warned) <= 1


@pytest.mark.parametrize(
    ("fault", "kind", "cure"),
    [
        ("invalid_request", ServiceError, "does not know the start URL https://acme"),
        (
            "kms_disabled",
            ServiceError,
            "customer managed KMS key, which AWS cannot use now .KMS_DisabledException.",
        ),
        ("proxy_page", Unreachable, "HTTPS_PROXY"),
        ("cut_before", Unreachable, "closed the connection"),
    ],
)
def test_the_cure_for_a_start_that_fails(
    center: IdentityCenter, fault: str, kind: type[Exception], cure: str
) -> None:
    center.faults.add("StartDeviceAuthorization", fault)
    with pytest.raises(kind, match=cure):
        ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)


@pytest.mark.parametrize(
    ("fault", "kind", "cure"),
    [
        ("kms_access_denied", ServiceError, "customer managed KMS key"),
        ("access_denied", WorkstationError, "your company does not allow"),
        ("expired", WorkstationError, "login again for a new code"),
        ("invalid_grant", ServiceError, "sign in again"),
    ],
)
@BOTH_METHODS
def test_the_cure_for_an_end_that_fails(
    center: IdentityCenter, wanted: LoginOptions, fault: str, kind: type[Exception], cure: str
) -> None:
    center.faults.add("CreateToken", fault)
    with pytest.raises(kind, match=cure):
        ensure_login(CORP, wanted, approving_user(center).user)
    assert not token_file().exists()


@pytest.mark.parametrize(
    ("start_url", "hint"),
    [
        ("https://acmee.awsapps.com/start", 'Both are shown in your AWS access portal under "Access keys"'),
        (
            "https://acmee.awsapps.com/start",
            "to administrators in the console of IAM Identity Center under",
        ),
        ("https://acme.awsapps.com", "ends with /start: https://acme.awsapps.com/start"),
        ("https://acme.awsapps.com/", "ends with /start: https://acme.awsapps.com/start"),
        ("http://acme.awsapps.com/start", "begins with https://: https://acme.awsapps.com/start"),
        ("acme.awsapps.com/start", "begins with https://: https://acme.awsapps.com/start"),
    ],
)
def test_a_start_url_that_aws_does_not_know(center: IdentityCenter, start_url: str, hint: str) -> None:
    session = SsoSession("corp", start_url, CORP.region)
    with pytest.raises(ServiceError) as caught:
        ensure_login(session, LoginOptions(DEVICE), approving_user(center).user)
    assert "does not know the start URL" in str(caught.value) and hint in str(caught.value)


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


def test_the_wrong_region_is_named(center: IdentityCenter, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in center.environment("us-east-1").items():
        monkeypatch.setenv(name, value)
    elsewhere = type(CORP)("corp", CORP.start_url, "us-east-1")
    with pytest.raises(ServiceError, match="in the region us-east-1"):
        ensure_login(elsewhere, LoginOptions(DEVICE), approving_user(center).user)


def test_a_scope_that_aws_does_not_know_is_named(center: IdentityCenter) -> None:
    session = type(CORP)("corp", CORP.start_url, CORP.region, ("no scope!",))
    with pytest.raises(ServiceError, match="no scope!"):
        ensure_login(session, LoginOptions(DEVICE), approving_user(center).user)


@pytest.mark.parametrize(("skew", "words"), [(1200, "20 minutes behind"), (-1200, "20 minutes ahead of")])
def test_a_clock_that_is_wrong_is_told(center: IdentityCenter, skew: float, words: str) -> None:
    center.set(clock_skew_seconds=skew)
    someone = approving_user(center)
    login = ensure_login(CORP, LoginOptions(DEVICE), someone.user)
    assert any(words in text and "hwclock" in text for text in someone.warned)
    assert 3500 < (login.token.expires_at.timestamp() - os.stat(CORP.token_path).st_mtime) < 3700


def test_fifty_at_once_make_one_sign_in(center: IdentityCenter) -> None:
    gate = threading.Barrier(50)
    people = [approving_user(center) for _index in range(50)]
    logins: list[t.Any] = []

    def log_in(someone: FakeUser) -> None:
        gate.wait()
        logins.append(ensure_login(CORP, LoginOptions(DEVICE), someone.user))

    threads = [threading.Thread(target=log_in, args=(someone,)) for someone in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(logins) == 50 and len({login.token.access_token for login in logins}) == 1
    assert center.count("RegisterClient") == center.count("StartDeviceAuthorization") == 1
    assert sum(len(someone.pages) for someone in people) == 1
    assert sorted(login.method for login in logins) == [CACHE] * 49 + [DEVICE]


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


def test_who_waited_takes_what_came_even_if_it_lives_shorter_than_wished(center: IdentityCenter) -> None:
    gate = threading.Barrier(5)
    logins: list[t.Any] = []

    def log_in() -> None:
        gate.wait()
        logins.append(ensure_login(CORP, LoginOptions(DEVICE, min_ttl=7200), approving_user(center).user))

    for _round in range(2):
        threads = [threading.Thread(target=log_in) for _index in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert center.count("StartDeviceAuthorization") == 1
    assert center.records.burnt_refresh_tokens == 0
    assert sum(login.method == DEVICE for login in logins) == 1 and len(logins) == 10


def test_who_waited_for_a_sign_in_that_was_denied_is_not_asked_again(center: IdentityCenter) -> None:
    waiting = threading.Event()

    def deny_late(page: str) -> None:
        waiting.wait(10)
        center.deny(page)

    asked, other = FakeUser(deny_late), approving_user(center)
    outcomes: list[Exception] = []

    def log_in(someone: FakeUser) -> None:
        try:
            ensure_login(CORP, LoginOptions(DEVICE), someone.user)
        except WorkstationError as error:
            outcomes.append(error)

    first = threading.Thread(target=log_in, args=(asked,))
    first.start()
    while not asked.pages:
        first.join(0.01)
    second = threading.Thread(target=log_in, args=(other,))
    second.start()
    second.join(0.5)
    waiting.set()
    first.join()
    second.join()
    assert len(outcomes) == 2 and not other.pages
    assert "Another process requested" in str(outcomes[1])
    # the next one starts afresh
    assert ensure_login(CORP, LoginOptions(DEVICE), other.user).method == DEVICE


def test_whoever_waits_too_long_for_another_sign_in_says_so(center: IdentityCenter) -> None:
    asked = absent_user()

    def wait_in_vain() -> None:
        with contextlib.suppress(WorkstationError):
            ensure_login(CORP, LoginOptions(DEVICE, timeout=4), asked.user)

    holder = threading.Thread(target=wait_in_vain)
    holder.start()
    while not asked.pages:
        holder.join(0.01)
    with pytest.raises(WorkstationError, match=r"still waiting for .* after 1 second\."):
        ensure_login(CORP, LoginOptions(DEVICE, timeout=1), absent_user().user)
    holder.join()


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
