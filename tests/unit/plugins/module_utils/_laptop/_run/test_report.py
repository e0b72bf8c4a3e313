# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a laptop, verified by the ssh-keygen of this machine."""

from __future__ import annotations

import datetime
import json
import pathlib
import subprocess
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run import report

NOW = datetime.datetime(2026, 11, 26, 8, 30, tzinfo=datetime.timezone.utc)
BUNDLE = report.BundleState("acme", "1", "0123456789abcdef", 1795000000, "2")


@pytest.fixture
def key(tmp_path: pathlib.Path) -> report.HostKey:
    path = tmp_path / "host_key"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "laptop", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return report.read_host_key(str(path))


def laptop_report(key: report.HostKey, **changes: t.Any) -> report.Document:
    result = report.Result("ok", ran="2026-11-26T08:29:00Z")._replace(**changes)
    return report.document("laptop-042", key, BUNDLE, result, None, NOW)


def verified(directory: pathlib.Path, envelope: t.Mapping[str, t.Any]) -> bool:
    allowed, signature = directory / "allowed", directory / "signature"
    allowed.write_text(f"laptop-042 {envelope['report']['key']}\n")
    signature.write_text(envelope["signature"])
    command = ["ssh-keygen", "-Y", "verify", "-f", str(allowed), "-I", "laptop-042"]
    command += ["-n", "laptop-report@workstation.aws_sso", "-s", str(signature)]
    data = json.dumps(envelope["report"], sort_keys=True, separators=(",", ":")).encode()
    return subprocess.run(command, check=False, input=data, capture_output=True).returncode == 0


def test_ssh_keygen_verifies_a_report(key: report.HostKey, tmp_path: pathlib.Path) -> None:
    document = laptop_report(key, message="Größe: 1\N{WHITE SMILING FACE}")
    envelope = json.loads(report.envelope(document, key))
    assert envelope["report"] == document and verified(tmp_path, envelope)
    envelope["report"]["host"] = "laptop-043"
    assert not verified(tmp_path, envelope)


def test_a_report_has_the_documented_fields(key: report.HostKey) -> None:
    document = laptop_report(key, outcome="rolled_back", message="Why.", fix="workstation-update --retry")
    assert document.pop("system").keys() == {"python", "distribution", "wsl"}
    assert document.pop("key").startswith("ssh-ed25519 AAAA") and document.pop("fleet") is None
    assert document == {
        "format": "workstation.aws_sso.laptop_report",
        "version": 1,
        "host": "laptop-042",
        "time": "2026-11-26T08:30:00Z",
        "bundle": {
            "name": "acme",
            "version": "1",
            "content_id": "0123456789abcdef",
            "serial": 1795000000,
            "available": "2",
        },
        "outcome": "rolled_back",
        "message": "Why.",
        "fix": "workstation-update --retry",
        "ran": "2026-11-26T08:29:00Z",
        "history": [],
    }


def test_earlier_outcomes_are_kept_once(key: report.HostKey, tmp_path: pathlib.Path) -> None:
    path, previous = tmp_path / "report.json", None
    for number, outcome in enumerate(
        ["ok", "ok", "refused", "refused", "rolled_back", *["ok", "failed"] * 9]
    ):
        now = NOW + datetime.timedelta(days=number)
        result = report.Result(outcome, message=f"{outcome}." * (outcome != "ok"))
        document = report.document("laptop-042", key, BUNDLE, result, None, now, previous)
        path.write_bytes(report.envelope(document, key))
        previous = report.read_report(str(path))
        assert previous == document
        if outcome == "rolled_back":
            assert [(event["outcome"], event["message"]) for event in document["history"]] == [
                ("ok", ""),
                ("refused", "refused."),
            ]
    assert previous and len(previous["history"]) == 10
    assert previous["history"][-1]["time"] == "2026-12-17T08:30:00Z"


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"report": 1}', b'{"report": {}}', b"\xff", b'{"report":' * 9999]
)
def test_a_damaged_report_has_no_history(tmp_path: pathlib.Path, data: bytes) -> None:
    path = tmp_path / "report.json"
    assert report.read_report(str(path)) is None
    path.write_bytes(data)
    assert report.read_report(str(path)) is None


