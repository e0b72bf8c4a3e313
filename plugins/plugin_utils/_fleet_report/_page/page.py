# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that shows a fleet.

PRIVATE to the collection. Its template, style and script are beside this file. The template escapes all
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
from ..state import (
    FAILED,
    OK,
    UNREACHABLE,
    Fleet,
    Host,
    SignIn,
)
from . import laptops, problems

SIGNED_IN = "signed in"
NOT_SIGNED_IN = "not signed in"


class SignInStatus(t.NamedTuple):
    """A sign-in as the page shows it; *state* is SIGNED_IN, NOT_SIGNED_IN or empty if it was not checked."""

    session: str
    state: str
    text: str


class Row(t.NamedTuple):
    """A host as the page shows it; *flags* are the values of the page's filter."""

    name: str
    host: Host
    sign_ins: list[SignInStatus]
    state: str
    bundle: laptops.BundleStatus | None
    flags: str
    in_last_run: bool


class AccessChange(t.NamedTuple):
    """Roles that hosts gained or lost in the same accounts."""

    roles: list[str]
    accounts: list[str]


def page(fleet: Fleet, notes: t.Sequence[str] = ()) -> bytes:
    """The page of *fleet*, with *notes* about the report itself at its top."""
    rows = [_row(fleet, name, host) for name, host in sorted(fleet.hosts.items(), key=_problems_first)]
    style, script = _asset("css"), _asset("js")
    html = _template().render(
        fleet=fleet,
        notes=notes,
        rows=rows,
        numbers=_numbers(rows),
        versions=_versions(fleet),
        failures=problems.failures(fleet),
        waiting=laptops.waiting(fleet),
        findings=problems.findings(fleet),
        laptops=laptops.summary(fleet),
        changes=[
            (change, _access_changes(fleet, change.gained), _access_changes(fleet, change.lost))
            for change in fleet_changes.changes(fleet)
        ],
        comparable=fleet_changes.comparable(fleet),
        matrix=_sorted_by_name(fleet, fleet_changes.matrix(fleet)),
        style=Markup(style),
        script=Markup(script),
        style_hash=_policy_hash(style),
        script_hash=_policy_hash(script),
    )
    return html.encode("utf-8", "replace")


@functools.lru_cache(maxsize=None)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["moment"] = _moment
    return environment.from_string(_asset("html.j2"))


def _asset(kind: str) -> str:
    path = f"{os.path.splitext(__file__)[0]}.{kind}"
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def _policy_hash(text: str) -> str:
    """https://www.w3.org/TR/CSP3/#framework-directive-source-list"""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _moment(text: str) -> str:
    """A timestamp without seconds, as the page shows it."""
    return text[:16].replace("T", " ")


def _problems_first(item: tuple[str, Host]) -> tuple[bool, str]:
    name, host = item
    return host.status == OK and not host.has_errors, name


def _row(fleet: Fleet, name: str, host: Host) -> Row:
    sign_ins = [_sign_in_status(fleet, session, login) for session, login in sorted(host.sessions.items())]
    states = {sign_in.state for sign_in in sign_ins}
    state = next((state for state in (SIGNED_IN, NOT_SIGNED_IN) if state in states), "")
    in_last_run = host.run == fleet.run.id
    bundle = laptops.bundle_status(fleet, name, host)
    flags = [
        flag
        for flag, is_so in (
            ("failed", host.status != OK),
            ("errors", host.has_errors),
            ("changed", host.changed),
            ("signed-out", state == NOT_SIGNED_IN),
            ("outdated", bundle is not None and bundle.outdated),
            ("waiting", bundle is not None and bundle.waiting),
            ("silent", bundle is not None and bundle.silent),
            ("last-run", in_last_run),
        )
        if is_so
    ]
    return Row(name, host, sign_ins, state, bundle, " ".join(flags), in_last_run)


def _sign_in_status(fleet: Fleet, session: str, login: SignIn) -> SignInStatus:
    now = fleet.run.finished
    where = " on the controller" if login.on_controller else ""
    if login.expires_at is None:
        return SignInStatus(session, "", "not checked")
    if login.expires_at > now:
        return SignInStatus(session, SIGNED_IN, f"until {_time_on(login.expires_at, now)}{where}")
    if login.renewable_until > now:
        return SignInStatus(
            session, SIGNED_IN, f"refreshes automatically until {_time_on(login.renewable_until, now)}{where}"
        )
    if login.expires_at:
        return SignInStatus(session, NOT_SIGNED_IN, f"expired {_time_on(login.expires_at, now)}{where}")
    return SignInStatus(session, NOT_SIGNED_IN, NOT_SIGNED_IN)


def _time_on(text: str, now: str) -> str:
    """The time of *text*, with its day unless that is the day of *now*."""
    return _moment(text)[11:] if text[:10] == now[:10] else _moment(text)


def _numbers(rows: t.Sequence[Row]) -> dict[str, int]:
    statuses = [row.host.status for row in rows]
    with_errors = sum(row.host.has_errors for row in rows)
    return {
        "hosts": len(rows),
        "ok": statuses.count(OK) - with_errors,
        "with errors": with_errors,
        "changed": sum(row.host.changed for row in rows),
        "failed": statuses.count(FAILED),
        "unreachable": statuses.count(UNREACHABLE),
        "not signed in": sum(row.state == NOT_SIGNED_IN for row in rows),
        "in last run": sum(row.in_last_run for row in rows),
    }


def _versions(fleet: Fleet) -> list[tuple[str, int]]:
    """How many hosts have each version of the AWS CLI, newest first."""
    versions = [host.aws_cli for host in fleet.hosts.values() if host.aws_cli]
    newest_first = sorted(set(versions), key=LooseVersion, reverse=True)
    return [(version, versions.count(version)) for version in newest_first]


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
