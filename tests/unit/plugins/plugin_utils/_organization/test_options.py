# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that read an organization, and what cannot be meant by them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._organization.options import (
    FILTERS,
    organization_from_options,
)
from support.company import KEYS
from support.organization import NO_FILTERS, organization

ROLE = {"session": "corp", "account_id": "111122223333", "role_name": "OrganizationReader"}


def refusal(**options: t.Any) -> str:
    with pytest.raises(WorkstationError) as caught:
        organization_from_options({**NO_FILTERS, **options}, lambda text: None)
    for secret in ("secret_key", "session_token"):
        assert KEYS[secret] not in str(caught.value)
    return str(caught.value)


def test_without_the_option_there_is_no_organization() -> None:
    assert organization_from_options(NO_FILTERS, lambda text: None) is None


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_requires_the_organization(name: str) -> None:
    value = {"x": "y"} if "tags" in name else ["x"]
    assert f"{name} cannot be used without organization" in refusal(**{name: value})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"profil": "x"}, "There is no option 'profil'. Did you mean profile"),
        ({"secret": KEYS["secret_key"]}, "There is no option 'secret'"),
        ("secret_key=never shown", "organization must be a dictionary"),
        ({"profile": "x", **KEYS}, "organization has profile and access_key"),
        ({"profile": "x", **ROLE}, "organization has profile and session"),
        ({**KEYS, "session": "corp"}, "organization has access_key and session"),
        ({"access_key": "AKIA"}, "organization lacks secret_key: access_key, secret_key require each other"),
        ({"secret_key": KEYS["secret_key"]}, "organization lacks access_key"),
        ({"session_token": KEYS["session_token"]}, "session_token requires access_key and secret_key"),
        ({"profile": "x", "session_token": KEYS["session_token"]}, "session_token requires access_key"),
        ({"session": "corp"}, "organization lacks account_id and role_name"),
        ({"profile": ["x"]}, "profile must be a string, not list"),
        ({"secret_key": [KEYS["secret_key"]], "access_key": "AKIA"}, "secret_key must be a string, not list"),
        ({"cache_ttl": "soon"}, "cache_ttl must be a whole number"),
        ({**ROLE, "account_id": 1402433619}, "account_id must be a string of 12 digits, not the number"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_suboptions_that_cannot_be_meant_are_refused(given: t.Any, message: str) -> None:
    assert message in refusal(organization=given)


@pytest.mark.parametrize("given", [{}, {"profile": ""}, {"profile": None}, KEYS, ROLE, {"profile": "dev"}])
def test_the_credentials_can_be_named_in_each_way(given: dict[str, t.Any]) -> None:
    assert organization_from_options({**NO_FILTERS, "organization": given}, lambda text: None)


@pytest.mark.parametrize("name", ["account_tags", "exclude_account_tags"])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["x"], "{} must be a dictionary, not list"),
        ({"environment": None}, "{}.environment has no pattern. Write '*'"),
        ({"environment": []}, "{}.environment has no pattern"),
        ({"environment": True}, "{}.environment must be a string, not bool"),
        ({"environment": {"x": "y"}}, "{}.environment must be a string, not a dictionary"),
        ({True: "x"}, "The name of a tag in {} must be a string, not bool"),
    ],
    ids=str,
)
def test_tags_that_cannot_be_meant_are_refused(name: str, given: t.Any, message: str) -> None:
    assert message.format(name) in refusal(organization=KEYS, **{name: given})


def test_numbers_are_names_and_values_of_tags() -> None:
    assert (
        organization(account_tags={4711: [1, "x"]}).key == organization(account_tags={"4711": ["1", "x"]}).key
    )
