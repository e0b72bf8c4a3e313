# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory files as Ansible reads them, in this process and in others, with the real amazon.aws."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import typing as t

from ansible.inventory.manager import InventoryManager
from ansible.module_utils.compat.version import LooseVersion
from ansible.parsing.dataloader import DataLoader
from ansible.release import __version__ as core_version

import ansible_collections.workstation.aws_sso as collection
from support import ansible_package

_COLLECTIONS = pathlib.Path(collection.__path__[0]).parents[1]


def amazon_aws() -> pathlib.Path:
    """A collections path with amazon.aws, in a version for this ansible-core."""
    is_old = LooseVersion(core_version) < LooseVersion("2.17")
    package = ansible_package.OLDEST_PACKAGE if is_old else ansible_package.PACKAGE
    return ansible_package.collections_path("amazon.aws", package)


def make_amazon_aws_importable() -> None:
    link = _COLLECTIONS / "amazon"
    if not link.exists():
        link.symlink_to(amazon_aws() / "ansible_collections" / "amazon")


def run_ansible(command: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ansible-*command* with this collection and amazon.aws."""
    variables = {
        "ANSIBLE_COLLECTIONS_PATH": f"{_COLLECTIONS.parent}:{amazon_aws()}",
        "ANSIBLE_DEPRECATION_WARNINGS": "false",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
    }
    return subprocess.run(
        [sys.executable, "-m", "ansible", command, *arguments],
        env={**os.environ, **variables, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


class Listing:
    """What Ansible makes of the inventory file at *path*; without *cache*, as with --flush-cache."""

    def __init__(self, path: pathlib.Path, cache: bool = True) -> None:
        manager = InventoryManager(DataLoader(), sources=[str(path)], cache=cache)
        self._groups = manager.groups
        self.hosts: dict[str, dict[str, t.Any]] = {
            name: host.get_vars() for name, host in manager.hosts.items()
        }

    def group(self, name: str) -> list[str]:
        """The hosts that are in the group *name*, but not only in one of its children."""
        return sorted(host.name for host in self._groups[name].hosts) if name in self._groups else []

    def children(self, name: str) -> list[str]:
        return sorted(group.name for group in self._groups[name].child_groups)
