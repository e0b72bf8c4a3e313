# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of generated profiles: templates and unsafe characters."""

from __future__ import annotations

import re
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.profile_names import (
    NameTemplate,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.validation import (
    InputError,
    checked_name,
)
from support.aws_config_file import ACCESS, access, profile_names


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
def test_unsafe_characters_of_account_names_are_replaced_or_rejected(
    account_name: str, name: t.Optional[str]
) -> None:
    entries = [access(account_name=account_name)]
    template = "{account_name}-x" if name == "default-x" else "{account_name}"
    if name is None:
        with pytest.raises(InputError, match=r"Role 'ReadOnly' in account 111122223333 of session 'acme': "):
            profile_names(entries, profile_name=template)
    else:
        assert profile_names(entries, profile_name=template) == [name]


def test_account_without_a_name_is_rejected_if_the_template_uses_its_name() -> None:
    with pytest.raises(
        InputError, match="account_name '' has no character that can be used in the profile name"
    ):
        profile_names([access(account_name=None)], profile_name="{account_name}")
    assert profile_names([access(account_name=None)]) == ["ReadOnly-111122223333"]


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{account_name:lower}-{role_name}", "acme-prod-ReadOnly"),
        ("{account_name:upper}", "ACME-PROD"),
        ("{account_name:lower()}", "acme-prod"),
        ("{account_name:replace(' ', '_')}", "Acme_Prod"),
        ('{account_name:replace(" ", "")}', "AcmeProd"),
        ("{account_name:removeprefix('Acme ')|lower}", "prod"),
        ("{account_name: lower | removeprefix( 'acme ' ) }", "prod"),
        ("{account_name:removeprefix('acme ')}", "Acme-Prod"),
        ("{account_name:removeprefix('x', 'Acme')}", "Prod"),
        ("{role_name:removesuffix('Only', 'x')}", "Read"),
        ("{role_name:replace('ReadOnly', 'ro')}@{account_name:replace('|', '')|lower}", "ro@acme-prod"),
        ("{account_name:replace('Prod', '[x]')}", "Acme-x"),
        ("{account_name:}", "Acme-Prod"),
        ("{account_alias:lower}", "acme-prod"),
        ("{organizational_unit}", "Workloads/Prod"),
        ("{tags[environment]}-{role_name}", "prod-ReadOnly"),
        ("{tags[cost center]:lower}", "cc-4711"),
        ("{tags[aws:owner]:removesuffix('@acme.example')|upper}", "JANE"),
    ],
)
def test_transforms_change_a_field_from_left_to_right(template: str, name: str) -> None:
    tags = {"environment": "prod", "cost center": "CC 4711", "aws:owner": "jane@acme.example"}
    entry = access(organizational_unit="Workloads/Prod", tags=tags)
    assert profile_names([entry], profile_name=template) == [name]


@pytest.mark.parametrize(
    ("template", "scheme"),
    [
        ("{role_name}-{account_id}", "ReadOnly-111122223333"),
        ("{account_name}.{role_name}", "Acme-Prod.ReadOnly"),
        ("{account_name}/{role_name}", "Acme-Prod/ReadOnly"),
        ("{account_id}:{role_name}", "111122223333:ReadOnly"),
        ("{account_id}_{role_name}", "111122223333_ReadOnly"),
    ],
)
def test_the_documented_schemes(template: str, scheme: str) -> None:
    assert profile_names([ACCESS], profile_name=template) == [scheme]


def test_an_alias_stands_for_the_name_of_its_account() -> None:
    entries = [ACCESS, access(account_id="012345678901"), access(account_id="444455556666")]
    aliases = {"111122223333": "root", "012345678901": "Log Archive", 999900001111: "unused"}
    assert profile_names(entries, profile_name="{account_alias:lower}", account_aliases=aliases) == [
        "root", "log-archive", "acme-prod",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("aliases", "reason"),
    [
        ({1402433619: "octal"}, "An entry of account_aliases: account_id 1402433619 is a number. Quote it"),
        ({"11112222333": "short"}, "An entry of account_aliases: account_id must be a string of 12 digits"),
        ({"111122223333": ""}, "Account 111122223333 in account_aliases: alias must be a non-empty string"),
        ({"111122223333": None}, "Account 111122223333 in account_aliases: alias must be a non-empty string"),
        ({"111122223333": ["a"]}, "Account 111122223333 in account_aliases: alias must be"),
    ],
)
def test_an_alias_that_applies_to_no_account_is_an_error(aliases: t.Dict[t.Any, t.Any], reason: str) -> None:
    with pytest.raises(InputError) as caught:
        profile_names([ACCESS], account_aliases=aliases)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{acount_name}", "uses {acount_name}. The supported fields are {account_id}, {account_name}, "),
        ("{acount_name}", "Did you mean account_name"),
        ("{ account_name }", "Did you mean account_name"),
        ("{account_name|lower}", "Write the transforms of a field after a colon: {account_name:lower}"),
        ("{account_name!l}", "has the conversion !l in {account_name!l}. A field has no conversions"),
        ("{account_name!r:lower}", "such as {account_name:lower}"),
        ("{account_name:.5}", "has '.5' in {account_name:.5}, which is not a transform. The transforms are"),
        ("{account_name:Lower}", "Did you mean lower"),
        ("{account_name:lower:upper}", "has 'lower:upper' in {account_name:lower:upper}, which is not"),
        ("{account_name:lower|}", None),
        ("{account_name:|lower}", "which is not a transform"),
        ("{account_name:replace(a, b)}", "has 'replace(a, b)' in"),
        ("{account_name:replace('a')}", "The transforms are lower, upper, removeprefix('TEXT')"),
        ("{account_name:replace('', '-')}", "has \"replace('', '-')\" in"),
        ("{account_name:lower('x')}", "has \"lower('x')\" in"),
        ("{account_name:removeprefix}", "has 'removeprefix' in"),
        ("{account_name:removeprefix('a}", "has"),
        ("{account_name", "is not a valid format string: "),
        ("{account_name}}", "Write the characters { and } as {{ and }}."),
    ],
)
def test_an_error_names_the_part_of_the_template_that_is_wrong(
    template: str, reason: t.Optional[str]
) -> None:
    if reason is None:
        NameTemplate(template)
        return
    with pytest.raises(InputError) as caught:
        NameTemplate(template)
    assert reason in str(caught.value) and repr(template) in str(caught.value)


