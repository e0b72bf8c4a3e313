# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users by name or e-mail address."""

from __future__ import annotations

import typing as t

import pytest

from support.assignments import lookup, refusal
from support.company import Company


class TestUsers:
    def test_are_found_by_user_name_and_by_address(self, company: Company) -> None:
        prod = company.account("prod")
        for name, email in (("jane", "jane@example.com"), ("joe@example.com", None)):
            company.assign("USER", company.user(name, email), "Admin", prod)
        assert {one["user"] for one in lookup("jane@example.com", "joe@example.com")} == {
            "jane",
            "joe@example.com",
        }

    def test_come_once_however_often_they_are_named(self, company: Company) -> None:
        company.assign("USER", company.user("jane", "jane@example.com"), "Admin", company.account("prod"))
        assert len(lookup("jane", "jane", "jane@example.com")) == 1

    def test_that_nobody_knows_are_all_named(self, company: Company) -> None:
        company.user("jane", "jane@example.com")
        message = refusal("jim", "jane", "jack")
        assert "no user 'jack' and no user 'jim'" in message
        assert "'jane'" not in message

    @pytest.mark.parametrize(
        ("term", "message"),
        [
            ("", "A term is empty"),
            (None, "A term must be a string, not NoneType"),
            ({"user": "jane"}, "A term must be a string, not a dictionary"),
        ],
    )
    def test_are_named_by_strings(self, company: Company, term: t.Any, message: str) -> None:
        assert message in refusal(term)

    def test_may_be_in_a_list_and_integers(self, company: Company) -> None:
        assert "'4711'" in refusal([["nobody@example.com"], 4711])  # type: ignore[arg-type]
