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
import re
import types
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._laptop._run.report import OUTCOMES
from ...module_utils._text import ACCOUNT_ID
from . import access as fleet_access
from .redact import LONGEST_MESSAGE, PRINTABLE, shortened

FORMAT = "workstation.aws_sso.fleet_report"
VERSION = 1

OK: t.Literal["ok"] = "ok"
FAILED: t.Literal["failed"] = "failed"
UNREACHABLE: t.Literal["unreachable"] = "unreachable"

TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
PROGRAM_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){1,5}", re.ASCII)

_JSON_TYPES: dict[type, str] = {
    type(None): "null",
    bool: "a truth value",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}
_START = f'{{\n "format": "{FORMAT}"'.encode()
"""The start of dump_state(), by which a truncated file is recognized."""


class StateError(WorkstationError):
    """A file that is not the state of a fleet; str() is the reason, as a sentence.

    *damaged* if this plugin wrote it, and it can be replaced.
    """

    def __init__(self, reason: str, damaged: bool = False) -> None:
        super().__init__(reason)
        self.damaged = damaged


def matching(pattern: re.Pattern[str], what: str) -> t.Callable[[str], str]:
    """A check of text from a state file, which may be empty, that raises ValueError."""

    def check(text: str) -> str:
        if text and not pattern.fullmatch(text):
            raise ValueError(what)
        return text

    return check


def one_of(values: t.Collection[str], what: str) -> t.Callable[[str], str]:
    """A check of text from a state file that raises ValueError."""

    def check(text: str) -> str:
        if text not in values:
            raise ValueError(what)
        return text

    return check


def in_range(values: range, what: str) -> t.Callable[[int], int]:
    """A check of a number from a state file that raises ValueError."""

    def check(number: int) -> int:
        if number not in values:
            raise ValueError(what)
        return number

    return check


Text = t.Annotated[str, matching(PRINTABLE, "unprintable or too long text")]
AccountId = t.Annotated[str, matching(ACCOUNT_ID, "an account ID")]
Time = t.Annotated[str, matching(TIME, "a time")]
Version = t.Annotated[str, matching(PROGRAM_VERSION, "a version")]
Count = t.Annotated[int, in_range(range(10_000_000), "a number")]
Outcome = t.Annotated[str, one_of(OUTCOMES, "an outcome")]
Listed = t.List[t.Dict[t.Literal["roles", "accounts"], t.List[Text]]]
"""An access set as JSON."""


@dataclasses.dataclass
class Wsl:
    """*version* is 0 for a host that is not a WSL distribution."""

    version: t.Annotated[int, in_range(range(3), "a version of WSL")]
    distribution: Text = ""


@dataclasses.dataclass
class SignIn:
    """A sign-in to a session, with a token on the host or the controller.

    *expires_at* is empty without a token, and None if it was not checked. Until *renewable_until* the AWS CLI
    refreshes the token without a new sign-in.
    """

    start_url: Text = ""
    region: Text = ""
    expires_at: Time | None = None
    renewable_until: Time = ""
    on_controller: bool = False


@dataclasses.dataclass
class Names:
    """Their number, and the first ones."""

    count: Count = 0
    first: list[Text] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class ProfileCounts:
    """The number of desired profiles, and the changes of the last run."""

    wanted: Count = 0
    added: Names = dataclasses.field(default_factory=Names)
    changed: Names = dataclasses.field(default_factory=Names)
    removed: Names = dataclasses.field(default_factory=Names)


@dataclasses.dataclass
class Identity:
    account: AccountId
    arn: Text


@dataclasses.dataclass
class ReportedFinding:
    """As workstation_info returns it."""

    id: Text
    severity: Text
    subject: Text
    what: Text
    why: Text
    fix: Text


@dataclasses.dataclass
class Failure:
    """A failed task. *fix* is empty if the message itself says what to do."""

    task: Text
    module: Text
    message: Text
    fix: Text = ""


@dataclasses.dataclass
class LaptopEvent:
    """How an earlier update of a laptop ended, as it reported it at *time*."""

    time: Time
    outcome: Outcome
    message: Text = ""
    version: Text = ""
    available: Text = ""


