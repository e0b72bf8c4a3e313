# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line tools: which version a host has, whether that is enough, and which package brings a newer one.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import re
import shutil
import typing as t
from dataclasses import dataclass

from .._errors import WorkstationError
from .commands import FindProgram, RunCommand
from .os_release import (
    ALPINE,
    ARCH,
    DEBIAN,
    FEDORA,
    SUSE,
    family_of,
)

MINIMUM_VERSION = re.compile(r"\d+(\.\d+)*")
DOTTED_NUMBER = re.compile(r"(?<![\d.])\d+(?:\.\d+)+")
NUMBER = re.compile(r"(?<![\d.])\d+")

# tools that do not understand --version
VERSION_ARGUMENTS = {"ssh": "-V", "unzip": "-v", "zip": "-v"}
# pip loads most of itself before it looks at --version, which takes longer than all other tools together
VERSION_OF_PIP = "import sys; del sys.path[0]; import pip; print(pip.__version__)"

# the tool that makes a machine's bundle of certificates; it tells no version, and may ignore what it is asked
TRUST_STORE = "ca-certificates"

# package of a tool by distribution family, where it is not called like the tool
PACKAGES = {
    DEBIAN: {"pip3": "python3-pip", "ssh": "openssh-client", "gpg": "gnupg"},
    FEDORA: {"pip3": "python3-pip", "ssh": "openssh-clients", "gpg": "gnupg2", "gpgv": "gnupg2"},
    SUSE: {"pip3": "python3-pip", "ssh": "openssh-clients", "gpg": "gpg2", "gpgv": "gpg2"},
    ARCH: {"pip3": "python-pip", "python3": "python", "ssh": "openssh", "gpg": "gnupg", "gpgv": "gnupg"},
    ALPINE: {"pip3": "py3-pip", "ssh": "openssh-client", "gpg": "gnupg"},
}
# what a tool's program is called where that is not the tool's name; the first that is there counts
PROGRAMS = {TRUST_STORE: ("update-ca-certificates", "update-ca-trust")}

# where programs are; the PATH of a user over ssh lacks the last two
USUAL_DIRECTORIES = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")


@dataclass
class Tool:
    """A tool on a host; *version* is empty when the tool is missing, or does not tell it."""

    version: str
    required: str
    satisfied: bool
    package: str
    path: str


def probe(
    required: t.Mapping[str, str],
    packages: t.Mapping[str, str],
    find_program: FindProgram,
    run: RunCommand,
) -> t.Dict[str, Tool]:
    """Look at each tool of *required*, a mapping of names to the least version, "" for any.

    *packages* names each tool's package. Raises WorkstationError.
    """
    for name, minimum in required.items():
        _refuse_bad_minimum(name, minimum)
    tools = {}
    for name, minimum in required.items():
        path = next(filter(None, map(find_program, PROGRAMS.get(name, (name,)))), "")
        version = _version(name, path, run) if path else ""
        tools[name] = Tool(
            version=version,
            required=minimum,
            satisfied=bool(path) and is_at_least(version, minimum),
            package=packages.get(name, name),
            path=path,
        )
    return tools


def _refuse_bad_minimum(name: str, minimum: str) -> None:
    if minimum and not MINIMUM_VERSION.fullmatch(minimum):
        raise WorkstationError(f"the version wanted of {name} is {minimum!r}, which is not of the form 1.2.3")
    if minimum and name == TRUST_STORE:
        raise WorkstationError(f'{name} tells no version, so any has to do: "", not {minimum!r}')


def _version(name: str, path: str, run: RunCommand) -> str:
    if name == TRUST_STORE:
        return ""
    try:
        if name in ("pip", "pip3") and _interpreter(path):
            status, output, _errors = run([*_interpreter(path), "-c", VERSION_OF_PIP])
            if status == 0:
                return parse_version(output)
        _status, output, errors = run([path, VERSION_ARGUMENTS.get(name, "--version")])
    except OSError:
        return ""
    return parse_version(output) or parse_version(errors)


def _interpreter(path: str) -> t.List[str]:
    """The command that runs a Python script, as its first line has it; empty for other programs."""
    try:
        with open(path, "rb") as stream:
            first = stream.readline(256)
    except OSError:
        return []
    words = first[2:].decode("utf-8", "replace").split() if first.startswith(b"#!") else []
    return words if words and os.path.basename(words[-1]).startswith("python") else []


def parse_version(output: str) -> str:
    """The first version number in what a tool prints, or "": 2.39.5 of "git version 2.39.5.windows.1"."""
    found = DOTTED_NUMBER.search(output) or NUMBER.search(output)
    return found.group() if found else ""


def is_at_least(version: str, minimum: str) -> bool:
    """Whether *version* is *minimum* or newer, by numbers: 7.100 is newer than 7.33, and 3 is 3.0."""
    if not minimum:
        return True
    if not version:
        return False
    have, want = ([int(part) for part in text.split(".")] for text in (version, minimum))
    longest = max(len(have), len(want))
    return have + [0] * (longest - len(have)) >= want + [0] * (longest - len(want))


def packages_of(os_release: str) -> t.Dict[str, str]:
    """Packages that are not called like their tool, on the distribution that *os_release* describes."""
    return PACKAGES.get(family_of(os_release), {})


def program_finder(search_path: str, on_windows: t.Callable[[str], bool]) -> FindProgram:
    """A function that finds a program on *search_path*, in directories that are not *on_windows*.

    WSL appends the PATH of Windows, where scripts such as pip3 belong to a Windows installation.
    """
    directories = [
        directory
        for directory in [*search_path.split(os.pathsep), *USUAL_DIRECTORIES]
        if directory and not on_windows(directory)
    ]
    return lambda name: shutil.which(name, path=os.pathsep.join(directories))
