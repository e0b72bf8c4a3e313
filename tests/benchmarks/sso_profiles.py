# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long sso_profiles takes to write many profiles, alone and beside aws-sso-util.

    python tests/benchmarks/sso_profiles.py            two minutes: the module alone
    python tests/benchmarks/sso_profiles.py --peer     five minutes more: aws-sso-util configure populate

Times are the best of several runs, in seconds, inside the module: from its arguments as JSON to its result
as JSON, without the start of the interpreter. The peer is timed from the moment when it has all accounts and
roles until it ends; what it asks AWS is answered in memory. Ends with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import typing as t
import venv

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

importlib.import_module("conftest")  # makes the collection importable
from support.module_run import run_module

PEER = "aws-sso-util==4.33.0"
PEER_DRIVER = pathlib.Path(__file__).with_name("time_aws_sso_util.py")
PEER_PROFILES = 1000
ROLES_OF_AN_ACCOUNT = 5
ATTEMPTS = 15
SIZES = (500, 1000, 2000, 5000, 10000, 20000)

SECONDS_FOR_5000 = 0.3
TIMES_FASTER_THAN_THE_PEER = 500
GROWTH_PER_PROFILE = 1.5
"""A profile among 20,000 may cost that many times what one among 500 costs; constant costs make it less."""


class Bench:
    """Prints what was measured and keeps what missed its target."""

    def __init__(self) -> None:
        self.missed: t.List[str] = []

    def line(self, what: str, seconds: float, note: str = "") -> None:
        print(f"{what:<58}{seconds:>9.3f}  {note}", flush=True)

    def expect(self, met: bool, what: str) -> None:
        print(f"    {'ok    ' if met else 'MISSED'} {what}", flush=True)
        if not met:
            self.missed.append(what)


def access(number: int) -> t.List[t.Dict[str, str]]:
    return [
        {
            "session": "acme",
            "account_id": f"{index // ROLES_OF_AN_ACCOUNT:012}",
            "account_name": f"Account {index // ROLES_OF_AN_ACCOUNT}",
            "email": f"account{index // ROLES_OF_AN_ACCOUNT}@acme.example",
            "role_name": f"Role{index % ROLES_OF_AN_ACCOUNT}",
        }
        for index in range(number)
    ]


def others(number: int) -> str:
    return "".join(
        f"[profile theirs-{index}]\n# tended by hand\nsso_session = acme\nsso_account_id = {index:012}\n"
        f"sso_role_name = Role\nregion = eu-west-1\noutput = json\n\n"
        for index in range(number)
    )


def seconds_of_module(directory: pathlib.Path, number: int, before: str, region: str = "eu-west-1") -> float:
    """One run over a file that holds *before*; the best of several."""
    config = directory / "config"
    arguments = {
        "path": str(config),
        "sessions": [{"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}],
        "access": access(number),
        "region": region,
        "output": "json",
        "purge": True,
    }
    best = float("inf")
    for _attempt in range(ATTEMPTS):
        config.write_text(before)
        os.utime(config, (0, 0))
        start = time.perf_counter()
        result = run_module("sso_profiles", arguments)
        best = min(best, time.perf_counter() - start)
        assert "msg" not in result, result["msg"]
    return best


def bench_module(bench: Bench, directory: pathlib.Path) -> None:
    print("sso_profiles, seconds inside the module")
    cases = (("into an empty file", ""), ("into a file with 5000 profiles of others", others(5000)))
    for name, before in cases:
        seconds = seconds_of_module(directory, 5000, before)
        written = (directory / "config").read_text()
        bench.line(f"5000 profiles {name}", seconds)
        bench.expect(seconds <= SECONDS_FOR_5000, f"at most {SECONDS_FOR_5000} s")
        bench.line("    again, nothing to do", seconds_of_module(directory, 5000, written))
        bench.line(
            "    again, each with another region", seconds_of_module(directory, 5000, written, "eu-north-1")
        )
    costs = []
    for size in SIZES:
        seconds = seconds_of_module(directory, size, "")
        costs.append(seconds / size)
        bench.line(f"{size} profiles into an empty file", seconds, f"{costs[-1] * 1e6:.1f} us a profile")
    bench.expect(
        costs[-1] <= costs[0] * GROWTH_PER_PROFILE, f"growth from {SIZES[0]} to {SIZES[-1]} is linear"
    )


def bench_peer(bench: Bench, directory: pathlib.Path, environment: pathlib.Path) -> None:
    python = environment / "bin" / "python"
    if not python.exists():
        venv.create(environment, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PEER], check=True)
    print(f"{PEER_PROFILES} profiles, seconds of the write phase")
    config = directory / "config"
    ours = seconds_of_module(directory, PEER_PROFILES, "")
    written = config.read_text()
    ours_again = seconds_of_module(directory, PEER_PROFILES, written)
    config.unlink()
    for name, mine in (("fresh", ours), ("again", ours_again)):
        bench.line(f"sso_profiles, {name}", mine)
        theirs = seconds_of_peer(python, directory, config)
        bench.line(f"{PEER}, {name}", theirs, f"{theirs / mine:.0f} times as long")
        bench.expect(
            theirs / mine >= TIMES_FASTER_THAN_THE_PEER, f"at least {TIMES_FASTER_THAN_THE_PEER} times faster"
        )


def seconds_of_peer(python: pathlib.Path, directory: pathlib.Path, config: pathlib.Path) -> float:
    environment = {"PATH": os.environ["PATH"], "HOME": str(directory), "AWS_CONFIG_FILE": str(config)}
    done = subprocess.run(
        [python, PEER_DRIVER],
        input=json.dumps(access(PEER_PROFILES)),
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return float(done.stdout.split()[-1])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer", action="store_true", help="measure aws-sso-util as well")
    parser.add_argument(
        "--peer-environment",
        type=pathlib.Path,
        default=TESTS.parent / ".run" / "aws-sso-util",
        help="virtual environment for the peer, made when missing (%(default)s)",
    )
    arguments = parser.parse_args()
    bench = Bench()
    with tempfile.TemporaryDirectory() as directory:
        bench_module(bench, pathlib.Path(directory))
        if arguments.peer:
            bench_peer(bench, pathlib.Path(directory), arguments.peer_environment)
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
