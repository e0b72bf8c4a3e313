# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module workstation_info and the playbook doctor, against the emulator."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._network import trust_store
from identity_center import IdentityCenter
from support.module_run import run_module

ROOT = pathlib.Path(__file__).resolve().parents[4]
CLI = "#!/bin/sh\necho 'aws-cli/2.38.5 Python/3.14.0'\ntouch ~/.aws-was-run; mkdir -p ~/.aws/cli/cache\n"


@pytest.fixture(autouse=True)
def plain_host(home: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scratch home, and a PATH with an AWS CLI that writes to its home."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    program = tmp_path / "bin" / "aws"
    program.parent.mkdir()
    program.write_text(CLI)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A directory with ca.pem, such as a corporate CA, and server.pem, which also contains the key."""
    directory = tmp_path_factory.mktemp("certificate")
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1"
    files = ["-keyout", str(directory / "key.pem"), "-out", str(directory / "ca.pem")]
    subprocess.run(
        [*make.split(), "-addext", "subjectAltName=IP:127.0.0.1", *files], check=True, capture_output=True
    )
    text = (directory / "key.pem").read_text() + (directory / "ca.pem").read_text()
    (directory / "server.pem").write_text(text)
    return directory


@pytest.fixture
def inspected(
    aws_config: pathlib.Path, certificate: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> t.Iterator[IdentityCenter]:
    """The emulator, with a certificate that is not trusted by default."""
    with IdentityCenter(certificate=str(certificate / "server.pem")) as emulator:
        for name, value in emulator.environment().items():
            monkeypatch.setenv(name, value)
        yield emulator


def severities(result: dict[str, t.Any]) -> dict[str, str]:
    return {
        finding["id"]: finding["severity"]
        for finding in result["findings"]
        if finding["id"] not in ("variable-endpoint-override", "files-too-permissive", "token-missing")
    }


def test_examination_calls_aws_from_the_host_and_changes_nothing(
    center: IdentityCenter, home: pathlib.Path, aws_config: pathlib.Path
) -> None:
    before = aws_config.read_bytes()
    result = run_module("workstation_info", {}, check_mode=True)
    assert result["healthy"] and not result["changed"]
    assert severities(result) == {}
    assert [endpoint["reachable"] for endpoint in result["facts"]["endpoints"]] == [True, True]
    assert abs(result["facts"]["clock_skew"]) < 10
    assert [(entry.operation, entry.status) for entry in center.requests if not entry.valid] == []
    assert center.count("CreateToken", status=401) == center.count("ListAccounts", status=401) == 1
    assert not center.records.registrations
    assert [str(path.relative_to(home)) for path in sorted(home.rglob("*"))] == [".aws", ".aws/config"]
    assert aws_config.read_bytes() == before


@pytest.mark.parametrize(
    ("skew", "severity"), [(20, None), (60, "warning"), (3600, "error"), (-3600, "error")]
)
def test_a_clock_that_is_off_is_a_finding(
    center: IdentityCenter, aws_config: pathlib.Path, skew: int, severity: str | None
) -> None:
    center.set(clock_skew_seconds=skew)
    assert severities(run_module("workstation_info", {})) == ({"clock-skew": severity} if severity else {})


@pytest.mark.parametrize(
    ("kind", "options", "id"),
    [
        ("proxy_page", {}, "endpoint-not-aws"),
        ("proxy_page", {"status": 502}, "endpoint-not-aws"),
        ("cut_before", {}, "endpoint-connection-closed"),
        ("hang", {}, "endpoint-unreachable"),
        ("server_error", {}, "endpoint-error"),
    ],
)
def test_a_network_fault_is_a_finding(
    center: IdentityCenter, aws_config: pathlib.Path, kind: str, options: dict[str, int], id: str
) -> None:
    center.faults.add("*", kind, **options)
    result = run_module("workstation_info", {"timeout": 1})
    assert list(severities(result)) == [id]
    assert result["healthy"] == (id == "endpoint-error")


def test_an_untrusted_certificate_is_fixed_by_the_bundle_of_the_system(
    inspected: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    (finding,) = (
        finding
        for finding in run_module("workstation_info", {})["findings"]
        if finding["severity"] == "error"
    )
    assert finding["id"] == "certificate-untrusted"
    assert finding["subject"] == inspected.url.rpartition("/")[2]
    bundle = trust_store.system_bundle()
    assert bundle is None or finding["fix"].endswith(f"export AWS_CA_BUNDLE={bundle}")


def test_the_fix_of_an_untrusted_certificate_trusts_the_corporate_ca(
    inspected: IdentityCenter,
    certificate: pathlib.Path,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a trust store whose program for updates is one line of shell."""
    anchors, bundle = tmp_path / "anchors", tmp_path / "bundle.crt"
    anchors.mkdir()
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=public -keyout /dev/null -out"
    subprocess.run([*make.split(), str(bundle)], check=True, capture_output=True)
    update = tmp_path / "bin" / "update"
    update.write_text(f"#!/bin/sh\ncat {anchors}/* >> {bundle}\n")
    update.chmod(0o755)
    store = trust_store.TrustStore((str(bundle),), str(anchors), "update")
    monkeypatch.setattr(trust_store, "TRUST_STORES", {"fedora": store})
    (finding,) = (one for one in run_module("workstation_info", {})["findings"] if one["severity"] == "error")
    assert finding["id"] == "certificate-untrusted"
    fix = finding["fix"].replace("COMPANY-CA.crt", str(certificate / "ca.pem"))
    shell = f'sudo() {{ "$@"; }}; {fix} && echo "$AWS_CA_BUNDLE"'
    done = subprocess.run(["bash", "-c", shell], check=True, capture_output=True, text=True)
    monkeypatch.setenv("AWS_CA_BUNDLE", done.stdout.strip())
    assert severities(run_module("workstation_info", {})) == {}


def test_the_bundle_in_aws_ca_bundle_is_trusted(
    inspected: IdentityCenter, certificate: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate / "ca.pem"))
    assert severities(run_module("workstation_info", {})) == {}


