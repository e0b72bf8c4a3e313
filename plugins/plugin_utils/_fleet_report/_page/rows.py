# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts as the page shows them.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ..state import FAILED, UNREACHABLE, Fleet, Host, SignIn
from . import laptops
from .access_index import AccessIndex
from .problems import SEVERITIES, FindingGroup

SIGNED_IN = "signed in"
NOT_SIGNED_IN = "not signed in"
_RANKS = {FAILED: 0, UNREACHABLE: 1}
"""The order of hosts by status; hosts with errors come after these, and healthy ones last."""

Flags = t.Mapping[str, t.Sequence[str]]
"""Further flags of hosts, by name."""


class SignInStatus(t.NamedTuple):
    """A sign-in as the page shows it; *state* is SIGNED_IN, NOT_SIGNED_IN or empty if it was not checked."""

    session: str
    state: str
    text: str
    time: str = ""
    where: str = ""


class Row(t.NamedTuple):
    """A host as the page shows it. *flags* are what links and filters select.

    *findings* are the groups of its findings; *access* and *access_before* are as in AccessIndex.
    """

    name: str
    host: Host
    rank: int
    sign_ins: list[SignInStatus]
    state: str
    bundle: laptops.BundleStatus | None
    findings: list[FindingGroup]
    flags: list[str]
    in_last_run: bool
    access: str
    access_before: str


class Rows:
    """Makes the rows of a fleet."""

    def __init__(
        self, fleet: Fleet, flags: Flags, findings: t.Sequence[FindingGroup], index: AccessIndex
    ) -> None:
        self._fleet = fleet
        self._flags = flags
        self._index = index
        self._findings: dict[str, list[FindingGroup]] = {}
        for group in findings:
            for host in group.hosts:
                self._findings.setdefault(host, []).append(group)

    def all(self) -> list[Row]:
        """Hosts with problems first."""
        rows = [self._row(name, host) for name, host in sorted(self._fleet.hosts.items())]
        return sorted(rows, key=lambda row: row.host.is_healthy)

    def _row(self, name: str, host: Host) -> Row:
        sign_ins = [
            _sign_in_status(self._fleet, session, login) for session, login in sorted(host.sessions.items())
        ]
        states = {sign_in.state for sign_in in sign_ins}
        state = next((state for state in (SIGNED_IN, NOT_SIGNED_IN) if state in states), "")
        bundle = laptops.bundle_status(self._fleet, name, host)
        in_last_run = host.run == self._fleet.run.id
        flags = [
            *_flags_of(host, bundle),
            *(["signed-out"] if state == NOT_SIGNED_IN else []),
            *(["last-run"] if in_last_run else []),
            *self._flags.get(name, ()),
        ]
        return Row(
            name=name,
            host=host,
            rank=_RANKS.get(host.status, 2 if host.has_errors else 3),
            sign_ins=sign_ins,
            state=state,
            bundle=bundle,
            findings=self._findings.get(name, []),
            flags=flags,
            in_last_run=in_last_run,
            access=self._index.of(host),
            access_before=self._index.before(host),
        )


def _flags_of(host: Host, bundle: laptops.BundleStatus | None) -> list[str]:
    flags = {
        "ok": host.is_healthy,
        "failed": host.status == FAILED,
        "unreachable": host.status == UNREACHABLE,
        "errors": host.has_errors,
        "changed": host.changed,
        "never-seen": not host.was_seen(),
        "outdated": bundle is not None and bundle.outdated,
        "waiting": bundle is not None and bundle.waiting,
        "silent": bundle is not None and bundle.silent,
        **{f"finds-{severity}": host.count_findings(severity) > 0 for severity in SEVERITIES},
    }
    return [flag for flag, is_so in flags.items() if is_so]


def _sign_in_status(fleet: Fleet, session: str, login: SignIn) -> SignInStatus:
    now = fleet.run.finished
    where = "on the controller" if login.on_controller else ""
    if login.expires_at is None:
        return SignInStatus(session, "", "not checked")
    if login.expires_at > now:
        return SignInStatus(session, SIGNED_IN, "until", login.expires_at, where)
    if login.renewable_until > now:
        return SignInStatus(session, SIGNED_IN, "refreshes automatically until", login.renewable_until, where)
    if login.expires_at:
        return SignInStatus(session, NOT_SIGNED_IN, "expired", login.expires_at, where)
    return SignInStatus(session, NOT_SIGNED_IN, NOT_SIGNED_IN)
