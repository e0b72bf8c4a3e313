# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wording that messages of all plugins share.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import re
import typing as t

ACCOUNT_ID = re.compile(r"[0-9]{12}", re.ASCII)
"""An AWS account ID; use with fullmatch()."""

ROLE_NAME = re.compile(r"[\w+=,.@-]{1,32}", re.ASCII)
"""The name of a permission set, as the API CreatePermissionSet allows it; use with fullmatch()."""

_TIME = "%Y-%m-%dT%H:%M:%SZ"


def account_id_hint(text: str) -> str:
    """A sentence on why *text* is not an account ID."""
    if text.isdigit() and text.isascii():
        return f"It has {len(text)} digits{'; leading zeros may be missing' if len(text) < 12 else ''}."
    return "The lookup workstation.aws_sso.sso_access lists the IDs of accounts."


def similar_names(name: str, known: t.Iterable[str]) -> t.List[str]:
    """Up to three of *known* that resemble *name*, the most similar one first."""
    import difflib  # needed for messages only, and slow to import

    return difflib.get_close_matches(name, [*known], n=3, cutoff=0.5)


def did_you_mean(name: str, known: t.Iterable[str]) -> str:
    """A sentence that suggests up to three of *known* that resemble *name*; empty if there are none."""
    return suggestion(similar_names(name, known))


def suggestion(matches: t.Sequence[str]) -> str:
    """A sentence that suggests *matches*; empty if there are none."""
    return f"Did you mean {' or '.join(matches)}?" if matches else ""


def shortened_list(items: t.Sequence[str], most: int) -> str:
    """*items* separated by commas; of more than *most*, the first ones and the number of the rest."""
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"


def printable(text: str) -> str:
    """*text* on one line, without anything that moves the cursor, changes colors or hides characters."""
    return "".join(character if character.isprintable() else "?" for character in text)


def printable_lines(text: str) -> str:
    """As printable(), but line feeds are kept."""
    return "\n".join(map(printable, text.split("\n")))


def printable_values(value: t.Any) -> t.Any:
    """*value* with all text in its dictionaries and lists made printable()."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: printable_values(content) for name, content in value.items()}
    return [*map(printable_values, value)] if isinstance(value, (list, tuple)) else value


def utc_time(seconds: float) -> t.Optional[datetime.datetime]:
    """The time *seconds* after the epoch; None if it is before the epoch or cannot be represented."""
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def format_time(moment: datetime.datetime) -> str:
    """*moment* in UTC as 2026-05-01T12:00:00Z, the format of the AWS CLI's cache files."""
    return moment.astimezone(datetime.timezone.utc).strftime(_TIME)


def read_time(text: str) -> datetime.datetime:
    """The time that format_time() has written. Raises ValueError, and TypeError if *text* is not text."""
    return datetime.datetime.strptime(text, _TIME).replace(tzinfo=datetime.timezone.utc)
