# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run tells of each host, and what a fleet is after it.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import typing as t

from . import access as fleet_access
from .redact import name
from .results import (
    COLLECTION,
    COMMANDS,
    Catalogue,
    HostRecord,
    TaskResult,
    better_sign_in,
    entries,
    failure_of,
    reader_of,
)
from .state import (
    FAILED,
    OK,
    UNREACHABLE,
    Failure,
    Fleet,
    Host,
    ProfileCounts,
    Run,
)


class Collector:
    """Listens to a run."""

    def __init__(self) -> None:
        self.catalogue = Catalogue({}, {})
        self.records: dict[str, HostRecord] = {}
        self._failed_items: dict[str, list[TaskResult]] = {}

    def _of(self, host: str) -> HostRecord:
        if host not in self.records:
            self.records[host] = HostRecord(self.catalogue)
        return self.records[host]

    @staticmethod
    def wants(module: str) -> bool:
        """Whether succeeded() has a use for results of *module*."""
        return module.startswith(COLLECTION) or module in COMMANDS

    def succeeded(self, outcome: TaskResult) -> None:
        """A task, or an item of its loop, that ran on the host itself."""
        reader = reader_of(outcome)
        if not reader and not outcome.module.startswith(COLLECTION):
            return
        record = self._of(outcome.host)
        record.relevant = True
        if reader and not outcome.censored:
            reader(record, outcome.result, outcome.arguments)

    def item_failed(self, outcome: TaskResult) -> None:
        self._failed_items.setdefault(outcome.host, []).append(outcome)

    def failed(self, outcome: TaskResult) -> None:
        """A task that failed; which failures were rescued is known at the end of the run only."""
        found = self._failed_items.pop(outcome.host, None) or [outcome]
        record = self._of(outcome.host)
        record.failures.append(failure_of(outcome.task, found))
        if found[0].module.startswith(COLLECTION):
            record.relevant = True
        if found[0].module == f"{COLLECTION}workstation_info" and not outcome.censored:
            self.succeeded(outcome)  # failed_when fails it after it has done its work

    def ignored(self, host: str) -> None:
        """A task that failed, which does not matter."""
        self._failed_items.pop(host, None)

    def unreachable(self, outcome: TaskResult) -> None:
        """A task that did not reach the host; of one with a loop, an item tells why."""
        self._failed_items.pop(outcome.host, None)
        items = [item for item in entries(outcome.result.get("results")) if item.get("unreachable")]
        found = outcome._replace(result=items[0]) if items and not outcome.censored else outcome
        self._of(outcome.host).unreachable.append(failure_of(outcome.task, [found]))


class Tally(t.NamedTuple):
    """How many tasks of a host, of those that count in the recap of Ansible."""

    failures: int
    unreachable: int
    changed: int


def merged(before: Fleet | None, run: Run, collector: Collector, tallies: t.Mapping[str, Tally]) -> Fleet:
    """The fleet after *run*; the same run may be merged again when more of it is known."""
    fleet = Fleet(dataclasses.replace(run, playbooks=[name(playbook) for playbook in run.playbooks]))
    if before:
        fleet.hosts.update(before.hosts)
        fleet.accounts.update(before.accounts)
        fleet.access_sets.update(before.access_sets)
    fleet.accounts.update(collector.catalogue.account_names)
    fleet.access_sets.update(collector.catalogue.access_sets)
    for host, tally in tallies.items():
        found = collector.records.get(host)
        if found and (found.relevant or tally.failures or tally.unreachable):
            fleet.hosts[name(host)] = _after(fleet, fleet.hosts.get(name(host)), found, tally)
    return fleet


def _after(fleet: Fleet, known: Host | None, found: HostRecord, tally: Tally) -> Host:
    host = Host(
        status=FAILED if tally.failures else UNREACHABLE if tally.unreachable else OK,
        changed=tally.changed > 0,
        run=fleet.run.id,
        last_run=fleet.run.finished,
        # those that count are the last: a failure that is not rescued ends the host's play
        failures=_last(found.failures, tally.failures) + _last(found.unreachable, tally.unreachable),
        findings=found.findings,
        aws_cli_before=found.aws_cli_before,
    )
    known = known or dataclasses.replace(host)
    host.last_seen = host.last_run if host.status != UNREACHABLE else _last_seen(known)
    host.wsl = found.wsl or known.wsl
    host.aws_cli = known.aws_cli if found.aws_cli is None else found.aws_cli
    host.identity = found.identity or known.identity
    host.profiles = found.profiles or (known.profiles and ProfileCounts(known.profiles.wanted))
    host.sessions = {
        session: login for session, login in known.sessions.items() if session not in found.sessions_removed
    }
    for session, login in found.sessions.items():
        host.sessions[session] = better_sign_in(host.sessions.get(session), login)
    host.access = _access_after(fleet, known.access, found)
    host.access_before = known.access_before if known.run == fleet.run.id else known.access
    return host


def _last_seen(host: Host) -> str:
    """Files that an earlier version wrote know only the time of the last run."""
    return host.last_seen or (host.last_run if host.status != UNREACHABLE else "")


def _last(failures: list[Failure], number: int) -> list[Failure]:
    return failures[-number:] if number else []


def _access_after(fleet: Fleet, known: dict[str, str] | None, found: HostRecord) -> dict[str, str] | None:
    """What a run says of a session takes the place of what was known of it."""
    if not found.access and not found.sessions_removed:
        return known
    sets = fleet.access_sets
    access = {
        session: digest for session, digest in (known or {}).items() if session not in found.sessions_removed
    }
    for session, digest in found.access.items():
        if session in found.access_withdrawn and session in access:
            left = fleet_access.without(sets[access[session]], sets[found.access_withdrawn[session]])
            digest = fleet_access.intern(sets, fleet_access.union([left, sets[digest]]))
        access[session] = digest
    return access


def pruned(fleet: Fleet, oldest: str) -> Fleet:
    """Without hosts that no run touched since *oldest*, and without what only they need."""
    hosts = {host: known for host, known in fleet.hosts.items() if known.last_run >= oldest}
    digests = {
        digest
        for known in hosts.values()
        for access in (known.access, known.access_before)
        for digest in (access or {}).values()
    }
    sets = {digest: access for digest, access in fleet.access_sets.items() if digest in digests}
    used = {account for access in sets.values() for account in access}
    accounts = {account: label for account, label in fleet.accounts.items() if account in used}
    return Fleet(fleet.run, hosts, accounts, sets)
