# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that puts a directory first on PATH, by the shell of the user.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import pwd
import shlex
import typing as t

from ..._host.login_environment import SCRIPT, variables_in
from ..._host.running_program import RunningProgram
from ..._installed_cli.login_shell import SECONDS
from ..._installed_cli.other_programs import first_other
from ..finding import chain

_C_SHELLS = ("csh", "tcsh")
_BOURNE_SHELLS = ("ash", "bash", "dash", "ksh", "mksh", "sh", "zsh")
_OF_BASH = (".bash_profile", ".bash_login")
"""bash reads only the first of these that exists, and ~/.profile only if none does."""


def put_first(directory: str, environment: t.Mapping[str, str]) -> str:
    """The command after which a login shell of the user finds programs in *directory* first.

    *environment* are the variables of the user, with HOME and SHELL.
    """
    shell = os.path.basename(environment.get("SHELL") or _shell_of_account())
    if shell == "fish":
        return f"fish -c {shlex.quote(f'fish_add_path --move --prepend {shlex.quote(directory)}')}"
    home = environment.get("HOME") or os.path.expanduser("~")
    if shell == "zsh":
        home = environment.get("ZDOTDIR") or home
    if shell in _C_SHELLS:
        name = ".tcshrc" if _exists(home, ".tcshrc") else ".cshrc"
        return _append(home, name, f"set path = ({shlex.quote(directory)} $path)", shell)
    if shell in _BOURNE_SHELLS:
        return _append(home, _startup_file(shell, home), f"PATH={shlex.quote(directory)}:$PATH", shell)
    return f"Put {directory} first on PATH in the startup file of {shell}, then log in again"


def login_that_finds(path: str, environment: t.Mapping[str, str]) -> str:
    """The command that starts a login shell of the user, if that runs the program *path* as aws; else "".

    *environment* are the variables of the user. Directories that do not exist at the login are often not on
    PATH until the next one.
    """
    shell = environment.get("SHELL") or _shell_of_account()
    if os.path.basename(shell) not in _BOURNE_SHELLS or shell not in _login_shells():
        return ""
    try:
        _status, output, _errors = RunningProgram([shell, "-l", "-c", SCRIPT], SECONDS, environment).result()
    except OSError:
        return ""
    directories = (variables_in(os.fsdecode(output)) or {}).get("PATH", "").split(os.pathsep)
    is_found = os.path.dirname(path) in directories and not first_other(path, directories)
    return f"exec {os.path.basename(shell)} -l" if is_found else ""


def _login_shells(path: str = "/etc/shells") -> t.List[str]:
    """The programs that this host allows as login shells."""
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read().split()
    except (OSError, ValueError):
        return []


def _shell_of_account() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_shell or "sh"
    except KeyError:
        return "sh"


def _startup_file(shell: str, home: str) -> str:
    if shell == "zsh":
        return ".zprofile"
    if shell == "bash":
        return next((name for name in _OF_BASH if _exists(home, name)), ".profile")
    return ".profile"


def _exists(home: str, name: str) -> bool:
    return os.path.exists(os.path.join(home, name))


def _append(home: str, name: str, line: str, shell: str) -> str:
    """The command that appends *line* to a startup file, and starts a shell that reads it."""
    path = os.path.join(home, name)
    shown = f"~/{name}" if home == os.path.expanduser("~") else shlex.quote(path)
    end_of_line = [] if _ends_with_newline(path) else [f"echo >> {shown}"]
    return chain(*end_of_line, f"echo {shlex.quote(line)} >> {shown}", f"exec {shell} -l")


def _ends_with_newline(path: str) -> bool:
    """Whether *path* ends with a newline, or is empty or missing."""
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except OSError:
        return True
    return content[-1:] in (b"", b"\n")
