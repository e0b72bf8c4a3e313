# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sign-in on the controller with the accounts and roles of whoever signed in."""

from __future__ import annotations

import json
import pathlib

import pytest
from ansible.utils.display import Display

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRequired, ServiceError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.access import (
    login_with_access,
    preview_login_with_access,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    CACHE,
    DEVICE,
    PKCE,
    REFRESH,
    LoginOptions,
    ensure_login,
)
from identity_center import IdentityCenter
from support.logins import CORP, LEGACY, FakeUser, absent_user, approving_user, change, in_seconds, token_file
from support.role_credentials import ACCESS, lookup

WANTED = LoginOptions(DEVICE, timeout=30)


@pytest.fixture
def signed_in(center: IdentityCenter, aws_config: pathlib.Path) -> IdentityCenter:
    login_with_access(CORP, WANTED, approving_user(center).user)
    return center


@pytest.mark.parametrize("session", [CORP, LEGACY])
def test_the_list_is_that_of_the_lookup(
    center: IdentityCenter, aws_config: pathlib.Path, session: SsoSession
) -> None:
    config = f"[profile old]\nsso_start_url = {LEGACY.start_url}\nsso_region = {LEGACY.region}\n"
    aws_config.write_text(aws_config.read_text() + config)
    first = login_with_access(session, WANTED, approving_user(center).user)
    again = login_with_access(session, WANTED, absent_user().user)
    assert (first.login.method, again.login.method) == (DEVICE, CACHE)
    assert first.access == again.access == lookup(ACCESS, session.label)
    assert len(first.access) == 5


def test_hosts_of_a_run_share_one_list_but_another_user_does_not(signed_in: IdentityCenter) -> None:
    login_with_access(CORP, WANTED, absent_user().user)
    assert signed_in.count("ListAccounts") == 1
    bob = FakeUser(lambda page: signed_in.approve(page, "bob"))
    of_bob = login_with_access(CORP, LoginOptions(DEVICE, timeout=30, force=True), bob.user)
    assert signed_in.count("ListAccounts") == 2
    assert of_bob.access and len(of_bob.access) != 5


def test_a_refresh_on_the_way_is_a_change(signed_in: IdentityCenter) -> None:
    change(token_file(), expiresAt=in_seconds(60))
    login, access = login_with_access(CORP, WANTED, absent_user().user)
    assert login.method == REFRESH and len(access) == 5


def test_a_token_that_aws_rejects_is_refreshed(signed_in: IdentityCenter) -> None:
    forget_lists(token_file().parents[3])
    signed_in.revoke_tokens()
    assert preview_login_with_access(CORP, WANTED) == (REFRESH, [])
    login, access = login_with_access(CORP, WANTED, absent_user().user)
    assert login.method == REFRESH and len(access) == 5
    assert json.loads(token_file().read_text())["accessToken"] == login.token.access_token


def test_where_no_refresh_helps_somebody_signs_in(signed_in: IdentityCenter) -> None:
    forget_lists(token_file().parents[3])
    signed_in.end_sessions()
    login, access = login_with_access(CORP, WANTED, approving_user(signed_in).user)
    assert login.method == DEVICE and len(access) == 5


def test_a_new_token_that_aws_rejects_is_an_error(center: IdentityCenter, aws_config: pathlib.Path) -> None:
    someone = approving_user(center)
    center.faults.add("ListAccounts", "expired")
    with pytest.raises(LoginRequired):
        login_with_access(CORP, WANTED, someone.user)
    assert center.count("StartDeviceAuthorization") == 1


def test_check_mode_lists_with_a_valid_token_and_changes_nothing(signed_in: IdentityCenter) -> None:
    before = token_file().read_bytes()
    method, access = preview_login_with_access(CORP, WANTED)
    assert method == CACHE and len(access) == 5
    change(token_file(), expiresAt=in_seconds(60))
    aged = token_file().read_bytes()
    method, access = preview_login_with_access(CORP, WANTED)
    assert method == REFRESH and len(access) == 5
    assert token_file().read_bytes() == aged != before
    change(token_file(), expiresAt=in_seconds(-1))
    assert preview_login_with_access(CORP, WANTED) == (REFRESH, [])
    assert signed_in.count("CreateToken", 200) == 1


@pytest.mark.parametrize("method", [DEVICE, PKCE])
def test_check_mode_without_a_token_lists_nothing(center: IdentityCenter, method: str) -> None:
    assert preview_login_with_access(CORP, LoginOptions(method)) == (method, [])
    assert not center.requests


def forget_lists(home: pathlib.Path) -> None:
    """So that AWS is asked again within the minute for which a list serves further hosts."""
    for path in home.rglob("access/*.json"):
        path.unlink()


def test_a_sign_in_does_not_fail_because_an_account_is_suspended(
    signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_lists(token_file().parents[3])
    signed_in.faults.add("ListAccountRoles", "forbidden", account="222233334444")
    someone = absent_user()
    _login, access = login_with_access(CORP, WANTED, someone.user)
    assert {entry["account_id"] for entry in access} == {"111122223333", "012345678901"}
    (warning,) = someone.warned
    assert "Production (222233334444: Forbidden: No access)" in warning
    monkeypatch.setattr(
        Display, "warning", lambda self, text, *_unused, **_named: someone.warned.append(text)
    )
    assert preview_login_with_access(CORP, WANTED) == (CACHE, access)
    assert someone.warned == [warning, warning]


def test_where_nobody_may_be_asked_a_rejected_token_is_an_error(signed_in: IdentityCenter) -> None:
    forget_lists(token_file().parents[3])
    signed_in.end_sessions()
    wanted = LoginOptions(DEVICE, interactive=False)
    change(token_file(), refreshToken=None)
    with pytest.raises(LoginRequired, match="interactive is false"):
        preview_login_with_access(CORP, wanted)
    with pytest.raises(LoginRequired, match="interactive is false"):
        login_with_access(CORP, wanted, absent_user().user)


def test_a_token_of_other_scopes_is_replaced_by_a_sign_in(signed_in: IdentityCenter) -> None:
    """AWS issues tokens that it then does not accept, because they have the scopes of an earlier sign-in."""
    forget_lists(token_file().parents[3])
    signed_in.faults.add("ListAccounts", "expired", times=4)
    someone = approving_user(signed_in)
    login, access = login_with_access(CORP, WANTED, someone.user)
    assert login.method == DEVICE and len(access) == 5 and len(someone.pages) == 1


@pytest.mark.parametrize("fault", ["expired", "forbidden"])
def test_a_missing_scope_is_named_and_nobody_is_asked_for_nothing(center: IdentityCenter, fault: str) -> None:
    session = SsoSession("corp", CORP.start_url, CORP.region, ("codewhisperer:conversations",))
    ensure_login(session, WANTED, approving_user(center).user)
    center.faults.add("ListAccounts", fault)
    with pytest.raises((LoginRequired, ServiceError), match="do not include sso:account:access"):
        login_with_access(session, WANTED, absent_user().user)
