# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller: a scratch home, and playbooks whose output is read while they run."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import threading
import time
import types
import typing as t


class Play:
    """A running ansible-playbook; a ``with`` statement ends it with the test."""

    def __init__(self, command: t.Sequence[str], directory: pathlib.Path, environment: t.Mapping[str, str]):
        self._output = ""
        self._grown = threading.Condition()
        self._process = subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._grown:
                self._output += line
                self._grown.notify_all()

    @property
    def process(self) -> int:
        """The process of ansible-playbook."""
        return self._process.pid

    @property
    def output(self) -> str:
        """What the playbook has written so far."""
        return self._output

    def wait_for(self, pattern: str, seconds: float = 300) -> t.Tuple[str, ...]:
        """The groups of *pattern* as soon as the output has it."""
        deadline = time.monotonic() + seconds
        with self._grown:
            while not (found := re.search(pattern, self._output)):
                left = deadline - time.monotonic()
                assert left > 0 and self._process.poll() is None, f"no {pattern!r} in:\n{self._output}"
                self._grown.wait(min(left, 1))
        return found.groups()

    def succeed(self, seconds: float = 400) -> str:
        """Wait until the playbook succeeds; returns the output."""
        assert self._end(seconds) == 0, self._output
        return self._output

    def fail(self, seconds: float = 400) -> str:
        """Wait until the playbook fails; returns the output."""
        assert self._end(seconds) != 0, self._output
        return self._output

    def end(self, seconds: float = 400) -> str:
        """Wait until the playbook ends in either way; returns the output."""
        self._end(seconds)
        return self._output

    def _end(self, seconds: float) -> int:
        status = self._process.wait(seconds)
        self._reader.join(seconds)
        return status

    def __enter__(self) -> Play:
        return self

    def __exit__(
        self,
        kind: t.Optional[type[BaseException]],
        error: t.Optional[BaseException],
        traceback: t.Optional[types.TracebackType],
    ) -> None:
        self._process.kill()
        self._process.wait()


class Controller:
    """A scratch home with nothing in it, and an environment with nothing in it but *variables*."""

    def __init__(
        self, home: pathlib.Path, collections_path: pathlib.Path, variables: t.Mapping[str, str]
    ) -> None:
        self.home = home
        self.environment = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(collections_path),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            **variables,
        }
        self._plays = 0

    def write_config(self, text: str) -> None:
        directory = self.home / ".aws"
        directory.mkdir(mode=0o700, exist_ok=True)
        (directory / "config").write_text(text)

    def play(self, playbook: str, *arguments: str | pathlib.Path, **variables: str) -> Play:
        """Start ansible-playbook with *playbook*: its text, or the name of one in a collection."""
        if "\n" in playbook:
            self._plays += 1
            path = self.home / f"playbook-{self._plays}.yml"
            path.write_text(playbook)
            playbook = str(path)
        command = [sys.executable, "-m", "ansible", "playbook", playbook, *map(str, arguments)]
        return Play(command, self.home, {**self.environment, **variables})

    def run(self, *command: str | pathlib.Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a program to its end in this home."""
        return subprocess.run(
            list(map(str, command)),
            cwd=self.home,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
