# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Desired sections: the profiles that access becomes, overrides, selection and duplicates."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.desired import (
    AccessOptions,
    desired_profiles,
    desired_sessions,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.validation import InputError
from support.aws_config_file import ACCESS, SESSION, access, profile_entry, profile_names

PROFILE = profile_entry()


def test_access_becomes_the_profile_that_aws_configure_sso_would_write() -> None:
    profiles = desired_profiles(
        [], [ACCESS], AccessOptions(region="eu-west-1", output="json", options={"cli_pager": ""})
    )
    assert profiles["ReadOnly-111122223333"].settings == {
        "sso_session": "acme",
        "sso_account_id": "111122223333",
        "sso_role_name": "ReadOnly",
        "region": "eu-west-1",
        "output": "json",
        "cli_pager": "",
    }


def test_session_section_has_the_scopes() -> None:
    session = dict(SESSION, registration_scopes=["sso:account:access", "x:y"])
    assert desired_sessions([session])["acme"].settings == {
        "sso_start_url": "https://acme.awsapps.com/start",
        "sso_region": "eu-west-1",
        "sso_registration_scopes": "sso:account:access,x:y",
    }
    assert desired_sessions([SESSION])["acme"].settings["sso_registration_scopes"] == "sso:account:access"


def test_error_for_two_profiles_with_one_name_describes_both() -> None:
    twins = [access(account_name="A/B"), access(account_name="A/B", account_id="444455556666")]
    with pytest.raises(InputError) as caught:
        profile_names(twins, profile_name="{account_name}")
    for part in (
        "The name 'A/B' is used twice with different sso_account_id",
        "account 111122223333",
        "account 444455556666",
        "workstation_profile_name; for example '{session}-{account_name}-{role_name}'",
        "workstation_profile_overrides",
    ):
        assert part in str(caught.value)
    explicit = dict(PROFILE, name="ReadOnly-111122223333", region="eu-west-1", options={"s3": {"a": "b"}})
    with pytest.raises(InputError, match="used twice with different region, s3: by role 'ReadOnly'"):
        desired_profiles([explicit], [ACCESS], AccessOptions())


def test_duplicate_access_entries_become_one_profile() -> None:
    assert profile_names([ACCESS, dict(ACCESS)]) == ["ReadOnly-111122223333"]


@pytest.mark.parametrize("field", ["session", "role_name"])
def test_incomplete_access_entry_is_rejected(field: str) -> None:
    with pytest.raises(InputError, match=f"An entry of access: {field} must be a non-empty string"):
        profile_names([access(**{field: None})])


def test_overrides_match_account_and_role_and_later_ones_take_precedence() -> None:
    entries = [
        ACCESS,
        access(role_name="Admin"),
        access(account_id="444455556666", account_name="Acme Dev", role_name="Admin"),
    ]
    naming = AccessOptions(
        region="eu-west-1",
        options={"cli_pager": "less", "retry_mode": "standard"},
        overrides=[
            {
                "roles": ["Adm*"],
                "region": "us-east-1",
                "options": {"cli_pager": ""},
                "name": "{role_name}@{account_name}",
            },
            {"accounts": ["4444*", "nothing"], "output": "text"},
            {"accounts": ["acme*"], "region": "case-matters"},
            {"accounts": ["* Dev"], "roles": ["ReadOnly", "Admin"], "region": "eu-north-1"},
        ],
    )
    profiles = desired_profiles([], entries, naming)
    assert list(profiles) == ["ReadOnly-111122223333", "Admin@Acme-Prod", "Admin@Acme-Dev"]
    chosen = [
        [profile.settings.get(key) for key in ("region", "output", "cli_pager", "retry_mode")]
        for profile in profiles.values()
    ]
    assert chosen == [
        ["eu-west-1", None, "less", "standard"],
        ["us-east-1", None, "", "standard"],
        ["eu-north-1", "text", "", "standard"],
    ]


SEVERAL = [
    access(account_id=account_id, account_name=account_name, role_name=role_name)
    for account_id, account_name in (("111122223333", "Prod-EU"), ("222233334444", "Sandbox"))
    for role_name in ("Admin", "ReadOnly")
]


@pytest.mark.parametrize(
    ("patterns", "selected"),
    [
        ({"exclude_accounts": ["Sand*"]}, ["Admin-111122223333", "ReadOnly-111122223333"]),
        ({"exclude_accounts": ["111122223333"]}, ["Admin-222233334444", "ReadOnly-222233334444"]),
        ({"exclude_accounts": ["sand*"]}, 4),
        ({"exclude_roles": ["Adm?n"]}, ["ReadOnly-111122223333", "ReadOnly-222233334444"]),
        (
            {"exclude_accounts": ["Sand*"], "exclude_roles": ["Admin"]},
            ["ReadOnly-111122223333"],
        ),
        ({"accounts": ["Prod-*"], "exclude_roles": ["Admin"]}, ["ReadOnly-111122223333"]),
        ({"roles": ["Admin"], "exclude_accounts": ["Prod-*"]}, ["Admin-222233334444"]),
        ({"accounts": [], "roles": [], "exclude_accounts": [], "exclude_roles": []}, 4),
        ({"accounts": ["*"], "roles": ["*"], "exclude_accounts": ["*"]}, []),
    ],
)
def test_patterns_select_the_entries_that_become_profiles(
    patterns: t.Dict[str, t.List[str]], selected: t.Union[int, t.List[str]]
) -> None:
    found = profile_names(SEVERAL, **patterns)
    assert (len(found) if isinstance(selected, int) else found) == selected


