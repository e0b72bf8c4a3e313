# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds the keys, and chaining, as botocore's own client sees them."""

from __future__ import annotations

import typing as t

import pytest

from identity_center import IdentityCenter
from support.emulator_clients import Clients, Json, code_of, send

DEPLOY = "arn:aws:iam::222233334444:role/Deploy"
AUDIT = "arn:aws:iam::222233334444:role/Audit"


def test_keys_are_an_assumed_role_of_the_user(clients: Clients) -> None:
    identity = clients.sts(clients.keys()).get_caller_identity()
    prefix, role, user = identity["Arn"].split("/")
    assert (prefix, user) == ("arn:aws:sts::111122223333:assumed-role", "alice")
    assert role.startswith("AWSReservedSSO_ReadOnly_")
    assert len(role.rsplit("_", 1)[1]) == 16
    assert identity["Account"] == "111122223333"
    assert identity["UserId"].endswith(":alice")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"accessKeyId": "ASIAUNKNOWNUNKNOWN77"}, "InvalidClientTokenId"),
        ({"sessionToken": "another"}, "InvalidClientTokenId"),
        ({"secretAccessKey": "another"}, "SignatureDoesNotMatch"),
    ],
)
def test_unknown_keys_are_refused(clients: Clients, changes: Json, code: str) -> None:
    assert code_of(clients.sts({**clients.keys(), **changes}).get_caller_identity) == code


def test_expired_and_revoked_keys_are_refused(center: IdentityCenter, clients: Clients) -> None:
    sts = clients.sts(clients.keys())
    center.expire("role_credentials")
    assert code_of(sts.get_caller_identity) == "ExpiredToken"
    center.revoke("role_credentials")
    assert code_of(sts.get_caller_identity) == "InvalidClientTokenId"


@pytest.mark.parametrize("skew", [-600, 600])
def test_a_clock_that_differs_is_refused(center: IdentityCenter, clients: Clients, skew: int) -> None:
    sts = clients.sts(clients.keys())
    center.set(clock_skew_seconds=skew)
    assert code_of(sts.get_caller_identity) == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("authorization", "code"), [(None, "MissingAuthenticationToken"), ("Bearer x", "IncompleteSignature")]
)
def test_a_request_without_a_signature_is_refused(
    center: IdentityCenter, authorization: str | None, code: str
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if authorization:
        headers["Authorization"] = authorization
    answer = send(center, "POST", "/", b"Action=GetCallerIdentity&Version=2011-06-15", headers)
    assert answer.status == 403
    assert f"<Code>{code}</Code>".encode() in answer.body


def test_a_role_can_be_assumed_with_keys_of_another_role(clients: Clients) -> None:
    sts = clients.sts(clients.keys())
    answer = sts.assume_role(
        RoleArn=AUDIT,
        RoleSessionName="quarterly-audit",
        ExternalId="acme-audit",
        DurationSeconds=900,
        Tags=[{"Key": "purpose", "Value": "<audit> & more"}],
        TransitiveTagKeys=["purpose"],
    )
    arn = "arn:aws:sts::222233334444:assumed-role/Audit/quarterly-audit"
    assert answer["AssumedRoleUser"]["Arn"] == arn
    assert clients.sts(answer["Credentials"]).get_caller_identity()["Arn"] == arn


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"RoleArn": "arn:aws:iam::222233334444:role/Nonsense"}, "AccessDenied"),
        ({"RoleArn": AUDIT}, "AccessDenied"),
        ({"RoleArn": AUDIT, "ExternalId": "another"}, "AccessDenied"),
        ({"DurationSeconds": 7200}, "ValidationError"),
        ({"DurationSeconds": 86400}, "ValidationError"),
    ],
)
def test_an_untrusted_role_cannot_assume_another_one(
    clients: Clients, changes: t.Dict[str, t.Any], code: str
) -> None:
    sts = clients.sts(clients.keys())
    parameters = {"RoleArn": DEPLOY, "RoleSessionName": "deploy", **changes}
    assert code_of(sts.assume_role, **parameters) == code


def test_a_role_trusts_accounts(clients: Clients) -> None:
    sts = clients.sts(clients.keys("012345678901"))
    assert code_of(sts.assume_role, RoleArn=DEPLOY, RoleSessionName="deploy") == "AccessDenied"


def test_an_unsupported_operation_is_an_explicit_error(clients: Clients) -> None:
    assert code_of(clients.sts(clients.keys()).get_session_token) == "ValidationError"
