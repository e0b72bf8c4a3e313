# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a login shell of the user of this host looks for programs.

PRIVATE to the collection.

With become, a task runs as root, but the user is the one who connected. Startup files of that user run with
the permissions of that user, in a session of their own, and neither their time nor their output is unlimited.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import sys
import typing as t

from .._files.directories import home_directory
from .._host.login_environment import SCRIPT, variables_in
from .._host.running_program import RunningProgram

SECONDS = 5.0
"""How long to wait for a shell; version managers and prompts may take a second or two."""
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

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
    """A login shell of *account*, which starts at once and runs beside other work."""

    def __init__(self, account: pwd.struct_passwd) -> None:
        self.user = account.pw_name
        command, environment = _command(account)
        self._shell: t.Optional[RunningProgram] = None
        with contextlib.suppress(OSError):
            self._shell = RunningProgram(command, SECONDS, environment, directory="/")

    def search_path(self) -> t.List[str]:
        """The directories in its PATH; none if it does not start."""
        _status, output, _errors = self._shell.result() if self._shell else (1, b"", b"")
        variables = variables_in(os.fsdecode(output)) or {}
        directories = variables.get("PATH", "").split(os.pathsep)
        return [path for path in directories if path.startswith("/")]


def search_path(account: pwd.struct_passwd) -> t.List[str]:
    """The directories in PATH of a login shell of *account*; none if it does not start."""
    return LoginShell(account).search_path()


def _command(account: pwd.struct_passwd) -> t.Tuple[t.List[str], t.Dict[str, str]]:
    """The command that starts a login shell of *account*, and its environment."""
    own = account.pw_uid == os.geteuid()
    shell = account.pw_shell or "/bin/sh"
    command = [shell, "-l", "-c", SCRIPT]
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
