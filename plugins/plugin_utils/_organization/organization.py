# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts with their organizational units and tags, selected by both; the lists are reused and shared.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import os
import typing as t

from ...module_utils._access.filter import access_matcher
from ...module_utils._access.unmatched import Comparison, compared_tags, compared_units
from ...module_utils._files.directories import cache_directory
from .._assignments.connection import AdminClient
from .._cached_list import Entry, cached_list, remove_old_lists
from .._sso import names
from .._sso.portal import Account
from .credentials import OrganizationCredentials
from .tags import Tags, account_tags
from .tree import account_units

_SECONDS_TO_KEEP_LISTS = 86400
"""A day, as documented in the option cache_ttl."""

Warn = t.Callable[[str], None]
Globs = t.Tuple[str, ...]


class OrganizationFilter(t.NamedTuple):
    """Globs of organizational units, and of the values of tags by their names; exclusions take precedence.

    All of *tags* must match, and none of *exclude_tags*.
    """

    units: Globs = ()
    exclude_units: Globs = ()
    tags: tuple[tuple[str, Globs], ...] = ()
    exclude_tags: tuple[tuple[str, Globs], ...] = ()

    def has_unit(self, unit: str) -> bool:
        entry = {"organizational_unit": unit}
        excluded = self.exclude_units and access_matcher(None, None, self.exclude_units)(entry)
        return access_matcher(None, None, self.units)(entry) and not excluded

    def has_tags(self, tags: Tags) -> bool:
        entry = {"tags": tags}
        return access_matcher(None, None, None, dict(self.tags))(entry) and not any(
            access_matcher(None, None, None, {name: globs})(entry) for name, globs in self.exclude_tags
        )


class Organization:
    """An organization for one run of a plugin, which requests each list once, even without a cache.

    The methods raise NotAllowed, AwsRefused, ServiceError, Unreachable, LoginRequired and WorkstationError.
    """

    def __init__(
        self,
        credentials: OrganizationCredentials,
        wanted: OrganizationFilter,
        cache_ttl: float,
        warn: Warn,
    ) -> None:
        self._credentials = credentials
        self._wanted = wanted
        self._cache_ttl = min(cache_ttl, _SECONDS_TO_KEEP_LISTS)
        self._warn = warn
        self._client: AdminClient | None = None
        self._units: dict[str, str] | None = None
        self._tags: dict[str, Tags] = {}

    @functools.cached_property
    def key(self) -> str:
        """What distinguishes the accounts that are selected, and whose credentials list them; no secret."""
        return json.dumps([self._credentials.key(), *(sorted(globs, key=str) for globs in self._wanted)])

    @property
    def fingerprint(self) -> str:
        """A short hash of the key."""
        return _hash(self.key)[:8]

    def select(self, accounts: t.Iterable[Account], region: str) -> list[Account]:
        """The *accounts* that match the filter, with their data; *region* is one of their partition.

        An account that is not in the organization has no data. The tags of accounts in organizational units
        that do not match are not requested.
        """
        accounts = list(accounts)
        units = self._all_units(region) if accounts else {}
        chosen = [account for account in accounts if self._wanted.has_unit(units.get(account.account_id, ""))]
        tags = self._tags_of([item.account_id for item in chosen if item.account_id in units], region)
        return [
            _with_data(account, units.get(account.account_id, ""), tags.get(account.account_id, {}))
            for account in chosen
            if self._wanted.has_tags(tags.get(account.account_id, {}))
        ]

    def comparisons(self, accounts: t.Iterable[Account]) -> list[Comparison]:
        """The globs compared with the data of *accounts*, which select() has been called with."""
        units = {item.account_id: (self._units or {}).get(item.account_id, "") for item in accounts}
        tags = [self._tags.get(name, {}) for name, unit in units.items() if self._wanted.has_unit(unit)]
        return [
            *compared_units("organizational_units", self._wanted.units, units.values()),
            *compared_tags("account_tags", dict(self._wanted.tags), tags),
        ]

    def _all_units(self, region: str) -> dict[str, str]:
        if self._units is None:

            def request() -> list[Entry]:
                units = account_units(self._organizations(region))
                return [{"account_id": name, "organizational_unit": unit} for name, unit in units.items()]

            listed = self._list(["units"], request, _is_unit)
            self._units = {entry["account_id"]: entry["organizational_unit"] for entry in listed}
        return self._units

    def _tags_of(self, account_ids: list[str], region: str) -> dict[str, Tags]:
        missing = sorted(set(account_ids) - self._tags.keys())
        if missing:

            def request() -> list[Entry]:
                tags = account_tags(self._organizations(region), missing)
                return [{"account_id": name, "tags": found} for name, found in tags.items()]

            listed = self._list(["tags", *missing], request, _is_tagged)
            self._tags.update({entry["account_id"]: entry["tags"] for entry in listed})
        return self._tags

    def _list(
        self, what: list[str], request: t.Callable[[], list[Entry]], is_valid: t.Callable[[Entry], bool]
    ) -> list[Entry]:
        directory = os.path.join(cache_directory(), "organization")
        name = _hash(json.dumps([self._credentials.key(), what]))[:32] + ".json"
        listed = cached_list(os.path.join(directory, name), self._cache_ttl, request, is_valid=is_valid)
        remove_old_lists(directory, _SECONDS_TO_KEEP_LISTS)
        return listed

    def _organizations(self, region: str) -> AdminClient:
        if self._client is None:
            self._client = self._credentials.client(region, self._warn)
        return self._client


def _with_data(account: Account, unit: str, tags: Tags) -> Account:
    return dataclasses.replace(account, organization={"organizational_unit": unit, "tags": tags})


def _is_unit(entry: Entry) -> bool:
    return _has_account(entry) and isinstance(entry.get("organizational_unit"), str)


def _is_tagged(entry: Entry) -> bool:
    return _has_account(entry) and names.are_tags(entry.get("tags"))


def _has_account(entry: object) -> bool:
    if not isinstance(entry, dict):
        return False
    return isinstance(entry.get("account_id"), str) and names.is_account_id(entry["account_id"])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
