# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shell runs each command that a message suggests as it is printed; then its cause is gone."""

from __future__ import annotations

import json
import pathlib
import re
import shlex
import sys
import typing as t

import pytest

from end_to_end import real_cli
from end_to_end.controller import Controller
from identity_center import IdentityCenter, write_browser

START_URL = "https://acme.awsapps.com/start"
INLINE = {"name": "corp", "start_url": START_URL, "region": "eu-west-1"}
PLAY = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - block:
        - ansible.builtin.assert:
            that:
              - query('workstation.aws_sso.sso_access', term) | length == 5
      rescue:
        - ansible.builtin.copy:
            content: "{{ ansible_failed_result.msg }}"
            dest: message
            mode: "600"
        - ansible.builtin.fail:
            msg: failed
"""
PLAY_INLINE = PLAY.replace("term)", "sessions=[term])")
FINDINGS = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - workstation.aws_sso.workstation_info:
        timeout: 0
      register: info
    - ansible.builtin.copy:
        content: "{{ info.findings | selectattr('id', 'match', 'token-') | map(attribute='fix') | to_json }}"
        dest: message
        mode: "600"
"""
NAMES = [
    "my corp",
    "it's",
    'a"b',
    "$(touch hit)`touch hit`",
    "a;touch hit&",
    "--force",
    "x={{ y }}",
    "\\n",
    "007",
]


def header(kind: str, name: str) -> str:
    """The header of a section, as botocore reads it: by the rules of a shell."""
    return f"[{kind} {shlex.quote(name)}]"


def named(name: str) -> str:
    return f"{header('sso-session', name)}\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n" + (
        "sso_registration_scopes = sso:account:access\n"
    )


def legacy(name: str) -> str:
    role = "sso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
    return f"{header('profile', name)}\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n{role}"


def message_of(controller: Controller, playbook: str, term: object = None) -> str:
    message = controller.home / "message"
    message.unlink(missing_ok=True)
    unsafe = t.cast(str, {"__ansible_unsafe": term}) if isinstance(term, str) else term
    variables = json.dumps({"term": term if unsafe is None else unsafe})
    (controller.home / "variables.json").write_text(variables)
    with controller.play(playbook, "-e", "@variables.json", "-i", "localhost,", "-c", "local") as play:
        output = play.end()
    assert message.exists(), output
    text = message.read_text()
    return text.partition(". The session ")[0]  # ansible-core before 2.19 repeats it


def works(controller: Controller, playbook: str, term: object) -> None:
    with controller.play(playbook, "-e", "@variables.json") as play:
        play.succeed()
    for path in (controller.home / ".aws" / "sso" / "cache").glob("*.json"):
        path.unlink()


def run_printed(controller: Controller, command: str, browser: str) -> None:
    program = shlex.split(command)[0]
    assert program in ("ansible", "ansible-playbook", "aws")
    if program == "aws":
        command = shlex.quote(str(real_cli.aws(real_cli.CURRENT))) + command[3:] + " --use-device-code"
    done = controller.run("sh", "-c", command, BROWSER=browser)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert not (controller.home / "hit").exists()


@pytest.fixture
def opens(tmp_path: pathlib.Path) -> str:
    """A value of BROWSER: it signs the user in."""
    return write_browser(str(tmp_path / "browser"))


@pytest.mark.parametrize("name", NAMES)
def test_both_commands_sign_in_to_a_session_of_any_name(
    controller: Controller, center: IdentityCenter, opens: str, name: str
) -> None:
    controller.write_config(named("other") + named(name))
    message = message_of(controller, PLAY, name)
    found = re.search(r"needs a sign-in: it has no token\. Run: (.*) \(or: (aws .*)\)", message, re.DOTALL)
    assert found, message
    for command in found.groups():
        run_printed(controller, command, opens)
        works(controller, PLAY, name)


@pytest.mark.parametrize("profile", ["it's $HOME", "-x", "default"])
def test_both_commands_sign_in_to_the_start_url_of_legacy_profiles(
    controller: Controller, center: IdentityCenter, opens: str, profile: str
) -> None:
    config = legacy(profile).replace("[profile default]", "[default]")
    decoy = f"[profile decoy]\nsso_session = corp\nsso_start_url = {START_URL}\n"
    controller.write_config(named("corp") + decoy + config)
    message = message_of(controller, PLAY, START_URL)
    found = re.search(r"needs a sign-in: it has no token\. Run: (.*) \(or: (aws .*)\)", message)
    assert found and "PROFILE" not in message, message
    for command in found.groups():
        run_printed(controller, command, opens)
        works(controller, PLAY, START_URL)


@pytest.mark.parametrize("name", ['it\'s "x" {{ y }}', "-x"])
def test_the_command_signs_in_to_a_session_that_is_described_in_the_play(
    controller: Controller, center: IdentityCenter, opens: str, name: str
) -> None:
    controller.write_config("")
    session = {**INLINE, "name": {"__ansible_unsafe": name}}
    message = message_of(controller, PLAY_INLINE, session)
    found = re.search(r"needs a sign-in: it has no token\. Run: (.*) \(or the role", message)
    assert found, message
    run_printed(controller, found[1], opens)
    works(controller, PLAY_INLINE, session)


