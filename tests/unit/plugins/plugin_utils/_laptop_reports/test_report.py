# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of laptops, and what hostile ones contain."""

from __future__ import annotations

import copy
import datetime
import json
import pathlib
import subprocess
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run import report as laptop
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report import access as fleet_access
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._laptop_reports.report import (
    Reader,
    Report,
    ReportError,
)
from support.fleets import FIRST, HOSTILE_NAME, SECOND, account_id, account_name
from support.laptop_reports import BUNDLE, LaptopKey, company_state, laptop_document, signed

HOST = "laptop-042"


def read(data: bytes) -> Report:
    return Reader({}).read(data)


def refusal(data: bytes) -> str:
    with pytest.raises(ReportError) as raised:
        read(data)
    return str(raised.value)


def test_a_report_of_a_laptop() -> None:
    sets: fleet_access.Sets = {}
    document = laptop_document(HOST, SECOND, company_state(FIRST, 3), message="Why.", fix="How.")
    report = Reader(sets).read(signed(document))
    assert (report.host, report.key) == (HOST, LaptopKey(HOST).public)
    assert (report.laptop.reported, report.laptop.version, report.laptop.outcome) == (SECOND, "2", "ok")
    assert (report.laptop.message, report.laptop.fix) == ("Why.", "How.")
    assert report.laptop.key.startswith("SHA256:")
    assert report.record and (report.record.status, report.record.aws_cli) == ("ok", "2.36.12")
    assert report.accounts == {account_id(number): account_name(number) for number in range(3)}
    assert [*report.access] == ["acme"] and [*sets] == [*report.access.values()]


def test_a_report_that_ssh_keygen_signed(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "host_key"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    key = laptop.read_host_key(str(path))
    host = laptop.host_name(key.public, "LAPTOP-042.acme.example")
    now = datetime.datetime(2026, 11, 26, tzinfo=datetime.timezone.utc)
    result = laptop.Result("refused", "Größe \N{SNOWMAN} \N{PILE OF POO}")
    document = laptop.document(host, key, BUNDLE, result, company_state(FIRST, 3), now)
    report = read(laptop.envelope(document, key))
    assert (report.host, report.key) == ("laptop-042.acme.example", key.public)
    assert report.laptop.message == result.message


def test_earlier_outcomes_are_limited() -> None:
    event = {"time": FIRST, "outcome": "refused", "message": "token=abcdef0123 " + "m" * 3000}
    report = read(signed({**laptop_document(HOST, SECOND), "history": [event] * 50}))
    assert len(report.laptop.history) == 10
    assert {(len(event.message), event.message[:9]) for event in report.laptop.history} == {
        (500, "token=***")
    }


def test_a_report_before_the_first_run() -> None:
    report = read(signed(laptop_document(HOST, FIRST, outcome="refused", message="x", ran="")))
    assert report.record is None and report.laptop.outcome == "refused"


def test_every_change_after_the_signature_is_found() -> None:
    envelope = json.loads(signed(laptop_document(HOST, FIRST, company_state(FIRST, 1))))
    for path in (("host",), ("time",), ("outcome",), ("bundle", "version"), ("fleet", "run", "id")):
        changed = copy.deepcopy(envelope)
        place = changed["report"]
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = {"time": SECOND, "outcome": "failed"}.get(path[-1], "other")
        assert refusal(json.dumps(changed).encode()) == "The signature is not valid."


def test_the_signature_of_another_laptop() -> None:
    assert (
        refusal(signed(laptop_document(HOST, FIRST), LaptopKey("other")))
        == "The signature is by another key."
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 1000,
        b"[]",
        b"7",
        b'{"report": 1}',
        b'{"report": {"format": "other"}}',
        b'{"report": ["format"]}',
        b"[" * 1_000_000,
        b'{"report": ' * 10_000,
        b"9" * 10_000,
        b"<html>",
        b"\xff",
    ],
)
def test_what_is_no_report(data: bytes) -> None:
    assert refusal(data) == "It is not a report of a laptop."


def test_a_report_that_is_too_large() -> None:
    assert refusal(b" " * 1_000_001) == "It is larger than 1 MB."


def test_a_report_of_a_newer_version_names_its_host() -> None:
    with pytest.raises(ReportError, match="Another version") as raised:
        read(signed({**laptop_document(HOST, FIRST), "version": 2}))
    assert raised.value.host == HOST


@pytest.mark.parametrize(
    "host",
    [
        "",
        "../x",
        "a/b",
        "A",
        "a b",
        "-a",
        "a.",
        HOSTILE_NAME,
        "a\n",
        "ü",
        "x" * 254,
        7,
        None,
        ["a"],
        "\x1b[31m",
    ],
)
def test_names_that_no_host_can_have(host: t.Any) -> None:
    document = {**laptop_document(HOST, FIRST), "host": host}
    assert refusal(signed(document, LaptopKey(HOST))).startswith("Its data is not valid")


