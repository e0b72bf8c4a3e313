# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that holds the lock of a package manager: real locks of real processes."""

from __future__ import annotations

import contextlib
import pathlib
import subprocess
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host.package_lock import lock_holder

HOLDER = """\
import fcntl, sys
stream = open(sys.argv[1], "w")
getattr(fcntl, sys.argv[2])(stream, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def locked(path: pathlib.Path, how: str, program: pathlib.Path) -> t.Iterator[int]:
    """A process that runs the script *program* and holds a lock on *path*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(HOLDER)
    with subprocess.Popen(
        [sys.executable, "-E", str(program), str(path), how], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stdout.readline()
        yield process.pid
        process.communicate()


@pytest.mark.parametrize("how", ["lockf", "flock"])
@pytest.mark.parametrize(
    "path",
    ["var/lib/dpkg/lock-frontend", "var/lib/apt/lists/lock", "var/lib/rpm/.rpm.lock"],
)
def test_holder_of_a_lock_is_named(tmp_path: pathlib.Path, path: str, how: str) -> None:
    root = tmp_path / "root"
    with locked(root / path, how, tmp_path / "unattended-upgrade") as process:
        assert lock_holder(str(root)) == f"unattended-upgrade (process {process})"
    assert lock_holder(str(root)) == ""


def test_process_that_only_opened_the_file_or_locked_another_does_not_count(tmp_path: pathlib.Path) -> None:
    root = tmp_path / "root"
    path = root / "var/lib/dpkg/lock"
    with locked(root / "etc/.pwd.lock", "lockf", tmp_path / "useradd"):
        path.parent.mkdir(parents=True)
        with path.open("w"):
            assert lock_holder(str(root)) == ""


def test_process_of_a_process_file_counts_while_it_runs(tmp_path: pathlib.Path) -> None:
    root = tmp_path / "root"
    (root / "run").mkdir(parents=True)
    file = root / "run" / "zypp.pid"
    for content in ("", "0\n", "4194999\n", "not a number"):
        file.write_text(content)
        assert lock_holder(str(root)) == ""
    with locked(tmp_path / "other", "lockf", tmp_path / "zypper") as process:
        file.write_text(f"{process}\n")
        assert lock_holder(str(root)) == f"zypper (process {process})"
    with locked(tmp_path / "other", "lockf", tmp_path / "something-else") as process:
        file.write_text(f"{process}\n")
        assert lock_holder(str(root)) == ""
    assert lock_holder(str(root)) == ""