@given(st.text(), st.text(alphabet="{}:|!'\"(), lowerreplaceremoveprefixaccount_name"))
def test_any_template_is_a_valid_name_or_an_error_without_a_contradiction(
    account_name: str, template: str
) -> None:
    try:
        name = NameTemplate(template).render(access(account_name=account_name))
    except InputError as error:
        used = re.search(r" uses \{(.*?)\}\. The supported fields are (.*)", str(error), re.DOTALL)
        assert used is None or f"{{{used[1]}}}" not in used[2].split(". ")[0].split(", ")
    else:
        assert checked_name("profile", name) == name


@given(st.text())
def test_a_transformed_name_of_an_account_never_changes_the_rest_of_a_name(account_name: str) -> None:
    template = "a {account_name:lower|replace('x', '\"[]#')|upper} z"
    try:
        name = NameTemplate(template).render(access(account_name=account_name))
    except InputError as error:
        assert "has no character that can be used" in str(error)
    else:
        assert re.fullmatch(r"a [\w.@+%:/=,-]+ z", name)


def test_what_the_transforms_leave_is_in_the_error() -> None:
    with pytest.raises(
        InputError, match="account_name 'Acme Prod', which its transforms make '', has no character"
    ):
        profile_names([ACCESS], profile_name="{account_name:removeprefix('Acme Prod')}")


@pytest.mark.parametrize(
    "template", ["{role}", "{0}", "{role_name", "{role_name!r}", "{role_name:>5}", "{role_name.x}", "{}"]
)
def test_template_with_anything_but_plain_fields_is_rejected(template: str) -> None:
    with pytest.raises(InputError, match="profile_name"):
        profile_names([ACCESS], profile_name=template)


def test_template_can_contain_all_fields_and_escaped_braces() -> None:
    template = "{{{session}}}/{account_name}/{email}/{account_id}/{role_name}"
    assert profile_names([ACCESS], profile_name=template) == [
        "{acme}/Acme-Prod/prod@acme.example/111122223333/ReadOnly"
    ]


@pytest.mark.parametrize(
    ("template", "fields"),
    [
        ("{account_name}", {"account_name": "default"}),
        ("{account_name}", {"account_name": " default\t"}),
        ("{account_name}", {"account_name": "[default]"}),
        ("-{account_name}", {"account_name": "default"}),
        ("{account_name}{session}", {"account_name": "def", "session": "ault"}),
        ("de{account_name}", {"account_name": "fault"}),
        ("{role_name}", {"role_name": "default"}),
        ("{account_name:lower}", {"account_name": "DEFAULT"}),
        ("{account_alias:removeprefix('x')}", {"account_alias": "xdefault"}),
    ],
)
def test_a_generated_name_never_is_default(template: str, fields: t.Dict[str, str]) -> None:
    entry = {"account_id": "111122223333", "role_name": "Admin", "session": "corp", **fields}
    with pytest.raises(InputError, match="results in the reserved name 'default'"):
        NameTemplate(template).render(entry)


def test_a_name_without_fields_may_be_default() -> None:
    assert NameTemplate("default", "overrides[].name").render({}) == "default"


@pytest.mark.parametrize(
    "tags", [None, {}, {"Environment": "prod"}, {"environment": ""}, {"environment": None}]
)
def test_a_tag_that_an_account_does_not_have_is_an_error(tags: t.Any) -> None:
    with pytest.raises(
        InputError, match=r"has no tag 'environment', or an empty one.*organization of the lookup"
    ):
        profile_names([access(tags=tags)], profile_name="{tags[environment]}")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{tags}", "uses {tags}. The supported fields are .*{tags\\[NAME\\]}.* Write {tags\\[NAME\\]}"),
        ("{tags.environment}", "Write {tags\\[environment\\]}"),
        ("{tags[]}", "uses {tags\\[\\]}"),
        ("{tags[a]b}", "uses {tags\\[a\\]b}"),
        ("{tag[a]}", "Did you mean tags"),
        ("{tags[a]!r}", "has the conversion !r in {tags\\[a\\]!r}"),
        ("{tags[a]:nope}", "has 'nope' in {tags\\[a\\]:nope}, which is not a transform"),
    ],
)
def test_a_field_that_is_no_tag_is_an_error(template: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        profile_names([ACCESS], profile_name=template)
