# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pythons of this machine, and virtual environments made with them."""

from __future__ import annotations

import functools
import os
import pathlib
import shutil
import subprocess
import typing as t

from .part import ROOT, STATE, CannotRun, Part, path_without_shims

HOST_PYTHONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
PYTEST = ("pexpect", "pytest", "pytest-xdist", "pytest-mock", "pytest-timeout", "hypothesis")


@functools.lru_cache(maxsize=None)
def interpreters() -> dict[str, str]:
    """Version -> path of every Python of HOST_PYTHONS that starts on this machine."""
    found = {}
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    for version in HOST_PYTHONS:
        candidates = [shutil.which(f"python{version}", path=path_without_shims())]
        candidates += sorted(map(str, pyenv.glob(f"{version}.*/bin/python")))
        for candidate in filter(None, candidates):
            command = [candidate, "-c", "import ensurepip, venv"]
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                found[version] = candidate
    return found


def interpreter(*versions: str) -> str:
    """The path of the first of *versions* that this machine has."""
    for version in versions:
        if version in interpreters():
            return interpreters()[version]
    raise CannotRun(f"Python {' or '.join(versions)} with its venv module is not installed")


def virtual_environment(part: Part, python: str, name: str, *requirements: str) -> pathlib.Path:
    """The Python of a virtual environment below .run/ that is made anew when its requirements change."""
    path = STATE / name
    stamp = path / "stamp"
    wanted = repr((python, *requirements))
    if not stamp.exists() or stamp.read_text() != wanted:
        part.run(python, "-m", "venv", "--clear", path)
        part.run(path / "bin" / "python", "-m", "pip", "install", "--quiet", *requirements)
        stamp.write_text(wanted)
    return path / "bin" / "python"


def controller_requirements(core: str) -> t.Tuple[str, ...]:
    """What the unit tests need on the controller, with *core* as ansible-core."""
    libraries = (ROOT / "meta" / "ee-requirements.txt").read_text(encoding="utf-8").splitlines()
    return (core, *(line for line in libraries if not line.startswith("#")), *PYTEST, "moto[server]")