@pytest.mark.parametrize(
    "site",
    [
        "bin",
        "lib/python3.13/site-packages",
        "lib/python3/dist-packages",
        "libexec/lib/python3.13/site-packages",
    ],
)
def test_a_certificate_that_only_the_system_trusts_is_an_error(
    inspected: IdentityCenter,
    certificate: pathlib.Path,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    site: str,
) -> None:
    """By the layouts of AWS's installer, of pip and of Homebrew."""
    own_bundle = tmp_path / site / "awscli" / "botocore" / "cacert.pem"
    own_bundle.parent.mkdir(parents=True)
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=public -keyout /dev/null -out"
    subprocess.run([*make.split(), str(own_bundle)], check=True, capture_output=True)
    trusted = str(certificate / "ca.pem")
    store = trust_store.TrustStore((trusted,), "/anchors", "update")
    monkeypatch.setattr(trust_store, "TRUST_STORES", {"fedora": store})
    result = run_module("workstation_info", {})
    assert severities(result) == {"certificate-trusted-by-system-only": "error"}
    assert result["findings"][0]["why"].endswith(
        f"ignores the CA certificates of the system and uses {own_bundle}."
    )
    assert result["findings"][0]["fix"] == f"export AWS_CA_BUNDLE={trusted}"
    monkeypatch.setenv("AWS_CA_BUNDLE", trusted)
    assert severities(run_module("workstation_info", {})) == {}


def test_the_module_does_not_fail_because_of_its_findings(
    center: IdentityCenter, aws_config: pathlib.Path
) -> None:
    aws_config.write_text("nonsense")
    result = run_module("workstation_info", {})
    assert "failed" not in result and not result["healthy"]
    assert "Unsupported parameters" in run_module("workstation_info", {"fail_on": "error"})["msg"]