@pytest.mark.parametrize(
    "options",
    [
        {"exclude_accounts": [11122223333]},
        {"accounts": [1402433619]},
        {"overrides": [{"accounts": [11122223333], "region": "eu-west-1"}]},
        {"accounts": [True]},
        {"exclude_accounts": [["111122223333"]]},
        {"exclude_accounts": [None]},
    ],
)
def test_a_number_that_is_no_account_id_does_not_silently_match_nothing(
    options: t.Dict[str, t.Any],
) -> None:
    with pytest.raises(
        InputError, match=r"accounts contains the number .* Quote it|accounts must contain strings"
    ):
        profile_names(SEVERAL, **options)


def test_a_number_of_12_digits_matches_its_account() -> None:
    assert len(profile_names(SEVERAL, exclude_accounts=[111122223333])) == 2
    assert len(profile_names(SEVERAL, accounts=[111122223333, "2222*"])) == 4


def test_overrides_select_organizational_units() -> None:
    entries = [
        access(organizational_unit="Workloads/Prod"),
        access(account_id="222233334444", organizational_unit="Sandbox"),
        access(account_id="333344445555"),
    ]
    overrides = [
        {"organizational_units": ["Workloads/*"], "region": "eu-west-1", "output": "json"},
        {"organizational_units": ["*"], "roles": ["ReadOnly"], "options": {"ou": "{organizational_unit}"}},
        {"organizational_units": ["Sandbox"], "accounts": ["2*"], "name": "sandbox-{account_id}"},
    ]
    profiles = desired_profiles([], entries, AccessOptions(overrides=overrides))
    assert [
        (name, *(profile.settings.get(key) for key in ("region", "output", "ou")))
        for name, profile in profiles.items()
    ] == [
        ("ReadOnly-111122223333", "eu-west-1", "json", "Workloads/Prod"),
        ("sandbox-222233334444", None, None, "Sandbox"),
        ("ReadOnly-333344445555", None, None, None),
    ]


def test_organizational_units_that_the_access_does_not_have_are_an_error() -> None:
    options = AccessOptions(overrides=[{"organizational_units": ["Workloads"], "region": "eu-west-1"}])
    with pytest.raises(InputError, match="no entry of access has the key organizational_unit"):
        desired_profiles([], [ACCESS], options)
    assert desired_profiles([], [], options) == {}


def test_excluded_entry_does_not_need_a_unique_name() -> None:
    twins = [access(), access(account_id="222233334444", account_name="twin")]
    assert profile_names(twins, profile_name="{role_name}", exclude_accounts=["twin"]) == ["ReadOnly"]


TAGGED = [
    access(organizational_unit="Workloads/Prod", tags={"environment": "prod", "cost center": "4711"}),
    access(account_id="222233334444", organizational_unit="Sandbox", tags={"environment": "sandbox-1"}),
    access(account_id="333344445555", organizational_unit="", tags={}),
]


def test_overrides_select_tags_of_accounts() -> None:
    overrides = [
        {"account_tags": {"environment": "*"}, "region": "eu-west-1"},
        {"account_tags": {"environment": ["prod", "x"], "cost center": 4711}, "output": "json"},
        {"account_tags": {"environment": "prod", "owner": "*"}, "region": "us-east-1"},
    ]
    profiles = desired_profiles([], TAGGED, AccessOptions(overrides=overrides)).values()
    assert [(profile.settings.get("region"), profile.settings.get("output")) for profile in profiles] == [
        ("eu-west-1", "json"),
        ("eu-west-1", None),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({"exclude_organizational_units": ["Workloads/*"]}, ["2222", "3333"]),
        ({"exclude_organizational_units": ["*"]}, ["3333"]),
        ({"exclude_account_tags": {"environment": "sandbox-*"}}, ["1111", "3333"]),
        ({"exclude_account_tags": {"environment": "sandbox-*", "cost center": ["4711"]}}, ["3333"]),
        ({"exclude_account_tags": {"owner": "*"}}, ["1111", "2222", "3333"]),
    ],
)
def test_units_and_tags_exclude_entries(options: t.Dict[str, t.Any], kept: t.List[str]) -> None:
    assert [name[:4] for name in profile_names(TAGGED, profile_name="{account_id}", **options)] == kept


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({"overrides": [{"account_tags": {"a": "b"}}]}, "overrides.*tags"),
        ({"exclude_account_tags": {"a": "b"}}, "exclude_account_tags.*tags"),
        ({"exclude_organizational_units": ["x"]}, "exclude_organizational_units.*organizational_unit"),
    ],
)
def test_data_of_the_organization_that_the_access_does_not_have_is_an_error(
    options: t.Dict[str, t.Any], missing: str
) -> None:
    with pytest.raises(InputError, match=f"{missing}.*option organization of the lookup sso_access"):
        desired_profiles([], [ACCESS], AccessOptions(**options))
    assert desired_profiles([], [], AccessOptions(**options)) == {}


@pytest.mark.parametrize("where", ["exclude_account_tags", "overrides[].account_tags"])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"a": True}, "{}.a must be a string or a list of strings, not True"),
        ({"a": {"b": "c"}}, "{}.a must be a string or a list of strings"),
        ({"a": []}, "{}.a has no pattern"),
        ({"a": None}, "{}.a has no pattern"),
        ({True: "a"}, "{} must have names of tags as keys, not True"),
        ("a", "{} must be a dictionary of tags, not 'a'"),
    ],
    ids=str,
)
def test_tags_that_cannot_be_meant_are_refused(where: str, given: t.Any, message: str) -> None:
    options = {"overrides": [{"account_tags": given}]} if "[" in where else {where: given}
    with pytest.raises(InputError) as caught:
        desired_profiles([], TAGGED, AccessOptions(**options))
    assert message.format(where) in str(caught.value)
