# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the fields in the answer of a host, which is not trusted.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.token_cache import time_or_none

Check = t.Callable[[t.Any], bool]
Checks = t.Mapping[str, Check]

_LONGEST_TEXT = 2048
_MOST_ENTRIES = 10_000


def is_text(value: t.Any) -> bool:
    """Text on one line, without control characters."""
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT and value.isprintable()


def is_path(value: t.Any) -> bool:
    return is_text(value) and value.startswith("/")


def is_bool(value: t.Any) -> bool:
    return isinstance(value, bool)


def is_time(value: t.Any) -> bool:
    return is_text(value) and time_or_none(value) is not None


def optional(check: Check) -> Check:
    """None, or what *check* accepts."""
    return lambda value: value is None or check(value)


def list_of(check: Check) -> Check:
    """A list of values that *check* accepts."""
    return lambda value: (
        isinstance(value, (list, tuple)) and len(value) <= _MOST_ENTRIES and all(map(check, value))
    )


def checked_fields(document: t.Any, checks: Checks, what: str = "answer") -> dict[str, t.Any]:
    """The fields of *document* that have a check, and no others. Raises WorkstationError."""
    if not isinstance(document, t.Mapping):
        raise _invalid(what, document)
    for name, check in checks.items():
        if not check(document.get(name)):
            raise _invalid(name, document.get(name))
    return {name: document.get(name) for name in checks}


def checked_entries(document: t.Mapping[str, t.Any], name: str, checks: Checks) -> list[dict[str, t.Any]]:
    """The list *name* of *document*, each entry with only the fields that have a check.

    Raises WorkstationError.
    """
    entries = checked_fields(document, {name: list_of(lambda entry: isinstance(entry, t.Mapping))})[name]
    return [checked_fields(entry, checks) for entry in entries]


def _invalid(name: str, value: t.Any) -> WorkstationError:
    return WorkstationError(f"The host answered with an invalid {name}: {str(value)[:100]!r}.")
