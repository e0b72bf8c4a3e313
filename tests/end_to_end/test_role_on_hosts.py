# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role on a host over ssh: which user it sets up, whose access it writes, and what it says."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import typing as t

import pytest

import hosts
from bundles import Mirror, new_key, serving
from end_to_end.controller import Controller
from end_to_end.fleet import FULL, STUB
from end_to_end.needs import need
from hosts import Host
from identity_center import IdentityCenter, write_browser

VERSION = "2.38.5"
ADMINISTRATOR = "AdministratorAccess-111122223333"
PLAY = """\
- hosts: wsl
  gather_facts: false
  become: true
  roles:
    - workstation.aws_sso.workstation
  tasks:
    - ansible.builtin.command: id -un
      register: user
      changed_when: false
    - ansible.builtin.assert:
        that:
          - user.stdout == "root"
          - not (ansible_pipelining | default(false) | bool)
"""


class Laptop:
    """A host, and the variables of its company in an inventory."""

    def __init__(self, controller: Controller, host: Host, variables: t.Dict[str, t.Any]) -> None:
        self._controller = controller
        self.host = host
        self._variables = variables

    def play(
        self,
        *arguments: str,
        playbook: str = "workstation.aws_sso.workstation",
        fails: bool = False,
        environment: t.Optional[t.Dict[str, str]] = None,
        **variables: t.Any,
    ) -> str:
        """Run a playbook for the host, with *variables* of its inventory."""
        described = hosts.inventory([self.host])
        described["wsl"]["vars"] = {**self._variables, **variables}
        inventory = self._controller.home / "inventory.yml"
        inventory.write_text(json.dumps(described))
        options = ("-i", str(inventory), *([] if "\n" in playbook else ["-e", "target=wsl"]))
        with self._controller.play(playbook, *options, *arguments, **(environment or {})) as play:
            return play.fail(300) if fails else play.succeed(300)

    def profiles(self, home: str = "/home/dev") -> t.List[str]:
        config = self.host.run("sh", "-c", f"cat {home}/.aws/config 2>/dev/null || true")
        return [line[9:-1] for line in config.splitlines() if line.startswith("[profile ")]

    def made_for_root(self) -> bool:
        return bool(self.host.run("find", "/root", "-name", ".aws"))


@pytest.fixture(params=[FULL], ids=["full"])
def laptop(
    request: pytest.FixtureRequest, controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path
) -> t.Iterator[Laptop]:
    """A host whose user signs in as bob, who is not the operator; only with FULL it has all prerequisites."""
    need(hosts.missing())
    directory = tmp_path / "mirror"
    directory.mkdir()
    browser = write_browser(str(tmp_path / "browser"), user="bob", password="battery staple")
    controller.environment["BROWSER"] = browser
    name = f"role-{os.getpid()}"
    with contextlib.ExitStack() as stack:
        key = stack.enter_context(new_key())
        Mirror(directory, key).add_stub(VERSION, STUB)
        url = stack.enter_context(serving(directory))
        host = stack.enter_context(Host(name, "trixie", center.environment(), request.param))
        variables: t.Dict[str, t.Any] = {
            "workstation_login": {"open_browser": "true"},
            "workstation_sessions": [
                {"name": "acme", "start_url": center.world.start_url, "region": center.world.region}
            ],
            "workstation_aws_cli": {
                "version": VERSION,
                "base_url": url,
                "public_key": key.public_key,
                "fingerprint": key.fingerprint,
            },
        }
        yield Laptop(controller, host, variables)


DEAD_SOURCE = "http://127.0.0.1:9/packages"
OLD_PYTHON = "#!/bin/sh\necho Python 3.6.8\nexit 1"
BOB = ["ReadOnly-111122223333", "ReadOnly-012345678901", "ReadOnly-222233334444"]


def sign_the_operator_in(controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path) -> None:
    alice = write_browser(str(tmp_path / "alice"), user="alice")
    with controller.play("workstation.aws_sso.login", BROWSER=alice) as play:
        play.succeed()


