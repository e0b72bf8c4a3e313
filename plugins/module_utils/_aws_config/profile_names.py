# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of generated profiles, from an account, a role and a template such as {role_name}-{account_id}.

PRIVATE to the collection. Pure functions: nothing here reads a file.
"""

from __future__ import annotations

import functools
import re

from .._access.templates import Entry, Field, parse_format
from .validation import InputError, checked_name

DEFAULT_TEMPLATE = "{role_name}-{account_id}"
"""What "aws configure sso" suggests as the name of a profile."""

_CHOSEN_BY_OTHERS = re.compile(r"\{\s*(?:account_name|account_alias|email|tags)\b")
_UNSAFE = re.compile(r"[^\w.@+%:/=,-]+")


class NameTemplate:
    """A format string of the fields of an account and role, such as {role_name}-{account_id}."""

    def __init__(self, text: str, option: str = "profile_name") -> None:
        """Parse *text*, the value of *option*. Raises InputError."""
        self._text = text
        self._option = option
        self._parts = parse_format(text, option)
        self._has_fields = any(isinstance(part, Field) for part in self._parts)

    @property
    def uses_account_name(self) -> bool:
        """Whether names contain what people choose who may rename an account."""
        return _CHOSEN_BY_OTHERS.search(self._text) is not None

    def render(self, entry: Entry) -> str:
        """The name of the profile for *entry*, an account and role as the lookup sso_access returns them.

        Replaces characters that are unsafe in a name. Raises InputError if a field has no other ones, and for
        the name default: a user who may rename an account must not choose the profile of all commands.
        """
        parts = [
            part if isinstance(part, str) else _safe(part.text(entry)) or self._unusable(part, entry)
            for part in self._parts
        ]
        name = checked_name("profile", "".join(parts).lstrip("-"))
        if name == "default" and self._has_fields:
            raise InputError(
                f"{self._option} {self._text!r} results in the reserved name 'default'. Use another field in"
                " profile_name, set the name in overrides, or exclude the account. The option default_profile"
                " sets [default]."
            )
        return name

    def _unusable(self, field: Field, entry: Entry) -> str:
        """Raises the error for a *field* without a character for the name."""
        value = field.value(entry)
        if field.tag is not None and not value:
            raise InputError(
                f"The account has no tag {field.tag!r}, or an empty one, for the profile name {self._text!r}."
                " Use another field in profile_name, or set the name in overrides. Only entries that are"
                " listed with the option organization of the lookup sso_access have tags."
            )
        changed = f", which its transforms make {field.text(entry)!r}," if field.transforms else ""
        raise InputError(
            f"{field.name} {value!r}{changed} has no character that can be used in the profile name "
            f"{self._text!r}. Use another field in profile_name, or set the name in overrides."
        )


@functools.lru_cache(maxsize=1024)
def _safe(value: str) -> str:
    safe = _UNSAFE.sub("-", value)
    return value if safe == value else safe.strip("-")
