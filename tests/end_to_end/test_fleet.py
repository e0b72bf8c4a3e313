# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role workstation over an inventory: hosts that fail, hosts that differ, and what a second run costs."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import typing as t

import hosts
import pytest
from bundles import Mirror, new_key, serving, wheel_with
from hosts import Host
from identity_center import IdentityCenter, write_browser

from end_to_end import real_cli
from end_to_end.needs import need
from end_to_end.workplace import Workplace

PACKAGES = ("curl", "git", "gpgv", "python3", "python3-pip")
PROFILE = "ReadOnly-111122223333"
STEPS = {  # what breaks a step on a host, and what mends it
    "Bring the prerequisites": (
        "printf '#!/bin/sh\\necho git version 1.0\\n' >/usr/local/bin/git; chmod 755 /usr/local/bin/git",
        "rm /usr/local/bin/git",
    ),
    "Bring AWS CLI v2": ("echo mine >/usr/local/bin/aws", "rm /usr/local/bin/aws"),
    "Make programs in WSL open the browser of Windows": (
        "mkdir /usr/local/bin/wsl-browser",
        "rmdir /usr/local/bin/wsl-browser",
    ),
    "Sign in": (
        "mkdir -p /home/dev/.aws; chown dev: /home/dev/.aws; touch /home/dev/.aws/sso",
        "rm /home/dev/.aws/sso",
    ),
    "Write the sessions and the profiles": (
        "mkdir -p /home/dev/.aws; chown dev: /home/dev/.aws; echo '[profile' >/home/dev/.aws/config",
        "rm /home/dev/.aws/config",
    ),
    "Ask AWS who this is": (
        "mkdir -p /home/dev/.aws/cli; touch /home/dev/.aws/cli/cache; chown -R dev: /home/dev/.aws",
        "rm /home/dev/.aws/cli/cache",
    ),
}
ACCESS = [
    {"session": "acme", "account_id": "111122223333", "account_name": "Development", "role_name": "ReadOnly"},
    {"session": "acme", "account_id": "222233334444", "account_name": "Production", "role_name": "ReadOnly"},
]
COUNTING_PYTHON = """\
#!/bin/sh
echo started >>/var/tmp/python-starts
exec /usr/bin/python3 "$@"
"""


