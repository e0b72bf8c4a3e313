# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the configuration and credentials files."""

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
    assert finding.fix == f"${{EDITOR:-vi}} +{line} {path}"


def test_a_line_that_cannot_be_parsed_is_not_shown_because_it_may_be_a_key(host: ScratchWorkstation) -> None:
    host.write_credentials("[dev]\naws_secret_access_key wJalrXUtnFEMI'x y\"\n")
    report = host.examine()
    assert "config-unparseable" in [finding.id for finding in report.findings]
    assert "wJalr" not in json.dumps([report.findings, report.facts, report.lines()])


@pytest.mark.parametrize(
    ("text", "id", "severity", "subject", "in_fix"),
    [
        ("[profile a b]\n",
         "config-section-ignored", "warning", "line 5", "+5 PATH and change it to [profile 'a b']"),
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
         "config-section-shadowed", "warning", "profile default", "+5 PATH"),
        ('[profile a]\n[profile "a"]\n', "config-section-shadowed", "warning", "profile a", "+5 PATH"),
        ("[sso-session x]\nsso_region = eu-west-1\nsso_registration_scopes = s\n",
         "session-incomplete", "error", "session x", "+5 PATH"),
        ("[profile dev]\nsso_session = crop\n", "profile-unknown-session", "error", "profile dev", "+6 PATH"),
        ("[profile dev]\nsso_session = corp\nsso_role_name = x\n",
         "profile-incomplete", "error", "profile dev", "+5 PATH"),
        ("[profile dev]\nsso_region = us-east-1\n" + PROFILE,
         "profile-contradicts-session", "error", "profile dev", "+6 PATH and delete sso_region"),
        ("[profile dev]\nsso_region = eu-west-1\n" + PROFILE,
         "profile-duplicates-session", "info", "profile dev", "+5 PATH"),
        ("[default]\nendpoint_url = http://localhost:4566\n",
         "profile-endpoint-override", "warning", "profile default", "+6 PATH"),
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


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("sso_start_url", "http://acme.awsapps.com/start", "sso_start_url does not begin with https://"),
        ("sso_region", "EU (Ireland)", "sso_region is not a region such as eu-west-1"),
        ("sso_region", "", "It has no sso_region."),
    ],
)
def test_an_invalid_session_is_incomplete(host: ScratchWorkstation, key: str, value: str, what: str) -> None:
    lines = [f"{key} = {value}" if line.startswith(key) else line for line in SESSION.splitlines()]
    host.write_config("\n".join(lines))
    assert what in host.findings()["session-incomplete"].what


@pytest.mark.parametrize("scopes", ["", "sso_registration_scopes =\n"])
def test_a_session_without_scopes_is_a_finding(host: ScratchWorkstation, scopes: str) -> None:
    host.write_config(SESSION.rsplit("sso_registration_scopes", 1)[0] + scopes)
    finding = host.findings()["session-without-scopes"]
    assert finding.fix.endswith("and add sso_registration_scopes = sso:account:access")


def test_many_profiles_with_the_same_problem_are_one_finding(host: ScratchWorkstation) -> None:
    names = [f"p{number}" for number in range(1000)]
    host.write_config(SESSION + "".join(f"[profile {name}]\nsso_session = old\n" for name in names))
    finding = host.findings()["profile-unknown-session"]
    assert finding.subject == "profile p0, p1, p2, p3, p4 and 995 more"


def test_a_nested_block_instead_of_a_start_url_is_a_wrong_indentation(host: ScratchWorkstation) -> None:
    host.write_config(SESSION + "[profile x]\nsso_start_url =\n  a = b\nsso_region = eu-west-1\n")
    assert list(host.findings()) == ["config-line-indented"]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("[dev]\nregion = us-west-2\n", "credentials-shadow-config"),
        ("[dev]\naws_access_key_id = AKIA\naws_secret_access_key = hush\n", "credentials-mixed-with-sso"),
        ("[profile dev]\naws_access_key_id = AKIA\n", "credentials-section-name"),
    ],
)
def test_a_credentials_file_that_interferes_with_a_profile_is_a_finding(
    host: ScratchWorkstation, text: str, id: str
) -> None:
    host.write_config(SESSION + "[profile dev]\nregion = eu-west-1\n" + PROFILE)
    host.write_credentials(text)
    assert list(host.findings()) == [id]


def test_a_configuration_that_its_owner_cannot_read_is_fixed_by_chmod(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = host.home / ".aws" / "config"
    path.chmod(0)
    refuse_to_open(monkeypatch, path)
    finding = host.findings()["config-unreadable"]
    assert (finding.severity, finding.fix) == ("error", f"chmod u+rwX {path}")
    assert list(host.findings()) == ["config-unreadable"]
