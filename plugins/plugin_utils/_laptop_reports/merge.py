# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges the reports of laptops into the state of the fleet.

PRIVATE to the collection. A report changes the entry of its own host only, and only with the key of that
host; what all hosts share, the names of accounts, is decided by most of the reports.
"""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ...module_utils._sso.token_cache import parse_time
from ...module_utils._text import format_time, printable, utc_time
from .._fleet_report.redact import LONGEST_MESSAGE, name, shortened
from .._fleet_report.state import (
    FAILED,
    OK,
    Failure,
    Fleet,
    Host,
    Laptop,
    ProfileCounts,
    RefusedReport,
    Reports,
    Run,
)
from .current_bundle import CurrentBundle
from .directory import host_of, read_report, report_files
from .keys import REVOKED, Keys, line_to_remove
from .report import Reader, Report, ReportError

UPDATER = "workstation-update"
MOST_REFUSED = 200
"""Refused reports that are kept and shown; of the others, the number."""
AGREEMENT = 0.9
"""The share of the reports with an account that must agree on its name."""
_UPDATE_FAILED = ("failed", "rolled_back", "refused")


class Source(t.NamedTuple):
    """Where reports come from. Without *new_hosts*, only names that *keys* has are accepted."""

    directory: str
    keys: Keys
    keys_path: str
    new_hosts: bool = True


class _Received(t.NamedTuple):
    """A valid report in *file*; *reported* is its time, but no later than when the file was written."""

    file: str
    reported: str
    report: Report


class Merge:
    """Reads all reports of *source*, and merges them into the fleet *before* as *run*.

    *fleet* is the result. *hosts* are those with a report, *new* those with a report that was not merged
    before.
    """

    def __init__(self, before: Fleet | None, run: Run, source: Source) -> None:
        before = before or Fleet(run)
        self.fleet = dataclasses.replace(
            before,
            run=run,
            hosts=dict(before.hosts),
            accounts=dict(before.accounts),
            access_sets=dict(before.access_sets),
        )
        self.refused: list[RefusedReport] = []
        self.hosts: set[str] = set()
        self.new: set[str] = set()
        self._source = source
        for host in source.keys.revoked():
            self.fleet.hosts.pop(host, None)
        received = self._received()
        self._name_accounts([one.report for one in received])
        for one in received:
            self._add(one)

    def reports(self, expected: t.Collection[str], bundle: CurrentBundle) -> Reports:
        """What the merge found, for the page."""
        reports = Reports(bundle.version, bundle.content_id)
        reports.never_seen = [name(host) for host in sorted(expected) if not self._was_seen(host)]
        reports.refused, reports.refused_count = self.refused[:MOST_REFUSED], len(self.refused)
        now = parse_time(self.fleet.run.finished)
        reports.not_yet = [
            host
            for host, known in sorted(self.fleet.hosts.items())
            if known.laptop and reports.is_other(known.laptop) and not bundle.is_for(host, now)
        ]
        return reports

    def _was_seen(self, host: str) -> bool:
        known = self.fleet.hosts.get(host)
        return bool(known and (known.laptop or known.last_seen))

    def _received(self) -> list[_Received]:
        """The newest valid report of each host."""
        reader, claims = Reader(self.fleet.access_sets), _Claims(self._source)
        for file in report_files(self._source.directory, self._source.keys):
            self._read(file, reader, claims)
        return claims.accepted(self.fleet, self._refuse)

    def _read(self, file: str, reader: Reader, claims: _Claims) -> None:
        try:
            found = read_report(self._source.directory, file)
            claims.add(_received(found.name, found.written, reader.read(found.data), self.fleet.run))
        except ReportError as error:
            self._refuse(file, error.host, str(error))

    def _refuse(self, file: str, host: str, reason: str) -> None:
        """*reason* may contain a public key, which name() would take for a secret."""
        self.refused.append(
            RefusedReport(name(file), name(host), shortened(printable(reason), LONGEST_MESSAGE))
        )

    def _add(self, one: _Received) -> None:
        report = one.report
        self.hosts.add(report.host)
        known = self.fleet.hosts.get(report.host)
        before = known.laptop if known else None
        if before and before.key == report.laptop.key and one.reported <= before.reported:
            return
        self.new.add(report.host)
        laptop = dataclasses.replace(report.laptop, reported=one.reported)
        self.fleet.hosts[report.host] = _host(self.fleet.run, laptop, report, known)

    def _name_accounts(self, reports: t.Sequence[Report]) -> None:
        votes: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
        lists = {id(report.accounts): report.accounts for report in reports}
        numbers = collections.Counter(id(report.accounts) for report in reports)
        for each, accounts in lists.items():
            for account, label in accounts.items():
                votes[account][label] += numbers[each]
        for account, labels in votes.items():
            label, number = labels.most_common(1)[0]
            if number >= AGREEMENT * labels.total():
                self.fleet.accounts[account] = label


class _Claims:
    """The reports of each name, of which those with its key are accepted."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._reports: dict[str, list[_Received]] = {}

    def add(self, one: _Received) -> None:
        self._reports.setdefault(one.report.host, []).append(one)

    def accepted(self, fleet: Fleet, refuse: t.Callable[[str, str, str], None]) -> list[_Received]:
        """The newest report of each host with its key. The others are refused, but not older ones."""
        found = []
        for host, claims in sorted(self._reports.items()):
            key, reason = self._key(fleet, host, claims)
            for one in claims:
                if one.report.key != key:
                    refuse(one.file, host, reason)
            own = [one for one in claims if one.report.key == key]
            if own:
                found.append(max(own, key=lambda one: one.reported))
                if host not in self._source.keys:
                    self._source.keys.add(host, key)
        return found

    def _key(self, fleet: Fleet, host: str, claims: list[_Received]) -> tuple[str, str]:
        """The key of *host*, empty for none, and why reports with other keys are refused."""
        source = self._source
        remove = f"If the laptop was set up again: {line_to_remove(source.keys_path, host)}"
        key = source.keys.key(host)
        if key == REVOKED:
            return "", f"The key of this host is revoked in {source.keys_path}."
        if key:
            return key, f"It is signed with another key than that of the host in {source.keys_path}. {remove}"
        add = f"To accept it, add its line to {source.keys_path}: {host} {claims[0].report.key}"
        if not source.new_hosts:
            return "", f"{source.keys_path} has no key of this host. {add}"
        known = fleet.hosts.get(host)
        if known and not known.laptop:
            return "", f"A host of this name was set up from the controller, and has never reported. {add}"
        keys = {one.report.key for one in claims}
        named = {one.report.key for one in claims if host_of(one.file) == host}
        if len(keys) > 1 and len(named) != 1:
            return "", "Reports with different keys claim this name."
        return (named or keys).pop(), f"Another laptop reported under this name first. {remove}"