def change(document: dict[str, t.Any], path: tuple[str, ...], value: t.Any) -> dict[str, t.Any]:
    changed = copy.deepcopy(document)
    place = changed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return changed


VALUES: tuple[t.Any, ...] = (
    None,
    7,
    -1,
    1e400,
    "x" * 5000,
    "\u202e",
    "\ud800",
    [],
    {},
    [{}],
    True,
    {"a": "b"},
)
PATHS = [
    ("time",),
    ("key",),
    ("bundle",),
    ("bundle", "version"),
    ("outcome",),
    ("history",),
    ("ran",),
    ("system",),
    ("system", "distribution"),
    ("fleet",),
    ("fleet", "hosts"),
    ("fleet", "hosts", "localhost"),
    ("fleet", "hosts", "localhost", "status"),
    ("fleet", "hosts", "localhost", "failures"),
    ("fleet", "hosts", "localhost", "aws_cli"),
    ("fleet", "hosts", "localhost", "sessions"),
    ("fleet", "hosts", "localhost", "access"),
    ("fleet", "accounts"),
    ("fleet", "access_sets"),
]


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_no_value_of_a_field_ends_the_merge(path: tuple[str, ...]) -> None:
    document = laptop_document(HOST, FIRST, company_state(FIRST, 2))
    for value in VALUES:
        data = signed(change(document, path, value), LaptopKey(HOST))
        try:
            report = read(data)
        except ReportError:
            continue
        assert report.host == HOST


def test_other_hosts_in_the_state_of_a_laptop() -> None:
    document = laptop_document(HOST, FIRST, copy.deepcopy(company_state(FIRST, 1)))
    document["fleet"]["hosts"]["laptop-001"] = document["fleet"]["hosts"]["localhost"]
    assert refusal(signed(document)) == "Its data is not valid (other hosts)."


def test_a_record_that_would_fill_the_page() -> None:
    failure = {"task": "x", "module": "x", "message": "m" * 4000, "fix": ""}
    document = laptop_document(HOST, FIRST, copy.deepcopy(company_state(FIRST, 1)))
    document["fleet"]["hosts"]["localhost"]["failures"] = [failure] * 40
    assert refusal(signed(document)) == "Its record of the host is larger than 128 kB."


def with_access(entries: list[dict[str, list[str]]], digest: str = "") -> bytes:
    document = laptop_document(HOST, FIRST, copy.deepcopy(company_state(FIRST, 1)))
    digest = digest or fleet_access.digest_of(entries)
    document["fleet"]["hosts"]["localhost"]["access"] = {"acme": digest}
    document["fleet"]["access_sets"] = {digest: entries}
    return signed(document)


@pytest.mark.parametrize(
    ("groups", "accounts", "roles"), [(1001, 1, 1), (1, 5001, 1), (1, 1000, 21), (1, 10**4, 10**4)]
)
def test_access_that_would_fill_the_memory(groups: int, accounts: int, roles: int) -> None:
    entries = [
        {
            "roles": [f"role-{group}-{number}" for number in range(roles)],
            "accounts": [f"{group:03}{number:09}" for number in range(accounts)],
        }
        for group in range(groups)
    ]
    assert refusal(with_access(entries)) == "It lists more accounts and roles than a report may."


@pytest.mark.parametrize(
    "entries",
    [
        [{"roles": ["x" * 33], "accounts": ["1" * 12]}],
        [{"roles": [HOSTILE_NAME], "accounts": ["1" * 12]}],
        [{"roles": ["ReadOnly"], "accounts": ["1"]}],
        [{"roles": ["ReadOnly"], "accounts": [HOSTILE_NAME]}],
        [{"roles": ["B", "A"], "accounts": ["1" * 12]}],
        [{"roles": ["A"]}],
    ],
)
def test_access_that_is_not_valid(entries: list[dict[str, list[str]]]) -> None:
    assert refusal(with_access(entries)).startswith("Its data is not valid")


def test_a_set_of_another_laptop_cannot_be_changed() -> None:
    sets: fleet_access.Sets = {}
    reader = Reader(sets)
    honest = reader.read(signed(laptop_document("laptop-001", FIRST, company_state(FIRST, 2))))
    (digest,) = honest.access.values()
    before = copy.deepcopy(sets[digest])
    with pytest.raises(ReportError, match="digest of an access set"):
        reader.read(with_access([{"roles": ["Admin"], "accounts": ["9" * 12]}], digest))
    assert sets == {digest: before}


def test_names_of_accounts_that_the_laptop_cannot_use_are_ignored() -> None:
    document = laptop_document(HOST, FIRST, copy.deepcopy(company_state(FIRST, 1)))
    document["fleet"]["accounts"] = {account_id(0): "\x1b[31mprod", "9" * 12: "of others"}
    assert read(signed(document)).accounts == {account_id(0): "prod"}
