# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and values that sessions and profiles can have; what would change other lines is rejected."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.desired import (
    AccessOptions,
    desired_profiles,
    desired_sessions,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.validation import InputError
from support.aws_config_file import SESSION, access, profile_entry, profile_names

PROFILE = profile_entry()


@pytest.mark.parametrize(
    "role", ["a\nb", "a\rb", "a # b", "#a", " a", "a ", "a\x00", "a\u2028b", "a\ud800", ""]
)
def test_role_names_that_would_be_read_differently_are_rejected(role: str) -> None:
    with pytest.raises(InputError, match="role_name"):
        profile_names([access(role_name=role)])


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "-x",
        " x",
        "x ",
        "a\tb",
        "a\nb",
        "a'b",
        'a"b',
        "a\\b",
        "a[b",
        "a]b",
        "a #b",
        "#a",
        "a\xa0b",
        "a\x85b",
    ],
)
def test_explicit_names_are_rejected_rather_than_changed(name: str) -> None:
    with pytest.raises(InputError, match=r"is not a valid profile name|name must be a non-empty string"):
        desired_profiles([dict(PROFILE, name=name)], [], AccessOptions())
    with pytest.raises(InputError, match=r"is not a valid sso-session name|name must be a non-empty string"):
        desired_sessions([dict(SESSION, name=name)])


@pytest.mark.parametrize(
    ("account_id", "reason"),
    [
        (
            11122223333,
            "account_id 11122223333 is a number. Quote it in YAML, because a number loses leading zeros.",
        ),
        (1402433619, "is a number. Quote it"),  # YAML's octal 012345670123
        (-11122223333, "is a number. Quote it"),
        (True, "is a number. Quote it"),
        (
            "11122223333",
            "must be a string of 12 digits, not '11122223333'. It has 11 digits; leading zeros may be"
            " missing.",
        ),
        ("1111-2222-3333", "must be a string of 12 digits"),
        ("\u0661" * 12, "must be a string of 12 digits"),
        ("111122223333\n", "must be a string of 12 digits"),
        (None, "account_id must be a non-empty string, not None"),
    ],
)
def test_account_ids_other_than_12_digits_are_rejected(account_id: t.Any, reason: str) -> None:
    for profiles, entries in (
        ([dict(PROFILE, account_id=account_id)], []),
        ([], [access(account_id=account_id)]),
    ):
        with pytest.raises(InputError) as caught:
            desired_profiles(profiles, entries, AccessOptions())
        assert reason in str(caught.value)


def test_number_of_12_digits_is_a_valid_account_id() -> None:
    entry = {"session": "corp", "account_id": 111122223333, "role_name": "Admin"}
    naming = AccessOptions(overrides=[{"accounts": ["1111*"], "region": "us-east-1"}])
    section = desired_profiles([{**entry, "name": "x"}], [], AccessOptions())["x"]
    assert section.settings["sso_account_id"] == "111122223333"
    section = desired_profiles([], [entry], naming)["Admin-111122223333"]
    assert section.settings["sso_account_id"] == "111122223333" and section.settings["region"] == "us-east-1"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("start_url", "http://acme.awsapps.com/start"),
        ("start_url", "https://acme.awsapps.com/start\nsso_region = x"),
        ("start_url", "acme"),
        ("region", "eu-west-1\n"),
        ("region", "Ireland!"),
        ("region", None),
        ("registration_scopes", ["a,b"]),
        ("registration_scopes", ["a\nb"]),
        ("registration_scopes", [""]),
    ],
)
def test_invalid_values_of_a_session_are_rejected(field: str, value: t.Any) -> None:
    with pytest.raises(InputError, match="Session 'acme': "):
        desired_sessions([dict(SESSION, **{field: value})])


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ({"CLI_Pager": "less"}, {"cli_pager": "less"}),
        (
            {"max_attempts": 3, "use_fips_endpoint": True, "x": None},
            {"max_attempts": "3", "use_fips_endpoint": "true", "x": None},
        ),
        ({"s3": {"addressing_style": "path", "n": 1}}, {"s3": {"addressing_style": "path", "n": "1"}}),
    ],
)
def test_options_are_converted_to_text(options: t.Dict[str, t.Any], settings: t.Dict[str, t.Any]) -> None:
    written = desired_profiles([dict(PROFILE, options=options)], [], AccessOptions())["p"].settings
    assert {key: written[key] for key in settings} == settings


@pytest.mark.parametrize(
    "options",
    [
        {"x": "a\nb = c"},
        {"x": "a\r"},
        {"x": "a ; b"},
        {"x": " a"},
        {"x": ["a"]},
        {"x y": "a"},
        {"x\n": "a"},
        {"[x": "a"},
        {"a": "1", "A": "2"},
        {"region": "eu-west-1"},
        {"sso_session": "other"},
        {"aws_secret_access_key": "x"},
        {"credential_process": "/bin/sh"},
        {"s3": {}},
        {"s3": {"a": None}},
        {"s3": {"a": "b\nc"}},
        {"s3": {"a\nb": "c"}},
        {"s3": {"a": {"b": "c"}}},
    ],
)
def test_options_that_would_change_other_lines_are_rejected(options: t.Dict[str, t.Any]) -> None:
    with pytest.raises(InputError, match="Profile 'p'"):
        desired_profiles([dict(PROFILE, options=options)], [], AccessOptions())


@pytest.mark.parametrize("region", [None, ""])
def test_the_region_of_a_session_may_be_in_its_start_url(region: t.Optional[str]) -> None:
    session = dict(SESSION, start_url="https://ssoins-1.portal.eu-west-3.app.aws", region=region)
    section = desired_sessions([session])[SESSION["name"]]
    assert section.settings["sso_region"] == "eu-west-3"
    section = desired_sessions([dict(session, region="eu-central-1")])[SESSION["name"]]
    assert section.settings["sso_region"] == "eu-central-1"
