# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role workstation costs on many hosts, beside as many bare ping tasks on the same hosts.

    python tests/benchmarks/fleet.py [--hosts 20] [--real]     about five minutes on an idle machine, as root

The hosts are WSL2-like Debians over ssh, with the tools that the role wants and a stub in place of the AWS
CLI; with --real it is the real one. A run on converged hosts and a play with as many ping tasks as it starts
modules take turns; the best of several times counts. Memory is that of ansible-playbook and all its forks
together. Nothing fails when a target is missed: a line says so.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import pathlib
import sys
import tempfile
import threading
import time
import typing as t

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

importlib.import_module("conftest")  # makes the collection importable
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli import installer
from bundles import Mirror, new_key, serving, wheel_with
from end_to_end import real_cli
from end_to_end.controller import Controller, Play
from end_to_end.fleet import FULL, STUB, Fleet, company
from hosts import Host
from identity_center import IdentityCenter, write_browser

ROUNDS = 3
MODULES_A_HOST = 6
RATIO_OF_PINGS = 2.0

COLLECTIONS = pathlib.Path(str(installer.__file__).partition("/ansible_collections/")[0])


class Cost(t.NamedTuple):
    """Seconds on the wall, and the most memory in MB that all processes of the play had at one time."""

    seconds: float
    memory: float


def measured(play: Play) -> Cost:
    start = time.perf_counter()
    with play, Memory(play.process) as memory:
        play.succeed(1800)
    return Cost(time.perf_counter() - start, memory.peak / 1024)


class Memory(threading.Thread):
    """Looks now and then how much memory a process and its descendants have together."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self._process = process
        self._over = threading.Event()
        self.peak = 0

    def run(self) -> None:
        while not self._over.wait(0.2):
            self.peak = max(self.peak, sum(map(proportional_memory, descendants(self._process))))

    def __enter__(self) -> Memory:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self.join()


def descendants(process: int) -> list[int]:
    found = [process]
    with contextlib.suppress(OSError):
        children = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()
        found += [other for child in children for other in descendants(int(child))]
    return found


def proportional_memory(process: int) -> int:
    """In kB; what processes share counts once in the sum."""
    with contextlib.suppress(OSError, StopIteration):
        lines = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return 0


def pings(count: int) -> str:
    tasks = "    - ansible.builtin.ping:\n" * count
    return f"- hosts: wsl\n  gather_facts: false\n  tasks:\n{tasks}"


@contextlib.contextmanager
def fleet_of(count: int, real: bool) -> t.Iterator[Fleet]:
    with contextlib.ExitStack() as stack:
        scratch = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fleet-")))
        center = stack.enter_context(IdentityCenter())
        mirror = Mirror(scratch / "mirror", stack.enter_context(new_key()))
        mirror.directory.mkdir()
        if real:
            mirror.add_wheel(wheel_with(real_cli.CURRENT))
        else:
            mirror.add_stub(real_cli.CURRENT, STUB)
        url = stack.enter_context(serving(mirror.directory))
        (scratch / "home").mkdir()
        controller = Controller(scratch / "home", COLLECTIONS, center.environment())
        variables = company(center, url, mirror.key, real_cli.CURRENT)
        fleet = Fleet(controller, write_browser(str(scratch / "browser")), variables)
        for number in range(count):
            name = f"bench-{os.getpid()}-{number}"
            fleet.add(stack.enter_context(Host(name, environment=center.environment(), packages=FULL)))
        yield fleet


def report(what: str, value: float, unit: str, limit: float | None = None) -> None:
    verdict = "" if limit is None else f"   at most {limit:.1f}: {'kept' if value <= limit else 'MISSED'}"
    print(f"{what:<58}{value:>8.2f} {unit}{verdict}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--real", action="store_true", help="install the real AWS CLI, 250 MB on each host")
    options = parser.parse_args()
    with fleet_of(options.hosts, options.real) as fleet:
        first = measured(fleet.play("workstation.aws_sso.workstation"))
        report("first run", first.seconds, "s")
        report("its peak of memory on the controller", first.memory, "MB")

        fleet.python_starts()
        converged = [measured(fleet.play("workstation.aws_sso.workstation"))]
        modules = max(fleet.python_starts().values())
        report("module executions on a converged host", modules, "", MODULES_A_HOST)

        ping = []
        for _round in range(ROUNDS):
            ping.append(measured(fleet.play(pings(modules))))
            converged.append(measured(fleet.play("workstation.aws_sso.workstation")))
        best, best_ping = min(converged), min(ping)
        report("converged run", best.seconds, "s")
        report(f"{modules} pings", best_ping.seconds, "s")
        report("converged run / pings", best.seconds / best_ping.seconds, "x", RATIO_OF_PINGS)
        report("peak of memory on the controller", max(cost.memory for cost in converged), "MB")
        report("peak of memory of the pings", max(cost.memory for cost in ping), "MB")


if __name__ == "__main__":
    main()
