# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that other programs truncate and write in pieces are read when they are complete."""

from __future__ import annotations

import os
import pathlib
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._files import snapshot as snapshot_module
from ansible_collections.workstation.aws_sso.plugins.module_utils._files.lock import locked
from ansible_collections.workstation.aws_sso.plugins.module_utils._files.snapshot import Snapshot, remember
from support.child_processes import exit_code, start

PIECES = [b"first\n", b"second\n", b"third\n", b"end\n"]


def is_complete(content: bytes) -> bool:
    return content.endswith(b"end\n")


def write_slowly(path: pathlib.Path, pause: float, started: pathlib.Path) -> None:
    with path.open("wb", buffering=0) as stream:
        started.touch()
        for piece in PIECES:
            time.sleep(pause)
            stream.write(piece)


def wait_for(path: pathlib.Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.mark.parametrize("pause", [0.002, 0.02, 0.07, 0.2])
@pytest.mark.parametrize("complete", [is_complete, bool], ids=["recognizable", "not recognizable"])
def test_a_file_is_read_when_its_writer_has_finished(
    tmp_path: pathlib.Path, pause: float, complete: t.Callable[[bytes], bool]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old end\n")
    child = start(lambda: write_slowly(path, pause, tmp_path / "started"))
    wait_for(tmp_path / "started")
    with Snapshot(str(path), complete) as snapshot:
        assert snapshot.content == b"".join(PIECES)
        assert snapshot.is_current()
    assert exit_code(child) == 0


def test_what_is_written_to_the_replaced_file_is_found(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old end\n")
    os.utime(path, (0, 0))
    with Snapshot(str(path), is_complete) as snapshot, path.open("r+b", buffering=0) as late:
        assert snapshot.late_content(is_complete) is None
        (tmp_path / "new").write_bytes(b"ours end\n")
        os.replace(tmp_path / "new", path)
        assert snapshot.late_content(is_complete) is None
        late.truncate(0)
        late.write(b"theirs end\n")
        assert snapshot.late_content(is_complete) == b"theirs end\n"
        assert not snapshot.is_current()


def test_only_recent_writes_of_others_are_waited_for(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: t.List[float] = []
    sleep = time.sleep
    monkeypatch.setattr(
        snapshot_module.time, "sleep", lambda seconds: (pauses.append(seconds), sleep(seconds))
    )
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "file"
    path.write_bytes(b"incomplete, but old")
    os.utime(path, (time.time() - 3600,) * 2)
    with Snapshot(str(path), is_complete) as snapshot:
        assert snapshot.content == b"incomplete, but old" and not pauses
    path.write_bytes(b"ours end\n")
    with locked(str(path), 10) as note:
        remember(str(path), note)
    with locked(str(path), 10) as note, Snapshot(str(path), is_complete, note) as snapshot:
        assert snapshot.content == b"ours end\n" and not pauses
    path.write_bytes(b"theirs end\n")
    with locked(str(path), 10) as note, Snapshot(str(path), is_complete, note) as snapshot:
        assert snapshot.content == b"theirs end\n" and pauses


def test_a_clock_that_is_behind_the_file_is_no_reason_to_wait_for_ever(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"from the future end\n")
    os.utime(path, (time.time() + 3600,) * 2)
    with Snapshot(str(path), is_complete) as snapshot:
        assert snapshot.content == b"from the future end\n"


@pytest.mark.parametrize("name", ["missing", "missing/file", "dangling", "."])
def test_what_is_no_file_has_no_content(tmp_path: pathlib.Path, name: str) -> None:
    (tmp_path / "dangling").symlink_to("nowhere")
    with Snapshot(str(tmp_path / name), is_complete) as snapshot:
        assert snapshot.content is None
        assert snapshot.late_content(is_complete) is None


def test_a_file_that_never_stops_changing_is_an_error(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.touch()

    def change(seconds: float) -> None:
        with path.open("ab") as stream:
            stream.write(b"more\n")

    monkeypatch.setattr(snapshot_module.time, "sleep", change)
    monkeypatch.setattr(snapshot_module, "_LONGEST_WAIT", 0.2)
    with pytest.raises(TimeoutError, match="keeps changing"):
        Snapshot(str(path), is_complete)
