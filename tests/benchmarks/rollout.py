# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the laptops of a company cost its web server, and when they have a new version: a simulation.

    python tests/benchmarks/rollout.py [--laptops 10000] [--seed 1]     prints the tables of docs/laptops.md

Three weeks of minutes, from a Monday on; a version is published on the second Tuesday at 10:00. Whether a
laptop installs it is decided by the code that decides it on laptops. The timer is that of systemd: due at
midnight, late when the laptop was off, and after a random delay that starts anew with each start of WSL.

A laptop is used on nine of ten workdays, from about 8:45 to about 17:15, all in one time zone. Seven of ten
have a terminal open all day, so that WSL runs; the others open one for 5 to 60 minutes, two to four times a
day. Machines that are always on, such as desktops, are the worst case of a timer without a delay.
"""

from __future__ import annotations

import argparse
import collections
import datetime
import importlib
import pathlib
import random
import sys
import typing as t

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

importlib.import_module("conftest")  # makes the collection importable
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import (
    File,
    Manifest,
    Ring,
    Rollout,
    Settings,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.rollout import decide

START = datetime.datetime(2026, 11, 2, tzinfo=datetime.timezone.utc)
DAY = 24 * 60
DAYS = 21
PUBLISHED = 8 * DAY + 10 * 60
USUAL_DAYS = (1, 2, 3, 4, 7)
"""The workdays from the first Tuesday to the second Monday."""

REQUESTS_OF_AN_UPDATE = 5
"""The signature, the collection, company.yml, variables.json and the updater; wheels are reused."""
BYTES_OF_A_CHECK = 5_000
"""A conditional request, its answer 304, and the handshake of TLS 1.3 with a chain of two certificates."""
BYTES_OF_AN_UPDATE = 1_400_000
"""The collection's archive is nearly all of it; that of version 0.1.0 has 1.1 MB."""

DELAY_OF_SHELLS = 10
"""Minutes; the check of a login shell starts within them."""
HOURS = 60

Session = t.Tuple[float, float]
"""When WSL starts and stops, in minutes since the first midnight."""
Checks = t.List[float]


class Schedule(t.NamedTuple):
    """*delay*: the random delay of the timer in minutes; None for no timer.

    A login shell starts a check when none was *after* minutes before; None for never. With a timer, that is
    the last check, otherwise the last one that a login shell started.
    """

    delay: t.Optional[float]
    after: t.Optional[float] = None


Fleet = t.Callable[[random.Random], t.List[Session]]
"""Makes a machine: when WSL runs there."""


def laptop(rng: random.Random) -> t.List[Session]:
    all_day = rng.random() < 0.7
    usual_start, usual_end = rng.gauss(8.75 * 60, 30), rng.gauss(17.25 * 60, 45)
    found = []
    for day in range(DAYS):
        if day % 7 >= 5 or rng.random() < 0.1:
            continue
        start = day * DAY + max(5 * 60, rng.gauss(usual_start, 10))
        end = day * DAY + min(23 * 60, max(usual_start + 120, rng.gauss(usual_end, 20)))
        found += [(start, end)] if all_day else short_sessions(rng, start, end)
    return found


def short_sessions(rng: random.Random, start: float, end: float) -> t.List[Session]:
    found: t.List[Session] = []
    for begin in sorted(rng.uniform(start, end) for _start in range(rng.randint(2, 4))):
        after_the_last = found[-1][1] + 1 if found else 0
        begin = max(begin, after_the_last)
        found.append((begin, begin + rng.uniform(5, 60)))
    return found


def always_on(_rng: random.Random) -> t.List[Session]:
    return [(0, DAYS * DAY)]


