# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another role with the credentials of a role of IAM Identity Center."""

from __future__ import annotations

import getpass
import os
import re
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._cached_credentials import RoleCredentials
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._credentials.assume_role import assume_role
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import ServiceError, Unreachable
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.portal import Portal
from identity_center import IdentityCenter
from support.logins import CORP
from support.role_credentials import DEPLOY, sign_in

REGION = "eu-central-1"
AUDIT = "arn:aws:iam::222233334444:role/Audit"


@pytest.fixture
def reader(center: IdentityCenter) -> RoleCredentials:
    """Credentials of ReadOnly in the account that the roles Deploy and Audit trust."""
    sign_in(center)
    return Portal(CORP).role_credentials("111122223333", "ReadOnly")


def session_name(center: IdentityCenter) -> str:
    """The session name in the last request."""
    (*_earlier, entry) = [entry for entry in center.requests if entry.operation == "AssumeRole"]
    return str(entry.parameters["RoleSessionName"])


def test_new_credentials_are_those_of_the_assumed_role(
    reader: RoleCredentials, center: IdentityCenter
) -> None:
    assumed = assume_role(reader, REGION, {"RoleArn": DEPLOY})
    key = center.records.role_credentials[assumed.access_key_id]
    assert (assumed.secret_access_key, assumed.session_token) == (key.secret_access_key, key.session_token)
    assert key.arn.startswith("arn:aws:sts::222233334444:assumed-role/Deploy/")
    assert assumed.account_id == "222233334444"


def test_the_duration_of_the_request_is_the_lifetime(reader: RoleCredentials) -> None:
    assumed = assume_role(reader, REGION, {"RoleArn": DEPLOY, "DurationSeconds": 900})
    assert assumed.expires_at.tzinfo is not None
    assert 840 < assumed.seconds_left() <= 900


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("ann", "ansible-ann"),
        ("ann.lee_1", "ansible-ann.lee_1"),
        ("ACME\\m\u00fcller x", "ansible-ACME-m-ller-x"),
        ("x" * 100, "ansible-" + "x" * 56),
    ],
)
def test_the_session_name_contains_the_user_of_the_controller(
    reader: RoleCredentials,
    center: IdentityCenter,
    monkeypatch: pytest.MonkeyPatch,
    user: str,
    expected: str,
) -> None:
    monkeypatch.setenv("LOGNAME", user)
    assume_role(reader, REGION, {"RoleArn": DEPLOY})
    assert session_name(center) == expected


@pytest.mark.parametrize("error", [KeyError, OSError])
def test_the_session_name_of_a_user_without_an_account_contains_its_id(
    reader: RoleCredentials,
    center: IdentityCenter,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
) -> None:
    def fail() -> str:
        raise error("uid not found: 4711")

    monkeypatch.setattr(getpass, "getuser", fail)
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assume_role(reader, REGION, {"RoleArn": DEPLOY})
    assert session_name(center) == "ansible-4711"


def test_the_session_name_of_the_request_takes_precedence(
    reader: RoleCredentials, center: IdentityCenter
) -> None:
    assume_role(reader, REGION, {"RoleArn": DEPLOY, "RoleSessionName": "me@example.com"})
    assert session_name(center) == "me@example.com"


def test_a_role_that_requires_an_external_id_is_assumed_with_it(reader: RoleCredentials) -> None:
    assumed = assume_role(reader, REGION, {"RoleArn": AUDIT, "ExternalId": "acme-audit"})
    assert assumed.account_id == "222233334444"


@pytest.mark.parametrize(
    "request_",
    [
        {"RoleArn": AUDIT},
        {"RoleArn": AUDIT, "ExternalId": "another"},
        {"RoleArn": "arn:aws:iam::222233334444:role/Missing"},
    ],
    ids=["without its external ID", "another external ID", "missing"],
)
def test_a_role_that_does_not_trust_the_caller_is_reported_with_both_ends(
    reader: RoleCredentials, request_: t.Mapping[str, str]
) -> None:
    with pytest.raises(
        ServiceError,
        match=f"AWS refused AssumeRole.* the name and the account of {re.escape(request_['RoleArn'])}, .*"
        "It must trust the role .*"
        " that role must allow sts:AssumeRole",
    ):
        assume_role(reader, REGION, request_)


def test_a_duration_beyond_the_limit_of_role_chaining_is_an_error_of_aws(reader: RoleCredentials) -> None:
    with pytest.raises(ServiceError, match="exceeds the 1 hour session limit") as caught:
        assume_role(reader, REGION, {"RoleArn": DEPLOY, "DurationSeconds": 7200})
    assert "must trust" not in str(caught.value)


def test_expired_credentials_cannot_assume_a_role(reader: RoleCredentials, center: IdentityCenter) -> None:
    center.expire("role_credentials")
    with pytest.raises(ServiceError, match="ExpiredToken") as caught:
        assume_role(reader, REGION, {"RoleArn": DEPLOY})
    for secret in (reader.secret_access_key, reader.session_token):
        assert secret not in str(caught.value)


def test_no_response_is_reported_as_a_problem_of_the_network(
    reader: RoleCredentials, center: IdentityCenter
) -> None:
    center.faults.add("AssumeRole", "proxy_page")
    with pytest.raises(Unreachable, match="not from AWS but from something in between"):
        assume_role(reader, REGION, {"RoleArn": DEPLOY})
