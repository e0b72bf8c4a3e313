# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A min_ttl that no token of the session reaches: one warning, and no refresh or prompt at every run."""

from __future__ import annotations

import pathlib
import subprocess

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.state import state_directory
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRequired
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    CACHE,
    DEVICE,
    PKCE,
    REFRESH,
    LoginOptions,
    ensure_login,
    preview_login,
)
from identity_center import IdentityCenter, write_browser
from support.logins import (
    BOTH_METHODS,
    CORP,
    LEGACY,
    FakeUser,
    absent_user,
    approving_user,
    change,
    in_seconds,
    token_file,
)

TWO_HOURS = LoginOptions(DEVICE, min_ttl=7200)


@BOTH_METHODS
def test_a_sign_in_for_longer_than_tokens_live_is_kept(center: IdentityCenter, wanted: LoginOptions) -> None:
    wanted = LoginOptions(wanted.method, min_ttl=7200)
    someone = approving_user(center)
    first = ensure_login(CORP, wanted, someone.user)
    assert first.method == wanted.method
    (text,) = someone.warned
    assert "min_ttl is 120 minutes" in text and "issues tokens of 60 minutes for corp" in text
    for _run in range(2):
        away = absent_user()
        assert preview_login(CORP, wanted) == CACHE
        assert ensure_login(CORP, wanted, away.user).token == first.token
        assert away.warned == [text] and not away.shown
    assert center.count("CreateToken", 200) == 1


def test_a_refresh_for_longer_than_tokens_live_is_made_once(center: IdentityCenter) -> None:
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    methods, warned = [], set()
    for _run in range(4):
        away = absent_user()
        methods.append(ensure_login(CORP, TWO_HOURS, away.user).method)
        warned |= set(away.warned)
    assert methods == [REFRESH, CACHE, CACHE, CACHE] and len(warned) == 1


def test_a_token_that_has_used_up_a_part_of_its_life_is_refreshed(center: IdentityCenter) -> None:
    ensure_login(CORP, TWO_HOURS, approving_user(center).user)
    change(token_file(), expiresAt=in_seconds(1800))
    assert preview_login(CORP, TWO_HOURS) == REFRESH
    assert ensure_login(CORP, TWO_HOURS, absent_user().user).method == REFRESH
    assert ensure_login(CORP, TWO_HOURS, absent_user().user).method == CACHE


def test_a_lifetime_that_tokens_reach_is_still_required(center: IdentityCenter) -> None:
    ensure_login(CORP, TWO_HOURS, approving_user(center).user)
    change(token_file(), expiresAt=in_seconds(2000))
    assert ensure_login(CORP, LoginOptions(DEVICE, min_ttl=1900), absent_user().user).method == CACHE
    assert ensure_login(CORP, LoginOptions(DEVICE, min_ttl=2100), absent_user().user).method == REFRESH


def test_longer_tokens_than_before_are_noticed(center: IdentityCenter) -> None:
    ensure_login(CORP, TWO_HOURS, approving_user(center).user)
    center.set(access_token_seconds=3 * 3600)
    change(token_file(), expiresAt=in_seconds(600))
    assert ensure_login(CORP, TWO_HOURS, absent_user().user).method == REFRESH
    away = absent_user()
    assert ensure_login(CORP, TWO_HOURS, away.user).method == CACHE and not away.warned
    change(token_file(), expiresAt=in_seconds(7000))
    assert ensure_login(CORP, TWO_HOURS, away.user).method == REFRESH


def test_without_a_readable_record_the_token_is_refreshed_once_more(center: IdentityCenter) -> None:
    ensure_login(CORP, TWO_HOURS, approving_user(center).user)
    record = pathlib.Path(state_directory(CORP)) / "lifetime"
    for content in ("{", "[]", '{"seconds": "x", "expires_at": 5, "signed_in_at": "\\u001b[8m"}'):
        record.write_text(content)
        assert ensure_login(CORP, TWO_HOURS, absent_user().user).method == REFRESH
        assert ensure_login(CORP, TWO_HOURS, absent_user().user).method == CACHE


def test_a_legacy_token_of_eight_hours_is_asked_for_once(center: IdentityCenter) -> None:
    wanted = LoginOptions(DEVICE, min_ttl=10 * 3600)
    someone = approving_user(center)
    assert ensure_login(LEGACY, wanted, someone.user).method == DEVICE
    assert "issues tokens of 480 minutes" in someone.warned[0] and "cannot be refreshed" in someone.warned[0]
    assert ensure_login(LEGACY, wanted, absent_user().user).method == CACHE
    change(token_file(LEGACY), expiresAt=in_seconds(800))
    assert ensure_login(LEGACY, LoginOptions(DEVICE), approving_user(center).user).method == DEVICE


class Browser:
    """A browser that stays signed in, as that of a user does."""

    def __init__(self, directory: pathlib.Path) -> None:
        cookies = str(directory / "cookies")
        self._program = write_browser(str(directory / "browser"), cookies=cookies)

    @property
    def user(self) -> FakeUser:
        return FakeUser(lambda page: subprocess.run([self._program, page], check=True))


@pytest.mark.parametrize("session", [CORP, LEGACY], ids=["scoped", "legacy"])
def test_a_sign_in_that_inherits_minutes_says_why_and_is_not_repeated(
    center: IdentityCenter, tmp_path: pathlib.Path, session: SsoSession
) -> None:
    center.set(sign_in_seconds=300)
    browser = Browser(tmp_path)
    ensure_login(session, LoginOptions(DEVICE), browser.user.user)
    token_file(session).unlink()
    someone = browser.user
    ensure_login(session, LoginOptions(DEVICE), someone.user)
    (text,) = someone.warned
    assert "valid for 5 minutes only" in text and "already signed in to the access portal" in text
    assert "`force: true`" in text and session.start_url in text
    for _run in range(3):
        away = absent_user()
        assert preview_login(session, LoginOptions(DEVICE)) != DEVICE
        ensure_login(session, LoginOptions(DEVICE), away.user)
        assert not away.pages and "`force: true`" in away.warned[0]


@pytest.mark.parametrize("method", [DEVICE, PKCE])
def test_force_ends_the_old_session_so_that_the_new_one_has_its_whole_life(
    center: IdentityCenter, tmp_path: pathlib.Path, method: str
) -> None:
    center.set(sign_in_seconds=300)
    browser = Browser(tmp_path)
    ensure_login(CORP, LoginOptions(method), browser.user.user)
    center.set(sign_in_seconds=8 * 3600)
    someone = browser.user
    assert ensure_login(CORP, LoginOptions(method, force=True), someone.user).method == method
    assert not someone.warned and center.count("Logout", 200) == 1
    assert "The token expires in 60 minutes (" in someone.shown[-1]


def test_a_legacy_token_is_replaced_in_its_last_minute(
    center: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    center.set(sign_in_seconds=50)
    ensure_login(LEGACY, LoginOptions(DEVICE), Browser(tmp_path).user.user)
    assert ensure_login(LEGACY, LoginOptions(DEVICE), approving_user(center).user).method == DEVICE


def test_when_the_user_signed_in_is_said_where_nobody_may_be_asked(center: IdentityCenter) -> None:
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    center.end_sessions()
    change(token_file(), expiresAt=in_seconds(-60))
    with pytest.raises(LoginRequired, match=r"The last sign-in on this machine was at 20.*Z\. The session"):
        ensure_login(CORP, LoginOptions(DEVICE, interactive=False), absent_user().user)
