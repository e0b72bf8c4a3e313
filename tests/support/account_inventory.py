# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory sso_accounts as Ansible reads it, in this process and in others."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import typing as t

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.vars.manager import VariableManager

import ansible_collections.workstation.aws_sso as collection

SOURCE = "plugin: workstation.aws_sso.sso_accounts\n"


class Inventory:
    """What Ansible makes of an inventory file with *options*."""

    def __init__(self, directory: pathlib.Path, options: str = "", cache: bool = True) -> None:
        self.directory = directory
        path = directory / "corp.sso_accounts.yml"
        path.write_text(SOURCE + options)
        self.loader = DataLoader()
        self.manager = InventoryManager(self.loader, sources=[str(path)], cache=cache)

    def groups(self) -> dict[str, list[str]]:
        hosts: dict[str, list[str]] = self.manager.get_groups_dict()
        return {name: sorted(members) for name, members in hosts.items()}

    def variables(self, host: str) -> dict[str, t.Any]:
        found: dict[str, t.Any] = self.manager.get_host(host).get_vars()
        return found

    def templated(self, host: str, name: str) -> t.Any:
        """A variable of a host as a task sees it."""
        self.loader.set_basedir(str(self.directory))
        variables = VariableManager(self.loader, self.manager).get_vars(host=self.manager.get_host(host))
        return Templar(self.loader, variables).template(variables[name])


def without_blanks(text: str) -> str:
    """Warnings are wrapped to the width of the terminal, at hyphens too."""
    return "".join(text.split())


def ansible(command: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    collections = {"ANSIBLE_COLLECTIONS_PATH": str(pathlib.Path(collection.__path__[0]).parents[2])}
    return subprocess.run(
        [sys.executable, "-m", "ansible", command, *arguments],
        env={**os.environ, **collections, "ANSIBLE_LOCALHOST_WARNING": "false", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
