# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import itertools
import time

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import paced_client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.paced_client import in_parallel, pages
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import Unreachable


def test_the_first_failure_cancels_parallel_calls() -> None:
    called: list[int] = []

    def call(number: int) -> None:
        called.append(number)
        if number == 0:
            raise Unreachable("gone")
        time.sleep(0.05)

    with pytest.raises(Unreachable):
        in_parallel(call, range(1000))
    assert len(called) < 100


def test_the_progress_of_parallel_calls_is_reported_every_ten_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reported: list[tuple[int, int]] = []
    clock = itertools.count(0, 4)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    in_parallel(str, range(9), lambda done, total: reported.append((done, total)))
    assert 2 <= len(reported) <= 5
    assert {total for _done, total in reported} == {9}


@pytest.mark.parametrize("tokens", [["one", "one"], ["one", "two", "one"]])
def test_a_page_token_that_is_repeated_is_an_error(tokens: list[str]) -> None:
    calls: list[object] = []

    def call(operation: str, **parameters: object) -> dict[str, object]:
        calls.append(parameters.get("NextToken"))
        return {"Items": [1], "NextToken": tokens[(len(calls) - 1) % len(tokens)]}

    with pytest.raises(Unreachable, match="The pages of list_things do not end"):
        list(pages(call, "list_things", "Items"))
    assert len(calls) <= len(tokens)


def test_pages_without_an_end_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paced_client, "_MOST_PAGES", 50)
    numbers = itertools.count(1)
    with pytest.raises(Unreachable, match="do not end: after 50,"):
        list(pages(lambda *_, **__: {"Items": [1], "NextToken": str(next(numbers))}, "list_things", "Items"))
    assert next(numbers) == 51


def test_empty_pages_in_between_are_not_the_end() -> None:
    answers = iter([{"NextToken": "a"}, {"Items": [], "NextToken": "b"}, {"Items": [1]}])
    assert list(pages(lambda *_, **__: next(answers), "list_things", "Items")) == [1]
