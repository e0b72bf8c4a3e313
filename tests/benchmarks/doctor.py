# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time that workstation_info takes on a healthy host with a real AWS CLI.

    python tests/benchmarks/doctor.py        about ten seconds on an idle machine

The endpoints are on loopback. Times of the examination alone, of the CLI alone and of both as an Ansible task
are the best of several. Exits with 1 when the examination takes longer than the target.
"""

from __future__ import annotations

import importlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import typing as t

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

importlib.import_module("conftest")  # makes the collection importable
from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor import examine
from end_to_end import real_cli
from support.scratch_workstation import PROFILE, SESSION, FakeEndpoint, ScratchWorkstation

ROUNDS = 5
SECONDS = 1.5

COLLECTIONS = str(examine.__file__).partition("/ansible_collections/")[0]


def best(action: t.Callable[[], object]) -> float:
    times = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return min(times)


def task(module: str, host: ScratchWorkstation) -> t.Callable[[], object]:
    ansible = pathlib.Path(sys.executable).with_name("ansible")
    environment = {
        **host.environment,
        "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
        "ANSIBLE_HOME": str(host.root / "ansible"),
        "PATH": f"{host.bin}:/usr/bin:/bin",
    }
    command = [str(ansible), "localhost", "-m", module]
    return lambda: subprocess.run(command, env=environment, check=True, capture_output=True)


def main() -> int:
    program = real_cli.aws(real_cli.CURRENT)
    with FakeEndpoint() as aws, tempfile.TemporaryDirectory() as directory:
        host = ScratchWorkstation(pathlib.Path(directory), aws.url)
        os.environ["HOME"] = str(host.home)
        (host.bin / "aws").unlink()
        (host.bin / "aws").symlink_to(program)
        host.write_config(SESSION + "[profile dev]\n" + PROFILE)
        assert host.findings() == {}
        examination = best(host.examine)
        print(f"examination                 {examination:.2f} s, at most {SECONDS} s")
        version = [str(program), "--version"]
        cli = best(lambda: subprocess.run(version, check=True, capture_output=True))
        print(f"aws --version               {cli:.2f} s")
        print(f"task with workstation_info  {best(task('workstation.aws_sso.workstation_info', host)):.2f} s")
        print(f"task with ping              {best(task('ansible.builtin.ping', host)):.2f} s")
    return 0 if examination <= SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
