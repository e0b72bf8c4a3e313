# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about misspelled keys."""

from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor._configuration.keys import (
    PROFILE_KEYS,
    S3_KEYS,
    intended_key,
)
from support.scratch_workstation import SESSION, ScratchWorkstation


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("ouptut", "output"),
        ("reigon", "region"),
        ("regions", "region"),
        ("regin", "region"),
        ("regiom", "region"),
        ("sso-session", "sso_session"),
        ("sso.session", "sso_session"),
        ("sso_account", "sso_account_id"),
        ("sso_accountid", "sso_account_id"),
        ("sso_role", "sso_role_name"),
        ("sso-role-name", "sso_role_name"),
        ("sso_url", "sso_start_url"),
        ("sso_registration_scope", "sso_registration_scopes"),
        ("source-profile", "source_profile"),
        ("aws_secret_key", "aws_secret_access_key"),
    ],
)
def test_a_misspelled_key_is_recognized(key: str, meant: str) -> None:
    assert intended_key(key) == meant


@pytest.mark.parametrize(
    "key",
    [
        *sorted(PROFILE_KEYS | S3_KEYS),
        "granted_sso_start_url",
        "granted_sso_region",
        "granted_sso_account_id",
        "sso_account_name",
        "sso_auto_populated",
        "azure_tenant_id",
        "account_id",
        "role_name",
        "services",
        "endpoint_url",
        "retry_mode",
        "x_principal_arn",
        "color",
        "toolkit_artifact_guid",
        "aws_account_id",
        "aws_security_token",
        "sigv4a_signing_region_set",
        "s3",
        "",
    ],
)
def test_keys_of_aws_and_of_other_programs_are_not_misspelled(key: str) -> None:
    assert intended_key(key) is None


def test_a_misspelled_key_beside_the_right_one_is_deleted(host: ScratchWorkstation) -> None:
    path = host.write_config(SESSION + "[profile a]\nsso-session = corp\nsso_session = corp\n")
    (finding,) = host.findings().values()
    assert (finding.id, finding.severity) == ("config-key-misspelled", "warning")
    assert finding.fix == f"in line 6 of {path}, delete sso-session"


@pytest.mark.parametrize(("key", "severity"), [("ouptut", "warning"), ("sso-session", "error")])
def test_a_key_without_which_no_sign_in_works_is_an_error(
    host: ScratchWorkstation, key: str, severity: str
) -> None:
    host.write_config(f"{SESSION}[profile a]\n{key} = json\n")
    (finding,) = host.findings().values()
    assert finding.severity == severity and finding.fix.partition("rename the key to ")[2]
