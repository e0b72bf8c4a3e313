# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wanted sections: names and values that others chose are made safe or refused, never dropped or merged."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.desired import (
    InputError,
    Naming,
    wanted_profiles,
    wanted_sessions,
)

ACCESS = {
    "session": "acme",
    "account_id": "111122223333",
    "account_name": "Acme Prod",
    "email": "prod@acme.example",
    "role_name": "ReadOnly",
}
SESSION = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}
PROFILE = {"name": "p", "session": "acme", "account_id": "111122223333", "role_name": "ReadOnly"}


def access(**fields: t.Any) -> t.Dict[str, t.Any]:
    return dict(ACCESS, **fields)


def names(entries: t.Iterable[t.Mapping[str, t.Any]], **naming: t.Any) -> t.List[str]:
    return list(wanted_profiles([], entries, Naming(**naming)))


def test_access_becomes_the_profile_that_aws_configure_sso_would_write() -> None:
    profiles = wanted_profiles(
        [], [ACCESS], Naming(region="eu-west-1", output="json", options={"cli_pager": ""})
    )
    assert profiles["ReadOnly-111122223333"].settings == {
        "sso_session": "acme",
        "sso_account_id": "111122223333",
        "sso_role_name": "ReadOnly",
        "region": "eu-west-1",
        "output": "json",
        "cli_pager": "",
    }


def test_session_has_its_scopes() -> None:
    session = dict(SESSION, registration_scopes=["sso:account:access", "x:y"])
    assert wanted_sessions([session])["acme"].settings == {
        "sso_start_url": "https://acme.awsapps.com/start",
        "sso_region": "eu-west-1",
        "sso_registration_scopes": "sso:account:access,x:y",
    }
    assert wanted_sessions([SESSION])["acme"].settings["sso_registration_scopes"] == "sso:account:access"


@pytest.mark.parametrize(
    ("account_name", "name"),
    [
        ("Acme Prod (EU)", "Acme-Prod-EU"),
        ("a\ncredential_process = /bin/sh", "a-credential_process-=-/bin/sh"),
        ("]\n[default", "default-x"),
        ("'\"\\", None),
        ("50% off = #1", "50%-off-=-1"),
        ("\U0001f680 rocket", "rocket"),
        ("\U0001f680", None),
        ("\u672c\u756a\u74b0\u5883", "\u672c\u756a\u74b0\u5883"),
        ("x" * 200, "x" * 200),
        ("--prod", "prod"),
        ("prod-", "prod-"),
        ("-", None),
        ("\u202eevil\u2028\x85\x00", "evil"),
        ("", None),
    ],
)
def test_account_names_are_made_safe_or_refused(account_name: str, name: t.Optional[str]) -> None:
    entries = [access(account_name=account_name)]
    template = "{account_name}-x" if name == "default-x" else "{account_name}"
    if name is None:
        with pytest.raises(InputError, match=r"role 'ReadOnly' in account 111122223333 of session 'acme': "):
            names(entries, profile_name=template)
    else:
        assert names(entries, profile_name=template) == [name]


def test_account_without_a_name_is_refused_where_its_name_is_needed() -> None:
    with pytest.raises(InputError, match="its account_name '' leaves nothing for the profile name"):
        names([access(account_name=None)], profile_name="{account_name}")
    assert names([access(account_name=None)]) == ["ReadOnly-111122223333"]


@pytest.mark.parametrize(
    "role", ["a\nb", "a\rb", "a # b", "#a", " a", "a ", "a\x00", "a\u2028b", "a\ud800", ""]
)
def test_role_names_that_would_not_be_read_back_are_refused(role: str) -> None:
    with pytest.raises(InputError, match="role_name"):
        names([access(role_name=role)])


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
def test_names_of_your_choice_are_refused_rather_than_changed(name: str) -> None:
    with pytest.raises(InputError, match=r"cannot be the name of a profile|name must be a string"):
        wanted_profiles([dict(PROFILE, name=name)], [], Naming())
    with pytest.raises(InputError, match=r"cannot be the name of a sso-session|name must be a string"):
        wanted_sessions([dict(SESSION, name=name)])


def test_two_profiles_with_one_name_are_named_both() -> None:
    twins = [access(account_name="A/B"), access(account_name="A/B", account_id="444455556666")]
    with pytest.raises(InputError) as caught:
        names(twins, profile_name="{account_name}")
    for part in (
        "'A/B' is wanted twice with different sso_account_id",
        "account 111122223333",
        "account 444455556666",
    ):
        assert part in str(caught.value)
    explicit = dict(PROFILE, name="ReadOnly-111122223333", region="eu-west-1", options={"s3": {"a": "b"}})
    with pytest.raises(InputError, match="wanted twice with different region, s3: by role 'ReadOnly'"):
        wanted_profiles([explicit], [ACCESS], Naming())


