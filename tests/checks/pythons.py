# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pythons of this machine, and virtual environments made with them."""

from __future__ import annotations

import functools
import os
import pathlib
import re
import shutil
import subprocess

from .part import ROOT, STATE, CannotRun, Part, path_without_shims

HOST_PYTHONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


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


def virtual_environment(part: Part, python: str, name: str) -> pathlib.Path:
    """The Python of a virtual environment below .run/ with the packages of requirements/NAME.txt."""
    path = STATE / name
    stamp = path / "stamp"
    requirements = pinned(part, name)
    wanted = python + "\n" + requirements.read_text(encoding="utf-8")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        part.run(python, "-m", "venv", "--clear", path)
        part.run(path / "bin" / "python", "-m", "pip", "install", "--quiet", "--requirement", requirements)
        stamp.write_text(wanted, encoding="utf-8")
    return path / "bin" / "python"


def partner_python(part: Part) -> pathlib.Path:
    """The Python whose ansible-lint and importer of Galaxy are those that check certified collections."""
    return virtual_environment(part, interpreter("3.12", "3.11"), "partner")


def pinned(part: Part, name: str) -> pathlib.Path:
    """A file with what requirements/update has pinned by version and hash, which pip then verifies.

    With WORKSTATION_UNPINNED=1, as in ./run, by version only: some package indexes build packages themselves.
    """
    path = ROOT / "requirements" / f"{name}.txt"
    if not os.environ.get("WORKSTATION_UNPINNED"):
        return path
    without_hashes = part.scratch / path.name
    text = re.sub(r" \\\n    --hash=\S+", "", path.read_text(encoding="utf-8"))
    without_hashes.write_text(text, encoding="utf-8")
    return without_hashes
