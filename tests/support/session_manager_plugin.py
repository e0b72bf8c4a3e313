# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for session-manager-plugin of AWS: the "instance" is a shell on this machine, in a terminal.

As the real one, it is started with the answer to StartSession, and connects its input and output to the
terminal of the instance. What it was started with is kept for the test.
"""

from __future__ import annotations

import json
import os
import pathlib
import pty
import select
import sys
import typing as t

ANSWERS = {
    "StartSession": json.dumps(
        {
            "SessionId": "alice-0123456789abcdef0",
            "TokenValue": "token-of-the-ssm-session",
            "StreamUrl": "wss://ssmmessages.eu-central-1.amazonaws.com/v1/data-channel/alice-0123456789abcdef0",
        }
    ),
    "TerminateSession": json.dumps({"SessionId": "alice-0123456789abcdef0"}),
}
"""What AWS answers, which moto does not have."""


class Started(t.NamedTuple):
    arguments: list[str]
    environment: dict[str, str]


class SessionManagerPlugin:
    """The program in *directory*; the home of each instance is a directory there."""

    def __init__(self, directory: pathlib.Path) -> None:
        self._directory = directory
        self.path = directory / "session-manager-plugin"
        tests = str(pathlib.Path(__file__).parents[1])
        self.path.write_text(
            f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {tests!r})\n"
            "from support import session_manager_plugin\n"
            f"session_manager_plugin.main({str(directory)!r}, sys.argv[1:])\n"
        )
        self.path.chmod(0o755)

    def home(self, instance_id: str) -> pathlib.Path:
        return self._directory / instance_id

    def started(self) -> list[Started]:
        """What the program was started with, each time."""
        return [Started(*json.loads(path.read_text())) for path in self._kept()]

    def forget(self) -> None:
        """Remove what was kept of earlier plays."""
        for path in self._kept():
            path.unlink()

    def _kept(self) -> list[pathlib.Path]:
        return sorted(self._directory.glob("*.json"))


def main(directory: str, arguments: list[str]) -> None:
    response, _region, _operation, _profile, parameters, _endpoint = arguments
    instance_id = json.loads(parameters)["Target"]
    kept = pathlib.Path(directory, f"{instance_id}-{os.getpid()}.json")
    kept.write_text(json.dumps([arguments, dict(os.environ)]))
    home = pathlib.Path(directory, instance_id)
    home.mkdir(exist_ok=True)
    print(f"\nStarting session with SessionId: {json.loads(response)['SessionId']}", flush=True)
    _connect(_terminal(home))


def _terminal(home: pathlib.Path) -> int:
    """The terminal of a shell that has nothing of the controller's environment."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(home)
        environment = {"HOME": str(home), "PATH": os.defpath, "LANG": "C.UTF-8", "TERM": "dumb"}
        os.execve("/bin/bash", ["bash", "--noprofile", "--norc", "-i"], environment)
    return terminal


def _connect(terminal: int) -> None:
    sources = {0: terminal, terminal: 1}
    while terminal in sources:
        for source in select.select(list(sources), [], [])[0]:
            try:
                data = os.read(source, 65536)
            except OSError:  # the shell has exited
                data = b""
            if data:
                os.write(sources[source], data)
            else:
                del sources[source]
