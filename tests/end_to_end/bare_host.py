# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bare Debian with a fresh copy of the project, a shell, and a sudo that asks for a password."""

from __future__ import annotations

import io
import os
import pathlib
import subprocess
import sys
import tarfile
import time
import typing as t

from hosts import Host
from identity_center import BrowserUser
from support.terminal import Terminal

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "open sesame"
FOLDER = "my projects/workstation.aws_sso"
LOCAL_LOGIN = ("env", "TERM=xterm", "su", "--pty", "--login", "dev")


def prepare(host: Host) -> None:
    """Give the user dev of *host* a copy of the project, and a password that sudo asks for.

    How this machine reaches its package index, such as a certificate, holds on the host too.
    """
    host.run("sh", "-c", f"echo 'dev:{PASSWORD}' | chpasswd; echo 'dev ALL=(ALL) ALL' >/etc/sudoers.d/dev")
    _unpack(host, ["tar", "-xf", "-", "-C", "/home/dev"], _project())
    host.run("chown", "-R", "dev:", "/home/dev")
    certificate = pathlib.Path(_pip_setting("cert"))
    if certificate.is_file():
        _unpack(host, ["tee", "/etc/package-index.pem"], certificate.read_bytes())
        host.run("sh", "-c", "printf '[global]\\ncert=/etc/package-index.pem\\n' >/etc/pip.conf")


def _pip_setting(name: str) -> str:
    asked = [sys.executable, "-m", "pip", "config", "get"]
    for place in (":env:", "global"):
        answer = subprocess.run([*asked, f"{place}.{name}"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            return answer.stdout.strip()
    return ""


def _project() -> bytes:
    """The files that git knows here, as a clone would have them, in a folder whose name has a blank."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in filter(None, listed.stdout.split("\0")):
            archive.add(ROOT / name, f"{FOLDER}/{name}", recursive=False)
    return packed.getvalue()


def _unpack(host: Host, command: t.List[str], data: bytes) -> None:
    subprocess.run(host.entry(*command), input=data, check=True, stdout=subprocess.DEVNULL)


def write(host: Host, name: str, content: str | bytes) -> None:
    """Write a file into the folder of the project, as the user dev."""
    data = content.encode() if isinstance(content, str) else content
    subprocess.run(host.ssh_command("sh", "-c", f"cat >'{FOLDER}/{name}'"), input=data, check=True)


class Shell:
    """A login shell of the user dev on *host*, in *folder*. Ends with the context.

    Without *ssh*, it is a terminal on the host itself, as WSL opens one. *recorded* gets what it shows.
    """

    PROMPT = "bare-host> "

    def __init__(
        self,
        host: Host,
        folder: str = FOLDER,
        ssh: bool = True,
        lines: int = 50,
        columns: int = 120,
        recorded: io.StringIO | None = None,
    ) -> None:
        login = host.ssh_command()
        command = [*login[:-1], "-tt", login[-1]] if ssh else host.entry(*LOCAL_LOGIN)
        self._folder = folder
        self._terminal = Terminal(command, lines=lines, columns=columns, recorded=recorded)
        self._sudo_knows_the_password = False

    def __enter__(self) -> Shell:
        self.type(f"PS1='{self.PROMPT[:4]}''{self.PROMPT[4:]}'; cd '{self._folder}'")
        self.greeting = self.finish()
        return self

    def __exit__(self, *_: object) -> None:
        self._terminal.__exit__()

    def type(self, line: str) -> None:
        self._terminal.type(line)

    def use_sudo(self, command: str) -> None:
        """Type a *command* with sudo, which asks for the password once in a terminal, and must succeed."""
        self.type(command)
        if not self._sudo_knows_the_password:
            self.give_password(r"\[sudo\] password for dev: ")
            self._sudo_knows_the_password = True
        self.finish(400)
        assert self.status() == 0, self.shown

    def wait_for(self, pattern: str, seconds: float = 300) -> str:
        """Wait until *pattern* is shown; returns what matched."""
        return self._terminal.wait_for(pattern, seconds)

    def finish(self, seconds: float = 300) -> str:
        """Wait until the shell prompts again; returns what was shown since the last prompt."""
        start = self._terminal.position()
        self.wait_for(self.PROMPT, seconds)
        return self._terminal.text_since(start)

    def succeed(self, line: str, seconds: float = 300) -> str:
        """Type a command that has to succeed; returns what it showed."""
        self.type(line)
        shown = self.finish(seconds)
        assert self.status() == 0, shown
        return shown

    def status(self) -> int:
        """The exit status of the last command."""
        self.type("echo status=$?")
        found = int(self.wait_for(r"status=\d+").partition("=")[2])
        self.finish()
        return found

    def give_password(self, prompt: str) -> None:
        """Answer the *prompt* of sudo, or of Ansible for sudo."""
        self.wait_for(prompt)
        self.type(PASSWORD)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._terminal.interrupt()

    @property
    def shown(self) -> str:
        return self._terminal.text


def sign_in_with_the_windows_browser(
    host: Host, seconds: float = 300, seen: int | None = None, user: str = "alice"
) -> None:
    """Do as *user* what the next page asks that opens in the browser of Windows, after the *seen* ones."""
    seen = len(host.windows_calls()) if seen is None else seen
    deadline = time.monotonic() + seconds
    while len(host.windows_calls()) == seen:
        assert time.monotonic() < deadline, "no page opened in the browser of Windows"
        time.sleep(0.2)
    BrowserUser(user, "correct horse").visit(host.windows_calls()[-1].arguments[-1])


def bare_host(suite: str, environment: t.Mapping[str, str]) -> Host:
    return Host(f"bare-{suite}-{os.getpid()}", suite, environment)
