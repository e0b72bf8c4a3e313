# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of a fleet as CSV, for spreadsheets.

PRIVATE to the collection. Names in it are untrusted: a spreadsheet must not take them for formulas.
"""

from __future__ import annotations

import csv
import io
import re
import typing as t

from .people import Person
from .role_classes import CLASSES, AccountsByClass
from .state import Fleet, Host

BASIC_COLUMNS = (
    "host",
    "user",
    "status",
    "last_seen",
    "last_run",
    "failure",
    "errors",
    "warnings",
    "signed_in_until",
    "aws_cli",
    "wsl",
    "profiles",
)
_BYTE_ORDER_MARK = "\ufeff"
"""Without it, Excel takes UTF-8 for another encoding."""

# https://owasp.org/www-community/attacks/CSV_Injection; where a comma separates decimals, Excel splits at
# semicolons, also in quotes that begin after one
_FORMULA = re.compile(r"((?:^|[;\t\r\n])[\"'\s]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")


def hosts_csv(fleet: Fleet, people: t.Sequence[Person]) -> bytes:
    """A line for each host, and for each that was never seen. Numbers of accounts are those of its user."""
    persons = {host: person for person in people for host in person.hosts}
    nobody = Person("", [], {}, {}, {})
    lines: list[list[t.Any]] = [
        [*BASIC_COLUMNS, *CLASSES, *(f"{change}_{each}" for each in CLASSES for change in ("gained", "lost"))]
    ]
    for name, host in sorted(fleet.hosts.items()):
        lines.append([*_basics(name, host), *_accounts(persons.get(name, nobody))])
    for name in fleet.all_never_seen():
        if name not in fleet.hosts:
            lines.append([name, "", "never_seen", *[""] * (len(lines[0]) - 3)])
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([cell(value) for value in line] for line in lines)
    return (_BYTE_ORDER_MARK + stream.getvalue()).encode("utf-8", "replace")


def cell(value: t.Any) -> str:
    """*value* as text that no spreadsheet takes for a formula."""
    return _FORMULA.sub(r"\1'", "" if value is None else str(value))


def _basics(name: str, host: Host) -> list[t.Any]:
    return [
        name,
        host.user,
        "errors" if host.has_errors else host.status,
        host.last_seen,
        host.last_run,
        "; ".join(f"{failure.task}: {failure.message}" for failure in host.failures),
        *(
            "; ".join(found.id for found in host.findings or () if found.severity == severity)
            for severity in ("error", "warning")
        ),
        max(
            (sign_in.renewable_until or sign_in.expires_at or "" for sign_in in host.sessions.values()),
            default="",
        ),
        host.aws_cli,
        host.wsl and host.wsl.version,
        host.profiles and host.profiles.wanted,
    ]


def _accounts(person: Person) -> list[int]:
    def count(found: AccountsByClass, each: str) -> int:
        return len(found.get(each, ()))

    return [
        *(count(person.accounts, each) for each in CLASSES),
        *(count(found, each) for each in CLASSES for found in (person.gained, person.lost)),
    ]
