# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/upgrade.md: the version of the AWS CLI, and the removal of everything, for one user."""

from __future__ import annotations

import json
import pathlib
import re
import shlex
import typing as t

import yaml

from checks.cores import PYTHONS
from end_to_end import readme, real_cli
from end_to_end.controller import Controller
from identity_center import write_browser
from support.company_network import Authority

GUIDE = readme.ROOT / "docs" / "upgrade.md"
DIRECTORIES = {"install_dir": "~/.local/share/aws-cli", "bin_dir": "~/.local/bin"}
MINE = {
    ".aws/config": "[profile mine]\nregion = eu-west-1\n",
    ".profile": "# mine\n",
    ".bashrc": "# mine, too\n",
}
NETWORK = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - workstation.aws_sso.workstation_network:
        proxy: http://proxy.example.com:3128
        ca_certificates: {certificate}
        scope: user
"""


def files_in(home: pathlib.Path) -> dict[str, str]:
    """The files and links of the user, without those of Ansible and of this test."""
    found = {}
    for path in home.rglob("*"):
        name = str(path.relative_to(home))
        if name.startswith(".") and not name.startswith(".ansible/") and not path.is_dir():
            found[name] = "" if path.stat().st_size > 1 << 20 else path.read_bytes().decode("latin-1")
    return found


def set_up(user: Controller, mirror: dict[str, t.Any]) -> None:
    """Everything that does not require root or WSL, with the company.yml of the guide."""
    company = readme.block("Upgrade the AWS CLI", "yaml", path=GUIDE).text
    sessions = readme.block("Quick start", "yaml").text
    (user.home / "company.yml").write_text(sessions + company)
    wanted = yaml.safe_load(company)["workstation_aws_cli"]
    merged = {"workstation_aws_cli": {**wanted, **mirror["workstation_aws_cli"], **DIRECTORIES}}
    (user.home / "merged.json").write_text(json.dumps(merged))
    (command,) = readme.block("Upgrade the AWS CLI", "console", path=GUIDE).commands()
    program, playbook, *arguments = shlex.split(command)
    assert program == "ansible-playbook"
    user.play(playbook, *arguments, "-e", "@merged.json").succeed()
    authority = Authority(user.home)
    user.play(NETWORK.format(certificate=authority.file)).succeed()
    user.play(playbook, "-e", "@company.yml", "--tags", "login,profiles").succeed()


def removal() -> str:
    """The play of the guide, for one user."""
    (play,) = yaml.safe_load(readme.block("Remove everything", "yaml", path=GUIDE).text)
    for task in play["tasks"]:
        task.pop("become", None)
    scope = {"scope": "user"}
    defaults = {"aws_cli": DIRECTORIES, "wsl_browser": scope, "workstation_network": scope}
    play["module_defaults"] = {f"workstation.aws_sso.{name}": value for name, value in defaults.items()}
    return "\n" + yaml.safe_dump([play], sort_keys=False)


def test_what_the_guide_removes_is_everything_that_was_set_up(
    controller: Controller, mirror: dict[str, t.Any]
) -> None:
    controller.environment["BROWSER"] = write_browser(str(controller.home / "browser"))
    for name, text in MINE.items():
        (controller.home / name).write_text(text)
    before = files_in(controller.home)
    set_up(controller, mirror)
    after = files_in(controller.home)
    done = controller.run(controller.home / ".local/bin/aws", "--version")
    assert real_cli.CURRENT in done.stdout
    assert after[".aws/config"].count("[profile ") == 6
    assert "proxy.example.com" in after[".profile"]
    assert ".local/share/workstation.aws_sso/ca-bundle.pem" in after
    assert any(name.startswith(".cache/workstation.aws_sso/") for name in after)

    assert "failed=0" in controller.play(removal(), "--check", "--diff").succeed()
    assert after == {name: text for name, text in files_in(controller.home).items() if name in after}
    assert "failed=0" in controller.play(removal()).succeed()
    left = files_in(controller.home)
    registrations = {name for name in left if name.startswith(".aws/sso/cache/")}
    assert {name: text for name, text in left.items() if name not in registrations} == before
    for name in registrations:
        assert "accessToken" not in left[name] and "clientId" in left[name]


def test_the_guide_names_the_pythons_that_are_tested_with_each_ansible_core() -> None:
    rows = re.findall(
        r"^\| ([\d., ]+) \| ([\d.]+) to ([\d.]+) \| .* \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE
    )
    named = {version: (low, high) for versions, low, high in rows for version in versions.split(", ")}
    assert named.keys() >= {"2.16", "2.17", "2.18", "2.19", "2.20", "2.21"}
    for version, tested in PYTHONS.items():
        ordered = sorted(tested, key=lambda python: int(python[2:]))
        assert named[version.removesuffix(".0")] == (ordered[0], ordered[-1])
