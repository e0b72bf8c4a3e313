# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The companies in examples/: the commands of each README, in order, with the files as they are.

The emulator has the start URL and the Region of the examples. What a test adds, the mirror of the AWS CLI and
the addresses of hosts, is in files and variables of its own. Only pull mode has addresses in its files.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import typing as t

import pytest
import yaml

import hosts
from bundles import Mirror, new_key, serving
from end_to_end import fleet, readme, real_cli
from end_to_end.bare_host import Shell, prepare, sign_in_with_the_windows_browser, write
from end_to_end.controller import Controller
from end_to_end.example_companies import Machines, Typist, set_variables
from end_to_end.laptops import as_user, delivered_reports, laptop, terminal
from end_to_end.needs import need
from hosts import Host
from identity_center import IdentityCenter, write_browser
from support import ansible_package
from support.company import Company as Administration
from support.company_network import Authority

pytestmark = pytest.mark.full

EXAMPLES = readme.ROOT / "examples"
ARN = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_"
SIGN_IN_PAGE = r"https?://\S+(?:/authorize\?|user_code=)\S+"
READABLE = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::acme-laptops/*",
        }
    ],
}
"""The policy of a bucket that everyone can read."""
PROFILES = [
    "development-admin",
    "development-readonly",
    "log-archive-readonly",
    "production-admin",
    "production-readonly",
]


def commands(example: str, heading: str) -> list[str]:
    """The commands below *heading* of the README of an example."""
    path = EXAMPLES / example / "README.md"
    return [
        command
        for block in readme.blocks(path)
        if (block.heading, block.language) == (heading, "console")
        for command in block.commands()
    ]


def profiles(host: Host, user: str) -> list[str]:
    config = host.run("cat", f"/home/{user}/.aws/config")
    return sorted(re.findall(r"^\[profile (.*)]$", config, re.MULTILINE))


def region(host: Host, profile: str) -> str:
    config = host.run("cat", "/home/dev/.aws/config")
    (found,) = re.findall(rf"\[profile {profile}\]\n(?:.+\n)*?region = (\S+)", config)
    return str(found)


def test_every_command_is_typed_by_a_test() -> None:
    typed = {
        "one-laptop": {"Without an installed Ansible", "With Ansible"},
        "fleet-over-ssh": {"Commands", "What to change"},
        "pull-mode": {"Publish", "On each laptop", "Later"},
    }
    found = {
        path.parent.name: {block.heading for block in readme.blocks(path)}
        for path in EXAMPLES.glob("*/README.md")
    }
    assert found == typed


@pytest.fixture
def one_laptop(center: IdentityCenter) -> t.Iterator[Host]:
    need(hosts.missing())
    name = f"one-laptop-{os.getpid()}"
    with Host(name, "trixie", center.environment(), ("pipx", "gpgv")) as host:
        prepare(host)
        set_variables(host, center.environment())
        yield host


def set_up(host: Host, shell: Shell, command: str, mirror: str) -> str:
    """Type a *command* that uses *mirror*, and do as a user does what it asks for; returns what it shows."""
    shell.type(f"{command} -e @{mirror}")
    if "rootless" not in command:
        shell.give_password("BECOME password: ")
    if not host.windows_calls() and "./run" in command:
        shell.wait_for("Sign in to acme: ", 400)
        sign_in_with_the_windows_browser(host)
    shown = shell.finish(400)
    assert shell.status() == 0, shown
    return shown


def test_one_laptop(one_laptop: Host, mirror: dict[str, t.Any]) -> None:
    home = yaml.safe_load((EXAMPLES / "one-laptop" / "rootless.yml").read_text())["workstation_aws_cli"]
    write(one_laptop, "mirror.json", json.dumps(mirror))
    rootless = {"workstation_aws_cli": {**home, **mirror["workstation_aws_cli"]}}
    write(one_laptop, "rootless.json", json.dumps(rootless))
    copy, run, default, named = commands("one-laptop", "Without an installed Ansible")
    with Shell(one_laptop, ssh=False) as shell:
        shell.succeed(copy)
        assert "changed=0" not in set_up(one_laptop, shell, run, "mirror.json")
    assert profiles(one_laptop, "dev") == PROFILES
    assert region(one_laptop, "development-admin") == "eu-central-1"
    assert region(one_laptop, "log-archive-readonly") == "eu-west-1"

    with_root, without_root, of_home = commands("one-laptop", "With Ansible")
    with Shell(one_laptop, ssh=False) as shell:
        assert "AWSReservedSSO_ReadOnly_" in shell.succeed(default)
        assert ARN in shell.succeed(named)
        shell.succeed('export PATH="$PWD/.run/venv/bin:$PATH"')
        shell.succeed('export ANSIBLE_COLLECTIONS_PATH="$(dirname "$PWD"/.run/collections/*/complete)"')
        assert " changed=0 " in set_up(one_laptop, shell, with_root, "mirror.json")
        set_up(one_laptop, shell, without_root, "rootless.json")
        assert " changed=0 " in set_up(one_laptop, shell, without_root, "rootless.json")
        assert "AWSReservedSSO_ReadOnly_" in shell.succeed(of_home)


