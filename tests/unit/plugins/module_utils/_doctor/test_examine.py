# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check of a workstation finds, on scratch workstations that lack one thing each."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import tempfile
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config import parser
from ansible_collections.workstation.aws_sso.plugins.module_utils._network import trust_store
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.trust_store import TrustStore
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso import token_cache
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from support.scratch_workstation import SESSION, Answers, ScratchWorkstation

PROFILE = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n"


@pytest.fixture(scope="module")
def aws() -> t.Iterator[Answers]:
    with Answers() as answers:
        yield answers


@pytest.fixture
def host(aws: Answers, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> ScratchWorkstation:
    scratch = ScratchWorkstation(tmp_path, aws.url)
    monkeypatch.setenv("HOME", str(scratch.home))
    return scratch


def test_a_host_in_good_order_is_healthy(host: ScratchWorkstation) -> None:
    host.write_config(SESSION + "[profile dev]\n" + PROFILE)
    assert host.findings() == {}
    report = host.examine()
    assert report.healthy
    assert report.facts["aws_cli"][0]["version"] == "2.38.5"
    assert report.facts["profiles"] == 1
    assert [endpoint["reachable"] for endpoint in report.facts["endpoints"]] == [True, True]
    (session,) = report.facts["sessions"]
    assert (session["name"], session["state"], session["refreshable"]) == ("corp", "signed_in", True)


def test_facts_name_the_profiles_of_sessions_and_the_active_one(host: ScratchWorkstation) -> None:
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


def test_lines_tell_what_is_wrong_and_what_mends_it(host: ScratchWorkstation) -> None:
    host.environment["AWS_PROFILE"] = "dve"
    host.write_config(SESSION + "[profile dev]\n" + PROFILE)
    lines = host.examine().lines()
    assert lines[0] == "1 error, 2 notes"
    assert lines[1].startswith("ERROR AWS_PROFILE: It is set to the profile dve, which does not exist.")
    assert lines[2].startswith("    why: ")
    assert lines[3] == "    fix: export AWS_PROFILE=dev"


# WSL

WSL2 = {"/proc/sys/kernel/osrelease": "6.6.87.2-microsoft-standard-WSL2", "/run/WSL/1_interop": ""}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"/proc/sys/kernel/osrelease": "6.1.0-18-amd64"}, {}),
        ({"/proc/sys/kernel/osrelease": "4.4.0-19041-Microsoft"}, {"wsl-1": "error"}),
        (WSL2, {"wsl-interop-off": "info", "wsl-systemd-off": "info"}),
        (
            {**WSL2, "/proc/sys/fs/binfmt_misc/WSLInterop": "enabled", "/run/systemd/system/x": ""},
            {},
        ),
        (
            {
                "/proc/sys/kernel/osrelease": "6.12.1-ours-WSL2+",
                "/run/WSL/1_interop": "",
                "/proc/sys/fs/binfmt_misc/WSLInterop": "enabled",
                "/run/systemd/system/x": "",
            },
            {"wsl-custom-kernel": "info"},
        ),
    ],
)
def test_wsl(host: ScratchWorkstation, files: t.Dict[str, str], expected: t.Dict[str, str]) -> None:
    for path, text in files.items():
        host.write(path, text)
    assert {id: finding.severity for id, finding in host.findings().items()} == expected


def test_the_distribution_is_named_in_what_mends_wsl_1(host: ScratchWorkstation) -> None:
    host.write("/proc/sys/kernel/osrelease", "4.4.0-19041-Microsoft")
    host.environment["WSL_DISTRO_NAME"] = "Ubuntu-24.04"
    assert host.findings()["wsl-1"].fix == "In Windows: wsl --set-version Ubuntu-24.04 2"


# The AWS CLI


@pytest.mark.parametrize(
    ("version", "id"),
    [
        ("1.44.2", "cli-v1"),
        ("2.8.13", "cli-without-sessions"),
        ("2.9.0", "cli-without-pkce"),
        ("2.21.3", "cli-without-pkce"),
        ("2.22.0", None),
    ],
)
def test_versions_of_the_cli(host: ScratchWorkstation, version: str, id: t.Optional[str]) -> None:
    path = host.add_cli(version)
    assert [(finding.id, finding.subject) for finding in host.findings().values()] == (
        [(id, str(path))] if id else []
    )


