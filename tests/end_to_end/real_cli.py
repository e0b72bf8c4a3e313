# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real AWS CLI v2, ready to run."""

from __future__ import annotations

import pathlib
import tempfile
import zipfile

from bundles import pack_wheel, wheel_with
from support.build_cache import built_once

CURRENT = "2.38.5"
OLD = "2.27.1"


def aws(version: str) -> pathlib.Path:
    """The executable of the AWS CLI *version*, fetched and unpacked once."""
    return built_once(f"aws-cli/{version}", lambda path: _unpack(version, path)) / "aws" / "dist" / "aws"


def _unpack(version: str, directory: pathlib.Path) -> None:
    with tempfile.NamedTemporaryFile() as packed:
        pack_wheel(wheel_with(version), packed.name, level=0)
        with zipfile.ZipFile(packed.name) as bundle:
            for member in bundle.infolist():
                pathlib.Path(bundle.extract(member, directory)).chmod(member.external_attr >> 16 & 0o777)
