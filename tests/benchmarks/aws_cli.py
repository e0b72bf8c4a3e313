# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time that aws_cli takes to install a real CLI, compared with unzip and AWS's installer.

    python tests/benchmarks/aws_cli.py        about two minutes on an idle machine

Both install the same archive of AWS CLI 2.38.5 into an empty directory, alternately; the best times count.
The module downloads it from loopback, verifies its signature, unpacks it and runs it once; the time includes
the start of the interpreter. AWS's way is unzip of the file on disk, then aws/install, which runs the CLI
once and copies the tree. A task on a converged host is compared with a ping task and one run of the CLI.
Exits with 1 when a target is missed.
"""

from __future__ import annotations

import importlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import typing as t

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

importlib.import_module("conftest")  # makes the collection importable
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli import installer
from bundles import Mirror, new_key, serving, wheel_with

CLI_VERSION = "2.38.5"
ROUNDS = 7
RATIO_OF_INSTALLING = 1.0
RATIO_OF_A_PING = 1.5

COLLECTIONS = str(installer.__file__).partition("/ansible_collections/")[0]

RUN_MODULE = """
import json, sys
sys.path[:0] = sys.argv[1:3]
from support.module_run import run_module
result = run_module("aws_cli", json.loads(sys.argv[3]))
sys.exit(result.get("msg"))
"""


def seconds(command: t.Sequence[str | os.PathLike[str]], **environment: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **environment})
    return time.perf_counter() - start


class Target:
    """A directory to install into repeatedly."""

    def __init__(self, directory: pathlib.Path, mirror: Mirror, base_url: str) -> None:
        self._directory = directory
        self._bundle = mirror.bundle(CLI_VERSION)
        self.install_dir = directory / "aws-cli"
        self.bin_dir = directory / "bin"
        self.arguments = {
            "version": CLI_VERSION,
            "install_dir": str(self.install_dir),
            "bin_dir": str(self.bin_dir),
            "base_url": base_url,
            "public_key": mirror.key.public_key,
            "fingerprint": mirror.key.fingerprint,
        }

    def clear(self) -> None:
        shutil.rmtree(self._directory, ignore_errors=True)
        self._directory.mkdir()
        os.sync()

    def install_by_module(self) -> float:
        self.clear()
        return seconds([sys.executable, "-c", RUN_MODULE, TESTS, COLLECTIONS, json.dumps(self.arguments)])

    def install_by_aws(self) -> float:
        self.clear()
        unzipped = self._directory / "unzipped"
        unzip = seconds(["unzip", "-q", self._bundle, "-d", unzipped])
        return unzip + seconds([unzipped / "aws" / "install", "-i", self.install_dir, "-b", self.bin_dir])


def task(module: str, arguments: t.Mapping[str, t.Any]) -> float:
    """The seconds for one ad hoc task on localhost, including the start of Ansible."""
    ansible = pathlib.Path(sys.executable).with_name("ansible")
    return seconds(
        [ansible, "localhost", "-m", module, "-a", json.dumps(arguments)],
        ANSIBLE_COLLECTIONS_PATH=COLLECTIONS,
        ANSIBLE_LOCALHOST_WARNING="false",
        ANSIBLE_INVENTORY_UNPARSED_WARNING="false",
    )


def best(measure: t.Callable[[], float]) -> float:
    """The shortest of several times: other load on the machine only adds to them."""
    return min(measure() for _round in range(ROUNDS))


def compare(what: str, ours: float, limit: float) -> bool:
    print(f"{what:<52}{ours:>7.2f} s, at most {limit:.2f} s   ratio {ours / limit:.2f}", flush=True)
    return ours <= limit


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch, new_key() as key:
        mirror = Mirror(pathlib.Path(scratch) / "mirror", key)
        mirror.directory.mkdir()
        mirror.add_wheel(wheel_with(CLI_VERSION), level=6)
        with serving(mirror.directory) as base_url:
            target = Target(pathlib.Path(scratch) / "target", mirror, base_url)
            rounds = [(target.install_by_module(), target.install_by_aws()) for _round in range(ROUNDS)]
            ours, theirs = (min(times) for times in zip(*rounds))
            fast = compare(
                "install from loopback, against unzip + aws/install", ours, theirs * RATIO_OF_INSTALLING
            )

            target.install_by_module()
            converged = best(lambda: task("workstation.aws_sso.aws_cli", target.arguments))
            ping = best(lambda: task("ansible.builtin.ping", {"data": "pong"}))
            version = best(lambda: seconds([target.bin_dir / "aws", "--version"]))
            idle = compare(
                "task on a converged host, against ping + aws --version",
                converged,
                ping * RATIO_OF_A_PING + version,
            )
    return 0 if fast and idle else 1


if __name__ == "__main__":
    sys.exit(main())
