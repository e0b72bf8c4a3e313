# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client registration: reused, renewed and replaced."""

from __future__ import annotations

import dataclasses
import json

import pytest

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
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.refresh import live_token
from identity_center import IdentityCenter
from support.logins import (
    BOTH_METHODS,
    CORP,
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
