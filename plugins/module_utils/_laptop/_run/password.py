# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password of sudo: asked once for all runs of an update, and checked before the first one.

PRIVATE to the collection. It is never written to a disk. A wrong one must not look like a version that fails.
"""

from __future__ import annotations

import contextlib
import getpass
import glob
import os
import secrets
import shutil
import subprocess
import sys
import threading
import typing as t

from ..._host.running_program import run_within

TERMINAL = "/dev/tty"
_ATTEMPTS = 3
_SECONDS = 60
_PIPE = "password-"


def has_terminal() -> bool:
    """Whether the user can be asked: also where the standard input is a script, as in ``curl ... | sh``."""
    with contextlib.suppress(OSError):
        os.close(os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
        return True
    return False


def is_required(scheduled: bool) -> bool:
    """Whether sudo requires a password; a user without sudo learns from the role what to do.

    A password that was typed a moment ago does not count (-k): Ansible runs sudo on terminals of its own.
    """
    if _is_root():
        return False
    if shutil.which("sudo") is None:
        return scheduled
    return run_within(_SECONDS)(["sudo", "-k", "-n", "true"])[0] != 0


class SudoPassword:
    """Asks for the password when it is first required. Ctrl-D ends the questions."""

    def __init__(self) -> None:
        self._password: t.Optional[str] = None
        self._is_refused = False

    def get(self) -> t.Optional[str]:
        """None if the user did not type it, or not the right one."""
        attempts = 0 if self._is_refused or self._password is not None else _ATTEMPTS
        for _attempt in range(attempts):
            given = _ask()
            if given is None:
                break
            if _is_accepted(given):
                self._password = given
                return given
        self._is_refused = self._password is None
        return self._password


def _ask() -> t.Optional[str]:
    try:
        return getpass.getpass(f"[sudo] password for {getpass.getuser()}: ") or None
    except EOFError:
        return None
    except KeyboardInterrupt:
        sys.stdout.write("\n")  # what follows is on a line of its own
        raise


def _is_accepted(password: str) -> bool:
    command = ["sudo", "-k", "-S", "-p", "", "true"]
    try:
        done = subprocess.run(  # pylint: disable=ansible-bad-function
            command,
            input=f"{password}\n".encode("utf-8", "surrogateescape"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


@contextlib.contextmanager
def readable(password: str, directory: str) -> t.Iterator[str]:
    """The path of a named pipe, new in *directory*, from which a program can read *password* once.

    Pipes that killed processes left are removed: only one process at a time may use the directory.
    """
    for leftover in glob.glob(os.path.join(glob.escape(directory), f"{_PIPE}*")):
        os.unlink(leftover)
    path = os.path.join(directory, f"{_PIPE}{secrets.token_hex(8)}")
    os.mkfifo(path, 0o600)
    writer = threading.Thread(target=_write, args=(path, password), daemon=True)
    writer.start()
    try:
        yield path
    finally:
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # the writer waits for one
        writer.join()
        os.close(reader)
        os.unlink(path)


def _write(path: str, password: str) -> None:
    with contextlib.suppress(OSError), open(path, "wb", buffering=0) as pipe:
        pipe.write(f"{password}\n".encode("utf-8", "surrogateescape"))


def _is_root() -> bool:
    return os.geteuid() == 0
