# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import threading
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._processes import waiting
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._processes.single_flight import (
    single_flight,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._processes.waiting import (
    HolderStopped,
    turn,
)
from support.child_processes import exit_code, start

pytestmark = pytest.mark.usefixtures("home")


@contextlib.contextmanager
def holder(home: pathlib.Path, subject: str = "subject") -> t.Iterator[int]:
    """Another process that holds the lock until the end."""
    taken = home / "taken"

    def hold() -> None:
        with turn(subject, 60, "holds it"):
            taken.touch()
            signal.pause()

    child = start(hold)
    deadline = time.monotonic() + 60
    while not taken.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        exit_code(child)


def test_a_stopped_process_is_not_waited_for_and_named(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_SECONDS_UNTIL_STOPPED", 0.2)
    with holder(home) as child:
        os.kill(child, signal.SIGSTOP)
        text = rf"Process {child} is stopped.*kill -CONT {child}"
        with pytest.raises(HolderStopped, match=text), turn("subject", 600, ""):
            pass
        monkeypatch.setattr(waiting, "_SECONDS_UNTIL_STOPPED", 600)
        with pytest.raises(HolderStopped), turn("subject", 600, ""):
            pass  # the first one has noted it for the others
        os.kill(child, signal.SIGCONT)
        with pytest.raises(waiting.LockTimeout, match="for 1 seconds"), turn("subject", 1, ""):
            pass
    with turn("subject", 60, ""):
        pass


def test_one_of_those_who_wait_for_a_stopped_request_makes_it(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_SECONDS_UNTIL_STOPPED", 0.2)
    inside: list[int] = []
    most: list[int] = []

    def request() -> None:
        with single_flight("/a/file", 600):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.05)
            inside.pop()

    with holder(home, "/a/file") as child:
        os.kill(child, signal.SIGSTOP)
        threads = [threading.Thread(target=request) for _index in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most == [1] * 5


def test_one_process_of_a_run_shows_that_it_waits_for_another_run(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_SECONDS_UNTIL_STOPPED", 0)
    monkeypatch.setattr(waiting, "SECONDS_BETWEEN_PROGRESS", 0.5)
    shown: list[str] = []
    monkeypatch.setattr(waiting, "show", shown.append)

    def wait() -> None:
        with contextlib.suppress(waiting.LockTimeout), turn("subject", 1.2, "requests credentials"):
            pass

    with holder(home) as child:
        threads = [threading.Thread(target=wait) for _index in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert 1 <= len(shown) <= 3
    assert shown[0].startswith(f"Waiting for process {child}, which requests credentials,")


def test_nothing_is_shown_for_a_process_of_the_same_run(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_SECONDS_UNTIL_STOPPED", 0)
    monkeypatch.setattr(waiting, "SECONDS_BETWEEN_PROGRESS", 0.1)
    shown: list[str] = []
    monkeypatch.setattr(waiting, "show", shown.append)
    with turn("subject", 1, ""), contextlib.suppress(waiting.LockTimeout), turn("subject", 0.5, ""):
        pass
    assert not shown
