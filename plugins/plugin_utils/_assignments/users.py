# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The users whose access is listed, and the groups through which they may have it.

PRIVATE to the collection. Requested users are looked up one by one, with the groups of each. For all users,
users and groups are listed, and the members only of groups with an assignment.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ...module_utils._errors import WorkstationError
from .._aws.paced_client import in_parallel
from .identity_store import IdentityStore, User

_MOST_GROUPS_TO_DESCRIBE = 20
"""For more, all groups are listed, a hundred with each call; their number is not known in advance."""

GroupIds = t.Collection[str]


@dataclasses.dataclass(frozen=True)
class UserDirectory:
    """*users* by their IDs; *group_ids* of all groups that they may be in.

    *members* returns the IDs of the users in some of these groups, *group_names* the names; both raise what
    AdminClient raises.
    """

    users: dict[str, User]
    group_ids: GroupIds
    members: t.Callable[[GroupIds], t.Mapping[str, t.Collection[str]]]
    group_names: t.Callable[[GroupIds], t.Mapping[str, str]]


def all_users(store: IdentityStore) -> UserDirectory:
    """All users who can sign in. Raises what AdminClient raises."""
    users = {user.user_id: user for user in store.users() if user.enabled}
    names = store.group_names()

    def members(granted: GroupIds) -> dict[str, list[str]]:
        if len(granted) > len(users):
            return _members_by_group(in_parallel(store.groups_of, users))
        return dict(in_parallel(store.members, granted))

    return UserDirectory(users, names, members, lambda granted: names)


def find_users(
    store: IdentityStore, names: t.Collection[str], warn: t.Callable[[str], None] = lambda text: None
) -> UserDirectory:
    """The users with these user names or e-mail addresses; *warn* is called for those who cannot sign in.

    Raises what AdminClient raises.
    """
    found = {user.user_id: user for user in _found(store, names)}
    for user in found.values():
        if not user.enabled:
            warn(f"The user {user.name} is disabled in IAM Identity Center, so this user has no access.")
    users = {user_id: user for user_id, user in found.items() if user.enabled}
    memberships = _members_by_group(in_parallel(store.groups_of, users))

    def group_names(granted: GroupIds) -> dict[str, str]:
        if len(granted) > _MOST_GROUPS_TO_DESCRIBE:
            return store.group_names()
        return dict(in_parallel(store.group_name, granted))

    return UserDirectory(users, memberships, lambda granted: memberships, group_names)


def _found(store: IdentityStore, names: t.Collection[str]) -> list[User]:
    answers = in_parallel(store.find_user, set(names))
    unknown = sorted(name for name, user in answers if user is None)
    if unknown:
        raise WorkstationError(
            f"IAM Identity Center has no user {' and no user '.join(map(repr, unknown))}. Use user names or"
            " e-mail addresses as its page Users shows them."
        )
    return [user for _name, user in answers if user is not None]


def _members_by_group(memberships: t.Iterable[tuple[str, list[str]]]) -> dict[str, list[str]]:
    """The users in each group, from the groups of each user."""
    members: dict[str, list[str]] = {}
    for user_id, group_ids in memberships:
        for group_id in group_ids:
            members.setdefault(group_id, []).append(user_id)
    return members
