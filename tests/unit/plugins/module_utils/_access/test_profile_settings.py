# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Region, output and options of generated profiles, with fields of the account and role."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.desired import (
    AccessOptions,
    desired_profiles,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import (
    AwsConfig,
    Document,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.planner import plan_changes
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.update import (
    request_from_options,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.validation import InputError
from support.aws_config_file import ACCESS, DEFAULTS, SESSION, access, profile_entry


def generated(entry: t.Mapping[str, t.Any], **options: t.Any) -> t.Dict[str, t.Any]:
    """The keys of the profile that *entry* becomes, other than those of SSO."""
    (profile,) = [*desired_profiles([], [entry], AccessOptions(**options)).values()]
    return {key: value for key, value in profile.settings.items() if not key.startswith("sso_")}


def test_values_contain_the_fields_of_the_account_and_role() -> None:
    entry = access(account_name="eu-north-1")
    found = generated(
        entry,
        region="{account_name}",
        output="{role_name:lower|replace('readonly', 'json')}",
        options={
            "account": "{account_name:upper} ({account_id}, {email})",
            "s3": {"bucket": "{session}-{account_alias}"},
            "cli_pager": "",
            "max_attempts": 3,
        },
        account_aliases={"111122223333": "root"},
    )
    assert found == {
        "region": "eu-north-1",
        "output": "json",
        "account": "EU-NORTH-1 (111122223333, prod@acme.example)",
        "s3": {"bucket": "acme-root"},
        "cli_pager": "",
        "max_attempts": "3",
    }


def test_overrides_contain_fields_and_replace_key_by_key() -> None:
    found = generated(
        ACCESS,
        region="eu-west-1",
        options={"name": "{account_name}", "kept": "{email}"},
        overrides=[{"roles": ["Read*"], "region": "us-{account_name:replace('Acme Prod', 'east-1')}"},
                   {"options": {"name": "{account_id}"}}],
    )  # fmt: skip
    assert found == {"region": "us-east-1", "name": "111122223333", "kept": "prod@acme.example"}


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{",
        "}",
        "{{}}",
        "${HOME}/x",
        "${account_name}",
        '{"a": {"b": 1}}',
        "{HOME}",
        "{xyz}",
        "less -P'{x}'",
        "{account name}",
        "{0}",
        "%{account_name",
    ],
)
def test_braces_without_a_field_stay(text: str) -> None:
    assert generated(ACCESS, options={"x": text}) == {"x": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{account_name}}", "{account_name}"),
        ("{{account_name:lower}} {role_name}", "{account_name:lower} ReadOnly"),
        ('{"name": "{account_name}"}', '{"name": "Acme Prod"}'),
        ('{"name":{"id": {account_id}}}', '{"name":{"id": 111122223333}}'),
        ("{account_name:replace('}', '{')}", "Acme Prod"),
        ("{account_name}{x}", "Acme Prod{x}"),
    ],
)
def test_other_braces_beside_a_field_stay(text: str, value: str) -> None:
    assert generated(ACCESS, options={"x": text}) == {"x": value}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"options": {"x": "{acount_name}"}}, "options.x '{acount_name}' uses {acount_name}."),
        ({"options": {"s3": {"x": "{account_name!r}"}}}, "options.s3.x '{account_name!r}' has the conv"),
        ({"region": "{account_name:low}"}, "region '{account_name:low}' has 'low' in"),
        ({"overrides": [{"output": "{role}"}]}, "An entry of overrides: output '{role}' uses {role}."),
        ({"options": {"x": "{account_name|lower}"}}, "Write the transforms of a field after a colon"),
        ({"region": "{account_name}"}, "Role 'ReadOnly' in account 111122223333 of session 'acme': region"
         " must be a region such as eu-west-1, not 'Acme Prod'."),
        ({"overrides": [{"output": "{organizational_unit}"}]}, "output '{organizational_unit}' is empty"),
        ({"options": {"sso_session": "{session}"}}, "options must not set sso_session"),
        ({"options": {"x": "# {session}"}}, "'# {session}' cannot be the value of x"),
    ],
)  # fmt: skip
def test_an_error_names_the_value_and_the_profile(options: t.Dict[str, t.Any], reason: str) -> None:
    with pytest.raises(InputError) as caught:
        generated(ACCESS, **options)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("account_name", "value"),
    [
        ("Dev # 2", "Dev - 2"),
        ("#1; x", "-1; x"),
        (" x ", "x"),
        ("a\n[profile x]\ncredential_process = y", "a-[profile x]-credential_process = y"),
        ("\x00\u2028", "-"),
        ("", ""),
        (None, ""),
    ],
)
def test_what_a_value_cannot_contain_is_replaced(account_name: t.Optional[str], value: str) -> None:
    assert generated(access(account_name=account_name), options={"x": "{account_name}"}) == {"x": value}


TEMPLATES = ["{account_name}", "a {account_name}", "{account_name} {email} b", "{email}"]


@given(st.text(), st.sampled_from(TEMPLATES))
def test_no_name_of_an_account_adds_a_key_or_a_section(account_name: str, text: str) -> None:
    entry = access(account_name=account_name, email=account_name)
    wanted = {"x": text, "s3": {"y": text, "z": "1"}}
    request = request_from_options({**DEFAULTS, "sessions": [SESSION], "access": [entry], "options": wanted})
    foreign = b"[profile x]\nregion = eu-west-1\n"
    data = plan_changes(Document("config", foreign), request, Document("credentials", b"")).data
    assert data is not None and data.startswith(foreign)
    document = Document("config", data)
    profiles = AwsConfig(document).profiles
    assert [*profiles] == ["x", "ReadOnly-111122223333"]
    profile = profiles["ReadOnly-111122223333"]
    assert [*profile] == ["sso_session", "sso_account_id", "sso_role_name", "x", "s3"]
    assert profile["x"] == profile["s3"]["y"] and profile["s3"]["z"] == "1"
    assert plan_changes(document, request, Document("credentials", b"")).data is None


def test_named_profiles_keep_values_with_braces() -> None:
    entry = profile_entry(options={"x": "{account_name}"})
    assert desired_profiles([entry], [], AccessOptions())["p"].settings["x"] == "{account_name}"


def test_values_contain_tags() -> None:
    entry = access(tags={"cost center": "4711", "region": "eu-north-1", "aws:x": "#a\nb"})
    assert generated(
        entry,
        region="{tags[region]}",
        options={
            "a": "{tags[cost center]}/{tags[none]}",
            "b": "{tags[aws:x]:upper}",
            "c": "{{tags[region]}}",
        },
    ) == {"region": "eu-north-1", "a": "4711/", "b": "-A-B", "c": "{tags[region]}"}


@pytest.mark.parametrize("text", ["{tag}", "{list[0]}", "${tags[x]}", "{tags[x}", "{labels[x]}"])
def test_braces_without_a_tag_stay(text: str) -> None:
    assert generated(ACCESS, options={"x": text}) == {"x": text}


@pytest.mark.parametrize("text", ["{tags}", "{tags.x}", "{tag[x]}", "{tags[]}"])
def test_what_looks_like_a_tag_is_an_error(text: str) -> None:
    with pytest.raises(InputError, match=r"The supported fields are .*{tags\[NAME\]}"):
        generated(ACCESS, options={"x": text})


@given(st.text(alphabet="abc :./=+-@_", min_size=1), st.text(alphabet="abc-", min_size=1))
def test_any_name_that_aws_allows_is_that_of_a_tag(name: str, value: str) -> None:
    assert generated(access(tags={name: value}), options={"x": f"{{tags[{name}]}}"}) == {"x": value}
