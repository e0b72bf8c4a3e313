# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import itertools
import time

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.paced_client import in_parallel
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