ACME = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}


def test_a_session_is_examined_before_it_is_configured(center: IdentityCenter, home: pathlib.Path) -> None:
    result = run_module("workstation_info", {"sessions": [ACME]})
    assert "failed" not in result and result["healthy"]
    assert severities(result) == {"session-not-configured": "warning"}
    assert [endpoint["reachable"] for endpoint in result["facts"]["endpoints"]] == [True, True]
    assert not (home / ".aws").exists()


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            {**ACME, "sso_region": "eu-west-1"},
            ["sessions.sso_region", "region, registration_scopes, start_url"],
        ),
        ({"start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}, ["name", "sessions"]),
        ({"name": "acme", "start_url": "https://acme.awsapps.com/start"}, ["start_url, region", "sessions"]),
        ({**ACME, "region": "Ireland"}, ["Session 'acme'", "region", "eu-west-1"]),
        ({**ACME, "start_url": "http://acme.awsapps.com/start"}, ["Session 'acme'", "start_url", "https://"]),
        (7, ["An entry of sessions must be a name or a definition of a session, not 7."]),
    ],
)
def test_an_invalid_definition_is_an_error_that_shows_what_is_wrong(
    home: pathlib.Path, entry: object, words: list[str]
) -> None:
    result = run_module("workstation_info", {"sessions": [entry]})
    assert result["failed"]
    assert [word for word in words if word not in result["msg"]] == [], result["msg"]


def test_only_the_sessions_given_by_name_are_examined(
    center: IdentityCenter, aws_config: pathlib.Path
) -> None:
    text = aws_config.read_text()
    aws_config.write_text(text + text.replace("corp", "other"))
    names = [facts["name"] for facts in run_module("workstation_info", {})["facts"]["sessions"]]
    assert names == ["corp", "other"]
    result = run_module("workstation_info", {"sessions": ["other"]})
    assert [facts["name"] for facts in result["facts"]["sessions"]] == ["other"]


@pytest.mark.skipif(shutil.which("timeout") is None, reason="coreutils are missing")
def test_login_shell_examines_the_variables_of_startup_files(
    center: IdentityCenter, home: pathlib.Path, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user database decides between sh and bash, so the startup files of both set the variables."""
    for name in (".profile", ".bash_profile"):
        (home / name).write_text("export AWS_PROFILE=nobody AWS_SECRET_ACCESS_KEY=hush AWS_ACCESS_KEY_ID=x\n")
    assert severities(run_module("workstation_info", {})) == {}
    result = run_module("workstation_info", {"login_shell": True})
    assert {"variable-unknown-profile", "variable-access-keys"} <= set(severities(result))
    assert "hush" not in json.dumps(result)


def doctor(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            str(pathlib.Path(sys.executable).with_name("ansible-playbook")),
            str(ROOT / "playbooks" / "doctor.yml"),
            *arguments,
        ],
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": collections_path(), "ANSIBLE_NOCOLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def collections_path() -> str:
    import ansible_collections.workstation.aws_sso as collection

    return str(pathlib.Path(next(iter(collection.__path__))).parents[2])


def test_the_playbook_doctor_can_report_without_failing(
    center: IdentityCenter, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    done = doctor("-e", "workstation_doctor_fail_on=never")
    assert done.returncode == 0, done.stdout
    assert "ERROR AWS_PROFILE: It is set to the profile nobody, which does not exist." in done.stdout
    assert "fix: unset AWS_PROFILE" in done.stdout
    assert "changed=0" in done.stdout


def test_the_playbook_doctor_fails_if_there_is_an_error(
    center: IdentityCenter, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert doctor("-e", "workstation_session=corp").returncode == 0
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    done = doctor()
    assert done.returncode == 2, done.stdout
    assert "1 error, 1 warning, " in done.stdout and ": variable-unknown-profile" in done.stdout