@pytest.fixture
def stub(tmp_path: pathlib.Path) -> t.Iterator[dict[str, t.Any]]:
    """The variables that install a stub of the AWS CLI, which takes less time than the real one."""
    directory = tmp_path / "mirror"
    directory.mkdir()
    with new_key() as key:
        Mirror(directory, key).add_stub(real_cli.CURRENT, fleet.STUB)
        with serving(directory) as url:
            trust = {"base_url": url, "public_key": key.public_key, "fingerprint": key.fingerprint}
            yield {"workstation_aws_cli": {**trust, "version": real_cli.CURRENT}}


@pytest.fixture
def administration() -> t.Iterator[Administration]:
    """IAM Identity Center as its administrators see it: ann administers an account."""
    with Administration() as administration:
        account = administration.account("Production")
        administration.assign("USER", administration.user("ann"), "AdministratorAccess", account)
        yield administration


@pytest.fixture
def acme(controller: Controller, administration: Administration, s3: str) -> Typist:
    """A controller of a user who is not signed in, who owns a copy of the example."""
    environment = controller.environment
    environment["ANSIBLE_COLLECTIONS_PATH"] += f":{ansible_package.collections_path('amazon.aws')}"
    environment["BROWSER"] = write_browser(str(controller.home / "browser"))
    environment["AWS_ENDPOINT_URL_S3"] = s3
    for name, value in administration.environment().items():
        environment.setdefault(name, value)
    (controller.home / ".aws" / "config").unlink()
    return Typist(controller, EXAMPLES / "fleet-over-ssh")


def test_fleet_over_ssh(
    acme: Typist,
    controller: Controller,
    center: IdentityCenter,
    mirror: dict[str, t.Any],
    stub: dict[str, t.Any],
    tmp_path: pathlib.Path,
) -> None:
    need(hosts.missing())
    install, password, certificate, site, doctor, audit, *offboard = commands("fleet-over-ssh", "Commands")
    authority = Authority(tmp_path)
    shutil.copy(authority.file, controller.home / "company-ca.pem")
    with Machines(center) as machines:
        engineer, scientist, lab = map(machines.start, ("laptop-042", "laptop-101", "lab-1"))
        lab.run("sh", "-c", "for name in ann bo; do useradd --create-home --shell /bin/bash $name; done")
        overlay = controller.home / "overlay.yml"
        shared = {
            **stub,
            "workstation_login": {"open_browser": "true"},
            "workstation_environment": center.environment(),
        }
        own = {"laptop-042": mirror, "laptop-101": {"acme_proxy": "127.0.0.1:9"}}
        overlay.write_text(machines.overlay(shared, **own))
        controller.environment["ANSIBLE_INVENTORY"] = f"inventory,{overlay}"

        assert "already installed" in acme.succeed(f"{install} --offline")
        acme.succeed(password)
        acme.succeed(certificate)
        first = acme.succeed(site)
        assert "hush" not in first and f"{ARN}" in first
        assert profiles(engineer, "dev") == profiles(lab, "ann") == PROFILES
        assert profiles(scientist, "dev") == ["log-archive-readonly", "production-readonly"]
        assert profiles(lab, "bo") == ["development-readonly"]
        assert region(scientist, "production-readonly") == "eu-west-1"
        assert ARN in as_user(engineer, "aws", "whoami", "--profile", "development-admin").stdout
        proxy = as_user(scientist, "sh", "-c", "echo $HTTPS_PROXY; cat $AWS_CA_BUNDLE").stdout
        assert (
            proxy.startswith("http://workstations:hush-proxy@127.0.0.1:9\n")
            and authority.pem.strip() in proxy
        )
        assert "Acme workstations" in (controller.home / "acme-fleet.html").read_text()
        reported = json.loads((controller.home / "acme-fleet.json").read_text())["hosts"]
        assert set(reported) == {"localhost", *machines.hosts}

        second = fleet.Run.of(acme.succeed(site))
        assert len(second.recap) == 4 and not second.changed()

        acme.succeed(doctor)
        acme.succeed(audit)
        (found,) = json.loads((acme.directory / "administrators.json").read_text())
        assert (found["user"], found["account_name"], found["via"]) == ("ann", "Production", ["direct"])
        assert not fleet.Run.of(acme.succeed(audit)).changed()

        for command in offboard:
            assert len(fleet.Run.of(acme.succeed(command)).changed()) == 1
            assert not fleet.Run.of(acme.succeed(command)).changed()
        assert not profiles(engineer, "dev") and not profiles(lab, "bo")
        assert profiles(lab, "ann") == PROFILES
        assert as_user(engineer, "aws", "sts", "get-caller-identity").returncode != 0
    (encrypt,) = commands("fleet-over-ssh", "What to change")
    assert "!vault" in acme.succeed(f"printf %s hush | {encrypt}")


