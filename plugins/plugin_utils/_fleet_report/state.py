# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a fleet over several runs, and its file.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing as t

from ...module_utils._errors import WorkstationError
from . import access as fleet_access

FORMAT = "workstation.aws_sso.fleet_report"
VERSION = 1

OK = "ok"
FAILED = "failed"
UNREACHABLE = "unreachable"


class StateError(WorkstationError):
    """A file that is not the state of a fleet; str() is the reason."""


@dataclasses.dataclass
class Wsl:
    """*version* is 0 for a host that is not a WSL distribution."""

    version: int
    distribution: str = ""


@dataclasses.dataclass
class SignIn:
    """A sign-in to a session, with a token on the host or the controller.

    *expires_at* is empty without a token, and None if it was not checked. Until *renewable_until* the AWS CLI
    refreshes the token without a new sign-in.
    """

    start_url: str = ""
    region: str = ""
    expires_at: str | None = None
    renewable_until: str = ""
    on_controller: bool = False


@dataclasses.dataclass
class Names:
    """Their number, and the first ones."""

    count: int = 0
    first: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class ProfileCounts:
    """The number of desired profiles, and the changes of the last run."""

    wanted: int = 0
    added: Names = dataclasses.field(default_factory=Names)
    changed: Names = dataclasses.field(default_factory=Names)
    removed: Names = dataclasses.field(default_factory=Names)


@dataclasses.dataclass
class Identity:
    account: str
    arn: str


@dataclasses.dataclass
class ReportedFinding:
    """As workstation_info returns it."""

    id: str
    severity: str
    subject: str
    what: str
    why: str
    fix: str


@dataclasses.dataclass
class Failure:
    """A failed task. *fix* is empty if the message itself says what to do."""

    task: str
    module: str
    message: str
    fix: str = ""


@dataclasses.dataclass
class Host:
    """A host after its last run. Versions, sign-ins and access are those that a run recorded last.

    *last_run* is the end of the last run that tried the host, *last_seen* of the last one that reached it.
    *access* has digests of access sets by session, None before the first list of accounts; *access_before* is
    the same at the end of the run before.
    """

    status: str
    changed: bool
    run: str
    last_run: str
    failures: list[Failure] = dataclasses.field(default_factory=list)
    wsl: Wsl | None = None
    aws_cli: str | None = None
    aws_cli_before: str = ""
    sessions: dict[str, SignIn] = dataclasses.field(default_factory=dict)
    profiles: ProfileCounts | None = None
    identity: Identity | None = None
    findings: list[ReportedFinding] | None = None
    last_seen: str = ""
    access: dict[str, str] | None = None
    access_before: dict[str, str] | None = None

    @property
    def has_errors(self) -> bool:
        """Whether the run succeeded, but workstation_info found errors."""
        return self.status == OK and any(finding.severity == "error" for finding in self.findings or ())


@dataclasses.dataclass
class Run:
    id: str
    started: str
    finished: str
    playbooks: list[str]
    check_mode: bool = False


@dataclasses.dataclass
class Fleet:
    """All hosts of all runs, account names by ID, and access sets by digest."""

    run: Run
    hosts: dict[str, Host] = dataclasses.field(default_factory=dict)
    accounts: dict[str, str] = dataclasses.field(default_factory=dict)
    access_sets: fleet_access.Sets = dataclasses.field(default_factory=dict)

    def access(self, digests: t.Mapping[str, str] | None) -> fleet_access.AccessSet:
        """The access in all sessions."""
        return fleet_access.union(self.access_sets[digest] for digest in (digests or {}).values())


def dump_state(fleet: Fleet, changes: t.Any = None) -> bytes:
    """The content of the state file. *changes* is for other programs; load_state() ignores it."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "run": dataclasses.asdict(fleet.run),
        "hosts": {name: dataclasses.asdict(host) for name, host in sorted(fleet.hosts.items())},
        "changes": changes or [],
        "accounts": dict(sorted(fleet.accounts.items())),
        "access_sets": {
            digest: fleet_access.to_json(access) for digest, access in sorted(fleet.access_sets.items())
        },
    }
    return json.dumps(document, indent=1).encode() + b"\n"


def load_state(data: bytes) -> Fleet:
    """The fleet in *data*, a result of dump_state(). Raises StateError."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise StateError("it is not JSON") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise StateError("it is not a report of this plugin")
    if document.get("version") != VERSION:
        raise StateError(
            f"its version is {document.get('version')!r}, and this plugin reads version {VERSION}"
        )
    try:
        fleet = Fleet(
            run=_typed(Run, document["run"]),
            hosts=_typed(t.Dict[str, Host], document["hosts"]),
            accounts=_typed(t.Dict[str, str], document["accounts"]),
            access_sets={
                digest: fleet_access.from_json(entries)
                for digest, entries in _typed(
                    t.Dict[str, fleet_access.Listed], document["access_sets"]
                ).items()
            },
        )
        for host in fleet.hosts.values():
            fleet.access(host.access)
            fleet.access(host.access_before)
    except (KeyError, TypeError) as error:
        raise StateError(f"it is damaged: {error}") from None
    return fleet


def _typed(kind: t.Any, value: t.Any) -> t.Any:
    """*value* from JSON as *kind*. Raises TypeError."""
    origin, arguments = t.get_origin(kind), t.get_args(kind)
    if dataclasses.is_dataclass(kind) and isinstance(value, dict):
        kinds = _kinds(t.cast(t.Hashable, kind))
        return kind(**{key: _typed(kinds[key], item) for key, item in value.items() if key in kinds})  # type: ignore[operator]
    if origin in (t.Union, types.UnionType):
        return None if value is None else _typed(arguments[0], value)
    if origin is list and isinstance(value, list):
        return [_typed(arguments[0], item) for item in value]
    if origin is dict and isinstance(value, dict):
        return {key: _typed(arguments[1], item) for key, item in value.items()}
    if isinstance(kind, type) and isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    raise TypeError(f"{str(value)[:40]!r} is not {kind}")


@functools.lru_cache(maxsize=None)
def _kinds(kind: t.Hashable) -> dict[str, t.Any]:
    """The types of the fields of a dataclass; cached, because resolving them is slow."""
    return t.get_type_hints(kind)
