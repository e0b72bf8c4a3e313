# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that shows a fleet.

PRIVATE to the collection. Its templates, style and script are in assets/. The template escapes all
values. The page loads nothing, which its Content Security Policy also forbids.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import os
import typing as t

import jinja2
from ansible.module_utils.compat.version import LooseVersion
from markupsafe import Markup

from .. import access as fleet_access
from .. import changes as fleet_changes
from ..options import ReportOptions
from ..people import People
from ..redact import name
from ..role_classes import RoleClasses
from ..state import FAILED, OK, UNREACHABLE, Fleet
from . import laptops, problems
from .access_index import AccessIndex
from .people import PeopleTable
from .rows import NOT_SIGNED_IN, Row, Rows

MOST_CHANGES = 100
"""Groups of hosts with the same change of access that are shown."""
_ASSETS = os.path.join(os.path.dirname(__file__), "assets")


class AccessChange(t.NamedTuple):
    """Roles that hosts gained or lost in the same accounts."""

    roles: list[str]
    accounts: list[str]


def page(fleet: Fleet, notes: t.Sequence[str] = (), options: ReportOptions | None = None) -> bytes:
    """The page of *fleet*, with *notes* about the report itself at its top."""
    options = options or ReportOptions()
    style, script = _asset("page.css"), _asset("page.js")
    html = _template().render(
        fleet=fleet,
        notes=notes,
        title=name(options.title),
        style=Markup(style),
        script=Markup(script),
        style_hash=_policy_hash(style),
        script_hash=_policy_hash(script),
        **_context(fleet, options.classes),
    )
    return html.encode("utf-8", "replace")


class Problems(t.NamedTuple):
    """What hosts share, each of which has a flag that selects these hosts."""

    failures: list[problems.ProblemGroup]
    waiting: list[problems.ProblemGroup]
    findings: list[problems.FindingGroup]
    changes: list[fleet_changes.Change]
    versions: list[tuple[str, list[str]]]
    laptops: laptops.Summary | None

    def flags(self) -> dict[str, list[str]]:
        return _flags(
            {
                "failure": [group.hosts for group in self.failures],
                "wait": [group.hosts for group in self.waiting],
                "finding": [group.hosts for group in self.findings],
                "change": [change.hosts for change in self.changes[:MOST_CHANGES]],
                "cli": [hosts for _version, hosts in self.versions],
                "bundle": [hosts for _version, hosts in self.laptops.versions] if self.laptops else [],
            }
        )


def _context(fleet: Fleet, classes: RoleClasses) -> dict[str, t.Any]:
    """The variables of the templates."""
    found = Problems(
        problems.failures(fleet),
        laptops.waiting(fleet),
        problems.findings(fleet),
        fleet_changes.changes(fleet),
        _versions(fleet),
        laptops.summary(fleet),
    )
    matrix = _sorted_by_name(fleet, fleet_changes.matrix(fleet))
    index = AccessIndex(fleet, matrix)
    rows = Rows(fleet, found.flags(), found.findings, index).all()
    people = PeopleTable(fleet, People(fleet, classes).all(), rows)
    role_counts = fleet_changes.role_counts(fleet)
    return {
        **_problem_variables(fleet, found),
        "never_seen": fleet.all_never_seen(),
        "rows": rows,
        "numbers": _numbers(rows),
        "people": people,
        "classes": people.summaries(classes, matrix.roles),
        "class_of": classes.class_of,
        "matrix": matrix,
        "totals": [role_counts.get(role, 0) for role in matrix.roles],
        "sets": index.encoded(),
    }


def _problem_variables(fleet: Fleet, found: Problems) -> dict[str, t.Any]:
    return {
        **found._asdict(),
        "findings": [
            (severity, [group for group in found.findings if group.problem.severity == severity])
            for severity in problems.SEVERITIES
        ],
        "changes": [
            (change, _access_changes(fleet, change.gained), _access_changes(fleet, change.lost))
            for change in found.changes[:MOST_CHANGES]
        ],
        "more_changes": max(0, len(found.changes) - MOST_CHANGES),
        "comparable": fleet_changes.comparable(fleet),
    }


def _flags(groups: t.Mapping[str, t.Sequence[t.Sequence[str]]]) -> dict[str, list[str]]:
    """The flags of each host: those of the groups in which it is."""
    flags: dict[str, list[str]] = {}
    for kind, all_hosts in groups.items():
        for number, hosts in enumerate(all_hosts):
            for host in hosts:
                flags.setdefault(host, []).append(f"{kind}-{number}")
    return flags


@functools.lru_cache(maxsize=None)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_ASSETS), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["moment"] = _moment
    return environment.get_template("page.html.j2")


def _asset(file: str) -> str:
    with open(os.path.join(_ASSETS, file), encoding="utf-8") as stream:
        return stream.read()


def _policy_hash(text: str) -> str:
    """https://www.w3.org/TR/CSP3/#framework-directive-source-list"""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _moment(text: str) -> str:
    """A timestamp without seconds, as the page shows it."""
    return text[:16].replace("T", " ")


def _numbers(rows: t.Sequence[Row]) -> dict[str, int]:
    statuses = [row.host.status for row in rows]
    with_errors = sum(row.host.has_errors for row in rows)
    return {
        "hosts": len(rows),
        "ok": statuses.count(OK) - with_errors,
        "with errors": with_errors,
        "with warnings": sum(row.host.count_findings("warning") > 0 for row in rows),
        "changed": sum(row.host.changed for row in rows),
        "failed": statuses.count(FAILED),
        "unreachable": statuses.count(UNREACHABLE),
        "not signed in": sum(row.state == NOT_SIGNED_IN for row in rows),
        "in last run": sum(row.in_last_run for row in rows),
    }


def _versions(fleet: Fleet) -> list[tuple[str, list[str]]]:
    """The hosts with each version of the AWS CLI, newest first."""
    versions: dict[str, list[str]] = {}
    for host_name, host in fleet.hosts.items():
        if host.aws_cli:
            versions.setdefault(host.aws_cli, []).append(host_name)
    return [(version, versions[version]) for version in sorted(versions, key=LooseVersion, reverse=True)]


def _access_changes(fleet: Fleet, access: fleet_access.AccessSet) -> list[AccessChange]:
    return [
        AccessChange(
            entry["roles"],
            sorted(
                (fleet.accounts.get(account) or account for account in entry["accounts"]), key=str.casefold
            ),
        )
        for entry in fleet_access.to_json(access)
    ]


def _sorted_by_name(fleet: Fleet, matrix: fleet_access.Matrix) -> fleet_access.Matrix:
    rows = sorted(matrix.rows, key=lambda row: ((fleet.accounts.get(row[0]) or row[0]).casefold(), row[0]))
    return matrix._replace(rows=rows)
