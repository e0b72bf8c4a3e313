# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fresh Debian in a company whose proxy inspects TLS: apt, curl and the real AWS CLI, after one task.

The proxy leads AWS's own names to the emulator, with a certificate that the company's CA has signed.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import typing as t

import pytest

import hosts
from end_to_end import real_cli
from end_to_end.controller import Controller
from end_to_end.needs import need
from hosts import Host
from identity_center import IdentityCenter
from support.company_network import Authority, Proxy

SECRET = "hu%40sh"
CONFIG = """\
[sso-session corp]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = AdministratorAccess
region = eu-west-1
"""
PLAYBOOK = """\
- hosts: wsl
  gather_facts: false
  become: true
  module_defaults:
    workstation.aws_sso.workstation_network:
      proxy: "{{ proxy }}"
      no_proxy: [.example.com]
      ca_certificates: "{{ ca_certificates }}"
  tasks:
    - ansible.builtin.raw: apt-get update -q && apt-get install -q -y --no-install-recommends python3
    - workstation.aws_sso.workstation_network:
      check_mode: true
      register: preview
    - workstation.aws_sso.workstation_network:
      register: first
    - workstation.aws_sso.prerequisites:
        tools:
          ca-certificates: ""
          curl: ""
    - workstation.aws_sso.workstation_network:
      register: second
    - ansible.builtin.assert:
        that:
          - preview.files == first.files
          - first.ca_bundle == "/etc/ssl/certs/ca-certificates.crt"
          - first.warnings is search("update-ca-certificates is not installed")
          - second is not changed
          - second.warnings is not defined
"""
TAKE_AWAY = """\
- hosts: wsl
  gather_facts: false
  become: true
  tasks:
    - workstation.aws_sso.workstation_network:
        proxy: ""
        ca_certificates: ""
      register: removed
    - ansible.builtin.assert:
        that: "'/etc/ssl/certs/ca-certificates.crt' in removed.files"
"""


@pytest.fixture
def authority(tmp_path: pathlib.Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def center(authority: Authority) -> t.Iterator[IdentityCenter]:
    certificate = authority.issue("*.eu-west-1.amazonaws.com", "*.sso.eu-west-1.amazonaws.com")
    with IdentityCenter(certificate=str(certificate)) as center:
        yield center
        assert not center.invalid_requests


@pytest.fixture
def proxy(center: IdentityCenter) -> t.Iterator[Proxy]:
    port = int(center.url.rpartition(":")[2])
    with Proxy({"*.amazonaws.com": port}, credentials="jane:hu@sh") as proxy:
        yield proxy


@pytest.fixture
def host() -> t.Iterator[Host]:
    need(hosts.missing())
    with Host(f"company-{os.getpid()}", "trixie", {"AWS_EC2_METADATA_DISABLED": "true"}) as host:
        yield host


def in_a_login_shell(host: Host, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        host.ssh_command("bash", "-lc", command), capture_output=True, text=True, timeout=300, check=False
    )


def copy_the_aws_cli(host: Host) -> None:
    """As it is after an installation, which other tests do."""
    tree = real_cli.aws(real_cli.CURRENT).parent
    with subprocess.Popen(["tar", "-C", str(tree), "-c", "."], stdout=subprocess.PIPE) as packed:
        unpack = "mkdir /opt/aws && tar -C /opt/aws -x && ln -s /opt/aws/aws /usr/local/bin/aws"
        subprocess.run(host.entry("sh", "-c", unpack), stdin=packed.stdout, check=True)


def sign_in(host: Host, center: IdentityCenter) -> None:
    command = host.ssh_command(
        "bash", "-lc", "aws sso login --sso-session corp --use-device-code --no-browser"
    )
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as login:
        assert login.stdout is not None
        output = ""
        for line in login.stdout:
            output += line
            code = re.fullmatch(r"[A-Z]{4}-[A-Z]{4}", line.strip())
            if code:
                center.approve(code.group())
    assert login.returncode == 0 and "Successfully logged into Start URL" in output, output


def test_one_task_configures_apt_curl_and_the_aws_cli(
    controller: Controller, host: Host, proxy: Proxy, authority: Authority, center: IdentityCenter
) -> None:
    variables = {"proxy": f"http://jane:{SECRET}@{proxy.address}", "ca_certificates": authority.pem}
    path = controller.home / "variables.json"
    path.write_text(json.dumps(variables))
    with controller.play(PLAYBOOK, "-i", host.inventory, "-e", f"@{path}", "--diff", "-v") as play:
        output = play.succeed(seconds=300)
    assert SECRET not in output and "hu@sh" not in output
    policy = "apt-cache policy bash; cat /etc/apt/apt.conf.d/95workstation-proxy"
    seen = in_a_login_shell(host, policy)
    assert "Installed:" in seen.stdout and proxy.address in seen.stdout
    assert "jane" not in seen.stdout and not seen.stderr
    mirrors = {
        line.split("/")[2] for line in host.run("apt-get", "indextargets", "--format", "$(REPO_URI)").split()
    }
    assert mirrors <= set(proxy.asked)

    answer = in_a_login_shell(host, "curl -sS https://oidc.eu-west-1.amazonaws.com/device")
    assert (answer.returncode, answer.stderr) == (0, "") and "<html" in answer.stdout

    copy_the_aws_cli(host)
    host.run("sh", "-c", f"install -d -o dev -m 700 ~dev/.aws && printf %s '{CONFIG}' >~dev/.aws/config")
    sign_in(host, center)
    identity = in_a_login_shell(host, "aws sts get-caller-identity --profile dev")
    assert json.loads(identity.stdout)["Account"] == "111122223333", identity.stderr
    assert set(proxy.asked) >= {
        "oidc.eu-west-1.amazonaws.com",
        "portal.sso.eu-west-1.amazonaws.com",
        "sts.eu-west-1.amazonaws.com",
    }

    with controller.play(TAKE_AWAY, "-i", host.inventory) as play:
        play.succeed()
    assert not host.run("find", "/etc/apt/auth.conf.d", "/etc/apt/apt.conf.d", "-name", "*workstation*")
    left = in_a_login_shell(host, "env | grep -i -e _proxy -e AWS_CA; apt-config dump | grep -i proxy")
    assert left.stdout == ""
