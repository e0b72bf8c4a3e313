# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The company that the emulator plays: who there is, which accounts, and who may do what where."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import typing as t


@dataclasses.dataclass(frozen=True)
class User:
    name: str
    password: str
    groups: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Account:
    """*name* and *email* may be missing, as they may be in what AWS answers."""

    id: str
    name: str | None = None
    email: str | None = None


@dataclasses.dataclass(frozen=True)
class PermissionSet:
    """*session_seconds* is the lifetime of its role credentials; None leaves it to the emulator's knob."""

    name: str
    session_seconds: int | None = None


@dataclasses.dataclass(frozen=True)
class Assignment:
    """*principal* is the name of a user or of a group, *account* the id of an account."""

    principal: str
    account: str
    permission_set: str


@dataclasses.dataclass(frozen=True)
class Role:
    """An ordinary IAM role, for AssumeRole. *trusted* holds the account ids that may assume it."""

    arn: str
    trusted: tuple[str, ...]
    external_id: str | None = None

    @property
    def account_id(self) -> str:
        return self.arn.split(":")[4]

    @property
    def name(self) -> str:
        return self.arn.rsplit("/", 1)[-1]


@dataclasses.dataclass(frozen=True)
class World:
    """*replicas* are further regions that know the start URL; tokens are valid in their own region only."""

    start_url: str = "https://acme.awsapps.com/start"
    region: str = "eu-west-1"
    replicas: tuple[str, ...] = ()
    users: tuple[User, ...] = ()
    accounts: tuple[Account, ...] = ()
    permission_sets: tuple[PermissionSet, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    roles: tuple[Role, ...] = ()

    def __post_init__(self) -> None:
        if not self.users:
            raise ValueError("a world needs at least one user")
        for account in self.accounts:
            if not (isinstance(account.id, str) and len(account.id) == 12 and account.id.isdecimal()):
                raise ValueError(f"an account id is a string of 12 digits, not {account.id!r}")
        account_ids = {account.id for account in self.accounts}
        permission_sets = {permission_set.name for permission_set in self.permission_sets}
        principals = {user.name for user in self.users}.union(*(user.groups for user in self.users))
        for assignment in self.assignments:
            for value, known in (
                (assignment.principal, principals),
                (assignment.account, account_ids),
                (assignment.permission_set, permission_sets),
            ):
                if value not in known:
                    raise ValueError(f"{assignment} refers to {value!r}, which this world does not have")

    def is_region(self, region: str) -> bool:
        return region == self.region or region in self.replicas

    def user(self, name: str) -> User | None:
        return next((user for user in self.users if user.name == name), None)

    def is_start_url(self, url: str) -> bool:
        """AWS accepts what users copy from a browser: with a slash or a bare fragment at the end."""
        return url.rstrip("/#") == self.start_url.rstrip("/#")

    def access_of(self, user_name: str) -> dict[str, tuple[str, ...]]:
        """The names of the roles that a user has, by account id; both in a stable order."""
        if user_name not in self._access:
            self._access[user_name] = self._compute_access(user_name)
        return self._access[user_name]

    @functools.cached_property
    def _access(self) -> dict[str, dict[str, tuple[str, ...]]]:
        return {}

    def _compute_access(self, user_name: str) -> dict[str, tuple[str, ...]]:
        user = self.user(user_name)
        names = {user_name, *(user.groups if user else ())}
        access: dict[str, set[str]] = {}
        for assignment in self.assignments:
            if assignment.principal in names:
                access.setdefault(assignment.account, set()).add(assignment.permission_set)
        return {account_id: tuple(sorted(access[account_id])) for account_id in sorted(access)}

    @functools.cached_property
    def accounts_by_id(self) -> dict[str, Account]:
        return {account.id: account for account in self.accounts}

    @functools.cached_property
    def permission_sets_by_name(self) -> dict[str, PermissionSet]:
        return {permission_set.name: permission_set for permission_set in self.permission_sets}

    @functools.cached_property
    def roles_by_arn(self) -> dict[str, Role]:
        return {role.arn: role for role in self.roles}


def reserved_role_name(account_id: str, permission_set: str) -> str:
    """The name of the IAM role that Identity Center makes in an account for a permission set."""
    suffix = hashlib.sha256(f"{account_id}/{permission_set}".encode()).hexdigest()[:16]
    return f"AWSReservedSSO_{permission_set}_{suffix}"


def default_world() -> World:
    """A small company: alice runs the platform, bob may only look."""
    accounts = (
        Account("111122223333", "Development", "aws+development@acme.example"),
        Account("222233334444", "Production", "aws+production@acme.example"),
        Account("012345678901", "Log Archive", "aws+logs@acme.example"),
    )
    return World(
        users=(
            User("alice", "correct horse", ("platform", "staff")),
            User("bob", "battery staple", ("staff",)),
        ),
        accounts=accounts,
        permission_sets=(PermissionSet("AdministratorAccess"), PermissionSet("ReadOnly")),
        assignments=(
            Assignment("platform", "111122223333", "AdministratorAccess"),
            Assignment("platform", "222233334444", "AdministratorAccess"),
            *(Assignment("staff", account.id, "ReadOnly") for account in accounts),
        ),
        roles=(
            Role("arn:aws:iam::222233334444:role/Deploy", ("111122223333",)),
            Role("arn:aws:iam::222233334444:role/Audit", ("111122223333", "012345678901"), "acme-audit"),
        ),
    )


def big_world(accounts: int = 400, roles: int = 3) -> World:
    """One user, alice, with every role in every account."""
    names = tuple(f"Role{number:02d}" for number in range(roles))
    ids = tuple(f"{100000000000 + 7919 * number}" for number in range(accounts))
    return World(
        users=(User("alice", "correct horse"),),
        accounts=tuple(
            Account(account_id, f"Account {number:04d}", f"aws+{number:04d}@acme.example")
            for number, account_id in enumerate(ids)
        ),
        permission_sets=tuple(PermissionSet(name) for name in names),
        assignments=tuple(Assignment("alice", account_id, name) for account_id in ids for name in names),
    )


HOSTILE_NAMES: tuple[str | None, ...] = (
    None,
    "",
    "two\nlines\n[profile evil]\ncredential_process = touch /tmp/owned",
    "]#;= %s {{ lookup('pipe', 'id') }} $(id) `id`",
    "<script>alert('hello')</script> & \"quotes\"",
    "m\u00fcller \u6771\u4eac \u202egnp.exe\u202c \U0001f600",
    "../../../etc/passwd",
    " blanks around ",
    "x" * 200,
)


def hostile_world() -> World:
    """Accounts whose names, which other users can change, try to break what is made of them."""
    accounts = tuple(
        Account(f"{900000000000 + number}", name, None if name is None else "aws@acme.example")
        for number, name in enumerate(HOSTILE_NAMES)
    )
    return World(
        users=(User("alice", "correct horse"),),
        accounts=accounts,
        permission_sets=(PermissionSet("ReadOnly"), PermissionSet("a.b+c=d,e@f-g_h")),
        assignments=tuple(
            Assignment("alice", account.id, role)
            for account in accounts
            for role in ("ReadOnly", "a.b+c=d,e@f-g_h")
        ),
    )


PARTS: dict[str, t.Callable[..., t.Any]] = {
    "users": User,
    "accounts": Account,
    "permission_sets": PermissionSet,
    "assignments": Assignment,
    "roles": Role,
}


def load_world(path: str) -> World:
    """Read a world from a JSON file; README.md shows its shape. Raises ValueError that says what is wrong."""
    with open(path, encoding="utf-8") as stream:
        return world_from(json.load(stream))


def world_from(document: t.Any) -> World:
    """A world from a JSON document whose keys are the names of the fields of this file's classes."""
    if not isinstance(document, dict):
        raise ValueError("a world is a JSON object")
    values: dict[str, t.Any] = {
        key: tuple(_entry(PARTS[key], entry) if key in PARTS else entry for entry in value)
        if isinstance(value, list)
        else value
        for key, value in document.items()
    }
    try:
        return World(**values)
    except TypeError as error:
        raise ValueError(f"the world does not fit: {error}") from None


def _entry(make: t.Callable[..., t.Any], entry: t.Any) -> t.Any:
    try:
        return make(
            **{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
        )
    except (TypeError, AttributeError) as error:
        raise ValueError(f"the world has an entry that does not fit: {entry!r}: {error}") from None