@dataclasses.dataclass
class Laptop:
    """The last report of a host that updates itself from a company bundle.

    *reported* is when it was made, *ran* when the playbook last ran on the laptop. *version* and *content_id*
    are those of the bundle that is installed, *available* is the version that the laptop has last seen.
    *history* has earlier outcomes, oldest first.
    """

    reported: Time
    outcome: Outcome
    message: Text = ""
    fix: Text = ""
    ran: Time = ""
    bundle: Text = ""
    version: Text = ""
    content_id: Text = ""
    available: Text = ""
    distribution: Text = ""
    key: Text = ""
    history: list[LaptopEvent] = dataclasses.field(default_factory=list)

    def problem(self) -> tuple[str, str]:
        """The message, and the command that fixes it; a fix in words becomes part of the message."""
        if self.fix.endswith("."):
            return shortened(f"{self.message} {self.fix}".strip(), LONGEST_MESSAGE), ""
        return self.message, self.fix


@dataclasses.dataclass
class Host:
    """A host after its last run. Versions, sign-ins and access are those that a run recorded last.

    *last_run* is the end of the last run that tried the host, *last_seen* of the last one that reached it.
    *access* has digests of access sets by session, None before the first list of accounts; *access_before* is
    the same at the end of the run before. *laptop* is None for a host that does not report itself.
    """

    status: t.Literal["ok", "failed", "unreachable"]
    changed: bool
    run: Text
    last_run: Time
    failures: list[Failure] = dataclasses.field(default_factory=list)
    wsl: Wsl | None = None
    aws_cli: Version | None = None
    aws_cli_before: Version = ""
    sessions: dict[Text, SignIn] = dataclasses.field(default_factory=dict)
    profiles: ProfileCounts | None = None
    identity: Identity | None = None
    findings: list[ReportedFinding] | None = None
    last_seen: Time = ""
    access: dict[Text, str] | None = None
    access_before: dict[Text, str] | None = None
    laptop: Laptop | None = None

    @property
    def has_errors(self) -> bool:
        """Whether the run succeeded, but workstation_info found errors."""
        return self.status == OK and self.count_findings("error") > 0

    @property
    def user(self) -> str:
        """The name of the user in the caller identity; empty if it is unknown."""
        return self.identity.arn.rpartition("/")[2] if self.identity else ""

    @property
    def is_healthy(self) -> bool:
        """Whether the run succeeded, and workstation_info found no errors."""
        return self.status == OK and not self.has_errors

    def count_findings(self, severity: str) -> int:
        return sum(finding.severity == severity for finding in self.findings or ())

    def was_seen(self) -> bool:
        """Whether a run reached the host; states of earlier versions have the time of the last run only."""
        return bool(self.last_seen) or self.status != UNREACHABLE


@dataclasses.dataclass
class RefusedReport:
    """A report that was not used. *host* is the name that it claims, empty if it has none."""

    file: Text
    host: Text
    reason: Text


@dataclasses.dataclass
class Reports:
    """What the last merge of reports found. *version* and *content_id* are those of the current bundle.

    *not_yet* has the names of laptops that do not install it yet, according to its rollout.
    """

    version: Text = ""
    content_id: Text = ""
    not_yet: list[Text] = dataclasses.field(default_factory=list)
    never_seen: list[Text] = dataclasses.field(default_factory=list)
    refused: list[RefusedReport] = dataclasses.field(default_factory=list)
    refused_count: Count = 0

    def is_outdated(self, host: str, laptop: Laptop) -> bool:
        """Whether *host* should have the current bundle, and has another one."""
        return self.is_other(laptop) and host not in self._not_yet

    def is_other(self, laptop: Laptop) -> bool:
        """Whether *laptop* has another bundle than the current one."""
        if self.content_id:
            return laptop.content_id != self.content_id
        return bool(self.version) and laptop.version != self.version

    @functools.cached_property
    def _not_yet(self) -> frozenset[str]:
        return frozenset(self.not_yet)


