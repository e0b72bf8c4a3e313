# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organizational unit of each account of an organization.

PRIVATE to the collection. AWS has no operation that returns it, but one that lists the units and one that
lists the accounts below a parent, so both are called for each unit.
"""

from __future__ import annotations

import re
import typing as t

from .._assignments.connection import AdminClient
from .._aws.errors import AwsRefused
from .._aws.paced_client import in_parallel
from .._display import watched
from .._errors import ServiceError, not_from_aws
from .._sso import names

ITEMS_ON_A_PAGE = 20
"""The most that AWS Organizations returns at once."""

_MOST_LEVELS = 10
"""AWS allows five levels of organizational units below the root."""

_PARENT_ID = re.compile(r"(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})")


class _Parent(t.NamedTuple):
    """The root, whose path is empty, or an organizational unit."""

    path: str
    id: str


class _Children(t.NamedTuple):
    units: list[_Parent]
    account_ids: list[str]


def account_units(organizations: AdminClient) -> dict[str, str]:
    """The path of the organizational unit of each account in the organization, by the ID of the account.

    The path is empty for an account directly in the root. Otherwise it consists of the names of the units
    below the root, with slashes in between; a slash in a name becomes a dash.

    Raises what AdminClient raises.
    """
    found: dict[str, str] = {}
    listed: set[str] = set()

    def progress() -> str:
        return f"AWS Organizations: {len(listed)} organizational units and {len(found)} accounts are listed"

    with watched(progress, ""):
        level = [_Parent("", _parent_id(root)) for root in _roots(organizations)]
        for _depth in range(_MOST_LEVELS + 1):
            children = in_parallel(lambda parent: _children(organizations, parent), level)
            listed.update(parent.id for parent in level)
            for parent, (_units, account_ids) in sorted(children):
                found.update(dict.fromkeys(account_ids, parent.path))
            units = (unit for _parent, (units, _ids) in children for unit in units)
            level = [unit for unit in units if unit.id not in listed]
            if not level:
                return found
    raise not_from_aws(f"The organizational units are nested in more than {_MOST_LEVELS} levels")


def _roots(organizations: AdminClient) -> list[t.Any]:
    try:
        return list(organizations.pages("list_roots", "Roots", ITEMS_ON_A_PAGE))
    except AwsRefused as error:
        if error.code == "AWSOrganizationsNotInUse":
            raise ServiceError(
                f"{str(error).rstrip('.')}. The account of the credentials in the option organization does"
                " not belong to an organization."
            ) from error
        raise


def _children(organizations: AdminClient, parent: _Parent) -> _Children:
    try:
        units = organizations.pages(
            "list_organizational_units_for_parent",
            "OrganizationalUnits",
            ITEMS_ON_A_PAGE,
            ParentId=parent.id,
        )
        accounts = organizations.pages(
            "list_accounts_for_parent", "Accounts", ITEMS_ON_A_PAGE, ParentId=parent.id
        )
        return _Children(
            [_Parent(_path(parent, unit), _parent_id(unit)) for unit in units],
            [names.account_id(account.get("Id")) for account in accounts],
        )
    except AwsRefused as error:
        if error.code == "ParentNotFound":  # it has been removed meanwhile
            return _Children([], [])
        raise


def _path(parent: _Parent, unit: t.Mapping[str, t.Any]) -> str:
    name = names.free_text("name of an organizational unit", unit.get("Name")).replace("/", "-")
    return f"{parent.path}/{name}" if parent.path else name


def _parent_id(item: t.Mapping[str, t.Any]) -> str:
    value = item.get("Id")
    if isinstance(value, str) and _PARENT_ID.fullmatch(value):
        return value
    raise not_from_aws(f"A response contains {str(value)[:100]!r} as the ID of an organizational unit")
