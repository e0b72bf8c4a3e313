# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a login shell of the user of this host looks for programs.

PRIVATE to the collection.

With become, a task runs as root, but the user is the one who connected. Startup files of that user run with
the permissions of that user, in a session of their own, and neither their time nor their output is unlimited.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import re
import select
import signal
import subprocess
import sys
import time
import typing as t

from .._files.directories import home_directory

SECONDS = 5.0
"""How long to wait for a shell; version managers and prompts may take a second or two."""
OUTPUT_LIMIT = 1 << 20
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_MARK = b"-- environment --\n"
_SCRIPT = f"echo '{_MARK.decode().strip()}'; exec env -0"
_UNSET = 4294967295  # loginuid(5) of a process that does not belong to a session
_INVOKING_USERS = ("SUDO_UID", "DOAS_UID", "PKEXEC_UID")
_PATH_OF_PAM = re.compile(r"\s*PATH\s*=\s*(['\"]?)([^'\"\n]*)\1\s*", re.ASCII)
# Becomes the user, as subprocess can only since Python 3.9.
_AS_USER = """\
import os, sys
name, user, group = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.initgroups(name, group)
os.setgid(group)
os.setuid(user)
os.execv(sys.argv[4], sys.argv[4:])
"""


def invoking_user() -> t.Optional[pwd.struct_passwd]:
    """The account of the user who connected to this host; None if it has none.

    For root, that is the user who became root.
    """
    numbers = [os.geteuid()]
    if os.geteuid() == 0:
        numbers = [int(text) for text in map(os.environ.get, _INVOKING_USERS) if text and text.isdigit()]
        numbers += [*_user_of_the_session(), 0]
    with contextlib.suppress(KeyError, OverflowError):
        return pwd.getpwuid(numbers[0])
    return None


def _user_of_the_session() -> t.List[int]:
    with contextlib.suppress(OSError, ValueError), open("/proc/self/loginuid", encoding="ascii") as stream:
        number = int(stream.read())
        return [] if number == _UNSET else [number]
    return []


class LoginShell:
    """A login shell of *account*, which starts at once and runs beside other work.

    It ends with this process at the latest.
    """

    def __init__(self, account: pwd.struct_passwd) -> None:
        self.user = account.pw_name
        self._deadline = time.monotonic() + SECONDS
        self._process = _start(*_command(account))
        atexit.register(self._stop)

    def search_path(self) -> t.List[str]:
        """The directories in its PATH; none if it does not start."""
        stream = self._process.stdout if self._process else None
        if stream is None:
            return []
        output = _read(stream.fileno(), self._deadline)
        self._stop()
        _noise, mark, variables = output.partition(_MARK)
        for variable in variables.split(b"\0") if mark else ():
            if variable.startswith(b"PATH="):
                directories = os.fsdecode(variable[5:]).split(os.pathsep)
                return [path for path in directories if path.startswith("/")]
        return []

    def _stop(self) -> None:
        if self._process:
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
            if self._process.stdout:
                self._process.stdout.close()
            self._process.wait()
            self._process = None


def search_path(account: pwd.struct_passwd) -> t.List[str]:
    """The directories in PATH of a login shell of *account*; none if it does not start."""
    return LoginShell(account).search_path()


def _command(account: pwd.struct_passwd) -> t.Tuple[t.List[str], t.Dict[str, str]]:
    """The command that starts a login shell of *account*, and its environment."""
    own = account.pw_uid == os.geteuid()
    shell = account.pw_shell or "/bin/sh"
    command = [shell, "-l", "-c", _SCRIPT]
    if not own:
        identity = [account.pw_name, str(account.pw_uid), str(account.pw_gid)]
        command = [sys.executable, "-I", "-S", "-c", _AS_USER, *identity, *command]
    environment = {
        "HOME": home_directory() if own else account.pw_dir,
        "LOGNAME": account.pw_name,
        "PATH": _initial_path(),
        "SHELL": shell,
        "TERM": "dumb",
        "USER": account.pw_name,
    }
    return command, environment


def _initial_path(environment_file: str = "/etc/environment") -> str:
    """PATH before the startup files: pam_env(8) reads it from a file, on Ubuntu for example."""
    with contextlib.suppress(OSError, ValueError), open(environment_file, encoding="utf-8") as stream:
        found = [match.group(2) for match in map(_PATH_OF_PAM.fullmatch, stream) if match]
        return found[-1] if found else DEFAULT_PATH
    return DEFAULT_PATH


def _start(command: t.List[str], environment: t.Dict[str, str]) -> t.Optional[subprocess.Popen[bytes]]:
    """Start *command* in a session of its own; None if that is not possible."""
    try:
        # run_command() would wait for it
        return subprocess.Popen(  # pylint: disable=ansible-bad-function
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
    except OSError:
        return None


def _read(descriptor: int, deadline: float) -> bytes:
    output = b""
    while len(output) < OUTPUT_LIMIT:
        ready, _writable, _failed = select.select([descriptor], [], [], max(0, deadline - time.monotonic()))
        chunk = os.read(descriptor, 1 << 16) if ready else b""
        if not chunk:
            break
        output += chunk
    return output
