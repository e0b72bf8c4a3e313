# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts have which numbers of the matrix: the access sets of hosts, for the script of the page.

PRIVATE to the collection. Accounts and roles are given by their row and column, so there are no names in it.
"""

from __future__ import annotations

import typing as t

from .. import access as fleet_access
from ..changes import access_before
from ..state import Fleet, Host

LONGEST = 2_000_000
"""Characters. In the largest tested fleet, 5,000 hosts with 60 different sets, it is 10,000."""


class AccessIndex:
    """Access sets, encoded as ``COLUMNS:ROWS`` such as ``0,2:0-99,101``, for each combination of roles."""

    def __init__(self, fleet: Fleet, matrix: fleet_access.Matrix) -> None:
        self._fleet = fleet
        self._rows = {account: row for row, (account, _cells) in enumerate(matrix.rows)}
        self._columns = {role: column for column, role in enumerate(matrix.roles)}
        self._numbers: dict[str, int] = {}
        self._sets: list[str] = []

    def of(self, host: Host) -> str:
        """The numbers of the access sets of *host*."""
        return self._numbers_of(host.access)

    def before(self, host: Host) -> str:
        """The numbers of those before the last run; empty if they are the same."""
        before = access_before(self._fleet, host)
        return "" if before == host.access else self._numbers_of(before)

    def encoded(self) -> str:
        """All sets in the order of their numbers; empty if they are too many for a page."""
        text = ";".join(self._sets)
        return text if len(text) <= LONGEST else ""

    def _numbers_of(self, access: t.Mapping[str, str] | None) -> str:
        return " ".join(str(self._number(digest)) for digest in sorted({*(access or {}).values()}))

    def _number(self, digest: str) -> int:
        if digest not in self._numbers:
            self._numbers[digest] = len(self._sets)
            self._sets.append(self._encode(self._fleet.access_sets[digest]))
        return self._numbers[digest]

    def _encode(self, access: fleet_access.AccessSet) -> str:
        rows: dict[fleet_access.Roles, list[int]] = {}
        for account, roles in access.items():
            if account in self._rows:
                rows.setdefault(roles, []).append(self._rows[account])
        groups = []
        for roles, numbers in rows.items():
            columns = ",".join(str(self._columns[role]) for role in roles if role in self._columns)
            if columns:
                groups.append(f"{columns}:{_ranges(sorted(numbers))}")
        return " ".join(groups)


def _ranges(numbers: list[int]) -> str:
    """*numbers*, which are in ascending order, with successive ones as ``FIRST-LAST``."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in found)
