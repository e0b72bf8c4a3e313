# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast calls are let through, on a clock that the test turns."""

from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.rate_limit import Backoff, RateLimiter


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_burst_then_a_steady_rate(clock: Clock) -> None:
    pace = RateLimiter(rate=20, burst=10, clock=clock, sleep=clock.sleep)
    turns = []
    for _call in range(110):
        pace.wait()
        turns.append(clock.now - 1000)
    assert turns[:10] == [0] * 10
    assert turns[-1] == pytest.approx(5.0)
    assert all(later - earlier == pytest.approx(0.05) for earlier, later in zip(turns[10:], turns[11:]))


def test_a_pause_earns_no_more_than_the_burst(clock: Clock) -> None:
    pace = RateLimiter(rate=20, burst=3, clock=clock, sleep=clock.sleep)
    clock.now += 3600
    for _call in range(4):
        pace.wait()
    assert clock.slept == [pytest.approx(0.05)]


def test_throttling_slows_down_once_a_second_and_answers_speed_up(clock: Clock) -> None:
    pace = RateLimiter(rate=20, clock=clock, sleep=clock.sleep)
    for _refusal in range(5):
        pace.throttled()
    assert pace.rate == pytest.approx(14)
    clock.now += 1
    pace.throttled()
    assert pace.rate == pytest.approx(9.8)
    before = pace.rate
    for _answer in range(10):
        pace.answered()
    assert before + 0.8 < pace.rate < before + 1.1
    for _answer in range(1000):
        pace.answered()
    assert pace.rate == 20


def test_it_never_stops_altogether(clock: Clock) -> None:
    pace = RateLimiter(rate=20, clock=clock, sleep=clock.sleep)
    for _second in range(60):
        clock.now += 1
        pace.throttled()
    assert pace.rate == 1


def test_after_a_refusal_even_the_burst_waits(clock: Clock) -> None:
    pace = RateLimiter(rate=20, burst=10, clock=clock, sleep=clock.sleep)
    pace.throttled()
    pace.wait()
    assert clock.slept == [pytest.approx(0.05)]


def test_patience_grows_and_ends_in_time(clock: Clock) -> None:
    patience = Backoff(30, clock=clock, sleep=clock.sleep)
    while patience.wait():
        pass
    assert sum(clock.slept) <= 30
    assert len(clock.slept) >= 4
    for earlier, later in zip(clock.slept[:3], clock.slept[1:4]):
        assert later >= earlier
    assert all(0.25 <= seconds <= 8 for seconds in clock.slept)


def test_processes_do_not_come_back_together(clock: Clock) -> None:
    first_delays = set()
    for _process in range(20):
        patience = Backoff(30, clock=clock, sleep=clock.sleep)
        patience.wait()
        first_delays.add(clock.slept[-1])
    assert len(first_delays) > 10
