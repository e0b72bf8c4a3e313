# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a glob is most likely a misspelled name of an account, role or organizational unit.

PRIVATE to the collection. Names of a company are alike on purpose: prod-eu is not prod-us, and team-1 is not
team-2.
"""

from __future__ import annotations

import re

_LEAST_LETTERS = 5
_WILDCARD = re.compile(r"[*?\[]")


def is_misspelling(glob: str, name: str) -> bool:
    """Whether *glob* differs from *name* in case, in the order of letters, or in a missing or added letter.

    Of a glob with wildcards, what is before the first one is compared with the beginning of *name*.
    """
    glob, name = glob.lower(), name.lower()
    typed = _WILDCARD.split(glob, maxsplit=1)[0]
    if len(typed) < _LEAST_LETTERS:
        return False
    if typed == glob:
        return glob == name or _differ_little(glob, name)
    beginnings = (name[: len(typed) + more] for more in (-1, 0, 1))
    return any(_differ_little(typed, beginning) and typed[-1] == beginning[-1] for beginning in beginnings)


def _differ_little(one: str, other: str) -> bool:
    if re.sub("[0-9]", "", one) == re.sub("[0-9]", "", other):
        return False
    if sorted(one) == sorted(other):
        return True
    shorter, longer = sorted((one, other), key=len)
    letters = iter(longer)
    return len(longer) - len(shorter) == 1 and all(letter in letters for letter in shorter)
