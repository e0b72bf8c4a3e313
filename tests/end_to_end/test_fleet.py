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

import pytest

import hosts
from bundles import Mirror, new_key, serving
from end_to_end.controller import Controller
from end_to_end.fleet import FULL, PROFILE, STUB, Fleet, company
from end_to_end.needs import need
from hosts import Host
from identity_center import IdentityCenter, write_browser
from support.company_network import Authority, Proxy

VERSION = "2.38.5"
STEPS = {  # what breaks a step on a host, and what fixes it
    "Install prerequisites": (
        "printf '#!/bin/sh\\necho git version 1.0\\n' >/usr/local/bin/git; chmod 755 /usr/local/bin/git",
        "rm /usr/local/bin/git",
    ),
    "Install AWS CLI v2": ("echo mine >/usr/local/bin/aws", "rm /usr/local/bin/aws"),
    "Let WSL2 programs open the Windows browser": (
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
    "Explain why AWS did not return an identity": ("touch /etc/aws-is-down", "rm /etc/aws-is-down"),
}
ACCESS = [
    {"session": "acme", "account_id": "111122223333", "account_name": "Development", "role_name": "ReadOnly"},
    {"session": "acme", "account_id": "222233334444", "account_name": "Production", "role_name": "ReadOnly"},
]


@pytest.fixture
def fleet(controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path) -> t.Iterator[Fleet]:
    need(hosts.missing())
    directory = tmp_path / "mirror"
    directory.mkdir()
    with new_key() as key:
        Mirror(directory, key).add_stub(VERSION, STUB)
        with serving(directory) as url:
            variables = company(center, url, key, VERSION)
            yield Fleet(controller, write_browser(str(tmp_path / "browser")), variables)


def host(stack: contextlib.ExitStack, name: str, center: IdentityCenter) -> Host:
    made = Host(f"{name}-{os.getpid()}", environment=center.environment(), packages=FULL)
    return stack.enter_context(made)


def test_hosts_that_fail_do_not_stop_others_and_recover(fleet: Fleet, center: IdentityCenter) -> None:
    with contextlib.ExitStack() as stack:
        healthy = fleet.add(host(stack, "healthy", center))
        broken = {}
        for number, (step, (sabotage, _fix)) in enumerate(STEPS.items()):
            broken[step] = fleet.add(host(stack, f"broken-{number}", center))
            broken[step].run("sh", "-c", sabotage)

        first = fleet.set_up(fails=True)
        assert first.failed_at == {broken[step].name: step for step in STEPS}
        assert first.recap[healthy.name]["failed"] == 0
        reported = json.loads(fleet.report("fleet.json"))["hosts"]
        assert {
            name: failure["task"].rpartition(" : ")[2]
            for name, record in reported.items()
            for failure in record["failures"]
        } == first.failed_at

        for step, (_sabotage, fix) in STEPS.items():
            broken[step].run("sh", "-c", fix)
        second = fleet.set_up("--limit", ",".join(first.failed_at), ANSIBLE_STRATEGY="free")
        assert second.recap.keys() == first.failed_at.keys()

        fleet.python_starts()
        assert not fleet.set_up().changed()
        assert max(fleet.python_starts().values()) <= 6

        reported = json.loads(fleet.report("fleet.json"))["hosts"]
        states = {(host["status"], host["changed"], host["aws_cli"]) for host in reported.values()}
        assert states == {("ok", False, VERSION)}
        assert all(host["sessions"]["acme"]["expires_at"] for host in reported.values())
        pages = fleet.report("fleet.json") + fleet.report("fleet.html")
        assert not [secret for secret in center.records.secrets() if secret in pages]


@pytest.mark.full  # test_role_on_hosts.py and test_company_network.py have each of the differences alone
def test_hosts_and_users_that_differ(fleet: Fleet, center: IdentityCenter, tmp_path: pathlib.Path) -> None:
    """One host for two users behind a proxy of the company, and one whose user has no sudo."""
    users: t.List[t.Dict[str, t.Any]] = [
        {"name": "alice", "access": ACCESS[:1], "default_profile": PROFILE},
        {"name": "bob", "access": ACCESS},
    ]
    parts = ["aws_cli", "login", "profiles", "verify"]
    authority = Authority(tmp_path)
    with contextlib.ExitStack() as stack:
        proxy = stack.enter_context(Proxy(credentials="jane:hush"))
        shared = host(stack, "shared", center)
        for user in users:
            shared.run("useradd", "--create-home", "--shell", "/bin/bash", user["name"])
        fleet.add(
            shared,
            workstation_users=users,
            workstation_parts=["network", "prerequisites", *parts],
            workstation_prerequisites={"tools": {"zip": ""}},
            workstation_proxy=f"http://jane:hush@{proxy.address}",
            workstation_ca_certificates=authority.pem,
        )
        alone = host(stack, "alone", center)
        alone.run("rm", "/etc/sudoers.d/dev")
        own = {"install_dir": "~/.local/share/aws-cli", "bin_dir": "~/.local/bin"}
        fleet.add(
            alone,
            workstation_become=False,
            workstation_access=ACCESS,
            workstation_parts=parts,
            workstation_aws_cli=fleet.variables["workstation_aws_cli"] | own,
        )

        first = fleet.set_up()
        assert first.changed() == set(fleet.hosts)
        assert "hush" not in first.output
        assert proxy.asked and not proxy.refused

        assert profiles_of(shared, "alice") == ["default", f"profile {PROFILE}"]
        assert profiles_of(shared, "bob") == [f"profile ReadOnly-{access['account_id']}" for access in ACCESS]
        assert profiles_of(alone, "dev") == profiles_of(shared, "bob")
        assert not shared.run("find", "/home/dev", "-name", ".aws")
        for user_name in ("alice", "bob"):
            exposed = ("-not", "-user", user_name, "-o", "-path", "*/sso/*", "-perm", "/077")
            assert not shared.run("find", f"/home/{user_name}/.aws", *exposed)
        login = shared.run("runuser", "--login", "bob", "--command", "cat $AWS_CA_BUNDLE; echo $HTTPS_PROXY")
        assert authority.pem.strip() in login and login.endswith(f"@{proxy.address}\n")
        assert alone.run("/home/dev/.local/bin/aws", "--version").startswith(f"aws-cli/{VERSION} ")
        assert not fleet.set_up().changed()


def profiles_of(host: Host, user: str) -> t.List[str]:
    config = host.run("cat", f"/home/{user}/.aws/config")
    return sorted(
        name for name in re.findall(r"^\[(.*)]$", config, re.MULTILINE) if "sso-session" not in name
    )
