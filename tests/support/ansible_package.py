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


def collections_path(collection: str) -> pathlib.Path:
    """A collections path that holds *collection*, such as "amazon.aws", fetched once."""
    return built_once(f"{collection}/{PACKAGE.replace('==', '-')}", functools.partial(_fetch, collection))


def _fetch(collection: str, directory: pathlib.Path) -> None:
    members = f"ansible_collections/{collection.replace('.', '/')}/"
    pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps"]
    pip += ["--only-binary=:all:", "--python-version=3.13"]  # it only has to be unpacked, on any Python
    with tempfile.TemporaryDirectory() as download:
        subprocess.run([*pip, "--dest", download, PACKAGE], check=True)
        (wheel,) = pathlib.Path(download).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(directory, [name for name in archive.namelist() if name.startswith(members)])
