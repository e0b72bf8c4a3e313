# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a search has found, as an entry of the inventory cache.

PRIVATE to the collection. It contains no credentials.
"""

from __future__ import annotations

import typing as t

from .._sso import comparisons
from .._sso.account_hosts import list_of_sign_ins
from .ec2_plugin import Found, FoundHost
from .search import Instances

SignIns = t.Mapping[str, t.Optional[str]]


def to_entry(instances: Instances, sign_ins: SignIns) -> dict[str, t.Any]:
    found = [
        {**item._asdict(), "hosts": [host._asdict() for host in item.hosts]}
        for item in instances.found
        if item.hosts
    ]
    globs = [comparisons.to_json(item) for item in instances.comparisons]
    return {
        "sign_ins": dict(sign_ins),
        "access": instances.accounts,
        "found": found,
        "comparisons": globs,
    }


def from_entry(entry: object, sign_ins: SignIns) -> Instances | None:
    """What to_entry() was called with, if in the same sign-ins; None for any other *entry*."""
    accounts = list_of_sign_ins(entry, sign_ins)
    if accounts is None or not isinstance(entry, dict):
        return None
    try:
        found = [
            Found(**{**item, "hosts": [FoundHost(**host) for host in item["hosts"]]})
            for item in entry["found"]
        ]
        if not all(map(comparisons.is_valid, entry["comparisons"])):
            return None
        globs = [comparisons.from_json(item) for item in entry["comparisons"]]
    except (KeyError, TypeError):
        return None
    known = [access["account_id"] for access in accounts]
    return Instances(accounts, found, globs) if all(_is_valid(item, known) for item in found) else None


def _is_valid(item: Found, known_accounts: t.Container[str]) -> bool:
    return (
        item.account_id in known_accounts
        and isinstance(item.region, str)
        and isinstance(item.children, dict)
        and all(map(_are_texts, item.children.values()))
        and all(map(_is_valid_host, item.hosts))
    )


def _is_valid_host(host: FoundHost) -> bool:
    return (
        isinstance(host.variables, dict)
        and _are_texts([host.name, host.instance_id])
        and _are_texts(host.groups)
    )


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
