# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report on a workstation, the choice of sessions, and what holds for all findings."""

from __future__ import annotations

import json
import os
import pathlib
import tempfile
import threading
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor import connectivity
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso import token_cache
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from support.fuzz import damaged
from support.scratch_workstation import PROFILE, SESSION, FakeEndpoint, ScratchWorkstation


def test_a_correctly_configured_host_is_healthy(host: ScratchWorkstation) -> None:
    host.write_config(SESSION + "[profile dev]\n" + PROFILE)
    assert host.findings() == {}
    report = host.examine()
    assert report.healthy
    assert report.facts["aws_cli"][0]["version"] == "2.38.5"
    assert report.facts["profiles"] == 1
    assert [endpoint["reachable"] for endpoint in report.facts["endpoints"]] == [True, True]
    (session,) = report.facts["sessions"]
    assert (session["name"], session["state"], session["refreshable"]) == ("corp", "signed_in", True)


def test_facts_list_the_profiles_of_each_session_and_the_active_profile(host: ScratchWorkstation) -> None:
    host.write_config(
        SESSION + "[profile b]\n" + PROFILE + "[profile a]\n" + PROFILE + "[profile x]\nregion=a\n"
    )
    facts = host.examine().facts
    assert facts["sessions"][0]["profiles"] == ["b", "a"]
    assert facts["active_profile"] is None
    host.environment["AWS_PROFILE"] = "gone"
    assert host.examine().facts["active_profile"] == "gone"
    del host.environment["AWS_PROFILE"]
    host.write_config(SESSION + "[default]\n" + PROFILE)
    facts = host.examine().facts
    assert (facts["active_profile"], facts["sessions"][0]["profiles"]) == ("default", ["default"])


def test_lines_of_a_report_show_each_finding_with_its_fix(host: ScratchWorkstation) -> None:
    host.environment["AWS_PROFILE"] = "dve"
    host.write_config(SESSION + "[profile dev]\n" + PROFILE)
    lines = host.examine().lines()
    assert lines[0] == "1 error, 2 info"
    assert lines[1].startswith("ERROR AWS_PROFILE: It is set to the profile dve, which does not exist.")
    assert lines[2].startswith("    why: ")
    assert lines[3] == "    fix: export AWS_PROFILE=dev"


def test_a_configuration_without_a_session_is_a_finding(host: ScratchWorkstation) -> None:
    host.write_config("[default]\nregion = eu-west-1\n")
    assert list(host.findings()) == ["session-missing"]


def test_an_unknown_session_is_an_error_and_makes_no_call(
    host: ScratchWorkstation, aws: FakeEndpoint
) -> None:
    aws.requests.clear()
    report = host.examine(["crop"])
    assert not report.healthy
    assert "Did you mean corp?" in report.findings[0].what
    assert report.facts["sessions"] == [] and aws.requests == []


def test_a_definition_that_is_not_configured_yet_is_a_warning_and_its_endpoints_are_called(
    host: ScratchWorkstation, aws: FakeEndpoint
) -> None:
    host.write_config("")
    aws.requests.clear()
    report = host.examine([SsoSession("acme", "https://acme.awsapps.com/start", "eu-central-1")])
    assert report.healthy and len(aws.requests) == 2
    (finding,) = (finding for finding in report.findings if finding.severity != "info")
    assert (finding.id, finding.severity, finding.subject) == (
        "session-not-configured",
        "warning",
        "session acme",
    )
    assert finding.fix == "ansible-playbook workstation.aws_sso.workstation -e @company.yml -e target=HOST"
    assert [session["state"] for session in report.facts["sessions"]] == ["missing"]


def test_a_definition_that_differs_from_the_configuration_is_a_warning(host: ScratchWorkstation) -> None:
    report = host.examine([SsoSession("corp", "https://acme.awsapps.com/start", "us-east-1")])
    (finding,) = (finding for finding in report.findings if finding.id == "session-mismatch")
    assert finding.severity == "warning" and finding.what.endswith(" in sso_region.")
    same = host.examine([SsoSession("corp", "https://acme.awsapps.com/start", "eu-west-1")])
    assert {finding.id for finding in same.findings} == {"variable-endpoint-override"}


@pytest.mark.parametrize(("config", "names"), [("", None), ("", ["corp"]), (SESSION, ["crop"])])
def test_a_missing_session_is_fixed_by_the_playbook_and_not_by_aws_configure(
    host: ScratchWorkstation, config: str, names: t.Optional[t.List[str]]
) -> None:
    host.write_config(config + "[profile dev]\nsso_session = gone\n")
    fixes = [finding.fix for finding in host.examine(names).findings]
    assert not [fix for fix in fixes if "aws configure" in fix]
    assert [fix for fix in fixes if fix.startswith("ansible-playbook workstation.aws_sso.workstation -e")]


