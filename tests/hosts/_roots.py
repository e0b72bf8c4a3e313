# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root file systems: built once for each Debian release and kept below the user's cache."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import typing as t

HERE = pathlib.Path(__file__).resolve().parent
RECIPE = (HERE / "build_root.sh", HERE / "wsl2_uname.c")
OWN_NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")


class HostError(Exception):
    """A host could not be made; says why."""


def root_file_system(suite: str) -> pathlib.Path:
    """The root file system of a fresh Debian *suite*, such as "trixie"; building it takes half a minute.

    Raises HostError.
    """
    root = _cache() / f"{suite}-{_recipe_digest()}"
    if not root.is_dir():
        root.parent.mkdir(parents=True, exist_ok=True)
        with _locked(root.with_suffix(".lock")):
            if not root.is_dir():
                _build(suite, root)
    return root


def _build(suite: str, root: pathlib.Path) -> None:
    unfinished, log = root.with_suffix(".unfinished"), root.with_suffix(".log")
    shutil.rmtree(unfinished, ignore_errors=True)
    with log.open("w") as output:
        command = [*OWN_NAMESPACES, str(RECIPE[0]), suite, str(unfinished)]
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
    if status.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise HostError(
            f"the root file system of {suite} could not be built; the end of {log}:\n{_end_of(log)}"
        )
    unfinished.rename(root)


def _end_of(log: pathlib.Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


def _recipe_digest() -> str:
    return hashlib.sha256(b"".join(part.read_bytes() for part in RECIPE)).hexdigest()[:8]


def _cache() -> pathlib.Path:
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "workstation.aws_sso" / "hosts"


@contextlib.contextmanager
def _locked(path: pathlib.Path) -> t.Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