def _received(file: str, written: float, report: Report, run: Run) -> _Received:
    """The clock of a laptop may be wrong: no report is newer than its file, or than this run.

    Times are compared as text, because only their form was checked.
    """
    times = [report.laptop.reported, run.finished]
    moment = utc_time(written)
    if moment:
        times.append(format_time(moment))
    return _Received(file, min(times), report)


def _host(run: Run, laptop: Laptop, report: Report, known: Host | None) -> Host:
    """The entry of a host after its report: that of its own last run, and what the update adds to it."""
    host = dataclasses.replace(report.record) if report.record else Host(OK, False, "", "")
    host.run, host.last_run, host.last_seen = run.id, laptop.reported, laptop.reported
    host.laptop = laptop
    host.access = report.access if report.record else None
    host.access_before = known.access if known else None
    if not report.record and known:
        host.access, host.profiles = known.access, known.profiles and ProfileCounts(known.profiles.wanted)
    if laptop.outcome not in _UPDATE_FAILED:
        host.status, host.failures = OK, []
        return host
    host.status = FAILED
    if laptop.outcome != "failed" or not host.failures:
        task = name(f"Update to version {laptop.available or laptop.version}")
        host.failures = [*host.failures, Failure(task, UPDATER, *laptop.problem())]
    return host
