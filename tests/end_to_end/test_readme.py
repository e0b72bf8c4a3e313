# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""README.md: every command of it, typed where its section says, with company.yml exactly as it is printed.

The emulator has the start URL and the Region of the README, so only the mirror of the AWS CLI is added.
"""

from __future__ import annotations

import configparser
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import typing as t

import pytest
import yaml

import hosts
from end_to_end import readme, real_cli
from end_to_end.bare_host import Shell, prepare, write
from end_to_end.controller import Controller, Play
from end_to_end.needs import need
from hosts import Host
from identity_center import IdentityCenter, write_browser

ARN = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_"
TESTED_HERE = {
    "Quick start",
    "This workstation",
    "Without root",
    "Many workstations",
    "Later",
    "Requirements",
}
TESTED_ELSEWHERE = {
    "Try it": "test_run.py",
    "Credentials for tasks": "test_credentials_guide.py",
    "Contributing": ".ci/run",
}


def test_every_block_is_run_by_a_test() -> None:
    assert {block.heading for block in readme.blocks()} | {"Later"} == TESTED_HERE | set(TESTED_ELSEWHERE)


PROFILES = {"alice": 5, "bob": 3}
"""The number of profiles of each of the emulator's users."""


@pytest.fixture
def laptops(center: IdentityCenter) -> t.Iterator[t.Dict[str, Host]]:
    """A fresh host for each user."""
    need(hosts.missing())
    made = {user: Host(f"laptop-{user}-{os.getpid()}", "trixie", center.environment()) for user in PROFILES}
    with made["alice"], made["bob"]:
        yield made


@pytest.fixture
def company(controller: Controller, laptops: t.Dict[str, Host], mirror: t.Dict[str, t.Any]) -> Controller:
    """A directory with the README's company.yml and hosts.ini, the latter with these laptops."""
    (controller.home / ".aws" / "config").unlink()
    # It must not open for other hosts: the user who allows access in it gives them their own.
    controller.environment["BROWSER"] = write_browser(str(controller.home / "browser"), deny=True)
    (controller.home / "company.yml").write_text(readme.block("Quick start", "yaml").text)
    (controller.home / "mirror.json").write_text(json.dumps(mirror))
    inventory = readme.block("Many workstations", "ini").text
    (line,) = [line for line in inventory.splitlines() if line.startswith("laptop-042 ")]
    reached = (
        f"{host.name} " + " ".join(f"{name}={shlex.quote(value)}" for name, value in host.variables().items())
        for host in laptops.values()
    )
    (controller.home / "hosts.ini").write_text(inventory.replace(line, "\n".join(reached)))
    return controller


def typed(controller: Controller, command: str, *more: str) -> Play:
    """Start a command of the README in *controller*, with *more* arguments."""
    program, playbook, *arguments = shlex.split(command)
    assert program == "ansible-playbook"
    return controller.play(playbook, *arguments, *more)


def approve(play: Play, center: IdentityCenter, laptops: t.Dict[str, Host]) -> None:
    """Each user opens the URL that is shown for their laptop."""
    for user, host in laptops.items():
        (url,) = play.wait_for(rf"\[{host.name}\] .*?(https?://\S+user_code=\S+)", seconds=300)
        center.approve(url, user)


def profiles(host: Host) -> t.List[configparser.SectionProxy]:
    config = configparser.ConfigParser(default_section="none", interpolation=None)
    config.read_string(host.run("cat", "/home/dev/.aws/config"))
    return [config[name] for name in config.sections() if name.startswith("profile ")]