def test_the_same_profile_twice_is_one() -> None:
    assert names([ACCESS, dict(ACCESS)]) == ["ReadOnly-111122223333"]


def test_a_number_of_12_digits_is_an_account_id() -> None:
    entry = {"session": "corp", "account_id": 111122223333, "role_name": "Admin"}
    naming = Naming(overrides=[{"accounts": ["1111*"], "region": "us-east-1"}])
    section = wanted_profiles([{**entry, "name": "x"}], [], Naming())["x"]
    assert section.settings["sso_account_id"] == "111122223333"
    section = wanted_profiles([], [entry], naming)["Admin-111122223333"]
    assert section.settings["sso_account_id"] == "111122223333" and section.settings["region"] == "us-east-1"


@pytest.mark.parametrize(
    ("account_id", "reason"),
    [
        (
            11122223333,
            "account_id 11122223333 is a number; quote it in YAML, as a number loses leading zeros",
        ),
        (1402433619, "is a number; quote it"),  # YAML's octal 012345670123
        (-11122223333, "is a number; quote it"),
        (True, "is a number; quote it"),
        ("11122223333", "is not a string of 12 digits; it has 11: were its leading zeros lost?"),
        ("1111-2222-3333", "is not a string of 12 digits"),
        ("\u0661" * 12, "is not a string of 12 digits"),
        ("111122223333\n", "is not a string of 12 digits"),
        (None, "account_id must be a string that is not empty, not None"),
    ],
)
def test_account_ids_are_strings_of_twelve_digits(account_id: t.Any, reason: str) -> None:
    for profiles, entries in (
        ([dict(PROFILE, account_id=account_id)], []),
        ([], [access(account_id=account_id)]),
    ):
        with pytest.raises(InputError) as caught:
            wanted_profiles(profiles, entries, Naming())
        assert reason in str(caught.value)


@pytest.mark.parametrize("field", ["session", "role_name"])
def test_incomplete_access_is_refused(field: str) -> None:
    with pytest.raises(InputError, match=f"access: {field} must be a string"):
        names([access(**{field: None})])


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
def test_values_of_sessions_are_checked(field: str, value: t.Any) -> None:
    with pytest.raises(InputError, match="session 'acme': "):
        wanted_sessions([dict(SESSION, **{field: value})])


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
def test_options_become_text(options: t.Dict[str, t.Any], settings: t.Dict[str, t.Any]) -> None:
    written = wanted_profiles([dict(PROFILE, options=options)], [], Naming())["p"].settings
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
def test_options_that_would_change_other_lines_are_refused(options: t.Dict[str, t.Any]) -> None:
    with pytest.raises(InputError, match="profile 'p'"):
        wanted_profiles([dict(PROFILE, options=options)], [], Naming())


@pytest.mark.parametrize(
    "template", ["{role}", "{0}", "{role_name", "{role_name!r}", "{role_name:>5}", "{role_name.x}", "{}"]
)
def test_profile_name_knows_plain_fields_only(template: str) -> None:
    with pytest.raises(InputError, match="profile_name"):
        names([ACCESS], profile_name=template)


def test_profile_name_may_hold_braces_and_all_fields() -> None:
    template = "{{{session}}}/{account_name}/{email}/{account_id}/{role_name}"
    assert names([ACCESS], profile_name=template) == [
        "{acme}/Acme-Prod/prod@acme.example/111122223333/ReadOnly"
    ]


def test_overrides_match_account_and_role_and_the_later_wins() -> None:
    entries = [
        ACCESS,
        access(role_name="Admin"),
        access(account_id="444455556666", account_name="Acme Dev", role_name="Admin"),
    ]
    naming = Naming(
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
    profiles = wanted_profiles([], entries, naming)
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
def test_patterns_select_what_becomes_a_profile(
    patterns: t.Dict[str, t.List[str]], selected: t.Union[int, t.List[str]]
) -> None:
    found = names(SEVERAL, **patterns)
    assert (len(found) if isinstance(selected, int) else found) == selected


def test_what_is_excluded_needs_no_name_of_its_own() -> None:
    twins = [access(), access(account_id="222233334444", account_name="twin")]
    assert names(twins, profile_name="{role_name}", exclude_accounts=["twin"]) == ["ReadOnly"]
