# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of many laptops, honest and hostile, merged into the fleet report."""

from __future__ import annotations

import copy
import datetime
import json
import os
import pathlib
import random
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import (
    File,
    Manifest,
    Ring,
    Rollout,
    Settings,
    dump,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.rollout import percentile
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run.report import BundleState
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report import access as fleet_access
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.report import Files
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._laptop_reports.reports import (
    Options,
    merge_reports,
)
from bundles import serving
from support.fleets import (
    FIRST,
    HOSTILE_NAME,
    SECOND,
    THIRD,
    FleetRun,
    access_of,
    account_id,
    account_name,
    company_run,
    page_text,
    read_page,
    read_state,
)
from support.laptop_reports import Document, LaptopKey, company_state, laptop_document, signed

Result = t.Dict[str, t.Any]
OLD = BundleState("acme", "1", "1" * 16, 1795000001, "2")


class Reports:
    """A directory of reports, and the files of the fleet report beside it."""

    def __init__(self, place: pathlib.Path) -> None:
        self.place = place
        self.directory = place / "reports"
        self.directory.mkdir()
        self.keys = place / "keys"
        self.warnings: list[str] = []

    def deliver(self, data: bytes, name: str, written: str = "") -> pathlib.Path:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if written:
            moment = datetime.datetime.strptime(written, "%Y-%m-%dT%H:%M:%S%z").timestamp()
            os.utime(path, (moment, moment))
        return path

    def report(self, host: str, time: str = FIRST, accounts: int = 2, **options: t.Any) -> Document:
        document = laptop_document(host, time, company_state(time, accounts), **options)
        self.deliver(signed(document), f"{host}.json")
        return document

    def merge(self, check_mode: bool = False, **options: t.Any) -> Result:
        files = Files(str(self.place / "fleet.html"), str(self.place / "fleet.json"), 0)
        given = Options(str(self.directory), str(self.keys), files)._replace(**options)
        result, self.warnings = merge_reports(given, check_mode)
        return result

    def host(self, name: str) -> Result:
        return t.cast(Result, read_state(self.place)["hosts"][name])


@pytest.fixture
def reports(tmp_path: pathlib.Path) -> Reports:
    return Reports(tmp_path)


def reasons(result: Result) -> dict[str, str]:
    return {refused["file"]: refused["reason"] for refused in result["refused"]}


def test_reports_become_hosts_of_the_page(reports: Reports) -> None:
    reports.report("laptop-1")
    reports.report("laptop-2", SECOND, bundle=OLD)
    result = reports.merge(bundle="2", expected=["laptop-1", "LAPTOP-2", "laptop-3"])
    assert result == {
        "changed": True,
        "hosts": 2,
        "new_reports": ["laptop-1", "laptop-2"],
        "never_seen": ["laptop-3"],
        "outdated": ["laptop-2"],
        "not_yet": [],
        "problems": [],
        "refused": [],
        "refused_count": 0,
    }
    assert reports.warnings == []
    host = reports.host("laptop-2")
    assert (host["status"], host["last_seen"], host["laptop"]["version"]) == ("ok", SECOND, "1")
    assert {account for account, _role in access_of(reports.place, "laptop-2")} == {
        *map(account_id, range(2))
    }
    shown = read_page(reports.place)
    assert "<bdi>laptop-3</bdi>" in shown and shown.count("outdated</span>") == 1
    assert "Never seen1" in page_text(reports.place)


def manifest_of(rollout: Rollout) -> bytes:
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    files = {f"2/{name}": File("0" * 64, 1) for name in ("collection", "updater", "company", "variables")}
    return dump(
        Manifest(
            name="acme",
            version="2",
            serial=1,
            issued=now,
            expires=now,
            files=files,
            collection="2/collection",
            updater="2/updater",
            company="2/company",
            variables="2/variables",
            environments={},
            keys=[],
            settings=Settings(),
            rollout=rollout,
        )
    )


def test_laptops_whose_ring_has_not_started_are_not_outdated(
    reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    hour = datetime.timedelta(hours=1)
    path = reports.place / "manifest.json"
    for number in range(20):
        reports.report(f"laptop-{number}", bundle=OLD)
    path.write_bytes(manifest_of(Rollout(False, (Ring(40, now - hour), Ring(100, now + hour)))))
    result = reports.merge(bundle=str(reports.place))
    first = [f"laptop-{number}" for number in range(20) if percentile(f"laptop-{number}") < 40]
    assert result["outdated"] == sorted(first) and 0 < len(first) < 20
    assert len(result["not_yet"]) == 20 - len(first)
    assert read_page(reports.place).count("not yet</span>") == 20 - len(first)
    path.write_bytes(manifest_of(Rollout(paused=True)))
    assert reports.merge(bundle=str(path))["outdated"] == []
    path.write_bytes(manifest_of(Rollout()))
    assert len(reports.merge(bundle=f"{path}")["outdated"]) == 20
    with serving(reports.place) as url:
        assert len(reports.merge(bundle=url)["outdated"]) == 20
        assert len(reports.merge(bundle=f"{url}/manifest.json")["outdated"]) == 20
    monkeypatch.chdir(reports.place.parent)
    assert len(reports.merge(bundle=reports.place.name)["outdated"]) == 20
    path.write_text("<html>")
    with pytest.raises(WorkstationError, match=f"{path}: The manifest is not JSON"):
        reports.merge(bundle=str(path))


def test_a_merge_without_new_reports_changes_nothing(reports: Reports) -> None:
    reports.report("laptop-1")
    reports.merge()
    before = reports.host("laptop-1"), reports.keys.read_text()
    result = reports.merge()
    assert (result["changed"], result["new_reports"], result["hosts"]) == (False, [], 1)
    assert (reports.host("laptop-1"), reports.keys.read_text()) == before


def test_check_mode_writes_no_state_and_no_keys(reports: Reports) -> None:
    reports.report("laptop-1")
    assert reports.merge(check_mode=True)["new_reports"] == ["laptop-1"]
    assert sorted(os.listdir(reports.place)) == ["fleet.html", "reports"]


def test_newer_reports_replace_older_ones_and_never_the_other_way_round(reports: Reports) -> None:
    old = signed(reports.report("laptop-1", FIRST, bundle=OLD))
    reports.merge()
    reports.report("laptop-1", THIRD)
    reports.merge()
    assert reports.host("laptop-1")["laptop"]["version"] == "2"
    reports.deliver(old, "laptop-1.json")
    result = reports.merge()
    assert (result["changed"], result["refused"]) == (False, [])
    assert reports.host("laptop-1")["laptop"]["version"] == "2"


def test_access_is_compared_with_that_of_the_report_before(reports: Reports) -> None:
    reports.report("laptop-1", FIRST, 2)
    reports.merge()
    reports.report("laptop-1", SECOND, 3)
    reports.merge()
    (change,) = read_state(reports.place)["changes"]
    assert (change["hosts"], change["first"], change["lost"]) == (["laptop-1"], False, [])
    assert [entry["accounts"] for entry in change["gained"]] == [[account_id(2)]]


@pytest.mark.parametrize("outcome", ["failed", "rolled_back", "refused"])
def test_failed_updates_are_failures(reports: Reports, outcome: str) -> None:
    message = "The signature of manifest.json is not valid."
    document = reports.report("laptop-1", outcome=outcome, message=message, fix="workstation-update --retry")
    assert document["fleet"]["hosts"]["localhost"]["status"] == "ok"
    result = reports.merge()
    assert result["problems"] == [
        {"host": "laptop-1", "outcome": outcome, "message": message, "fix": "workstation-update --retry"}
    ]
    host = reports.host("laptop-1")
    assert host["status"] == "failed" and [failure["message"] for failure in host["failures"]] == [message]
    assert "<bdi>Update to version 2</bdi> <code>workstation-update</code>" in read_page(reports.place)


@pytest.mark.parametrize("outcome", ["sign_in_required", "password_required"])
def test_what_waits_for_the_user_is_no_failure(reports: Reports, outcome: str) -> None:
    run = FleetRun(FIRST)
    run.fail("localhost", "sso_login", "Sign in", "not interactive")
    run.write(reports.place)
    state = read_state(reports.place)
    (reports.place / "fleet.json").unlink()
    document = laptop_document(
        "laptop-1", FIRST, state, outcome=outcome, message="Sign in again.", fix="workstation-update"
    )
    reports.deliver(signed(document), "laptop-1.json")
    assert [problem["outcome"] for problem in reports.merge()["problems"]] == [outcome]
    assert (reports.host("laptop-1")["status"], reports.host("laptop-1")["failures"]) == ("ok", [])
    shown = read_page(reports.place)
    assert "Waiting for the user" in shown and "<code>workstation-update</code>" in shown


def test_a_laptop_that_never_ran_the_playbook(reports: Reports) -> None:
    document = laptop_document("laptop-1", FIRST, bundle=BundleState("acme"), outcome="refused", ran="")
    reports.deliver(signed(document), "laptop-1.json")
    reports.merge(bundle="2")
    host = reports.host("laptop-1")
    assert (host["status"], host["aws_cli"], host["laptop"]["version"]) == ("failed", None, "")


def test_another_key_cannot_report_for_a_host(reports: Reports) -> None:
    reports.report("laptop-1", FIRST)
    reports.merge()
    before = reports.host("laptop-1")
    document = laptop_document("laptop-1", SECOND, outcome="failed", message="taken over")
    thief = LaptopKey("thief")
    data = signed({**document, "key": thief.public}, thief)
    reports.deliver(data, "laptop-1.json")
    result = reports.merge()
    assert reports.host("laptop-1") == before
    assert result["refused"] == [
        {
            "file": "laptop-1.json",
            "host": "laptop-1",
            "reason": (
                f"It is signed with another key than that of the host in {reports.keys}. If the laptop was"
                f" set up again: sed -i '/^laptop-1 /Id' {reports.keys}"
            ),
        }
    ]
    assert "taken over" not in read_page(reports.place) and "Refused reports" in read_page(reports.place)


@pytest.mark.parametrize("keys", ["keys", "keys of the team's laptops", "$(id)"])
def test_a_laptop_that_was_set_up_again_reports_after_the_command(reports: Reports, keys: str) -> None:
    reports.keys = reports.place / keys
    reports.report("laptop-1", SECOND)
    reports.merge()
    reports.keys.write_text(reports.keys.read_text().replace("laptop-1", "Laptop-1"))
    new = LaptopKey("new")
    document = laptop_document("laptop-1", FIRST, outcome="ok")
    reports.deliver(signed({**document, "key": new.public}, new), "laptop-1.json")
    command = reasons(reports.merge())["laptop-1.json"].partition("again: ")[2]
    assert os.system(command) == 0
    result = reports.merge()
    assert (result["new_reports"], result["refused"]) == (["laptop-1"], [])
    assert f"laptop-1 {new.public}\n" in reports.keys.read_text()


def test_a_revoked_laptop_leaves_the_page(reports: Reports) -> None:
    reports.report("laptop-1")
    reports.report("laptop-10")
    reports.merge()
    text = reports.keys.read_text()
    reports.keys.write_text(text.replace(f"laptop-1 {LaptopKey('laptop-1').public}", "laptop-1 revoked"))
    reports.report("laptop-1", SECOND)
    result = reports.merge()
    assert [*read_state(reports.place)["hosts"]] == ["laptop-10"]
    assert reasons(result) == {"laptop-1.json": f"The key of this host is revoked in {reports.keys}."}


def test_a_new_host_is_refused_where_only_known_ones_are_accepted(reports: Reports) -> None:
    reports.report("laptop-1")
    reason = reasons(reports.merge(new_hosts=False))["laptop-1.json"]
    assert reason.startswith(f"{reports.keys} has no key of this host.")
    reports.keys.write_text(reason.partition(f"{reports.keys}: ")[2])
    assert reports.merge(new_hosts=False)["new_reports"] == ["laptop-1"]


def test_a_report_cannot_take_the_name_of_a_host_of_the_controller(reports: Reports) -> None:
    company_run(FIRST, 1, 2).write(reports.place)
    (name,) = read_state(reports.place)["hosts"]
    before = reports.host(name)
    reports.report(name, SECOND, outcome="failed")
    reason = reasons(reports.merge())[f"{name}.json"]
    assert reason.startswith("A host of this name was set up from the controller") and not before["laptop"]
    assert reports.host(name) == before
    with reports.keys.open("a") as stream:
        stream.write(f"{name} {LaptopKey(name).public}\n")
    assert reports.merge()["new_reports"] == [name]


def test_a_later_run_from_the_controller_keeps_what_a_laptop_reported(reports: Reports) -> None:
    name = "laptop-000.acme.example"
    reports.report(name, FIRST, bundle=OLD)
    reports.merge(bundle="2", expected=["laptop-9"])
    company_run("2099-01-01T00:00:00Z", 1, 2).write(reports.place)
    host = reports.host(name)
    assert (host["last_run"], host["laptop"]["version"]) == ("2099-01-01T00:00:00Z", "1")
    shown = read_page(reports.place)
    assert "outdated</span>" in shown and "<bdi>laptop-9</bdi>" in shown


def test_two_keys_for_a_new_name(reports: Reports) -> None:
    document = laptop_document("laptop-1", FIRST)
    thief = LaptopKey("thief")
    stolen = signed({**document, "key": thief.public}, thief)
    reports.deliver(stolen, "a.json")
    reports.deliver(signed(document), "b.json")
    result = reports.merge()
    assert [*reasons(result).values()] == ["Reports with different keys claim this name."] * 2
    reports.deliver(signed(document), "laptop-1.json")
    result = reports.merge()
    assert reasons(result) == {"a.json": reasons(result)["a.json"]} and result["hosts"] == 1


@pytest.mark.parametrize("clock", ["2099-01-01T00:00:00Z", SECOND, "2026-99-99T99:99:99Z"])
def test_a_clock_that_is_ahead(reports: Reports, clock: str) -> None:
    document = laptop_document("laptop-1", FIRST, bundle=OLD)
    reports.deliver(signed({**document, "time": clock}), "laptop-1.json", FIRST)
    assert reports.merge()["new_reports"] == ["laptop-1"]
    assert reports.host("laptop-1")["last_seen"] == FIRST
    assert reports.merge()["new_reports"] == []
    reports.deliver(signed(laptop_document("laptop-1", FIRST[:-3] + "01Z")), "laptop-1.json")
    assert reports.merge()["new_reports"] == ["laptop-1"]
    assert reports.host("laptop-1")["laptop"]["version"] == "2"


def test_names_of_accounts_that_some_laptops_change(reports: Reports) -> None:
    for number in range(10):
        reports.report(f"laptop-{number}")
    reports.merge()
    for number in range(3):
        document = laptop_document(f"laptop-{number}", SECOND, copy.deepcopy(company_state(SECOND, 2)))
        document["fleet"]["accounts"][account_id(1)] = "evil"
        reports.deliver(signed(document), f"laptop-{number}.json")
    reports.merge()
    assert read_state(reports.place)["accounts"][account_id(1)] == account_name(1)


def test_files_in_folders_and_hidden_ones(reports: Reports) -> None:
    document = laptop_document("laptop-1", FIRST)
    reports.deliver(signed(document), "laptop-1/laptop-1.json")
    reports.deliver(signed(laptop_document("laptop-2", FIRST)), ".git/laptop-2.json")
    reports.deliver(b"x", ".laptop-1.json.0123abcd.aws_sso")
    reports.deliver(b"x", "a/b/c/d/e/f.json")
    result = reports.merge()
    assert (result["new_reports"], result["refused"]) == (["laptop-1"], [])


def test_what_is_no_file(reports: Reports, tmp_path: pathlib.Path) -> None:
    os.mkfifo(reports.directory / "pipe.json")
    (tmp_path / "secret").write_text("secret")
    (reports.directory / "link.json").symlink_to(tmp_path / "secret")
    (reports.directory / "loop").symlink_to(reports.directory)
    with open(reports.directory / "sparse.json", "wb") as stream:
        stream.truncate(10**12)
    assert reasons(reports.merge()) == {
        "link.json": "It is a symbolic link.",
        "pipe.json": "It is not a regular file.",
        "sparse.json": "It is larger than 1 MB.",
    }


def test_options_that_cannot_be_meant(reports: Reports) -> None:
    for options, text in (
        ({"directory": "/does/not/exist"}, "/does/not/exist: No such file or directory."),
        ({"keys": ""}, "The option keys is empty"),
        ({"keys": f"{reports.place}/fleet.json"}, "must be different files"),
        ({"files": Files("", "", 0)}, "html, json and csv are empty"),
        ({"files": Files("x", "", -1)}, "keep_days"),
        ({"bundle": "/does/not/exist"}, "/does/not/exist: No such file"),
        ({"bundle": "https://u:p@127.0.0.1:9/x?y=z"}, "https://127.0.0.1:9/x"),
        ({"bundle": str(reports.directory)}, "manifest.json: No such file"),
    ):
        with pytest.raises(WorkstationError) as raised:
            reports.merge(**options)
        assert text in str(raised.value) and "u:p" not in str(raised.value)


def test_a_damaged_file_of_keys(reports: Reports) -> None:
    reports.report("laptop-1")
    reports.keys.write_text("laptop-1 ssh-ed25519\n")
    with pytest.raises(WorkstationError, match="keys, line 1: expected the name of a host"):
        reports.merge()


ESCAPES = "\x1b]0;owned\x07\x1b[2J\r\n\u202e"


def hostile_reports(host: str, other: str) -> list[tuple[str, bytes]]:
    """Twenty files with their names; those with a valid signature are of the key of *host*."""
    key = LaptopKey(host)
    honest = laptop_document(host, SECOND, copy.deepcopy(company_state(SECOND, 2)))

    def own(**changes: t.Any) -> bytes:
        return signed({**honest, **changes}, key)

    def record(**changes: t.Any) -> bytes:
        document = copy.deepcopy(honest)
        document["fleet"]["hosts"]["localhost"].update(changes)
        return signed(document, key)

    many_hosts = copy.deepcopy(honest)
    many_hosts["fleet"]["hosts"][other] = many_hosts["fleet"]["hosts"]["localhost"]
    many = [{"roles": [f"r{number}" for number in range(1000)], "accounts": ["1" * 12] * 10_000}]
    bomb = copy.deepcopy(honest)
    bomb["fleet"]["access_sets"] = {fleet_access.digest_of(many): many}
    bomb["fleet"]["hosts"]["localhost"]["access"] = {"acme": fleet_access.digest_of(many)}
    named = copy.deepcopy(honest)
    named["fleet"]["accounts"] = dict.fromkeys(named["fleet"]["accounts"], "evil")
    return [
        (f"{other}.json", own(host=other)),
        ("claims.json", own(host=other, key=LaptopKey(other).public)),
        ("replayed.json", json.dumps({**json.loads(own()), "report": {**honest, "host": other}}).encode()),
        ("escapes.json", own(message=ESCAPES, fix=ESCAPES, bundle={**honest["bundle"], "version": ESCAPES})),
        (f"{ESCAPES.replace('/', '')}.json", own(host=ESCAPES)),
        ("html.json", own(host=HOSTILE_NAME)),
        ("script.json", record(failures=[dict.fromkeys(("task", "module", "message"), HOSTILE_NAME)])),
        ("hosts.json", signed(many_hosts, key)),
        ("bomb.json", signed(bomb, key)),
        ("names.json", signed(named, key)),
        ("large.json", b'{"report": "' + b"x" * 3_000_000),
        ("deep.json", b'{"report":' * 50_000),
        ("long.json", own(host="x" * 1000)),
        ("path.json", own(host="../../fleet")),
        ("future.json", own(time="9999-12-31T23:59:59Z")),
        ("findings.json", record(findings=[dict.fromkeys(FINDING, "m" * 3000)] * 40)),
        ("number.json", own(bundle={**honest["bundle"], "version": 10**400})),
        ("null.json", own(fleet={"hosts": None})),
        ("empty.json", b""),
        ("binary.json", random.Random(17).randbytes(5000)),
    ]


FINDING = ("id", "severity", "subject", "what", "why", "fix")


def test_two_hundred_reports_with_twenty_hostile_ones(reports: Reports, tmp_path: pathlib.Path) -> None:
    honest = [f"laptop-{number:03}" for number in range(180)]
    for number, host in enumerate(honest):
        reports.report(host, (FIRST, SECOND)[number % 2], 5)
    reports.merge(expected=honest)
    state, keys = read_state(tmp_path), reports.keys.read_text()
    hostile = hostile_reports("evil-1", honest[7])
    assert len(hostile) == 20
    for name, data in hostile:
        reports.deliver(data, f"upload/{name}")
    result = reports.merge(expected=honest)
    after = read_state(tmp_path)
    assert {name: after["hosts"][name] for name in honest} == state["hosts"]
    assert {*after["hosts"]} - {*honest} <= {"evil-1"}
    assert after["accounts"] == state["accounts"]
    assert [
        line for line in reports.keys.read_text().splitlines() if "evil-1 " not in line
    ] == keys.splitlines()
    assert 17 <= result["refused_count"] == len(result["refused"])
    shown = read_page(tmp_path)
    assert not [character for character in ("\x1b", "\x07", "\r", "\u202e") if character in shown]
    assert "<script>alert" not in shown and shown.count("<script>") == 1
    assert len(shown) < 2_000_000
    assert reports.warnings == []
    again = reports.merge(expected=honest)
    assert (again["changed"], reports.warnings) == (False, [])


def test_texts_as_long_as_they_may_be_do_not_damage_the_state(reports: Reports) -> None:
    longest = "m" * 3999 + "."
    bundle = BundleState("a" * 63, "v" * 64, "0" * 16, 2**62, "w" * 64)
    document = laptop_document(
        "laptop-1", FIRST, bundle=bundle, outcome="refused", message=longest, fix=longest
    )
    document["system"]["distribution"] = longest
    document["history"] = [dict.fromkeys(("message", "version", "available"), longest)] * 50
    for event in document["history"]:
        event.update(time=FIRST, outcome="ok")
    reports.deliver(signed(document), "laptop-1.json")
    assert reports.merge()["new_reports"] == ["laptop-1"]
    assert (reports.merge()["changed"], reports.warnings) == (False, [])
    for outcome in ("refused", "sign_in_required"):
        document["bundle"] = {**document["bundle"], "version": "v" * 65}
        reports.deliver(signed({**document, "outcome": outcome, "time": SECOND}), "laptop-1.json")
        assert reasons(reports.merge())["laptop-1.json"].startswith("Its data is not valid")
