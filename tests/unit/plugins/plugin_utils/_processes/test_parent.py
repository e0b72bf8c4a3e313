# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes: a run that ends, and its worker, forked as ansible-core does it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pathlib
import threading
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._files.lock import LockTimeout, locked
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._processes.parent import (
    completes_first,
    ends_with_parent,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._processes.single_flight import (
    single_flight,
)
from support import child_processes

pytestmark = pytest.mark.usefixtures("home")


def run_that_ends(work: t.Callable[[], object], began: pathlib.Path) -> None:
    """Fork a run, which forks a worker that does *work*; the run is killed as soon as the worker *began*."""

    def run() -> None:
        worker = multiprocessing.get_context("fork").Process(target=work)
        worker.start()
        while not began.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), 9)

    assert child_processes.exit_code(child_processes.start(run)) == -9


def seconds_until(done: t.Callable[[], bool], limit: float = 60) -> float:
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < limit
        time.sleep(0.05)
    return time.monotonic() - began


def is_free(subject: str) -> bool:
    with contextlib.suppress(LockTimeout), locked(subject, 0):
        return True
    return False


@pytest.mark.parametrize("waits", [time.sleep, lambda seconds: threading.Event().wait(seconds)])
def test_a_worker_without_a_run_releases_its_locks(
    tmp_path: pathlib.Path, waits: t.Callable[[float], object]
) -> None:
    began = tmp_path / "began"

    def work() -> None:
        with ends_with_parent(), locked("a subject", 0):
            began.touch()
            waits(300)

    run_that_ends(work, began)
    seconds_until(lambda: is_free("a subject"))


def test_one_that_waits_for_the_response_of_another_ends(tmp_path: pathlib.Path) -> None:
    began, path = tmp_path / "began", str(tmp_path / "a file")
    process = tmp_path / "process"

    def work() -> None:
        process.write_text(str(os.getpid()))
        began.touch()
        with single_flight(path, 300):
            pass

    with locked(path, 0):
        run_that_ends(work, began)
        seconds_until(lambda: not pathlib.Path("/proc", process.read_text(), "exe").exists())


def test_what_cannot_be_repeated_is_completed(tmp_path: pathlib.Path) -> None:
    began, done, after = (tmp_path / name for name in ("began", "done", "after"))

    def work() -> None:
        with ends_with_parent(), locked("a subject", 0):
            with completes_first():
                began.touch()
                time.sleep(2)
                done.touch()
            time.sleep(300)
            after.touch()

    run_that_ends(work, began)
    seconds_until(lambda: is_free("a subject"))
    assert done.exists() and not after.exists()


def test_a_worker_goes_on_when_nothing_waits_any_more(tmp_path: pathlib.Path) -> None:
    began, done = tmp_path / "began", tmp_path / "done"

    def work() -> None:
        with ends_with_parent():
            pass
        with ends_with_parent(), completes_first():
            began.touch()
            time.sleep(2)
        time.sleep(2)
        done.touch()

    run_that_ends(work, began)
    seconds_until(done.exists)


def test_the_run_itself_may_outlive_the_shell_that_started_it(tmp_path: pathlib.Path) -> None:
    done = tmp_path / "done"

    def run() -> None:
        with ends_with_parent():
            seconds_until(lambda: os.getppid() != shell)
            time.sleep(1.5)
        done.touch()

    def start_and_exit() -> None:
        nonlocal shell
        shell = os.getpid()
        child_processes.start(run)

    shell = 0
    assert child_processes.exit_code(child_processes.start(start_and_exit)) == 0
    seconds_until(done.exists)
