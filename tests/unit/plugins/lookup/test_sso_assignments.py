# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup sso_assignments against moto: real botocore, real HTTP, every call counted."""

from __future__ import annotations

import concurrent.futures
import functools
import itertools
import os
import pathlib
import random
import re
import shutil
import stat
import subprocess
import sys
import time
import typing as t

import botocore.session
import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.plugins.loader import lookup_loader

import ansible_collections.workstation.aws_sso as collection
from ansible_collections.workstation.aws_sso.plugins.lookup import sso_assignments
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.desired import (
    AccessOptions,
    desired_profiles,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client as aws_client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.paced_client import (
    PacedClient,
    in_parallel,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.rate_limit import RateLimiter
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import Unreachable
from support.company import ACCESS_KEY, KEYS, REGION, Company, fault

PACED = RateLimiter.wait
LOADER = functools.lru_cache(botocore.session.create_loader)
BY_PRINCIPAL = "ListAccountAssignmentsForPrincipal"
BY_PLACE = "ListAccountAssignments"

Listed = t.List[t.Dict[str, t.Any]]


def knows(service: str, shape: str, member: str) -> pytest.MarkDecorator:
    """For tests of a field that botocore has learnt of lately."""
    model = botocore.session.Session().get_service_model(service)
    known = member in model.shape_for(shape).members
    return pytest.mark.skipif(not known, reason=f"this botocore does not know {member} of {service}")


@pytest.fixture(scope="module")
def served() -> t.Iterator[Company]:
    with Company() as company:
        yield company


@pytest.fixture
def company(served: Company, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(RateLimiter, "wait", lambda _self: None)
    monkeypatch.setattr(botocore.session, "create_loader", LOADER)  # reading its models takes the most time
    for name, value in served.environment().items():
        monkeypatch.setenv(name, value)
    served.found()
    return served


def lookup(*people: str, **options: t.Any) -> Listed:
    plugin = lookup_loader.get("workstation.aws_sso.sso_assignments")
    listed: Listed = plugin.run(list(people), **{"session": "corp", "region": REGION, **KEYS, **options})
    return listed


def refusal(*people: str, **options: t.Any) -> str:
    with pytest.raises(AnsibleError) as caught:
        lookup(*people, **options)
    for secret in ("secret_key", "session_token"):
        assert KEYS[secret] not in str(caught.value)
    return str(caught.value)


def ways(listed: Listed) -> list[tuple[str, str, str, list[str]]]:
    return [(one["user"], one["account_name"], one["role_name"], one["via"]) for one in listed]


class TestAList:
    def test_names_each_role_once_with_every_way_to_it(self, company: Company) -> None:
        prod = company.account("prod", "prod@example.com")
        dev = company.account("dev", "dev@example.com")
        jane = company.user("jane", "jane@example.com")
        developers, operators = company.group("Developers", jane), company.group("Operators", jane)
        company.assign("USER", jane, "Admin", prod)
        company.assign("GROUP", developers, "Admin", prod, dev)
        company.assign("GROUP", operators, "Admin", prod)
        assert lookup() == [
            {
                "session": "corp",
                "account_id": dev,
                "account_name": "dev",
                "email": "dev@example.com",
                "role_name": "Admin",
                "user": "jane",
                "user_email": "jane@example.com",
                "via": ["group Developers"],
            },
            {
                "session": "corp",
                "account_id": prod,
                "account_name": "prod",
                "email": "prod@example.com",
                "role_name": "Admin",
                "user": "jane",
                "user_email": "jane@example.com",
                "via": ["direct", "group Developers", "group Operators"],
            },
        ]

    def test_of_one_person_holds_what_they_have_and_nothing_of_others(self, company: Company) -> None:
        prod, dev = company.account("prod"), company.account("dev")
        jane, joe = company.user("jane"), company.user("joe")
        shared, others = company.group("Shared", jane, joe), company.group("Others", joe)
        company.assign("USER", joe, "Admin", prod)
        company.assign("GROUP", others, "Admin", dev)
        company.assign("GROUP", shared, "ReadOnly", dev)
        assert ways(lookup("jane")) == [("jane", "dev", "ReadOnly", ["group Shared"])]

    def test_is_sorted_by_user_account_and_role_whatever_their_case(self, company: Company) -> None:
        accounts = [company.account(name) for name in ("Beta", "alpha")]
        for name in ("Zoe", "adam"):
            user = company.user(name)
            for role in ("b-role", "A-role"):
                company.assign("USER", user, role, *accounts)
        assert [one[:3] for one in ways(lookup())] == list(
            itertools.product(("adam", "Zoe"), ("alpha", "Beta"), ("A-role", "b-role"))
        )

    def test_leaves_out_accounts_that_are_closed_or_have_left(self, company: Company) -> None:
        jane = company.user("jane")
        accounts = [company.account("open"), company.account("closed", closed=True), "999999999999"]
        company.assign("USER", jane, "Admin", *accounts)
        assert [one["account_name"] for one in lookup()] == ["open"]
        assert [one["account_name"] for one in lookup("jane")] == ["open"]

    def test_leaves_out_users_and_groups_that_are_gone(self, company: Company) -> None:
        prod, jane = company.account("prod"), company.user("jane")
        company.assign("USER", "11111111-1111-1111-1111-111111111111", "Admin", prod)
        company.assign("GROUP", "22222222-2222-2222-2222-222222222222", "Admin", prod)
        company.assign("USER", jane, "ReadOnly", prod)
        company.denied.add(BY_PRINCIPAL)
        assert ways(lookup()) == [("jane", "prod", "ReadOnly", ["direct"])]

    @knows("identitystore", "User", "UserStatus")
    def test_leaves_out_who_is_disabled_and_says_so_of_a_named_one(
        self, company: Company, warnings: list[str]
    ) -> None:
        prod = company.account("prod")
        jane, joe = company.user("jane"), company.user("joe")
        company.assign("GROUP", company.group("All", jane, joe), "ReadOnly", prod)
        company.assign("USER", joe, "Admin", prod)
        company.disabled.add(joe)
        assert {one["user"] for one in lookup()} == {"jane"}
        assert warnings == []
        assert {one["user"] for one in lookup("jane", "joe")} == {"jane"}
        assert warnings == ["The user joe is disabled in IAM Identity Center, so this user has no access."]

    def test_tells_of_a_group_called_direct_that_it_is_a_group(self, company: Company) -> None:
        jane = company.user("jane")
        company.assign("GROUP", company.group("direct", jane), "Admin", company.account("prod"))
        assert lookup()[0]["via"] == ["group direct"]

    def test_holds_a_role_once_if_the_answer_about_a_user_tells_of_their_groups(
        self, company: Company
    ) -> None:
        prod, jane = company.account("prod"), company.user("jane")
        group = company.group("Developers", jane)
        company.assign("GROUP", group, "Admin", prod)
        inherited = {
            "AccountId": prod,
            "PermissionSetArn": company.permission_set("Admin"),
            "PrincipalType": "GROUP",
            "PrincipalId": group,
        }
        company.faults[BY_PRINCIPAL] = [(200, {"AccountAssignments": [inherited]})] * 2
        assert ways(lookup("jane")) == [("jane", "prod", "Admin", ["group Developers"])]

    def test_of_a_company_without_users_is_empty(self, company: Company) -> None:
        assert lookup() == []

    @knows("organizations", "Account", "State")
    def test_takes_an_organization_that_tells_the_state_alone(self, company: Company) -> None:
        company.assign("USER", company.user("jane"), "Admin", "111111111111", "222222222222", "333333333333")
        states = {"111111111111": "ACTIVE", "222222222222": "SUSPENDED", "333333333333": "PENDING_ACTIVATION"}
        shown = [{"Id": account_id, "Name": state, "State": state} for account_id, state in states.items()]
        company.faults["ListAccounts"] = [(200, {"Accounts": shown})]
        assert [one["account_name"] for one in lookup()] == ["ACTIVE"]


class TestPeople:
    def test_are_found_by_user_name_and_by_address(self, company: Company) -> None:
        prod = company.account("prod")
        for name, email in (("jane", "jane@example.com"), ("joe@example.com", None)):
            company.assign("USER", company.user(name, email), "Admin", prod)
        assert {one["user"] for one in lookup("jane@example.com", "joe@example.com")} == {
            "jane",
            "joe@example.com",
        }

    def test_come_once_however_often_they_are_named(self, company: Company) -> None:
        company.assign("USER", company.user("jane", "jane@example.com"), "Admin", company.account("prod"))
        assert len(lookup("jane", "jane", "jane@example.com")) == 1

    def test_that_nobody_knows_are_all_named(self, company: Company) -> None:
        company.user("jane", "jane@example.com")
        message = refusal("jim", "jane", "jack")
        assert "no user 'jack' and no user 'jim'" in message
        assert "'jane'" not in message

    @pytest.mark.parametrize(
        ("term", "message"),
        [
            ("", "A term is empty"),
            (None, "A term must be a string, not NoneType"),
            ({"user": "jane"}, "A term must be a string, not a dictionary"),
        ],
    )
    def test_are_named_by_strings(self, company: Company, term: t.Any, message: str) -> None:
        assert message in refusal(term)

    def test_may_be_in_a_list_and_integers(self, company: Company) -> None:
        assert "'4711'" in refusal([["nobody@example.com"], 4711])  # type: ignore[arg-type]


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
        assert ways(lookup()) == expected
        company.page_size = 1
        company.denied.add(BY_PRINCIPAL)
        assert ways(lookup()) == expected

    def test_is_the_sum_of_its_people(self, company: Company, seed: int) -> None:
        expected = random_company(company, seed)
        names = {user["user"] for user in lookup()} | {"user-0"}
        assert [way for name in sorted(names) for way in ways(lookup(name))] == expected
        assert ways(lookup(*names)) == expected


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
        assert company.count(BY_PLACE) == 2
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
        assert company.count(BY_PLACE) == 0
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
        assert ways(lookup(accounts=["prod-*"], roles=["Adm*"])) == [
            ("user-0", "prod-1", "Admin", ["direct"])
        ]
        assert company.count(BY_PLACE) == 1
        assert ways(lookup(accounts=[dev], roles=["Read*"])) == [("user-0", "dev-1", "ReadOnly", ["direct"])]
        assert ways(lookup("user-0", accounts=["PROD*"])) == []

    def test_go_another_way_where_the_first_is_not_allowed(self, company: Company) -> None:
        jane = company.user("jane")
        company.assign("USER", jane, "Admin", *[company.account(f"account-{number}") for number in range(4)])
        company.denied.add(BY_PRINCIPAL)
        assert len(lookup("jane")) == 4
        assert company.count(BY_PLACE) == 4

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


class TestFaults:
    @pytest.mark.parametrize(
        ("operation", "answer"),
        [
            ("ListUsers", fault("ThrottlingException", "Rate exceeded", 429)),
            ("ListPermissionSets", fault("ThrottlingException", "Rate exceeded")),
            ("ListAccounts", fault("TooManyRequestsException", "slow down")),
            (BY_PRINCIPAL, fault("InternalServerException", "oops", 500)),
        ],
    )
    def test_that_pass_are_waited_out(
        self, company: Company, operation: str, answer: tuple[int, dict[str, t.Any]]
    ) -> None:
        company.assign("USER", company.user("jane"), "Admin", company.account("prod"))
        company.faults[operation] = [answer]
        assert len(lookup()) == 1
        assert company.count(operation) == 2

    @pytest.mark.parametrize(
        "operation", ["ListUsers", "ListGroups", "ListGroupMemberships", "DescribePermissionSet", BY_PLACE]
    )
    def test_in_the_middle_leave_no_list(self, company: Company, operation: str) -> None:
        users = [company.user(f"user-{number}") for number in range(9)]
        for number in range(3):
            group = company.group(f"group-{number}", *users)
            company.assign("GROUP", group, f"role-{number}", company.account(f"account-{number}"))
        company.page_size = 2
        company.faults[operation] = [fault("ValidationException", "no")]
        assert refusal() == f"AWS refused {operation}: Validation: no"
        assert len(lookup()) == 27

    def test_that_last_are_told_as_what_they_are(self, company: Company) -> None:
        patience = 0.8
        keys = aws_client.Credentials(**KEYS)
        client = PacedClient(aws_client.client("identitystore", REGION, keys, attempts=1), patience=patience)
        store = {"IdentityStoreId": company.identity_store_id}
        company.faults["ListUsers"] = [fault("ThrottlingException", "Rate exceeded")] * 9
        with pytest.raises(WorkstationError, match="About 20 calls a second are allowed"):
            client.call("list_users", **store)
        company.faults["ListUsers"] = [fault("InternalServerException", "oops", 500)] * 9
        with pytest.raises(aws_client.AwsRefused, match="AWS refused ListUsers: InternalServer: oops"):
            client.call("list_users", **store)

    def test_of_the_network_name_the_endpoint(
        self, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_ADMIN", "http://127.0.0.1:1")
        assert "http://127.0.0.1:1 cannot be reached" in refusal()

    def test_end_parallel_work_at_once(self) -> None:
        asked: list[int] = []

        def ask(number: int) -> None:
            asked.append(number)
            if number == 0:
                raise Unreachable("gone")
            time.sleep(0.05)

        with pytest.raises(Unreachable):
            in_parallel(ask, range(1000))
        assert len(asked) < 100


class TestPermissions:
    EVERYBODY = (
        "sso:ListInstances",
        "sso:ListPermissionSets",
        "sso:DescribePermissionSet",
        "sso:ListAccountsForProvisionedPermissionSet",
        "identitystore:ListUsers",
        "identitystore:ListGroups",
        "identitystore:ListGroupMemberships",
        "organizations:ListAccounts",
    )
    ONE_PERSON = (
        "identitystore:GetUserId",
        "identitystore:DescribeUser",
        "identitystore:ListGroupMembershipsForMember",
        "identitystore:DescribeGroup",
    )

    @pytest.mark.parametrize(
        ("people", "action"),
        [*(((), action) for action in EVERYBODY), *((("jane",), action) for action in ONE_PERSON)],
    )
    def test_that_are_missing_are_named(self, company: Company, people: tuple[str, ...], action: str) -> None:
        jane = company.user("jane")
        company.assign(
            "GROUP", company.group("All", jane, company.user("joe")), "Admin", company.account("a")
        )
        company.denied.add(action.partition(":")[2])
        message = refusal(*people)
        assert f"Allow {action} to these credentials" in message
        assert "delegated administrator" in message

    def test_that_are_missing_both_ways_name_the_second(self, company: Company) -> None:
        company.assign("USER", company.user("jane"), "Admin", company.account("prod"))
        company.denied |= {BY_PRINCIPAL, BY_PLACE}
        assert f"Allow sso:{BY_PLACE} to these credentials" in refusal("jane")

    def test_that_are_needed_stand_in_the_documentation(self, company: Company) -> None:
        notes = " ".join(yaml.safe_load(sso_assignments.DOCUMENTATION)["notes"])
        documented = set(re.findall(r"C\((\w+:\w+)\)", notes))
        assert documented == {*self.EVERYBODY, *self.ONE_PERSON, f"sso:{BY_PRINCIPAL}", f"sso:{BY_PLACE}"}

    @pytest.mark.parametrize("code", ["ExpiredTokenException", "UnrecognizedClientException"])
    def test_do_not_count_for_credentials_that_have_ended(self, company: Company, code: str) -> None:
        company.faults["ListInstances"] = [fault(code, "The security token is invalid")]
        assert "AWS does not accept the administrator's credentials" in refusal()


class TestCredentials:
    NONE: t.ClassVar[dict[str, None]] = dict.fromkeys(KEYS)

    def test_come_from_a_profile(self, company: Company, home: pathlib.Path) -> None:
        write(
            home / ".aws/credentials",
            "[admin]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n",
        )
        assert lookup(profile="admin", **self.NONE) == []
        assert company.access_keys == {"AKIAPROFILE"}

    def test_come_from_the_environment(self, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        assert lookup(**self.NONE) == []
        assert company.access_keys == {"AKIAENVIRONMENT"}

    def test_come_as_another_lookup_gives_them(self, company: Company) -> None:
        assert lookup(profile="") == []
        assert company.access_keys == {ACCESS_KEY}

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"profile": "admin"}, "access_key cannot be combined with profile"),
            ({"secret_key": None}, "access_key and secret_key require each other"),
            ({"access_key": ""}, "access_key and secret_key require each other"),
            (NONE, "The environment or default profile has no credentials"),
            (
                {**NONE, "profile": "admni"},
                r"profile 'admni' provides no credentials: .*could not be found",
            ),
        ],
    )
    def test_that_do_not_fit_are_refused(
        self, company: Company, options: dict[str, t.Any], message: str
    ) -> None:
        assert re.search(message, refusal(**options))
        assert company.calls == []

    def test_of_a_profile_that_has_to_sign_in_say_how(self, company: Company, home: pathlib.Path) -> None:
        write(
            home / ".aws/config",
            "[profile admin]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n"
            "[sso-session corp]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n",
        )
        assert "sign in first: aws sso login --profile admin" in refusal(profile="admin", **self.NONE)


class TestInstance:
    def test_is_in_the_region_of_the_session(self, company: Company, aws_config: pathlib.Path) -> None:
        assert lookup(region=None) == []
        assert company.regions == {"eu-west-1"}

    def test_is_else_in_the_region_of_the_profile(
        self, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        assert lookup(region=None) == []
        assert company.regions == {REGION}

    def test_without_a_region_asks_for_one(self, company: Company) -> None:
        assert "Set region to the region of the instance" in refusal(region=None)

    def test_that_is_not_there_is_told_with_the_region(self, company: Company) -> None:
        company.faults["ListInstances"] = [(200, {"Instances": []})]
        assert f"No instance of IAM Identity Center is visible to these credentials in {REGION}" in refusal()

    def test_has_to_be_chosen_where_there_are_several(self, company: Company) -> None:
        other = {"InstanceArn": "arn:aws:sso:::instance/ssoins-1", "IdentityStoreId": "d-1"}
        ours = {"InstanceArn": company.instance_arn, "IdentityStoreId": company.identity_store_id}
        company.faults["ListInstances"] = [(200, {"Instances": [other, ours]})] * 4
        company.assign("USER", company.user("jane"), "Admin", company.account("prod"))
        assert f"arn:aws:sso:::instance/ssoins-1 (d-1), {company.instance_arn}" in refusal()
        assert len(lookup(instance_arn=company.instance_arn)) == 1
        assert len(lookup(identity_store_id=company.identity_store_id)) == 1
        assert "No matching instance" in refusal(instance_arn="arn:aws:sso:::instance/ssoins-2")


class TestCache:
    def test_is_used_again_while_it_is_young(self, company: Company) -> None:
        company.assign("USER", company.user("jane"), "Admin", company.account("prod"))
        first = lookup(cache_ttl=600)
        calls = len(company.calls)
        assert lookup(cache_ttl=600, session="other") == [{**one, "session": "other"} for one in first]
        assert len(company.calls) == calls
        assert lookup() == first
        assert len(company.calls) == 2 * calls

    @pytest.mark.parametrize(
        "options",
        [{"access_key": "AKIAOTHER"}, {"accounts": ["x"]}, {"roles": ["x"]}, {"region": "eu-west-2"}],
    )
    def test_is_not_used_for_anything_else(self, company: Company, options: dict[str, t.Any]) -> None:
        lookup(cache_ttl=600)
        calls = len(company.calls)
        lookup(cache_ttl=600, **options)
        assert len(company.calls) > calls

    def test_is_private_and_holds_no_secret(self, company: Company, home: pathlib.Path) -> None:
        company.user("jane")
        lookup()
        (kept,) = (home / ".cache/workstation.aws_sso/assignments").iterdir()
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
        for key in KEYS.values():
            assert key not in kept.read_text() + kept.name

    def test_is_removed_after_a_day(self, company: Company, home: pathlib.Path) -> None:
        lookup()
        (old,) = (home / ".cache/workstation.aws_sso/assignments").iterdir()
        yesterday = time.time() - 86401
        os.utime(old, (yesterday, yesterday))
        lookup(roles=["x"])
        assert not old.exists()

    def test_is_shared_by_those_who_ask_at_once(self, company: Company) -> None:
        company.assign("USER", company.user("jane"), "Admin", company.account("prod"))
        with concurrent.futures.ThreadPoolExecutor(5) as hosts:
            lists = list(hosts.map(lambda _host: lookup(), range(5)))
        assert all(listed == lists[0] for listed in lists)
        assert company.count("ListInstances") == 1


class TestQuery:
    def test_makes_of_the_list_what_it_says(self, company: Company) -> None:
        prod = company.account("prod")
        for name in ("jane", "joe"):
            company.assign("USER", company.user(name), "Admin", prod)
        assert lookup(query="[].user") == ["jane", "joe"]
        assert lookup(query="length(@)") == [2]

    def test_that_is_none_is_refused(self, company: Company) -> None:
        assert "query is not a valid JMESPath expression" in refusal(query="[[")


class TestProgress:
    def test_of_long_work_is_told_every_ten_seconds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shown: list[tuple[int, int]] = []
        clock = itertools.count(0, 4)
        monkeypatch.setattr(time, "monotonic", lambda: next(clock))
        in_parallel(str, range(9), lambda done, total: shown.append((done, total)))
        assert 2 <= len(shown) <= 5
        assert {total for _done, total in shown} == {9}


class TestProfiles:
    HOSTILE = "{{ lookup('ansible.builtin.pipe', 'touch HOME/hacked') }}\n[default]"

    def test_take_the_list_as_it_is(self, company: Company) -> None:
        company.assign("USER", company.user("jane"), "Admin", company.account(self.HOSTILE))
        (listed,) = lookup()
        assert listed["account_name"] == self.HOSTILE
        assert list(desired_profiles([], [listed], AccessOptions())) == [f"Admin-{listed['account_id']}"]

    def test_of_everybody_are_on_their_hosts_before_their_first_login(
        self, company: Company, home: pathlib.Path
    ) -> None:
        company.assign("USER", company.user("jane@example.com"), "Admin", company.account("prod"))
        hostile = company.account(self.HOSTILE.replace("HOME", str(home)))
        joe = company.user("joe@example.com")
        company.assign("GROUP", company.group("Developers", joe), "ReadOnly", hostile)
        company.user("jim@example.com")
        play_the_example(home, ["jane@example.com", "joe@example.com", "jim@example.com"])
        config = {name: (home / name / ".aws/config").read_text() for name in ("jane", "joe", "jim")}
        assert re.findall(r"^\[profile .*", config["jane"], re.M) == [
            f"[profile Admin-{lookup('jane@example.com')[0]['account_id']}]"
        ]
        assert re.findall(r"^\[profile .*", config["joe"], re.M) == [f"[profile ReadOnly-{hostile}]"]
        assert re.findall(r"^\[.*", config["jim"], re.M) == ["[sso-session acme]"]
        assert not (home / "hacked").exists()
        assert company.count("ListInstances") == 2


def play_the_example(home: pathlib.Path, people: list[str]) -> None:
    """Run the play of the lookup's examples on a host for each of *people*, who have homes below *home*."""
    play = yaml.safe_load(sso_assignments.EXAMPLES)[0]
    write(home / "play.yml", yaml.safe_dump([{**play, "environment": {"HOME": "{{ home }}"}}]))
    hosts = [f"{user.partition('@')[0]} owner={user} home={home / user.partition('@')[0]}" for user in people]
    write(home / "hosts", "\n".join(["[workstations]", *hosts]))
    write(
        home / ".aws/credentials",
        "[identity-admin]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n",
    )
    playbook = shutil.which("ansible-playbook", path=os.path.dirname(sys.executable))
    assert playbook, "ansible-core comes with ansible-playbook"
    variables = {
        "ANSIBLE_COLLECTIONS_PATH": str(pathlib.Path(collection.__path__[0]).parents[2]),
        "ANSIBLE_HOME": str(home / ".ansible"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
    }
    command = [playbook, "-c", "local", "-i", "hosts", "play.yml", "-e"]
    command.append(f"ansible_python_interpreter={sys.executable}")
    done = subprocess.run(
        command, cwd=home, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def write(path: pathlib.Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    from ansible.utils.display import Display

    heard: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda _self, text, **_options: heard.append(text))
    return heard
