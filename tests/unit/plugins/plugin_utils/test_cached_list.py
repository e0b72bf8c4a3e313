# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that several processes need at the same time are requested once."""

from __future__ import annotations

import concurrent.futures
import pathlib
import threading
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _cached_list
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._cached_list import cached_list

pytestmark = pytest.mark.usefixtures("home")


class Listing:
    """A list whose *requests* are counted."""

    def __init__(self) -> None:
        self.requests = 0

    def __call__(self) -> list[dict[str, t.Any]]:
        self.requests += 1
        return [{"number": self.requests}]


def test_a_list_is_reused_until_it_is_too_old(tmp_path: pathlib.Path) -> None:
    path, listing = str(tmp_path / "list.json"), Listing()
    assert cached_list(path, 60, listing) == cached_list(path, 60, listing) == [{"number": 1}]
    assert cached_list(path, 0, listing) == [{"number": 2}]
    assert cached_list(path, 60, listing, lambda: time.time() + 1) == [{"number": 3}]


def test_a_damaged_file_is_replaced(tmp_path: pathlib.Path) -> None:
    path, listing = tmp_path / "list.json", Listing()
    path.write_text('{"access": ')
    assert cached_list(str(path), 60, listing) == [{"number": 1}]
    assert cached_list(str(path), 60, listing) == [{"number": 1}]


def test_a_caller_shares_a_list_that_is_being_written(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, listing = str(tmp_path / "list.json"), Listing()
    listed, second_waits = threading.Event(), threading.Event()
    replace_file, single_flight = _cached_list.replace_file, _cached_list.single_flight

    def slow_replace_file(*arguments: t.Any) -> None:
        listed.set()
        assert second_waits.wait(30)
        replace_file(*arguments)

    def noted_single_flight(*arguments: t.Any) -> t.Any:
        if listed.is_set():
            second_waits.set()
        return single_flight(*arguments)

    monkeypatch.setattr(_cached_list, "replace_file", slow_replace_file)
    monkeypatch.setattr(_cached_list, "single_flight", noted_single_flight)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        first = pool.submit(cached_list, path, 60, listing)
        assert listed.wait(30)
        assert cached_list(path, 60, listing) == first.result() == [{"number": 1}]
