# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what the report needs from the results of modules.

PRIVATE to the collection. Only the values that a reader selects are kept; of modules without a reader, the
message of a failure.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shlex
import typing as t

from ...module_utils._aws_config.desired import AccessOptions, access_filter
from ...module_utils._text import ACCOUNT_ID
from . import access as fleet_access
from .redact import LONGEST_MESSAGE, message, name, shortened
from .state import (
    PROGRAM_VERSION,
    TIME,
    Failure,
    Identity,
    Names,
    ProfileCounts,
    ReportedFinding,
    SignIn,
    Wsl,
)

COLLECTION = "workstation.aws_sso."
COMMANDS = ("ansible.builtin.command", "ansible.legacy.command")
NAMES_KEPT = 20
MOST_ENTRIES = 200
"""The findings and sessions of a host that are read; a host decides how many it returns."""

Values = t.Mapping[str, t.Any]


class TaskResult(t.NamedTuple):
    """What a task, or an item of its loop, returned for a host. *module* and its *arguments* are resolved."""

    host: str
    task: str
    module: str
    result: Values
    arguments: Values

    @classmethod
    def from_callback(cls, result: t.Any) -> TaskResult:
        """From *result*, which Ansible passes to callbacks."""
        task, fields = result._task, result._task_fields
        module = task.resolved_action or task.action
        return cls(result._host.get_name(), task.get_name(), module, result._result, fields.get("args") or {})

    @property
    def censored(self) -> bool:
        return "censored" in self.result or bool(self.result.get("_ansible_no_log"))


class Catalogue(t.NamedTuple):
    """The names of accounts by ID, and access sets by digest."""

    account_names: dict[str, str]
    access_sets: fleet_access.Sets


@dataclasses.dataclass
class HostRecord:
    """What a run has recorded about a host so far. None means that the run did not check it.

    Access is by session, as digests of sets in *catalogue*, which all hosts share.
    """

    catalogue: Catalogue
    relevant: bool = False
    failures: list[Failure] = dataclasses.field(default_factory=list)
    unreachable: list[Failure] = dataclasses.field(default_factory=list)
    wsl: Wsl | None = None
    aws_cli: str | None = None
    aws_cli_before: str = ""
    sessions: dict[str, SignIn] = dataclasses.field(default_factory=dict)
    sessions_removed: set[str] = dataclasses.field(default_factory=set)
    profiles: ProfileCounts | None = None
    identity: Identity | None = None
    findings: list[ReportedFinding] | None = None
    access: dict[str, str] = dataclasses.field(default_factory=dict)
    access_withdrawn: dict[str, str] = dataclasses.field(default_factory=dict)

    def add_sign_in(self, session: str, sign_in: SignIn) -> None:
        """Record a sign-in; a token of the host itself takes precedence over one of the controller."""
        known = self.sessions.get(session)
        self.sessions_removed.discard(session)
        self.sessions[session] = better_sign_in(known, sign_in)


def better_sign_in(known: SignIn | None, found: SignIn) -> SignIn:
    if known is None or known.expires_at is None:
        return found
    if found.expires_at is None or (found.on_controller and not known.on_controller):
        return dataclasses.replace(known, start_url=found.start_url, region=found.region)
    return found


