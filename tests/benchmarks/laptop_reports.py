#!/usr/bin/env python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it takes to merge the reports of laptops into the fleet report, and how much memory.

The users of the laptops have 5 roles in each of 200 accounts; some have fewer, and every tenth has other ones
than all others. Half of the laptops have the old bundle; some failed, or wait for their user.

    python tests/benchmarks/laptop_reports.py [--hosts 5000]
"""

from __future__ import annotations

import argparse
import copy
import importlib
import pathlib
import subprocess
import sys
import tempfile
import time
import typing as t

TESTS = pathlib.Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(TESTS))
    importlib.import_module("conftest")  # makes the collection importable

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report import access as fleet_access
from support.fleets import ROLES, access_to
from support.laptop_reports import BUNDLE, company_state, laptop_document, signed

SECONDS = 10
MEGABYTES = 300
TIMES = ("2026-11-25T08:00:00Z", "2026-11-26T08:00:00Z")
ACCOUNTS = 200
OUTCOMES = ("ok", "ok", "ok", "ok", "sign_in_required", "ok", "ok", "rolled_back", "ok", "ok", "refused")

MERGE = """
import importlib, resource, sys, time
sys.path.insert(0, sys.argv[1])
importlib.import_module("conftest")
began = time.perf_counter()
plugins = "ansible_collections.workstation.aws_sso.plugins.plugin_utils."
reports = importlib.import_module(f"{plugins}_laptop_reports.reports")
place, hosts = sys.argv[2], int(sys.argv[3])
files = reports.Files(f"{place}/fleet.html", f"{place}/fleet.json", 0)
expected = [f"laptop-{number:05}" for number in range(hosts + 10)]
options = reports.Options(f"{place}/reports", f"{place}/keys", files, expected, "2")
result, warnings = reports.merge_reports(options)
assert not warnings and not result["refused"], (warnings, result["refused"][:3])
assert len(result["new_reports"]) == hosts == result["hosts"] and len(result["never_seen"]) == 10
usage = resource.getrusage(resource.RUSAGE_SELF)
print(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
"""


def deliver(directory: pathlib.Path, hosts: int, finished: str) -> None:
    states: dict[int, t.Any] = {}
    for number in range(hosts):
        kind = number % 20
        if kind not in states:
            states[kind] = company_state(finished, ACCOUNTS, kind)
        state = states[kind]
        if number % 10 == 9:
            state = with_own_access(state, number)
        version = BUNDLE if number % 2 else BUNDLE._replace(version="1", content_id="1" * 16)
        outcome = OUTCOMES[number % len(OUTCOMES)]
        message = "" if outcome == "ok" else f"The update ended with {outcome}."
        document = laptop_document(
            f"laptop-{number:05}", finished, state, version, outcome=outcome, message=message
        )
        (directory / f"laptop-{number:05}.json").write_bytes(signed(document))


def with_own_access(state: t.Any, number: int) -> t.Any:
    state = copy.copy(state)
    accounts = [
        account for account in range(ACCOUNTS) if account % 50 != number % 50 or account != number % 200
    ]
    entries = fleet_access.to_json(
        fleet_access.access_set(
            (entry["account_id"], entry["role_name"])
            for entry in access_to(accounts, ROLES[: 1 + number % 5])
        )
    )
    digest = fleet_access.digest_of(entries)
    host = {**state["hosts"]["localhost"], "access": {"acme": digest}}
    return {**state, "hosts": {"localhost": host}, "access_sets": {digest: entries}}


def report(what: str, value: float, unit: str, limit: float) -> None:
    verdict = "kept" if value <= limit else "MISSED"
    print(f"{what:<50}{value:>8.2f} {unit}   at most {limit}: {verdict}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--hosts", type=int, default=5000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="laptop-reports-") as name:
        place = pathlib.Path(name)
        (place / "reports").mkdir()
        for title, finished in zip(("first merge", "second merge, all reports are new"), TIMES):
            began = time.perf_counter()
            deliver(place / "reports", options.hosts, finished)
            size = sum(path.stat().st_size for path in (place / "reports").iterdir()) / 1e6
            print(f"{options.hosts} reports, {size:.0f} MB, made in {time.perf_counter() - began:.0f} s")
            command = [sys.executable, "-c", MERGE, str(TESTS), name, str(options.hosts)]
            shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            seconds, busy, megabytes = map(float, shown.split())
            report(title, seconds, "s", SECONDS)
            print(f"{'  of which its processor was busy':<50}{busy:>8.2f} s")
            report("  its peak of memory", megabytes, "MB", MEGABYTES)
        for path in sorted(place.glob("fleet.*")):
            print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
