# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual environment and the collection of one version of a company bundle.

PRIVATE to the collection. Everything comes from the files of the version: no package index is used.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sys
import tempfile
import typing as t

from ..._errors import WorkstationError
from ..._host.running_program import TIMED_OUT, RunningProgram
from ..._text import shortened_list
from .._bundle.manifest import Manifest
from .paths import COLLECTIONS, VENV

_MINUTES = 15
"""How long pip may take; on a slow disk with a virus scanner, it takes several minutes."""
_FOREIGN_VARIABLES = ("ANSIBLE_", "PIP_", "PYTHON", "VIRTUAL_ENV", "_PYTHON_")


def python_of(directory: str) -> str:
    """The interpreter of the version in *directory*."""
    return os.path.join(directory, VENV, "bin", "python")


def program_of(directory: str, name: str) -> t.List[str]:
    """The start of a command that runs the program *name* of the version in *directory*.

    The program is passed to the interpreter, because the kernel limits the length of a path after ``#!``.
    """
    return [python_of(directory), os.path.join(directory, VENV, "bin", name)]


def machine() -> str:
    """The machine as in the names of wheels: x86_64 or aarch64."""
    return platform.machine()


def environment_name() -> str:
    """The key of this Python and machine in Manifest.environments."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}-{machine()}"


def clean_environment() -> t.Dict[str, str]:
    """The variables of this process without those that change what pip, Python or Ansible do."""
    return {name: text for name, text in os.environ.items() if not name.startswith(_FOREIGN_VARIABLES)}


def require_environment(manifest: Manifest) -> t.Sequence[str]:
    """The paths of the wheels for this Python and machine. Raises WorkstationError."""
    wanted = environment_name()
    if wanted in manifest.environments:
        return manifest.environments[wanted]
    version, _dash, here = wanted.partition("-")
    pythons = [name.partition("-")[0] for name in manifest.environments if name.endswith(f"-{here}")]
    if pythons:
        raise WorkstationError(
            f"Version {manifest.version} of the company bundle has no packages for Python {version}; it has"
            f" them for {shortened_list(pythons, 10)}. Install one of these, and run setup.sh of the company"
            " bundle again."
        )
    raise WorkstationError(
        f"Version {manifest.version} of the company bundle has no packages for the machine {here}. Ask those"
        " who publish the bundle to add it to workstation_bundle_machines."
    )


def prepare(directory: str, manifest: Manifest) -> None:
    """Create the environment and the collection of the version whose verified files are in *directory*.

    Each is created beside its place and then renamed, so that a program that outlives a killed update never
    writes to what the next one creates. Raises WorkstationError and OSError.
    """
    wheels = [_local(directory, path) for path in require_environment(manifest)]
    _remove_abandoned(directory)
    with _replacing(directory, VENV) as place:
        _run("Python could not create a virtual environment", [sys.executable, "-I", "-m", "venv", place])
        pip = [os.path.join(place, "bin", "python"), "-I", "-m", "pip", "--disable-pip-version-check"]
        install = ["install", "--quiet", "--no-input", "--no-index", "--no-deps", "--no-cache-dir"]
        _run("pip could not install the packages of the bundle", [*pip, *install, *wheels])
    with _replacing(directory, COLLECTIONS) as place:
        options = ["collection", "install", "--offline", "--no-deps", "--force", "-p", place]
        _run(
            "ansible-galaxy could not install the collection of the bundle",
            [*program_of(directory, "ansible-galaxy"), *options, _local(directory, manifest.collection)],
            {"ANSIBLE_HOME": os.path.join(place, ".ansible"), "LC_ALL": "C.UTF-8"},
        )
        shutil.rmtree(os.path.join(place, ".ansible"), ignore_errors=True)


def is_usable(directory: str) -> bool:
    """Whether the environment runs; it no longer does after the Python of the system was replaced."""
    command = [python_of(directory), "-I", "-c", "import ansible.release, cryptography, yaml"]
    try:
        return RunningProgram(command, 60, clean_environment()).result()[0] == 0
    except OSError:
        return False


def _local(directory: str, path: str) -> str:
    return os.path.join(directory, os.path.basename(path))


@contextlib.contextmanager
def _replacing(directory: str, name: str) -> t.Iterator[str]:
    """A new directory that takes the place of *name* in *directory* at the end."""
    place = tempfile.mkdtemp(prefix=f".{name}-", dir=directory)
    try:
        yield place
        final = os.path.join(directory, name)
        shutil.rmtree(final, ignore_errors=True)
        os.rename(place, final)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _remove_abandoned(directory: str) -> None:
    for entry in os.listdir(directory):
        if entry.startswith((f".{VENV}-", f".{COLLECTIONS}-")):
            shutil.rmtree(os.path.join(directory, entry), ignore_errors=True)


def _run(failure: str, command: t.Sequence[str], variables: t.Optional[t.Mapping[str, str]] = None) -> None:
    environment = {**clean_environment(), "PIP_CONFIG_FILE": os.devnull, **(variables or {})}
    status, output, errors = RunningProgram(command, _MINUTES * 60, environment).result()
    if status == 0:
        return
    if status == TIMED_OUT:
        raise WorkstationError(f"{failure} within {_MINUTES} minutes. Try again: workstation-update")
    written = (errors.strip() or output.strip()).decode("utf-8", "replace")
    if "No space left on device" in written:
        raise WorkstationError(f"{failure}: the disk is full. Free 500 MB, then run: workstation-update")
    lines = written.splitlines() or ["no message"]
    raise WorkstationError(f"{failure} (exit code {status}): {shortened_list(lines[-3:], 3)}")
