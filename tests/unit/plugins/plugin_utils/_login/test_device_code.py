# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Polling for the token of a device code, and a code for a browser that does not return to this machine."""

from __future__ import annotations

import dataclasses
import json
import math
import pathlib
import re
import socket
import time
import types
import typing as t
import urllib.parse

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.state import state_directory
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._environment import environment_with
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import ServiceError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login import device_code, prompt
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.browser import Opening
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    CACHE,
    DEVICE,
    PKCE,
    REFRESH,
    LoginOptions,
    ensure_login,
)
from identity_center import IdentityCenter
from identity_center.world import default_world
from support import child_processes
from support.logins import (
    CORP,
    TOKEN_KEYS,
    FakeUser,
    absent_user,
    approving_user,
    change,
    registration_file,
    token_file,
)

SOON = LoginOptions(PKCE, code_after=0.2)
LATER = LoginOptions(PKCE, code_after=300)
UNKNOWN = dataclasses.replace(CORP, start_url="https://acmee.awsapps.com/start")
CODE = re.compile(r"\n(http\S+/device\?user_code=([A-Z]{4}-[A-Z]{4}))\nCode: \2 ")
NO_REQUEST_FOLLOWS = 1.5
"""Seconds; two polls are one second apart."""


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
    # Ansible shows warnings when the task ends, which is too late for a user who waits
    _prompt, *notes, _ended = someone.shown
    assert all(note.endswith("The sign-in is still being waited for.") for note in notes)
    assert len(notes) <= 1 and not someone.warned


def code_pages(user: FakeUser) -> list[str]:
    return [found[1] for found in map(CODE.search, user.shown) if found]


class Elsewhere(FakeUser):
    """A user whose browser does not return; *act* is what they do with the page of a code elsewhere."""

    def __init__(self, act: t.Callable[[str], object]) -> None:
        super().__init__(lambda page: None)
        self._act = act

    def at(self, **place: t.Any) -> t.Any:
        return super().at(**{"show": self._show, **place})

    def _show(self, text: str) -> None:
        self.shown.append(text)
        if CODE.search(text):
            self._act(code_pages(self)[-1])


def listens(page: str) -> bool:
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(page).query)
    with socket.socket() as probe:
        return not probe.connect_ex(("127.0.0.1", urllib.parse.urlsplit(query["redirect_uri"][0]).port or 0))


def failing(page: str) -> Opening:
    opening = Opening()
    opening.fail()
    return opening


def test_a_browser_that_returns_soon_costs_no_further_call(center: IdentityCenter) -> None:
    someone = approving_user(center)
    assert ensure_login(CORP, LATER, someone.user).method == PKCE
    assert center.count("RegisterClient") == center.count("CreateToken") == 1
    assert center.count("StartDeviceAuthorization") == 0 and not code_pages(someone)


def test_the_code_signs_in_where_the_browser_does_not_return(center: IdentityCenter) -> None:
    someone = Elsewhere(center.approve)
    login = ensure_login(CORP, SOON, someone.at())
    assert login.method == DEVICE
    first, offer, ended = someone.shown
    assert first.endswith("10 minutes left. In 0 seconds, a code for any device follows.")
    assert offer.startswith("\nIf the browser here cannot finish, sign in to corp on any device:\nhttp")
    assert offer.endswith(" (the page must show it too). 10 minutes left.")
    assert (
        ended.startswith("Signed in to corp. The token expires in 60 minutes (")
        and "`method: device`" in ended
    )
    assert len(someone.pages) == 1 and not listens(someone.pages[0]) and not someone.warned
    assert list(json.loads(token_file().read_bytes())) == TOKEN_KEYS
    # the browser keeps its client, and the token can be refreshed by its own
    assert json.loads(registration_file().read_bytes())["grantTypes"] == [
        "authorization_code",
        "refresh_token",
    ]
    assert ensure_login(CORP, LoginOptions(PKCE, min_ttl=3700), absent_user().user).method == REFRESH
    assert center.count("RegisterClient") == 2 and center.invalid_requests == []


