# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, groups and their members in the identity store of a company."""

from __future__ import annotations

import botocore.session
import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._assignments.connection import (
    AdminClient,
    NotAllowed,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._assignments.identity_store import (
    IdentityStore,
    User,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.client import Credentials
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.errors import AwsRefused
from support.company import KEYS, REGION, Company, fault

USER_SHAPE = botocore.session.Session().get_service_model("identitystore").shape_for("User")


@pytest.fixture
def store(company: Company) -> IdentityStore:
    service = AdminClient("identitystore", REGION, Credentials(*KEYS.values()))
    return IdentityStore(service, company.identity_store_id)


def test_all_users_of_all_pages_are_listed(store: IdentityStore, company: Company) -> None:
    company.page_size = 2
    expected = [User(company.user(name), name, "", True) for name in ("ann", "bob", "joe")]
    assert sorted(store.users(), key=lambda user: user.name) == expected
    assert company.count("ListUsers") == 2


def test_a_company_without_users_and_groups_has_empty_lists(store: IdentityStore) -> None:
    assert (store.users(), store.group_names()) == ([], {})


def test_a_user_is_found_by_user_name_or_email_address(store: IdentityStore, company: Company) -> None:
    jane = User(company.user("jane", "jane@example.com"), "jane", "jane@example.com", True)
    assert store.find_user("jane") == store.find_user("jane@example.com") == jane


def test_a_user_name_takes_precedence_over_the_email_address_of_another_user(
    store: IdentityStore, company: Company
) -> None:
    company.user("joe", "shared@example.com")
    shared = company.user("shared@example.com")
    found = store.find_user("shared@example.com")
    assert found is not None and found.user_id == shared


def test_an_unknown_user_is_none(store: IdentityStore, company: Company) -> None:
    company.user("jane", "jane@example.com")
    assert store.find_user("jim") is None
    assert company.calls == ["GetUserId", "GetUserId"]


def test_a_search_that_is_not_allowed_is_an_error_with_the_action(
    store: IdentityStore, company: Company
) -> None:
    company.denied.add("GetUserId")
    with pytest.raises(NotAllowed, match="Allow identitystore:GetUserId to these credentials"):
        store.find_user("jane")


def test_a_search_that_aws_refuses_is_an_error_and_not_an_unknown_user(
    store: IdentityStore, company: Company
) -> None:
    company.faults["GetUserId"] = [fault("ValidationException", "no")]
    with pytest.raises(AwsRefused, match="AWS refused GetUserId: Validation: no"):
        store.find_user("jane")


def test_a_disabled_user_is_marked_if_botocore_knows_the_status(
    store: IdentityStore, company: Company
) -> None:
    company.user("ann")
    company.disabled.add(company.user("joe"))
    is_known = "UserStatus" in USER_SHAPE.members
    assert {user.name: user.enabled for user in store.users()} == {"ann": True, "joe": not is_known}


@pytest.mark.parametrize(
    ("emails", "expected"),
    [
        ([{"Value": "a@x", "Primary": False}, {"Value": "b@x", "Primary": True}], "b@x"),
        ([{"Value": "a@x"}, {"Value": "b@x"}], "a@x"),
        ([{"Type": "work", "Primary": True}], ""),
        ([], ""),
    ],
    ids=["primary", "first", "without a value", "none"],
)
def test_the_primary_email_address_is_that_of_the_user(
    store: IdentityStore, company: Company, emails: list[dict[str, object]], expected: str
) -> None:
    user = {"UserId": "1", "UserName": "jane", "IdentityStoreId": company.identity_store_id, "Emails": emails}
    company.faults["ListUsers"] = [(200, {"Users": [user]})]
    assert [user.email for user in store.users()] == [expected]


def test_a_user_without_a_user_name_has_an_empty_one(store: IdentityStore, company: Company) -> None:
    user = {"UserId": "1", "IdentityStoreId": company.identity_store_id}
    company.faults["ListUsers"] = [(200, {"Users": [user]})]
    assert store.users() == [User("1", "", "", True)]


def test_groups_have_their_names(store: IdentityStore, company: Company) -> None:
    company.page_size = 1
    groups = {company.group(name): name for name in ("Developers", "Operators")}
    assert store.group_names() == groups
    assert [store.group_name(group_id) for group_id in groups] == ["Developers", "Operators"]


def test_a_group_without_a_name_is_called_by_its_id(store: IdentityStore, company: Company) -> None:
    group = {"GroupId": "4711", "IdentityStoreId": company.identity_store_id}
    company.faults["ListGroups"] = [(200, {"Groups": [group]})]
    company.faults["DescribeGroup"] = [(200, group)]
    assert store.group_names() == {"4711": "4711"}
    assert store.group_name("4711") == "4711"


def test_a_group_that_was_deleted_is_an_error(store: IdentityStore) -> None:
    with pytest.raises(AwsRefused) as caught:
        store.group_name("11111111-1111-1111-1111-111111111111")
    assert caught.value.code == "ResourceNotFound"


def test_members_and_groups_of_a_user_are_listed_over_pages(store: IdentityStore, company: Company) -> None:
    company.page_size = 1
    jane, joe = company.user("jane"), company.user("joe")
    developers, operators = company.group("Developers", jane, joe), company.group("Operators", jane)
    assert sorted(store.members(developers)) == sorted([jane, joe])
    assert sorted(store.groups_of(jane)) == sorted([developers, operators])
    assert store.groups_of(joe) == [developers]
    assert store.members(company.group("Empty")) == []
