# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What credentials and lists of accounts cost a play, compared with common alternatives.

    python tests/benchmarks/credentials.py [PART...]     about ten minutes on an idle machine

Parts: hit, modules, miss, crowd, access. Plays run in turns, and the best of several runs counts. Ratios are
of CPU seconds, which other work on the machine changes less than those of the wall clock. All goes to the
emulator on loopback. Nothing fails when a target is missed: a line says so.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import typing as t

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

import conftest
from end_to_end import real_cli
from identity_center import IdentityCenter
from identity_center.world import big_world

FORKS = 200
MODULE_TASKS = 50
MISSES = 10
RUNS = 5
PROFILES = 5000
ROLE = "111122223333", "ReadOnly"
SESSION = (
    "[sso-session corp]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n"
    "sso_registration_scopes = sso:account:access\n"
)


class Timing(t.NamedTuple):
    """Seconds on the wall and of the CPU, the best of several runs."""

    wall: float
    cpu: float


class Bench:
    """A temporary home with a signed-in user and profiles, in which plays are timed."""

    def __init__(self, home: pathlib.Path, center: IdentityCenter) -> None:
        self.home = home
        self.center = center
        self.environment = {
            "HOME": str(home),
            "PATH": f"{real_cli.aws(real_cli.CURRENT).parent}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(self._collections(home)),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            **center.environment(),
        }
        os.environ.update({"HOME": str(home), **center.environment()})
        self.profiles([])
        self._sign_in(center)

    @staticmethod
    def _collections(home: pathlib.Path) -> pathlib.Path:
        (home / "collections/ansible_collections/workstation").mkdir(parents=True)
        (home / "collections/ansible_collections/workstation/aws_sso").symlink_to(conftest.ROOT)
        return home / "collections"

    @staticmethod
    def _sign_in(center: IdentityCenter) -> None:
        from support.role_credentials import sign_in

        sign_in(center)

    def profiles(self, roles: t.Iterable[tuple[str, str]], more: int = 0) -> None:
        """Write profiles for *roles*, and *more* unused ones."""
        unused = ((f"{number:012d}", "Unused") for number in range(more))
        sections = (
            f"[profile {role}-{account}]\nsso_session = corp\nregion = eu-central-1\noutput = json\n"
            f"sso_account_id = {account}\nsso_role_name = {role}\n"
            for account, role in (*roles, *unused)
        )
        (self.home / ".aws").mkdir(exist_ok=True)
        (self.home / ".aws" / "config").write_text(SESSION + "".join(sections))

    def time_templates(self, templates: dict[str, tuple[str, dict[str, str]]]) -> dict[str, float]:
        """The CPU milliseconds that each template takes in a worker with its environment."""
        done = subprocess.run(
            [sys.executable, pathlib.Path(__file__).with_name("time_templates.py"), str(FORKS)],
            input=json.dumps(templates),
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        times: dict[str, float] = json.loads(done.stdout)
        return times

    def forget_roles(self) -> None:
        for path in (self.home / ".aws" / "cli" / "cache").glob("*.json"):
            path.unlink()

    def play(self, name: str, tasks: str, count: int) -> pathlib.Path:
        """A play with *tasks* written *count* times, with the number of the time in place of NUMBER."""
        head = "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
        path = self.home / f"{name}.yml"
        path.write_text(head + "".join(tasks.replace("NUMBER", str(number)) for number in range(count)))
        return path

    def time(
        self, plays: dict[str, pathlib.Path], runs: int = RUNS, before: t.Callable[[], None] = lambda: None
    ) -> dict[str, Timing]:
        """The best time of each play; they take turns, so that other work hits them alike."""
        found: dict[str, list[Timing]] = {name: [] for name in plays}
        for run in range(runs + 1):
            for name, path in plays.items():
                before()
                timing = self._run(path)
                if run:  # the first one fills caches of bytecode
                    found[name].append(timing)
        return {name: Timing(*map(min, zip(*timings))) for name, timings in found.items()}

    def run(self, play: pathlib.Path, *arguments: str | pathlib.Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "ansible", "playbook", play, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{play.name} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")

    def _run(self, play: pathlib.Path) -> Timing:
        earlier, started = os.times(), time.perf_counter()
        self.run(play)
        later = os.times()
        cpu = later.children_user + later.children_system - earlier.children_user - earlier.children_system
        return Timing(time.perf_counter() - started, cpu)


def row(what: str, timing: Timing, base: Timing | None, tasks: int) -> None:
    """One line; with *base*, what a task adds to that of the plain play."""
    added = ""
    if base:
        wall, cpu = ((timing[index] - base[index]) / tasks * 1000 for index in (0, 1))
        added = f"a task adds {wall:7.2f} ms, CPU {cpu:7.2f} ms"
    print(f"  {what:<46}{timing.wall:7.2f} s  CPU {timing.cpu:6.2f} s  {added}", flush=True)


def target(what: str, value: float, limit: float) -> None:
    print(f"  {'ok    ' if value <= limit else 'MISSED'} {what}: {value:.2f}, target {limit}", flush=True)


def ratio(timings: dict[str, Timing], ours: str, theirs: str, base: str | None = None) -> float:
    """The CPU time of *ours* divided by that of *theirs*, both without that of *base*."""
    zero = timings[base].cpu if base else 0
    return (timings[ours].cpu - zero) / (timings[theirs].cpu - zero)


def bench_hit(bench: Bench) -> None:
    """Cached credentials, compared with the builtin lookup file of the same file: what a task pays."""
    from ansible_collections.workstation.aws_sso.plugins.plugin_utils._cached_credentials import (
        Role,
        role_path,
    )

    cached = role_path(Role("corp", None, *ROLE))
    crowded = bench.home / "crowded-config"
    bench.profiles([ROLE], PROFILES)
    (bench.home / ".aws" / "config").rename(crowded)
    bench.profiles([ROLE])
    unusual = bench.home / "unusual-config"  # the quotes in the header require the parser
    text = (bench.home / ".aws" / "config").read_text()
    unusual.write_text(text.replace("[profile ReadOnly-111122223333]", '[profile "ReadOnly-111122223333"]'))
    by_profile = "{{ lookup('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333') }}"
    by_role = (
        "{{ lookup('workstation.aws_sso.sso_credentials', session='corp', account_id='111122223333',"
        " role_name='ReadOnly') }}"
    )
    times = bench.time_templates(
        {
            "no lookup": ("{{ 'ab' ~ 'c' }}", {}),
            "lookup file, of the cached role": (f"{{{{ lookup('ansible.builtin.file', '{cached}') }}}}", {}),
            "by profile": (by_profile, {}),
            "by account and role": (by_role, {}),
            "by profile, full path": (by_profile, {"AWS_CONFIG_FILE": str(unusual)}),
            f"by profile, of {PROFILES}": (by_profile, {"AWS_CONFIG_FILE": str(crowded)}),
        }
    )
    base = times["no lookup"]
    for name, milliseconds in times.items():
        print(f"  {name:<46}{milliseconds:7.2f} ms of CPU, {milliseconds - base:6.2f} more than no lookup")
    file = times["lookup file, of the cached role"] - base
    print(f"  by profile, full path / file: {(times['by profile, full path'] - base) / file:.2f}")
    for name in ("by profile", "by account and role"):
        target(f"{name} / file", (times[name] - base) / file, 1.1)
    target(f"ms that {PROFILES} profiles add", times[f"by profile, of {PROFILES}"] - times["by profile"], 5)


def bench_modules(bench: Bench) -> None:
    """A play of module tasks that each get keys, compared with the same play with plain variables."""
    task = '    - ansible.builtin.file: {path: ., state: directory}\n      environment: "EXPRESSION"\n'
    expressions = {
        "plain variables": "{{ {'AWS_ACCESS_KEY_ID': 'a', 'AWS_SECRET_ACCESS_KEY': 'b'} }}",
        "sso_credentials": "{{ lookup('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333',"
        " format='environment') }}",
    }
    bench.profiles([ROLE])
    timings = bench.time(
        {
            name: bench.play(f"modules-{number}", task.replace("EXPRESSION", text), MODULE_TASKS)
            for number, (name, text) in enumerate(expressions.items())
        },
        runs=3,
    )
    for name, timing in timings.items():
        row(name, timing, None, MODULE_TASKS)
    target("sso_credentials / plain variables", ratio(timings, "sso_credentials", "plain variables"), 1.06)


def bench_miss(bench: Bench) -> None:
    """Credentials that are not cached, compared with the AWS CLI in a lookup pipe."""
    accounts = [account.id for account in bench.center.world.accounts[:MISSES]]
    bench.profiles([("NUMBER", "Role00"), *((account, "Role00") for account in accounts)])
    task = '    - ansible.builtin.assert: {quiet: true, that: "EXPRESSION | length > 1"}\n'
    pipe = "aws configure export-credentials --profile Role00-ACCOUNT --format process"
    expressions = {
        "no lookup": "('ab' ~ 'c')",
        "lookup pipe with AWS CLI 2.38": f"lookup('ansible.builtin.pipe', '{pipe}')",
        "sso_credentials": "lookup('workstation.aws_sso.sso_credentials', 'Role00-ACCOUNT')",
    }
    plays = {}
    for number, (name, text) in enumerate(expressions.items()):
        tasks = [task.replace("EXPRESSION", text).replace("ACCOUNT", account) for account in accounts]
        plays[name] = bench.play(f"miss-{number}", "".join(tasks), 1)
    timings = bench.time(plays, runs=3, before=bench.forget_roles)
    for name, timing in timings.items():
        row(name, timing, timings["no lookup"], MISSES)
    target(
        "sso_credentials / pipe",
        ratio(timings, "sso_credentials", "lookup pipe with AWS CLI 2.38", "no lookup"),
        0.3,
    )


def bench_crowd(bench: Bench) -> None:
    """40 hosts that need one role, or ten, at once."""
    accounts = [account.id for account in bench.center.world.accounts[:10]]
    bench.profiles((account, "Role00") for account in accounts)
    hosts = "\n".join(f"host{number} ansible_connection=local" for number in range(40))
    (bench.home / "hosts").write_text(hosts + "\n")
    for roles in (1, 10):
        bench.forget_roles()
        earlier = bench.center.count("GetRoleCredentials")
        profile = f"Role00-{{{{ {accounts[:roles]}[groups.all.index(inventory_hostname) % {roles}] }}}}"
        play = bench.home / f"crowd-{roles}.yml"
        play.write_text(
            '- hosts: all\n  gather_facts: false\n  vars:\n    profile: "' + profile + '"\n  tasks:\n'
            "    - ansible.builtin.assert:\n        quiet: true\n"
            "        that: lookup('workstation.aws_sso.sso_credentials', profile) | length > 1\n"
        )
        started = time.perf_counter()
        bench.run(play, "--forks", "40", "-i", bench.home / "hosts")
        asked = bench.center.count("GetRoleCredentials") - earlier
        print(f"  40 forks, {roles} roles: {time.perf_counter() - started:.1f} s")
        target("GetRoleCredentials", asked, roles)


def bench_access(bench: Bench) -> None:
    """The roles of 400 accounts at 60 ms a call and 20 calls a second."""
    bench.center.set(latency=0.06, portal_rate=20.0, portal_burst=20)
    calls = len(bench.center.world.accounts) + 4
    ideal = (calls - 20) / 20
    play = bench.home / "access.yml"
    play.write_text(
        "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
        "    - ansible.builtin.assert:\n        quiet: true\n"
        "        that: query('workstation.aws_sso.sso_access', 'corp') | length == 1200\n"
    )
    empty = bench.play("empty", "    - ansible.builtin.assert: {quiet: true, that: \"'a' == 'a'\"}\n", 1)
    start = bench.time({"empty": empty}, runs=2)["empty"].wall
    earlier = len(bench.center.requests)
    started = time.perf_counter()
    bench.run(play)
    seconds = time.perf_counter() - started - start
    refused = sum(entry.status == 429 for entry in bench.center.requests[earlier:])
    print(f"  {seconds:.2f} s without the start of Ansible; {calls} calls at that rate take {ideal:.2f} s")
    target("sso_access / ideal", seconds / ideal, 1.08)
    target("refused with 429", refused, 0)
    bench.center.set(latency=0.0, portal_rate=0.0)


PARTS: dict[str, t.Callable[[Bench], None]] = {
    "hit": bench_hit,
    "modules": bench_modules,
    "miss": bench_miss,
    "crowd": bench_crowd,
    "access": bench_access,
}


def cache_role(home: pathlib.Path) -> None:
    """A cached role that does not expire while plays are timed."""
    from support.role_credentials import as_the_cli_writes, role_file

    as_the_cli_writes(
        role_file(home, "ef7c0373a8420e194e9d028ad5acc50a222b4714"), seconds=6 * 3600, SessionToken="t" * 800
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for name in options.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="bench-") as home, IdentityCenter(big_world()) as center:
            bench = Bench(pathlib.Path(home), center)
            if name in ("hit", "modules"):
                cache_role(bench.home)
            print(f"{name}: {' '.join((PARTS[name].__doc__ or '').split())}", flush=True)
            PARTS[name](bench)


if __name__ == "__main__":
    main()