def test_no_cli(host: ScratchWorkstation) -> None:
    (host.bin / "aws").unlink()
    assert list(host.findings()) == ["cli-missing"]


@pytest.mark.parametrize(
    "text", ["#!/bin/sh\nexit 1\n", "#!/no/such/interpreter\n", "#!/bin/sh\necho 2.38.5\n"]
)
def test_a_broken_cli(host: ScratchWorkstation, text: str) -> None:
    host.add_program("aws", text)
    assert list(host.findings()) == ["cli-broken"]


def test_several_clis_are_told_in_the_order_of_path(host: ScratchWorkstation, tmp_path: pathlib.Path) -> None:
    host.add_cli("2.9.19", tmp_path / "other")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "aws").symlink_to(host.bin / "aws")
    host.environment["PATH"] = os.pathsep.join(str(tmp_path / name) for name in ("bin", "links", "other"))
    findings = host.findings()
    assert list(findings) == ["cli-multiple"]
    assert f"{tmp_path}/bin/aws (2.38.5), {tmp_path}/other/aws (2.9.19)" in findings["cli-multiple"].what


def test_a_cli_beside_path_is_found(host: ScratchWorkstation) -> None:
    (host.bin / "aws").unlink()
    host.add_cli("2.38.5", host.home / ".local" / "bin")
    finding = host.findings()["cli-not-on-path"]
    assert finding.fix.startswith(f"echo 'PATH={host.home}/.local/bin:$PATH' >> ~/.profile")


@pytest.fixture
def windows_bin(host: ScratchWorkstation, tmp_path: pathlib.Path) -> pathlib.Path:
    """A directory of drive C that is on PATH, before the one of Linux."""
    for path, text in WSL2.items():
        host.write(path, text)
    host.write("/proc/sys/fs/binfmt_misc/WSLInterop", "enabled")
    (host.root / "run" / "systemd" / "system").mkdir(parents=True)
    host.write("/etc/wsl.conf", f"[automount]\nroot = {tmp_path}\n")
    directory = tmp_path / "c" / "Program Files" / "Amazon"
    host.environment["PATH"] = f"{directory}:{host.bin}"
    return directory


def test_the_cli_of_windows_is_never_run(host: ScratchWorkstation, windows_bin: pathlib.Path) -> None:
    host.add_program("aws.exe", f"#!/bin/sh\ntouch {host.home}/ran\n", windows_bin)
    assert host.findings() == {}
    (host.bin / "aws").unlink()
    assert host.findings()["cli-windows-only"].severity == "error"
    assert not (host.home / "ran").exists()


def test_the_cli_of_windows_comes_first(host: ScratchWorkstation, windows_bin: pathlib.Path) -> None:
    host.add_program("aws", "#!/bin/sh\n", windows_bin)
    assert list(host.findings()) == ["cli-windows-first"]


# The configuration


@pytest.mark.parametrize(
    ("text", "line"),
    [("[profile a]\nregion\n", 2), ("[profile a]\nregion = x\nREGION = y\n", 3), ("region = x\n", 1)],
)
def test_a_file_that_cannot_be_parsed(host: ScratchWorkstation, text: str, line: int) -> None:
    path = host.write_config(text)
    finding = host.findings()["config-unparseable"]
    assert finding.severity == "error"
    assert finding.subject == f"{path}, line {line}"
    assert finding.fix == f"${{EDITOR:-vi}} +{line} {path}"


