# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet report: what it keeps of a run, what it compares, and what it never shows."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import json
import pathlib
import re
import stat
import threading
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report import (
    access as fleet_access,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.collector import Tally
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.redact import (
    LONGEST_MESSAGE,
    message,
    name,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.results import TaskResult
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.state import (
    StateError,
    dumped,
    loaded,
)
from support.fleets import HOSTILE_NAME, ROLES, FleetRun, access_to, account_id, account_name, company_run

FIRST, SECOND, THIRD = (f"2026-11-{day}T08:00:00Z" for day in (21, 22, 23))

SECRETS = (
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "https://jane:hunter2@proxy.example.com:3128",
    "https://jane:hun/ter2@proxy.example.com/?x=1",
    "https://bucket.s3.amazonaws.com/x?X-Amz-Credential=hunter2&X-Amz-Signature=hunter2",
    "https://acme.awsapps.com/start/#/device?user_code=hunter2",
    "AWS_SECRET_ACCESS_KEY=hunter2",
    "--client-secret=hunter2",
    '{"accessToken": "hunter2", "refreshToken": "hunter2"}',
    "{'client_secret': 'hunter2'}",
    "password: hunter2",
    "Authorization: Basic aHVudGVyMjpodW50ZXIy",
    "x-amz-sso_bearer_token: hunter2",
    "Bearer aHVudGVyMjpodW50ZXIy",
    "eyJraWQiOiJrZXktMTU2NDAyODA5OSJ9.aHVudGVyMg.hunter2",
    "aoaAAAAAGhunter2hunter2:MGUCMQhunter2",
    "IQoJb3JpZ2luX2VjEJ3hunter2hunter2hunter2hunter2hunter2" + "Ab1" * 20,
    "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----\nhunter2",
)
"""Each is a secret, or holds one that is spelled hunter2."""

MESSAGES = (
    "token_store=host needs method=device: no browser is on the host.",
    "There is no [sso-session a] in /home/Jane/.aws/config. Write it with workstation.aws_sso.sso_profiles.",
    "The token ended. Run: aws sso login --sso-session corp",
    "Could not refresh the token: aws sso login --profile ReadOnly-111122223333",
    "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/jane@example.com",
    "https://acme.awsapps.com/start/#/ and https://awscli.amazonaws.com/awscli-exe-linux-x86_64-2.38.5.zip.sig",
    "checksum sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "Nothing is in /Home/Jane2/Projects/Company/Configuration of /Home/Jane2/Files/a",
    "Basic authentication with a password is not offered.",
)


def leaks(secret: str, text: str) -> bool:
    return "hunter2" in text or secret in text


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_blotted_out(secret: str) -> None:
    for text in (secret, f"curl failed with {secret}", f"'{secret}' is wrong", f"a\n{secret}\nb"):
        assert not leaks(secret, message(text))
        assert not leaks(secret, name(text))


@pytest.mark.parametrize("text", MESSAGES)
def test_messages_without_a_secret_are_shown_as_they_are(text: str) -> None:
    assert message(text) == text
    assert message(f"Task failed: Module failed: {text}") == text


@given(st.text(), st.sampled_from(SECRETS), st.text())
def test_no_neighbour_saves_a_secret(before: str, secret: str, after: str) -> None:
    shown = message(f"{before} {secret} {after}")
    assert secret not in shown and ("hunter2" in before + after or "hunter2" not in shown)


@given(st.one_of(st.text(), st.lists(st.text()), st.integers(), st.none(), st.binary()))
def test_shown_text_is_printable_and_short(text: t.Any) -> None:
    shown = message(text)
    assert len(shown) <= LONGEST_MESSAGE and all(
        char.isprintable() or char in "\n\u3000" or ord(char) > 0x9F for char in shown
    )
    shown.encode()
    assert "\n" not in name(text) and "\u202e" not in name(text)


def test_escape_sequences_and_turned_text_are_gone() -> None:
    assert message("\x1b[31mred\x1b[0m \x1b]0;title\x07\u202egnp.exe") == "red  gnp.exe"


PAIRS = st.sets(st.tuples(st.sampled_from([account_id(n) for n in range(6)]), st.sampled_from(ROLES)))


def pairs_of(access: fleet_access.AccessSet) -> set[tuple[str, str]]:
    return {(account, role) for account, roles in access.items() for role in roles}


@given(PAIRS, PAIRS)
def test_access_sets_are_sets(one: set[tuple[str, str]], other: set[tuple[str, str]]) -> None:
    left, right = fleet_access.access_set(one), fleet_access.access_set(other)
    assert pairs_of(left) == one
    assert pairs_of(fleet_access.union([left, right])) == one | other
    assert pairs_of(fleet_access.without(left, right)) == one - other
    assert fleet_access.from_json(json.loads(json.dumps(fleet_access.to_json(left)))) == left
    sets: fleet_access.Sets = {}
    assert (fleet_access.intern(sets, left) == fleet_access.intern(sets, right)) == (one == other)


@given(
    st.lists(st.tuples(PAIRS, st.integers(1, 9)), max_size=4),
    st.lists(st.tuples(PAIRS, st.integers(1, 9)), max_size=4),
)
def test_the_matrix_counts_hosts(now: list[t.Any], before: list[t.Any]) -> None:
    def possession(holders: list[t.Any]) -> fleet_access.AccessHolders:
        return fleet_access.AccessHolders(
            [(fleet_access.access_set(pairs), hosts) for pairs, hosts in holders]
        )

    matrix = fleet_access.matrix(possession(now), possession(before))
    cells = {
        (account, role): cell
        for account, row in matrix.rows
        for role, cell in zip(matrix.roles, row)
        if cell is not None
    }
    for holders, field in ((now, "hosts"), (before, "before")):
        for pair in {pair for pairs, _hosts in [*now, *before] for pair in pairs}:
            assert getattr(cells[pair], field) == sum(hosts for pairs, hosts in holders if pair in pairs)
    assert set(cells) == {pair for pairs, _hosts in [*now, *before] for pair in pairs}


def kept(directory: pathlib.Path) -> dict[str, t.Any]:
    document: dict[str, t.Any] = json.loads((directory / "fleet.json").read_text())
    return document


def page(directory: pathlib.Path) -> str:
    return (directory / "fleet.html").read_text()


def list_access(directory: pathlib.Path, host: str) -> set[tuple[str, str]]:
    document = kept(directory)
    return {
        (account, role)
        for digest in document["hosts"][host]["access"].values()
        for entry in document["access_sets"][digest]
        for account in entry["accounts"]
        for role in entry["roles"]
    }


def test_access_that_was_left_out_is_not_counted(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.profiles("laptop-1", access_to(range(3)), accounts=[account_id(0), account_id(1)], roles=["*"])
    run.profiles(
        "laptop-2", access_to(range(2)), exclude_accounts=[account_name(0)], exclude_roles=list(ROLES[1:])
    )
    run.profiles("laptop-3", access_to(range(1)), exclude_roles=HOSTILE_NAME)
    run.write(tmp_path)
    assert list_access(tmp_path, "laptop-1") == {(account_id(n), role) for n in range(2) for role in ROLES}
    assert list_access(tmp_path, "laptop-2") == {(account_id(1), ROLES[0])}
    assert list_access(tmp_path, "laptop-3") == {(account_id(0), role) for role in ROLES}


def test_a_run_is_remembered_and_shown(tmp_path: pathlib.Path) -> None:
    assert company_run(FIRST, 3, 2).write(tmp_path) == []
    document = kept(tmp_path)
    assert (document["format"], document["version"]) == ("workstation.aws_sso.fleet_report", 1)
    host = document["hosts"]["laptop-001.acme.example"]
    assert (host["status"], host["last_run"], host["aws_cli"]) == ("ok", FIRST, "2.36.12")
    assert host["wsl"] == {"version": 2, "distribution": "Ubuntu-24.04"}
    assert host["sessions"]["acme"]["expires_at"] == "2026-11-21T23:01:00Z"
    assert host["sessions"]["acme"]["on_controller"] is False
    assert host["identity"]["account"] == "100000000000"
    assert host["profiles"]["wanted"] == 10
    assert len(document["access_sets"]) == 2
    assert list_access(tmp_path, "laptop-001.acme.example") == {
        (account_id(number), role) for number in range(2) for role in ROLES
    }
    shown = page(tmp_path)
    for text in (
        "laptop-001.acme.example",
        "Ubuntu-24.04",
        "until 23:01",
        "person-001@acme.example",
        "no earlier run",
    ):
        assert text in shown
    assert stat.S_IMODE((tmp_path / "fleet.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "fleet.html").stat().st_mode) == 0o600


def test_a_page_that_may_be_read_stays_so(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 1, 1).write(tmp_path)
    (tmp_path / "fleet.html").chmod(0o644)
    (tmp_path / "fleet.json").chmod(0o644)
    company_run(SECOND, 1, 1).write(tmp_path)
    assert stat.S_IMODE((tmp_path / "fleet.html").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "fleet.json").stat().st_mode) == 0o600


def test_hosts_that_a_run_does_not_touch_stay_as_they_were(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 4, 2).write(tmp_path)
    before = kept(tmp_path)
    run = FleetRun(SECOND)
    run.record("laptop-002.acme.example", "aws_cli", version="2.38.5", previous_version="2.36.12")
    run.write(tmp_path)
    after = kept(tmp_path)
    touched = after["hosts"].pop("laptop-002.acme.example")
    known = before["hosts"].pop("laptop-002.acme.example")
    assert after["hosts"] == before["hosts"]
    assert (touched["aws_cli"], touched["aws_cli_before"], touched["last_run"]) == (
        "2.38.5",
        "2.36.12",
        SECOND,
    )
    assert [touched[key] for key in ("wsl", "sessions", "access")] == [
        known[key] for key in ("wsl", "sessions", "access")
    ]
    assert "1 of 4 hosts in this run" in page(tmp_path)
    assert after["changes"] == []


def test_a_run_that_tells_nothing_writes_nothing(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.collector.succeeded(TaskResult("a", "t", "ansible.builtin.command", {"cmd": ["ls"]}, {}))
    run.tallies["a"] = Tally(0, 0, 1)
    assert run.write(tmp_path) == [] and not list(tmp_path.iterdir())


def test_gained_and_lost_access_is_told_and_counted(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    for host in ("a", "b", "c"):
        run.profiles(host, access_to([0, 1], ["Reader"]))
    run.write(tmp_path)
    run = FleetRun(SECOND)
    for host in ("a", "b"):
        run.profiles(host, access_to([1, 2], ["Reader"]))
    run.write(tmp_path)
    assert kept(tmp_path)["changes"] == [
        {
            "hosts": ["a", "b"],
            "first": False,
            "gained": [{"roles": ["Reader"], "accounts": [account_id(2)]}],
            "lost": [{"roles": ["Reader"], "accounts": [account_id(0)]}],
        }
    ]
    shown = page(tmp_path)
    assert '<td class="fewer">1 <del>\N{MINUS SIGN}2</del></td>' in shown
    assert '<td class="new">2 <ins>+2</ins></td>' in shown
    assert "<td>3</td>" in shown
    run = FleetRun(THIRD)
    run.profiles("c", access_to([1], ["Reader"]))
    run.write(tmp_path)
    assert '<td class="gone">0 <del>\N{MINUS SIGN}1</del></td>' in page(tmp_path)
    assert [change["hosts"] for change in kept(tmp_path)["changes"]] == [["c"]]


def test_a_run_tells_of_the_sessions_that_it_wrote(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.profiles("a", access_to([0], ["Reader"]))
    other = [{**entry, "session": "other"} for entry in access_to([1], ["Reader"])]
    run.profiles("a", other, sessions=[])
    run.write(tmp_path)
    run = FleetRun(SECOND)
    run.profiles("a", access_to([2], ["Reader"]))
    run.profiles("a", access_to([3], ["Admin"]))
    run.write(tmp_path)
    wanted = {(account_id(1), "Reader"), (account_id(2), "Reader"), (account_id(3), "Admin")}
    assert list_access(tmp_path, "a") == wanted
    run = FleetRun(THIRD)
    run.profiles("a", access_to([2], ["Reader"]), state="absent")
    run.write(tmp_path)
    assert list_access(tmp_path, "a") == wanted - {(account_id(2), "Reader")}


def test_purging_all_of_a_session_leaves_no_access(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.profiles("a", access_to([0], ["Reader"]))
    run.write(tmp_path)
    FleetRun(SECOND)
    run = FleetRun(SECOND)
    run.profiles("a", [])
    run.write(tmp_path)
    assert list_access(tmp_path, "a")
    run = FleetRun(THIRD)
    run.profiles("a", [], purge=True)
    run.write(tmp_path)
    assert not list_access(tmp_path, "a")


def test_a_run_of_several_playbooks_is_one_run(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 2, 2).write(tmp_path)
    run = FleetRun(SECOND)
    run.profiles("laptop-001.acme.example", access_to([5]))
    run.write(tmp_path)
    once = kept(tmp_path)["changes"]
    run.record("laptop-001.acme.example", "wsl_info", wsl={"version": 1, "distribution": "Debian"})
    run.write(tmp_path)
    assert once and kept(tmp_path)["changes"] == once
    assert kept(tmp_path)["hosts"]["laptop-001.acme.example"]["wsl"]["version"] == 1


def test_many_new_profiles_are_counted_and_the_first_named(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.profiles("a", [], [f"profile-{number}" for number in range(5000)])
    run.write(tmp_path)
    assert kept(tmp_path)["hosts"]["a"]["profiles"]["added"]["count"] == 5000
    shown = page(tmp_path)
    assert "profile-19<" in shown and "profile-20<" not in shown and "4980 more added" in shown


def test_failures_that_count_are_the_last(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.record("rescued", "wsl_info", wsl={"version": 2, "distribution": ""})
    for host, counting in (("rescued", 0), ("failed", 1)):
        for task in ("first", "second"):
            run.collector.failed(TaskResult(host, task, "ansible.builtin.fail", {"msg": task}, {}))
        run.tallies[host] = Tally(counting, 0, 0)
    run.write(tmp_path)
    hosts = kept(tmp_path)["hosts"]
    assert (hosts["rescued"]["status"], hosts["rescued"]["failures"]) == ("ok", [])
    assert hosts["failed"]["status"] == "failed"
    assert [failure["task"] for failure in hosts["failed"]["failures"]] == ["second"]


def test_hosts_with_the_same_trouble_stand_together(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    for host in ("laptop-1", "laptop-2"):
        run.lose(host)
    run.write(tmp_path)
    shown = page(tmp_path)
    assert shown.count("No route to host") == 1 and "connect to host HOST port 22" in shown
    assert "ansible HOST -m ansible.builtin.ping" in shown
    assert kept(tmp_path)["hosts"]["laptop-1"]["status"] == "unreachable"


def test_a_refused_identity_names_the_sign_in(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    result = {"msg": "non-zero return code", "cmd": ["aws", "sts", "get-caller-identity", "--profile", "a b"]}
    run.collector.failed(TaskResult("a", "who", "ansible.builtin.command", result, {}))
    run.tallies["a"] = Tally(1, 0, 0)
    run.write(tmp_path)
    (failure,) = kept(tmp_path)["hosts"]["a"]["failures"]
    assert failure["cure"] == "aws sso login --profile 'a b'"


def test_findings_and_tokens_of_a_check_are_shown(tmp_path: pathlib.Path) -> None:
    finding = {
        "id": "x",
        "severity": "error",
        "subject": "session acme",
        "what": "It <ended>.",
        "why": "Why.",
        "fix": "fix it",
    }
    sessions = [
        {
            "name": "acme",
            "state": "expired",
            "expires_at": FIRST,
            "refreshable": True,
            "registration_expires_at": THIRD,
        },
        {
            "name": "old",
            "state": "expired",
            "expires_at": FIRST,
            "refreshable": False,
            "registration_expires_at": None,
        },
        {
            "name": "none",
            "state": "missing",
            "expires_at": None,
            "refreshable": False,
            "registration_expires_at": None,
        },
    ]
    facts = {
        "wsl": {"version": 1, "distribution": "Debian"},
        "aws_cli": [{"version": "", "on_windows": True}, {"version": "2.38.5", "on_windows": False}],
        "sessions": sessions,
    }
    run = FleetRun(SECOND)
    result = {"msg": "This workstation has 1 error.", "findings": [finding], "facts": facts}
    run.collector.failed(TaskResult("a", "check", "workstation.aws_sso.workstation_info", result, {}))
    run.tallies["a"] = Tally(1, 0, 0)
    run.write(tmp_path)
    host = kept(tmp_path)["hosts"]["a"]
    assert (host["findings"], host["aws_cli"], host["wsl"]["version"]) == ([finding], "2.38.5", 1)
    shown = page(tmp_path)
    for text in (
        "It &lt;ended&gt;. Why.",
        "<code>fix it</code>",
        "refreshes automatically until 2026-11-23",
        "expired 2026-11-21",
        "not signed in",
    ):
        assert text in shown


@pytest.mark.parametrize("wsl", [True, False, None, "2", {}, {"version": 7}, {"version": "2"}])
def test_what_is_no_description_of_wsl_is_not_taken(tmp_path: pathlib.Path, wsl: t.Any) -> None:
    run = FleetRun(FIRST)
    run.record("a", "wsl_browser", wsl=wsl, launcher="/usr/local/bin/wsl-browser")
    run.write(tmp_path)
    assert kept(tmp_path)["hosts"]["a"]["wsl"] is None


def test_a_token_of_the_host_goes_before_one_of_the_controller(tmp_path: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    session = {"session": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}
    run.record("a", "sso_login", {"token_store": "host"}, **session, expires_at="2026-11-21T12:00:00Z")
    run.record("a", "sso_login", {"token_store": "controller"}, **session, expires_at="2026-11-21T20:00:00Z")
    run.record("b", "sso_login", {}, **session, expires_at="2026-11-21T20:00:00Z")
    run.write(tmp_path)
    hosts = kept(tmp_path)["hosts"]
    assert hosts["a"]["sessions"]["acme"]["expires_at"] == "2026-11-21T12:00:00Z"
    assert "until 20:00 on the controller" in page(tmp_path)
    run = FleetRun("2026-11-21T13:00:00Z")
    run.record(
        "b",
        "sso_logout",
        sessions=[{"name": "acme", "start_url": session["start_url"], "region": "eu-west-1"}],
    )
    run.write(tmp_path)
    assert kept(tmp_path)["hosts"]["b"]["sessions"]["acme"]["expires_at"] == ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "it is not JSON"),
        (b"\xff\xfe", "it is not JSON"),
        (b'{"hosts": {}}', "it is not a report of this plugin"),
        (b"[]", "it is not a report of this plugin"),
        (b'{"format": "workstation.aws_sso.fleet_report", "version": 2}', "its version is 2"),
        (b'{"format": "workstation.aws_sso.fleet_report", "version": 1}', "it is damaged"),
    ],
)
def test_a_file_of_others_is_left_alone(tmp_path: pathlib.Path, content: bytes, reason: str) -> None:
    (tmp_path / "fleet.json").write_bytes(content)
    (warning,) = company_run(FIRST, 1, 1).write(tmp_path)
    assert reason in warning and "Move it away" in warning
    assert (tmp_path / "fleet.json").read_bytes() == content
    assert reason in page(tmp_path) and "laptop-000" in page(tmp_path)


def test_a_path_that_cannot_be_written_is_a_warning(tmp_path: pathlib.Path) -> None:
    (tmp_path / "fleet.html").mkdir()
    (warning,) = company_run(FIRST, 1, 1).write(tmp_path)
    assert "cannot be written" in warning and "Set another path" in warning
    assert kept(tmp_path)["hosts"]


def test_check_mode_is_shown_and_not_remembered(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 2, 1).write(tmp_path)
    before = (tmp_path / "fleet.json").read_bytes()
    run = FleetRun(SECOND, check_mode=True)
    run.record("laptop-000.acme.example", "aws_cli", version="2.38.5", previous_version="2.36.12")
    run.write(tmp_path)
    assert (tmp_path / "fleet.json").read_bytes() == before
    assert "check mode" in page(tmp_path) and "2.38.5" in page(tmp_path) and "laptop-001" in page(tmp_path)


def test_hosts_that_no_run_touches_any_more_leave(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 2, 3).write(tmp_path)
    run = FleetRun(THIRD)
    run.profiles("laptop-001.acme.example", access_to([1], ["Reader"]))
    run.write(tmp_path, keep_days=1)
    document = kept(tmp_path)
    assert list(document["hosts"]) == ["laptop-001.acme.example"]
    run.write(tmp_path, keep_days=1)
    run = FleetRun("2026-11-24T08:00:00Z")
    run.profiles("laptop-001.acme.example", access_to([1], ["Reader"]))
    run.write(tmp_path)
    assert len(kept(tmp_path)["access_sets"]) == 1
    assert list(kept(tmp_path)["accounts"]) == [account_id(1)]


def test_runs_that_end_at_the_same_time_add_up(tmp_path: pathlib.Path) -> None:
    def finish(number: int) -> None:
        run = FleetRun(FIRST)
        run.run.id = str(number)
        run.profiles(f"host-{number}", access_to([number]))
        run.write(tmp_path)

    threads = [threading.Thread(target=finish, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(kept(tmp_path)["hosts"]) == {f"host-{number}" for number in range(6)}
    assert all(f"host-{number}" in page(tmp_path) for number in range(6))


def test_the_file_is_read_as_it_was_written(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 60, 4).write(tmp_path)
    company_run(SECOND, 60, 4, later=True).write(tmp_path)
    data = (tmp_path / "fleet.json").read_bytes()
    fleet = loaded(data)
    assert dumped(fleet, kept(tmp_path)["changes"]) == data
    assert fleet.hosts["laptop-049.acme.example"].status == "unreachable"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    directory = tmp_path_factory.mktemp("fleet")
    company_run(FIRST, 2, 2).write(directory)
    return (directory / "fleet.json").read_bytes()


@given(st.data())
def test_a_damaged_file_is_told_from_a_good_one(written: bytes, data: st.DataObject) -> None:
    document = json.loads(written)
    place: t.Any = document
    path = []
    while isinstance(place, (dict, list)) and place and (not path or data.draw(st.booleans())):
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        path.append((place, key))
        place = place[key]
    parent, key = path[-1]
    parent[key] = data.draw(st.sampled_from([None, 7, "x", [], {}, [7], {"x": 7}]))
    try:
        fleet = loaded(json.dumps(document).encode())
    except StateError:
        return
    assert loaded(dumped(fleet)).hosts == fleet.hosts


class Elements(html.parser.HTMLParser):
    """The tags of a page with their attributes, and its style and script."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.texts[self.cdata_elem] = self.texts.get(self.cdata_elem, "") + data


def hostile_run() -> FleetRun:
    run = FleetRun(SECOND)
    run.run.playbooks = [HOSTILE_NAME]
    evil = {
        "session": HOSTILE_NAME,
        "account_id": account_id(1),
        "account_name": HOSTILE_NAME,
        "role_name": HOSTILE_NAME,
    }
    run.profiles(
        HOSTILE_NAME, [evil], [HOSTILE_NAME], sessions=[{"name": HOSTILE_NAME, "start_url": HOSTILE_NAME}]
    )
    run.record(HOSTILE_NAME, "wsl_info", wsl={"version": 2, "distribution": HOSTILE_NAME})
    run.identify(HOSTILE_NAME, HOSTILE_NAME)
    finding = dict.fromkeys(("id", "subject", "what", "why", "fix"), HOSTILE_NAME)
    run.record(
        HOSTILE_NAME, "workstation_info", facts={"sessions": []}, findings=[{**finding, "severity": "error"}]
    )
    run.fail(HOSTILE_NAME, "aws_cli", HOSTILE_NAME, HOSTILE_NAME)
    return run


def test_names_of_others_stay_text(tmp_path: pathlib.Path) -> None:
    assert account_name(7) == HOSTILE_NAME
    hostile_run().write(tmp_path)
    shown = page(tmp_path)
    elements = Elements(shown)
    assert [tag for tag, _attributes in elements.tags].count("script") == 1
    assert "alert" not in elements.texts["script"] and "\u202e" not in shown
    attributes = {attribute for _tag, found in elements.tags for attribute in found}
    assert not [name for name in attributes if name.startswith("on") or name in ("style", "src")]
    assert shown.count("&lt;script&gt;") >= 10


def test_the_page_allows_itself_and_nothing_else(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 1, 1).write(tmp_path)
    elements = Elements(page(tmp_path))
    (policy,) = (
        found["content"]
        for tag, found in elements.tags
        if found.get("http-equiv") == "Content-Security-Policy"
    )
    hashes = {
        tag: base64.b64encode(hashlib.sha256(elements.texts[tag].encode()).digest()).decode()
        for tag in ("style", "script")
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; script-src 'sha256-{hashes['script']}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert not [found for _tag, found in elements.tags if (found.get("href") or "data:,") != "data:,"]


def planted() -> FleetRun:
    """A run in which every value that the report has no use for is a secret."""
    run = FleetRun(SECOND)
    secret: dict[str, t.Any] = {
        **dict.fromkeys(("stdout", "stderr", "access_token", "diff", "item"), "hunter2"),
        "stdout_lines": ["hunter2"],
        "invocation": {"module_args": {"environment": {"A": "hunter2"}, "options": "hunter2"}},
    }
    arguments = {
        "options": {"x": "hunter2"},
        "environment": "hunter2",
        "path": "/hunter2",
        "token_store": "hunter2",
    }
    session = {
        "name": "acme",
        "start_url": "https://jane:hunter2@acme.awsapps.com/start?x=hunter2",
        "region": "eu-west-1",
    }
    access = [{**entry, "email": "hunter2", "via": ["hunter2"]} for entry in access_to([0])]
    for module in (
        "aws_cli",
        "prerequisites",
        "sso_session_info",
        "workstation_network",
        "wsl_browser",
        "unknown",
    ):
        run.record(
            "a", module, arguments, **secret, version="hunter2", wsl={"version": 2, "kernel": "hunter2"}
        )
    run.record(
        "a",
        "sso_login",
        arguments,
        **secret,
        **session,
        session="acme",
        expires_at="hunter2",
        method="hunter2",
    )
    run.record(
        "a", "sso_profiles", {**arguments, "sessions": [session], "access": access}, **secret, path="hunter2"
    )
    facts = {
        "config_file": "hunter2",
        "endpoints": [{"url": "hunter2"}],
        "sessions": [{**session, "token": "hunter2"}],
    }
    run.record(
        "a",
        "workstation_info",
        arguments,
        **secret,
        facts=facts,
        findings=[{"extra": "hunter2"}],
        report=["hunter2"],
    )
    identity = json.dumps({"Account": account_id(0), "Arn": "arn:aws:iam::1:user/jane", "Secret": "hunter2"})
    for command in (
        ["aws", "sts", "get-caller-identity", "--hunter2"],
        ["cat", "hunter2", "get-caller-identity"],
    ):
        result = {**secret, "cmd": command, "stdout": identity}
        run.collector.succeeded(TaskResult("a", "t", "ansible.builtin.command", result, arguments))
    run.record("a", "aws_cli", arguments, censored="hidden", version="hunter2", msg="hunter2")
    for module in ("ansible.builtin.uri", "workstation.aws_sso.sso_login"):
        result = {**secret, "msg": f"{' '.join(SECRETS)}", "exception": "hunter2"}
        run.collector.failed(TaskResult("a", "task with password=hunter2", module, result, arguments))
        run.collector.failed(
            TaskResult("a", "t", module, {**result, "censored": "hidden", "msg": "hunter2"}, arguments)
        )
    run.collector.unreachable(
        TaskResult("a", "t", "raw", {**secret, "msg": "no way to https://jane:hunter2@h"}, arguments)
    )
    run.tallies["a"] = Tally(4, 1, 1)
    return run


def test_no_secret_gets_in(tmp_path: pathlib.Path) -> None:
    planted().write(tmp_path)
    for file in ("fleet.html", "fleet.json"):
        text = (tmp_path / file).read_text()
        assert "hunter" not in text
        assert not [secret for secret in SECRETS if secret in text]
    host = kept(tmp_path)["hosts"]["a"]
    assert host["identity"]["arn"] == "arn:aws:iam::1:user/jane"
    assert [failure["message"] for failure in host["failures"]].count("The message is hidden by no_log.") == 2
    assert list_access(tmp_path, "a")


def tiles(text: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text))


def test_hosts_with_errors_are_not_ok(tmp_path: pathlib.Path) -> None:
    run = FleetRun(SECOND)
    for host, severity in (("a", "error"), ("b", "error"), ("c", "warning"), ("d", "error")):
        finding = {**dict.fromkeys(("id", "subject", "what", "why", "fix"), "x"), "severity": severity}
        run.record(host, "workstation_info", facts={"sessions": []}, findings=[finding])
    run.record("e", "wsl_info", wsl={"version": 2})
    run.fail("d", "aws_cli", "Install AWS CLI v2", "no")
    run.write(tmp_path)
    shown = tiles(page(tmp_path))
    assert {name: shown[name] for name in ("Hosts", "OK", "With errors", "Failed")} == {
        "Hosts": "5",
        "OK": "2",
        "With errors": "2",
        "Failed": "1",
    }
    rows = re.findall(r'<tr role="row" data-flags="(.*?)">.*?<bdi>(.*?)</bdi>', page(tmp_path), re.DOTALL)
    assert [(name, "errors" in flags) for flags, name in rows] == [
        ("a", True),
        ("b", True),
        ("d", False),
        ("c", False),
        ("e", False),
    ]


def test_an_unreachable_host_shows_when_it_was_seen_last(tmp_path: pathlib.Path) -> None:
    first = FleetRun(FIRST)
    first.record("a", "wsl_info", wsl={"version": 2})
    first.write(tmp_path)
    for finished in (SECOND, THIRD):
        run = FleetRun(finished)
        run.lose("a")
        run.lose("b")
        run.write(tmp_path)
    hosts = kept(tmp_path)["hosts"]
    assert [(hosts[name]["last_seen"], hosts[name]["last_run"]) for name in "ab"] == [
        (FIRST, THIRD),
        ("", THIRD),
    ]
    cells = re.findall(r'data-label="Last seen".*?</td>', page(tmp_path))
    assert [re.sub("<.*?>", " ", cell).split(">")[1].split() for cell in cells] == [
        [*FIRST[:16].split("T"), "tried", *THIRD[:16].split("T")],
        ["never", "tried", *THIRD[:16].split("T")],
    ]
