# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Globs that select accounts and roles, by the same rules in lookups, inventories and modules.

PRIVATE to the collection. An account matches by its ID or its name, an organizational unit by its path, and a
tag by its value. Upper and lower case differ.
"""

from __future__ import annotations

import fnmatch
import functools
import re
import typing as t

from .._aws_config.validation import InputError

Entry = t.Mapping[str, t.Any]


def matches(globs: t.Iterable[str], *names: str) -> bool:
    """Whether one of *globs* matches one of *names*."""
    is_match = _compiled(tuple(globs))
    return any(map(is_match, names))


def access_matcher(
    accounts: t.Optional[t.Iterable[str]],
    roles: t.Optional[t.Iterable[str]] = None,
    organizational_units: t.Optional[t.Iterable[str]] = None,
    account_tags: t.Optional[t.Mapping[str, t.Iterable[str]]] = None,
) -> t.Callable[[Entry], bool]:
    """A function that returns whether an account and role, as sso_access returns them, match all the lists.

    *account_tags* has a list for each name of a tag, and each of these tags must match. Lists that are None
    or empty match everything.
    """
    checks: t.List[t.Callable[[Entry], bool]] = []
    if roles:
        checks.append(_check(roles, "role_name"))
    if accounts:
        checks.append(_check(accounts, "account_id", "account_name"))
    if organizational_units:
        in_unit = _check(organizational_units, "organizational_unit")
        checks.append(lambda entry: bool(entry.get("organizational_unit")) and in_unit(entry))
    checks += [_tag_check(name, globs) for name, globs in (account_tags or {}).items()]
    if len(checks) < 2:
        return checks[0] if checks else lambda entry: True
    return lambda entry: all(check(entry) for check in checks)


def _check(globs: t.Iterable[str], key: str, other_key: str = "") -> t.Callable[[Entry], bool]:
    is_match = _compiled(tuple(globs))
    if not other_key:
        return lambda entry: is_match(str(entry.get(key) or ""))
    return lambda entry: is_match(str(entry.get(key) or "")) or is_match(str(entry.get(other_key) or ""))


def _tag_check(name: str, globs: t.Iterable[str]) -> t.Callable[[Entry], bool]:
    is_match = _compiled(tuple(globs))

    def check(entry: Entry) -> bool:
        value = tags_in(entry).get(name)
        return value is not None and is_match(str(value))

    return check


def checked_tag_globs(option: str, given: t.Any) -> t.Dict[str, t.List[str]]:
    """The globs of tags in *option*, by the names of the tags. Raises InputError."""
    if not isinstance(given or {}, t.Mapping):
        raise InputError(f"{option} must be a dictionary of tags, not {given!r}.")
    return {
        _tag_name(option, name): _tag_globs(f"{option}.{name}", globs)
        for name, globs in (given or {}).items()
    }


def _tag_name(option: str, name: t.Any) -> str:
    if isinstance(name, bool) or not isinstance(name, (str, int)):
        raise InputError(f"{option} must have names of tags as keys, not {name!r}.")
    return str(name)


def _tag_globs(option: str, given: t.Any) -> t.List[str]:
    globs = given if isinstance(given, list) else [] if given is None else [given]
    if not globs:
        raise InputError(f"{option} has no pattern. Write '*' for accounts with the tag, whatever its value.")
    if any(isinstance(glob, bool) or not isinstance(glob, (str, int)) for glob in globs):
        raise InputError(f"{option} must be a string or a list of strings, not {given!r}.")
    return list(map(str, globs))


def tags_in(entry: Entry) -> t.Mapping[str, t.Any]:
    """The tags of the account in *entry*; none if it does not have the key."""
    tags = entry.get("tags")
    return tags if isinstance(tags, t.Mapping) else {}


@functools.lru_cache(maxsize=256)
def _compiled(globs: t.Tuple[str, ...]) -> t.Callable[[str], bool]:
    if not globs:
        return lambda name: False
    match = re.compile("|".join(map(fnmatch.translate, globs))).match
    return lambda name: match(name) is not None
