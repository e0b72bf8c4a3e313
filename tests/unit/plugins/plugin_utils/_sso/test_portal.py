# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The portal by bearer token: whole lists, and what happens when AWS does not answer."""

from __future__ import annotations

import json
import threading
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import (
    LoginRequired,
    ServiceError,
    Unreachable,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.portal import Account, Portal
from identity_center import IdentityCenter
from support.logins import CORP
from support.role_credentials import sign_in


@pytest.fixture
def portal(center: IdentityCenter) -> Portal:
    sign_in(center)
    return Portal(CORP, patience=1)


def test_accounts_and_roles(portal: Portal) -> None:
    assert Account("111122223333", "Development", "aws+development@acme.example") in portal.accounts()
    assert sorted(portal.role_names("111122223333")) == ["AdministratorAccess", "ReadOnly"]


def test_pages_have_the_size_that_aws_allows(portal: Portal, center: IdentityCenter) -> None:
    portal.accounts()
    (entry,) = [entry for entry in center.requests if entry.operation == "ListAccounts"]
    assert entry.parameters["maxResults"] == 100


def test_throttling_ends_with_the_wait_that_helps(portal: Portal, center: IdentityCenter) -> None:
    center.faults.add("GetRoleCredentials", "throttle")
    with pytest.raises(
        WorkstationError, match=r"refused the call for 1 seconds .* 20 calls a second .* Wait a minute"
    ):
        portal.role_credentials("111122223333", "ReadOnly")
    assert center.count("GetRoleCredentials", 429) >= 2


def test_a_fault_of_aws_that_stays_is_told(portal: Portal, center: IdentityCenter) -> None:
    center.faults.add("ListAccounts", "server_error")
    with pytest.raises(ServiceError, match="AWS refused ListAccounts: InternalServer"):
        portal.accounts()


def test_no_network_is_told_after_three_tries(portal: Portal, center: IdentityCenter) -> None:
    center.faults.add("ListAccounts", "cut_before")
    with pytest.raises(Unreachable, match=r"closed the connection|cannot be reached"):
        portal.accounts()
    assert center.count("ListAccounts") <= 3


def test_many_threads_replace_a_dead_token_once(portal: Portal, center: IdentityCenter) -> None:
    center.revoke_tokens()
    found: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(portal.role_names("111122223333")))
        for _number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert center.count("CreateToken") == 2


def test_a_token_that_stays_refused_needs_a_person(portal: Portal, center: IdentityCenter) -> None:
    center.faults.add("ListAccounts", "expired")
    with pytest.raises(LoginRequired, match="even after a refresh"):
        portal.accounts()


def test_long_lists_of_roles_are_cut_in_the_message(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Portal, "role_names", lambda self, account_id: [f"Role{n:02d}" for n in range(25)])
    with pytest.raises(WorkstationError, match=r"You have: Role00, .*Role19 and 5 more"):
        portal.role_credentials("111122223333", "Nope")


CREDENTIALS = {
    "accessKeyId": "ASIAEXAMPLE",
    "secretAccessKey": "x",
    "sessionToken": "x",
    "expiration": 4102444800000,
}


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ({"kind": "forbidden"}, r"with Forbidden: No access\.$"),
        (
            {"kind": "forbidden", "message": "Account is suspended."},
            r"with Forbidden: Account is suspended\.$",
        ),
        ({"kind": "not_found"}, r"with ResourceNotFound: Not found\.$"),
        ({"kind": "answer", "status": 403}, r"with HTTP 403\.$"),
        ({"kind": "answer", "status": 403, "body": '{"message": "blocked"}'}, r"with HTTP 403: blocked\.$"),
        ({"kind": "answer", "status": 403, "body": '{"error": "policy_denied"}'}, r"with PolicyDenied\.$"),
    ],
)
def test_a_role_that_is_assigned_but_refused(
    portal: Portal, center: IdentityCenter, fault: dict[str, t.Any], answer: str
) -> None:
    center.faults.add("GetRoleCredentials", **fault)
    with pytest.raises(WorkstationError, match=answer) as caught:
        portal.role_credentials("111122223333", "ReadOnly")
    text = str(caught.value)
    assert "although the role is assigned to you" in text
    assert "suspended or closed" in text and "provisioning" in text
    assert "You do not have" not in text


@pytest.mark.parametrize(
    ("account_id", "role_name", "text"),
    [
        ("111122223333", "Nope", "You have: AdministratorAccess, ReadOnly."),
        ("999999999999", "ReadOnly", "You have no role there."),
    ],
)
def test_a_role_that_is_not_assigned(
    portal: Portal, center: IdentityCenter, account_id: str, role_name: str, text: str
) -> None:
    with pytest.raises(WorkstationError) as caught:
        portal.role_credentials(account_id, role_name)
    assert text in str(caught.value) and "AWS answered" not in str(caught.value)
    center.faults.add("GetRoleCredentials", "forbidden", message="It is closed.")
    with pytest.raises(WorkstationError) as caught:
        portal.role_credentials(account_id, role_name)
    assert text in str(caught.value)
    assert str(caught.value).endswith("AWS answered GetRoleCredentials with Forbidden: It is closed.")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        '{"roleCredentials": null}',
        '{"roleCredentials": {}}',
        json.dumps({"roleCredentials": dict.fromkeys(CREDENTIALS)}),
        *(
            json.dumps({"roleCredentials": {**CREDENTIALS, name: value}})
            for name in CREDENTIALS
            for value in (None, "" if name != "expiration" else 0)
        ),
    ],
)
def test_credentials_that_are_none_are_not_from_aws(
    portal: Portal, center: IdentityCenter, body: str
) -> None:
    center.faults.add("GetRoleCredentials", "answer", body=body)
    with pytest.raises(Unreachable, match="not from AWS but from something in between"):
        portal.role_credentials("111122223333", "ReadOnly")


@pytest.mark.parametrize("operation", ["GetRoleCredentials", "ListAccounts"])
@pytest.mark.parametrize(
    ("status", "text"),
    [
        (302, r"redirect \(HTTP 302\), so the response is not from AWS .* captive portal"),
        (307, r"redirect \(HTTP 307\)"),
        (407, "HTTP 407: the proxy requires a user name and a password. Set HTTPS_PROXY="),
    ],
)
def test_an_empty_answer_of_something_in_between(
    portal: Portal, center: IdentityCenter, operation: str, status: int, text: str
) -> None:
    center.faults.add(operation, "answer", status=status)
    with pytest.raises(Unreachable, match=text):
        if operation == "ListAccounts":
            portal.accounts()
        else:
            portal.role_credentials("111122223333", "ReadOnly")
