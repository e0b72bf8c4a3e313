# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts and roles as hosts of an inventory: which of them, their names and their variables.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ...module_utils._errors import WorkstationError
from .access import Access, matches


def first_role_per_account(listed: list[Access], globs: t.Iterable[str]) -> list[Access]:
    """For each account the role that matches the first possible one of *globs*, in the order of the list."""
    chosen: dict[tuple[str, str], Access] = {}
    for glob in globs:
        for access in listed:
            if matches([glob], access["role_name"]):
                chosen.setdefault((access["session"], access["account_id"]), access)
    return [access for access in listed if access in chosen.values()]


def hosts_by_name(listed: list[Access], kind: str) -> dict[str, Access]:
    """The hosts by their names; *kind* is the option hosts. Raises WorkstationError for a duplicate name."""
    hosts: dict[str, Access] = {}
    for access in listed:
        name = access["account_id"]
        if kind == "roles":
            name = f"{access['role_name']}-{name}"
        if name in hosts:
            raise WorkstationError(
                f"The sessions {hosts[name]['session']} and {access['session']} both have {name}. Set"
                " sessions to one of them, and use a second inventory for the other."
            )
        hosts[name] = access
    return hosts


def host_variables(access: Access) -> dict[str, str]:
    return {
        "aws_account_id": access["account_id"],
        "aws_account_name": access["account_name"],
        "aws_account_email": access["email"],
        "aws_role_name": access["role_name"],
        "aws_sso_session": access["session"],
        "ansible_connection": "local",
    }
