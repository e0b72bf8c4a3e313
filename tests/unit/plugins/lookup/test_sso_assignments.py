# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup sso_assignments against moto: real botocore, real HTTP, every call counted."""

from __future__ import annotations

import itertools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import typing as t

import botocore.session
import pytest
import yaml

import ansible_collections.workstation.aws_sso as collection
from ansible_collections.workstation.aws_sso.plugins.lookup import sso_assignments
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.desired import (
    AccessOptions,
    desired_profiles,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client as aws_client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.errors import AwsRefused
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.paced_client import (
    PacedClient,
)
from support.assignments import BY_ACCOUNT, BY_PRINCIPAL, lookup, refusal, via
from support.company import KEYS, REGION, Company, fault


def knows(service: str, shape: str, member: str) -> pytest.MarkDecorator:
    """For tests of a field that botocore has learnt of lately."""
    model = botocore.session.Session().get_service_model(service)
    known = member in model.shape_for(shape).members
    return pytest.mark.skipif(not known, reason=f"this botocore does not know {member} of {service}")


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
        assert via(lookup("jane")) == [("jane", "dev", "ReadOnly", ["group Shared"])]

    def test_is_sorted_by_user_account_and_role_whatever_their_case(self, company: Company) -> None:
        accounts = [company.account(name) for name in ("Beta", "alpha")]
        for name in ("Zoe", "adam"):
            user = company.user(name)
            for role in ("b-role", "A-role"):
                company.assign("USER", user, role, *accounts)
        assert [one[:3] for one in via(lookup())] == list(
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
        assert via(lookup()) == [("jane", "prod", "ReadOnly", ["direct"])]

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
        assert via(lookup("jane")) == [("jane", "prod", "Admin", ["group Developers"])]

    def test_of_a_company_without_users_is_empty(self, company: Company) -> None:
        assert lookup() == []

    @knows("organizations", "Account", "State")
    def test_takes_an_organization_that_tells_the_state_alone(self, company: Company) -> None:
        company.assign("USER", company.user("jane"), "Admin", "111111111111", "222222222222", "333333333333")
        states = {"111111111111": "ACTIVE", "222222222222": "SUSPENDED", "333333333333": "PENDING_ACTIVATION"}
        shown = [{"Id": account_id, "Name": state, "State": state} for account_id, state in states.items()]
        company.faults["ListAccounts"] = [(200, {"Accounts": shown})]
        assert [one["account_name"] for one in lookup()] == ["ACTIVE"]


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
        "operation", ["ListUsers", "ListGroups", "ListGroupMemberships", "DescribePermissionSet", BY_ACCOUNT]
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
        with pytest.raises(AwsRefused, match="AWS refused ListUsers: InternalServer: oops"):
            client.call("list_users", **store)

    def test_of_the_network_name_the_endpoint(
        self, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_ADMIN", "http://127.0.0.1:1")
        assert "http://127.0.0.1:1 cannot be reached" in refusal()


class TestQuery:
    def test_makes_of_the_list_what_it_says(self, company: Company) -> None:
        prod = company.account("prod")
        for name in ("jane", "joe"):
            company.assign("USER", company.user(name), "Admin", prod)
        assert lookup(query="[].user") == ["jane", "joe"]
        assert lookup(query="length(@)") == [2]

    def test_that_is_none_is_refused(self, company: Company) -> None:
        assert "query is not a valid JMESPath expression" in refusal(query="[[")


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
