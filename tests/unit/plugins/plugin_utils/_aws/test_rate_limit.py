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


def test_a_burst_is_followed_by_a_steady_rate(clock: Clock) -> None:
    limiter = RateLimiter(rate=20, burst=10, clock=clock, sleep=clock.sleep)
    turns = []
    for _call in range(110):
        limiter.wait()
        turns.append(clock.now - 1000)
    assert turns[:10] == [0] * 10
    assert turns[-1] == pytest.approx(5.0)
    assert all(later - earlier == pytest.approx(0.05) for earlier, later in zip(turns[10:], turns[11:]))


def test_a_pause_allows_no_more_than_the_burst(clock: Clock) -> None:
    limiter = RateLimiter(rate=20, burst=3, clock=clock, sleep=clock.sleep)
    clock.now += 3600
    for _call in range(4):
        limiter.wait()
    assert clock.slept == [pytest.approx(0.05)]


def test_the_rate_falls_once_a_second_and_rises_with_answers(clock: Clock) -> None:
    limiter = RateLimiter(rate=20, clock=clock, sleep=clock.sleep)
    for _refusal in range(5):
        limiter.throttled()
    assert limiter.rate == pytest.approx(14)
    clock.now += 1
    limiter.throttled()
    assert limiter.rate == pytest.approx(9.8)
    before = limiter.rate
    for _answer in range(10):
        limiter.answered()
    assert before + 0.8 < limiter.rate < before + 1.1
    for _answer in range(1000):
        limiter.answered()
    assert limiter.rate == 20


def test_the_rate_never_falls_below_one_call_a_second(clock: Clock) -> None:
    limiter = RateLimiter(rate=20, clock=clock, sleep=clock.sleep)
    for _second in range(60):
        clock.now += 1
        limiter.throttled()
    assert limiter.rate == 1


def test_after_throttling_the_burst_waits_too(clock: Clock) -> None:
    limiter = RateLimiter(rate=20, burst=10, clock=clock, sleep=clock.sleep)
    limiter.throttled()
    limiter.wait()
    assert clock.slept == [pytest.approx(0.05)]


def test_a_backoff_grows_and_ends_in_time(clock: Clock) -> None:
    backoff = Backoff(30, clock=clock, sleep=clock.sleep)
    while backoff.wait():
        pass
    assert sum(clock.slept) <= 30
    assert len(clock.slept) >= 4
    for earlier, later in zip(clock.slept[:3], clock.slept[1:4]):
        assert later >= earlier
    assert all(0.25 <= seconds <= 8 for seconds in clock.slept)


def test_processes_do_not_retry_together(clock: Clock) -> None:
    first_delays = set()
    for _process in range(20):
        backoff = Backoff(30, clock=clock, sleep=clock.sleep)
        backoff.wait()
        first_delays.add(clock.slept[-1])
    assert len(first_delays) > 10
