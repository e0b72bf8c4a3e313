# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs named C(aws): which one a shell finds first, what installed it, and how to remove it.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import glob
import os
import re
import shlex
import typing as t
from dataclasses import dataclass

from .._aws_cli.layout import is_version_directory
from .._aws_cli.local_files import open_file
from .._errors import WorkstationError
from .._host.commands import FindProgram, RunCommand
from .record import RECORD

SYSTEM_DIRECTORIES = ("/usr/bin", "/bin", "/usr/sbin", "/sbin")
"""Where packages of a distribution install programs."""

_FIRST_BYTES = 4096
# as pip writes it: the second form is for a path that is too long for a first line, or has blanks
_INTERPRETER = re.compile(
    r"#!\s*(?:/usr/bin/env\s+)?(\S*python[\d.]*)(?:[^\S\n][^\n]*)?\n|"
    r"#!/bin/sh\n'{3}exec' \"?([^\"\n]*python[\d.]*)\"? "
)
VERSION_PATH = re.compile(r"(?P<install_dir>.+)/v2/[^/]+/(?:bin|dist)/aws")
"""The path of the program, without links, in an installation by AWS's installer or the module aws_cli."""
AWS_INSTALLER = "AWS's installer"
COLLECTION = "this collection"
"""Kinds of installations with the same layout; the module aws_cli leaves a record in its own."""
_PLACES = (
    # kind, pattern of the path of the program, command that removes it
    ("pipx", re.compile(r"/pipx/venvs/(?P<name>[^/]+)/"), "pipx uninstall {name}"),
    ("uv", re.compile(r"/uv/tools/(?P<name>[^/]+)/"), "uv tool uninstall {name}"),
    ("brew", re.compile(r"/Cellar/(?P<name>[^/]+)/"), "brew uninstall {name}"),
    ("brew", re.compile(r"/(?:linuxbrew|homebrew)/(?:.*/)?bin/aws$"), "brew uninstall awscli"),
    ("snap", re.compile(r"^/(?:var/lib/snapd/)?snap/"), "sudo snap remove aws-cli"),
    ("a version manager", re.compile(r"/shims/aws$|/(?:mise|asdf|rtx)/installs/"), ""),
    ("nix", re.compile(r"^/nix/store/|/\.nix-profile/"), ""),
)
# program, arguments that print the owner of a file, kind, command that removes the package
_PACKAGE_MANAGERS = (
    ("dpkg-query", ("-S",), "apt", "sudo apt-get remove {name}"),
    ("rpm", ("-q", "--queryformat", "%{NAME}: ", "-f"), "", ""),
    ("pacman", ("-Qqo",), "pacman", "sudo pacman -R {name}"),
    ("apk", ("info", "--quiet", "--who-owns"), "apk", "sudo apk del {name}"),
)
_OF_RPM = (
    ("dnf", "sudo dnf remove {name}"),
    ("zypper", "sudo zypper remove {name}"),
    ("yum", "sudo yum remove {name}"),
)
_PACKAGE = re.compile(r"([a-z0-9][a-z0-9+._-]*)(?::[a-z0-9]+)?(?::? .*)?\n?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class OtherProgram:
    """A program named aws: its *path*, the *kind* of its installation, and the command for its *removal*.

    The command is empty if none is known, and the kind for a file of which nothing is known.
    """

    path: str
    kind: str = ""
    removal: str = ""

    @property
    def description(self) -> str:
        return f"{self.path} (installed by {self.kind})" if self.kind else self.path

    @property
    def advice(self) -> str:
        """How to remove it, as the beginning of a sentence without a full stop."""
        if self.removal:
            return f"To remove that one, run: {self.removal}"
        return f"Remove that one with {self.kind}" if self.kind else f"Remove or rename {self.path}"


def first_other(executable: str, directories: t.Sequence[str], all_directories: bool = False) -> str:
    """The path of another aws in *directories* that a shell finds before *executable*; "" if there is none.

    With *all_directories*, the ones after that of *executable* count, too.
    """
    own_directory = os.path.realpath(os.path.dirname(executable))
    for directory in directories:
        path = os.path.join(directory, "aws")
        if os.path.realpath(directory) == own_directory:
            if not all_directories:
                return ""
        elif os.path.realpath(path) != os.path.realpath(executable) and _is_program(path):
            return path
    return ""


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def identify(
    path: str,
    run: t.Optional[RunCommand] = None,
    find_program: FindProgram = lambda _name: None,
) -> OtherProgram:
    """What installed the program *path*; packages of the distribution are found by *run* only."""
    target = os.path.realpath(path)
    for kind, place, removal in _PLACES:
        found = place.search(path) or place.search(target)
        if found:
            names = {name: shlex.quote(value) for name, value in found.groupdict().items()}
            return OtherProgram(path, kind, removal.format(**names))
    identified = _of_aws(path, target) or _of_conda(path, target)
    if identified is None and run and os.path.dirname(path) in SYSTEM_DIRECTORIES:
        identified = _of_the_distribution(path, run, find_program)
    return identified or _of_pip(path, target) or OtherProgram(path)


def _of_aws(path: str, target: str) -> t.Optional[OtherProgram]:
    found = VERSION_PATH.fullmatch(target)
    if not found or not is_version_directory(os.path.dirname(os.path.dirname(target))):
        return None
    options = {"install_dir": found["install_dir"], "bin_dir": os.path.dirname(path)}
    arguments = " ".join(f"{name}={shlex.quote(value)}" for name, value in options.items())
    command = (
        f"ansible localhost -m workstation.aws_sso.aws_cli -a {shlex.quote('state=absent ' + arguments)}"
    )
    become = " --become" if _sudo(path) else ""
    record = os.path.join(os.path.dirname(os.path.dirname(target)), RECORD)
    return OtherProgram(path, COLLECTION if os.path.isfile(record) else AWS_INSTALLER, command + become)


def _of_conda(path: str, target: str) -> t.Optional[OtherProgram]:
    for place in (path, target):
        prefix = os.path.dirname(os.path.dirname(place))
        if glob.glob(os.path.join(glob.escape(prefix), "conda-meta", "awscli-*.json")):
            return OtherProgram(path, "conda", f"conda remove --prefix {shlex.quote(prefix)} awscli")
    return None


def _of_the_distribution(path: str, run: RunCommand, find_program: FindProgram) -> t.Optional[OtherProgram]:
    for program, arguments, kind, removal in _PACKAGE_MANAGERS:
        manager = find_program(program)
        package = _owner(path, [manager, *arguments], run) if manager else ""
        if package and kind:
            return OtherProgram(path, kind, removal.format(name=package))
        if package:
            known = ((name, command) for name, command in _OF_RPM if find_program(name))
            kind, removal = next(known, ("rpm", "sudo rpm --erase {name}"))
            return OtherProgram(path, kind, removal.format(name=package))
    return None


def _owner(path: str, command: t.List[str], run: RunCommand) -> str:
    """The package that owns *path* or the same file by its other name: /bin may be a link to /usr/bin."""
    parts = os.path.split(path)
    other = os.path.join(os.path.realpath(parts[0]), parts[1])
    for name in dict.fromkeys((path, other, path.replace("/usr/", "/", 1))):
        with contextlib.suppress(OSError):
            status, output, _errors = run([*command, name])
            found = _PACKAGE.fullmatch(output.splitlines()[-1]) if status == 0 and output.strip() else None
            if found:
                return found.group(1)
    return ""


def _of_pip(path: str, target: str) -> t.Optional[OtherProgram]:
    """A script that pip generated, with its interpreter in the first line."""
    try:
        with open_file(target) as stream:
            content = stream.read(_FIRST_BYTES).decode("utf-8", "replace")
    except (OSError, WorkstationError):
        return None
    found = _INTERPRETER.match(content)
    if not found or "awscli" not in content[found.end() :]:
        return None
    interpreter = next(filter(None, found.groups()))
    managed = " --break-system-packages" if _is_externally_managed(interpreter) else ""
    command = f"{shlex.quote(interpreter)} -m pip uninstall{managed} awscli"
    return OtherProgram(path, "pip", ("sudo " if _sudo(path) else "") + command)


def _is_externally_managed(interpreter: str) -> bool:
    """Whether pip refuses to change the packages of *interpreter* without an option (PEP 668)."""
    prefix = os.path.dirname(os.path.dirname(interpreter))
    if os.path.exists(os.path.join(prefix, "pyvenv.cfg")):
        return False
    marks = os.path.join(glob.escape(prefix), "lib*", "python3*", "EXTERNALLY-MANAGED")
    return bool(glob.glob(marks))


def _sudo(path: str) -> bool:
    """Whether removing *path* takes the permissions of root."""
    try:
        return os.stat(os.path.dirname(path)).st_uid == 0
    except OSError:
        return False


def shadow_warning(other: OtherProgram, executable: str, user: str) -> str:
    """The warning that a login shell of *user* finds *other* before *executable*."""
    return (
        f"A login shell of the user {user} runs {other.description}, not {executable}."
        f" {other.advice}. Or put {os.path.dirname(executable)} before {os.path.dirname(other.path)} on PATH."
    )


def remaining_warning(other: OtherProgram, user: str) -> str:
    """The warning that *user* still has an AWS CLI after another one was removed."""
    reason = "this module did not install and does not remove"
    if other.kind == COLLECTION:
        reason = "is not in the bin_dir of this task, so it was not removed"
    return (
        f"A login shell of the user {user} still finds {other.description}, which {reason}. {other.advice}."
    )