def test_profiles_are_those_of_the_user_who_signs_in_on_the_host(
    laptop: Laptop, controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    """With a become of the play, the inventory and the command line, and an operator with more access."""
    sign_the_operator_in(controller, center, tmp_path)

    output = laptop.play(playbook=PLAY, workstation_exclude_accounts=["0*"])
    assert laptop.profiles() == [name for name in BOB if not name.endswith("901")]
    assert f"{laptop.host.name} has 2 profiles in /home/dev/.aws/config" in output
    assert not laptop.made_for_root()

    laptop.play(ansible_become=True)
    assert sorted(laptop.profiles()) == sorted(BOB) and not laptop.made_for_root()
    forced = laptop.play("-e", "ansible_become=true", fails=True)
    assert "ansible_become is true on the command line" in forced and not laptop.made_for_root()
    assert " changed=0 " in laptop.play("-b")
    assert " changed=0 " in laptop.play(environment={"ANSIBLE_BECOME": "true"})
    assert not laptop.made_for_root()

    laptop.play("--tags", "profiles", workstation_roles=["None*"], workstation_purge=True)
    assert not laptop.profiles()
    laptop.play("--tags", "profiles")
    assert sorted(laptop.profiles()) == sorted(BOB)


def test_access_of_the_operator_is_not_written(
    laptop: Laptop, controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    sign_the_operator_in(controller, center, tmp_path)
    parts = ["prerequisites", "aws_cli", "login", "profiles", "verify"]

    output = laptop.play(workstation_login={"token_store": "controller"}, workstation_parts=parts)
    assert "are unknown, so no profile was written" in output and "workstation_access" in output
    assert "is not verified, because the token is on the controller" in output
    assert not laptop.profiles() and "[sso-session acme]" in laptop.host.run("cat", "/home/dev/.aws/config")

    unknown = laptop.play(workstation_parts=["profiles"], fails=True)
    assert f"accounts and roles for the profiles of {laptop.host.name} are unknown" in unknown
    access = [{"session": "acme", "account_id": "111122223333", "role_name": "AdministratorAccess"}]
    laptop.play(workstation_parts=["profiles"], workstation_access=access)
    assert laptop.profiles() == [ADMINISTRATOR]


def test_users_of_a_host(laptop: Laptop) -> None:
    """Each gets a sign-in and profiles, with tags too; the connecting user and root get none."""
    for name in ("ann", "bo"):
        laptop.host.run("useradd", "--create-home", "--shell", "/bin/bash", name)
    users = [{"name": "ann", "roles": ["ReadOnly"]}, {"name": "bo", "accounts": ["111122223333"]}]
    laptop.play(playbook=PLAY, workstation_users=users)
    assert sorted(laptop.profiles("/home/ann")) == sorted(BOB)
    assert laptop.profiles("/home/bo") == ["ReadOnly-111122223333"]
    assert not laptop.profiles() and not laptop.made_for_root()

    users[1]["accounts"] = ["*"]
    output = laptop.play("--skip-tags", "verify,login", workstation_users=users)
    assert laptop.profiles("/home/bo") == laptop.profiles("/home/ann")
    assert "Get the caller identity" not in output


@pytest.mark.parametrize("laptop", [()], indirect=True, ids=["fresh"])
def test_host_without_python(laptop: Laptop) -> None:
    """And with a package source that fails; at last, python3 is too old, with a newer Python beside it."""
    laptop.host.run("sh", "-c", f"echo 'deb {DEAD_SOURCE} trixie main' >/etc/apt/sources.list.d/dead.list")
    private = {"ANSIBLE_PRIVATE_ROLE_VARS": "true"}
    parts = ["prerequisites", "aws_cli", "login", "profiles", "verify"]
    output = laptop.play("--check", "--diff", workstation_parts=parts, environment=private)
    assert (
        f"{laptop.host.name} has no Python 3." in output and "Without --check, this run installs it" in output
    )
    assert not laptop.host.run("sh", "-c", "command -v python3 || true")

    refused = laptop.play(workstation_become=False, workstation_parts=parts, fails=True)
    assert f" or newer is not installed on {laptop.host.name}" in refused

    require_a_password(laptop.host)
    refused = laptop.play(workstation_parts=parts, fails=True)
    assert "add -K to the command" in refused
    refused = laptop.play(workstation_parts=parts, ansible_become_password="wrong", fails=True)
    assert f"The sudo password is wrong on {laptop.host.name}. Correct ansible_become_password" in refused
    password = "correct horse"
    output = laptop.play(workstation_parts=parts, environment=private, ansible_become_password=password)
    assert sorted(laptop.profiles()) == sorted(BOB)
    assert "package sources of the host failed" in output and DEAD_SOURCE in output
    assert not laptop.host.run("sh", "-c", "command -v gcc || true")
    assert laptop.host.run("sh", "-c", "ls /etc/ssl/certs/ca-certificates.crt /usr/bin/pip3")
    refused = laptop.play(workstation_parts=parts, fails=True)
    assert "add -K to the command" in refused and "workstation_become: false" in refused
    laptop.host.run("rm", "/usr/bin/python3")
    laptop.host.run("sh", "-c", f"echo '{OLD_PYTHON}' >/usr/bin/python3; chmod 755 /usr/bin/python3")
    parts, old = ["login", "profiles", "verify"], "/usr/bin/python3"
    assert " changed=0 " in laptop.play(workstation_parts=parts, ansible_python_interpreter=old)
    arguments = ("-e", f"ansible_python_interpreter={old}")
    assert "set it to /usr/bin/python3.13" in laptop.play(*arguments, workstation_parts=parts, fails=True)


def require_a_password(host: Host) -> None:
    host.run("sh", "-c", "echo 'dev:correct horse' | chpasswd")
    host.run("sh", "-c", "echo 'dev ALL=(ALL) ALL' >/etc/sudoers.d/dev")


def test_a_sudo_that_requires_a_terminal_is_explained(laptop: Laptop) -> None:
    laptop.host.run("sh", "-c", "echo 'Defaults requiretty' >/etc/sudoers.d/tty")
    parts = ["prerequisites", "aws_cli"]
    environment = {"ANSIBLE_SSH_USETTY": "true"}
    laptop.play(workstation_parts=parts, workstation_pipelining=False, environment=environment)
    laptop.play(workstation_parts=parts, ansible_pipelining=False, environment=environment)