@dataclasses.dataclass
class Run:
    id: Text
    started: Time
    finished: Time
    playbooks: list[Text]
    check_mode: bool = False
    inventories: list[Text] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Fleet:
    """All hosts of all runs, account names by ID, and access sets by digest.

    *never_seen* has hosts of the inventory that no run reached. *reports* is None before the first merge of
    reports.
    """

    run: Run
    hosts: dict[str, Host] = dataclasses.field(default_factory=dict)
    accounts: dict[str, str] = dataclasses.field(default_factory=dict)
    access_sets: fleet_access.Sets = dataclasses.field(default_factory=dict)
    never_seen: list[str] = dataclasses.field(default_factory=list)
    reports: Reports | None = None

    def all_never_seen(self) -> list[str]:
        """Hosts that should have been set up or have reported, and those that were always unreachable."""
        expected = {*self.never_seen, *(self.reports.never_seen if self.reports else ())}
        unreached = {name for name, host in self.hosts.items() if not host.was_seen()}
        return sorted(unreached | (expected - self.hosts.keys()))

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
        "never_seen": fleet.never_seen,
        "reports": fleet.reports and dataclasses.asdict(fleet.reports),
    }
    return json.dumps(document, indent=1).encode() + b"\n"


def load_state(data: bytes) -> Fleet:
    """The fleet in *data*, a result of dump_state(). Raises StateError."""
    document = _parse(data)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise StateError("It is not a state file of the fleet report.")
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        raise StateError("A newer version of this collection wrote it.")
    try:
        if version != VERSION:
            raise ValueError("version")
        fleet = Fleet(
            run=typed(Run, document["run"]),
            hosts=typed(t.Dict[Text, Host], document["hosts"]),
            accounts=typed(t.Dict[AccountId, Text], document["accounts"]),
            access_sets=_access_sets(document["access_sets"]),
            never_seen=typed(t.List[Text], document.get("never_seen", [])),
            reports=typed(t.Optional[Reports], document.get("reports")),
        )
        for host in fleet.hosts.values():
            fleet.access(host.access)
            fleet.access(host.access_before)
    except (KeyError, TypeError, ValueError) as error:
        raise StateError(f"Its data is not valid ({str(error)[:80]}).", damaged=True) from None
    return fleet


def _parse(data: bytes) -> t.Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        is_ours = data.startswith(_START) or not data.strip(b"\0 \r\n\t")
        raise StateError("It is not JSON.", damaged=is_ours) from None


def _access_sets(value: t.Any) -> fleet_access.Sets:
    sets: fleet_access.Sets = {}
    for digest, entries in typed(t.Dict[str, Listed], value).items():
        add_access_set(sets, digest, entries)
    return sets


def add_access_set(sets: fleet_access.Sets, digest: str, entries: fleet_access.Listed) -> None:
    """Add the access set in *entries*, which must have that *digest*. Raises KeyError and ValueError."""
    access = fleet_access.from_json(entries)
    if not all(ACCOUNT_ID.fullmatch(account) for account in access):
        raise ValueError("an account ID")
    if fleet_access.digest_of(fleet_access.to_json(access)) != digest:
        raise ValueError("the digest of an access set")
    sets.setdefault(digest, access)


def typed(kind: t.Any, value: t.Any) -> t.Any:
    """*value* from JSON as *kind*. Raises TypeError and ValueError."""
    origin, arguments = _parts(kind)
    if origin is t.Annotated:
        plain = value.__class__ is arguments[0]  # text or a number, which most values are
        return arguments[1](value if plain else typed(arguments[0], value))
    if dataclasses.is_dataclass(kind) and isinstance(value, dict):
        kinds = _kinds(t.cast(t.Hashable, kind))
        return kind(**{key: typed(kinds[key], item) for key, item in value.items() if key in kinds})  # type: ignore[operator]
    if origin in (t.Union, types.UnionType):
        return None if value is None else typed(arguments[0], value)
    if origin is list and isinstance(value, list):
        return [typed(arguments[0], item) for item in value]
    if origin is dict and isinstance(value, dict):
        return {typed(arguments[0], key): typed(arguments[1], item) for key, item in value.items()}
    if value not in arguments if origin is t.Literal else value.__class__ is not kind:
        raise TypeError(f"{_JSON_TYPES.get(type(value), 'a value')} in the wrong place")
    return value


@functools.lru_cache(maxsize=None)
def _parts(kind: t.Hashable) -> tuple[t.Any, tuple[t.Any, ...]]:
    return t.get_origin(kind), t.get_args(kind)


@functools.lru_cache(maxsize=None)
def _kinds(kind: t.Hashable) -> dict[str, t.Any]:
    """The types of the fields of a dataclass; cached, because resolving them is slow."""
    return t.get_type_hints(kind, include_extras=True)
