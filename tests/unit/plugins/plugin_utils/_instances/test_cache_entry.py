# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of the inventory cache, which other programs can have written."""

from __future__ import annotations

import copy
import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._access.unmatched import Comparison
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._instances import cache_entry
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._instances.ec2_plugin import (
    Found,
    FoundHost,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._instances.search import Instances

SIGN_INS = {"corp": "the sign-in"}
ACCESS = {
    "session": "corp",
    "account_id": "111122223333",
    "account_name": "Production",
    "email": "",
    "role_name": "ReadOnly",
    "console_url": "https://acme.awsapps.com/start/#/console",
}
GLOBS = Comparison("accounts", ("Prodution",), (("111122223333", "Production"),), ("Prodution",), False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
    max_leaves=5,
)
HOSTS = st.builds(
    FoundHost,
    name=st.text(),
    instance_id=st.text(),
    variables=st.dictionaries(st.text(), JSON),
    groups=st.lists(st.text()),
)


def entry_of(hosts: list[FoundHost]) -> tuple[Instances, dict[str, t.Any]]:
    instances = Instances([ACCESS], [Found("111122223333", "eu-west-1", hosts, {"all_of": ["one"]})], [GLOBS])
    return instances, json.loads(json.dumps(cache_entry.to_entry(instances, SIGN_INS)))


@given(hosts=st.lists(HOSTS, min_size=1, max_size=3))
def test_an_entry_is_what_was_found(hosts: list[FoundHost]) -> None:
    instances, entry = entry_of(hosts)
    assert cache_entry.from_entry(entry, SIGN_INS) == instances


def test_regions_without_instances_are_left_out() -> None:
    _instances, entry = entry_of([])
    assert cache_entry.from_entry(entry, SIGN_INS) == Instances([ACCESS], [], [GLOBS])


@pytest.mark.parametrize(
    "sign_ins", [{"corp": "another"}, {"corp": None}, {}, {"corp": "the sign-in", "b": "c"}]
)
def test_an_entry_of_other_sign_ins_is_not_used(sign_ins: dict[str, str | None]) -> None:
    assert cache_entry.from_entry(entry_of([])[1], sign_ins) is None


def paths(value: t.Any, path: tuple[t.Any, ...] = ()) -> t.Iterator[tuple[t.Any, ...]]:
    """The way to each value in *value*."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, content in items:
        yield from paths(content, (*path, key))


def test_an_entry_with_a_value_of_another_type_is_not_used_or_harmless() -> None:
    _instances, entry = entry_of([FoundHost("web", "i-1", {"a": "b"}, ["one"])])
    for path in paths(entry):
        for damage in (None, 5, "text", [], {}, [5], {"a": 5}):
            damaged = copy.deepcopy(entry)
            place = damaged
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = damage
            found = cache_entry.from_entry(damaged, SIGN_INS)
            for item in found.found if found else ():
                assert item.account_id == "111122223333"
                assert all(isinstance(text, str) for host in item.hosts for text in (host.name, *host.groups))
                assert all(
                    isinstance(child, str) for children in item.children.values() for child in children
                )
