#!/usr/bin/env python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the inventory sso_ec2 takes for many accounts, compared with what AWS's limits allow.

The access portal answers 20 calls a second. 800 accounts, whose roles and credentials have to be requested,
take 80 seconds at best. A second run reads the inventory cache.

    python tests/benchmarks/instances.py [--accounts 800] [--instances 2]
"""

from __future__ import annotations

import argparse
import importlib
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import typing as t

TESTS = pathlib.Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(TESTS))
    importlib.import_module("conftest")  # makes the collection importable

import conftest
from support import ansible_package, simulated_aws

REGIONS = ("eu-central-1", "eu-west-1")
LATENCY = 0.06
LIMIT = 1.15
SECONDS_FROM_CACHE = 2
INVENTORY = f"""\
plugin: workstation.aws_sso.sso_ec2
roles: [ReadOnly]
regions: [{", ".join(REGIONS)}]
keyed_groups:
  - key: tags
    prefix: tag
aws_ec2:
  hostnames: [instance-id]
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: CACHE
cache_timeout: 3600
"""


class Run(t.NamedTuple):
    seconds: float
    cpu: float
    megabytes: float
    hosts: int


def prepare(home: pathlib.Path, url: str) -> dict[str, str]:
    """A home with a signed-in session; the environment for Ansible."""
    os.environ["HOME"] = str(home)
    from support.sso_files import CORP, write_token

    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(
        f"[sso-session corp]\nsso_start_url = {CORP.start_url}\nsso_region = {CORP.region}\n"
        "sso_registration_scopes = sso:account:access\n"
    )
    write_token(CORP)
    collections = home / "collections" / "ansible_collections" / "workstation"
    collections.mkdir(parents=True)
    (collections / "aws_sso").symlink_to(conftest.ROOT)
    (home / "corp.sso_ec2.yml").write_text(INVENTORY.replace("CACHE", str(home / "cache")))
    amazon = ansible_package.collections_path("amazon.aws")
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "NO_PROXY": "127.0.0.1",
        "AWS_ENDPOINT_URL_SSO": url,
        "AWS_ENDPOINT_URL_EC2": url,
        "ANSIBLE_DEPRECATION_WARNINGS": "false",
        "ANSIBLE_COLLECTIONS_PATH": f"{home / 'collections'}:{amazon}",
    }


def run(home: pathlib.Path, environment: dict[str, str], *arguments: str) -> Run:
    output = home / "output"
    source = str(home / "corp.sso_ec2.yml")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    with output.open("w") as stream:
        command = [sys.executable, "-m", "ansible", "inventory", "-i", source, *arguments]
        subprocess.run(command, env=environment, stdout=stream, check=True)
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds, cpu, after.ru_maxrss / 1024, output.read_text().count("i-00"))


def measure(url: str) -> dict[str, Run]:
    """--graph takes little more than to read the inventory; --list also prints all variables of all hosts."""
    with tempfile.TemporaryDirectory() as directory:
        home = pathlib.Path(directory)
        environment = prepare(home, url)
        runs = {"first run": run(home, environment, "--graph", "sso_ec2")}
        calls = simulated_aws.counts(url)
        runs["from the cache"] = run(home, environment, "--graph", "sso_ec2")
        runs["the same, --list"] = run(home, environment, "--list")
    assert simulated_aws.counts(url) == calls, "the second run made calls"
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=800)
    parser.add_argument("--instances", type=int, default=2, help="in each Region of an account")
    arguments = parser.parse_args()
    words = ["-m", "support.simulated_aws", arguments.accounts, arguments.instances, LATENCY]
    command = [sys.executable, *map(str, words)]
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True) as aws:
        assert aws.stdout is not None
        url = aws.stdout.readline().strip()
        try:
            runs = measure(url)
            calls = simulated_aws.counts(url)
        finally:
            aws.terminate()
    report(arguments.accounts, runs, calls)


def report(accounts: int, runs: dict[str, Run], calls: dict[str, int]) -> None:
    of_portal = sum(calls[name] for name in ("accounts", "roles", "credentials"))
    ideal = (of_portal - simulated_aws.PORTAL_BURST) / simulated_aws.PORTAL_RATE
    hosts = runs["first run"].hosts
    print(f"{accounts} accounts, {len(REGIONS)} Regions, {hosts} instances; calls: {calls}")
    for name, result in runs.items():
        print(
            f"{name:18} {result.seconds:6.1f} s, CPU {result.cpu:5.1f} s, at most {result.megabytes:.0f} MB"
        )
    grade("of the time that the portal takes at best", runs["first run"].seconds / ideal, LIMIT)
    grade("seconds from the cache", runs["from the cache"].seconds, SECONDS_FROM_CACHE)


def grade(what: str, value: float, limit: float) -> None:
    print(f"{'ok' if value <= limit else 'MISSED'}: {value:.2f} {what}, target {limit}")


if __name__ == "__main__":
    main()
