# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup sso_access with organizational units and tags: portal of the emulator, organization of moto."""

from __future__ import annotations

import json
import pathlib
import stat
import typing as t

import pytest
from ansible.errors import AnsibleError
from ansible.utils.display import Display

from identity_center import IdentityCenter
from support.company import KEYS, Company
from support.organization import organization_calls, signed_in
from support.role_credentials import ACCESS, lookup, sign_in

ORGANIZATION = {**KEYS, "cache_ttl": 0}


@pytest.fixture
def center(
    ids: dict[str, str], aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> t.Iterator[IdentityCenter]:
    with signed_in(ids, monkeypatch) as emulator:
        yield emulator


def names(**options: t.Any) -> list[str]:
    found = lookup(ACCESS, "corp", **{"organization": ORGANIZATION, "roles": ["ReadOnly"], **options})
    return [access["account_name"] for access in found]


def refusal(**options: t.Any) -> str:
    with pytest.raises(AnsibleError) as caught:
        lookup(ACCESS, "corp", **options)
    for secret in ("secret_key", "session_token"):
        assert KEYS[secret] not in str(caught.value)
    return str(caught.value)


def test_each_entry_has_the_unit_and_the_tags_of_its_account(
    company: Company, ids: dict[str, str], center: IdentityCenter
) -> None:
    found = lookup(ACCESS, "corp", organization=ORGANIZATION)
    by_name = {access["account_name"]: access for access in found}
    assert by_name["prod"]["organizational_unit"] == "Workloads/Production"
    assert by_name["prod"]["tags"] == {"environment": "production", "cost center": "4711"}
    assert (by_name["log"]["organizational_unit"], by_name["log"]["tags"]) == ("", {})
    assert len(found) == 4, "alice has two roles in log"
    assert organization_calls(company) == [1, 4, 4, 3]


def test_without_the_option_there_is_no_data_and_no_call(
    company: Company, ids: dict[str, str], center: IdentityCenter
) -> None:
    assert not any({"organizational_unit", "tags"} & access.keys() for access in lookup(ACCESS, "corp"))
    assert company.calls == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"organizational_units": ["Workloads", "Workloads/*"]}, ["prod"]),
        ({"organizational_units": "Sandbox"}, ["dev"]),
        ({"exclude_organizational_units": ["Sandbox"]}, ["log", "prod"]),
        ({"account_tags": {"environment": ["prod*"]}}, ["prod"]),
        ({"exclude_account_tags": {"environment": "*"}}, ["log"]),
    ],
)
def test_accounts_are_selected_before_their_roles_are_listed(
    center: IdentityCenter, options: dict[str, t.Any], expected: list[str]
) -> None:
    assert names(**options) == expected
    assert center.count("ListAccountRoles") == len(expected)


def test_tags_of_accounts_that_globs_leave_out_are_not_requested(
    company: Company, center: IdentityCenter
) -> None:
    assert names(accounts=["prod"]) == ["prod"]
    assert organization_calls(company) == [1, 4, 4, 1]


def test_a_filter_requires_the_organization(center: IdentityCenter) -> None:
    assert "organizational_units cannot be used without organization" in refusal(organizational_units=["x"])
    assert center.count("ListAccounts") == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"secret_key": KEYS["secret_key"]}, "organization lacks access_key"),
        ("secret_key=" + KEYS["secret_key"], "organization must be a dictionary, not str"),
        ([KEYS], "organization must be a dictionary, not list"),
    ],
    ids=["incomplete", "text", "list"],
)
def test_what_cannot_be_meant_is_refused_without_showing_it(
    center: IdentityCenter, given: t.Any, message: str
) -> None:
    assert message in refusal(organization=given)


def test_an_error_of_the_organization_is_one_of_the_lookup(company: Company, center: IdentityCenter) -> None:
    company.denied.add("ListTagsForResource")
    text = refusal(organization=ORGANIZATION)
    assert "Allow organizations:ListTagsForResource to these credentials" in text
    assert center.count("ListAccountRoles") == 0


