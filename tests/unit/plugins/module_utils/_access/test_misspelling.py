# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which globs are misspelled names, and which are names that another user has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._access.misspelling import is_misspelling

LETTERS = st.text(alphabet="abcdefghij", min_size=6, max_size=20)


@pytest.mark.parametrize(
    ("glob", "name"),
    [
        ("Prodution", "Production"),
        ("Prodduction", "Production"),
        ("Porduction", "Production"),
        ("Readonly", "ReadOnly"),
        ("ReadOlny", "ReadOnly"),
        ("LogArchive", "Log Archive"),
        ("AdministratorAcess", "AdministratorAccess"),
        ("Admnistrator*", "AdministratorAccess"),
        ("Prodduction*", "Production-1"),
    ],
)
def test_a_letter_or_the_case_is_wrong(glob: str, name: str) -> None:
    assert is_misspelling(glob, name)


@pytest.mark.parametrize(
    ("glob", "name"),
    [
        ("prod-eu", "prod-us"),
        ("production-eu", "production-us"),
        ("team-alpha-1", "team-alpha-11"),
        ("team-alpha-1", "team-alpha-2"),
        ("sandbox-*", "sandbox"),
        ("sandbox-*", "sandboxes"),
        ("*Audit*", "Auditor"),
        ("prod", "prods"),
        ("Audit", "ReadOnly"),
        ("[ab]production", "production"),
        ("", "production"),
        ("production", ""),
    ],
)
def test_another_name_is_no_misspelling(glob: str, name: str) -> None:
    assert not is_misspelling(glob, name)


@given(LETTERS, st.data())
def test_every_missing_letter_is_found(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    assert is_misspelling(name[:place] + name[place + 1 :], name)
    assert is_misspelling(name, name[:place] + name[place + 1 :])


@given(st.text(), st.text())
def test_any_text_is_compared(glob: str, name: str) -> None:
    assert isinstance(is_misspelling(glob, name), bool)
