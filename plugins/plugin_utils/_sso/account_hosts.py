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


def host_variables(access: Access) -> dict[str, str]:
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
    return {name: as_data(value) for name, value in variables.items()}
