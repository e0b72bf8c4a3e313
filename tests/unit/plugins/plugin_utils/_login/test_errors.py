# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of AWS during a sign-in are reported with their cause."""

from __future__ import annotations

import dataclasses
import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._environment import environment_with
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import ServiceError, Unreachable
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    DEVICE,
    PKCE,
    LoginOptions,
    ensure_login,
)
from identity_center import IdentityCenter
from identity_center.world import default_world
from support.logins import (
    BOTH_METHODS,
    CORP,
    approving_user,
    token_file,
)


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


@pytest.mark.parametrize(
    ("operation", "fault"),
    [("StartDeviceAuthorization", "invalid_request"), ("CreateToken", "invalid_grant")],
)
def test_a_region_that_contradicts_the_start_url_is_named(
    home: pathlib.Path, operation: str, fault: str
) -> None:
    portal = "https://ssoins-1.portal.eu-west-1.app.aws"
    world = dataclasses.replace(default_world(), start_url=portal)
    with IdentityCenter(world) as center, environment_with(center.environment()):
        center.faults.add(operation, fault)
        with pytest.raises(ServiceError) as caught:
            session = SsoSession("corp", portal, "us-east-1")
            ensure_login(session, LoginOptions(DEVICE), approving_user(center).user)
    assert "that of the region eu-west-1, but the region of the session is us-east-1." in str(caught.value)


@pytest.mark.parametrize(
    ("scopes", "cure"),
    [
        (None, r"does not grant the scope sso:account:access .* try `method: device`"),
        (("sso:account:access",), r"does not grant the scope sso:account:access .* try `method: device`"),
        (
            ("sso:account:access", "other:scope"),
            r"one of the registration scopes .* other:scope\. The scope for",
        ),
    ],
)
def test_a_scope_that_aws_refuses(center: IdentityCenter, scopes: tuple[str, ...] | None, cure: str) -> None:
    center.faults.add("RegisterClient", "InvalidScopeException")
    with pytest.raises(ServiceError, match=cure):
        ensure_login(
            SsoSession("corp", CORP.start_url, CORP.region, scopes),
            LoginOptions(PKCE),
            approving_user(center).user,
        )
