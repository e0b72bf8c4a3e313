# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collects the results of a run, and merges them into the state of the fleet.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import os
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

_ABOUT_OTHER_HOSTS = tuple(f"{COLLECTION}{module}" for module in ("company_bundle", "laptop_reports"))
"""Modules that run on the controller, whose results say nothing about it."""


def _is_about_the_host(module: str) -> bool:
    return module.startswith(COLLECTION) and module not in _ABOUT_OTHER_HOSTS


class Collector:
    """Collects the results of a run, host by host."""

    def __init__(self) -> None:
        self.catalogue = Catalogue({}, {})
        self.records: dict[str, HostRecord] = {}
        self.expected: set[str] = set()
        self.inventory: set[str] = set()
        self._failed_items: dict[str, list[TaskResult]] = {}
        self._targets: t.Collection[str] = ()

    def play_started(self, play: t.Any) -> list[str]:
        """Expect the hosts of *play*, also those that --limit leaves out; returns the inventories."""
        inventory = play.get_variable_manager()._inventory
        targets = inventory.get_hosts(play.hosts, ignore_limits=True, ignore_restrictions=True)
        everything = inventory.get_hosts(ignore_limits=True, ignore_restrictions=True)
        self.expect([host.get_name() for host in targets], [host.get_name() for host in everything])
        files = [
            os.path.basename(source.rstrip("/")) for source in inventory._sources if os.path.exists(source)
        ]
        return [*dict.fromkeys(files)]

    def expect(self, targets: t.Collection[str], inventory: t.Collection[str]) -> None:
        """A play for the hosts *targets* of *inventory* begins."""
        self._targets = targets
        self.inventory.update(inventory)

    def _set_relevant(self, record: HostRecord) -> None:
        """The play concerns workstations, so all of its hosts are expected to be set up."""
        record.relevant = True
        self.expected.update(self._targets)
        self._targets = ()

    def _record_for(self, host: str) -> HostRecord:
        if host not in self.records:
            self.records[host] = HostRecord(self.catalogue)
        return self.records[host]

    @staticmethod
    def wants(module: str) -> bool:
        """Whether succeeded() reads results of *module*."""
        return module.startswith(COLLECTION) or module in COMMANDS

    def succeeded(self, task_result: TaskResult) -> None:
        """A task, or an item of its loop, that ran on the host itself."""
        reader = reader_of(task_result)
        if not reader and not _is_about_the_host(task_result.module):
            return
        record = self._record_for(task_result.host)
        self._set_relevant(record)
        if reader and not task_result.censored:
            reader(record, task_result.result, task_result.arguments)

    def item_failed(self, task_result: TaskResult) -> None:
        self._failed_items.setdefault(task_result.host, []).append(task_result)

    def failed(self, task_result: TaskResult) -> None:
        """A task that failed; which failures were rescued is known at the end of the run only."""
        found = self._failed_items.pop(task_result.host, None) or [task_result]
        if task_result.module in _ABOUT_OTHER_HOSTS:
            return
        record = self._record_for(task_result.host)
        record.failures.append(failure_of(task_result.task, found))
        if _is_about_the_host(found[0].module):
            self._set_relevant(record)
        if found[0].module == f"{COLLECTION}workstation_info" and not task_result.censored:
            self.succeeded(task_result)  # failed_when fails it after it has returned its result

    def ignored(self, host: str) -> None:
        """A failed task whose errors are ignored."""
        self._failed_items.pop(host, None)

    def unreachable(self, task_result: TaskResult) -> None:
        """A task that did not reach the host; for a task with a loop, the first such item is recorded."""
        self._failed_items.pop(task_result.host, None)
        items = [item for item in entries(task_result.result.get("results")) if item.get("unreachable")]
        found = task_result._replace(result=items[0]) if items and not task_result.censored else task_result
        self._record_for(task_result.host).unreachable.append(failure_of(task_result.task, [found]))


class RecapCounts(t.NamedTuple):
    """The numbers of a host's tasks in the play recap."""

    failures: int
    unreachable: int
    changed: int

    @classmethod
    def from_summary(cls, summary: t.Mapping[str, int]) -> RecapCounts:
        """From the summary of a host, which Ansible passes to callbacks."""
        return cls(summary["failures"], summary["unreachable"], summary["changed"])


def merged(before: Fleet | None, run: Run, collector: Collector, recap: t.Mapping[str, RecapCounts]) -> Fleet:
    """The fleet after *run*; the same run may be merged again when more of it is known."""
    fleet = Fleet(
        dataclasses.replace(
            run,
            playbooks=[name(playbook) for playbook in run.playbooks],
            inventories=[name(inventory) for inventory in run.inventories],
        )
    )
    if before:
        fleet.reports = before.reports
        fleet.hosts.update(before.hosts)
        fleet.accounts.update(before.accounts)
        fleet.access_sets.update(before.access_sets)
    fleet.accounts.update(collector.catalogue.account_names)
    fleet.access_sets.update(collector.catalogue.access_sets)
    for host, counts in recap.items():
        found = collector.records.get(host)
        if found and (found.relevant or counts.failures or counts.unreachable):
            fleet.hosts[name(host)] = _after(fleet, fleet.hosts.get(name(host)), found, counts)
    fleet.never_seen = _never_seen(fleet, before.never_seen if before else [], collector)
    return fleet


def _never_seen(fleet: Fleet, before: list[str], collector: Collector) -> list[str]:
    """Hosts that were missing *before* are kept as long as they are in the inventory."""
    expected = set(map(name, collector.expected))
    expected.update(
        before if not collector.inventory else {*map(name, collector.inventory)}.intersection(before)
    )
    return sorted(host for host in expected if host not in fleet.hosts or not fleet.hosts[host].was_seen())


def _after(fleet: Fleet, known: Host | None, found: HostRecord, counts: RecapCounts) -> Host:
    host = Host(
        status=FAILED if counts.failures else UNREACHABLE if counts.unreachable else OK,
        changed=counts.changed > 0,
        run=fleet.run.id,
        last_run=fleet.run.finished,
        # the recap counts failures that were not rescued, which are the last ones: each ends the host's play
        failures=_last(found.failures, counts.failures) + _last(found.unreachable, counts.unreachable),
        findings=found.findings,
        aws_cli_before=found.aws_cli_before,
        laptop=known.laptop if known else None,
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
    """State files of earlier versions have the time of the last run only."""
    return host.last_seen or (host.last_run if host.status != UNREACHABLE else "")


def _last(failures: list[Failure], number: int) -> list[Failure]:
    return failures[-number:] if number else []


def _access_after(fleet: Fleet, known: dict[str, str] | None, found: HostRecord) -> dict[str, str] | None:
    """The run's access of a session replaces the earlier one."""
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
    """*fleet* without hosts that no run touched since *oldest*, and without data that only they refer to."""
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
    return Fleet(fleet.run, hosts, accounts, sets, fleet.never_seen, fleet.reports)