def test_a_broken_line_is_not_shown_since_it_may_be_a_key(host: ScratchWorkstation) -> None:
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
        ("[DEFAULT]\noutput = json\n", "config-default-uppercase", "warning", "line 5", "rename it to [default]"),
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
def test_faults_of_the_configuration(
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
def test_sections_that_are_right(host: ScratchWorkstation, text: str) -> None:
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
def test_faults_of_a_session(host: ScratchWorkstation, key: str, value: str, what: str) -> None:
    lines = [f"{key} = {value}" if line.startswith(key) else line for line in SESSION.splitlines()]
    host.write_config("\n".join(lines))
    assert what in host.findings()["session-incomplete"].what


@pytest.mark.parametrize("scopes", ["", "sso_registration_scopes =\n"])
def test_a_session_without_scopes(host: ScratchWorkstation, scopes: str) -> None:
    host.write_config(SESSION.rsplit("sso_registration_scopes", 1)[0] + scopes)
    finding = host.findings()["session-without-scopes"]
    assert finding.fix.endswith("and add sso_registration_scopes = sso:account:access")


def test_many_profiles_with_one_fault_are_one_finding(host: ScratchWorkstation) -> None:
    names = [f"p{number}" for number in range(1000)]
    host.write_config(SESSION + "".join(f"[profile {name}]\nsso_session = old\n" for name in names))
    finding = host.findings()["profile-unknown-session"]
    assert finding.subject == "profile p0, p1, p2, p3, p4 and 995 more"


def test_a_nested_block_in_the_place_of_a_start_url(host: ScratchWorkstation) -> None:
    host.write_config(SESSION + "[profile x]\nsso_start_url =\n  a = b\nsso_region = eu-west-1\n")
    assert host.findings() == {}


def test_no_session_at_all(host: ScratchWorkstation) -> None:
    host.write_config("[default]\nregion = eu-west-1\n")
    assert list(host.findings()) == ["session-missing"]


def test_a_session_that_is_asked_for_but_not_there(host: ScratchWorkstation, aws: Answers) -> None:
    aws.requests.clear()
    report = host.examine(["crop"])
    assert not report.healthy
    assert "Did you mean corp?" in report.findings[0].what
    assert report.facts["sessions"] == [] and aws.requests == []


def test_a_session_that_is_given_before_it_is_written(host: ScratchWorkstation, aws: Answers) -> None:
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


def test_a_session_that_is_given_otherwise_than_it_is_written(host: ScratchWorkstation) -> None:
    report = host.examine([SsoSession("corp", "https://acme.awsapps.com/start", "us-east-1")])
    (finding,) = (finding for finding in report.findings if finding.id == "session-mismatch")
    assert finding.severity == "warning" and finding.what.endswith(" in sso_region.")
    same = host.examine([SsoSession("corp", "https://acme.awsapps.com/start", "eu-west-1")])
    assert {finding.id for finding in same.findings} == {"variable-endpoint-override"}


@pytest.mark.parametrize(("config", "names"), [("", None), ("", ["corp"]), (SESSION, ["crop"])])
def test_no_cure_leads_away_from_the_playbook(
    host: ScratchWorkstation, config: str, names: t.Optional[t.List[str]]
) -> None:
    host.write_config(config + "[profile dev]\nsso_session = gone\n")
    fixes = [finding.fix for finding in host.examine(names).findings]
    assert not [fix for fix in fixes if "aws configure" in fix]
    assert [fix for fix in fixes if fix.startswith("ansible-playbook workstation.aws_sso.workstation -e")]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("[dev]\nregion = us-west-2\n", "credentials-shadow-config"),
        ("[dev]\naws_access_key_id = AKIA\naws_secret_access_key = hush\n", "credentials-mixed-with-sso"),
        ("[profile dev]\naws_access_key_id = AKIA\n", "credentials-section-name"),
    ],
)
def test_the_credentials_file(host: ScratchWorkstation, text: str, id: str) -> None:
    host.write_config(SESSION + "[profile dev]\nregion = eu-west-1\n" + PROFILE)
    host.write_credentials(text)
    assert list(host.findings()) == [id]


# Variables


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
        ({"AWS_CA_BUNDLE": "/no/such.pem"}, "ca-bundle-unusable", "error", None),
        ({"AWS_CA_BUNDLE": "/dev/null"}, "ca-bundle-unusable", "error", None),
        (
            {"HTTPS_PROXY": "http://ann:hush@proxy:3128", "NO_PROXY": "localhost"},
            "proxy-for-loopback",
            "warning",
            "export NO_PROXY=localhost,127.0.0.1 no_proxy=localhost,127.0.0.1",
        ),
    ],
)
def test_variables(
    host: ScratchWorkstation, variables: t.Dict[str, str], id: str, severity: str, fix: t.Optional[str]
) -> None:
    host.write_config(SESSION + "[default]\nregion = eu-west-1\n[profile corp]\n")
    host.environment.update(variables)
    findings = host.findings()
    assert list(findings) == [id]
    assert findings[id].severity == severity
    assert fix is None or findings[id].fix == fix
    assert "hush" not in json.dumps(findings)


