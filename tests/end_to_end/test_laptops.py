# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Laptops that nothing reaches: one line sets them up, and from then on they keep themselves up to date."""

from __future__ import annotations

import contextlib
import hashlib
import json
import pathlib
import re
import typing as t

import pytest

import hosts
from end_to_end import laptops, real_cli
from end_to_end.bare_host import Shell
from end_to_end.chromium import Chromium
from end_to_end.controller import Controller
from end_to_end.laptops import Company, Server, as_user, delivered_reports, laptop, terminal
from end_to_end.needs import need
from hosts import Host
from identity_center import IdentityCenter

PROFILE = "AdministratorAccess-111122223333"
ARN = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_"
BARE_LACKS = ("python3", "ssh-keygen", "git", "curl", "gpg", "aws", "sshd")
SIGN_IN_PAGE = r"https?://\S+(?:/authorize\?|user_code=)\S+"
SIGN_IN_AGAIN = "AWS: sign in again with: workstation-update"
PASSWORD_OF_SUDO = r"\[sudo\] password for dev: "
INSTALLATION = ".local/share/workstation-update"


@pytest.fixture
def server(tmp_path: pathlib.Path) -> t.Iterator[Server]:
    directory = tmp_path / "bundle"
    directory.mkdir()
    with Server(directory).running() as server:
        yield server


@pytest.fixture
def company(
    controller: Controller, center: IdentityCenter, server: Server, mirror: t.Dict[str, t.Any]
) -> Company:
    world = center.world
    variables = {
        "workstation_sessions": [{"name": "acme", "start_url": world.start_url, "region": world.region}],
        "workstation_region": "eu-central-1",
        "workstation_verify_profile": PROFILE,
        "workstation_aws_cli": {**mirror["workstation_aws_cli"], "version": real_cli.CURRENT},
    }
    return Company(controller, server, variables)


def one_line(server: Server) -> str:
    """What a user types on a distribution without curl."""
    (command,) = laptops.guide("$ curl", server)
    return f"sudo apt-get update && sudo apt-get install -y curl && {command}"


def sign_in(shell: Shell, browser: Chromium, center: IdentityCenter) -> None:
    """Approve the sign-in that *shell* shows, in Chromium."""
    url = shell.wait_for(f"{SIGN_IN_PAGE}|{Shell.PROMPT}", 400)
    assert url != Shell.PROMPT, shell.shown
    browser.open(url)
    user = center.world.users[0]
    browser.wait_for_page("Sign in")
    browser.fill("username", user.name)
    browser.fill("password", user.password)
    browser.click("sign-in")
    browser.wait_for_page("Allow")
    browser.click("allow")
    browser.wait_for_page("Request approved")


def region(host: Host) -> str:
    config = host.run("cat", "/home/dev/.aws/config")
    (found,) = re.findall(rf"\[profile {PROFILE}\]\n(?:.+\n)*?region = (\S+)", config)
    return str(found)


def state(host: Host) -> t.Dict[str, t.Any]:
    found: t.Dict[str, t.Any] = json.loads(host.run("cat", f"/home/dev/{INSTALLATION}/state.json"))
    return found


def current(host: Host) -> str:
    return host.run("readlink", "-e", f"/home/dev/{INSTALLATION}/current").strip()


@contextlib.contextmanager
def tampered(server: Server, version: str) -> t.Iterator[None]:
    """Change company.yml of *version* and its digest in the manifest, as whoever owns the server can."""
    manifest = server.directory / "manifest.json"
    signed = manifest.read_bytes()
    document = json.loads(signed)
    path = document["company"]
    assert path.startswith(f"{version}/")
    data = (server.directory / path).read_bytes() + b"# and more\n"
    (server.directory / path).write_bytes(data)
    document["files"][path] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    manifest.write_text(json.dumps(document))
    yield
    manifest.write_bytes(signed)


def test_a_laptop_sets_itself_up_and_keeps_up_to_date(
    company: Company, server: Server, center: IdentityCenter, browser: Chromium, controller: Controller
) -> None:
    need(hosts.missing())
    settings = {"pythons": ["3.13"], "machines": ["x86_64"], "report": {"destination": laptops.REPORTS}}
    company.publish("1", settings)
    with laptop("laptop", "trixie", center.environment()) as host:
        assert not host.run("sh", "-c", f"command -v {' '.join(BARE_LACKS)} || true")
        with terminal(host) as shell:
            shell.type(one_line(server))
            sign_in(shell, browser, center)
            assert ARN in shell.finish(300)
            assert shell.status() == 0
        assert region(host) == "eu-central-1"
        stays_as_it_is(host, server)

        company.publish("2", settings, workstation_region="eu-west-1")
        updates_itself_without_a_sign_in(host)
        with terminal(host) as shell:
            assert SIGN_IN_AGAIN in shell.greeting
            shell.type("workstation-update")
            sign_in(shell, browser, center)
            assert ARN in shell.finish(300)
            assert shell.status() == 0
        with terminal(host) as shell:
            assert SIGN_IN_AGAIN not in shell.greeting
        second = current(host)

        company.publish("3", settings, workstation_region="eu-south-1")
        with tampered(server, "3"):
            refuses_what_was_changed(host, second)
            refused = merged_page(controller, host, server, browser)

        company.publish("4", settings, workstation_region="ap-south-1", workstation_verify_profile="nobody")
        rolls_back_what_fails(host, second)
        rolled_back = merged_page(controller, host, server, browser)
    assert "Bundle 2 on 1 · current 3" in refused and "update refused" in refused
    assert "The signature of the bundle was not made by a key of the company" in refused
    assert "Bundle 2 on 1 · current 4" in rolled_back and "Version 4 failed" in rolled_back
    assert "The profile does not exist" in rolled_back and host.name in rolled_back