class Run(t.NamedTuple):
    """What a run of the playbook came to: the task that each host failed at, and the counts of the recap."""

    failed_at: t.Dict[str, str]
    recap: t.Dict[str, t.Dict[str, int]]

    @classmethod
    def of(cls, output: str) -> Run:
        task, failed_at = "", {}
        for line in output.splitlines():
            if found := re.match(r"TASK \[(?:.* : )?(.*)] \**$", line):
                task = found[1]
            if found := re.match(r"(?:fatal|failed): \[([^] ]+)]", line):
                failed_at[found[1]] = task
        lines = re.findall(r"^(\S+) +: (ok=.*)$", output.partition("PLAY RECAP")[2], re.MULTILINE)
        recap = {
            host: {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", counts)}
            for host, counts in lines
        }
        return cls(failed_at, recap)

    def changed(self) -> t.Set[str]:
        return {host for host, counts in self.recap.items() if counts["changed"]}


class Fleet:
    """Hosts with all that the role's package manager would bring, and the inventory that describes them."""

    def __init__(self, workplace: Workplace, browser: str, common: t.Dict[str, t.Any]) -> None:
        self._workplace = workplace
        self._browser = browser
        self.common = common
        self._own: t.Dict[str, t.Dict[str, t.Any]] = {}
        self.hosts: t.Dict[str, Host] = {}

    def add(self, host: Host, **variables: t.Any) -> Host:
        host.run("sh", "-c", f"printf '%s' '{COUNTING_PYTHON}' >/usr/local/bin/counting-python")
        host.run("chmod", "755", "/usr/local/bin/counting-python")
        host.run("install", "-m", "666", "/dev/null", "/var/tmp/python-starts")
        self.hosts[host.name] = host
        self._own[host.name] = {"ansible_python_interpreter": "/usr/local/bin/counting-python", **variables}
        return host

    def bring_up(self, *arguments: str, fails: bool = False, **environment: str) -> Run:
        described = hosts.inventory(self.hosts.values())
        for name, own in self._own.items():
            described["wsl"]["hosts"][name].update(own)
        described["wsl"]["vars"] = self.common
        path = self._workplace.home / "inventory.yml"
        path.write_text(json.dumps(described))
        arguments = ("-i", str(path), "-e", "target=wsl", "--forks", "10", *arguments)
        play = self._workplace.play(
            "workstation.aws_sso.workstation", *arguments, BROWSER=self._browser, **environment
        )
        with play:
            return Run.of(play.fail(300) if fails else play.succeed(300))

    def python_starts(self) -> t.Dict[str, int]:
        """How often each host's Python was started since the last call."""
        starts = {}
        for name, host in self.hosts.items():
            starts[name] = len(host.run("cat", "/var/tmp/python-starts").splitlines())
            host.run("truncate", "--size", "0", "/var/tmp/python-starts")
        return starts


@pytest.fixture
def fleet(workplace: Workplace, center: IdentityCenter, tmp_path: pathlib.Path) -> t.Iterator[Fleet]:
    need(hosts.missing())
    directory = tmp_path / "mirror"
    directory.mkdir()
    with new_key() as key:
        Mirror(directory, key).add_wheel(wheel_with(real_cli.CURRENT))
        with serving(directory) as url:
            yield Fleet(
                workplace,
                write_browser(str(tmp_path / "browser")),
                {
                    "workstation_sessions": [
                        {"name": "acme", "start_url": center.world.start_url, "region": center.world.region}
                    ],
                    "workstation_aws_cli": {
                        "version": real_cli.CURRENT,
                        "base_url": url,
                        "public_key": key.public_key,
                        "fingerprint": key.fingerprint,
                        "download_on": "controller",
                    },
                    "workstation_login": {"token_store": "host"},
                    "workstation_environment": center.environment(),
                    "workstation_region": "eu-central-1",
                    "workstation_verify_profile": PROFILE,
                },
            )


def host(stack: contextlib.ExitStack, name: str, center: IdentityCenter) -> Host:
    made = Host(f"{name}-{os.getpid()}", environment=center.environment(), packages=PACKAGES)
    return stack.enter_context(made)


def test_hosts_that_fail_stop_nobody_and_heal(fleet: Fleet, center: IdentityCenter) -> None:
    with contextlib.ExitStack() as stack:
        healthy = fleet.add(host(stack, "healthy", center))
        broken = {}
        for number, (step, (sabotage, _cure)) in enumerate(STEPS.items()):
            broken[step] = fleet.add(host(stack, f"broken-{number}", center))
            broken[step].run("sh", "-c", sabotage)

        first = fleet.bring_up(fails=True)
        assert first.failed_at == {broken[step].name: step for step in STEPS}
        assert first.recap[healthy.name]["failed"] == 0

        for step, (_sabotage, cure) in STEPS.items():
            broken[step].run("sh", "-c", cure)
        second = fleet.bring_up("--limit", ",".join(first.failed_at), ANSIBLE_STRATEGY="free")
        assert second.recap.keys() == first.failed_at.keys()

        fleet.python_starts()
        assert not fleet.bring_up().changed()
        assert max(fleet.python_starts().values()) <= 6


def test_hosts_and_users_that_differ(fleet: Fleet, center: IdentityCenter) -> None:
    """One host for two people, and one whose user has no sudo."""
    users = [
        {"name": "alice", "access": ACCESS[:1], "default_profile": PROFILE},
        {"name": "bob", "access": ACCESS},
    ]
    parts = ["aws_cli", "login", "profiles", "verify"]
    with contextlib.ExitStack() as stack:
        shared = host(stack, "shared", center)
        for user in users:
            shared.run("useradd", "--create-home", "--shell", "/bin/bash", str(user["name"]))
        fleet.add(shared, workstation_users=users, workstation_parts=parts)
        alone = host(stack, "alone", center)
        alone.run("rm", "/etc/sudoers.d/dev")
        own = {"install_dir": "~/.local/share/aws-cli", "bin_dir": "~/.local/bin"}
        fleet.add(
            alone,
            workstation_become=False,
            workstation_access=ACCESS,
            workstation_parts=parts,
            workstation_aws_cli=fleet.common["workstation_aws_cli"] | own,
        )

        assert fleet.bring_up().changed() == set(fleet.hosts)

        assert profiles_of(shared, "alice") == ["default", f"profile {PROFILE}"]
        assert profiles_of(shared, "bob") == [f"profile ReadOnly-{access['account_id']}" for access in ACCESS]
        assert profiles_of(alone, "dev") == profiles_of(shared, "bob")
        assert not shared.run("find", "/home/dev", "-name", ".aws")
        for user in ("alice", "bob"):
            assert not shared.run(
                "find", f"/home/{user}/.aws", "-not", "-user", user, "-o", "-path", "*/sso/*", "-perm", "/077"
            )
        assert alone.run("/home/dev/.local/bin/aws", "--version").startswith(f"aws-cli/{real_cli.CURRENT} ")
        assert not fleet.bring_up().changed()


def profiles_of(host: Host, user: str) -> t.List[str]:
    config = host.run("cat", f"/home/{user}/.aws/config")
    return sorted(
        name for name in re.findall(r"^\[(.*)]$", config, re.MULTILINE) if "sso-session" not in name
    )
