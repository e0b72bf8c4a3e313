# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tags of accounts, over pages and changes meanwhile."""

from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _display
from support.company import REGION, Company, fault
from support.organization import HOSTILE, accounts, data, organization, organization_calls, populate


def tags(ids: dict[str, str]) -> dict[str, dict[str, str]]:
    selected = organization().select(accounts(ids), REGION)
    return {name: found["tags"] for name, found in data(selected).items()}


def test_an_account_has_the_values_of_its_tags_by_their_names(company: Company) -> None:
    assert tags(populate(company)) == {
        "dev": {"environment": "sandbox-1", "empty": ""},
        "log": {},
        "prod": {"environment": "production", "cost center": "4711"},
    }


def test_tags_are_complete_over_pages_and_empty_pages(company: Company) -> None:
    ids = {"prod": company.account("prod")}
    company.tag(ids["prod"], {"last": "z"})
    company.faults["ListTagsForResource"] = [
        (200, {"Tags": [{"Key": "first", "Value": "a"}], "NextToken": "1"}),
        (200, {"Tags": [], "NextToken": "2"}),
    ]
    assert tags(ids) == {"prod": {"first": "a", "last": "z"}}


def test_an_account_that_leaves_meanwhile_has_no_tags(company: Company) -> None:
    ids = {"prod": company.account("prod")}
    company.tag(ids["prod"], {"environment": "production"})
    company.faults["ListTagsForResource"] = [fault("TargetNotFoundException", "We can't find it")]
    assert tags(ids) == {"prod": {}}


def test_hostile_names_and_values_come_through_as_they_are(company: Company) -> None:
    ids = {"prod": company.account("prod")}
    company.faults["ListTagsForResource"] = [(200, {"Tags": [{"Key": HOSTILE, "Value": "\n\x1b[2J"}]})]
    assert tags(ids) == {"prod": {HOSTILE: "\n\x1b[2J"}}


def test_a_missing_permission_is_named(company: Company) -> None:
    ids = populate(company)
    company.denied.add("ListTagsForResource")
    with pytest.raises(
        WorkstationError, match="Allow organizations:ListTagsForResource to these credentials"
    ):
        tags(ids)


def test_throttling_is_waited_out(company: Company) -> None:
    ids = populate(company)
    company.faults["ListTagsForResource"] = [fault("TooManyRequestsException", "Too many")] * 3
    assert tags(ids)["prod"]["environment"] == "production"
    assert organization_calls(company)[3] == 6


def test_an_answer_that_is_no_list_of_tags_is_an_error(company: Company) -> None:
    ids = populate(company)
    company.faults["ListTagsForResource"] = [(500, {"__type": "ServiceException"})] * 2
    assert set(tags(ids)) == {"dev", "log", "prod"}, "a fault of the service is retried"
    company.faults["ListTagsForResource"] = [fault("InvalidInputException", "You provided a wrong ID.")]
    with pytest.raises(WorkstationError, match="AWS refused ListTagsForResource: InvalidInput"):
        tags(ids)


def test_progress_is_shown_while_tags_are_listed(
    company: Company, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = populate(company)
    monkeypatch.setattr(_display, "SECONDS_BETWEEN_PROGRESS", 0.0)
    tags(ids)
    assert "AWS Organizations: tags of 3 of 3 accounts are listed" in capsys.readouterr().err
