# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about environment variables."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest

from support.scratch_workstation import SESSION, ScratchWorkstation


@pytest.mark.parametrize(
    ("variables", "id", "severity", "fix"),
    [
        ({"AWS_PROFILE": "crop"}, "variable-unknown-profile", "error", "export AWS_PROFILE=corp"),
        ({"AWS_DEFAULT_PROFILE": "zzz"}, "variable-unknown-profile", "error", "unset AWS_DEFAULT_PROFILE"),
        (
            {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "hush"},
            "variable-access-keys",
            "warning",
            "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY",
        ),
        ({"AWS_REGION": "us-east-1"}, "variable-region-override", "info", "unset AWS_REGION"),
    ],
)
def test_a_variable_that_changes_a_sign_in_is_a_finding(
    host: ScratchWorkstation, variables: t.Dict[str, str], id: str, severity: str, fix: str
) -> None:
    host.write_config(SESSION + "[default]\nregion = eu-west-1\n[profile corp]\n")
    host.environment.update(variables)
    findings = host.findings()
    assert list(findings) == [id]
    assert findings[id].severity == severity
    assert findings[id].fix == fix
    assert "hush" not in json.dumps(findings)


def test_an_unknown_profile_is_not_reported_if_the_configuration_cannot_be_parsed(
    host: ScratchWorkstation,
) -> None:
    host.environment["AWS_PROFILE"] = "dev"
    host.write_config("nonsense")
    assert list(host.findings()) == ["config-unparseable"]


@pytest.mark.parametrize(("exists", "severity"), [(True, "info"), (False, "warning")])
def test_a_variable_that_overrides_the_configuration_file_is_a_finding(
    host: ScratchWorkstation, tmp_path: pathlib.Path, exists: bool, severity: str
) -> None:
    elsewhere = tmp_path / "config"
    if exists:
        elsewhere.write_text(SESSION)
        elsewhere.chmod(0o600)
    host.environment["AWS_CONFIG_FILE"] = str(elsewhere)
    finding = host.findings()["variable-file-override"]
    assert (finding.severity, finding.fix) == (severity, "unset AWS_CONFIG_FILE")
    assert str(elsewhere) in finding.what