def checks(sessions: t.Sequence[Session], schedule: Schedule, rng: random.Random) -> Checks:
    """When a laptop looks for a new version."""
    found: Checks = []
    due, last = 0.0, -float("inf")
    for start, end in sessions:
        if schedule.after is not None and start - last > schedule.after:
            last = start
            found += in_time(start + rng.uniform(0, DELAY_OF_SHELLS), end)
        if schedule.delay is None:
            continue
        when = max(due, start) + rng.uniform(0, schedule.delay)
        while when < end:
            found.append(when)
            last = max(last, when)
            due = (when // DAY + 1) * DAY
            when = due + rng.uniform(0, schedule.delay)
    return sorted(found)


def in_time(check: float, end: float) -> Checks:
    """The check, unless WSL stops before it."""
    return [check] if check < end else []


def manifest(rollout: Rollout) -> Manifest:
    return Manifest(
        name="acme",
        version="2",
        serial=2,
        issued=moment(PUBLISHED),
        expires=moment(90 * DAY),
        files={"2/x": File("0" * 64, 1)},
        collection="2/x",
        updater="2/x",
        company="2/x",
        variables="2/x",
        environments={},
        keys=[],
        settings=Settings(),
        rollout=rollout,
    )


def moment(minute: float) -> datetime.datetime:
    return START + datetime.timedelta(minutes=minute)


class Result(t.NamedTuple):
    """*busiest*: requests in a minute; *usual*: without a new version, and megabytes of such a workday.

    *half* and *most* are hours until 50 % and 99 % of the laptops have the new version.
    """

    busiest_usual: int
    busiest: int
    megabytes_usual: float
    half: float
    most: float


def simulate(fleet: Fleet, schedule: Schedule, rollout: Rollout, laptops: int, seed: int) -> Result:
    rng = random.Random(seed)
    new = manifest(rollout)
    requests: t.Counter[int] = collections.Counter()
    installed: t.List[float] = []
    for number in range(laptops):
        times = checks(fleet(rng), schedule, rng)
        requests.update(int(minute) for minute in times)
        host = f"laptop-{number:05}"
        update = next((m for m in times if m >= PUBLISHED and decide(new, host, moment(m)).install), None)
        if update is not None:
            installed.append(update - PUBLISHED)
            requests[int(update)] += REQUESTS_OF_AN_UPDATE
    installed.sort()
    usual = [count for minute, count in requests.items() if minute // DAY in USUAL_DAYS]
    return Result(
        busiest_usual=max(usual),
        busiest=max(requests.values()),
        megabytes_usual=sum(usual) / len(USUAL_DAYS) * BYTES_OF_A_CHECK / 1e6,
        half=hours_until(0.5, installed, laptops),
        most=hours_until(0.99, installed, laptops),
    )


def hours_until(share: float, minutes: t.Sequence[float], laptops: int) -> float:
    """Hours until *share* of the laptops are updated; infinite if that takes longer than the simulation."""
    rank = int(laptops * share) - 1
    return minutes[rank] / 60 if rank < len(minutes) else float("inf")


SCHEDULES: t.Dict[str, t.Tuple[Fleet, Schedule]] = {
    "timer, no random delay": (laptop, Schedule(0)),
    "timer, up to 15 minutes": (laptop, Schedule(15)),
    "timer, up to 60 minutes": (laptop, Schedule(60)),
    "timer, up to 240 minutes": (laptop, Schedule(240)),
    "timer, up to 240 minutes, and login shells after two days": (laptop, Schedule(240, 48 * HOURS)),
    "login shells after 24 hours, without a timer": (laptop, Schedule(None, 24 * HOURS)),
    "login shells after 20 hours, without a timer": (laptop, Schedule(None, 20 * HOURS)),
    "machines that are always on: timer, no random delay": (always_on, Schedule(0)),
    "machines that are always on: timer, up to 240 minutes": (always_on, Schedule(240)),
}
ROLLOUTS = {
    "no rings": [(100, 0)],
    "1 % at once, 10 % after one day, 100 % after three": [(1, 0), (10, DAY), (100, 3 * DAY)],
    "20 % more each day, from 06:00 on": [
        (20, 0),
        *((20 * day + 20, day * DAY - 240) for day in range(1, 5)),
    ],
}


def rings(entries: t.Sequence[t.Tuple[float, int]]) -> Rollout:
    """Rings of a percentage each, from so many minutes after the publication on."""
    return Rollout(rings=tuple(Ring(percent, moment(PUBLISHED + start)) for percent, start in entries))


def row(*cells: object) -> None:
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def hours(value: float) -> str:
    return "more than two weeks" if value == float("inf") else f"{value:.0f} h"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--laptops", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    row("Schedule", "busiest minute", "with a new version", "a usual workday", "50 % updated", "99 % updated")
    row(*["---"] * 6)
    for name, (fleet, schedule) in SCHEDULES.items():
        found = simulate(fleet, schedule, Rollout(), options.laptops, options.seed)
        busiest, megabytes = f"{found.busiest_usual} requests", f"{found.megabytes_usual:.0f} MB"
        row(name, busiest, found.busiest, megabytes, hours(found.half), hours(found.most))
    print()
    row("Rings", "busiest minute", "50 % updated", "99 % updated")
    row(*["---"] * 4)
    for name, entries in ROLLOUTS.items():
        found = simulate(laptop, Schedule(240, 48 * HOURS), rings(entries), options.laptops, options.seed)
        row(name, f"{found.busiest} requests", hours(found.half), hours(found.most))
    print(f"\nDownloads of a version: {options.laptops * BYTES_OF_AN_UPDATE / 1e9:.0f} GB")


if __name__ == "__main__":
    main()
