# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparisons of globs with what there is, in the JSON of caches: with a list, they are known without AWS.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ...module_utils._access.unmatched import Comparison


def to_json(comparison: Comparison) -> list[t.Any]:
    """*comparison* with lists in place of tuples, as a cache returns it."""
    option, unmatched, known, misspelled, others_match = comparison
    return [option, [*unmatched], [list(names) for names in known], [*misspelled], others_match]


def from_json(value: list[t.Any]) -> Comparison:
    """What to_json() was called with; *value* is_valid()."""
    option, unmatched, known, misspelled, others_match = value
    return Comparison(option, tuple(unmatched), tuple(map(tuple, known)), tuple(misspelled), others_match)


def is_valid(value: object) -> bool:
    """Whether *value* of a cache is a comparison."""
    if not isinstance(value, list) or [type(item) for item in value] != [str, list, list, list, bool]:
        return False
    return _are_texts(value[1] + value[3]) and all(names and _are_texts(names) for names in value[2])


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
