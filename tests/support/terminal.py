# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs in a terminal of their own."""

from __future__ import annotations

import io
import os
import re
import typing as t

import pexpect

_ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """*command* in a terminal of its own; leaving the ``with`` statement ends it."""

    def __init__(
        self,
        command: t.Sequence[str],
        directory: t.Union[str, os.PathLike[str], None] = None,
        environment: t.Optional[t.Mapping[str, str]] = None,
        lines: int = 24,
        columns: int = 80,
        recorded: t.Optional[io.StringIO] = None,
    ) -> None:
        """All that is shown is also written to *recorded*, at the time when it is read."""
        self._recorded = io.StringIO() if recorded is None else recorded
        self._program = pexpect.spawn(
            command[0],
            list(command[1:]),
            cwd=None if directory is None else os.fspath(directory),
            env=os.environ if environment is None else t.cast(t.Any, environment),
            encoding="utf-8",
            codec_errors="replace",
            timeout=60,
            dimensions=(lines, columns),
        )
        self._program.logfile_read = self._recorded

    @property
    def output(self) -> str:
        """All that was shown, with plain line ends."""
        return self._recorded.getvalue().replace("\r\n", "\n")

    @property
    def text(self) -> str:
        """All that was shown, without escape sequences."""
        return _plain(self._recorded.getvalue())

    def text_since(self, position: int) -> str:
        """The text after *position*, which is a result of position()."""
        return _plain(self._recorded.getvalue()[position:])

    def position(self) -> int:
        return len(self._recorded.getvalue())

    def type(self, line: str) -> None:
        self._program.sendline(line)

    def press(self, keys: str) -> None:
        self._program.send(keys)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._program.sendintr()

    def wait_for(self, pattern: str, seconds: float = 300) -> str:
        """Wait until *pattern* is shown; returns what matched."""
        try:
            self._program.expect(pattern, timeout=seconds)
        except (pexpect.TIMEOUT, pexpect.EOF):
            raise AssertionError(f"no {pattern!r} in:\n{self.text}") from None
        return str(self._program.after)

    def wait_until(self, done: t.Callable[[str], bool], seconds: float = 300) -> str:
        """Wait until *done* is true of the output; returns the output."""
        while not done(self.output):
            self.wait_for(".+", seconds)
        return self.output

    def exit_status(self, seconds: float = 300) -> int:
        """Wait until the program exits; returns its status."""
        self._program.expect(pexpect.EOF, timeout=seconds)
        self._program.close()
        return self._program.exitstatus if self._program.exitstatus is not None else -1

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._program.close(force=True)


def _plain(text: str) -> str:
    return _ESCAPE_SEQUENCE.sub("", text).replace("\r", "")
