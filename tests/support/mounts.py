# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python scripts on file systems that are small, full or read-only, which no other process sees."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._files import atomic

_COLLECTIONS = str(atomic.__file__).partition("/ansible_collections/")[0]


def with_tmpfs(options: str, directory: pathlib.Path, script: str) -> str:
    """What a Python *script* prints that runs with an empty tmpfs on *directory*."""
    return _mounted(f'mount -t tmpfs -o {options} none "$1"', directory, script)


def with_read_only(directory: pathlib.Path, script: str) -> str:
    """What a Python *script* prints that runs with *directory* mounted read-only."""
    return _mounted('mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"', directory, script)


def _mounted(mount: str, directory: pathlib.Path, script: str) -> str:
    directory.mkdir(parents=True, exist_ok=True)
    namespace = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*namespace, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("this machine does not allow mount namespaces for users")
    return subprocess.run(
        [
            *namespace,
            "sh",
            "-c",
            f'{mount} && exec "$2" -c "$3"',
            "sh",
            str(directory),
            sys.executable,
            script,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, _COLLECTIONS])},
        check=False,
    ).stdout
