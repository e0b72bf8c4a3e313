# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client registration: reused, renewed and replaced."""

from __future__ import annotations

import dataclasses
import json
import time

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_cache import (
    time_or_none,
    utc_now,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import ServiceError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    DEVICE,
    PKCE,
    LoginOptions,
    ensure_login,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.registration import (
    is_known,
    stored_registration,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.refresh import live_token
from identity_center import IdentityCenter
from support.logins import (
    BOTH_METHODS,
    CORP,
    FakeUser,
    absent_user,
    approving_user,
    change,
    in_seconds,
    registration_file,
    token_file,
)


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


@BOTH_METHODS
def test_a_secret_that_does_not_expire_is_renewed_like_others(
    center: IdentityCenter, wanted: LoginOptions
) -> None:
    """clientSecretExpiresAt 0, RFC 7591: the AWS CLI would register for each sign-in, and never refresh."""
    center.set(registration_seconds=0)
    ensure_login(CORP, wanted, approving_user(center).user)
    for path, field in ((registration_file(), "expiresAt"), (token_file(), "registrationExpiresAt")):
        expires_at = time_or_none(json.loads(path.read_text())[field])
        assert expires_at is not None
        assert 80 < (expires_at - utc_now()).days <= 90
    ensure_login(CORP, dataclasses.replace(wanted, force=True), approving_user(center).user)
    assert center.count("RegisterClient") == 1
    change(token_file(), expiresAt=in_seconds(-1))
    live_token(CORP)
    assert center.count("CreateToken", 200) == 3


@BOTH_METHODS
def test_a_client_that_aws_forgot_is_registered_again_in_the_same_run(
    center: IdentityCenter, wanted: LoginOptions
) -> None:
    ensure_login(CORP, wanted, approving_user(center).user)
    center.revoke("registrations")
    someone = approving_user(center)
    login = ensure_login(CORP, LoginOptions(wanted.method, force=True, timeout=60), someone.user)
    assert login.method == wanted.method and center.count("RegisterClient") == 2
    assert any("registered again" in text for text in someone.warned)
    assert len(someone.pages) == 1, "the user saw the error page of AWS"


@BOTH_METHODS
def test_a_refresh_by_a_client_that_aws_forgot_leads_to_a_sign_in(
    center: IdentityCenter, wanted: LoginOptions
) -> None:
    ensure_login(CORP, wanted, approving_user(center).user)
    center.revoke("registrations")
    change(token_file(), expiresAt=in_seconds(-60))
    login = ensure_login(CORP, LoginOptions(wanted.method, timeout=60), approving_user(center).user)
    assert login.method == wanted.method and center.count("RegisterClient") == 2


def test_a_client_that_aws_forgets_during_a_sign_in_is_registered_again(
    center: IdentityCenter,
) -> None:
    def forget_then_approve(page: str) -> None:
        if center.count("RegisterClient") == 1:
            center.revoke("registrations")
        else:
            center.approve(page)

    login = ensure_login(CORP, LoginOptions(DEVICE, timeout=60), FakeUser(forget_then_approve).user)
    assert login.method == DEVICE and center.count("RegisterClient") == 2


@pytest.mark.parametrize("fault", ["server_error", "cut_before", "proxy_page", "slow_down"])
def test_where_aws_does_not_say_whether_it_knows_the_client_the_sign_in_goes_on(
    center: IdentityCenter, fault: str
) -> None:
    ensure_login(CORP, LoginOptions(PKCE), approving_user(center).user)
    token_file().unlink()
    center.faults.add("CreateToken", fault, times=1)
    assert ensure_login(CORP, LoginOptions(PKCE), approving_user(center).user).method == PKCE
    assert center.count("RegisterClient") == 1


def test_when_no_browser_comes_back_a_stored_registration_is_forgotten(center: IdentityCenter) -> None:
    with pytest.raises(WorkstationError, match="did not complete") as fresh:
        ensure_login(CORP, LoginOptions(PKCE, timeout=1), absent_user().user)
    assert "registration" not in str(fresh.value) and registration_file().exists()
    with pytest.raises(WorkstationError, match="the next login registers the client again"):
        ensure_login(CORP, LoginOptions(PKCE, timeout=1), absent_user().user)
    assert not registration_file().exists()
    before = center.count("RegisterClient")
    ensure_login(CORP, LoginOptions(PKCE), approving_user(center).user)
    assert center.count("RegisterClient") == before + 1


@pytest.mark.parametrize(
    ("name", "client_name"),
    [
        ("corp", "botocore-client-corp"),
        ("my corp", "botocore-client-my-corp"),
        ("m\u00fcller", "botocore-client-m-ller"),
    ],
)
def test_the_name_of_a_client_has_no_characters_that_aws_refuses(
    center: IdentityCenter, name: str, client_name: str
) -> None:
    session = SsoSession(name, CORP.start_url, CORP.region)
    ensure_login(session, LoginOptions(DEVICE), approving_user(center).user)
    registered = next(entry for entry in center.requests if entry.operation == "RegisterClient")
    assert registered.parameters["clientName"] == client_name


def test_whether_aws_knows_a_client_takes_no_longer_than_the_sign_in(center: IdentityCenter) -> None:
    ensure_login(CORP, LoginOptions(PKCE), approving_user(center).user)
    stored = stored_registration(CORP, authorization_code=True, warn=pytest.fail)
    assert stored is not None
    center.faults.add("CreateToken", "hang", seconds=60)
    began = time.monotonic()
    assert is_known(stored, CORP, seconds=1)
    assert time.monotonic() - began < 10
