# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings that do not page as they should, and answers that come late or from something in between."""

from __future__ import annotations

import time
import typing as t

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, PaginationError, ReadTimeoutError

from identity_center import IdentityCenter, big_world
from support.emulator_clients import SCOPE, Clients, Json, code_of, send

ALL = [f"{100000000000 + 7919 * number}" for number in range(7)]


@pytest.fixture
def big_center() -> t.Iterator[IdentityCenter]:
    with IdentityCenter(big_world(accounts=7, roles=7), page_size=3) as center:
        yield center


def pages(center: IdentityCenter) -> list[list[str]]:
    clients = Clients(center)
    listing = clients.portal.get_paginator("list_accounts").paginate(
        accessToken=clients.token()["accessToken"]
    )
    return [[account["accountId"] for account in page["accountList"]] for page in listing]


def test_a_token_that_repeats_stops_botocore(big_center: IdentityCenter) -> None:
    big_center.faults.add("ListAccounts", "repeated_token")
    with pytest.raises(PaginationError, match="same next token"):
        pages(big_center)


def test_duplicate_entries_are_at_the_edges_of_pages(big_center: IdentityCenter) -> None:
    big_center.faults.add("ListAccounts", "duplicate_entries")
    assert pages(big_center) == [ALL[:3], ALL[2:6], ALL[5:]]


def test_empty_pages_come_before_all_others(big_center: IdentityCenter) -> None:
    big_center.faults.add("ListAccounts", "empty_pages")
    assert pages(big_center) == [[], ALL[:3], [], ALL[3:6], [], ALL[6:]]


@pytest.mark.parametrize("kind", ["repeated_token", "duplicate_entries", "empty_pages"])
def test_roles_have_the_same_faults(big_center: IdentityCenter, kind: str) -> None:
    big_center.faults.add("ListAccountRoles", kind, account=ALL[1], times=1)
    clients = Clients(big_center)
    token = clients.token()["accessToken"]

    def first_page(account_id: str) -> tuple[int, bool]:
        answer = clients.portal.list_account_roles(accessToken=token, accountId=account_id)
        return len(answer["roleList"]), "nextToken" in answer

    assert first_page(ALL[0]) == (3, True)
    assert first_page(ALL[1]) == (0 if kind == "empty_pages" else 3, True)
    assert big_center.requests[-1].fault == kind


@pytest.mark.parametrize("operation", ["CreateToken", "GetRoleCredentials", "*"])
def test_other_operations_have_no_pages(center: IdentityCenter, operation: str) -> None:
    with pytest.raises(ValueError, match="empty_pages"):
        center.faults.add(operation, "empty_pages")


def test_one_account_and_one_role_refuse(center: IdentityCenter, clients: Clients) -> None:
    center.faults.add("ListAccountRoles", "forbidden", account="222233334444")
    center.faults.add("GetRoleCredentials", "not_found", role="ReadOnly", account="111122223333")
    token = clients.token()["accessToken"]

    def roles(account_id: str) -> t.Any:
        return clients.portal.list_account_roles(accessToken=token, accountId=account_id)["roleList"]

    def keys(account_id: str, role_name: str) -> t.Any:
        return clients.portal.get_role_credentials(
            accessToken=token, accountId=account_id, roleName=role_name
        )

    assert code_of(roles, "222233334444") == "ForbiddenException"
    assert code_of(keys, "111122223333", "ReadOnly") == "ResourceNotFoundException"
    assert roles("111122223333")
    assert keys("111122223333", "AdministratorAccess")
    assert keys("222233334444", "ReadOnly")


@pytest.mark.parametrize("options", [{}, {"status": 302}, {"status": 407}, {"body": "{}"}])
def test_an_answer_of_something_in_between(center: IdentityCenter, options: Json) -> None:
    center.faults.add("GetRoleCredentials", "answer", **options)
    answer = send(center, "GET", "/federation/credentials")
    assert (answer.status, answer.body.decode()) == (options.get("status", 200), options.get("body", ""))


def test_botocore_takes_an_empty_redirect_for_an_error(center: IdentityCenter, clients: Clients) -> None:
    center.faults.add("ListAccounts", "answer", status=302)
    with pytest.raises(ClientError, match="302"):
        clients.portal.list_accounts(accessToken="x")


def test_a_late_response_comes_after_the_work(center: IdentityCenter) -> None:
    center.faults.add("RegisterClient", "late", times=1, seconds=30)
    with pytest.raises(ReadTimeoutError):
        Clients(center, timeout=0.5).register()
    assert len(center.records.registrations) == 1


def test_a_slow_response_comes_before_the_work(center: IdentityCenter) -> None:
    center.faults.add("RegisterClient", "slow", times=1, seconds=30)
    with pytest.raises(ReadTimeoutError):
        Clients(center, timeout=0.5).register()
    assert center.records.registrations == {}


def test_a_lost_response_burns_the_refresh_token(center: IdentityCenter, clients: Clients) -> None:
    client = clients.register(SCOPE)
    token = clients.token(client)
    center.faults.add("CreateToken", "lost", times=1, seconds=0.2)
    started = time.monotonic()
    with pytest.raises(ConnectionClosedError):
        clients.refresh(client, token)
    assert time.monotonic() - started >= 0.2
    assert code_of(clients.refresh, client, token) == "InvalidGrantException"
    assert center.records.burnt_refresh_tokens == 1
