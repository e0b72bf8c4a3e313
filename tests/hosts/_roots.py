# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root file systems: built once for each Debian release and kept below the user's cache."""

from __future__ import annotations

import hashlib
import pathlib
import subprocess
import typing as t

from support.build_cache import built_once

HERE = pathlib.Path(__file__).resolve().parent
RECIPE = (HERE / "build_root.sh", HERE / "add_packages.sh", HERE / "wsl2_uname.c")
OWN_NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")


class HostError(Exception):
    """A host could not be made; says why."""


def root_file_system(suite: str, packages: t.Sequence[str] = ()) -> pathlib.Path:
    """The root file system of a fresh Debian *suite*, such as "trixie"; building it takes half a minute.

    With *packages* these are installed on it. Raises HostError.
    """
    recipe = hashlib.sha256(b"".join(part.read_bytes() for part in RECIPE)).hexdigest()[:8]
    fresh = built_once(f"roots/{suite}-{recipe}", lambda path: _build(suite, RECIPE[0], suite, path))
    if not packages:
        return fresh
    name = hashlib.sha256(" ".join(sorted(packages)).encode()).hexdigest()[:8]
    return built_once(
        f"roots/{suite}-{recipe}-{name}", lambda path: _build(suite, RECIPE[1], fresh, path, *packages)
    )


def _build(suite: str, script: pathlib.Path, *arguments: str | pathlib.Path) -> None:
    command = [*OWN_NAMESPACES, str(script), *map(str, arguments)]
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if result.returncode:
        end = "\n".join(result.stdout.decode(errors="replace").splitlines()[-15:])
        raise HostError(f"the root file system of {suite} could not be built; the end of its output:\n{end}")
