# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of modules on the hosts of a fleet, for the fleet report.

python tests/support/fleets.py DIRECTORY     writes fleet.html and fleet.json there, and prints times
"""

from __future__ import annotations

import functools
import html
import importlib
import json
import pathlib
import re
import resource
import sys
import time
import typing as t

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
    importlib.import_module("conftest")  # makes the collection importable

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.collector import (
    Collector,
    RecapCounts,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.options import ReportOptions
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.report import (
    Files,
    write_report,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.results import (
    COLLECTION,
    TaskResult,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.state import Run

FIRST, SECOND, THIRD = (f"2026-11-{day}T08:00:00Z" for day in (21, 22, 23))
HOSTILE_NAME = "<script>alert('account')</script> & \"quotes\" \u202egnp.exe"
ROLES = ("AdministratorAccess", "Billing", "DatabaseAdministrator", "PowerUserAccess", "ReadOnlyAccess")
UNITS = ("payments", "search", "orders", "identity", "data-lake", "platform", "mobile", "warehouse")
STAGES = ("prod", "staging", "test", "dev", "sandbox")
SESSION = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}

WHO_AM_I = ["/usr/local/bin/aws", "sts", "get-caller-identity", "--profile", "dev", "--output", "json"]
BAD_SIGNATURE = (
    "The signature of awscli-exe-linux-x86_64-2.38.5.zip is not valid. Download the bundle again from"
    " https://awscli.amazonaws.com, or check the mirror in base_url."
)
SLOW_CLOCK = {
    "id": "clock-skew",
    "severity": "warning",
    "subject": "the clock",
    "what": "It is four minutes behind AWS.",
    "why": "AWS refuses requests that seem to be older than five minutes.",
    "fix": "sudo hwclock -s",
}

NO_CLI = {
    "id": "cli-missing",
    "severity": "error",
    "subject": "aws",
    "what": "AWS CLI v2 is not installed.",
    "why": "Signing in with aws sso login is not possible on this host.",
    "fix": "ansible HOST --become -m workstation.aws_sso.aws_cli -a state=latest",
}

Access = t.List[t.Dict[str, str]]


def account_id(number: int) -> str:
    return str(100000000000 + 7919 * number)


def account_name(number: int) -> str:
    unit, stage = UNITS[number % len(UNITS)], STAGES[number // len(UNITS) % len(STAGES)]
    return HOSTILE_NAME if number == 7 else f"{unit}-{stage}-{number // 40:02d}"


def access_to(accounts: t.Iterable[int], roles: t.Sequence[str] = ROLES) -> Access:
    """As sso_assignments and sso_access return it."""
    return [
        {
            "session": "acme",
            "account_id": account_id(number),
            "account_name": account_name(number),
            "email": f"aws+{number}@acme.example",
            "role_name": role,
        }
        for number in accounts
        for role in roles
    ]


class FleetRun:
    """A run over hosts, recorded result by result."""

    def __init__(self, finished: str, check_mode: bool = False) -> None:
        self.run = Run(finished, finished, finished, ["workstation.yml"], check_mode)
        self.collector = Collector()
        self.recap: dict[str, RecapCounts] = {}

    def record(
        self, host: str, module: str, arguments: t.Mapping[str, t.Any] | None = None, **result: t.Any
    ) -> None:
        self.recap.setdefault(host, RecapCounts(0, 0, 0))
        self.collector.succeeded(TaskResult(host, module, COLLECTION + module, result, arguments or {}))

    def profiles(self, host: str, access: Access, added: t.Sequence[str] = (), **options: t.Any) -> None:
        self.record(
            host,
            "sso_profiles",
            {"sessions": [SESSION], "access": access, **options},
            profiles=[f"{entry['role_name']}-{entry['account_id']}" for entry in access],
            profiles_added=list(added),
            profiles_changed=[],
            profiles_removed=[],
            sessions_removed=[],
        )

    def identify(self, host: str, user: str) -> None:
        arn = f"arn:aws:sts::100000000000:assumed-role/AWSReservedSSO_{ROLES[-1]}_0123456789abcdef/{user}"
        identity = {"UserId": f"AROAEXAMPLE:{user}", "Account": "100000000000", "Arn": arn}
        result = {"cmd": WHO_AM_I, "stdout": json.dumps(identity, indent=4)}
        self.collector.succeeded(
            TaskResult(host, "Get the caller identity", "ansible.builtin.command", result, {})
        )

    def fail(self, host: str, module: str, task: str, message: str) -> None:
        self.recap[host] = RecapCounts(1, 0, 0)
        task = f"workstation.aws_sso.workstation : {task}"
        self.collector.failed(TaskResult(host, task, COLLECTION + module, {"msg": message}, {}))

    def unreachable(self, host: str) -> None:
        self.recap[host] = RecapCounts(0, 1, 0)
        message = (
            f"Failed to connect to the host via ssh: ssh: connect to host {host} port 22: No route to host"
        )
        result = {"msg": message, "unreachable": True}
        self.collector.unreachable(TaskResult(host, "Look for Python", "ansible.builtin.raw", result, {}))

    def write(
        self,
        directory: pathlib.Path,
        keep_days: int = 90,
        csv: str = "",
        options: ReportOptions | None = None,
    ) -> list[str]:
        paths = str(directory / "fleet.html"), str(directory / "fleet.json")
        files = Files(*paths, keep_days, csv and str(directory / csv), options or ReportOptions())
        return write_report(files, self.run, self.collector, self.recap)


def company_run(finished: str, hosts: int, accounts: int, later: bool = False) -> FleetRun:
    """A run over laptops; *later*, the access of some users is different, and some hosts fail."""
    run = FleetRun(finished)
    for number in range(hosts):
        host = f"laptop-{number:03d}.acme.example"
        if later and number % 50 == 49:
            run.unreachable(host)
        elif later and number % 40 == 39:
            run.fail(host, "aws_cli", "Install AWS CLI v2", BAD_SIGNATURE)
        else:
            _record_success(run, host, number, accounts, later and number % 10 == 0)
            if later and number % 60 == 8:
                run.record(host, "workstation_info", facts={"sessions": []}, findings=[NO_CLI])
            if later and number % 25 == 5:
                run.record(host, "workstation_info", facts={"sessions": []}, findings=[SLOW_CLOCK])
    return run


def _record_success(run: FleetRun, host: str, number: int, accounts: int, changed: bool) -> None:
    version = 2 if number % 20 else 0
    distribution = ("Ubuntu-24.04", "Debian")[number % 3 == 0] if version else ""
    run.record(host, "wsl_info", wsl={"version": version, "distribution": distribution})
    run.record(host, "aws_cli", version="2.38.5" if changed else "2.36.12", previous_version="2.36.12")
    ends = f"{run.run.finished[:10]}T23:{number % 60:02d}:00Z" if number % 7 else ""
    run.record(host, "sso_login", {"token_store": "host"}, **SESSION, session="acme", expires_at=ends)
    access = _company_access(accounts, ROLES if number % 4 else ROLES[1:], changed)
    run.profiles(host, access, [f"{ROLES[0]}-{account_id(accounts)}"] if changed else [])
    run.identify(host, f"user-{number:03d}@acme.example")
    run.recap[host] = RecapCounts(0, 0, int(changed))


@functools.lru_cache(maxsize=None)
def _company_access(accounts: int, roles: tuple[str, ...], changed: bool) -> Access:
    if not changed:
        return access_to(range(accounts), roles)
    return access_to((number for number in range(accounts) if number != 3), roles) + access_to(
        [accounts], ROLES[:1]
    )


def read_state(directory: pathlib.Path) -> dict[str, t.Any]:
    document: dict[str, t.Any] = json.loads((directory / "fleet.json").read_text())
    return document


def read_page(directory: pathlib.Path) -> str:
    return (directory / "fleet.html").read_text()


def page_text(directory: pathlib.Path) -> str:
    """The text of the page, without its style and script."""
    body = read_page(directory).partition("<body>")[2].partition("<script>")[0]
    return " ".join(html.unescape(re.sub("<[^>]*>", "", body)).split())


def rows_of(page: str, table: str) -> list[str]:
    """The rows of a table of the page."""
    rows = page.partition(f'<table id="{table}"')[2].partition("<tbody")[2].partition("</tbody>")[0]
    return re.findall(r"<tr.*?</tr>", rows, re.DOTALL)


def flags_of(page: str, table: str = "hosts") -> list[list[str]]:
    """The flags of each row, by which links and filters select it."""
    found = [re.search(r'data-flags="(.*?)"', row) for row in rows_of(page, table)]
    return [match[1].split() if match else [] for match in found]


def access_of(directory: pathlib.Path, host: str) -> set[tuple[str, str]]:
    document = read_state(directory)
    return {
        (account, role)
        for digest in document["hosts"][host]["access"].values()
        for entry in document["access_sets"][digest]
        for account in entry["accounts"]
        for role in entry["roles"]
    }


def main() -> None:
    directory = pathlib.Path(sys.argv[1])
    for finished, later in (("2026-11-22T08:00:00Z", False), ("2026-11-23T08:00:00Z", True)):
        started = time.perf_counter()
        run = company_run(finished, 200, 1000, later)
        collected = time.perf_counter()
        warnings = run.write(directory)
        print(
            f"collected in {collected - started:.2f} s, written in {time.perf_counter() - collected:.2f} s",
            *warnings,
        )
    sizes = {path.name: path.stat().st_size // 1024 for path in sorted(directory.iterdir())}
    print(f"KiB: {sizes}; peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