LINES = st.one_of(
    st.sampled_from(
        [
            "[sso-session corp]",
            "[profile dev]",
            "[default]",
            "[profile a b]",
            "sso_session = corp",
            "sso_start_url = https://acme.awsapps.com/start",
            "sso_region =",
            "sso_region = eu-west-1",
            "sso_start_url =",
            "s3 =",
            "  x = y",
            "aws_secret_access_key = hush",
            "  aws_secret_access_key = hush",
            "aws_secret_key = hush",
            "sso_account_id = hush",
            "region = eu-west-1 # hush",
            "role_arn = hush",
            "s3 = hush",
            "[DEFAULT]",
            "  [profile dev]",
            "hush",
            "  hush",
        ]
    ),
    st.text(max_size=20),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(LINES, max_size=12), st.lists(LINES, max_size=6), st.text(max_size=30))
def test_any_contents_of_the_files_are_examined_without_showing_secrets(
    config: t.List[str], credentials: t.List[str], token: str
) -> None:
    with tempfile.TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        host = ScratchWorkstation(pathlib.Path(directory), "http://[malformed")
        patch.setenv("HOME", str(host.home))
        patch.setattr(token_cache, "_SECONDS_BETWEEN_ATTEMPTS", 0)
        (host.bin / "aws").unlink()
        (host.home / ".aws" / "config").write_bytes("\n".join(config).encode())
        (host.home / ".aws" / "credentials").write_bytes("\n".join(credentials).encode())
        host.sign_in().write_text(token, encoding="utf-8")
        report = host.examine()
        shown = json.dumps([report.findings, report.facts, report.lines()])
        assert "hush" not in shown


def test_damaged_files_of_the_user_never_raise_an_error(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files may be written by any program. The endpoints are not called: no session is examined."""
    monkeypatch.setattr(token_cache, "_SECONDS_BETWEEN_ATTEMPTS", 0)
    token = host.sign_in().read_text()
    files = {
        "config": SESSION + "[profile dev]\n" + PROFILE + "[DEFAULT]\nregion = x\ns3 =\n  a = b\n",
        "credentials": "[default]\naws_access_key_id = AKIA\naws_secret_access_key = x\n",
        "sso/cache/token.json": token,
        "cli/cache/role.json": '{"Credentials": {"Expiration": "2026-01-01T00:00:00Z"}}',
    }
    host.environment["AWS_PROFILE"] = "dev"
    for number, content in enumerate(damaged([*files.values()], 300)):
        for name in files:
            (host.home / ".aws" / name).write_bytes(content)
        report = host.examine([])
        json.dumps([report.findings, report.facts, report.lines()])
        assert all(finding.what.endswith(".") for finding in report.findings), number


def test_damaged_tokens_never_raise_an_error(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_cache, "_SECONDS_BETWEEN_ATTEMPTS", 0)
    monkeypatch.setattr(connectivity.Network, "probe", lambda network, regions: [])
    path = host.sign_in()
    for content in damaged([path.read_text()], 300):
        path.write_bytes(content)
        report = host.examine()
        json.dumps([report.findings, report.facts, report.lines()])


@pytest.mark.parametrize(
    "name", ["config", "credentials", "sso/cache/x.json", "cli/cache/x.json", "sso/cache/TOKEN"]
)
def test_a_file_that_is_no_regular_file_does_not_stop_the_examination(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(connectivity.Network, "probe", lambda network, regions: [])
    path = host.sign_in() if name.endswith("TOKEN") else host.home / ".aws" / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    examined = threading.Thread(target=host.examine, daemon=True)
    examined.start()
    examined.join(60)
    assert not examined.is_alive()


@pytest.mark.parametrize(("variable", "suffix"), [(None, "api.aws"), ("false", "amazonaws.com")])
def test_the_endpoints_of_a_dual_stack_portal_are_those_that_a_sign_in_uses(
    host: ScratchWorkstation, variable: t.Optional[str], suffix: str
) -> None:
    for name in [name for name in host.environment if name.startswith("AWS_ENDPOINT_URL")]:
        del host.environment[name]
    host.environment["HTTPS_PROXY"] = "http://127.0.0.1:9"
    if variable:
        host.environment["AWS_USE_DUALSTACK_ENDPOINT"] = variable
    host.write_config(
        SESSION.replace("https://acme.awsapps.com/start", "https://ssoins-1.portal.eu-west-1.app.aws")
    )
    urls = [endpoint["url"] for endpoint in host.examine().facts["endpoints"]]
    assert urls == [f"https://{name}.eu-west-1.{suffix}" for name in ("oidc", "portal.sso")]
