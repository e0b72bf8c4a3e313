# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pathlib
import threading

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._files.lock import LockTimeout
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import Unreachable
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._processes.single_flight import (
    single_flight,
)

pytestmark = pytest.mark.usefixtures("home")


def test_one_process_at_a_time_requests_a_file() -> None:
    inside, most, lock = 0, 0, threading.Lock()

    def request() -> None:
        nonlocal inside, most
        with single_flight("/a/file", 60):
            with lock:
                inside += 1
                most = max(most, inside)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=request) for _index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_of_those_who_wait_too_long_one_takes_the_place_of_the_process() -> None:
    refused = pytest.raises(Unreachable, match="for 0 seconds")
    with single_flight("/a/file", 1), single_flight("/a/file", 0), refused, single_flight("/a/file", 0):
        pass


def test_the_timeout_of_another_lock_is_reported_unchanged() -> None:
    with pytest.raises(LockTimeout, match="another lock"), single_flight("/a/file", 1):
        raise LockTimeout("another lock")


def test_files_of_different_paths_do_not_wait_for_each_other() -> None:
    with single_flight("/a/file", 1), single_flight("/another/file", 0):
        pass


def test_a_failed_request_is_reported_and_the_next_one_starts(home: pathlib.Path) -> None:
    with pytest.raises(WorkstationError, match="disk"), single_flight("/a/file", 1):
        raise OSError(28, "The disk is full")
    with single_flight("/a/file", 0):
        pass
