# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions of a laptop over ssh: signed in to, looked at and ended, by tasks and by the playbooks."""

from __future__ import annotations

import json
import os
import pathlib
import typing as t

import pytest

import hosts
from end_to_end.controller import Controller
from end_to_end.fleet import FULL
from end_to_end.needs import need
from hosts import Host
from identity_center import IdentityCenter, write_browser

HASH_OF_CORP = "ee0bfd2552fbd840c02cc48b6e823320543c450f"
TOKEN = f".aws/sso/cache/{HASH_OF_CORP}.json"
CONFIG = """\
[sso-session corp]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = AdministratorAccess
region = eu-central-1
"""
LOGIN = """\
    - workstation.aws_sso.sso_login:
        token_store: host
        session: corp
        open_browser: "true"
"""
INFO = """\
    - workstation.aws_sso.sso_session_info:
        token_store: host
        session: "{{ session | default(omit) }}"
      register: info
    - ansible.builtin.copy:
        content: "{{ info | to_json }}"
        dest: "{{ playbook_dir }}/info.json"
        mode: "0600"
      delegate_to: localhost
"""
LOGOUT = """\
    - workstation.aws_sso.sso_logout:
        token_store: host
        session: "{{ session | default(omit) }}"
      check_mode: true
      register: forecast
    - workstation.aws_sso.sso_logout:
        token_store: host
        session: "{{ session | default(omit) }}"
      register: logout
    - ansible.builtin.copy:
        content: "{{ [forecast, logout] | to_json }}"
        dest: "{{ playbook_dir }}/logout.json"
        mode: "0600"
      delegate_to: localhost
"""
PLAY = "- hosts: wsl\n  gather_facts: false\n  tasks:\n"
CREDENTIALS = {
    "AccessKeyId": "ASIAX",
    "SecretAccessKey": "k",
    "SessionToken": "t",
    "AccountId": "111122223333",
}


class Laptop:
    """A host of a user, who has written the configuration there."""

    def __init__(self, controller: Controller, host: Host) -> None:
        self.controller = controller
        self.host = host
        self.write(".aws/config", CONFIG)

    def run(self, *command: str) -> str:
        return self.host.run("runuser", "-u", "dev", "--", "env", "HOME=/home/dev", "sh", "-c", *command)

    def write(self, path: str, content: str) -> None:
        self.run('mkdir -p "$(dirname "/home/dev/$1")"; printf %s "$2" >"/home/dev/$1"', "sh", path, content)

    def files(self) -> t.List[str]:
        found = self.run("cd && find .aws -type f -o -type l -o -type p | sort").split()
        return [name for name in found if name != ".aws/config"]

    def token(self) -> t.Dict[str, t.Any]:
        return t.cast(t.Dict[str, t.Any], json.loads(self.run(f"cat /home/dev/{TOKEN}")))

    def play(self, tasks: str, *arguments: str, fails: bool = False, **environment: str) -> str:
        playbook = PLAY + tasks if "\n" in tasks else tasks
        options = ("-i", str(self.host.inventory), "-e", "target=wsl", *arguments)
        with self.controller.play(playbook, *options, **environment) as play:
            return play.fail() if fails else play.succeed()

    def result(self, name: str) -> t.Any:
        return json.loads((self.controller.home / f"{name}.json").read_text())


@pytest.fixture
def laptop(controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path) -> t.Iterator[Laptop]:
    need(hosts.missing())
    controller.environment["BROWSER"] = write_browser(str(tmp_path / "browser"))
    (controller.home / ".aws" / "config").unlink()
    with Host(f"sessions-{os.getpid()}", environment=center.environment(), packages=FULL) as host:
        yield Laptop(controller, host)


def test_the_day_of_a_laptop(laptop: Laptop, center: IdentityCenter) -> None:
    laptop.play(LOGIN)
    token = laptop.token()
    role = f".aws/cli/cache/{'0' * 40}.json"
    laptop.write(role, json.dumps({"ProviderType": "sso", "Credentials": CREDENTIALS}))
    secrets = [token[name] for name in ("accessToken", "refreshToken", "clientSecret")]

    output = laptop.play(INFO, "-vvvv", ANSIBLE_DEBUG="1")
    (facts,) = laptop.result("info")["sessions"]
    assert {name: facts[name] for name in ("name", "start_url", "region", "expires_at")} == {
        "name": "corp",
        "start_url": "https://acme.awsapps.com/start",
        "region": "eu-west-1",
        "expires_at": token["expiresAt"],
    }
    assert facts["logged_in"] and facts["refreshable"] and facts["configured"] and not facts["problems"]
    assert "token_files" not in facts

    center.journal.clear()
    output += laptop.play(LOGOUT, "-vvvv", ANSIBLE_DEBUG="1")
    forecast, logout = laptop.result("logout")
    assert forecast["changed"] and forecast["sessions"] == logout["sessions"]
    assert logout["removed"] == [f"/home/dev/{TOKEN}", f"/home/dev/{role}"] and logout["ended"]
    assert center.count("Logout", 200) == 1 and not center.records.access_tokens
    assert not [name for name in laptop.files() if name in (TOKEN, role)]
    assert not [secret for secret in secrets if secret in output]
    kept = [path for path in laptop.controller.home.rglob("*") if path.is_file()]
    assert not [path for path in kept for secret in secrets if secret in path.read_text(errors="replace")]
    assert not (laptop.controller.home / ".aws" / "sso").exists()

    laptop.play(LOGOUT)
    assert [result["changed"] for result in laptop.result("logout")] == [False, False]
    assert center.count("Logout") == 1


