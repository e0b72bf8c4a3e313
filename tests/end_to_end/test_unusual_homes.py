# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays, and boto3, whose home directory cannot be written, or whose user has none, as in containers."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sys
import typing as t

import pytest

from end_to_end.controller import Controller
from identity_center import IdentityCenter

SIGN_IN = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - workstation.aws_sso.sso_login:
        session: corp
        method: device
"""
PLAY = """\
- hosts: all
  gather_facts: false
  connection: local
  vars:
    keys: "{{ lookup('workstation.aws_sso.sso_credentials', 'dev') }}"
  tasks:
    - ansible.builtin.assert:
        that: keys.access_key is match('ASIA')
        quiet: true
      loop: [1, 2]
    - ansible.builtin.assert:
        that: lookup('workstation.aws_sso.sso_credentials', 'prod').access_key is match('ASIA')
        quiet: true
"""
LIST = """\
- hosts: all
  gather_facts: false
  connection: local
  tasks:
    - ansible.builtin.assert:
        that: query('workstation.aws_sso.sso_access', 'corp') | length > 3
        quiet: true
"""
ASK_BY_BOTO3 = """\
import boto3
print(boto3.Session(profile_name="dev").client("sts").get_caller_identity()["Arn"])
"""
NOT_CACHED = "Role credentials are not cached"
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
FULL = (
    'cp -a "$0" "$0.copy" && mount -t tmpfs -o size=64k none "$0" && cp -a "$0.copy/." "$0"'
    ' && { dd if=/dev/zero of="$0/filler" bs=4k 2>/dev/null; exec "$@"; }'
)


class Place:
    """A signed-in user; *run* runs a command with a file system of its own on a directory."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self.home = controller.home
        self.temporary = controller.home.parent / f"{controller.home.name}-tmp"
        self.temporary.mkdir()

    def run(self, how: str, directory: pathlib.Path, *command: str) -> str:
        namespace = ["unshare", "--user", "--map-root-user", "--mount"]
        if subprocess.run([*namespace, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
            pytest.skip("this machine does not allow mount namespaces for users")
        variables = {"TMPDIR": str(self.temporary), "ANSIBLE_HOME": str(self.temporary / "ansible")}
        answer = self._controller.run(*namespace, "sh", "-c", how, str(directory), *command, **variables)
        output = " ".join((answer.stdout + answer.stderr).split())
        assert answer.returncode == 0, output
        return output

    def play(self, text: str, how: str, directory: pathlib.Path) -> str:
        path = self.temporary / "play.yml"
        path.write_text(text)
        hosts = ",".join(f"host{number}" for number in range(4)) + ","
        command = [sys.executable, "-m", "ansible", "playbook", "-i", hosts, "-f", "4", str(path)]
        return self.run(how, directory, *command)


@pytest.fixture
def place(controller: Controller, center: IdentityCenter) -> t.Iterator[Place]:
    controller.write_config(
        (controller.home / ".aws" / "config").read_text()
        + "[profile prod]\nsso_session = corp\nsso_account_id = 222233334444\nsso_role_name = ReadOnly\n"
    )
    with controller.play(SIGN_IN) as play:
        (code,) = play.wait_for(r"\b([A-Z]{4}-[A-Z]{4})\b")
        center.approve(code)
        play.succeed()
    place = Place(controller)
    yield place
    shutil.rmtree(place.temporary)


@pytest.mark.parametrize("how", [READ_ONLY, FULL], ids=["read-only", "full"])
@pytest.mark.parametrize("directory", [".aws", "."], ids=["aws", "home"])
def test_credentials_are_returned_with_one_warning(place: Place, how: str, directory: str) -> None:
    where = place.home / directory
    assert ":111122223333:assumed-role/" in place.run(how, where, sys.executable, "-c", ASK_BY_BOTO3)
    output = place.play(PLAY, how, where)
    assert output.count(NOT_CACHED) == 1, output


@pytest.mark.parametrize("how", [READ_ONLY, FULL], ids=["read-only", "full"])
def test_lists_are_returned(place: Place, how: str) -> None:
    output = place.play(LIST, how, place.home)
    assert output.count("is not cached") == 1, output


def test_credentials_in_a_read_only_cache_are_used(place: Place, center: IdentityCenter) -> None:
    place.play(PLAY, 'exec "$@"', place.home)
    requests = center.count("GetRoleCredentials")
    output = place.play(PLAY, READ_ONLY, place.home)
    assert center.count("GetRoleCredentials") == requests == 2
    assert NOT_CACHED not in output


@pytest.mark.parametrize("has_home", [True, False], ids=["HOME", "no HOME"])
def test_a_user_without_a_passwd_entry(
    controller: Controller, place: Place, center: IdentityCenter, has_home: bool
) -> None:
    """Without HOME as well, all tools use a directory with the name "~" in the current one."""
    namespace = ["unshare", "--user", "--map-user=54321", "--map-group=54321"]
    if not has_home:
        (place.home / "~").symlink_to(place.home)
        namespace = ["env", "--unset=HOME", *namespace]
    variables = {"TMPDIR": str(place.temporary), "ANSIBLE_HOME": str(place.temporary / "ansible")}
    by_boto3 = controller.run(*namespace, sys.executable, "-c", ASK_BY_BOTO3, **variables)
    assert ":111122223333:assumed-role/" in by_boto3.stdout, by_boto3.stderr
    (place.home / "play.yml").write_text(PLAY)
    command = [sys.executable, "-m", "ansible", "playbook", "-i", "host1,host2,", "play.yml"]
    answer = controller.run(*namespace, *command, **variables)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert NOT_CACHED not in answer.stdout + answer.stderr
    assert center.count("GetRoleCredentials") == 3, "two roles, and one of them for boto3"
