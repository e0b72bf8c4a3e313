# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about keys that do not belong together, or are missing."""

from __future__ import annotations

import re

import pytest

from support.scratch_workstation import PROFILE, SESSION, ScratchWorkstation

ACCOUNT = "sso_account_id = 111122223333\n"
ROLE = "sso_role_name = ReadOnly\n"


@pytest.mark.parametrize(
    ("text", "what", "task"),
    [
        (ACCOUNT, "The profile has no sso_role_name.", "add sso_role_name = ROLE_NAME"),
        (ROLE, "The profile has no sso_account_id.", "add sso_account_id = ACCOUNT_ID"),
        (ACCOUNT + ROLE, "The profile has no sso_session.", "add sso_session = corp"),
        (ACCOUNT + ROLE + "sso_region = eu-west-1\n",
         "The profile has no sso_start_url.", "add sso_start_url = START_URL"),
        (ACCOUNT + ROLE + "sso_start_url = https://acme.awsapps.com/start\n",
         "The profile has no sso_region.", "add sso_region = REGION"),
        ("aws_access_key_id = AKIA\n", "It has no aws_secret_access_key.", "add aws_secret_access_key = KEY"),
        ("aws_secret_access_key = hush\n", "It has no aws_access_key_id.", "add aws_access_key_id = KEY"),
        ("web_identity_token_file = /t\n",
         "web_identity_token_file takes precedence over IAM Identity Center, but requires role_arn.",
         "add role_arn = ROLE_ARN"),
        ("role_arn =\nweb_identity_token_file = /t\n",
         "web_identity_token_file takes precedence over IAM Identity Center, but requires role_arn.",
         "change it to role_arn = ROLE_ARN"),
    ],
)  # fmt: skip
def test_a_key_without_which_a_profile_does_not_work(
    host: ScratchWorkstation, text: str, what: str, task: str
) -> None:
    host.write_config(f"{SESSION}[profile a]\n{text}")
    finding = host.findings()["profile-incomplete"]
    assert (finding.severity, finding.what) == ("error", what)
    assert finding.fix.endswith(f", {task}") and re.search("line [56] of ", finding.fix)


def test_several_sessions_to_choose_from(host: ScratchWorkstation) -> None:
    host.write_config(f"{SESSION}{SESSION.replace('corp', 'b')}[profile a]\n{ACCOUNT}{ROLE}")
    assert host.findings()["profile-incomplete"].fix.endswith(", add sso_session = SESSION")


@pytest.mark.parametrize(
    "text",
    [
        "region = eu-west-1\n",
        "sso_session = corp\n",
        PROFILE,
        "credential_process = x\n",
        "credential_process = x\naws_secret_access_key = left over\n",
        "login_session = arn:aws:iam::111122223333:user/a\n",
        "aws_access_key_id = AKIA\naws_secret_access_key = hush\n",
        "web_identity_token_file = /t\nrole_arn = x\n",
    ],
)
def test_a_complete_profile_is_not_a_finding(host: ScratchWorkstation, text: str) -> None:
    host.write_config(f"{SESSION}[profile a]\n{text}")
    assert host.findings() == {}


def test_a_secret_in_the_credentials_file_does_not_hide_that_the_configuration_file_lacks_one(
    host: ScratchWorkstation,
) -> None:
    path = host.write_config(f"{SESSION}[profile a]\naws_access_key_id = AKIA\n")
    host.write_credentials("[a]\naws_secret_access_key = hush\n")
    fix = host.findings()["profile-incomplete"].fix
    assert fix == f"in line 6 of {path}, add aws_secret_access_key = KEY"


def test_both_parts_of_access_keys_are_in_the_same_file(host: ScratchWorkstation) -> None:
    host.write_config(f"{SESSION}[profile a]\naws_secret_access_key = hush\n")
    path = host.write_credentials("[a]\naws_access_key_id = AKIA\n")
    fix = host.findings()["profile-incomplete"].fix
    assert fix == f"in line 2 of {path}, add aws_secret_access_key = KEY"


@pytest.mark.parametrize(
    ("key", "severity"),
    [("credential_process", "info"), ("login_session", "warning"), ("aws_access_key_id", "warning")],
)
def test_other_credentials_beside_a_sign_in_are_reported(
    host: ScratchWorkstation, key: str, severity: str
) -> None:
    """Generators write credential_process into every profile, for SDKs that cannot sign in."""
    host.write_config(f"{SESSION}[profile a]\n{PROFILE}{key} = hush\n")
    (finding,) = host.findings().values()
    assert (finding.id, finding.severity) == ("profile-mixed-credentials", severity)
    assert finding.fix.endswith(f"/config, delete {key}") and "line 9 of " in finding.fix
