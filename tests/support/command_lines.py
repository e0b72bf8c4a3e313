# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines of all processes that a command starts, as every user of the machine can see them."""

from __future__ import annotations

import contextlib
import os
import pathlib
import threading
import time
import typing as t


class CommandLines:
    """Records command lines: each one that Ansible gives to a shell, and those of all processes, by polling.

    *environment* makes Ansible use a shell that records its arguments.
    """

    def __init__(self, directory: pathlib.Path) -> None:
        self._log = directory / "command-lines"
        shell = directory / "recording-sh"
        shell.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$*\" >>'{self._log}'\nexec /bin/sh \"$@\"\n")
        shell.chmod(0o755)
        self.environment = {"ANSIBLE_EXECUTABLE": str(shell)}
        self._seen: t.Set[str] = set()
        self._stopped = threading.Event()

    @property
    def text(self) -> str:
        recorded = self._log.read_text() if self._log.exists() else ""
        return "\n".join([recorded, *sorted(self._seen)])

    @contextlib.contextmanager
    def recorded(self) -> t.Iterator[None]:
        thread = threading.Thread(target=self._poll, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            thread.join()

    def _poll(self) -> None:
        own = f"/proc/{os.getpid()}/"
        while not self._stopped.is_set():
            for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                if str(path).startswith(own):
                    continue
                with contextlib.suppress(OSError):
                    self._seen.add(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            time.sleep(0.005)
