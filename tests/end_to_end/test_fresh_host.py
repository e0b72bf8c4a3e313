# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a Debian without Python to an identity that the real AWS CLI reports, by one playbook over ssh."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import time
import typing as t

import pytest

import hosts
from bundles import Mirror, new_key, serving, wheel_with
from end_to_end import real_cli
from end_to_end.controller import Controller
from end_to_end.needs import need
from hosts import Host
from identity_center import BrowserUser, IdentityCenter, write_browser

PROFILE = "AdministratorAccess-111122223333"
ARN = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_"
LOOK_FOR_WSL = """\
- hosts: wsl
  gather_facts: false
  tasks:
    - workstation.aws_sso.wsl_info:
      become: "{{ item }}"
      loop: [false, true]
      register: looks
    - ansible.builtin.assert:
        that:
          - item.wsl.version == 2
          - item.wsl.interop
          - item.wsl.networking_mode == "nat"
          - item.wsl.browser_launchers[0] == "/mnt/c/Windows/System32/rundll32.exe"
      loop: "{{ looks.results }}"
"""
WITHOUT_AN_ANSWER = """\
- hosts: wsl
  gather_facts: false
  tasks:
    - workstation.aws_sso.wsl_info:
      register: look
    - ansible.builtin.assert:
        that:
          - look.wsl.version == 2
          - look.wsl.networking_mode == "virtioproxy"
          - look.wsl.localhost_forwarding is false
          - look.wsl.wslconfig == "/mnt/c/Users/dev/.wslconfig"
          - look.wsl.windows_drives == ["/mnt/c"]
    - ansible.builtin.command: truncate --size 4096 /usr/bin/wslinfo
      become: true
    - ansible.builtin.include_role:
        name: workstation.aws_sso.browser
        apply:
          become: true
      vars:
        browser_state: absent
    - workstation.aws_sso.wsl_browser:
        state: absent
      become: true
      register: again
    - ansible.builtin.assert:
        that:
          - again is not changed
          - again.wsl.networking_mode == "virtioproxy"
"""
FRESH_LACKS = ("python3", "pip3", "git", "curl", "unzip", "aws")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[t.Dict[str, str]]:
    """The options that install the current AWS CLI from a mirror on loopback, signed by a throw-away key."""
    need(hosts.missing())
    directory = tmp_path_factory.mktemp("mirror")
    with new_key() as key:
        Mirror(directory, key).add_wheel(wheel_with(real_cli.CURRENT))
        with serving(directory) as url:
            yield {"base_url": url, "public_key": key.public_key, "fingerprint": key.fingerprint}


@pytest.fixture
def host(center: IdentityCenter) -> t.Iterator[Host]:
    need(hosts.missing())
    with Host(f"fresh-{os.getpid()}", "trixie", center.environment()) as host:
        yield host


@pytest.fixture
def company(controller: Controller, center: IdentityCenter, bundle: t.Dict[str, str]) -> pathlib.Path:
    """What a company distributes: the variables of the playbook."""
    variables = {
        "workstation_sessions": [
            {"name": "acme", "start_url": center.world.start_url, "region": center.world.region}
        ],
        "workstation_aws_cli": {"version": real_cli.CURRENT, **bundle},
        "workstation_login": {"token_store": "host", "open_browser": "true"},
        "workstation_region": "eu-central-1",
        "workstation_verify_profile": PROFILE,
        "target": "wsl",
    }
    path = controller.home / "company.json"
    path.write_text(json.dumps(variables))
    return path


def on(host: Host, *command: str) -> subprocess.CompletedProcess[str]:
    """Run *command* as the user dev, logged in over ssh."""
    return subprocess.run(host.ssh_command(*command), capture_output=True, text=True, check=False)


def set_up(controller: Controller, host: Host, company: pathlib.Path, browser: str) -> str:
    """Run the playbook as a user would; returns the line of the recap."""
    arguments = ("-i", host.inventory, "-e", f"@{company}")
    with controller.play("workstation.aws_sso.workstation", *arguments, BROWSER=browser) as play:
        output = play.succeed(seconds=600)
    assert ARN in output
    return output.rstrip().splitlines()[-1]


