# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that may never end, or never stop writing: on WSL, in startup files, and of version managers.

PRIVATE to the collection.

AnsibleModule.run_command() has neither a time limit nor a limit of the output, and waits while it runs.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import selectors
import signal
import subprocess
import time
import typing as t

from .commands import RunCommand

TIMED_OUT = 124
"""The exit code of a program that took too long, as of timeout(1)."""
OUTPUT_LIMIT = 1 << 20
"""Bytes of the output and of the errors that are read; more is as if the program took too long."""

_INTERVAL = 0.1
"""Seconds between checks whether a program that writes nothing has exited."""


class RunningProgram:
    """A program that starts at once, in a session of its own, and runs beside other work for *seconds*.

    With all that it started, it ends with this process at the latest. *standard_input* is an open file;
    without one, there is no input. Raises OSError if it cannot be started.
    """

    def __init__(
        self,
        command: t.Sequence[str],
        seconds: float,
        environment: t.Optional[t.Mapping[str, str]] = None,
        directory: t.Optional[str] = None,
        standard_input: t.Optional[t.BinaryIO] = None,
    ) -> None:
        self._deadline = time.monotonic() + seconds
        self._process = subprocess.Popen(  # pylint: disable=ansible-bad-function
            command,
            stdin=standard_input or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=directory,
            start_new_session=True,
        )
        atexit.register(self.stop)

    def result(self) -> t.Tuple[int, bytes, bytes]:
        """Wait for the program, and return its exit code, output and errors."""
        output = self._read()
        status: t.Optional[int] = None
        if output is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = self._process.wait(max(0, self._deadline - time.monotonic()))
        self.stop()
        return (TIMED_OUT, b"", b"") if output is None or status is None else (status, *output)

    def stop(self) -> None:
        """Stop the program and what it started."""
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()
        self._process.wait()
        atexit.unregister(self.stop)

    def _read(self) -> t.Optional[t.Tuple[bytes, bytes]]:
        """What the program writes until it closes its output or ends; None if that takes too long."""
        received: t.Dict[t.Any, bytes] = {self._process.stdout: b"", self._process.stderr: b""}
        with selectors.DefaultSelector() as selector:
            for stream in received:
                selector.register(stream, selectors.EVENT_READ)
            while selector.get_map():
                remaining = self._deadline - time.monotonic()
                ready = selector.select(max(0, min(remaining, _INTERVAL)))
                if not ready and self._process.poll() is not None:
                    break  # what it left in the background has its output open
                if (not ready and remaining <= 0) or max(map(len, received.values())) > OUTPUT_LIMIT:
                    return None
                for key, _events in ready:
                    chunk = os.read(key.fd, 1 << 16)
                    received[key.fileobj] += chunk
                    if not chunk:
                        selector.unregister(key.fileobj)
        return received[self._process.stdout], received[self._process.stderr]


def run_within(seconds: float, environment: t.Optional[t.Mapping[str, str]] = None) -> RunCommand:
    """A function that runs commands for at most *seconds* each, with the variables of *environment* added.

    A command that takes longer has the exit code TIMED_OUT and no output.
    """
    variables = {**os.environ, **(environment or {})}

    def run(command: t.List[str]) -> t.Tuple[int, str, str]:
        status, output, errors = RunningProgram(command, seconds, variables).result()
        return status, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace")

    return run
