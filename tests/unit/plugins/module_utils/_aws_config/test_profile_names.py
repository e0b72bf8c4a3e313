# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of generated profiles: templates and unsafe characters."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.profile_names import (
    NameTemplate,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.validation import InputError
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
    ],
)
def test_a_generated_name_never_is_default(template: str, fields: t.Dict[str, str]) -> None:
    entry = {"account_id": "111122223333", "role_name": "Admin", "session": "corp", **fields}
    with pytest.raises(InputError, match="results in the reserved name 'default'"):
        NameTemplate(template).render(entry)


def test_a_name_without_fields_may_be_default() -> None:
    assert NameTemplate("default", "overrides[].name").render({}) == "default"
