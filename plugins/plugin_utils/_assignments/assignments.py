# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which users have which role in which account, directly and by group: the whole list, or an error.

PRIVATE to the collection.
"""

from __future__ import annotations

import hashlib
import json
import os
import typing as t

from ...module_utils._files.directories import cache_directory
from .._cached_list import cached_list, remove_old_lists
from .._sso import names
from .._sso.access import Filter
from .._sso.portal import Account
from .account_assignments import (
    AccountAssignment,
    AccountAssignments,
    OnProgress,
    Principal,
)
from .connection import AdminClient, AdminCredentials
from .identity_store import IdentityStore, User
from .users import (
    UserDirectory,
    all_users,
    find_users,
)

_ACCOUNTS_ON_A_PAGE = 20
"""The most that Organizations returns at once."""

_SECONDS_TO_KEEP_LISTS = 86400
"""A day, as documented in the lookup; the lists contain personal data."""

Assignment = t.Dict[str, t.Any]
"""One role in one account for one user: account_id, account_name, email, role_name, user, user_email, via."""


class AssignmentFilter(t.NamedTuple):
    """What to list: user names or e-mail addresses, none for all users, and which accounts and roles."""

    users: tuple[str, ...] = ()
    access: Filter = Filter()


class Listener(t.NamedTuple):
    """Functions that are called with the progress of many calls, and with warnings."""

    on_progress: OnProgress = lambda done, total, what: None
    warn: t.Callable[[str], None] = lambda text: None


def assignments(
    administrator: AdminCredentials, filter_: AssignmentFilter, listener: Listener, cache_ttl: float = 0
) -> list[Assignment]:
    """The assignments that *filter_* describes, sorted by user, account and role.

    A list not older than *cache_ttl* seconds is reused. Processes that request it at once share one list.

    Raises NotAllowed, ServiceError, Unreachable and WorkstationError: never returns a list with gaps.
    """
    key = json.dumps([administrator.key(), sorted(filter_.users), *map(sorted, filter_.access)])
    name = hashlib.sha256(key.encode("utf-8")).hexdigest()[:32] + ".json"
    directory = os.path.join(cache_directory(), "assignments")
    listed = cached_list(
        os.path.join(directory, name),
        min(cache_ttl, _SECONDS_TO_KEEP_LISTS),
        lambda: _list(administrator, filter_, listener),
        is_valid=_is_assignment,
    )
    remove_old_lists(directory, _SECONDS_TO_KEEP_LISTS)
    return listed


def _is_assignment(entry: Assignment) -> bool:
    """Whether an entry of a cached list has valid values."""
    if not names.is_access(entry) or not isinstance(entry.get("via"), list):
        return False
    return all(isinstance(text, str) for text in (entry.get("user"), entry.get("user_email"), *entry["via"]))


def _list(administrator: AdminCredentials, filter_: AssignmentFilter, listener: Listener) -> list[Assignment]:
    connection = administrator.connect()
    accounts = _usable_accounts(connection.organizations, filter_.access)
    store = IdentityStore(connection.identity_store, connection.instance.identity_store_id)
    directory = find_users(store, filter_.users, listener.warn) if filter_.users else all_users(store)
    instance = AccountAssignments(
        connection.sso_admin,
        connection.instance.arn,
        accounts.__contains__,
        filter_.access.has_role,
        listener.on_progress,
    )
    return _assignments(instance.list_for(_principals(directory)), directory, accounts)


def _usable_accounts(organizations: AdminClient, wanted: Filter) -> dict[str, Account]:
    """The accounts that are *wanted*, by ID, without those that are suspended or closed.

    AWS replaces Status by State; botocore does not know State in its older versions.
    """
    listed = organizations.pages("list_accounts", "Accounts", _ACCOUNTS_ON_A_PAGE)
    usable = (_account(item) for item in listed if _is_active(item))
    return {
        account.account_id: account
        for account in usable
        if wanted.has_account(account.account_id, account.name)
    }


def _is_active(item: t.Mapping[str, t.Any]) -> bool:
    return bool(item.get("State", item.get("Status", "ACTIVE")) == "ACTIVE")


def _account(item: t.Mapping[str, t.Any]) -> Account:
    return Account(
        names.account_id(item.get("Id")),
        names.free_text("account name", item.get("Name")),
        names.free_text("e-mail address", item.get("Email")),
    )


def _principals(directory: UserDirectory) -> set[Principal]:
    users = {Principal("USER", user_id) for user_id in directory.users}
    return users | {Principal("GROUP", group_id) for group_id in directory.group_ids}


def _assignments(
    found: t.Collection[AccountAssignment], directory: UserDirectory, accounts: t.Mapping[str, Account]
) -> list[Assignment]:
    granted = {entry.principal.principal_id for entry in found if entry.principal.kind == "GROUP"}
    members = directory.members(granted)
    group_names = directory.group_names(granted)
    via: dict[tuple[str, str, str], set[str]] = {}
    for (kind, principal_id), account_id, role_name in found:
        direct = kind == "USER"
        path = "direct" if direct else f"group {group_names.get(principal_id, principal_id)}"
        for user_id in [principal_id] if direct else members.get(principal_id, ()):
            via.setdefault((user_id, account_id, role_name), set()).add(path)
    listed = [
        _assignment(directory.users[user_id], accounts[account_id], role_name, paths)
        for (user_id, account_id, role_name), paths in via.items()
        if user_id in directory.users
    ]
    return sorted(listed, key=_order)


def _assignment(user: User, account: Account, role_name: str, via: t.Iterable[str]) -> Assignment:
    return {
        "account_id": account.account_id,
        "account_name": account.name,
        "email": account.email,
        "role_name": role_name,
        "user": user.name,
        "user_email": user.email,
        "via": sorted(via),
    }


def _order(assignment: Assignment) -> tuple[str, ...]:
    names = (assignment[field].casefold() for field in ("user", "account_name"))
    return (*names, assignment["account_id"], assignment["role_name"].casefold(), assignment["role_name"])
