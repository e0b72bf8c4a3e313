# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Setup: makes this user's machine follow a company bundle, and installs it.

PRIVATE to the collection. Running it again repairs what is missing.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import typing as t

from .._errors import WorkstationError
from .._files.atomic import PRIVATE_DIRECTORY, make_private_directory
from .._host.running_program import run_within
from ._bundle.manifest import Settings
from ._installation import versions
from ._installation.command import command_path, install_command, is_on_path
from ._installation.paths import Paths
from ._installation.state import exclusive
from ._installation.trust import Trust, establish
from ._schedule import schedule

_LARGEST_SIGNERS = 100_000
_WAIT = 60
"""Seconds for an update that is running."""


class Setup(t.NamedTuple):
    """*allowed_signers* is the path of a file with the company's keys, *program* that of this program."""

    name: str
    url: str
    allowed_signers: str
    program: str
    timer: bool = True


def prepare(paths: Paths, setup: Setup) -> None:
    """Everything that an update requires. Raises WorkstationError and OSError."""
    make_private_directory(paths.root)
    os.chmod(paths.root, PRIVATE_DIRECTORY)
    with open(setup.allowed_signers, encoding="utf-8", errors="replace") as stream:
        allowed_signers = stream.read(_LARGEST_SIGNERS)
    with exclusive(paths, _WAIT):
        make_host_key(paths.host_key)
        establish(paths, Trust(setup.name, setup.url), allowed_signers)
        _keep_program(setup.program, paths.updater)
        install_command(paths)
        schedule.choose(paths, setup.timer)


def finish(paths: Paths, show: t.Callable[[str], None]) -> None:
    """After the first update: also where it failed, a later version may be what helps. Raises OSError."""
    installed = versions.current(paths)
    schedule.apply_settings(paths, installed.manifest.settings if installed else Settings())
    command = os.path.basename(command_path()) if is_on_path() else command_path()
    show(f"Updates start {schedule.description(paths)}. For all commands, run: {command} --help")


def make_host_key(path: str) -> None:
    """Create the key that signs reports, unless it exists. Raises WorkstationError and OSError."""
    if os.path.isfile(path) and os.path.isfile(f"{path}.pub"):
        return
    new = f"{path}.new"
    for leftover in (new, f"{new}.pub", path, f"{path}.pub"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(leftover)
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", new]
    try:
        status, _output, errors = run_within(60)(command)
    except FileNotFoundError:
        raise WorkstationError(
            "ssh-keygen is not installed. Install the package openssh-client (openssh-clients on Fedora and"
            " Red Hat), then run setup.sh of the company bundle again."
        ) from None
    if status != 0:
        raise WorkstationError(f"ssh-keygen could not create the key of this laptop: {errors.strip()}")
    os.rename(f"{new}.pub", f"{path}.pub")
    os.rename(new, path)


def _keep_program(program: str, place: str) -> None:
    if os.path.realpath(program) == os.path.realpath(place):
        return
    new = f"{place}.new"
    shutil.copyfile(program, new)
    os.replace(new, place)
