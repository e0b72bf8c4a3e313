# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts, roles, keys and logout, as botocore's own client sees them."""

from __future__ import annotations

import time

import pytest

from identity_center import IdentityCenter, big_world, hostile_world
from identity_center.world import HOSTILE_NAMES
from support.emulator_clients import SCOPE, Clients, code_of


def test_each_user_sees_their_own_accounts(clients: Clients) -> None:
    token = clients.token(user="bob")["accessToken"]
    accounts = clients.portal.list_accounts(accessToken=token)["accountList"]
    assert [account["accountId"] for account in accounts] == ["012345678901", "111122223333", "222233334444"]
    roles = clients.portal.list_account_roles(accessToken=token, accountId="111122223333")["roleList"]
    assert roles == [{"roleName": "ReadOnly", "accountId": "111122223333"}]


@pytest.mark.parametrize(("size", "pages"), [(None, 3), (1, 45), (44, 2), (45, 1), (100, 1)])
def test_paging_gives_each_account_once(size: int | None, pages: int) -> None:
    with IdentityCenter(big_world(accounts=45, roles=1)) as center:
        clients = Clients(center)
        token = clients.token()["accessToken"]
        paginator = clients.portal.get_paginator("list_accounts")
        listing = paginator.paginate(accessToken=token, **({"maxResults": size} if size else {}))
        ids = [account["accountId"] for page in listing for account in page["accountList"]]
        assert len(ids) == len(set(ids)) == 45
        assert center.count("ListAccounts") == pages


def test_paging_of_roles() -> None:
    with IdentityCenter(big_world(accounts=1, roles=12), page_size=5) as center:
        clients = Clients(center)
        token = clients.token()["accessToken"]
        paginator = clients.portal.get_paginator("list_account_roles")
        listing = paginator.paginate(accessToken=token, accountId="100000000000")
        assert [len(page["roleList"]) for page in listing] == [5, 5, 2]


def test_an_invented_page_is_an_invalid_request(clients: Clients) -> None:
    token = clients.token()["accessToken"]
    for next_token in ("bm9uc2Vuc2U=", "not base64!"):
        code = code_of(clients.portal.list_accounts, accessToken=token, nextToken=next_token)
        assert code == "InvalidRequestException"


def test_account_names_are_returned_unchanged() -> None:
    with IdentityCenter(hostile_world()) as center:
        clients = Clients(center)
        accounts = clients.portal.list_accounts(accessToken=clients.token()["accessToken"])["accountList"]
        assert [account.get("accountName") for account in accounts] == list(HOSTILE_NAMES)


def test_credentials_differ_each_time_and_have_an_expiry(center: IdentityCenter, clients: Clients) -> None:
    center.set(credential_seconds=1800)
    first, second = clients.keys(), clients.keys()
    assert first["accessKeyId"].startswith("ASIA")
    assert len(first["accessKeyId"]) == 20
    assert len(first["secretAccessKey"]) == 40
    for name in ("accessKeyId", "secretAccessKey", "sessionToken"):
        assert first[name] != second[name]
    assert abs(first["expiration"] / 1000 - time.time() - 1800) < 600


@pytest.mark.parametrize(
    ("account_id", "role_name", "code"),
    [
        ("111122223333", "Nonsense", "ForbiddenException"),
        ("012345678901", "AdministratorAccess", "ForbiddenException"),
        ("999999999999", "ReadOnly", "ForbiddenException"),
        ("12345678901", "ReadOnly", "InvalidRequestException"),
    ],
)
def test_no_access(clients: Clients, account_id: str, role_name: str, code: str) -> None:
    token = clients.token()["accessToken"]
    parameters = {"accessToken": token, "accountId": account_id, "roleName": role_name}
    assert code_of(clients.portal.get_role_credentials, **parameters) == code


def test_a_token_with_other_scopes_has_no_access(clients: Clients) -> None:
    token = clients.token(clients.register("codewhisperer:completions"))["accessToken"]
    assert code_of(clients.portal.list_accounts, accessToken=token) == "ForbiddenException"


@pytest.mark.parametrize("kind", ["access_tokens", "sign_ins"])
@pytest.mark.parametrize("loss", ["expire", "revoke"])
def test_an_expired_token_is_unauthorized(
    center: IdentityCenter, clients: Clients, kind: str, loss: str
) -> None:
    token = clients.token()["accessToken"]
    getattr(center, loss)(kind)
    assert code_of(clients.portal.list_accounts, accessToken=token) == "UnauthorizedException"


def test_a_token_of_another_region_is_unauthorized(center: IdentityCenter, clients: Clients) -> None:
    token = clients.token()["accessToken"]
    elsewhere = Clients(center, region="us-west-2")
    assert code_of(elsewhere.portal.list_accounts, accessToken=token) == "UnauthorizedException"


def test_logout_ends_the_whole_session_but_not_the_keys(center: IdentityCenter, clients: Clients) -> None:
    client = clients.register(SCOPE)
    first = clients.token(client)
    second = clients.refresh(client, first)
    others = clients.token(user="bob")
    keys = clients.portal.get_role_credentials(
        accessToken=first["accessToken"], accountId="111122223333", roleName="ReadOnly"
    )["roleCredentials"]
    clients.portal.logout(accessToken=second["accessToken"])
    for token in (first, second):
        assert (
            code_of(clients.portal.list_accounts, accessToken=token["accessToken"]) == "UnauthorizedException"
        )
    assert code_of(clients.portal.logout, accessToken=first["accessToken"]) == "UnauthorizedException"
    assert code_of(clients.refresh, client, second) == "InvalidGrantException"
    assert clients.portal.list_accounts(accessToken=others["accessToken"])["accountList"]
    assert clients.sts(keys).get_caller_identity()["Account"] == "111122223333"


def test_the_quota_is_a_burst_and_then_a_rate(center: IdentityCenter, clients: Clients) -> None:
    token = clients.token()["accessToken"]
    center.set(portal_rate=10, portal_burst=3)
    for _unused in range(3):
        clients.portal.list_accounts(accessToken=token)
    assert code_of(clients.portal.list_accounts, accessToken=token) == "TooManyRequestsException"
    time.sleep(0.12)
    clients.portal.list_accounts(accessToken=token)
    assert center.count("ListAccounts", status=429) == 1


def test_four_hundred_accounts_are_listed_quickly() -> None:
    with IdentityCenter(big_world(accounts=400, roles=12)) as center:
        clients = Clients(center)
        token = clients.token()["accessToken"]
        clients.portal.list_accounts(accessToken=token)
        center.journal.clear()
        for page in clients.portal.get_paginator("list_accounts").paginate(accessToken=token, maxResults=100):
            for account in page["accountList"][::20]:
                clients.portal.list_account_roles(accessToken=token, accountId=account["accountId"])
        times = sorted(entry.seconds for entry in center.requests)
        assert len(times) == 24
        assert times[len(times) // 2] < 0.5
