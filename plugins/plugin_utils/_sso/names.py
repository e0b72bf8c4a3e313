# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Account IDs, role names and other texts from AWS, validated where they enter the collection.

PRIVATE to the collection. Names of inventory hosts and groups, profiles and files contain account IDs and
role names, and ansible-core before 2.19 evaluates the name of a host as a template. AWS restricts both, so
other characters come from something that only claims to be AWS.
"""

from __future__ import annotations

import typing as t

from ...module_utils._text import ACCOUNT_ID, ROLE_NAME
from .._errors import Unreachable, not_from_aws

_ACCESS_KEYS = ("account_id", "account_name", "email", "role_name")


def account_id(value: object) -> str:
    """*value*, if it is the ID of an account. Raises Unreachable."""
    return _matching("account ID", value, ACCOUNT_ID)


def role_name(value: object) -> str:
    """*value*, if it is the name of a permission set. Raises Unreachable."""
    return _matching("role name", value, ROLE_NAME)


def free_text(what: str, value: object) -> str:
    """*value*, if it is a string, or an empty string for None. Raises Unreachable."""
    if value is None or isinstance(value, str):
        return value or ""
    raise _invalid(what, value)


def is_account_id(value: str) -> bool:
    return ACCOUNT_ID.fullmatch(value) is not None


def is_access(entry: object) -> bool:
    """Whether *entry* of a cache has the keys of an account and role, with valid values."""
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in _ACCESS_KEYS):
        return False
    return is_account_id(entry["account_id"]) and ROLE_NAME.fullmatch(entry["role_name"]) is not None


def are_tags(value: object) -> bool:
    """Whether *value* of a cache are tags: strings by their names, which are strings."""
    return isinstance(value, dict) and all(isinstance(text, str) for item in value.items() for text in item)


def _matching(what: str, value: object, pattern: t.Pattern[str]) -> str:
    if isinstance(value, str) and pattern.fullmatch(value):
        return value
    raise _invalid(what, value)


def _invalid(what: str, value: object) -> Unreachable:
    return not_from_aws(f"A response contains the {what} {str(value)[:100]!r}, which AWS does not allow")
