# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the documentation fragment _access.organization.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleOptionsError

from ...module_utils._errors import WorkstationError
from .._aws.client import Credentials
from .._options import dictionary, plain_options, texts
from .credentials import OrganizationCredentials, Role
from .organization import Globs, Organization, OrganizationFilter, Warn

FILTERS = ("organizational_units", "exclude_organizational_units", "account_tags", "exclude_account_tags")
"""The options that require the option organization."""

_SECONDS_TO_REUSE_A_LIST = 3600
_WAYS = (("profile",), ("access_key", "secret_key"), ("session", "account_id", "role_name"))
"""The suboptions that name the credentials; one of these groups is complete, and the others are empty."""

_DEFINITIONS: dict[str, dict[str, t.Any]] = {
    **{name: {"type": "str"} for way in _WAYS for name in way},
    "session_token": {"type": "str"},
    "cache_ttl": {"type": "int"},
}


def organization_from_options(options: t.Mapping[str, t.Any], warn: Warn) -> Organization | None:
    """The organization in the option of that name; None without it. Raises WorkstationError."""
    given = options["organization"]
    if given is None:
        used = [name for name in FILTERS if options[name]]
        if used:
            raise WorkstationError(
                f"{' and '.join(used)} cannot be used without organization, which names the credentials that"
                " read organizational units and tags from AWS Organizations."
            )
        return None
    try:
        suboptions = plain_options(dictionary("organization", given), _DEFINITIONS)
        wanted = _filter(options)
    except AnsibleOptionsError as error:
        raise WorkstationError(str(error)) from None
    cache_ttl = suboptions.pop("cache_ttl", _SECONDS_TO_REUSE_A_LIST)
    return Organization(_credentials(suboptions), wanted, cache_ttl, warn)


def _credentials(given: t.Mapping[str, str]) -> OrganizationCredentials:
    given = {name: value for name, value in given.items() if value}
    used = [way for way in _WAYS if any(name in given for name in way)]
    if "session_token" in given and _WAYS[1] not in used:
        raise WorkstationError("organization.session_token requires access_key and secret_key.")
    if len(used) > 1:
        names = " and ".join(next(name for name in way if name in given) for way in used)
        raise WorkstationError(
            f"organization has {names}, which name different credentials. Set one of profile, access_key and"
            " session."
        )
    missing = [name for way in used for name in way if name not in given]
    if missing:
        raise WorkstationError(
            f"organization lacks {' and '.join(missing)}: {', '.join(used[0])} require each other."
        )
    if "access_key" in given:
        keys = Credentials(given["access_key"], given["secret_key"], given.get("session_token", ""))
        return OrganizationCredentials(keys=keys)
    if "session" in given:
        return OrganizationCredentials(role=Role(*(given[name] for name in _WAYS[2])))
    return OrganizationCredentials(profile=given.get("profile"))


def _filter(options: t.Mapping[str, t.Any]) -> OrganizationFilter:
    return OrganizationFilter(
        tuple(options["organizational_units"]),
        tuple(options["exclude_organizational_units"]),
        _tag_globs("account_tags", options["account_tags"]),
        _tag_globs("exclude_account_tags", options["exclude_account_tags"]),
    )


def _tag_globs(option: str, given: t.Any) -> tuple[tuple[str, Globs], ...]:
    """The globs in *given*, by the names of tags. Raises AnsibleOptionsError."""
    found = []
    for name, globs in dictionary(option, given).items():
        (tag,) = texts(f"The name of a tag in {option}", [name])
        patterns = texts(f"{option}.{tag}", [] if globs is None else [globs])
        if not patterns:
            raise AnsibleOptionsError(
                f"{option}.{tag} has no pattern. Write '*' for accounts with the tag, whatever its value."
            )
        found.append((tag, tuple(patterns)))
    return tuple(found)
