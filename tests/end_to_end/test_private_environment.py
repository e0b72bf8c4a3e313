# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password of the company's proxy is on no command line of the role, and in no output of it."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest

from end_to_end.controller import Controller
from identity_center import IdentityCenter, write_browser
from support.command_lines import CommandLines

INTEGRATION = pathlib.Path(__file__).parents[1] / "integration" / "targets"
CLI = INTEGRATION / "setup_identity_center" / "files" / "aws"
PROXY = "http://jane:pass-w0rd@proxy.example.com:3128"
AWS = f'#!/bin/sh\nenv >"$HOME/seen-by-aws"\nexec \'{CLI}\' "$@"\n'
PACKAGE_MANAGER = '#!/bin/sh\nenv >"$HOME/seen-by-$1"\n'


class Role:
    """Runs playbooks in a scratch home with -vvv, and records command lines and output."""

    def __init__(self, controller: Controller, directory: pathlib.Path) -> None:
        self.controller = controller
        self.home = controller.home
        self.output = ""
        self.command_lines = CommandLines(directory)
        self._programs = directory / "programs"
        self._programs.mkdir()
        self._browser = write_browser(str(directory / "browser"))

    def write_program(self, name: str, text: str) -> None:
        (self._programs / name).write_text(text)
        (self._programs / name).chmod(0o755)

    def play(self, playbook: str, variables: t.Mapping[str, t.Any], *more: str, fails: bool = False) -> None:
        environment = {
            **self.command_lines.environment,
            "PATH": f"{self._programs}:{self.controller.environment['PATH']}",
            "BROWSER": self._browser,
            "ANSIBLE_LOG_PATH": str(self.home / "log"),
        }
        (self.home / "company.json").write_text(json.dumps(variables))
        arguments = ["-vvv", "--diff", "-e", "@company.json", *more]
        with self.command_lines.recorded(), self.controller.play(playbook, *arguments, **environment) as play:
            self.output = play.fail() if fails else play.succeed()
        self.output += (self.home / "log").read_text()

    def seen_by(self, program: str) -> t.Dict[str, str]:
        lines = (self.home / f"seen-by-{program}").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def assert_nothing_leaked(self) -> None:
        for text in (self.command_lines.text, self.output):
            assert "pass-w0rd" not in text and "hush" not in text


@pytest.fixture
def role(controller: Controller, tmp_path: pathlib.Path) -> Role:
    return Role(controller, tmp_path)


def test_the_whole_role_keeps_secrets_of_its_environment_off_command_lines(
    role: Role, center: IdentityCenter
) -> None:
    role.write_program("aws", AWS)
    session = {"name": "acme", "start_url": center.world.start_url, "region": center.world.region}
    company = {
        "workstation_sessions": [session],
        "workstation_become": False,
        "workstation_parts": ["login", "profiles", "verify"],
        "workstation_proxy": PROXY,
        "workstation_environment": {"NO_PROXY": "127.0.0.1,localhost", "MY_SECRET": "hush 'hush'"},
    }
    role.play("workstation.aws_sso.workstation", company)
    seen = role.seen_by("aws")
    assert seen["HTTPS_PROXY"] == seen["http_proxy"] == PROXY and seen["MY_SECRET"] == "hush 'hush'"
    assert " is arn:aws:sts::" in role.output
    role.assert_nothing_leaked()

    role.play("workstation.aws_sso.login", company)
    role.play("workstation.aws_sso.whoami", company)
    role.assert_nothing_leaked()


@pytest.mark.parametrize("proxy", [PROXY, "http://proxy.example.com:3128"])
def test_python_is_installed_through_the_proxy_without_its_password_on_a_command_line(
    role: Role, proxy: str
) -> None:
    role.write_program("apt-get", PACKAGE_MANAGER)
    company = {
        "workstation_sessions": [{"name": "acme", "start_url": "https://a.awsapps.com/start", "region": "x"}],
        "workstation_become": False,
        "workstation_proxy": proxy,
        "workstation_parts": ["login"],  # nothing of this machine may change
    }
    if role.controller.run("id", "-u").stdout.strip() != "0":
        pytest.skip("only root needs no privilege escalation to install Python")
    inventory = role.home / "hosts.ini"
    inventory.write_text("laptop ansible_connection=local ansible_python_interpreter=/nonexistent/python3\n")
    arguments = ("-i", str(inventory), "-e", "target=laptop")
    role.play("workstation.aws_sso.workstation", company, *arguments, fails=True)  # there still is no Python
    assert role.seen_by("update")["https_proxy"] == role.seen_by("install")["HTTP_PROXY"] == proxy
    role.assert_nothing_leaked()
