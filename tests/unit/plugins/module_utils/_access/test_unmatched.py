# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Globs that match nothing: which of them, and the warning that names what there is."""

from __future__ import annotations

import typing as t

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._access.filter import matches
from ansible_collections.workstation.aws_sso.plugins.module_utils._access.unmatched import (
    compared,
    compared_tags,
    compared_units,
    unmatched_texts,
)

ACCOUNTS = [("111122223333", "Development"), ("012345678901", "Log Archive"), ("222233334444", "Production")]
GLOBS = st.lists(st.text(alphabet="ab*?[]", max_size=4), max_size=3)
NAMES = st.lists(st.tuples(st.text(alphabet="ab", max_size=3)), max_size=4)


def test_the_name_that_is_similar_comes_first() -> None:
    (text,) = unmatched_texts(compared("accounts", ["Prodution", "Dev*"], ACCOUNTS))
    assert text == (
        "No account matches accounts: Prodution. You have: Production (222233334444), Development"
        " (111122223333), Log Archive (012345678901)."
    )


def test_a_difference_in_case_only_is_named() -> None:
    (text,) = unmatched_texts(compared("roles", ["Readonly"], [("ReadOnly",), ("AdministratorAccess",)]))
    assert text == (
        "No role in the selected accounts matches roles: Readonly. You have: ReadOnly, AdministratorAccess."
        " Upper and lower case differ."
    )


def test_of_many_names_ten_are_listed_on_one_line() -> None:
    known = [(f"{number:012}", f"team {number:03}\x1b[2K\n{{{{ 1 }}}}") for number in range(800)]
    (text,) = unmatched_texts(compared("accounts", ["prod-*\n"], known))
    assert text.count("team ") == 10 and "and 790 more" in text
    assert text.isprintable()


def test_an_account_without_a_name_is_listed_by_its_id() -> None:
    (text,) = unmatched_texts(compared("accounts", ["x"], [("111122223333", "")]))
    assert text.endswith("You have: 111122223333.")


def test_a_glob_that_matches_in_one_of_the_sessions_is_no_mistake() -> None:
    both = [
        *compared("accounts", ["Log*", "Prodution"], ACCOUNTS),
        *compared("accounts", ["Log*", "Prodution"], [("1", "y")]),
    ]
    (text,) = unmatched_texts(both)
    assert "accounts: Prodution. You have:" in text and "y (1)" in text
    assert unmatched_texts([*both, *compared("accounts", ["Log*", "Prodution"], [("1", "Prodution")])]) == []


def test_one_of_several_globs_that_another_user_has_is_no_mistake() -> None:
    """Settings are those of a company; its users have some of the accounts and roles each."""
    assert unmatched_texts(compared("roles", ["Audit", "ReadOnly"], [("ReadOnly",)])) == []
    assert unmatched_texts(compared("accounts", ["prod-us", "prod-eu"], [("1", "prod-eu")])) == []
    (text,) = unmatched_texts(
        compared("accounts", ["prod-use1", "prod-eu"], [("1", "prod-eu"), ("2", "prod-us1")])
    )
    assert text.startswith("No account matches accounts: prod-use1. You have: ")


def test_where_nothing_matches_all_globs_are_named() -> None:
    (text,) = unmatched_texts(compared("roles", ["Audit", "Billing"], [("ReadOnly",)]))
    assert text == "No role in the selected accounts matches roles: Audit, Billing. You have: ReadOnly."


def test_without_any_access_there_is_no_warning() -> None:
    assert unmatched_texts(compared("accounts", ["Prod"], [])) == []
    assert unmatched_texts(compared("roles", ["Prod"], [])) == []


def test_accounts_without_a_unit_or_tag_are_named_as_such() -> None:
    (text,) = unmatched_texts(compared_units("organizational_units", ["Workload"], ["", "Workloads"]))
    assert text == (
        "No account is in an organizational unit that matches organizational_units: Workload. You have:"
        " Workloads, (no organizational unit)."
    )
    tags: t.List[t.Dict[str, str]] = [{}, {"env": "prod"}]
    (text,) = unmatched_texts(compared_tags("account_tags", {"env": ["dev"], "x].y": ["*"]}, tags))[:1]
    assert text == (
        "No account has a value of the tag that matches account_tags.env: dev. You have: (no tag), prod."
    )
    assert len(unmatched_texts(compared_tags("account_tags", {"en": ["*"], "x].y": ["*"]}, tags))) == 2


@given(GLOBS, NAMES)
def test_exactly_the_globs_that_match_nothing_are_unmatched(
    globs: t.List[str], names: t.List[t.Tuple[str, ...]]
) -> None:
    found = [glob for comparison in compared("roles", globs, names) for glob in comparison.unmatched]
    assert found == [
        glob for glob in globs if glob != "*" and not any(matches([glob], *item) for item in names)
    ]
    narrowing = [glob for glob in globs if glob != "*"]
    if found == narrowing:
        assert len(unmatched_texts(compared("roles", globs, names))) == bool(found and names)