def test_a_client_that_is_registered_for_both_serves_both(center: IdentityCenter) -> None:
    ensure_login(CORP, LATER, approving_user(center).user)
    grants = [*json.loads(registration_file().read_bytes())["grantTypes"], device_code.GRANT_TYPE]
    client_id = change(registration_file(), grantTypes=grants)["clientId"]
    registered = center.records.registrations[client_id]
    center.records.registrations[client_id] = dataclasses.replace(registered, grant_types=tuple(grants))
    someone = Elsewhere(center.approve)
    login = ensure_login(CORP, dataclasses.replace(SOON, force=True), someone.at())
    assert login.method == DEVICE and login.token.document["clientId"] == client_id
    assert center.count("RegisterClient") == 1


def test_the_browser_may_still_return_after_the_code_was_offered(center: IdentityCenter) -> None:
    someone = Elsewhere(lambda page: center.approve(someone.pages[0]))
    login = ensure_login(CORP, SOON, someone.at())
    assert login.method == PKCE and not listens(someone.pages[0])
    polls, token = center.count("CreateToken"), token_file().read_bytes()
    (page,) = code_pages(someone)
    center.approve(page)
    time.sleep(NO_REQUEST_FOLLOWS)
    assert center.count("CreateToken") == polls and token_file().read_bytes() == token
    assert ensure_login(CORP, SOON, absent_user().user).method == CACHE


def test_both_at_once_store_one_token(center: IdentityCenter) -> None:
    def approve_both(page: str) -> None:
        center.approve(page)
        center.approve(someone.pages[0])

    someone = Elsewhere(approve_both)
    login = ensure_login(CORP, SOON, someone.at())
    assert json.loads(token_file().read_bytes())["accessToken"] == login.token.access_token
    assert center.count("CreateToken", status=200) == 1


def test_without_a_browser_the_code_comes_at_once(center: IdentityCenter) -> None:
    someone = Elsewhere(center.approve)
    assert ensure_login(CORP, LATER, someone.at(open_page=failing)).method == DEVICE
    assert someone.shown[1].startswith("\nNo browser could be opened here. Sign in to corp on any device:\n")


def test_pkce_as_the_only_method_offers_no_code(center: IdentityCenter) -> None:
    someone = absent_user()
    with pytest.raises(WorkstationError, match="The browser did not complete the sign-in to corp within"):
        ensure_login(CORP, LoginOptions(PKCE, timeout=2), someone.at(open_page=failing))
    assert not code_pages(someone)


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        ("StartDeviceAuthorization", "kms_disabled"),
        ("StartDeviceAuthorization", "cut_before"),
        ("StartDeviceAuthorization", "proxy_page"),
        ("RegisterClient", "invalid_request"),
    ],
)
def test_where_there_is_no_code_the_browser_is_waited_for(
    center: IdentityCenter, operation: str, fault: str
) -> None:
    ensure_login(CORP, LATER, approving_user(center).user)
    someone = absent_user()
    center.faults.add(operation, fault)

    def approve_late(text: str) -> None:
        someone.shown.append(text)
        if "No code" in text:
            center.approve(someone.pages[0])

    wanted = LoginOptions(PKCE, code_after=0.2, force=True)
    assert ensure_login(CORP, wanted, someone.at(show=approve_late)).method == PKCE
    # Ansible shows warnings when the task ends, which is too late for a user who waits for the code
    _prompt, reason, _ended = someone.shown
    assert reason.startswith("\nNo code for other devices is available. ") and not someone.warned


def test_a_start_url_that_aws_does_not_know_ends_the_wait_for_the_browser(center: IdentityCenter) -> None:
    someone = absent_user()
    with pytest.raises(ServiceError, match="AWS does not know the start URL https://acmee"):
        ensure_login(UNKNOWN, SOON, someone.user)
    assert len(someone.pages) == 1 and not listens(someone.pages[0]) and not token_file(UNKNOWN).exists()


