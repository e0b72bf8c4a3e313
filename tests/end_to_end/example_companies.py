# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller with a copy of an example, and the hosts of its inventory."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shutil
import typing as t

from end_to_end import fleet
from end_to_end.controller import Controller
from end_to_end.laptops import write
from hosts import Host
from identity_center import IdentityCenter


class Typist:
    """Types commands of a README in a copy of its directory."""

    def __init__(self, controller: Controller, example: pathlib.Path) -> None:
        self._controller = controller
        self.directory = controller.home / example.name
        shutil.copytree(example, self.directory)

    def succeed(self, command: str, **variables: str) -> str:
        """The output of *command*, which must succeed."""
        done = self._controller.run("bash", "-c", f"cd {self.directory} && {command}", **variables)
        shown = done.stdout + done.stderr
        assert done.returncode == 0, shown
        return shown


class Machines:
    """Hosts for an inventory, by their names there."""

    def __init__(self, center: IdentityCenter) -> None:
        self._stack = contextlib.ExitStack()
        self._environment = center.environment()
        self.hosts: dict[str, Host] = {}

    def __enter__(self) -> Machines:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(self, name: str) -> Host:
        host = Host(f"{name}-{os.getpid()}", "trixie", self._environment, fleet.FULL)
        self.hosts[name] = self._stack.enter_context(host)
        set_variables(host, self._environment)
        return host

    def overlay(self, shared: dict[str, t.Any], **own: dict[str, t.Any]) -> str:
        """A second inventory: the addresses of the hosts, and variables that all or some of them have."""
        described = {
            name: {"ansible_host": host.name, **host.variables(), **shared, **own.get(name, {})}
            for name, host in self.hosts.items()
        }
        return json.dumps({"all": {"hosts": described}})


def set_variables(host: Host, variables: t.Mapping[str, str]) -> None:
    """What each login without ssh finds in its environment."""
    write(host, "/etc/environment", "".join(f"{key}={value}\n" for key, value in variables.items()))
