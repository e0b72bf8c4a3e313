# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many WSL2-like hosts, set up by the playbook workstation from one inventory."""

from __future__ import annotations

import json
import re
import typing as t

import hosts
from bundles import SigningKey
from end_to_end.controller import Controller, Play
from hosts import Host
from identity_center import IdentityCenter

FULL = ("curl", "git", "gpgv", "less", "python3", "python3-pip")
"""The packages that the role would otherwise install by the package manager."""

STUB = """\
case "$*" in
    sts*)
        [ ! -e /etc/aws-is-down ] || exit 1
        echo '{"Account": "111122223333", "Arn": "arn:aws:sts::111122223333:assumed-role/stub/stub"}'
        exit ;;
esac"""
"""What a stub in place of the AWS CLI does: it reports an identity, unless /etc/aws-is-down is there."""

PROFILE = "ReadOnly-111122223333"
FORKS = "10"
COUNTING_PYTHON = """\
#!/bin/sh
echo started >>/var/tmp/python-starts
exec /usr/bin/python3 "$@"
"""


class Run(t.NamedTuple):
    """What a run of the playbook came to: the task that each host failed at, and the counts of the recap."""

    failed_at: t.Dict[str, str]
    recap: t.Dict[str, t.Dict[str, int]]
    output: str

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
        return cls(failed_at, recap, output)

    def changed(self) -> t.Set[str]:
        return {host for host, counts in self.recap.items() if counts["changed"]}


class Fleet:
    """Hosts that have these packages, and the inventory that describes them."""

    def __init__(self, controller: Controller, browser: str, variables: t.Dict[str, t.Any]) -> None:
        self._controller = controller
        self._browser = browser
        self.variables = variables
        self._own: t.Dict[str, t.Dict[str, t.Any]] = {}
        self.hosts: t.Dict[str, Host] = {}

    def add(self, host: Host, **variables: t.Any) -> Host:
        """Take *host* in, with *variables* of its own; its Python counts how often it is started."""
        host.run("sh", "-c", f"printf '%s' '{COUNTING_PYTHON}' >/usr/local/bin/counting-python")
        host.run("chmod", "755", "/usr/local/bin/counting-python")
        host.run("install", "-m", "666", "/dev/null", "/var/tmp/python-starts")
        self.hosts[host.name] = host
        self._own[host.name] = {"ansible_python_interpreter": "/usr/local/bin/counting-python", **variables}
        return host

    def play(self, playbook: str, *arguments: str, **environment: str) -> Play:
        described = hosts.inventory(self.hosts.values())
        for name, own in self._own.items():
            described["wsl"]["hosts"][name].update(own)
        described["wsl"]["vars"] = self.variables
        inventory = self._controller.home / "inventory.yml"
        inventory.write_text(json.dumps(described))
        options = ("-i", str(inventory), "-e", "target=wsl", "--forks", FORKS)
        return self._controller.play(playbook, *options, *arguments, BROWSER=self._browser, **environment)

    def set_up(self, *arguments: str, fails: bool = False, **environment: str) -> Run:
        """Run the playbook, which writes fleet.html and fleet.json as well."""
        environment["ANSIBLE_CALLBACKS_ENABLED"] = "workstation.aws_sso.fleet_report"
        with self.play("workstation.aws_sso.workstation", *arguments, **environment) as play:
            return Run.of(play.fail(600) if fails else play.succeed(600))

    def report(self, name: str) -> str:
        return (self._controller.home / name).read_text()

    def python_starts(self) -> t.Dict[str, int]:
        """How often each host's Python was started since the last call."""
        starts = {}
        for name, host in self.hosts.items():
            starts[name] = len(host.run("cat", "/var/tmp/python-starts").splitlines())
            host.run("truncate", "--size", "0", "/var/tmp/python-starts")
        return starts


def company(center: IdentityCenter, url: str, key: SigningKey, version: str) -> t.Dict[str, t.Any]:
    """The variables of a company with the emulator's users, and a mirror at *url* with the CLI *version*."""
    return {
        "workstation_sessions": [
            {"name": "acme", "start_url": center.world.start_url, "region": center.world.region}
        ],
        "workstation_aws_cli": {
            "version": version,
            "base_url": url,
            "public_key": key.public_key,
            "fingerprint": key.fingerprint,
            "download_on": "controller",
        },
        "workstation_login": {"token_store": "host", "open_browser": "true"},
        "workstation_environment": center.environment(),
        "workstation_region": "eu-central-1",
        "workstation_verify_profile": PROFILE,
    }