def test_after_a_code_was_issued_its_start_url_is_not_at_fault(center: IdentityCenter) -> None:
    center.set(device_code_seconds=2)
    someone = Elsewhere(lambda page: center.faults.add("StartDeviceAuthorization", "invalid_request"))
    with pytest.raises(WorkstationError, match=r"within 18 seconds, and no code .* available\. AWS does not"):
        ensure_login(CORP, LoginOptions(PKCE, timeout=18, code_after=0.2), someone.at())
    assert len(code_pages(someone)) == 1 and "No code for other devices is available." in someone.shown[2]


@pytest.mark.parametrize("start_url", ["https://acme.awsapps.com/strat", "http://acme.awsapps.com/start"])
@pytest.mark.parametrize("wanted", [LATER, LoginOptions(PKCE)])
def test_a_start_url_that_looks_wrong_is_checked_before_the_browser_opens(
    center: IdentityCenter, start_url: str, wanted: LoginOptions
) -> None:
    someone = absent_user()
    with pytest.raises(ServiceError, match="AWS does not know the start URL"):
        ensure_login(dataclasses.replace(CORP, start_url=start_url), wanted, someone.user)
    assert not someone.pages and not someone.shown


@pytest.mark.parametrize("fault", ["", "cut_before", "kms_disabled"])
def test_a_start_url_that_only_looks_wrong_is_used(fault: str, home: pathlib.Path) -> None:
    portal = "https://acme.awsapps.com/other"
    world = dataclasses.replace(default_world(), start_url=portal)
    with IdentityCenter(world) as center, environment_with(center.environment()):
        if fault:
            center.faults.add("StartDeviceAuthorization", fault)
        session = dataclasses.replace(CORP, start_url=portal)
        assert ensure_login(session, LoginOptions(PKCE), approving_user(center).user).method == PKCE


def test_a_browser_that_never_returns_may_have_shown_that_the_start_url_is_unknown(
    center: IdentityCenter,
) -> None:
    someone = absent_user()
    with pytest.raises(ServiceError, match="AWS does not know the start URL https://acmee"):
        ensure_login(UNKNOWN, LoginOptions(PKCE, timeout=2), someone.user)
    assert len(someone.pages) == 1 and not code_pages(someone)


def test_who_denies_on_the_page_of_the_code_has_denied(center: IdentityCenter) -> None:
    someone = Elsewhere(center.deny)
    with pytest.raises(WorkstationError, match=r"^The sign-in to corp was denied: .* choose Allow"):
        ensure_login(CORP, SOON, someone.at())
    assert not listens(someone.pages[0]) and not token_file().exists()
    assert center.count("RegisterClient") == 2


def test_a_code_that_expires_is_replaced(center: IdentityCenter) -> None:
    center.set(device_code_seconds=2)

    def approve_the_second(page: str) -> None:
        if len(code_pages(someone)) == 2:
            center.approve(page)

    someone = Elsewhere(approve_the_second)
    assert ensure_login(CORP, SOON, someone.at()).method == DEVICE
    first, second = code_pages(someone)
    assert (
        first != second and "\nThe code expired. With a new one, sign in to corp on any" in someone.shown[2]
    )
    assert "2 seconds left" in someone.shown[1]
    assert center.count("RegisterClient") == 2


def test_after_the_timeout_both_ways_are_named(
    center: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt, "SECONDS_BETWEEN_REMINDERS", 1)
    someone = absent_user()
    with pytest.raises(
        WorkstationError,
        match=r"within 6 seconds, neither in the browser of this machine nor with the code\. Run the login",
    ):
        ensure_login(CORP, LoginOptions(PKCE, timeout=6, code_after=0.2), someone.user)
    (page,) = code_pages(someone)
    reminders = someone.shown[2:]
    assert reminders and not listens(someone.pages[0])
    for reminder in reminders:
        assert re.fullmatch(
            r"\nStill waiting for the sign-in to corp: \d seconds? left, code \S+\. Open on any device:\n\S+",
            reminder,
        )
        assert reminder.endswith(page)
    polls = center.count("CreateToken")
    time.sleep(NO_REQUEST_FOLLOWS)
    assert center.count("CreateToken") == polls


