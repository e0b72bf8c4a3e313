# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of messages that all plugins share."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._text import (
    ACCOUNT_ID,
    did_you_mean,
    format_time,
    shortened_list,
)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("sandbx", "Did you mean sandbox?"),
        ("corp2", "Did you mean corp or corp-dev?"),
        ("nothing like it", ""),
        ("", ""),
    ],
)
def test_similar_names_are_offered(name: str, sentence: str) -> None:
    assert did_you_mean(name, ["corp", "corp-dev", "sandbox"]) == sentence


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a, b"),
        (["a", "b", "c"], "a, b and 1 more"),
        (list("abcdef"), "a, b and 4 more"),
    ],
)
def test_long_lists_are_shortened(items: t.List[str], text: str) -> None:
    assert shortened_list(items, 2) == text


def test_times_are_in_utc() -> None:
    tokyo = datetime.timezone(datetime.timedelta(hours=9))
    assert format_time(datetime.datetime(2026, 5, 1, 8, 30, tzinfo=tokyo)) == "2026-04-30T23:30:00Z"


@pytest.mark.parametrize(
    ("text", "valid"), [("012345678901", True), ("12345678901", False), ("٠١٢٣٤٥٦٧٨٩٠١", False), ("", False)]
)
def test_account_ids_have_twelve_ascii_digits(text: str, valid: bool) -> None:
    assert bool(ACCOUNT_ID.fullmatch(text)) is valid
