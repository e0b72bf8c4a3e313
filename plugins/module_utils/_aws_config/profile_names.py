# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of generated profiles, from an account, a role and a template such as {role_name}-{account_id}.

PRIVATE to the collection. Pure functions: nothing here reads a file.
"""

from __future__ import annotations

import functools
import re
import string
import typing as t

from .validation import InputError, checked_name

DEFAULT_TEMPLATE = "{role_name}-{account_id}"
"""What "aws configure sso" suggests as the name of a profile."""

NAME_FIELDS = ("account_id", "account_name", "role_name", "email", "session")

_CHOSEN_BY_OTHERS = re.compile(r"\{\s*(?:account_name|account_alias|email)\b")
_UNSAFE = re.compile(r"[^\w.@+%:/=,-]+")


class NameTemplate:
    """A format string of the plain fields in NAME_FIELDS, such as {role_name}-{account_id}."""

    def __init__(self, text: str, option: str = "profile_name") -> None:
        """Parse *text*, the value of *option*. Raises InputError."""
        self._text = text
        try:
            self._parts = list(string.Formatter().parse(text))
        except ValueError as error:
            raise InputError(f"{option} {text!r} is not a valid format string: {error}.") from error
        self._has_fields = any(field is not None for _literal, field, _form, _conversion in self._parts)
        for _literal, field, form, conversion in self._parts:
            if field is not None and (field not in NAME_FIELDS or form or conversion):
                known = ", ".join(f"{{{name}}}" for name in NAME_FIELDS)
                raise InputError(f"{option} {text!r} uses {{{field}}}. The supported fields are {known}.")

    @property
    def uses_account_name(self) -> bool:
        """Whether names contain what people choose who may rename an account."""
        return _CHOSEN_BY_OTHERS.search(self._text) is not None

    def render(self, entry: t.Mapping[str, t.Any]) -> str:
        """The name of the profile for *entry*, an account and role as the lookup sso_access returns them.

        Replaces characters that are unsafe in a name. Raises InputError if a field has no other ones, and for
        the name default: a user who may rename an account must not choose the profile of all commands.
        """
        parts = []
        for literal, field, _form, _conversion in self._parts:
            parts.append(literal)
            if field:
                value = str(entry.get(field) or "")
                parts.append(_safe(value) or self._refuse(field, value))
        name = checked_name("profile", "".join(parts).lstrip("-"))
        if name == "default" and self._has_fields:
            raise InputError(
                f"profile_name {self._text!r} results in the reserved name 'default'. Use another field in"
                " profile_name, set the name in overrides, or exclude the account. The option default_profile"
                " sets [default]."
            )
        return name

    def _refuse(self, field: str, value: str) -> t.NoReturn:
        raise InputError(
            f"{field} {value!r} has no character that can be used in the profile name {self._text!r}. "
            "Use another field in profile_name, or set the name in overrides."
        )


@functools.lru_cache(maxsize=1024)
def _safe(value: str) -> str:
    safe = _UNSAFE.sub("-", value)
    return value if safe == value else safe.strip("-")
