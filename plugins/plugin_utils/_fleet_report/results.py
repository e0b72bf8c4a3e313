# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the results of modules tell of a host.

PRIVATE to the collection. Of the results of known modules, what a reader picks out is kept, and nothing else;
of any other module, the message of a failure.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shlex
import typing as t

from ...module_utils._aws_config.desired import AccessOptions, access_filter
from . import access as fleet_access
from .redact import message, name
from .state import (
    Failure,
    Finding,
    Identity,
    Login,
    Names,
    Profiles,
    Wsl,
)

COLLECTION = "workstation.aws_sso."
COMMANDS = ("ansible.builtin.command", "ansible.legacy.command")
NAMES_KEPT = 20

_ACCOUNT_ID = re.compile(r"[0-9]{12}", re.ASCII)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)+", re.ASCII)

Values = t.Mapping[str, t.Any]


class TaskResult(t.NamedTuple):
    """What a task, or an item of its loop, returned for a host. *module* and its *arguments* are resolved."""

    host: str
    task: str
    module: str
    result: Values
    arguments: Values

    @property
    def censored(self) -> bool:
        return "censored" in self.result or bool(self.result.get("_ansible_no_log"))


class Catalogue(t.NamedTuple):
    """The names of accounts by ID, and access sets by digest."""

    account_names: dict[str, str]
    access_sets: fleet_access.Sets


@dataclasses.dataclass
class HostRecord:
    """What a run told of a host so far. None is for what it did not look at.

    Access is by session, as digests of sets among *catalogue*, which all hosts share.
    """

    catalogue: Catalogue
    relevant: bool = False
    failures: list[Failure] = dataclasses.field(default_factory=list)
    unreachable: list[Failure] = dataclasses.field(default_factory=list)
    wsl: Wsl | None = None
    aws_cli: str | None = None
    aws_cli_before: str = ""
    sessions: dict[str, Login] = dataclasses.field(default_factory=dict)
    sessions_removed: set[str] = dataclasses.field(default_factory=set)
    profiles: Profiles | None = None
    identity: Identity | None = None
    findings: list[Finding] | None = None
    access: dict[str, str] = dataclasses.field(default_factory=dict)
    access_withdrawn: dict[str, str] = dataclasses.field(default_factory=dict)

    def login(self, session: str, login: Login) -> None:
        """A token of the host itself says more than one of the controller."""
        known = self.sessions.get(session)
        self.sessions_removed.discard(session)
        self.sessions[session] = better_login(known, login)


def better_login(known: Login | None, told: Login) -> Login:
    if known is None or known.expires_at is None:
        return told
    if told.expires_at is None or (told.on_controller and not known.on_controller):
        return dataclasses.replace(known, start_url=told.start_url, region=told.region)
    return told