def test_many_workstations(company: Controller, center: IdentityCenter, laptops: t.Dict[str, Host]) -> None:
    (command,) = readme.commands("Many workstations")
    with typed(company, command, "-e", "@mirror.json") as play:
        approve(play, center, laptops)
        output = play.succeed(600)

    for user, host in laptops.items():
        written = profiles(host)
        assert len(written) == PROFILES[user]
        roles = {profile["sso_role_name"] for profile in written}
        assert roles == ({"AdministratorAccess", "ReadOnly"} if user == "alice" else {"ReadOnly"})
        assert re.search(rf"\[{host.name}\].*\n.*arn:aws:sts::\d+:assumed-role/.*/{user}", output)
        assert not host.run("find", "/root", "-name", ".aws")
    assert not list((company.home / ".aws" / "sso" / "cache").glob("*.json"))

    sign_ins = center.count("StartDeviceAuthorization")
    with typed(company, command, "-e", "@mirror.json") as play:
        assert play.succeed(300).count(" changed=0 ") == len(laptops)
    assert center.count("StartDeviceAuthorization") == sign_ins

    later(company, center, laptops, ["-i", "hosts.ini", "-e", "target=laptops"])


def later(
    company: Controller, center: IdentityCenter, laptops: t.Dict[str, Host], hosts_given: t.List[str]
) -> None:
    """The commands for later, in the order in which a day may have them."""
    commands = readme.later_commands()
    for playbook in ("whoami", "doctor", "logout", "login", "whoami"):
        with typed(company, commands[playbook], *hosts_given) as play:
            if playbook == "login":
                approve(play, center, laptops)
            output = play.succeed(300)
            if playbook == "whoami":
                assert output.count("arn:aws:sts::") == len(laptops)


@pytest.fixture
def workstation(center: IdentityCenter) -> t.Iterator[Host]:
    """A Debian with gpgv, as Ubuntu has it; pipx is there to save the time of its download."""
    need(hosts.missing())
    name = f"workstation-{os.getpid()}"
    with Host(name, "trixie", center.environment(), ("pipx", "gpgv")) as host:
        prepare(host)
        yield host


def test_this_workstation_with_ansible(
    workstation: Host, center: IdentityCenter, mirror: t.Dict[str, t.Any], tmp_path: pathlib.Path
) -> None:
    """Without root first, then with a sudo that asks for a password."""
    with Shell(workstation) as terminal:
        for command in readme.commands("Requirements"):
            terminal.use_sudo(command) if command.startswith("sudo ") else terminal.succeed(command, 300)
    install, set_up = readme.block("This workstation", "console", "ansible-galaxy").commands()
    write(workstation, "collection.tar.gz", packed_collection(tmp_path))
    company = readme.block("Quick start", "yaml").text
    rootless = readme.block("Without root", "yaml").text
    home = {**yaml.safe_load(rootless)["workstation_aws_cli"], **mirror["workstation_aws_cli"]}
    with Shell(workstation) as terminal:
        terminal.succeed(install.replace("workstation.aws_sso", "./collection.tar.gz"))

        write(workstation, "company.yml", f"{company}{rootless}")
        write(workstation, "mirror.json", json.dumps({"workstation_aws_cli": home}))
        terminal.type(f"{set_up.replace(' -K', '')} -e @mirror.json")
        center.approve(terminal.wait_for(r"https?://\S+user_code=[A-Z-]+", 200), "alice")
        assert ARN in terminal.finish(300)
        assert terminal.status() == 0
        assert real_cli.CURRENT in terminal.succeed("~/.local/bin/aws --version")

        write(workstation, "company.yml", company)
        write(workstation, "mirror.json", json.dumps(mirror))
        terminal.type(f"{set_up} -e @mirror.json")
        terminal.give_password("BECOME password: ")
        assert ARN in terminal.finish(300)
        assert terminal.status() == 0
        assert real_cli.CURRENT in terminal.succeed("/usr/local/bin/aws --version")


def packed_collection(directory: pathlib.Path) -> bytes:
    """What Galaxy has of the collection, which tests cannot reach."""
    command = [
        sys.executable,
        "-m",
        "ansible",
        "galaxy",
        "collection",
        "build",
        "--output-path",
        str(directory),
    ]
    subprocess.run([*command, str(readme.README.parent)], check=True, stdout=subprocess.DEVNULL)
    (packed,) = directory.glob("*.tar.gz")
    return packed.read_bytes()
