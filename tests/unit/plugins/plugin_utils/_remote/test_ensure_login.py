# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token of a host is judged as it is: valid, refreshed from the controller, or replaced by a sign-in."""

from __future__ import annotations

import datetime
import pathlib
import sys
import threading

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_cache import (
    parse_time,
    utc_now,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRequired, Unreachable
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    CACHE,
    DEVICE,
    REFRESH,
    LoginOptions,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.answer import HostState
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.login import HostSession
from identity_center import IdentityCenter
from support.logins import CORP, LEGACY, FakeUser, absent_user, approving_user, in_seconds
from support.scratch_host_cache import ANSWER, OPTIONS, ScratchHost, ensured, would_be

NOBODY = FakeUser(pytest.fail)


def left(expires_at: str | None) -> float:
    assert expires_at is not None
    return (parse_time(expires_at) - utc_now()) / datetime.timedelta(seconds=1)


def test_a_dead_session_needs_a_sign_in(signed_in: ScratchHost, center: IdentityCenter) -> None:
    center.end_sessions()
    signed_in.change(expiresAt=in_seconds(-10 * 3600))
    # the module cannot know that AWS refuses the refresh
    assert would_be(signed_in).method == REFRESH
    someone = approving_user(center)
    login = ensured(signed_in, someone)
    assert login.method == DEVICE and left(login.expires_at) > 3500
    assert "expired" in someone.warned[0] and "InvalidGrant" in someone.warned[0]
    assert ensured(signed_in, NOBODY).method == CACHE


@pytest.mark.parametrize("min_ttl", [0, 900, 3500])
def test_an_expired_token_is_refreshed_from_here(
    signed_in: ScratchHost, center: IdentityCenter, min_ttl: int
) -> None:
    signed_in.expire()
    assert would_be(signed_in, min_ttl=min_ttl).method == REFRESH
    login = ensured(signed_in, NOBODY, min_ttl=min_ttl)
    assert login.method == REFRESH and left(login.expires_at) > 3500
    assert signed_in.document()["expiresAt"] == login.expires_at
    assert center.records.burnt_refresh_tokens == 0
    assert not [secret for secret in center.records.secrets() if secret in signed_in.printed]


@pytest.mark.parametrize(
    ("seconds", "min_ttl", "method"),
    [(600, 900, REFRESH), (600, 300, CACHE), (1800, 900, CACHE), (1800, 3500, REFRESH), (-1, 0, REFRESH)],
)
def test_min_ttl_is_judged_in_check_mode_as_in_a_run(
    signed_in: ScratchHost, center: IdentityCenter, seconds: int, min_ttl: int, method: str
) -> None:
    signed_in.change(expiresAt=in_seconds(seconds))
    before = signed_in.document()
    assert would_be(signed_in, min_ttl=min_ttl).method == method
    assert signed_in.document() == before
    assert ensured(signed_in, NOBODY, min_ttl=min_ttl).method == method


@pytest.mark.parametrize("seconds", [-36000, -1, 600])
def test_a_token_that_cannot_be_refreshed_needs_a_sign_in(
    signed_in: ScratchHost, center: IdentityCenter, seconds: int
) -> None:
    signed_in.change(expiresAt=in_seconds(seconds), refreshToken=None)
    assert would_be(signed_in).method == DEVICE
    assert ensured(signed_in, approving_user(center)).method == DEVICE


def test_an_expired_legacy_token_needs_a_sign_in(host: ScratchHost, center: IdentityCenter) -> None:
    assert ensured(host, approving_user(center), LEGACY).method == DEVICE
    assert ensured(host, NOBODY, LEGACY).method == CACHE
    path = host.path(LEGACY)
    path.write_text(path.read_text().replace('"expiresAt": "2', '"expiresAt": "1'))
    assert would_be(host, LEGACY).method == DEVICE
    assert ensured(host, approving_user(center), LEGACY).method == DEVICE


@pytest.mark.parametrize("fault", ["cut_before", "proxy_page", "server_error", "slow_down"])
def test_aws_out_of_reach_is_no_failure_while_the_token_is_valid(
    signed_in: ScratchHost, center: IdentityCenter, fault: str
) -> None:
    signed_in.change(expiresAt=in_seconds(600))
    before = signed_in.document()
    center.faults.add("CreateToken", fault)
    away = absent_user()
    login = ensured(signed_in, away)
    assert login.method == CACHE and login.expires_at == before["expiresAt"] and not away.pages
    assert "is used as it is" in away.warned[0]
    signed_in.expire()
    with pytest.raises((Unreachable, WorkstationError)):
        ensured(signed_in, away)
    assert not away.pages and signed_in.document()["refreshToken"] == before["refreshToken"]


def test_a_cache_that_cannot_be_written_is_no_failure_while_the_token_is_valid(
    signed_in: ScratchHost, center: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in.change(expiresAt=in_seconds(600))
    found = signed_in.cache.read(CORP)
    monkeypatch.setattr(signed_in.cache, "read", lambda session: found._replace(writable=False))
    away = absent_user()
    assert ensured(signed_in, away).method == CACHE and "cannot write" in away.warned[0]
    assert center.count("CreateToken") == 1


def test_hosts_that_share_a_home_make_one_refresh(signed_in: ScratchHost, center: IdentityCenter) -> None:
    signed_in.expire()
    hosts = [ScratchHost(signed_in.directory) for _host in range(8)]
    states = [(host, host.described()) for host in hosts]
    assert all(state.seconds_left < 0 for _host, state in states)
    methods: list[str] = []
    gate = threading.Barrier(len(hosts))

    def log_in(host: ScratchHost) -> None:
        gate.wait()
        methods.append(ensured(host, NOBODY).method)

    threads = [threading.Thread(target=log_in, args=(host,)) for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(methods) == [CACHE] * 7 + [REFRESH]


def test_each_of_many_hosts_is_refreshed_on_its_own(tmp_path: pathlib.Path, center: IdentityCenter) -> None:
    hosts = [ScratchHost(tmp_path / str(number) / ".aws" / "sso" / "cache") for number in range(5)]
    for host in hosts:
        ensured(host, approving_user(center))
        host.expire()
    threads = [threading.Thread(target=ensured, args=(host, NOBODY)) for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(left(host.document()["expiresAt"]) > 3500 for host in hosts)
    assert center.count("StartDeviceAuthorization") == 5 and center.records.burnt_refresh_tokens == 0


def test_a_lifetime_that_no_token_has_is_a_warning(host: ScratchHost, center: IdentityCenter) -> None:
    someone = approving_user(center)
    first = ensured(host, someone, min_ttl=7200)
    assert "issues tokens of 60 minutes for corp" in someone.warned[0]
    away = absent_user()
    assert would_be(host, min_ttl=7200).method == CACHE
    assert ensured(host, away, min_ttl=7200)[:2] == (CACHE, first.expires_at)
    assert away.warned == someone.warned and center.count("CreateToken", 200) == 1
    host.change(expiresAt=in_seconds(1800))
    assert ensured(host, away, min_ttl=7200).method == REFRESH


def test_force_ends_the_old_session_first(signed_in: ScratchHost, center: IdentityCenter) -> None:
    old = signed_in.document()["accessToken"]
    assert ensured(signed_in, approving_user(center), force=True).method == DEVICE
    assert center.count("Logout", 200) == 1
    assert old not in center.records.access_tokens
    assert signed_in.document()["accessToken"] in center.records.access_tokens


def test_force_that_nobody_completes_leaves_no_token_that_looks_valid(
    signed_in: ScratchHost, center: IdentityCenter
) -> None:
    with pytest.raises(WorkstationError, match="not approved"):
        ensured(signed_in, absent_user(), force=True, timeout=2)
    assert would_be(signed_in).method == DEVICE


def test_force_warns_where_the_old_session_cannot_be_ended(
    signed_in: ScratchHost, center: IdentityCenter
) -> None:
    center.faults.add("Logout", "cut_before")
    someone = approving_user(center)
    assert ensured(signed_in, someone, force=True).method == DEVICE
    assert "could not be ended at AWS" in someone.warned[0]


def test_where_nobody_may_be_asked_the_command_is_given(
    signed_in: ScratchHost, host: ScratchHost, center: IdentityCenter
) -> None:
    signed_in.expire()
    assert ensured(signed_in, NOBODY, interactive=False).method == REFRESH
    center.end_sessions()
    signed_in.expire()
    with pytest.raises(LoginRequired, match=r"interactive is false.*InvalidGrant.*Run: the command"):
        ensured(signed_in, NOBODY, interactive=False, how_to_sign_in="Run: the command")
    signed_in.change(refreshToken=None)
    for act in (ensured, lambda host, _nobody, **wanted: would_be(host, **wanted)):
        with pytest.raises(LoginRequired, match=r"interactive is false.*cannot be refreshed"):
            act(signed_in, NOBODY, interactive=False)
    signed_in.path().unlink()
    with pytest.raises(LoginRequired, match=r"interactive is false.*it has no token"):
        would_be(signed_in, interactive=False)


def test_a_client_that_aws_forgot_cannot_refresh_the_token_of_a_host(
    signed_in: ScratchHost, center: IdentityCenter
) -> None:
    center.revoke("registrations")
    signed_in.expire()
    someone = approving_user(center)
    assert ensured(signed_in, someone).method == DEVICE
    assert "InvalidClient" in someone.warned[0] and center.count("RegisterClient") == 2


@pytest.mark.parametrize("session", [CORP, LEGACY], ids=["scoped", "legacy"])
def test_a_token_of_minutes_is_explained_and_not_asked_for_again(
    host: ScratchHost, center: IdentityCenter, session: SsoSession
) -> None:
    center.set(sign_in_seconds=300)
    someone = approving_user(center)
    assert ensured(host, someone, session).method == DEVICE
    assert "valid for 5 minutes only" in someone.warned[0] and "`force: true`" in someone.warned[0]
    away = absent_user()
    assert ensured(host, away, session).method != DEVICE and "`force: true`" in away.warned[0]
    assert not away.pages


@pytest.mark.parametrize(("ahead", "words"), [(7200, "120 minutes ahead of"), (-7200, "120 minutes behind")])
def test_a_wrong_clock_of_a_host_is_reported(
    signed_in: ScratchHost, center: IdentityCenter, ahead: int, words: str
) -> None:
    document = signed_in.document()
    answer = {
        **ANSWER,
        "expires_at": document["expiresAt"],
        "seconds_left": 3600 - ahead,
        "refreshable": True,
        "directory": str(signed_in.directory),
        "python": sys.executable,
    }
    someone = absent_user()
    state = HostState.of_result(answer, OPTIONS)
    login = HostSession(state, signed_in.cache, someone.user).ensure_login(LoginOptions(DEVICE), False)
    assert words in someone.warned[0] and "wsl --shutdown in Windows" in someone.warned[0]
    assert login.method == CACHE and left(login.expires_at) > 3000
