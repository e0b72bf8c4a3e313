# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real programs that end, hang, write without end, or leave processes behind."""

from __future__ import annotations

import os
import pathlib
import time

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host.running_program import (
    TIMED_OUT,
    RunningProgram,
    run_within,
)

PATIENTLY = run_within(60)


def is_running(process: int) -> bool:
    try:
        state = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_exit_code_output_and_errors_are_returned() -> None:
    assert PATIENTLY(["sh", "-c", "echo out; echo err >&2; exit 3"]) == (3, "out\n", "err\n")


def test_large_output_and_invalid_utf8_are_read() -> None:
    status, output, errors = PATIENTLY(["sh", "-c", "head -c 300000 /dev/zero; printf '\\377' >&2"])
    assert (status, len(output), errors) == (0, 300000, "\N{REPLACEMENT CHARACTER}")


def test_a_file_is_the_input(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 300_000)
    with (tmp_path / "file").open("rb") as stream:
        status, output, _errors = RunningProgram(["wc", "-c"], 60, standard_input=stream).result()
    assert (status, output.strip()) == (0, b"300000")


def test_program_has_no_input() -> None:
    assert PATIENTLY(["cat"]) == (0, "", "")


def test_variables_are_added_to_the_environment() -> None:
    run = run_within(60, {"GREETING": "hello"})
    assert run(["sh", "-c", 'echo "$GREETING"; cd "$HOME"'])[:2] == (0, "hello\n")


@pytest.mark.parametrize(
    "script", ["sleep 300", "sleep 300; :", "exec >&- 2>&-; sleep 300", "trap '' TERM; sleep 300; :"]
)
def test_program_that_hangs_is_stopped(script: str) -> None:
    started = time.monotonic()
    assert run_within(0.3)(["sh", "-c", script]) == (TIMED_OUT, "", "")
    assert time.monotonic() - started < 30


def test_program_that_leaves_a_process_with_its_output_has_ended() -> None:
    """As a startup file does that starts an agent in the background."""
    assert PATIENTLY(["sh", "-c", "sleep 300 & echo out; exit 3"]) == (3, "out\n", "")


def test_program_that_writes_without_end_is_stopped() -> None:
    assert run_within(60)(["yes"]) == (TIMED_OUT, "", "")


def test_what_the_program_started_is_stopped_too(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "pid"
    assert run_within(1)(["sh", "-c", f"sleep 300 & echo $! > {file}; wait"])[0] == TIMED_OUT
    process = int(file.read_text())
    deadline = time.monotonic() + 30
    while is_running(process) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(process)


@pytest.mark.parametrize("content", [None, "", "#!/nonexistent\n"])
def test_program_that_cannot_be_started_is_an_oserror(tmp_path: pathlib.Path, content: str | None) -> None:
    program = tmp_path / "program"
    if content is not None:
        program.write_text(content)
        program.chmod(0o755)
    with pytest.raises(OSError, match=str(program)):
        PATIENTLY([str(program)])


def test_program_that_is_stopped_early_leaves_nothing_open() -> None:
    before = len(os.listdir("/proc/self/fd"))
    RunningProgram(["sleep", "300"], 60).stop()
    assert len(os.listdir("/proc/self/fd")) == before
