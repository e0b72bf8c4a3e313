# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Globs of accounts and roles: the lookup and the module select the same ones."""

from __future__ import annotations

import fnmatch
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._access.filter import (
    access_matcher,
    matches,
)

ENTRY = {"account_id": "111122223333", "account_name": "Acme Prod", "role_name": "ReadOnly"}
GLOBS = st.lists(st.text(alphabet="ab*?[]!-\n", max_size=5), max_size=3)


@given(GLOBS, st.text(alphabet="abc-\n", max_size=4))
def test_globs_are_those_of_fnmatch_and_case_sensitive(globs: t.List[str], name: str) -> None:
    assert matches(globs, "x", name) == any(
        fnmatch.fnmatchcase(text, glob) for glob in globs for text in ("x", name)
    )


@given(GLOBS, GLOBS, st.text(alphabet="abc-", max_size=4), st.text(alphabet="abc-", max_size=4))
def test_a_matcher_requires_all_its_lists(
    accounts: t.List[str], roles: t.List[str], name: str, role: str
) -> None:
    entry = {"account_id": "111122223333", "account_name": name, "role_name": role}
    in_accounts = not accounts or matches(accounts, "111122223333", name)
    assert access_matcher(accounts, roles)(entry) == (in_accounts and (not roles or matches(roles, role)))


@pytest.mark.parametrize(
    ("units", "unit", "expected"),
    [
        (None, None, True),
        ([], "Workloads", True),
        (["*"], "Workloads/Prod", True),
        (["Workloads/*"], "Workloads/Prod/EU", True),
        (["workloads/*"], "Workloads/Prod", False),
        (["*"], None, False),
        (["*"], "", False),
        (["ou-ab12-*"], "ou-ab12-12345678", True),
    ],
)
def test_organizational_units_match_only_entries_that_have_one(
    units: t.Optional[t.List[str]], unit: t.Optional[str], expected: bool
) -> None:
    assert access_matcher(None, None, units)({**ENTRY, "organizational_unit": unit}) is expected


@pytest.mark.parametrize(
    ("globs", "tags", "expected"),
    [
        (None, None, True),
        ({}, {}, True),
        ({"environment": ["prod*"]}, {"environment": "production"}, True),
        ({"environment": ["x", "prod*"]}, {"environment": "production"}, True),
        ({"environment": ["prod*"], "owner": ["*"]}, {"environment": "production"}, False),
        ({"environment": ["prod*"], "owner": ["*"]}, {"environment": "production", "owner": ""}, True),
        ({"environment": ["*"]}, {"Environment": "production"}, False),
        ({"environment": ["*"]}, None, False),
        ({"environment": ["*"]}, "environment", False),
        ({"cost center": ["4711"]}, {"cost center": 4711}, True),
    ],
)
def test_each_tag_must_match_and_exist(
    globs: t.Optional[t.Dict[str, t.List[str]]], tags: t.Any, expected: bool
) -> None:
    assert access_matcher(None, None, None, globs)({**ENTRY, "tags": tags}) is expected


@given(
    st.dictionaries(st.sampled_from("ab"), st.lists(st.text(alphabet="x*?", max_size=3), min_size=1)),
    st.dictionaries(st.sampled_from("ab"), st.text(alphabet="xy", max_size=3)),
)
def test_tags_match_as_the_globs_of_their_names(
    globs: t.Dict[str, t.List[str]], tags: t.Dict[str, str]
) -> None:
    assert access_matcher(None, None, None, globs)({**ENTRY, "tags": tags}) == all(
        name in tags and matches(patterns, tags[name]) for name, patterns in globs.items()
    )


def test_without_lists_everything_matches() -> None:
    assert access_matcher(None, [])(ENTRY)