def entries(value: t.Any) -> list[Values]:
    """The dictionaries in *value*, which may be anything."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _texts(value: t.Any) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def _matching(pattern: re.Pattern[str], value: t.Any) -> str:
    return str(value) if isinstance(value, str) and pattern.fullmatch(value) else ""


def _read_aws_cli(news: HostRecord, result: Values, arguments: Values) -> None:
    news.aws_cli = _matching(_VERSION, result.get("version"))
    previous = _matching(_VERSION, result.get("previous_version"))
    news.aws_cli_before = "" if previous == news.aws_cli else previous


def _read_wsl(news: HostRecord, result: Values, arguments: Values) -> None:
    wsl = result.get("wsl")
    if isinstance(wsl, dict) and wsl.get("version") in (0, 1, 2):
        news.wsl = Wsl(int(wsl["version"]), name(wsl.get("distribution")))


def _read_sso_login(news: HostRecord, result: Values, arguments: Values) -> None:
    session = name(result.get("session")) or name(result.get("start_url"))
    if session:
        news.login(
            session,
            Login(
                start_url=message(result.get("start_url")),
                region=name(result.get("region")),
                expires_at=_matching(_TIME, result.get("expires_at")),
                on_controller=arguments.get("token_store", "controller") != "host",
            ),
        )


def _read_sso_logout(news: HostRecord, result: Values, arguments: Values) -> None:
    for entry in entries(result.get("sessions")):
        _read_sso_login(news, {**entry, "session": entry.get("name"), "expires_at": ""}, {})


def _read_workstation_info(news: HostRecord, result: Values, arguments: Values) -> None:
    facts = result.get("facts")
    if not isinstance(facts, dict) or "findings" not in result:
        return
    _read_wsl(news, facts, arguments)
    programs = [program for program in entries(facts.get("aws_cli")) if not program.get("of_windows")]
    news.aws_cli = _matching(_VERSION, programs[0].get("version")) if programs else ""
    for entry in entries(facts.get("sessions")):
        session = name(entry.get("name")) or name(entry.get("start_url"))
        has_token = entry.get("state") in ("signed_in", "expired")
        renewable = has_token and entry.get("refreshable") is True
        login = Login(
            start_url=message(entry.get("start_url")),
            region=name(entry.get("region")),
            expires_at=_matching(_TIME, entry.get("expires_at")) if has_token else "",
            renewable_until=_matching(_TIME, entry.get("registration_expires_at")) if renewable else "",
        )
        if session:
            news.login(session, login)
    news.findings = [
        Finding(
            *(name(entry.get(key)) for key in ("id", "severity", "subject")),
            *(message(entry.get(key)) for key in ("what", "why", "fix")),
        )
        for entry in entries(result["findings"])
    ]


def _read_sso_profiles(news: HostRecord, result: Values, arguments: Values) -> None:
    profiles = news.profiles = news.profiles or Profiles()
    profiles.wanted += len(_texts(result.get("profiles")))
    for what in ("added", "changed", "removed"):
        _count(getattr(profiles, what), _texts(result.get(f"profiles_{what}")))
    for session in map(name, _texts(result.get("sessions_removed"))):
        news.sessions.pop(session, None)
        news.sessions_removed.add(session)
    if arguments.get("state", "present") == "present":
        for entry in entries(arguments.get("sessions")):
            if entry.get("name"):
                login = Login(message(entry.get("start_url")), name(entry.get("region")))
                news.login(name(entry["name"]), login)
    _read_access(news, arguments)


def _count(names: Names, more: list[str]) -> None:
    names.count += len(more)
    names.first += map(name, more[: NAMES_KEPT - len(names.first)])


def _read_access(news: HostRecord, arguments: Values) -> None:
    """The accounts and roles that profiles were asked for, which stand in the arguments alone."""
    pairs: dict[str, set[tuple[str, str]]] = {}
    for entry in (*_selected(arguments), *entries(arguments.get("profiles"))):
        account, role = str(entry.get("account_id")), entry.get("role_name")
        if not isinstance(role, str) or not _ACCOUNT_ID.fullmatch(account):
            continue
        pairs.setdefault(name(entry.get("session")), set()).add((account, name(role)))
        if entry.get("account_name"):
            news.catalogue.account_names[account] = name(entry["account_name"])
    if arguments.get("purge") is True:
        for entry in entries(arguments.get("sessions")):
            pairs.setdefault(name(entry.get("name")), set())
    sets = news.catalogue.access_sets
    absent = arguments.get("state", "present") == "absent"
    for session, found in pairs.items():
        told = fleet_access.access_set(found)
        before = sets.get(news.access.get(session, ""), {})
        if absent:
            withdrawn = sets.get(news.access_withdrawn.get(session, ""), {})
            news.access_withdrawn[session] = fleet_access.keep(sets, fleet_access.union([withdrawn, told]))
            news.access[session] = fleet_access.keep(sets, fleet_access.without(before, told))
        else:
            news.access[session] = fleet_access.keep(sets, fleet_access.union([before, told]))


def _selected(arguments: Values) -> list[Values]:
    """The entries of access that become profiles."""
    accounts, roles, exclude_accounts, exclude_roles = (
        _texts(arguments.get(option)) for option in ("accounts", "roles", "exclude_accounts", "exclude_roles")
    )
    is_selected = access_filter(
        AccessOptions(
            accounts=accounts,
            roles=roles,
            exclude_accounts=exclude_accounts,
            exclude_roles=exclude_roles,
        )
    )
    return [
        entry
        for entry in entries(arguments.get("access"))
        if isinstance(entry.get("role_name"), str)
        and is_selected({**entry, "account_id": str(entry.get("account_id"))})
    ]


def _read_identity(news: HostRecord, result: Values, arguments: Values) -> None:
    try:
        identity = json.loads(result["stdout"])
        account, arn = _matching(_ACCOUNT_ID, identity["Account"]), name(identity["Arn"])
    except (KeyError, TypeError, ValueError):
        return
    if account and arn.startswith("arn:"):
        news.identity = Identity(account, arn)


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


def reader_of(outcome: TaskResult) -> Reader | None:
    """What reads the result of a task that succeeded; None for one that tells nothing."""
    if outcome.module in COMMANDS:
        return _read_identity if _asks_for_identity(outcome) else None
    return READERS.get(outcome.module[len(COLLECTION) :]) if outcome.module.startswith(COLLECTION) else None


def _asks_for_identity(outcome: TaskResult) -> bool:
    command = outcome.result.get("cmd")
    return (
        isinstance(command, list)
        and len(command) > 2
        and all(isinstance(word, str) for word in command)
        and os.path.basename(command[0]) == "aws"
        and "get-caller-identity" in command[2:]
    )


def failure_of(task: str, told: t.Sequence[TaskResult]) -> Failure:
    """The failure of *task*, from what it, or those items of its loop that failed, told."""
    texts = dict.fromkeys(map(_message_of, told))
    return Failure(name(task), name(told[0].module), "\n".join(texts), _cure_of(told[0]))


def _message_of(outcome: TaskResult) -> str:
    if outcome.censored:
        return "What went wrong is hidden by no_log."
    return message(outcome.result.get("msg")) or "The task gave no message."


def _cure_of(outcome: TaskResult) -> str:
    """Messages of this collection name the cure themselves."""
    if outcome.result.get("unreachable"):
        return "ansible HOST -m ansible.builtin.ping -vvv"
    if outcome.censored or outcome.module not in COMMANDS or not _asks_for_identity(outcome):
        return ""
    command: list[str] = outcome.result["cmd"]
    profile = command[command.index("--profile") :][:2] if "--profile" in command else []
    return name(shlex.join(["aws", "sso", "login", *profile]))
