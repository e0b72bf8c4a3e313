# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the reports of laptops. Their content is not trusted: whoever has a key can sign anything.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import json
import re
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._laptop._bundle.manifest import NAME, VERSION
from ...module_utils._laptop._run import report as laptop
from ...module_utils._text import ROLE_NAME
from .._fleet_report import access as fleet_access
from .._fleet_report.redact import message, name
from .._fleet_report.state import (
    Host,
    Laptop,
    LaptopEvent,
    Listed,
    Outcome,
    Text,
    Time,
    add_access_set,
    matching,
    typed,
)
from .signature import KEY_TYPE, key_fingerprint, verify

HOST_NAME = re.compile(rf"[a-z0-9](?:[a-z0-9._-]{{0,{laptop.LONGEST_HOST - 2}}}[a-z0-9])?", re.ASCII)
CONTENT_ID = re.compile(r"[0-9a-f]{16}", re.ASCII)
LARGEST_HOST = 128_000
"""Bytes of JSON about a host, without its access: all of it can be on the page."""
LONGEST_EVENT = 500
"""Characters of the message of an earlier update."""
_ON_LAPTOP = "localhost"
"""The name of the host in the state that the callback wrote on the laptop."""


class ReportError(WorkstationError):
    """A report that is not used; str() is the reason, as a sentence. *host* is the name that it claims."""

    def __init__(self, reason: str, host: str = "") -> None:
        super().__init__(reason)
        self.host = host


class Report(t.NamedTuple):
    """A report whose signature is valid for its own *key*, which may not be the key of the *host*.

    *record* is what the playbook recorded about the host; None if it has never run. The access sets of its
    *access*, digests by session, were added to those of the Reader; *accounts* are names by account ID.
    """

    host: str
    key: str
    laptop: Laptop
    record: Host | None
    access: dict[str, str]
    accounts: dict[str, str]


BundleVersion = t.Annotated[str, matching(VERSION, "a version of a bundle")]


@dataclasses.dataclass
class _Bundle:
    name: t.Annotated[str, matching(NAME, "the name of a bundle")] = ""
    version: BundleVersion = ""
    content_id: t.Annotated[str, matching(CONTENT_ID, "a content ID")] = ""
    available: BundleVersion = ""


@dataclasses.dataclass
class _System:
    distribution: Text = ""


@dataclasses.dataclass
class _Content:
    """The fields of a report that are used."""

    host: t.Annotated[str, matching(HOST_NAME, "a host name")]
    time: Time
    key: str
    bundle: _Bundle
    outcome: Outcome
    message: str
    fix: str
    ran: Time
    system: _System
    history: list[LaptopEvent] = dataclasses.field(default_factory=list)


class Reader:
    """Reads reports; all of them share the access sets in *sets*."""

    def __init__(self, sets: fleet_access.Sets) -> None:
        self._sets = sets
        self._checked: dict[str, t.Any] = {}
        self._named: dict[tuple[str, ...], tuple[t.Any, dict[str, str]]] = {}

    def read(self, data: bytes) -> Report:
        """The report in the file content *data*. Raises ReportError."""
        document, signature = _parse(data)
        host = name(document.get("host"))
        try:
            return self._report(document, signature)
        except WorkstationError as error:
            raise ReportError(str(error), host) from None
        except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
            raise ReportError(f"Its data is not valid ({str(error)[:80]}).", host) from None

    def _report(self, document: dict[str, t.Any], signature: t.Any) -> Report:
        content: _Content = typed(_Content, document)
        if not content.host or not content.time:
            raise ValueError("no host or time")
        verify(laptop.signed_bytes(document), typed(str, signature), content.key, laptop.NAMESPACE)
        report = Report(content.host, content.key, _laptop(content), None, {}, {})
        fleet = document["fleet"]
        return report if fleet is None else self._with_record(report, fleet)

    def _with_record(self, report: Report, fleet: dict[str, t.Any]) -> Report:
        hosts: dict[str, t.Any] = fleet["hosts"]
        if not hosts:
            return report
        if [*hosts] != [_ON_LAPTOP]:
            raise ValueError("other hosts")
        record = hosts[_ON_LAPTOP]
        digests = typed(t.Optional[t.Dict[Text, str]], record.get("access")) or {}
        record = {**record, "access": None, "access_before": None, "laptop": None}
        if len(json.dumps(record)) > LARGEST_HOST:
            raise ReportError(f"Its record of the host is larger than {LARGEST_HOST // 1000} kB.")
        self._add_access(digests, fleet["access_sets"])
        return report._replace(
            record=typed(Host, record), access=digests, accounts=self._accounts(digests, fleet["accounts"])
        )

    def _add_access(self, digests: dict[str, str], sets: dict[str, t.Any]) -> None:
        used = {digest: sets[digest] for digest in sorted(set(digests.values()))}
        if laptop.exceeds_limits(used.values()):
            raise ReportError("It lists more accounts and roles than a report may.")
        for digest, entries in used.items():
            if self._checked.get(digest) != entries:
                if not all(ROLE_NAME.fullmatch(role) for entry in entries for role in entry["roles"]):
                    raise ValueError("a role name")
                add_access_set(self._sets, digest, typed(Listed, entries))
                self._checked[digest] = entries

    def _accounts(self, digests: dict[str, str], names: t.Any) -> dict[str, str]:
        """The names of the accounts in the access of the host; most laptops share the same dictionary."""
        if not isinstance(names, dict):
            raise TypeError("accounts")
        key = tuple(sorted(set(digests.values())))
        given, accounts = self._named.get(key, (None, {}))
        if given != names:
            used = {account for digest in key for account in self._sets[digest]}
            accounts = {account: name(names[account]) for account in sorted(used) if names.get(account)}
            self._named.setdefault(key, (names, accounts))
        return accounts


def _parse(data: bytes) -> tuple[dict[str, t.Any], t.Any]:
    """The report and its signature, neither of them checked. Raises ReportError."""
    if len(data) > laptop.LARGEST_REPORT:
        raise ReportError(f"It is larger than {laptop.LARGEST_REPORT // 1_000_000} MB.")
    try:
        envelope = json.loads(data)
        document = envelope["report"]
        is_report = document["format"] == laptop.FORMAT
    except (ValueError, RecursionError, LookupError, TypeError):
        is_report = False
    if not is_report or not isinstance(document, dict):
        raise ReportError("It is not a report of a laptop.")
    if document.get("version") != laptop.VERSION:
        raise ReportError("Another version of this collection wrote it.", name(document.get("host")))
    return document, envelope.get("signature")


def _laptop(content: _Content) -> Laptop:
    if not content.key.startswith(f"{KEY_TYPE} "):
        raise ReportError(f"Its key is not one of the type {KEY_TYPE}.")
    return Laptop(
        reported=content.time,
        outcome=content.outcome,
        message=message(content.message),
        fix=message(content.fix),
        ran=content.ran,
        bundle=content.bundle.name,
        version=content.bundle.version,
        content_id=content.bundle.content_id,
        available=content.bundle.available,
        distribution=name(content.system.distribution),
        key=key_fingerprint(content.key),
        history=[
            dataclasses.replace(
                event,
                message=message(event.message)[:LONGEST_EVENT],
                version=name(event.version),
                available=name(event.available),
            )
            for event in content.history[-laptop.MOST_EVENTS :]
        ],
    )
