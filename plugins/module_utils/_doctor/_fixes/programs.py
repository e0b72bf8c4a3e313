# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that remove, replace or repair an AWS CLI, by what installed it.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import typing as t

from ..._host.tools import is_at_least
from ..._installed_cli.other_programs import AWS_INSTALLER, COLLECTION, VERSION_PATH, OtherProgram
from ..._installed_cli.programs import NO_INTERPRETER, NOEXEC, Program
from ..finding import HOST, chain

FIRST_WITH_SESSIONS = "2.9.0"
_MODULE = "workstation.aws_sso.aws_cli"
INSTALL = f"ansible {HOST} --become -m {_MODULE} -a state=latest"

_BIN_DIR = "/usr/local/bin"
"""Where INSTALL puts the command."""
_INSTALL_DIR = "/usr/local/aws-cli"

_OF_PYENV = "pyenv exec python -m pip uninstall awscli && pyenv rehash"

Identify = t.Callable[[str], OtherProgram]
"""Finds out what installed the program at a path."""


class ProgramFixes:
    """What to do about the AWS CLIs *programs* of a host, in the order in which a shell finds them."""

    def __init__(self, programs: t.Sequence[Program], search_path: str, identify: Identify) -> None:
        """*search_path* is the PATH of the user."""
        self._programs = programs
        self._directories = search_path.split(os.pathsep)
        self._identify = identify

    def kind(self, program: Program) -> str:
        """What installed *program*, such as snap; empty if that is not known."""
        return self._identify(program.path).kind

    def replace(self, program: Program) -> str:
        """The commands after which a shell finds an AWS CLI that works in place of *program*."""
        other = self._identify(program.path)
        if other.kind in (AWS_INSTALLER, COLLECTION):
            return _update(program.path)
        if "/mise/shims/" in program.path:
            return "mise use --global aws-cli@latest"
        if any(works(another) for another in self._programs if another is not program):
            return self.remove(program)
        if not self._hides_installation(program):
            return INSTALL
        command = self._removal(program)
        return chain(command, INSTALL) if command else f"{other.advice}, then: {INSTALL}"

    def remove(self, program: Program) -> str:
        """The command that removes *program*, or a sentence if none is known."""
        return self._removal(program) or self._identify(program.path).advice

    def keep_one(self, programs: t.Sequence[Program]) -> str:
        """The commands that remove all of *programs* but the newest one that works."""
        kept = _newest([program for program in programs if works(program)]) or programs[0]
        others = [program for program in programs if program is not kept]
        commands = [self._removal(program) for program in others]
        if all(commands):
            return chain(*commands)
        return ". ".join([f"Keep {kept.path}", *map(self._advice, others)])

    def _advice(self, program: Program) -> str:
        command = self._removal(program)
        return f"To remove {program.path}, run: {command}" if command else self.remove(program)

    def _removal(self, program: Program) -> str:
        other = self._identify(program.path)
        if other.kind == "pip" and program.detail == NO_INTERPRETER:
            return _as_owner(program.path, f"rm {shlex.quote(program.path)}")
        if other.removal:
            return other.removal.replace("ansible localhost ", f"ansible {HOST} ", 1)
        if other.kind:
            return _OF_PYENV if "/.pyenv/shims/" in program.path and program.version else ""
        path = shlex.quote(program.path)
        return _as_owner(program.path, f"mv {path} {shlex.quote(program.path + '.disabled')}")

    def _hides_installation(self, program: Program) -> bool:
        """Whether a shell finds *program* before the one that INSTALL installs, or both have one path."""
        if _BIN_DIR not in self._directories:
            return program.on_path
        before = self._directories[: self._directories.index(_BIN_DIR) + 1]
        return os.path.dirname(program.path) in before


def works(program: Program) -> bool:
    """Whether *program* runs and supports sso-session sections."""
    return bool(program.version) and is_at_least(program.version, FIRST_WITH_SESSIONS)


def _newest(programs: t.Sequence[Program]) -> t.Optional[Program]:
    newest = None
    for program in programs:
        if newest is None or not is_at_least(newest.version, program.version):
            newest = program
    return newest


def _update(path: str) -> str:
    """The command that installs the latest version over the one at *path*."""
    found = VERSION_PATH.fullmatch(os.path.realpath(path))
    install_dir, bin_dir = found["install_dir"] if found else _INSTALL_DIR, os.path.dirname(path)
    if (install_dir, bin_dir) == (_INSTALL_DIR, _BIN_DIR):
        return INSTALL
    arguments = f"state=latest install_dir={shlex.quote(install_dir)} bin_dir={shlex.quote(bin_dir)}"
    become = " --become" if _belongs_to_root(bin_dir) else ""
    return f"ansible {HOST}{become} -m {_MODULE} -a {shlex.quote(arguments)}"


def make_readable(path: str, blocked: str) -> str:
    """The command after which users may run the AWS CLI *path*, of which *blocked* keeps them out.

    The permissions of other directories than those of the AWS CLI are not changed: the home directory of a
    user, for example, keeps others out on purpose.
    """
    found = VERSION_PATH.fullmatch(os.path.realpath(path))
    install_dir = found["install_dir"] if found else ""
    if install_dir and (blocked + "/").startswith(install_dir + "/"):
        return f"sudo chmod -R go+rX {shlex.quote(install_dir)}"
    if blocked == os.path.realpath(path) and not _is_private(blocked):
        return f"sudo chmod go+rx {shlex.quote(blocked)}"
    return INSTALL


def _is_private(path: str) -> bool:
    """Whether *path* is in the home directory of a user other than a service."""
    homes = {account.pw_dir for account in pwd.getpwall() if account.pw_uid == 0 or account.pw_uid >= 1000}
    return any(path.startswith(home.rstrip("/") + "/") for home in homes if home.strip("/"))


def allow_start(path: str, detail: str) -> str:
    """What to do about a system that does not start *path*, whose permissions allow it; *detail* is why."""
    target = os.path.realpath(path)
    if detail == NOEXEC:
        return f"sudo mount -o remount,exec {shlex.quote(_mount_point(target))}"
    if shutil.which("fapolicyd-cli", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))):
        directory = shlex.quote(os.path.dirname(target) + "/")
        return chain(f"sudo fapolicyd-cli --file add {directory}", "sudo fapolicyd-cli --update")
    return "Find the denial with: sudo ausearch -m avc,fanotify -ts recent, and allow it"


def _mount_point(path: str) -> str:
    while not os.path.ismount(path):
        path = os.path.dirname(path)
    return path


def _as_owner(path: str, command: str) -> str:
    return f"sudo {command}" if _belongs_to_root(os.path.dirname(path)) else command


def _belongs_to_root(directory: str) -> bool:
    try:
        return os.stat(directory).st_uid == 0
    except OSError:
        return False
