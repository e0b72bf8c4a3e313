# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The strategy with fewer calls is chosen, and both list the same."""

from __future__ import annotations

import itertools
import random
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.rate_limit import RateLimiter
from support.assignments import BY_ACCOUNT, BY_PRINCIPAL, PACED, lookup, via
from support.company import Company


def random_company(company: Company, seed: int) -> list[tuple[str, str, str, list[str]]]:
    """Fills *company*, and tells what lookup() should find there."""
    dice = random.Random(seed)
    accounts = {
        company.account(f"account-{number}"): f"account-{number}" for number in range(dice.randint(1, 6))
    }
    users = {company.user(f"user-{number}"): f"user-{number}" for number in range(dice.randint(1, 6))}
    expected: dict[tuple[str, str, str], set[str]] = {}
    for number in range(dice.randint(0, 4)):
        members = dice.sample(sorted(users), dice.randint(0, len(users)))
        group_id = company.group(f"group-{number}", *members)
        for account_id, role in _some_roles(dice, accounts):
            company.assign("GROUP", group_id, role, account_id)
            for member in members:
                way = expected.setdefault((users[member], accounts[account_id], role), set())
                way.add(f"group group-{number}")
    for user_id, name in users.items():
        for account_id, role in _some_roles(dice, accounts):
            company.assign("USER", user_id, role, account_id)
            expected.setdefault((name, accounts[account_id], role), set()).add("direct")
    return [(*key, sorted(via)) for key, via in sorted(expected.items())]


def _some_roles(dice: random.Random, accounts: t.Iterable[str]) -> list[tuple[str, str]]:
    possible = list(itertools.product(sorted(accounts), ("role-0", "role-1", "role-2")))
    return dice.sample(possible, dice.randint(0, min(4, len(possible))))


@pytest.mark.parametrize("seed", range(3))
class TestAnyCompany:
    def test_is_listed_whole_by_either_way_and_on_pages_of_any_size(
        self, company: Company, seed: int
    ) -> None:
        expected = random_company(company, seed)
        assert via(lookup()) == expected
        company.page_size = 1
        company.denied.add(BY_PRINCIPAL)
        assert via(lookup()) == expected

    def test_is_the_sum_of_its_people(self, company: Company, seed: int) -> None:
        expected = random_company(company, seed)
        names = {user["user"] for user in lookup()} | {"user-0"}
        assert [way for name in sorted(names) for way in via(lookup(name))] == expected
        assert via(lookup(*names)) == expected


class TestCalls:
    def test_for_one_person_are_theirs_alone(self, company: Company) -> None:
        jane = company.user("jane")
        accounts = [company.account(f"account-{number}") for number in range(25)]
        for number in range(4):
            group = company.group(f"group-{number}", jane if number < 2 else company.user(f"user-{number}"))
            company.assign("GROUP", group, "ReadOnly", *accounts)
        for role in ("a", "b", "c"):
            company.permission_set(role)
        lookup("jane")
        assert dict(company.calls_by_operation()) == {
            "ListInstances": 1,
            "ListAccounts": 2,
            "GetUserId": 1,
            "DescribeUser": 1,
            "ListGroupMembershipsForMember": 1,
            "ListPermissionSets": 1,
            BY_PRINCIPAL: 3,
            "DescribePermissionSet": 1,
            "DescribeGroup": 2,
        }

    def test_for_many_people_in_few_accounts_are_by_account(self, company: Company) -> None:
        prod = company.account("prod")
        users = [company.user(f"user-{number}") for number in range(8)]
        company.assign("GROUP", company.group("All", *users), "ReadOnly", prod)
        company.assign("USER", users[0], "Admin", prod)
        assert len(lookup()) == 9
        assert company.count(BY_PRINCIPAL) == 0
        assert company.count(BY_ACCOUNT) == 2
        assert company.count("ListGroupMemberships") == 1
        assert company.count("ListGroupMembershipsForMember") == 0

    def test_for_few_people_in_many_accounts_are_by_person(self, company: Company) -> None:
        accounts = [company.account(f"account-{number}") for number in range(9)]
        users = [company.user(f"user-{number}") for number in range(3)]
        for number in range(5):
            group = company.group(f"group-{number}", *users)
            company.assign("GROUP", group, "ReadOnly", accounts[number], *accounts[5:])
        assert len(lookup()) == 27
        assert company.count(BY_PRINCIPAL) == 8
        assert company.count(BY_ACCOUNT) == 0
        assert company.count("ListGroupMembershipsForMember") == 3
        assert company.count("ListGroupMemberships") == 0

    def test_for_many_groups_ask_for_all_names_at_once(self, company: Company) -> None:
        prod, jane = company.account("prod"), company.user("jane")
        for number in range(21):
            company.assign("GROUP", company.group(f"group-{number:02}", jane), "Admin", prod)
        assert lookup("jane")[0]["via"] == [f"group group-{number:02}" for number in range(21)]
        assert company.count("ListGroups") == 1
        assert company.count("DescribeGroup") == 0

    def test_with_globs_leave_other_accounts_and_roles_alone(self, company: Company) -> None:
        prod, dev = company.account("prod-1"), company.account("dev-1")
        users = [company.user(f"user-{number}") for number in range(5)]
        for role in ("Admin", "ReadOnly"):
            company.assign("USER", users[0], role, prod, dev)
        assert via(lookup(accounts=["prod-*"], roles=["Adm*"])) == [("user-0", "prod-1", "Admin", ["direct"])]
        assert company.count(BY_ACCOUNT) == 1
        assert via(lookup(accounts=[dev], roles=["Read*"])) == [("user-0", "dev-1", "ReadOnly", ["direct"])]
        assert via(lookup("user-0", accounts=["PROD*"])) == []

    def test_go_another_way_where_the_first_is_not_allowed(self, company: Company) -> None:
        jane = company.user("jane")
        company.assign("USER", jane, "Admin", *[company.account(f"account-{number}") for number in range(4)])
        company.denied.add(BY_PRINCIPAL)
        assert len(lookup("jane")) == 4
        assert company.count(BY_ACCOUNT) == 4

    def test_are_not_made_to_find_an_instance_that_is_told(self, company: Company) -> None:
        ids = {"instance_arn": company.instance_arn, "identity_store_id": company.identity_store_id}
        assert lookup(**ids) == []
        assert company.count("ListInstances") == 0

    def test_keep_below_the_throttle(self, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(RateLimiter, "wait", PACED)
        jane = company.user("jane")
        company.assign("USER", jane, "Admin", *[company.account(f"account-{number}") for number in range(90)])
        company.denied.add(BY_PRINCIPAL)
        company.rate = 20.0
        assert len(lookup("jane")) == 90
        assert (
            company.throttled <= 9
        )  # of 90 accounts, where a busy machine delays some calls; unpaced it is 81