def test_an_unknown_profile_is_not_told_when_the_file_cannot_be_read(host: ScratchWorkstation) -> None:
    host.environment["AWS_PROFILE"] = "dev"
    host.write_config("nonsense")
    assert list(host.findings()) == ["config-unparseable"]


@pytest.mark.parametrize(("exists", "severity"), [(True, "info"), (False, "warning")])
def test_a_configuration_elsewhere(
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


# Files


@pytest.mark.parametrize(
    ("path", "mode", "id"),
    [
        (".aws", 0o755, "files-too-permissive"),
        (".aws/sso/cache", 0o750, "files-too-permissive"),
        (".aws/config", 0o644, "files-too-permissive"),
        (".aws/config", 0o602, "files-world-writable"),
        (".aws/cli/cache", 0o777, "files-world-writable"),
        (".aws/credentials", 0o640, "secrets-too-permissive"),
        (".aws/cli/cache/role.json", 0o604, "secrets-too-permissive"),
    ],
)
def test_wide_modes(host: ScratchWorkstation, path: str, mode: int, id: str) -> None:
    host.write_credentials("[other]\n")
    host.write_cache("cli/cache/role.json", "{}")
    (host.home / path).chmod(mode)
    findings = host.findings()
    assert list(findings) == [id]
    assert findings[id].subject == str(host.home / path)
    os.system(findings[id].fix)
    assert host.findings() == {}


def test_many_wide_files_are_mended_by_one_short_command(
    host: ScratchWorkstation, tmp_path: pathlib.Path
) -> None:
    for number in range(50):
        host.write_cache(f"cli/cache/{number}.json", "{}").chmod(0o644)
    elsewhere = tmp_path / "credentials"
    elsewhere.write_text("")
    elsewhere.chmod(0o644)
    host.environment["AWS_SHARED_CREDENTIALS_FILE"] = str(elsewhere)
    finding = host.findings()["secrets-too-permissive"]
    assert finding.fix == f"chmod -R go= {host.home}/.aws {elsewhere}"


def test_files_of_another_user(host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert host.findings() == {}  # root may do everything
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    finding = host.findings()["files-foreign-owner"]
    assert finding.severity == "error"
    assert str(host.home / ".aws") in finding.subject


@pytest.mark.parametrize("foreign", ["config", ""])
def test_a_configuration_of_another_user_is_one_error_with_the_command_that_returns_it(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch, foreign: str
) -> None:
    """As root leaves it behind; a test cannot depend on being root, so that the refusal is simulated."""
    owner, path = os.geteuid(), str(host.home / ".aws" / foreign).rstrip("/")
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    for other in (host.home / ".aws").rglob("*"):
        if foreign and str(other) != path:
            _disown(monkeypatch, str(other), owner + 1)
    if foreign:
        _disown(monkeypatch, str(host.home / ".aws"), owner + 1)
    _refuse_to_open(monkeypatch, host.home / ".aws" / "config")
    errors = [finding for finding in host.examine().findings if finding.severity == "error"]
    assert [finding.id for finding in errors] == ["files-foreign-owner"]
    assert errors[0].fix.startswith("sudo chown -R ") and path in errors[0].fix


def test_a_configuration_that_its_owner_cannot_read(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = host.home / ".aws" / "config"
    path.chmod(0)
    _refuse_to_open(monkeypatch, path)
    finding = host.findings()["config-unreadable"]
    assert (finding.severity, finding.fix) == ("error", f"chmod u+rwX {path}")
    assert list(host.findings()) == ["config-unreadable"]


def _refuse_to_open(monkeypatch: pytest.MonkeyPatch, path: pathlib.Path) -> None:
    def refuse(name: str, *arguments: t.Any, **options: t.Any) -> t.Any:
        if str(name) == str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return open(name, *arguments, **options)

    monkeypatch.setattr(parser, "open", refuse, raising=False)


def _disown(monkeypatch: pytest.MonkeyPatch, path: str, owner: int) -> None:
    stat = os.stat

    def owned(name: t.Any, **options: t.Any) -> os.stat_result:
        found = stat(name, **options)
        return os.stat_result((*found[:4], owner, *found[5:])) if str(name) == path else found

    monkeypatch.setattr(os, "stat", owned)


def test_the_directory_on_a_drive_of_windows(
    host: ScratchWorkstation, windows_bin: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    target = tmp_path / "c" / "Users" / "ann" / ".aws"
    target.parent.mkdir(parents=True)
    (host.home / ".aws").rename(target)
    (host.home / ".aws").symlink_to(target)
    target.chmod(0o777)
    assert list(host.findings()) == ["directory-on-windows"]


@pytest.mark.parametrize("text", ["", '{"a": 1} trailing', "[]"])
def test_damaged_files_of_the_caches(host: ScratchWorkstation, text: str) -> None:
    path = host.write_cache("cli/cache/0123.json", text)
    host.write_cache("cli/cache/session.db", "no JSON, and not meant to be")
    finding = host.findings()["cache-damaged"]
    assert (finding.subject, finding.fix) == (str(path), f"rm {path}")


# Tokens


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
def test_tokens(
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


def test_nobody_is_signed_in(host: ScratchWorkstation) -> None:
    host.sign_in().unlink()
    assert list(host.findings()) == ["token-missing"]


def test_a_registration_near_its_end(host: ScratchWorkstation) -> None:
    host.sign_in(registrationExpiresAt="2020-01-01T00:00:00Z")
    assert list(host.findings()) == ["token-not-refreshable"]
    host.sign_in(registrationExpiresAt=host.examine().facts["sessions"][0]["expires_at"])
    assert list(host.findings()) == ["registration-expires-soon"]


def test_a_damaged_registration(host: ScratchWorkstation) -> None:
    path = host.write_cache("sso/cache/97a9fe18b9a6eedd34128795d876df7399aea547.json", '{"clientId": "x"}')
    finding = host.findings()["registration-damaged"]
    assert finding.fix == f"rm {path} && aws sso login --sso-session corp"


def test_a_profile_of_the_older_form_signs_in_by_its_name(host: ScratchWorkstation) -> None:
    start_url = "https://acme.awsapps.com/start"
    host.write_config(
        f"[profile my dev]\n[profile 'my dev']\nsso_start_url = {start_url}\nsso_region = eu-west-1\n"
        "sso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
    )
    finding = host.findings()["token-missing"]
    assert finding.subject == f"session {start_url}"
    assert finding.fix == "aws sso login --profile 'my dev'"


# The network


def test_the_calls_are_the_ones_that_aws_refuses(host: ScratchWorkstation, aws: Answers) -> None:
    aws.requests.clear()
    host.examine()
    assert sorted(aws.requests) == ["GET /assignment/accounts?max_result=1", "POST /token"]


@pytest.mark.parametrize(
    ("ahead", "severity", "what"),
    [
        (20, "", ""),
        (-20, "", ""),
        (40, "warning", "behind"),
        (-40, "warning", "ahead"),
        (290, "warning", "behind"),
        (310, "error", "behind"),
    ],
)
def test_the_clock(host: ScratchWorkstation, aws: Answers, ahead: float, severity: str, what: str) -> None:
    aws.clock_ahead = ahead
    try:
        findings = host.findings()
    finally:
        aws.clock_ahead = 0
    assert [finding.severity for finding in findings.values()] == ([severity] if severity else [])
    if severity:
        assert what in findings["clock-skew"].what
        assert (
            "sudo hwclock -s" in findings["clock-skew"].fix and "wsl --shutdown" in findings["clock-skew"].fix
        )


def test_a_page_in_the_place_of_an_answer(host: ScratchWorkstation) -> None:
    with Answers(200, "<html>Sign in to the network</html>", "text/html; charset=utf-8") as portal:
        host.environment["AWS_ENDPOINT_URL_SSO"] = portal.url
        finding = host.findings()["endpoint-not-aws"]
    assert finding.subject == portal.address
    assert "HTTP 200, text/html" in finding.what


def test_a_redirect_is_not_followed(host: ScratchWorkstation) -> None:
    with Answers(302, "", "text/html") as portal:
        host.environment["AWS_ENDPOINT_URL_SSO"] = portal.url
        assert list(host.findings()) == ["endpoint-not-aws"]
    assert len(portal.requests) == 1


def test_trouble_at_aws_is_no_error_of_the_host(host: ScratchWorkstation) -> None:
    with Answers(503, '{"message": "Service unavailable"}') as broken:
        host.environment["AWS_ENDPOINT_URL_SSO"] = broken.url
        assert host.findings()["endpoint-error"].severity == "warning"


def _closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.mark.parametrize(
    ("url", "id"),
    [
        ("http://portal.sso.invalid", "dns-failure"),
        ("http://127.0.0.1:CLOSED", "endpoint-unreachable"),
        ("http://[nonsense", "endpoint-invalid"),
        ("nonsense", "endpoint-invalid"),
        ("http://ann:hush@127.0.0.1:port", "endpoint-invalid"),
        ("https://127.0.0.1:PLAIN", "endpoint-tls"),
    ],
)
def test_endpoints_that_cannot_be_called(host: ScratchWorkstation, aws: Answers, url: str, id: str) -> None:
    url = url.replace("CLOSED", str(_closed_port())).replace("PLAIN", aws.address.rpartition(":")[2])
    host.environment["AWS_ENDPOINT_URL_SSO"] = url
    findings = host.findings()
    assert list(findings) == [id]
    assert findings[id].severity == "error"
    assert "hush" not in json.dumps(host.examine().lines())


def test_the_same_fault_of_both_endpoints_is_one_finding(host: ScratchWorkstation) -> None:
    host.environment["AWS_ENDPOINT_URL_SSO_OIDC"] = "http://oidc.invalid"
    host.environment["AWS_ENDPOINT_URL_SSO"] = "http://portal.invalid"
    assert host.findings()["dns-failure"].subject == "oidc.invalid, portal.invalid"


def test_an_endpoint_that_does_not_answer(host: ScratchWorkstation) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(5)
        host.environment["AWS_ENDPOINT_URL_SSO"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        findings = host.examine(timeout=0.3).findings
    assert (findings[0].id, findings[0].what) == (
        "endpoint-unreachable",
        "It cannot be reached: no response in time.",
    )


@pytest.mark.parametrize(
    ("status", "id"), [(407, "proxy-authentication-required"), (403, "proxy-refused"), (502, "proxy-refused")]
)
def test_a_proxy_that_refuses(host: ScratchWorkstation, status: int, id: str) -> None:
    with Answers(status, "<html></html>", "text/html") as proxy:
        del host.environment["AWS_ENDPOINT_URL_SSO"], host.environment["AWS_ENDPOINT_URL_SSO_OIDC"]
        host.environment["HTTPS_PROXY"] = f"http://ann:hush@{proxy.address}"
        host.environment["no_proxy"] = "127.0.0.1,localhost"
        report = host.examine()
    assert {finding.id for finding in report.findings} == {id}
    assert all(finding.subject == proxy.address for finding in report.findings)
    assert sorted(proxy.requests) == [
        "CONNECT oidc.eu-west-1.amazonaws.com:443",
        "CONNECT portal.sso.eu-west-1.amazonaws.com:443",
    ]
    assert "hush" not in json.dumps([report.findings, report.facts, report.lines()])


@pytest.mark.parametrize("proxy", ["http://ann:hush@127.0.0.1:CLOSED", "http://ann:hush@proxy.invalid:3128"])
def test_a_proxy_that_is_not_there(host: ScratchWorkstation, proxy: str) -> None:
    host.environment["http_proxy"] = proxy.replace("CLOSED", str(_closed_port()))
    host.environment["AWS_ENDPOINT_URL_SSO"] = "http://portal.example"
    host.environment["NO_PROXY"] = "127.0.0.1,localhost"
    findings = host.findings()
    assert list(findings) == ["proxy-unreachable"]
    assert "portal.example" in findings["proxy-unreachable"].why
    assert "hush" not in json.dumps(findings)


def test_the_bundles_of_distributions(host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = host.write("ca-bundle.crt", "")
    store = TrustStore((str(bundle),), "/anchors", "update-ca-trust")
    monkeypatch.setattr(trust_store, "TRUST_STORES", {"fedora": store})
    host.environment["AWS_CA_BUNDLE"] = "/no/such.pem"
    assert host.findings()["ca-bundle-unusable"].fix == f"export AWS_CA_BUNDLE={bundle}"


# Anything


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
            "hush",
            "  hush",
        ]
    ),
    st.text(max_size=20),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(LINES, max_size=12), st.lists(LINES, max_size=6), st.text(max_size=30))
def test_whatever_the_files_hold_the_check_tells_and_keeps_secrets(
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
        told = json.dumps([report.findings, report.facts, report.lines()])
        assert "hush" not in told
