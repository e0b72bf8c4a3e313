# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, groups and who is in which, from the identity store of IAM Identity Center.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .._aws.errors import AwsRefused
from .._sso import names
from .connection import AdminClient


@dataclasses.dataclass(frozen=True)
class User:
    """A user; *name* is the user name of the sign-in, *email* is empty if there is none."""

    user_id: str
    name: str
    email: str
    enabled: bool


class IdentityStore:
    """The methods may be called from several threads; they raise what AdminClient raises."""

    def __init__(self, service: AdminClient, identity_store_id: str) -> None:
        self._service = service
        self._store: dict[str, t.Any] = {"IdentityStoreId": identity_store_id}

    def users(self) -> list[User]:
        return [_user(item) for item in self._service.pages("list_users", "Users", **self._store)]

    def find_user(self, name: str) -> User | None:
        """The user with the user name *name*, else the one with that e-mail address."""
        for attribute in ("userName", "emails.value"):
            unique = {"AttributePath": attribute, "AttributeValue": name}
            try:
                answer = self._service.call(
                    "get_user_id", AlternateIdentifier={"UniqueAttribute": unique}, **self._store
                )
            except AwsRefused as error:
                if error.code != "ResourceNotFound":
                    raise
            else:
                return _user(self._service.call("describe_user", UserId=answer["UserId"], **self._store))
        return None

    def group_names(self) -> dict[str, str]:
        """The name of each group by its ID."""
        return dict(map(_group, self._service.pages("list_groups", "Groups", **self._store)))

    def group_name(self, group_id: str) -> str:
        return _group(self._service.call("describe_group", GroupId=group_id, **self._store))[1]

    def members(self, group_id: str) -> list[str]:
        """The IDs of the users in a group."""
        return [
            names.free_text("user ID", item["MemberId"]["UserId"])
            for item in self._service.pages(
                "list_group_memberships", "GroupMemberships", GroupId=group_id, **self._store
            )
        ]

    def groups_of(self, user_id: str) -> list[str]:
        """The IDs of the groups that a user is in."""
        return [
            names.free_text("group ID", item["GroupId"])
            for item in self._service.pages(
                "list_group_memberships_for_member",
                "GroupMemberships",
                MemberId={"UserId": user_id},
                **self._store,
            )
        ]


def _user(item: t.Mapping[str, t.Any]) -> User:
    emails = sorted(item.get("Emails") or (), key=lambda email: not email.get("Primary"))
    return User(
        names.free_text("user ID", item["UserId"]),
        names.free_text("user name", item.get("UserName")),
        names.free_text("e-mail address", emails[0].get("Value") if emails else None),
        item.get("UserStatus") != "DISABLED",
    )


def _group(item: t.Mapping[str, t.Any]) -> tuple[str, str]:
    group_id = names.free_text("group ID", item["GroupId"])
    return group_id, names.free_text("group name", item.get("DisplayName")) or group_id