def test_the_digest_ignores_the_time_only(key: report.HostKey) -> None:
    document = laptop_report(key)
    later = {**document, "time": "2026-11-27T08:30:00Z"}
    assert report.digest(later) == report.digest(document)
    assert report.digest({**later, "outcome": "failed"}) != report.digest(document)


def test_secrets_of_urls_and_escapes_are_not_in_a_report(key: report.HostKey) -> None:
    message = "https://ann:s3cret@example.com/a?X-Amz-Signature=abc did not respond.\x1b[31m"
    document = laptop_report(key, message=message, fix="x" * 5000)
    assert document["message"] == "https://example.com/a did not respond.?[31m"
    assert len(document["fix"]) == 4000


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("LAPTOP-042", "laptop-042"),
        ("laptop-042.corp.example.com", "laptop-042.corp.example.com"),
        ("Ann's laptop!", "ann-s-laptop"),
        ("../../etc", "etc"),
        ("localhost", "laptop-9de8a231"),
        ("localhost.localdomain", "laptop-9de8a231"),
        ("ПК", "laptop-9de8a231"),
        ("", "laptop-9de8a231"),
    ],
)
def test_host_names(name: str, expected: str) -> None:
    assert report.host_name("ssh-ed25519 AAAA", name) == expected


def test_every_laptop_has_a_host_name() -> None:
    assert report.host_name("ssh-ed25519 AAAA")


def test_the_distribution(tmp_path: pathlib.Path) -> None:
    (tmp_path / "etc").mkdir()
    release = tmp_path / "etc" / "os-release"
    release.write_text('NAME="x"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n')
    assert report.system(str(tmp_path))["distribution"] == "ubuntu 24.04"
    release.write_bytes(b"\xff")
    assert report.system(str(tmp_path))["distribution"] == ""
    release.unlink()
    assert report.system(str(tmp_path))["distribution"] == ""


def state(accounts: int) -> t.Dict[str, t.Any]:
    ids = [f"{number:012}" for number in range(accounts)]
    return {
        "format": "workstation.aws_sso.fleet_report",
        "version": 1,
        "run": {},
        "hosts": {"localhost": {"status": "ok", "access": {"acme": "x"}, "access_before": {"acme": "y"}}},
        "changes": [{"gained": ids}],
        "accounts": {**dict.fromkeys(ids, "n" * 100), "9" * 12: "former"},
        "access_sets": {"x": [{"roles": ["ReadOnly"], "accounts": ids}], "y": []},
    }


def test_what_the_last_run_recorded_is_part_of_the_report(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(state(3)))
    expected = state(3)
    del expected["changes"], expected["access_sets"]["y"], expected["accounts"]["9" * 12]
    expected["hosts"]["localhost"]["access_before"] = None
    assert report.read_fleet(str(path)) == expected


def test_the_access_to_very_many_accounts_is_left_out(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "run.json"
    for accounts in (4_800, 20_000):  # too many bytes, too many accounts
        path.write_text(json.dumps(state(accounts)))
        found = report.read_fleet(str(path))
        assert found["hosts"] == {"localhost": {"status": "ok", "access": None, "access_before": None}}
        assert found["accounts"] == found["access_sets"] == {}
    path.write_text(json.dumps(state(3_000)))
    assert len(report.read_fleet(str(path))["accounts"]) == 3_000


@pytest.mark.parametrize(
    "data", [b"", b"\0\0", b"[1]", b"{}", b'{"changes": [], "hosts"', b"[" * 100_000, b"\xff"]
)
def test_a_damaged_state_is_no_part_of_the_report(tmp_path: pathlib.Path, data: bytes) -> None:
    path = tmp_path / "run.json"
    assert report.read_fleet(str(path)) is None
    path.write_bytes(data)
    assert report.read_fleet(str(path)) is None


def test_a_damaged_key_is_reported_with_what_to_do(key: report.HostKey) -> None:
    pathlib.Path(key.path).write_text("no key")
    with pytest.raises(WorkstationError, match="delete it and run setup"):
        report.envelope(laptop_report(key), key)
    pathlib.Path(f"{key.path}.pub").write_text("")
    with pytest.raises(WorkstationError, match="is not a public key"):
        report.read_host_key(key.path)