def test_pull_mode(controller: Controller, center: IdentityCenter, mirror: dict[str, t.Any], s3: str) -> None:
    need(hosts.missing())
    acme = published_by(controller, s3, mirror)
    key, publish = commands("pull-mode", "Publish")
    second, pause, resume, page = commands("pull-mode", "Later")
    acme.succeed("aws s3 mb s3://acme-laptops")
    acme.succeed(f"aws s3api put-bucket-policy --bucket acme-laptops --policy '{json.dumps(READABLE)}'")
    acme.succeed(key)
    acme.succeed(publish)
    (one_line,) = commands("pull-mode", "On each laptop")
    with laptop("pull-mode", "trixie", center.environment(), packages=fleet.FULL) as host:
        host.run("install", "--directory", "--owner=dev", "/mnt/s/reports")
        with terminal(host) as shell:
            shell.type(one_line.replace("https://laptops.acme.example", f"{s3}/acme-laptops"))
            center.approve(shell.wait_for(f"{SIGN_IN_PAGE}|{Shell.PROMPT}", 400), "alice")
            shown = shell.finish(300)
            assert shell.status() == 0, shown
        assert (
            ARN in as_user(host, "aws", "sts", "get-caller-identity", "--profile", "development-admin").stdout
        )
        assert as_user(host, "workstation-update", "--check").returncode == 0

        for command, paused in ((second, False), (pause, True), (resume, False)):
            acme.succeed(command)
            acme.succeed("aws s3 cp s3://acme-laptops/manifest.json published.json")
            manifest = json.loads((acme.directory / "published.json").read_text())
            assert (manifest["version"], manifest["rollout"]["paused"]) == ("2", paused)
            assert len(manifest["rollout"]["rings"]) == 3

        (controller.home / "acme-reports").mkdir()
        for name, text in delivered_reports(host, "/mnt/s/reports").items():
            (controller.home / "acme-reports" / name).write_text(text)
        shown = acme.succeed(page)
    assert "1 laptops, 1 new reports, 0 refused files" in shown and "1 never seen: laptop-042" in shown
    assert host.name in (controller.home / "acme-laptops.html").read_text()


def published_by(controller: Controller, s3: str, mirror: dict[str, t.Any]) -> Typist:
    """A copy of the example for the bucket in *s3* and the mirror, and for one version of Python."""
    controller.environment.update(
        AWS_ENDPOINT_URL_S3=s3,
        AWS_ACCESS_KEY_ID="publisher",
        AWS_SECRET_ACCESS_KEY="never shown",
        AWS_DEFAULT_REGION="eu-central-1",
        PATH=f"{real_cli.aws(real_cli.CURRENT).parent}:{controller.environment['PATH']}",
    )
    acme = Typist(controller, EXAMPLES / "pull-mode")
    bundle, company = acme.directory / "bundle.yml", acme.directory / "company.yml"
    text = bundle.read_text().replace("https://laptops.acme.example", f"{s3}/acme-laptops")
    bundle.write_text(f"{text}workstation_bundle_pythons: ['3.13']\nworkstation_bundle_machines: [x86_64]\n")
    variables = yaml.safe_load(company.read_text())
    variables["workstation_aws_cli"] |= mirror["workstation_aws_cli"]
    company.write_text(json.dumps(variables))
    return acme