class TestCache:
    def test_of_the_list_needs_no_call_at_all(
        self, company: Company, ids: dict[str, str], center: IdentityCenter
    ) -> None:
        options = {"organizational_units": ["*"], "cache_ttl": 60}
        assert names(**options) == ["dev", "prod"]
        calls, requests = organization_calls(company), center.count("ListAccounts")
        assert names(**options) == ["dev", "prod"]
        assert (organization_calls(company), center.count("ListAccounts")) == (calls, requests)

    def test_of_another_filter_is_another_one(self, company: Company, center: IdentityCenter) -> None:
        assert names(cache_ttl=60) == ["dev", "log", "prod"]
        assert names(cache_ttl=60, organizational_units=["Sandbox"]) == ["dev"]
        assert names(cache_ttl=60, account_tags={"environment": "prod*"}) == ["prod"]
        assert names(cache_ttl=60, exclude_account_tags={"environment": "prod*"}) == ["dev", "log"]
        assert len(lookup(ACCESS, "corp", cache_ttl=60)) == 4
        assert center.count("ListAccounts") == 5

    def test_of_the_organization_serves_a_new_list(
        self, company: Company, ids: dict[str, str], center: IdentityCenter
    ) -> None:
        cached = {**KEYS, "cache_ttl": 600}
        names(organization=cached)
        assert names(organization=cached) == ["dev", "log", "prod"]
        assert organization_calls(company) == [1, 4, 4, 3]
        assert center.count("ListAccounts") == 2
        company.move(ids["dev"], company.unit("New"), company.root_id())  # as moto knows it
        assert names(organization=ORGANIZATION, organizational_units=["New"]) == ["dev"]

    def test_of_another_user_is_not_used(
        self, company: Company, ids: dict[str, str], center: IdentityCenter
    ) -> None:
        role = {"session": "corp", "account_id": ids["log"], "role_name": "OrganizationReader"}
        options = {"organization": role, "cache_ttl": 60}
        assert names(**options) == ["dev", "log", "prod"]
        sign_in(center, user="bob", force=True)
        assert "You do not have the role OrganizationReader" in refusal(**options)
        assert organization_calls(company) == [1, 4, 4, 3]

    def test_contains_no_secret(self, home: pathlib.Path, center: IdentityCenter) -> None:
        names(organization={**KEYS, "cache_ttl": 600}, cache_ttl=60)
        stored = [
            path for path in home.rglob("*.json") if "organization" in path.parts or "access" in path.parts
        ]
        assert len(stored) == 3
        for path in stored:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert not any(key in path.read_text() + str(path) for key in KEYS.values())

    @pytest.mark.parametrize(
        "change", [{"tags": {"a": 1}}, {"tags": []}, {"organizational_unit": 5}], ids=str
    )
    def test_with_an_invalid_entry_is_not_used(
        self, home: pathlib.Path, center: IdentityCenter, change: dict[str, t.Any]
    ) -> None:
        honest = lookup(ACCESS, "corp", organization=ORGANIZATION, cache_ttl=60)
        (stored,) = (path for path in home.rglob("*.json") if "access" in path.parts)
        document = json.loads(stored.read_text())
        document["access"][0].update(change)
        stored.write_text(json.dumps(document))
        assert lookup(ACCESS, "corp", organization=ORGANIZATION, cache_ttl=60) == honest


def test_units_and_tags_that_match_nothing_are_warned_of(
    center: IdentityCenter, capsys: pytest.CaptureFixture[str]
) -> None:
    assert names(organizational_units=["Workload", "Sandbox"], account_tags={"environment": "dev"}) == []
    said = "".join(capsys.readouterr().err.split())
    assert "matchesorganizational_units:Workload.Youhave:Workloads/Production" in said
    assert "matchesaccount_tags.environment:dev.Youhave:" in said
    names(exclude_organizational_units=["Workload"], exclude_account_tags={"environment": "x"})
    assert "Youhave" not in "".join(capsys.readouterr().err.split())


def test_a_cached_list_warns_of_units_as_a_new_one(
    center: IdentityCenter, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, text, *_unused, **_named: warnings.append(text))
    for _run in range(2):
        names(organizational_units=["Workload", "Sandbox"], cache_ttl=3600)
    assert len(warnings) == 2 and warnings[0] == warnings[1]
