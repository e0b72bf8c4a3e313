# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast to call a service that throttles: spaced calls of many threads, and jittered waits before a retry.

PRIVATE to the collection. botocore has ``retries={"mode": "adaptive"}`` for this, which has no limit at first
and derives the rate of a service from its refusals: each worker of Ansible would have to find it again, by
calls refused with 429 at the expense of all users of the instance. The rate is known in advance, so it is
applied from the first call on, and listing 400 accounts is not throttled at all (the part "access" of
tests/benchmarks/credentials.py).
"""

from __future__ import annotations

import random
import threading
import time
import typing as t

PORTAL_RATE = 20.0
"""Calls per second that the portal of IAM Identity Center answers, all users of an instance together."""

PORTAL_QUOTA = (
    f"About {PORTAL_RATE:.0f} calls a second are allowed for all users of your IAM Identity Center."
)

ORGANIZATIONS_RATE = 5.0
ORGANIZATIONS_BURST = 5
"""Calls per second to AWS Organizations. AWS limits each of its operations for all tools that use the account
together, ListRoots to one call a second (Organizations User Guide, "Quotas and service limits"). Other tools
need a part of that, so the rate is low from the first call on, and falls further while AWS throttles.
"""

ORGANIZATIONS_QUOTA = (
    "AWS Organizations allows a few calls a second, for all tools that use the account together."
)

_SLOWEST_RATE = 1.0
"""Calls per second; the share of one process when about twenty list their access at the same time."""
_BACK_OFF = 0.7
"""The factor of botocore's adaptive mode and of TCP CUBIC."""
_LONGEST_DELAY = 8.0
"""Seconds; an eighth of the time after which paced_client.py gives up."""

Clock = t.Callable[[], float]
Sleep = t.Callable[[float], None]


class RateLimiter:
    """Lets threads call *rate* times a second after a first *burst*.

    The rate falls by a third when the service throttles, at most once in a second, and rises by one call a
    second in each second without: additive increase and multiplicative decrease, as TCP shares a line.
    """

    def __init__(
        self,
        rate: float = PORTAL_RATE,
        burst: int = 15,
        clock: Clock = time.monotonic,
        sleep: Sleep = time.sleep,
    ) -> None:
        self.rate = rate
        self._full_rate = rate
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = clock() - (burst - 1) / rate
        self._slowed_at = -1.0

    def wait(self) -> None:
        """Return when it is the caller's turn."""
        with self._lock:
            now = self._clock()
            turn = max(self._next, now - (self._burst - 1) / self.rate)
            self._next = turn + 1 / self.rate
        if turn > now:
            self._sleep(turn - now)

    def answered(self) -> None:
        """Record that the service answered a call."""
        with self._lock:
            self.rate = min(self._full_rate, self.rate + 1 / self.rate)

    def throttled(self) -> None:
        """Record that the service refused a call because there were too many."""
        with self._lock:
            now = self._clock()
            self._next = max(self._next, now + 1 / self.rate)
            if now - self._slowed_at >= 1:
                self._slowed_at = now
                self.rate = max(_SLOWEST_RATE, self.rate * _BACK_OFF)


class Backoff:
    """The waits between the attempts of one call: random, increasing, and no more than *seconds* in all.

    They are random so that processes which were throttled together do not retry together. The header
    Retry-After is not read: the waits reach eight seconds by themselves, and a service that is busy for
    longer than *seconds* ends the call with an error either way.
    """

    def __init__(self, seconds: float, clock: Clock = time.monotonic, sleep: Sleep = time.sleep) -> None:
        self.seconds = seconds
        self.attempts = 0
        self._clock = clock
        self._sleep = sleep
        self._end = clock() + seconds

    def wait(self) -> bool:
        """Wait before another attempt; return False at once if there is no time left for one."""
        self.attempts += 1
        delay = random.uniform(0.5, 1) * min(_LONGEST_DELAY, 0.5 * 2 ** (self.attempts - 1))
        if self._clock() + delay > self._end:
            return False
        self._sleep(delay)
        return True
