# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts and roles as hosts of an inventory: which of them, their names and their variables.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ...module_utils._access.filter import matches
from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import SsoSession
from ...module_utils._text import printable
from .._templates import as_data, template
from .access import Access, is_entry
from .sessions import all_sessions, load_config, session_from_config

# Before ansible-core 2.19, each string that is not marked as unsafe is trusted.
PYTHON_OF_ANSIBLE = template("{{ ansible_playbook_python }}")
"""The interpreter for the hosts; the only template among their variables."""


def sessions(names: t.Sequence[str], warn: t.Callable[[str], None]) -> list[SsoSession]:
    """The sessions with *names*, without names all of the configuration. Raises WorkstationError."""
    config = load_config()
    return [session_from_config(name, config) for name in names] or all_sessions(config, warn)


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


def list_of_sign_ins(cached: object, sign_ins: t.Mapping[str, str | None]) -> list[Access] | None:
    """The list in *cached*, an entry of the inventory cache, if the same *sign_ins* of its sessions made it.

    None for any other entry: the cache is not trusted with the names of hosts.
    """
    if not isinstance(cached, dict) or None in sign_ins.values() or cached.get("sign_ins") != sign_ins:
        return None
    listed = cached.get("access")
    return listed if isinstance(listed, list) and all(map(is_entry, listed)) else None


def host_variables(access: Access) -> dict[str, t.Any]:
    """The variables of a host; Ansible never evaluates them as templates."""
    variables = {
        "aws_account_id": access["account_id"],
        "aws_account_name": access["account_name"],
        "aws_account_email": access["email"],
        "aws_role_name": access["role_name"],
        "aws_console_url": access["console_url"],
        "aws_sso_session": access["session"],
        "ansible_connection": "local",
    }
    return {name: as_data(value) for name, value in {**variables, **_of_organization(access)}.items()}


def _of_organization(access: Access) -> dict[str, t.Any]:
    """The variables with the data of the organization, if it is listed.

    Names of tags are marked as data too: a task may turn them into values, which set_fact keeps.
    """
    if "tags" not in access:
        return {}
    return {
        "aws_organizational_unit": access["organizational_unit"],
        "aws_account_tags": {as_data(name): value for name, value in access["tags"].items()},
    }


def groups_of_units(
    listed: t.Iterable[Access], group_name: t.Callable[[str], str], warn: t.Callable[[str], None]
) -> dict[str | None, list[str]]:
    """The groups for each organizational unit of the hosts in *listed*, that of the unit at the top first.

    *group_name* makes a name valid. *warn* is called for units that share a group for this reason.
    """
    groups: dict[str | None, list[str]] = {None: []}
    units: dict[str, str] = {}
    for path in sorted({access["organizational_unit"] for access in listed if "tags" in access}):
        parts = path.split("/") if path else []
        parents = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
        groups[path] = [group_name(f"ou_{parent}") for parent in parents]
        for parent, group in zip(parents, groups[path]):
            other = units.setdefault(group, parent)
            if other != parent:
                warn(
                    f"The organizational units {printable(other)} and {printable(parent)} share the group"
                    f" {group}, because Ansible does not allow all of their characters in names of groups."
                )
    return groups