def exposed_files(host: Host) -> t.List[str]:
    """What the playbook left where others may look; .aws/cli is made by the AWS CLI, in its own way."""
    conditions = "-path .aws/cli -prune -o ( -not -user dev -o -perm /077 ) -print"
    return on(host, "find", ".aws", *conditions.split()).stdout.split()


def test_workstation(
    controller: Controller, host: Host, company: pathlib.Path, center: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    assert not on(host, "sh", "-c", f"command -v {' '.join(FRESH_LACKS)}").stdout
    browser = write_browser(str(tmp_path / "browser"))

    set_up(controller, host, company, browser)

    version = on(host, "aws", "--version").stdout
    assert f"aws-cli/{real_cli.CURRENT} " in version and "microsoft-standard-WSL2" in version
    identity = on(host, "aws", "sts", "get-caller-identity", "--profile", PROFILE, "--output", "json")
    assert json.loads(identity.stdout)["Arn"].startswith(ARN), identity.stderr
    assert not exposed_files(host)

    with controller.play(LOOK_FOR_WSL, "-i", host.inventory) as play:
        play.succeed()

    sign_ins = center.count("StartDeviceAuthorization")
    assert " changed=0 " in set_up(controller, host, company, browser)
    assert center.count("StartDeviceAuthorization") == sign_ins

    sign_in_with_the_browser_of_windows(host, center)
    open_the_browser_of_windows_from_elsewhere(host)
    remove_the_browser_while_wsl_does_not_respond(controller, host)


def sign_in_with_the_browser_of_windows(host: Host, center: IdentityCenter) -> None:
    """What a user does on the host when the sign-in has expired: the AWS CLI itself opens the browser."""
    on(host, "aws", "sso", "logout")
    command = host.ssh_command("bash", "-lc", "aws sso login --sso-session acme")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as login:
        deadline = time.monotonic() + 30
        while not host.windows_calls() and login.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        (call,) = host.windows_calls()
        assert call.program == "rundll32.exe" and call.directory.startswith("/mnt/c/")
        user = center.world.users[0]
        BrowserUser(user.name, user.password).visit(call.arguments[-1])
        output = login.communicate(timeout=300)[0]
    assert login.returncode == 0 and "Successfully logged into Start URL" in output


def open_the_browser_of_windows_from_elsewhere(host: Host) -> None:
    """The terminal of an editor has a shell that is no login shell; other programs have no BROWSER at all."""
    assert on(host, "bash", "-ic", "echo $BROWSER").stdout == "/usr/local/bin/wsl-browser\n"
    for program in ("www-browser", "x-www-browser"):
        url = f"https://example.com/{program}?a=b&c=d"
        calls = len(host.windows_calls())
        on(host, program, url)
        deadline = time.monotonic() + 30
        while len(host.windows_calls()) == calls and time.monotonic() < deadline:
            time.sleep(0.1)
        assert host.windows_calls()[-1].arguments[-1] == url


def remove_the_browser_while_wsl_does_not_respond(controller: Controller, host: Host) -> None:
    """As after a lost connection to Windows, which only ends with wsl --shutdown."""
    host.run("sh", "-c", "printf '#!/bin/sh\\nsleep 3600\\n' >/usr/bin/wslinfo")
    wslconfig = "[wsl2]\\r\\nnetworkingMode=VirtioProxy\\r\\nlocalhostForwarding=false # policy\\r\\n"
    host.run("sh", "-c", f"printf '{wslconfig}' >/mnt/c/Users/dev/.wslconfig")
    with controller.play(WITHOUT_AN_ANSWER, "-i", host.inventory) as play:
        play.succeed()
    left = host.run("sh", "-c", "grep -rl wsl-browser /etc /usr/local /var/lib/dpkg/alternatives || true")
    assert not left and not on(host, "sh", "-c", "command -v www-browser x-www-browser").stdout
