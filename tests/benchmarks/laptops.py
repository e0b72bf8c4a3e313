# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pull mode costs a laptop: the first setup beside its playbook alone, and an update that finds nothing.

    python tests/benchmarks/laptops.py [--rounds 3]     about five minutes on an idle machine, as root

Each round is a fresh WSL2-like Debian that has Python already, and installs the real AWS CLI from a mirror on
loopback. The user approves the sign-in at once. The time of the playbook alone is that from the start to the
end of ansible-playbook during the setup. The best of several rounds counts. Nothing fails when a target is
missed: a line says so.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import pathlib
import sys
import tempfile
import threading
import time
import typing as t

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

importlib.import_module("conftest")  # makes the collection importable
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle import manifest
from bundles import Mirror, new_key, serving, wheel_with
from end_to_end import real_cli
from end_to_end.controller import Controller
from end_to_end.laptops import Company, Server, as_user, laptop, terminal
from hosts import Host
from identity_center import IdentityCenter

PACKAGES = ("ca-certificates", "curl", "git", "gpgv", "less", "python3-pip", "python3-venv", "openssh-client")
SIGN_IN_PAGE = r"https?://\S+(?:/authorize\?|user_code=)\S+"
RATIO_OF_SETUP = 1.3
CPU_OF_A_CHECK = 1.0
COLLECTIONS = pathlib.Path(str(manifest.__file__).partition("/ansible_collections/")[0])


class Stopwatch(threading.Thread):
    """How long ansible-playbook runs on a host."""

    def __init__(self, host: Host) -> None:
        super().__init__(daemon=True)
        self._host = host
        self._over = threading.Event()
        self.seconds = 0.0

    def run(self) -> None:
        started: t.Optional[float] = None
        while not self._over.wait(0.05):
            running = any(b"workstation.aws_sso.workstation" in line for line in command_lines(self._host))
            if running and started is None:
                started = time.perf_counter()
            if running and started is not None:
                self.seconds = time.perf_counter() - started

    def __enter__(self) -> Stopwatch:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self.join()


def command_lines(host: Host) -> t.Iterator[bytes]:
    for path in pathlib.Path(f"/proc/{host.process_1}/root/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield path.read_bytes()


class Costs(t.NamedTuple):
    """Seconds of the setup and of its playbook, CPU seconds and requests of an update that finds nothing."""

    setup: float
    playbook: float
    cpu: float
    requests: int
    downloaded: float
    installed: float


def measured(host: Host, server: Server, center: IdentityCenter) -> Costs:
    del server.answers[:]
    started = time.perf_counter()
    with terminal(host) as shell, Stopwatch(host) as playbook:
        shell.type(f"curl -fsSL {server.url}/setup.sh | sh")
        center.approve(shell.wait_for(SIGN_IN_PAGE, 600))
        shell.finish(600)
        seconds = time.perf_counter() - started
        assert shell.status() == 0, shell.shown
    downloaded = sum(
        (server.directory / path.lstrip("/")).stat().st_size
        for path, status in server.answers
        if status == 200
    )
    installed = int(host.run("du", "-sk", "/home/dev/.local/share/workstation-update").split()[0])
    del server.answers[:]
    timed = "TIMEFORMAT='%U %S'; time workstation-update --scheduled"
    done = as_user(host, "bash", "-c", timed)
    assert done.returncode == 0, done.stderr
    cpu = sum(map(float, done.stderr.split()[-2:]))
    return Costs(seconds, playbook.seconds, cpu, len(server.answers), downloaded / 1e6, installed / 1e3)


@contextlib.contextmanager
def published() -> t.Iterator[t.Tuple[Server, IdentityCenter]]:
    with contextlib.ExitStack() as stack:
        scratch = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="laptops-")))
        center = stack.enter_context(IdentityCenter())
        key = stack.enter_context(new_key())
        for name in ("mirror", "home", "bundle"):
            (scratch / name).mkdir()
        Mirror(scratch / "mirror", key).add_wheel(wheel_with(real_cli.CURRENT))
        mirror = stack.enter_context(serving(scratch / "mirror"))
        trust = {"base_url": mirror, "public_key": key.public_key, "fingerprint": key.fingerprint}
        server = stack.enter_context(Server(scratch / "bundle").running())
        controller = Controller(scratch / "home", COLLECTIONS, center.environment())
        world = center.world
        company = {
            "workstation_sessions": [{"name": "acme", "start_url": world.start_url, "region": world.region}],
            "workstation_region": "eu-central-1",
            "workstation_verify_profile": "AdministratorAccess-111122223333",
            "workstation_aws_cli": {**trust, "version": real_cli.CURRENT},
        }
        Company(controller, server, company).publish("1", {"pythons": ["3.13"], "machines": ["x86_64"]})
        yield server, center


def report(what: str, value: float, unit: str, limit: t.Optional[float] = None) -> None:
    verdict = "" if limit is None else f"   at most {limit:.1f}: {'kept' if value <= limit else 'MISSED'}"
    print(f"{what:<58}{value:>8.2f} {unit}{verdict}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with published() as (server, center):
        found = []
        for number in range(options.rounds):
            name = f"bench-{os.getpid()}-{number}"
            with laptop(name, "trixie", center.environment(), packages=PACKAGES) as host:
                found.append(measured(host, server, center))
    best = min(found, key=lambda costs: costs.setup)
    report("first setup", best.setup, "s")
    report("its playbook", best.playbook, "s")
    report("first setup / its playbook", best.setup / best.playbook, "x", RATIO_OF_SETUP)
    report("downloaded from the server of the bundle", best.downloaded, "MB")
    report("installed, without the AWS CLI", best.installed, "MB")
    report("CPU of an update that finds nothing new", min(costs.cpu for costs in found), "s", CPU_OF_A_CHECK)
    report("its requests", best.requests, "", 1)


if __name__ == "__main__":
    main()
