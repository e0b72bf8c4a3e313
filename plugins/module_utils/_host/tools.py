# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command-line tools: the version on a host, whether it satisfies a minimum, and the package to install.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import typing as t
from dataclasses import dataclass

from ansible.module_utils.compat.version import LooseVersion

from .._errors import WorkstationError
from .commands import FindProgram, RunCommand
from .os_release import (
    ALPINE,
    ARCH,
    DEBIAN,
    FEDORA,
    SUSE,
    distribution_family,
)
from .trusted_paths import untrusted_part

MINIMUM_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")
DOTTED_NUMBER = re.compile(r"(?<![0-9.])[0-9]+(?:\.[0-9]+)+")
NUMBER = re.compile(r"(?<![0-9.])[0-9]+")
TRAILING_ZEROS = re.compile(r"(\.0+)+$")

# options of tools that do not support --version
VERSION_ARGUMENTS = {"ssh": "-V", "unzip": "-v", "zip": "-v"}
# pip loads most of itself before it looks at --version, which takes longer than all other tools together
VERSION_OF_PIP = "import sys; del sys.path[0]; import pip; print(pip.__version__)"

# seconds for one run of a tool; a program of a version manager may download what it stands for
SECONDS_FOR_VERSION = 20
# with these variables, a version manager installs nothing for a program that only looks at its version
WITHOUT_INSTALLATION = {
    "MISE_AUTO_INSTALL": "0",
    "MISE_EXEC_AUTO_INSTALL": "0",
    "MISE_NOT_FOUND_AUTO_INSTALL": "0",
    "MISE_OFFLINE": "1",
}
# the messages that OPTION_REFUSED finds are in English
VERSION_ENVIRONMENT = {"LC_ALL": "C", **WITHOUT_INSTALLATION}
# exit codes of a program that another one (a shell, a version manager, the loader of libraries) could not run
NOT_RUN = (126, 127)
# what a tool that runs answers to an option that it does not have
OPTION_REFUSED = re.compile(
    r"\b(?:illegal|invalid|unrecogni[sz]ed|unknown|bad|unsupported)(?: command[- ]line)?"
    r" (?:option|argument|flag|switch)|\binvalid command '?-|^usage:",
    re.IGNORECASE | re.MULTILINE,
)
# what a version manager says, on its standard output too, where it has no version of the tool
NO_VERSION = re.compile(
    r"\bis not installed\b|\bno version is set\b|\bcommand not found\b|\bcommand exists in these\b",
    re.IGNORECASE,
)

# the tool that updates the trust store; it reports no version, and may do its work whatever its arguments are
TRUST_STORE = "ca-certificates"

# packages that are not named like their tool, by distribution family
PACKAGES = {
    DEBIAN: {"pip3": "python3-pip", "ssh": "openssh-client", "gpg": "gnupg"},
    FEDORA: {"pip3": "python3-pip", "ssh": "openssh-clients", "gpg": "gnupg2", "gpgv": "gnupg2"},
    SUSE: {"pip3": "python3-pip", "ssh": "openssh-clients", "gpg": "gpg2", "gpgv": "gpg2"},
    ARCH: {"pip3": "python-pip", "python3": "python", "ssh": "openssh", "gpg": "gnupg", "gpgv": "gnupg"},
    ALPINE: {"pip3": "py3-pip", "ssh": "openssh-client", "gpg": "gnupg"},
}
# programs of tools that are not named like the tool; the first one that runs counts
PROGRAMS = {
    TRUST_STORE: ("update-ca-certificates", "update-ca-trust"),
    "gpgv": ("gpgv", "gpg"),  # gpg can do all that gpgv can, and some distributions have gpg alone
}

# searched in addition to PATH, which lacks the last two for an ordinary user over SSH
USUAL_DIRECTORIES = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")


FindPrograms = t.Callable[[str], t.Iterable[str]]
"""The paths of all programs by a name, in the order of the search path."""


@dataclass
class Tool:
    """A tool on a host; *version* is empty if the tool is missing or reports no version."""

    version: str
    required: str
    satisfied: bool
    package: str


def probe(
    required: t.Mapping[str, str],
    packages: t.Mapping[str, str],
    find_programs: FindPrograms,
    run: RunCommand,
) -> t.Dict[str, Tool]:
    """Find each tool of *required*, which maps names to minimum versions ("" for any), and run it.

    A program that does not run is as if it were not there: the next one counts. *packages* maps tools to
    packages that are not named like them. Raises WorkstationError.
    """
    for name, minimum in required.items():
        _require_valid_minimum(name, minimum)
    tools = {}
    for name, minimum in required.items():
        version = _installed_version(name, minimum, find_programs, run)
        tools[name] = Tool(
            version=version or "",
            required=minimum,
            satisfied=version is not None and is_at_least(version, minimum),
            package=packages.get(name, name),
        )
    return tools


