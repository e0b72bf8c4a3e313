# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual environment and the collection of one version of a company bundle.

PRIVATE to the collection. Everything comes from the verified files of the version. Neither pip nor
ansible-galaxy is used, which take ten times as long for the same: about ten seconds.
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
from ..._host.running_program import RunningProgram
from ..._text import shortened_list
from .._bundle.manifest import Manifest
from .archives import unpack_collection, unpack_wheel
from .paths import COLLECTIONS, VENV

_SECONDS = 300
"""How long a Python may take to start; on a slow disk with a virus scanner, minutes are possible."""
_FOREIGN_VARIABLES = ("ANSIBLE_", "PIP_", "PYTHON", "VIRTUAL_ENV", "_PYTHON_")


def python_of(directory: str) -> str:
    """The interpreter of the version in *directory*."""
    return os.path.join(directory, VENV, "bin", "python")


def ansible_playbook(directory: str) -> t.List[str]:
    """The start of a command that runs ansible-playbook of the version in *directory*."""
    return [python_of(directory), "-I", "-m", "ansible", "playbook"]


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

    Each is created beside its place and then renamed: after a kill, it is either complete or not there.
    Raises WorkstationError and OSError.
    """
    wheels = [_local(directory, path) for path in require_environment(manifest)]
    _remove_abandoned(directory)
    with _replacing(directory, VENV) as place:
        _create_environment(place)
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        for wheel in wheels:
            unpack_wheel(wheel, os.path.join(place, "lib", version, "site-packages"))
    with _replacing(directory, COLLECTIONS) as place:
        unpack_collection(_local(directory, manifest.collection), place)
    if not is_usable(directory):
        raise WorkstationError(
            f"The packages of version {manifest.version} of the company bundle do not run with"
            f" {sys.executable}. Report this to those who publish the bundle."
        )


def is_usable(directory: str) -> bool:
    """Whether the environment runs; it no longer does after the Python of the system was replaced."""
    command = [python_of(directory), "-I", "-c", "import ansible.release, cryptography, yaml"]
    try:
        return RunningProgram(command, _SECONDS, clean_environment()).result()[0] == 0
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


def _create_environment(place: str) -> None:
    command = [sys.executable, "-I", "-m", "venv", "--without-pip", place]
    status, output, errors = RunningProgram(command, _SECONDS, clean_environment()).result()
    if status:
        lines = (errors.strip() or output.strip()).decode("utf-8", "replace").splitlines() or ["no message"]
        raise WorkstationError(
            f"{sys.executable} could not create a virtual environment (exit code {status}):"
            f" {shortened_list(lines[-3:], 3)}"
        )