def test_a_laptop_whose_sudo_asks_for_a_password(
    company: Company, server: Server, center: IdentityCenter
) -> None:
    need(hosts.missing())
    settings = {"pythons": ["3.11"], "machines": ["x86_64"]}
    company.publish_as_in_the_guide("3.11")
    with laptop("password", "bookworm", center.environment(), password=True) as host:
        before = host.run("cat", "/home/dev/.profile", "/home/dev/.bashrc")
        with terminal(host) as shell:
            shell.type(one_line(server))
            shell.give_password(PASSWORD_OF_SUDO)
            shell.give_password(PASSWORD_OF_SUDO)
            center.approve(shell.wait_for(SIGN_IN_PAGE, 400), "alice")
            assert ARN in shell.finish(300)
            assert shell.status() == 0

        company.publish("2", settings, workstation_region="eu-west-1")
        done = as_user(host, "workstation-update", "--scheduled")
        assert done.returncode == 3, done.stdout + done.stderr
        assert region(host) == "eu-west-1"
        with terminal(host) as shell:
            assert "AWS: an update requires your password. Run: workstation-update" in shell.greeting
            shell.type("workstation-update")
            shell.give_password(PASSWORD_OF_SUDO)
            assert ARN in shell.finish(300)
            assert shell.status() == 0
            shell.succeed("workstation-update --check")
            assert "Installed:      version 2 " in shell.succeed("workstation-update --status")
            shell.succeed("workstation-update --uninstall")
        assert host.run("cat", "/home/dev/.profile", "/home/dev/.bashrc") == before
        left = host.run("find", "/home/dev", "/tmp", "-name", "*workstation-update*")
        assert not left
        assert ARN in as_user(host, "aws", "sts", "get-caller-identity", "--profile", PROFILE).stdout


def stays_as_it_is(host: Host, server: Server) -> None:
    """One conditional request, and less than a second of CPU."""
    before = state(host)
    del server.answers[:]
    timed = "TIMEFORMAT='%U %S'; time workstation-update --scheduled"
    done = as_user(host, "bash", "-c", timed)
    assert done.returncode == 0, done.stdout + done.stderr
    assert server.answers == [("/manifest.json", 304)]
    assert sum(map(float, done.stderr.split()[-2:])) <= 1, done.stderr
    assert state(host)["ran"] == before["ran"]


def updates_itself_without_a_sign_in(host: Host) -> None:
    """Although the user is signed out: what requires that is done later."""
    as_user(host, "aws", "sso", "logout")
    done = as_user(host, "workstation-update", "--scheduled")
    assert done.returncode == 3, done.stdout + done.stderr
    assert state(host)["status"]["outcome"] == "sign_in_required"
    assert "/versions/2-" in current(host)


def refuses_what_was_changed(host: Host, installed: str) -> None:
    before = host.run("find", "/home/dev", "-newer", "/home/dev/.aws/config", "-name", "config")
    done = as_user(host, "workstation-update", "--scheduled")
    assert done.returncode == 1, done.stdout + done.stderr
    assert state(host)["status"]["outcome"] == "refused"
    assert "signature" in state(host)["status"]["message"]
    assert current(host) == installed and region(host) == "eu-west-1"
    assert host.run("find", "/home/dev", "-newer", "/home/dev/.aws/config", "-name", "config") == before


def rolls_back_what_fails(host: Host, installed: str) -> None:
    """The new profiles are written before it fails; the previous version writes the old ones again."""
    done = as_user(host, "workstation-update", "--scheduled")
    assert done.returncode == 1, done.stdout + done.stderr
    assert state(host)["status"]["outcome"] == "rolled_back"
    assert current(host) == installed and region(host) == "eu-west-1"
    with terminal(host) as shell:
        shell.type("workstation-update --status")
        assert "nobody" in shell.finish()


def merged_page(controller: Controller, host: Host, server: Server, browser: Chromium) -> str:
    """What the page of all laptops shows of this one."""
    directory = controller.home / "reports"
    directory.mkdir(exist_ok=True)
    for name, text in delivered_reports(host).items():
        (directory / name).write_text(text)
    page = controller.home / "laptops.html"
    variables = {
        "workstation_reports_directory": str(directory),
        "workstation_reports_html": str(page),
        "workstation_reports_json": str(controller.home / "laptops.json"),
        "workstation_reports_keys": str(controller.home / "laptop-keys"),
        "workstation_reports_bundle": str(server.directory),
    }
    with controller.play("workstation.aws_sso.fleet_report", "-e", json.dumps(variables)) as play:
        play.succeed()
    browser.open(page.as_uri())
    return str(browser.run("return document.body.innerText"))
