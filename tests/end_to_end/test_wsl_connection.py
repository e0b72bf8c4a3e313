# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A distribution behind Windows' ssh server: the real community.general.wsl, and a stand-in for wsl.exe."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shlex
import typing as t

import pytest
import yaml

import hosts
from end_to_end.controller import Controller
from end_to_end.needs import need
from hosts import Host
from identity_center import IdentityCenter, write_browser
from support import ansible_package

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "fleets.md"
SSH_SERVER = ("/usr/sbin/sshd", "-i", "-oUsePAM=no", "-oLogLevel=ERROR")
CMD = "/mnt/c/Windows/System32/cmd.exe"
LOOK = """\
- hosts: wsl
  gather_facts: false
  tasks:
    - ansible.builtin.ping:
    - workstation.aws_sso.wsl_info:
      register: look
    - ansible.builtin.command: id -un
      become: true
      register: root
    - workstation.aws_sso.sso_login:
        session: acme
        token_store: host
        list_access: true
      register: login
    - ansible.builtin.assert:
        that:
          - look.wsl.version == 2
          - look.wsl.distribution == "Debian"
          - root.stdout == "root"
          - login is not changed
          - login.access | length == 5
"""


def inventory_of_the_guide() -> dict[str, t.Any]:
    """The example of an inventory with this connection."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (inventory,) = (block for block in blocks if "community.general.wsl" in block)
    return t.cast("dict[str, t.Any]", yaml.safe_load(inventory))


@pytest.fixture
def laptop() -> t.Iterator[Host]:
    """On its Windows, "dev" is who logs in; "ann" is the user of the distribution."""
    need(hosts.missing())
    with Host(f"wsl-{os.getpid()}") as host:
        host.run("useradd", "--create-home", "--shell", "/bin/bash", "ann")
        yield host


def inventory(controller: Controller, laptop: Host) -> pathlib.Path:
    """The inventory of the guide, with this laptop and the way to it instead of its own."""
    found = inventory_of_the_guide()
    (variables,) = found["wsl"]["hosts"].values()
    assert variables["ansible_user"] != variables["wsl_user"]
    variables.update(
        ansible_user="dev",
        wsl_user="ann",
        wsl_distribution="Debian",
        ansible_paramiko_proxy_command=shlex.join(laptop.entry(*SSH_SERVER, f"-oForceCommand={CMD}")),
        ansible_private_key_file=str(laptop.state / "key"),
        ansible_host_key_checking=False,
    )
    path = controller.home / "inventory.json"
    path.write_text(json.dumps(found))
    return path


def test_a_workstation_is_set_up_through_wsl_exe(
    controller: Controller, laptop: Host, center: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    others = ansible_package.collections_path("community.general")
    controller.environment["ANSIBLE_COLLECTIONS_PATH"] += f":{others}"
    source = inventory(controller, laptop)
    variables = {
        "target": "wsl",
        "workstation_sessions": [
            {"name": "acme", "start_url": center.world.start_url, "region": center.world.region}
        ],
        "workstation_parts": ["prerequisites", "login", "profiles"],
        "workstation_prerequisites": {"tools": {"python3": "3.8"}},
        "workstation_login": {"token_store": "host", "open_browser": "true"},
        "workstation_access": [],
    }
    arguments = ("-i", str(source), "-e", json.dumps(variables), "-vvvv")
    browser = write_browser(str(tmp_path / "browser"))
    with controller.play("workstation.aws_sso.workstation", *arguments, BROWSER=browser) as play:
        output = play.succeed()
    with controller.play(LOOK, "-i", source) as play:
        play.succeed()
    assert center.count("StartDeviceAuthorization") == 1

    found = laptop.run("find", "/home/ann/.aws", "-type", "f", "-printf", "%m %u %f\n").split("\n")[:-1]
    assert len(found) == 3 and "600 ann config" in found
    assert all(file.startswith("600 ann ") for file in found)
    secrets = [*center.records.access_tokens, *center.records.refresh_tokens]
    assert secrets and not [secret for secret in secrets if secret in output]
    assert not (controller.home / ".aws" / "sso").exists()
