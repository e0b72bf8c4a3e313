# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credential type of docs/awx.md, by the rules of AWX."""

from __future__ import annotations

import pathlib
import stat

import pytest

from end_to_end import readme
from support.awx import HIDDEN, CredentialType

GUIDE = pathlib.Path(__file__).resolve().parents[3] / "docs" / "awx.md"
INPUTS = readme.block("Credential type", "yaml", "fields:", GUIDE).text
INJECTORS = readme.block("Credential type", "yaml", "env:", GUIDE).text
VALUES = {
    "session": "acme",
    "start_url": "https://acme.awsapps.com/start",
    "sso_region": "eu-west-1",
    "token": '{"accessToken": "a secret"}',
}


def test_awx_accepts_the_credential_type() -> None:
    assert CredentialType(INPUTS, INJECTORS).problems() == []


@pytest.mark.parametrize(
    ("inputs", "injectors", "problem"),
    [
        ("fields: [{id: a, label: A, type: int}]", "{}", "has the type int"),
        (
            "fields: [{id: a, label: A, type: boolean, secret: true}]",
            "{}",
            "is a boolean, which has no secret",
        ),
        ("fields: [{id: a}]", "{}", "requires id and label"),
        ("fields: []\nrequired: [a]", "{}", "a is required, but no field"),
        ("fields: []", "env: {ANSIBLE_CONFIG: a}", "the environment variable ANSIBLE_CONFIG is not allowed"),
        ("fields: []", "env: {A: '{{ b }}'}", "A: 'b' is undefined"),
        ("fields: []", "env: {A: '{{ tower.filename.b }}'}", "has no attribute 'b'"),
        ("fields: []", "file: {template: a, template.b: b}", "several files require names"),
        ("fields: []", "extra_var: {}", "extra_var is not allowed in the injector configuration"),
    ],
)
def test_what_awx_refuses_is_found(inputs: str, injectors: str, problem: str) -> None:
    (found,) = CredentialType(inputs, injectors).problems()
    assert problem in found


def test_secrets_are_in_private_files_and_not_in_what_awx_records(tmp_path: pathlib.Path) -> None:
    (tmp_path / "env").mkdir()
    injected = CredentialType(INPUTS, INJECTORS).inject(VALUES, tmp_path)
    assert "a secret" not in str(injected)
    files = list((tmp_path / "env").iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert sum("a secret" in path.read_text() for path in files) == 1
    assert HIDDEN not in str(injected.shown)  # no variable has a secret as its value


def test_optional_fields_may_be_empty(tmp_path: pathlib.Path) -> None:
    (tmp_path / "env").mkdir()
    injected = CredentialType(INPUTS, INJECTORS).inject({**VALUES, "token": ""}, tmp_path)
    config = pathlib.Path(injected.environment["AWS_CONFIG_FILE"]).read_text()
    assert config.strip().splitlines() == [
        "[sso-session acme]",
        "sso_start_url = https://acme.awsapps.com/start",
        "sso_region = eu-west-1",
        "sso_registration_scopes = sso:account:access",
    ]
