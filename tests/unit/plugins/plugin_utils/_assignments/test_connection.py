# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The administrator's credentials, permissions and instance."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
import yaml

from ansible_collections.workstation.aws_sso.plugins.lookup import sso_assignments
from support.assignments import BY_ACCOUNT, BY_PRINCIPAL, lookup, refusal
from support.company import ACCESS_KEY, KEYS, REGION, Company, fault


def write(path: pathlib.Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


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
        company.denied |= {BY_PRINCIPAL, BY_ACCOUNT}
        assert f"Allow sso:{BY_ACCOUNT} to these credentials" in refusal("jane")

    def test_that_are_needed_stand_in_the_documentation(self, company: Company) -> None:
        notes = " ".join(yaml.safe_load(sso_assignments.DOCUMENTATION)["notes"])
        documented = set(re.findall(r"C\((\w+:\w+)\)", notes))
        assert documented == {*self.EVERYBODY, *self.ONE_PERSON, f"sso:{BY_PRINCIPAL}", f"sso:{BY_ACCOUNT}"}

    @pytest.mark.parametrize("code", ["ExpiredTokenException", "UnrecognizedClientException"])
    def test_do_not_count_for_credentials_that_have_ended(self, company: Company, code: str) -> None:
        company.faults["ListInstances"] = [fault(code, "The security token is invalid")]
        assert "AWS does not accept the administrator's credentials" in refusal()


class TestCredentials:
    NONE: t.ClassVar[dict[str, None]] = dict.fromkeys(KEYS)

    def test_of_a_profile_are_used_with_the_endpoints_of_that_profile(
        self, company: Company, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (url,) = {url for name, url in company.environment().items() if name.startswith("AWS_ENDPOINT_URL")}
        for name in company.environment():
            if name.startswith("AWS_ENDPOINT_URL"):
                monkeypatch.delenv(name)
        keys = f"aws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = x\n"
        write(
            home / ".aws" / "config",
            f"[profile admin]\nendpoint_url = {url}\n{keys}"
            "[profile localstack]\nendpoint_url = http://127.0.0.1:9\n",
        )
        monkeypatch.setenv("AWS_PROFILE", "localstack")
        assert lookup(profile="admin", **self.NONE) == []

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
