# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about values with quotes, comments and the like."""

from __future__ import annotations

import json

import pytest

from support.scratch_workstation import SESSION, ScratchWorkstation

LEGACY = """\
[profile a]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = ReadOnly
"""


def with_value(key: str, value: str) -> str:
    lines = [f"{key} = {value}" if line.startswith(key) else line for line in LEGACY.splitlines()]
    return "\n".join([*lines, "" if f"\n{key} =" in LEGACY else f"{key} = {value}\n"])


@pytest.mark.parametrize(
    ("key", "value", "intended"),
    [
        ("sso_account_id", "111122223333 # prod", "111122223333"),
        ("sso_account_id", "111122223333 ; prod", "111122223333"),
        ("sso_account_id", '"111122223333"', "111122223333"),
        ("sso_account_id", "'111122223333' # prod", "111122223333"),
        ("sso_account_id", "1111-2222-3333", "111122223333"),
        ("sso_role_name", '"ReadOnly"', "ReadOnly"),
        ("sso_role_name", "ReadOnly # mine", "ReadOnly"),
        ("sso_region", "eu-west-1 # Ireland", "eu-west-1"),
        ("sso_region", "'eu-west-1'", "eu-west-1"),
        ("sso_start_url", "`https://acme.awsapps.com/start`", "https://acme.awsapps.com/start"),
        ("sso_start_url", "<https://acme.awsapps.com/start>", "https://acme.awsapps.com/start"),
        ("sso_start_url", '"https://acme.awsapps.com/start"', "https://acme.awsapps.com/start"),
        ("sso_start_url", "https://acme.awsapps.com/start\u200b", "https://acme.awsapps.com/start"),
        ("sso_start_url", "https://acme.awsapps.com/start  # ours", "https://acme.awsapps.com/start"),
        ("region", "eu-west-1 # home", "eu-west-1"),
        ("output", "'json'", "json"),
        ("cli_pager", "''", ""),
    ],
)
def test_what_the_value_is_meant_to_be_is_the_fix(
    host: ScratchWorkstation, key: str, value: str, intended: str
) -> None:
    host.write_config(SESSION + with_value(key, value))
    finding = host.findings()["profile-invalid-value"]
    assert finding.fix.endswith(f", change it to {key} = {intended}".rstrip())
    assert finding.severity == ("warning" if key in ("output", "cli_pager") else "error")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sso_account_id", ""),
        ("sso_account_id", "1111"),
        ("sso_account_id", "\uff11" * 12),
        ("sso_role_name", ""),
        ("sso_role_name", "Read Only"),
        ("sso_region", "Ireland"),
        ("sso_start_url", "acme.awsapps.com/start"),
        ("sso_start_url", "https://eu-west-1.console.aws.amazon.com/"),
        ("region", "Europe (Ireland)"),
        ("output", "xml"),
    ],
)
def test_another_value_is_to_be_corrected(host: ScratchWorkstation, key: str, value: str) -> None:
    host.write_config(SESSION + with_value(key, value))
    finding = host.findings()["profile-invalid-value"]
    assert f", correct {key}" in finding.fix or f", correct or delete {key}" in finding.fix
    assert not value or value not in json.dumps(finding, ensure_ascii=False)  # it may be a secret


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("region", ""),
        ("region", "eu-isoe-west-1"),
        ("output", "yaml-stream"),
        ("output", ""),
        ("cli_pager", ""),
        ("cli_pager", "less '-R'"),
        ("sso_role_name", "A+=,.@-_1"),
        ("sso_start_url", "https://acme.awsapps.com/start/#/"),
        ("sso_start_url", "https://ssoins-1.portal.eu-west-1.app.aws"),
        ("sso_region", "us-gov-west-1"),
    ],
)
def test_a_value_that_works_is_not_a_finding(host: ScratchWorkstation, key: str, value: str) -> None:
    host.write_config(SESSION + with_value(key, value))
    assert "profile-invalid-value" not in host.findings()


def test_many_profiles_with_the_same_fault_are_one_finding(host: ScratchWorkstation) -> None:
    text = "".join(f"[profile p{number}]\nregion = 'eu-west-1'\n" for number in range(100))
    host.write_config(SESSION + text)
    finding = host.findings()["profile-invalid-value"]
    assert finding.subject == "profile p0, p1, p2, p3, p4 and 95 more"
    assert finding.fix.endswith(", change it to region = eu-west-1, and likewise for the other profiles")
