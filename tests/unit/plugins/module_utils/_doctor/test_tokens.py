# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about access tokens and client registrations."""

from __future__ import annotations

import json
import typing as t

import pytest

from support.scratch_workstation import ScratchWorkstation


@pytest.mark.parametrize(
    ("minutes", "without", "fields", "id", "severity", "state"),
    [
        (60, "refreshToken", {}, "token-not-refreshable", "info", "signed_in"),
        (14, "refreshToken", {}, "token-expires-soon", "warning", "signed_in"),
        (14, "", {}, None, "", "signed_in"),
        (-1, "", {}, "token-expired", "info", "expired"),
        (-7 * 60, "", {}, "token-expired", "info", "expired"),
        (-9 * 60, "", {}, "token-expired", "warning", "expired"),
        (-1, "clientSecret", {}, "token-expired", "warning", "expired"),
        (60, "", {"region": "us-east-1"}, "token-other-session", "warning", "foreign"),
        (
            60,
            "",
            {"startUrl": "https://other.awsapps.com/start"},
            "token-other-session",
            "warning",
            "foreign",
        ),
        (60, "expiresAt", {}, "token-damaged", "error", "damaged"),
    ],
)
def test_the_state_of_a_token_decides_the_finding(
    host: ScratchWorkstation,
    minutes: int,
    without: str,
    fields: t.Dict[str, str],
    id: t.Optional[str],
    severity: str,
    state: str,
) -> None:
    host.sign_in(minutes, without, **fields)
    findings = host.findings()
    assert list(findings) == ([id] if id else [])
    if id:
        assert findings[id].severity == severity
        assert findings[id].subject == "session corp"
        assert findings[id].fix.endswith("aws sso login --sso-session corp")
    report = host.examine()
    assert report.facts["sessions"][0]["state"] == state
    assert "hush" not in json.dumps([report.findings, report.facts, report.lines()])


def test_a_session_without_a_token_is_a_finding(host: ScratchWorkstation) -> None:
    host.sign_in().unlink()
    assert list(host.findings()) == ["token-missing"]


def test_an_expiring_registration_is_a_finding(host: ScratchWorkstation) -> None:
    host.sign_in(registrationExpiresAt="2020-01-01T00:00:00Z")
    assert list(host.findings()) == ["token-not-refreshable"]
    host.sign_in(registrationExpiresAt=host.examine().facts["sessions"][0]["expires_at"])
    assert list(host.findings()) == ["registration-expires-soon"]


def test_a_damaged_registration_is_a_finding_that_removes_it(host: ScratchWorkstation) -> None:
    path = host.write_cache("sso/cache/97a9fe18b9a6eedd34128795d876df7399aea547.json", '{"clientId": "x"}')
    finding = host.findings()["registration-damaged"]
    assert finding.fix == f"rm {path} && aws sso login --sso-session corp"


def test_the_fix_for_a_legacy_profile_signs_in_with_its_name(host: ScratchWorkstation) -> None:
    start_url = "https://acme.awsapps.com/start"
    host.write_config(
        f"[profile my dev]\n[profile 'my dev']\nsso_start_url = {start_url}\nsso_region = eu-west-1\n"
        "sso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
    )
    finding = host.findings()["token-missing"]
    assert finding.subject == f"session {start_url}"
    assert finding.fix == "aws sso login --profile 'my dev'"