def test_whoever_waits_for_this_sign_in_sees_the_code(center: IdentityCenter) -> None:
    record = pathlib.Path(state_directory(CORP), "login")

    def sign_in() -> None:
        ensure_login(CORP, LoginOptions(PKCE, code_after=2.5), absent_user().user)

    def show(text: str) -> None:
        shown.append(text)
        if "Code: " in text:
            center.approve(text.split("\n")[2])

    shown: list[str] = []
    child = child_processes.start(sign_in)
    while not record.exists() or "page" not in json.loads(record.read_text()):
        time.sleep(0.02)
    assert ensure_login(CORP, LoginOptions(DEVICE), absent_user().at(show=show)).method == CACHE
    assert child_processes.exit_code(child) == 0
    first, second = shown
    assert "\nFinish it there, or open this page in a browser on this machine:\nhttp" in first
    assert "\nFinish it there, or open this page on any device:\nhttp" in second and CODE.search(second)
    after = json.loads(record.read_text())
    assert not after.keys() & {"page", "code"} and not after["failure"]


def test_ctrl_c_leaves_nothing(center: IdentityCenter) -> None:
    def interrupt(page: str) -> None:
        raise KeyboardInterrupt

    someone = Elsewhere(interrupt)
    with pytest.raises(KeyboardInterrupt):
        ensure_login(CORP, SOON, someone.at())
    assert not listens(someone.pages[0]) and not token_file().exists()
    before = center.count("CreateToken")
    time.sleep(NO_REQUEST_FOLLOWS)
    assert center.count("CreateToken") == before


def test_a_service_that_hangs_does_not_prolong_the_wait(center: IdentityCenter) -> None:
    center.faults.add("CreateToken", "hang", seconds=60)
    began = time.monotonic()
    with pytest.raises(WorkstationError, match="was not approved within 4 seconds"):
        ensure_login(CORP, LoginOptions(DEVICE, timeout=4), absent_user().user)
    assert time.monotonic() - began < 12


def test_calls_get_no_more_time_than_there_is(center: IdentityCenter) -> None:
    calls = device_code._TimedCalls(CORP)
    timeouts = []
    for left in (600, 100, 28, 27, 20, 13, 8, 6, 4, 2, 1, 0.1):
        config = calls.within(left).meta.config
        assert config.connect_timeout + config.read_timeout <= max(2, left)
        timeouts.append(config.read_timeout)
    assert len(set(timeouts)) == 5 and min(timeouts) == 1


def test_the_method_is_chosen_when_a_user_has_to_sign_in(center: IdentityCenter) -> None:
    chosen: list[str] = []

    def choose() -> str:
        chosen.append(DEVICE)
        return DEVICE

    wanted = LoginOptions(choose)
    assert ensure_login(CORP, wanted, approving_user(center).user).method == DEVICE
    assert ensure_login(CORP, wanted, absent_user().user).method == CACHE
    assert len(chosen) == 1


@pytest.mark.parametrize(
    ("method", "timeout", "after"),
    [("auto", 600, 30), ("auto", 20, 10), ("pkce", 600, None), ("device", 600, None)],
)
def test_only_the_automatic_method_changes(method: str, timeout: int, after: float | None) -> None:
    options = {"min_ttl": 900, "force": False, "interactive": True, "redirect_port": 0}
    wanted = LoginOptions.from_options({**options, "method": method, "timeout": timeout}, PKCE)
    assert wanted.code_after == (math.inf if after is None else after)