def test_a_laptop_is_offboarded_in_any_state(laptop: Laptop, center: IdentityCenter) -> None:
    """Without a configuration that can be read, with an expired token, and beside what cannot be removed."""
    laptop.play(LOGIN)
    document = {**laptop.token(), "expiresAt": "2026-01-01T00:00:00Z"}
    other = ".aws/sso/cache/" + "a" * 40 + ".json"
    laptop.write(TOKEN, json.dumps(document))
    laptop.write(other, json.dumps({**document, "accessToken": "unknown", "refreshToken": "unknown"}))
    laptop.write(".aws/config", "[sso-session\n")
    laptop.run("mkfifo /home/dev/.aws/sso/cache/$1", "sh", "b" * 40 + ".json")
    output = laptop.play(LOGOUT)
    assert "/home/dev/.aws/config, line 1" in output
    _forecast, logout = laptop.result("logout")
    assert {f"/home/dev/{TOKEN}", f"/home/dev/{other}"} == {*logout["removed"]}
    assert sorted(session["ended"] for session in logout["sessions"]) == [False, True]
    assert not center.records.access_tokens and not center.records.refresh_tokens


def test_without_a_network_and_for_another_user(laptop: Laptop, center: IdentityCenter) -> None:
    laptop.play(LOGIN)
    center.faults.add("*", "cut_before")
    output = laptop.play(LOGOUT)
    assert "could not be ended at AWS" in output and laptop.host.name in output
    assert TOKEN not in laptop.files()
    center.faults.clear()

    laptop.play(INFO, "--become")
    assert laptop.result("info")["sessions"] == []
    output = laptop.play(LOGOUT, "--become", "-e", "session=corp", fails=True)
    assert f"There is no [sso-session corp] in {os.path.expanduser('~root/.aws/config')}" in output


@pytest.mark.parametrize("mode", ["755", "700"])
def test_a_file_that_cannot_be_removed(laptop: Laptop, center: IdentityCenter, mode: str) -> None:
    """Of a directory that root has made; with the second mode, the user cannot look into it either."""
    laptop.play(LOGIN)
    laptop.host.run("chown", "root:", "/home/dev/.aws/sso/cache")
    laptop.host.run("chmod", mode, "/home/dev/.aws/sso/cache")
    register = "      register: logout\n"
    ignored = LOGOUT.replace("      register: ", "      ignore_errors: true\n      register: ")
    assert register in ignored and "sudo chown" in laptop.play(ignored)
    _forecast, logout = laptop.result("logout")
    assert logout["failed"] and TOKEN in laptop.host.run("find", "/home/dev")
    assert logout["ended"] is (mode == "755") and bool(center.records.access_tokens) is (mode == "700")


def test_the_playbooks(laptop: Laptop, center: IdentityCenter) -> None:
    """Each with -e target, for one session and for all of them."""
    output = laptop.play("workstation.aws_sso.login", "-e", '{"workstation_login": {"open_browser": "true"}}')
    assert "changed=1" in output
    laptop.run("cat >/home/dev/aws; chmod 755 /home/dev/aws </dev/null", "sh")
    output = laptop.play("workstation.aws_sso.whoami", fails=True)
    assert "corp (https://acme.awsapps.com/start): signed in; the token expires in " in output
    laptop.write(TOKEN, json.dumps({**laptop.token(), "expiresAt": "2026-01-01T00:00:00Z"}))
    output = laptop.play("workstation.aws_sso.whoami", fails=True)
    assert "the token expired at 2026-01-01T00:00:00Z and is refreshed" in output
    assert "no user is signed in to a session that has a profile" not in output
    output = laptop.play("workstation.aws_sso.logout", "-e", "workstation_session=corp")
    assert "corp: ended at AWS, 1 file removed" in output and "changed=1" in output
    assert not center.records.refresh_tokens and TOKEN not in laptop.files()
    output = laptop.play("workstation.aws_sso.logout")
    assert "corp: was not signed in" in output and "changed=0" in output
    output = laptop.play("workstation.aws_sso.whoami", fails=True)
    assert "corp (https://acme.awsapps.com/start): not signed in" in output