def entries(value: t.Any) -> list[Values]:
    """The dictionaries in *value*, which can have any type."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _texts(value: t.Any) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def _globs(value: t.Any) -> list[str]:
    """The globs in *value*, in which an account ID can be a number."""
    return _texts(
        [str(entry) if _is_number(entry) else entry for entry in value] if isinstance(value, list) else []
    )


def _tag_globs(value: t.Any) -> dict[str, list[str]]:
    """The globs of tags in *value*, by the names of the tags."""
    given = value.items() if isinstance(value, dict) else ()
    found = {str(name): _globs(globs if isinstance(globs, list) else [globs]) for name, globs in given}
    return {name: globs for name, globs in found.items() if globs}


def _account_id(entry: Values) -> str:
    """The account ID of *entry*, which can be a number in YAML; empty if there is none."""
    value = entry.get("account_id")
    return _matching(ACCOUNT_ID, str(value) if _is_number(value) and value < 10**12 else value)


def _is_number(value: t.Any) -> t.TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _matching(pattern: re.Pattern[str], value: t.Any) -> str:
    return str(value) if isinstance(value, str) and pattern.fullmatch(value) else ""


def _read_aws_cli(record: HostRecord, result: Values, arguments: Values) -> None:
    record.aws_cli = _matching(PROGRAM_VERSION, result.get("version"))
    previous = _matching(PROGRAM_VERSION, result.get("previous_version"))
    record.aws_cli_before = "" if previous == record.aws_cli else previous


def _read_wsl(record: HostRecord, result: Values, arguments: Values) -> None:
    wsl = result.get("wsl")
    if isinstance(wsl, dict) and _is_number(wsl.get("version")) and wsl["version"] in range(3):
        record.wsl = Wsl(wsl["version"], name(wsl.get("distribution")))


def _read_sso_login(record: HostRecord, result: Values, arguments: Values) -> None:
    session = name(result.get("session")) or name(result.get("start_url"))
    if session:
        record.add_sign_in(
            session,
            SignIn(
                start_url=message(result.get("start_url")),
                region=name(result.get("region")),
                expires_at=_matching(TIME, result.get("expires_at")),
                on_controller=arguments.get("token_store", "controller") != "host",
            ),
        )


def _read_sso_logout(record: HostRecord, result: Values, arguments: Values) -> None:
    for entry in entries(result.get("sessions"))[:MOST_ENTRIES]:
        _read_sso_login(record, {**entry, "session": entry.get("name"), "expires_at": ""}, arguments)


def _read_workstation_info(record: HostRecord, result: Values, arguments: Values) -> None:
    facts = result.get("facts")
    if not isinstance(facts, dict) or "findings" not in result:
        return
    _read_wsl(record, facts, arguments)
    programs = [program for program in entries(facts.get("aws_cli")) if not program.get("on_windows")]
    record.aws_cli = _matching(PROGRAM_VERSION, programs[0].get("version")) if programs else ""
    for entry in entries(facts.get("sessions"))[:MOST_ENTRIES]:
        session = name(entry.get("name")) or name(entry.get("start_url"))
        has_token = entry.get("state") in ("signed_in", "expired")
        renewable = has_token and entry.get("refreshable") is True
        login = SignIn(
            start_url=message(entry.get("start_url")),
            region=name(entry.get("region")),
            expires_at=_matching(TIME, entry.get("expires_at")) if has_token else "",
            renewable_until=_matching(TIME, entry.get("registration_expires_at")) if renewable else "",
        )
        if session:
            record.add_sign_in(session, login)
    record.findings = [
        ReportedFinding(
            *(name(entry.get(key)) for key in ("id", "severity", "subject")),
            *(message(entry.get(key)) for key in ("what", "why", "fix")),
        )
        for entry in entries(result["findings"])[:MOST_ENTRIES]
    ]


def _read_sso_profiles(record: HostRecord, result: Values, arguments: Values) -> None:
    profiles = record.profiles = record.profiles or ProfileCounts()
    profiles.wanted += len(_texts(result.get("profiles")))
    for what in ("added", "changed", "removed"):
        _count(getattr(profiles, what), _texts(result.get(f"profiles_{what}")))
    for session in map(name, _texts(result.get("sessions_removed"))):
        record.sessions.pop(session, None)
        record.sessions_removed.add(session)
    if arguments.get("state", "present") == "present":
        for entry in entries(arguments.get("sessions")):
            if entry.get("name"):
                login = SignIn(message(entry.get("start_url")), name(entry.get("region")))
                record.add_sign_in(name(entry["name"]), login)
    _read_access(record, arguments)


def _count(names: Names, more: list[str]) -> None:
    names.count += len(more)
    names.first += map(name, more[: NAMES_KEPT - len(names.first)])


def _read_access(record: HostRecord, arguments: Values) -> None:
    """Read the accounts and roles of the profiles, which only the arguments contain."""
    pairs: dict[str, set[tuple[str, str]]] = {}
    for entry in (*_selected(arguments), *entries(arguments.get("profiles"))):
        account, role = _account_id(entry), entry.get("role_name")
        if not isinstance(role, str) or not account:
            continue
        pairs.setdefault(name(entry.get("session")), set()).add((account, name(role)))
        if entry.get("account_name"):
            record.catalogue.account_names[account] = name(entry["account_name"])
    if arguments.get("purge") is True:
        for entry in entries(arguments.get("sessions")):
            pairs.setdefault(name(entry.get("name")), set())
    sets = record.catalogue.access_sets
    absent = arguments.get("state", "present") == "absent"
    for session, roles in pairs.items():
        found = fleet_access.access_set(roles)
        before = sets.get(record.access.get(session, ""), {})
        if absent:
            withdrawn = sets.get(record.access_withdrawn.get(session, ""), {})
            record.access_withdrawn[session] = fleet_access.intern(
                sets, fleet_access.union([withdrawn, found])
            )
            record.access[session] = fleet_access.intern(sets, fleet_access.without(before, found))
        else:
            record.access[session] = fleet_access.intern(sets, fleet_access.union([before, found]))


def _selected(arguments: Values) -> list[Values]:
    """The entries of access that become profiles."""
    accounts, roles, exclude_accounts, exclude_roles, exclude_units = (
        _globs(arguments.get(option))
        for option in (
            "accounts",
            "roles",
            "exclude_accounts",
            "exclude_roles",
            "exclude_organizational_units",
        )
    )
    is_selected = access_filter(
        AccessOptions(
            accounts=accounts,
            roles=roles,
            exclude_accounts=exclude_accounts,
            exclude_roles=exclude_roles,
            exclude_organizational_units=exclude_units,
            exclude_account_tags=_tag_globs(arguments.get("exclude_account_tags")),
        )
    )
    return [
        entry
        for entry in entries(arguments.get("access"))
        if isinstance(entry.get("role_name"), str)
        and is_selected({**entry, "account_id": _account_id(entry)})
    ]


def _read_identity(record: HostRecord, result: Values, arguments: Values) -> None:
    try:
        identity = json.loads(result["stdout"])
        account, arn = _matching(ACCOUNT_ID, identity["Account"]), name(identity["Arn"])
    except (KeyError, TypeError, ValueError, RecursionError):
        return
    if account and arn.startswith("arn:"):
        record.identity = Identity(account, arn)


Reader = t.Callable[[HostRecord, Values, Values], None]

READERS: dict[str, Reader] = {
    "aws_cli": _read_aws_cli,
    "sso_login": _read_sso_login,
    "sso_logout": _read_sso_logout,
    "sso_profiles": _read_sso_profiles,
    "workstation_info": _read_workstation_info,
    "wsl_browser": _read_wsl,
    "wsl_info": _read_wsl,
}


def reader_of(task_result: TaskResult) -> Reader | None:
    """The reader of a successful result; None if the report does not use it."""
    if task_result.module in COMMANDS:
        return _read_identity if _asks_for_identity(task_result) else None
    collection, _dot, module = task_result.module.rpartition(".")
    return READERS.get(module) if f"{collection}." == COLLECTION else None


def _asks_for_identity(task_result: TaskResult) -> bool:
    """Whether the task ran the AWS CLI for the identity; a shell that sets its environment may come first."""
    command = task_result.result.get("cmd")
    if not isinstance(command, list) or not all(isinstance(word, str) for word in command):
        return False
    names = [os.path.basename(word) for word in command]
    return "aws" in names and "get-caller-identity" in names[names.index("aws") + 2 :]


def failure_of(task: str, found: t.Sequence[TaskResult]) -> Failure:
    """The failure of *task*, from its result or those of its loop items that failed."""
    texts = dict.fromkeys(map(_message_of, found))
    text = shortened("\n".join(texts), LONGEST_MESSAGE)
    return Failure(name(task), name(found[0].module), text, _fix_of(found[0]))


def _message_of(task_result: TaskResult) -> str:
    if task_result.censored:
        return "The message is hidden by no_log."
    return message(task_result.result.get("msg")) or "The task gave no message."


def _fix_of(task_result: TaskResult) -> str:
    """The command that fixes the failure; messages of this collection contain their fix."""
    if task_result.result.get("unreachable"):
        return "ansible HOST -m ansible.builtin.ping -vvv"
    if task_result.censored or task_result.module not in COMMANDS or not _asks_for_identity(task_result):
        return ""
    command: list[str] = task_result.result["cmd"]
    profile = command[command.index("--profile") :][:2] if "--profile" in command else []
    return name(shlex.join(["aws", "sso", "login", *profile]))