def test_the_command_works_where_an_inventory_is_configured(
    controller: Controller, center: IdentityCenter, opens: str
) -> None:
    message = message_of(controller, PLAY, "corp")
    found = re.search(r"Run: (.*) \(or: aws", message)
    assert found, message
    (controller.home / "hosts.ini").write_text("[laptops]\nlaptop-1\nlaptop-2\n")
    (controller.home / "ansible.cfg").write_text("[defaults]\ninventory = hosts.ini\n")
    run_printed(controller, found[1], opens)
    (controller.home / "ansible.cfg").unlink()
    works(controller, PLAY, "corp")


def test_the_commands_of_the_doctor_sign_in(
    controller: Controller, center: IdentityCenter, opens: str
) -> None:
    controller.write_config(named("my corp") + named("-x") + legacy("my old one"))
    commands = json.loads(message_of(controller, FINDINGS))
    assert len(commands) == 3
    for command in commands:
        run_printed(controller, command, opens)
    (legacy_command,) = json.loads(message_of(controller, FINDINGS))  # which says that it cannot be refreshed
    assert legacy_command in commands and "'my old one'" in legacy_command
    assert center.count("CreateToken", status=200) == 3


def test_the_command_of_the_doctor_renews_a_registration(
    controller: Controller, center: IdentityCenter, opens: str
) -> None:
    """A sign-in alone uses the one that expires soon."""
    registrations = FINDINGS.replace("'token-'", "'registration-'")
    controller.write_config(named("my corp"))
    center.set(registration_seconds=5 * 86400)
    run_printed(controller, "aws sso login --sso-session 'my corp'", opens)
    (command,) = json.loads(message_of(controller, registrations))
    center.set(registration_seconds=90 * 86400)
    remove, _and, login = command.partition(" && ")
    assert controller.run("sh", "-c", remove).returncode == 0
    run_printed(controller, login, opens)
    assert json.loads(message_of(controller, registrations)) == []


def test_the_login_playbook_signs_in_to_all_sessions(
    controller: Controller, center: IdentityCenter, opens: str
) -> None:
    controller.write_config(named("corp") + legacy("my old one") + named("my corp"))
    with controller.play("workstation.aws_sso.login", BROWSER=opens) as play:
        output = play.succeed()
    done = re.findall(r"changed: \[localhost\] => \(item=(.*?)\)", output)
    assert done == ["corp", "my corp", START_URL], output


REMOTE = """\
#!/bin/sh
# ssh, to a host whose home is beside this program
eval "command=\\${$#}"
HOME=$(dirname "$0")/remote exec sh -c "$command"
"""


def test_the_command_of_whoami_signs_in_on_its_host(
    controller: Controller, center: IdentityCenter, opens: str
) -> None:
    """The inventories have names with blanks and quotes."""
    ssh = controller.home / "ssh"
    ssh.write_text(REMOTE)
    ssh.chmod(0o700)
    aws = controller.home / "remote" / ".aws"
    aws.mkdir(parents=True, mode=0o700)
    (aws / "config").write_text(named("my corp") + legacy("my old one"))
    programs = {"ssh_executable": "{{ inventory_dir }}/ssh", "python_interpreter": sys.executable}
    settings = "".join(f"ansible_{name}={program}\n" for name, program in programs.items())
    (controller.home / "my laptops.ini").write_text(f"[all:vars]\n{settings}ansible_ssh_args=\n")
    (controller.home / "jane's.ini").write_text("[laptops]\nlaptop-1\n")
    inventories = ["-i", "my laptops.ini", "-i", "jane's.ini"]
    with controller.play("workstation.aws_sso.whoami", *inventories, "-e", "target=laptops") as play:
        output = " ".join(play.fail().split())
    found = re.search(r"Run: (ansible-playbook workstation.aws_sso.login .*? -e target=laptop-1)", output)
    assert found, output
    command = found[1].replace('\\"', '"').replace("\\\\", "\\")
    approves = shlex.quote('{"workstation_login": {"open_browser": "true"}}')
    run_printed(controller, f"{command} -e {approves}", opens)
    assert not (controller.home / ".aws" / "sso").exists()
    tokens = [json.loads(path.read_text()) for path in (aws / "sso" / "cache").iterdir()]
    assert len([token for token in tokens if "accessToken" in token]) == 2


def test_the_command_of_whoami_signs_in_on_this_machine_with_an_inventory(
    controller: Controller, center: IdentityCenter, opens: str
) -> None:
    controller.write_config(named("my corp"))
    hosts = f"[all:vars]\nansible_connection=local\nansible_python_interpreter={sys.executable}\n"
    (controller.home / "my hosts.ini").write_text(f"[laptops]\nlaptop-1\nlaptop-2\n{hosts}")
    (controller.home / "ansible.cfg").write_text("[defaults]\ninventory = my hosts.ini\n")
    for target in ("localhost", "laptop-2"):
        with controller.play("workstation.aws_sso.whoami", "-e", f"target={target}") as play:
            output = " ".join(play.fail().split())
        found = re.search(rf"Run: (ansible-playbook \S+ -i '/.*?/my hosts.ini' -e target={target})", output)
        assert found, output
        run_printed(controller, found[1], opens)
        for path in (controller.home / ".aws" / "sso" / "cache").glob("*.json"):
            path.unlink()
    assert center.count("CreateToken", status=200) == 2
