# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about both files: those that cannot be used, and one for each kind of faulty section."""

from __future__ import annotations

import json

import pytest

from support.scratch_workstation import PROFILE, SESSION, ScratchWorkstation, refuse_to_open


@pytest.mark.parametrize(
    ("text", "line"),
    [("[profile a]\nregion\n", 2), ("[profile a]\nregion = x\nREGION = y\n", 3), ("region = x\n", 1)],
)
def test_a_configuration_file_that_cannot_be_parsed_is_an_error_with_its_line(
    host: ScratchWorkstation, text: str, line: int
) -> None:
    path = host.write_config(text)
    finding = host.findings()["config-unparseable"]
    assert finding.severity == "error"
    assert finding.subject == f"{path}, line {line}"
    assert finding.fix == f"in line {line} of {path}, correct the syntax"


def test_a_line_that_cannot_be_parsed_is_not_shown_because_it_may_be_a_key(host: ScratchWorkstation) -> None:
    host.write_credentials("[dev]\naws_secret_access_key wJalrXUtnFEMI'x y\"\n")
    report = host.examine()
    assert "config-unparseable" in [finding.id for finding in report.findings]
    assert "wJalr" not in json.dumps([report.findings, report.facts, report.lines()])


@pytest.mark.parametrize(
    ("text", "id", "severity", "subject", "in_fix"),
    [
        ("[profile a b]\n",
         "config-section-ignored", "warning", "line 5", "line 5 of PATH, change it to [profile 'a b']"),
        ("[Profile dev]\n",
         "config-section-ignored", "warning", "line 5", "change it to [profile dev]"),
        ("[profile o'neil]\n",
         "config-section-ignored", "warning", "line 5", "change it to [profile oneil]"),
        ("[sso-session]\n",
         "config-section-ignored", "warning", "line 5", "change it to [sso-session NAME]"),
        ("[dev]\nregion = x\n",
         "config-section-ignored", "warning", "line 5", "change it to [profile dev]"),
        ("[DEFAULT]\noutput = json\n",
         "config-default-uppercase", "warning", "line 5", "rename it to [default]"),
        ("[default]\n[profile default]\n",
         "config-section-shadowed", "warning", "profile default", "line 5 of PATH"),
        ('[profile a]\n[profile "a"]\n', "config-section-shadowed", "warning", "profile a", "line 5 of PATH"),
        ("[sso-session x]\nsso_region = eu-west-1\nsso_registration_scopes = s\n",
         "session-incomplete", "error", "session x", "line 5 of PATH"),
        ("[profile dev]\nsso_session = crop\n",
         "profile-unknown-session", "error", "profile dev", "line 6 of PATH"),
        ("[profile dev]\nsso_session = corp\nsso_role_name = x\n",
         "profile-incomplete", "error", "profile dev", "line 5 of PATH"),
        ("[profile dev]\nsso_region = us-east-1\n" + PROFILE,
         "profile-contradicts-session", "error", "profile dev", "line 6 of PATH, delete sso_region"),
        ("[profile dev]\nsso_region = eu-west-1\n" + PROFILE,
         "profile-duplicates-session", "info", "profile dev", "line 6 of PATH, delete sso_region"),
        ("[default]\nendpoint_url = http://localhost:4566\n",
         "profile-endpoint-override", "warning", "profile default", "line 6 of PATH"),
        ("[default]\nca_bundle = /etc/corp ca.pem\n",
         "ca-bundle-in-config-only", "warning", "profile default", "export AWS_CA_BUNDLE='/etc/corp ca.pem'"),
    ],
)  # fmt: skip
def test_a_faulty_section_is_a_finding_with_the_line_to_change(
    host: ScratchWorkstation, text: str, id: str, severity: str, subject: str, in_fix: str
) -> None:
    path = host.write_config(SESSION + text)
    findings = host.findings()
    assert list(findings) == [id]
    assert findings[id].severity == severity
    assert subject in findings[id].subject
    assert in_fix.replace("PATH", str(path)) in findings[id].fix


@pytest.mark.parametrize(
    "text", ["[services local]\n", "[plugins]\ncli_legacy_plugin_path = x\n", "[profile x]\n"]
)
def test_a_valid_section_is_not_a_finding(host: ScratchWorkstation, text: str) -> None:
    host.write_config(SESSION + text)
    assert host.findings() == {}


def test_a_configuration_that_its_owner_cannot_read_is_fixed_by_chmod(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = host.home / ".aws" / "config"
    path.chmod(0)
    refuse_to_open(monkeypatch, path)
    finding = host.findings()["config-unreadable"]
    assert (finding.severity, finding.fix) == ("error", f"chmod u+rwX {path}")
    assert list(host.findings()) == ["config-unreadable"]


def test_a_byte_order_mark_is_removed_by_a_command(host: ScratchWorkstation) -> None:
    path = host.write_config("\ufeff" + SESSION)
    assert (
        host.findings()["config-unparseable"].fix
        == f"sed -i --follow-symlinks '1s/^\\xef\\xbb\\xbf//' {path}"
    )


def test_an_indented_header_is_the_cause_of_a_repeated_key(host: ScratchWorkstation) -> None:
    path = host.write_config("[profile a]\nregion = x\n  [profile b]\nregion = y\n")
    finding = host.findings()["config-unparseable"]
    assert finding.what.endswith(" Line 3 is indented, so that it is not a header but part of a value.")
    assert finding.fix == f"in line 3 of {path}, remove the indentation of line 3"
