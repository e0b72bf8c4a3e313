# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The path of the organizational unit of each account, over levels, pages and changes meanwhile."""

from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _display
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import paced_client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.rate_limit import Backoff
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import Unreachable
from support.company import KEYS, REGION, Company, fault
from support.organization import accounts, data, organization, organization_calls, populate


def units(ids: dict[str, str]) -> dict[str, str]:
    selected = organization().select(accounts(ids), REGION)
    return {name: found["organizational_unit"] for name, found in data(selected).items()}


def refusal(ids: dict[str, str]) -> str:
    with pytest.raises(WorkstationError) as caught:
        units(ids)
    assert KEYS["secret_key"] not in str(caught.value) and KEYS["session_token"] not in str(caught.value)
    return str(caught.value)


def test_an_account_has_the_path_below_the_root(company: Company) -> None:
    assert units(populate(company)) == {"dev": "Sandbox", "log": "", "prod": "Workloads/Production"}
    assert organization_calls(company) == [1, 4, 4, 3]


def test_units_are_nested_five_deep(company: Company) -> None:
    parent, ids = None, {}
    for depth in range(1, 6):
        parent = company.unit(f"level {depth}", parent)
        ids[f"account-{depth}"] = company.account(f"account-{depth}")
        company.move(ids[f"account-{depth}"], parent)
    assert units(ids)["account-5"] == "level 1/level 2/level 3/level 4/level 5"
    assert units(ids)["account-1"] == "level 1"


@pytest.mark.parametrize("page_size", [1, 3])
def test_lists_are_complete_over_pages(company: Company, page_size: int) -> None:
    ids, expected = {}, {}
    for number in range(4):
        unit = company.unit(f"unit-{number}")
        for other in range(3):
            name = f"account-{number}-{other}"
            ids[name], expected[name] = company.account(name), f"unit-{number}"
            company.move(ids[name], unit)
    company.page_size = page_size
    assert units(ids) == expected


def test_a_slash_in_a_name_is_no_level(company: Company) -> None:
    ids = {"prod": company.account("prod")}
    company.move(ids["prod"], company.unit("R/D", company.unit("A/B/")))
    assert units(ids) == {"prod": "A-B-/R-D"}


def test_hostile_names_come_through_as_they_are(company: Company) -> None:
    hostile = "{{ lookup('pipe', 'id') }}\n\x1b[2J#jinja2"
    ids = {"prod": company.account("prod")}
    company.move(ids["prod"], company.unit(hostile))
    assert units(ids) == {"prod": hostile}


def test_an_account_of_another_organization_has_no_data(company: Company) -> None:
    ids = {**populate(company), "elsewhere": "999988887777"}
    selected = data(organization().select(accounts(ids), REGION))
    assert selected["elsewhere"] == {"organizational_unit": "", "tags": {}}
    assert organization_calls(company)[3] == 3, "tags are requested of known accounts only"


def test_a_unit_that_is_removed_meanwhile_is_left_out(company: Company) -> None:
    ids = populate(company)
    company.unit("short-lived")
    company.faults["ListAccountsForParent"] = [fault("ParentNotFoundException", "We can't find it")]
    assert set(units(ids)) == {"dev", "log", "prod"}


def test_throttling_is_waited_out(company: Company) -> None:
    ids = populate(company)
    throttle = fault("TooManyRequestsException", "AWS Organizations can't complete your request")
    company.faults["ListAccountsForParent"] = [throttle] * 2
    company.faults["ListRoots"] = [throttle]
    assert units(ids)["prod"] == "Workloads/Production"


def test_throttling_that_does_not_end_says_what_the_quota_is(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = populate(company)
    monkeypatch.setattr(paced_client, "Backoff", lambda seconds: Backoff(1))
    company.faults["ListRoots"] = [fault("TooManyRequestsException", "Too many")] * 9
    text = refusal(ids)
    assert "AWS throttles ListRoots" in text and "AWS Organizations allows a few calls a second" in text
    assert "Identity Center" not in text


@pytest.mark.parametrize(
    "operation", ["ListRoots", "ListOrganizationalUnitsForParent", "ListAccountsForParent"]
)
def test_a_missing_permission_is_named(company: Company, operation: str) -> None:
    ids = populate(company)
    company.denied.add(operation)
    text = refusal(ids)
    assert f"Allow organizations:{operation} to these credentials" in text
    assert "management account" in text and "delegated administrator" in text
    assert "sso_assignments" not in text


def test_an_account_without_an_organization_is_an_error(company: Company) -> None:
    ids = populate(company)
    company.faults["ListRoots"] = [fault("AWSOrganizationsNotInUseException", "Your account is no member.")]
    assert "does not belong to an organization" in refusal(ids)


def test_expired_credentials_are_an_error(company: Company) -> None:
    ids = populate(company)
    company.faults["ListRoots"] = [fault("ExpiredTokenException", "expired")]
    assert "AWS does not accept the administrator's credentials" in refusal(ids)


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("ListRoots", {"Roots": [{"Id": "{{ 7 * 7 }}"}]}),
        ("ListRoots", {"Roots": [{}]}),
        ("ListOrganizationalUnitsForParent", {"OrganizationalUnits": [{"Id": "../x", "Name": "x"}]}),
        ("ListAccountsForParent", {"Accounts": [{"Id": "{{ lookup('pipe', 'id') }}"}]}),
    ],
    ids=str,
)
def test_an_id_that_aws_does_not_allow_is_refused(
    company: Company, operation: str, answer: dict[str, object]
) -> None:
    ids = populate(company)
    company.faults[operation] = [(200, answer)]
    assert "not from AWS" in refusal(ids)


def test_units_that_contain_each_other_are_listed_once(company: Company) -> None:
    ids = populate(company)
    loop = {"Id": company.root_id(), "Name": "loop"}
    company.faults["ListOrganizationalUnitsForParent"] = [(200, {"OrganizationalUnits": [loop]})]
    assert units(ids) == {"dev": "", "log": "", "prod": ""}


def test_units_without_an_end_are_an_error(company: Company) -> None:
    ids = populate(company)
    company.faults["ListOrganizationalUnitsForParent"] = [
        (200, {"OrganizationalUnits": [{"Id": f"ou-aaaa-{number:08}", "Name": "x"}]}) for number in range(99)
    ]
    company.faults["ListAccountsForParent"] = [(200, {"Accounts": []})] * 99
    with pytest.raises(Unreachable, match="more than 10 levels"):
        units(ids)


def test_progress_is_shown_while_units_are_listed(
    company: Company, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = populate(company)
    monkeypatch.setattr(_display, "SECONDS_BETWEEN_PROGRESS", 0.0)
    units(ids)
    assert "organizational units and" in capsys.readouterr().err