def _installed_version(
    name: str, minimum: str, find_programs: FindPrograms, run: RunCommand
) -> t.Optional[str]:
    """The version of the first program of the tool that runs; "" if it reports none, None if none runs."""
    paths = (path for program in PROGRAMS.get(name, (name,)) for path in find_programs(program))
    versions = (_version(name, path, run) for path in paths)
    version = next((version for version in versions if version is not None), None)
    if name == "python3" and version is not None and not is_at_least(version, minimum):
        # Where the distribution's python3 is too old, a newer one beside it runs this module.
        interpreter = _version(name, sys.executable, run) if sys.executable else None
        if interpreter and is_at_least(interpreter, minimum):
            return interpreter
    return version


def _require_valid_minimum(name: str, minimum: str) -> None:
    if minimum and not MINIMUM_VERSION.fullmatch(minimum):
        raise WorkstationError(
            f"The minimum version of {name} in the option tools must look like 1.2.3, not {minimum!r}."
        )
    if minimum and name == TRUST_STORE:
        raise WorkstationError(
            f'{name} reports no version: in the option tools, set its minimum version to "", not {minimum!r}.'
        )


def _version(name: str, path: str, run: RunCommand) -> t.Optional[str]:
    """The version of the program at *path*; "" if it reports none, None if it does not run."""
    if name == TRUST_STORE:
        return ""
    try:
        if name in ("pip", "pip3") and _interpreter(path):
            status, output, _errors = run([*_interpreter(path), "-c", VERSION_OF_PIP])
            if status == 0:
                return parse_version(output)
        return _reported_version(*run([path, VERSION_ARGUMENTS.get(name, "--version")]))
    except OSError:
        return None


def _reported_version(status: int, output: str, errors: str) -> t.Optional[str]:
    """The version that a program reports, by its exit code, output and errors; None if it does not run.

    Programs of version managers (pyenv, asdf, mise) are on PATH even where no version of the tool is
    installed. They fail, with the numbers of other versions in the message.
    """
    if status == 0:
        return parse_version(output) or parse_version(errors)
    if status in NOT_RUN or status < 0 or NO_VERSION.search(output):
        return None
    if parse_version(output):
        return parse_version(output)
    if OPTION_REFUSED.search(errors) or OPTION_REFUSED.search(output):
        found = DOTTED_NUMBER.search(errors)
        return found.group() if found else ""
    return None


def _interpreter(path: str) -> t.List[str]:
    """The command in the first line of a Python script; empty for other programs."""
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
    """Whether *version* is *minimum* or newer, as numbers: 7.100 is newer than 7.33, and 3 equals 3.0.

    Any version satisfies the minimum "", also an unknown one ("").
    """
    if not minimum:
        return True
    return bool(version) and _comparable(version) >= _comparable(minimum)


def _comparable(version: str) -> LooseVersion:
    """*version* without zeros at its end, which LooseVersion takes for a newer version."""
    return LooseVersion(TRAILING_ZEROS.sub("", version) or "0")


def distribution_packages(root: str = "/") -> t.Dict[str, str]:
    """The packages that are not named like their tool, on the distribution of the system below *root*."""
    return PACKAGES.get(distribution_family(root), {})


def program_finder(
    search_path: str, on_windows: t.Callable[[str], bool] = lambda _directory: False
) -> FindProgram:
    """A function that finds the first program that programs_finder() would find; None if there is none."""
    find_programs = programs_finder(search_path, on_windows)
    return lambda name: next(iter(find_programs(name)), None)


def programs_finder(
    search_path: str, on_windows: t.Callable[[str], bool] = lambda _directory: False
) -> FindPrograms:
    """A function that finds programs in the directories of *search_path* that are not *on_windows*.

    WSL appends the PATH of Windows, where scripts such as pip3 belong to a Windows installation. As root, a
    program that another user could change is ignored: it would run with the permissions of root.
    """
    directories = [
        directory
        for directory in dict.fromkeys([*search_path.split(os.pathsep), *USUAL_DIRECTORIES])
        if directory.startswith("/") and not on_windows(directory)
    ]

    def find(name: str) -> t.Iterator[str]:
        found = (shutil.which(name, path=directory) for directory in directories)
        return (path for path in found if path and _may_run(path))

    return find


def _may_run(path: str) -> bool:
    return os.geteuid() != 0 or untrusted_part(path) is None
