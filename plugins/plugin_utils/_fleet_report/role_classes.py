# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Risk classes of roles, which their names decide.

PRIVATE to the collection.
"""

from __future__ import annotations

import functools
import typing as t

from ...module_utils._access.filter import matches
from . import access as fleet_access

ADMINISTRATOR, WRITE, READ = CLASSES = ("administrator", "write", "read")
"""The classes, the one with the highest risk first."""

AccountsByClass = t.Dict[str, t.FrozenSet[str]]
"""The IDs of the accounts with a role of each class; classes without accounts are missing."""

_WILDCARDS = frozenset("*?[")


class RoleClasses(t.NamedTuple):
    """Globs of the roles in each class. Upper and lower case are the same.

    A name without wildcards takes precedence over globs. Otherwise the class with the highest risk counts. A
    role that no glob matches is in the class write: its name does not say that it can only read.
    """

    administrator: tuple[str, ...] = ("*admin*", "IAMFullAccess", "*OrganizationsFullAccess")
    write: tuple[str, ...] = ("DatabaseAdministrator", "NetworkAdministrator", "SystemAdministrator")
    read: tuple[str, ...] = ("*ReadOnly*", "*read-only*", "*ViewOnly*", "*view-only*", "*audit*")

    def class_of(self, role: str) -> str:
        return _class_of(self, role.lower())

    def accounts(self, access: fleet_access.AccessSet) -> AccountsByClass:
        """The accounts with a role of each class in *access*."""
        found: dict[str, set[str]] = {}
        for account, roles in access.items():
            for each in _classes_of(self, roles):
                found.setdefault(each, set()).add(account)
        return {each: frozenset(accounts) for each, accounts in found.items()}


@functools.lru_cache(maxsize=16384)
def _class_of(classes: RoleClasses, role: str) -> str:
    globs = {each: [glob.lower() for glob in getattr(classes, each)] for each in CLASSES}
    for only_names in (True, False):
        for each in CLASSES:
            if matches((glob for glob in globs[each] if not only_names or _is_name(glob)), role):
                return each
    return WRITE


def _is_name(glob: str) -> bool:
    return not _WILDCARDS.intersection(glob)


@functools.lru_cache(maxsize=4096)
def _classes_of(classes: RoleClasses, roles: fleet_access.Roles) -> frozenset[str]:
    return frozenset(map(classes.class_of, roles))
