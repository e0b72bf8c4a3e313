# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sso_login with list_access for the users of a host over ssh, and that no log holds what is read there."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import shlex
import sys
import typing as t

import pytest

import hosts
from end_to_end.controller import Controller
from end_to_end.needs import need
from hosts import Host
from identity_center import IdentityCenter, write_browser

TOKEN = "ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
PLAY = """\
- hosts: all
  gather_facts: false
  vars:
    ansible_pipelining: true
  tasks:
    - name: Sign each user in
      workstation.aws_sso.sso_login:
        session: corp
        start_url: https://acme.awsapps.com/start
        region: eu-west-1
        token_store: host
        list_access: true
        open_browser: "true"
        timeout: 60
      become: "{{ item != 'dev' }}"
      become_user: "{{ item }}"
      loop: [dev, alice, bob]
      register: login
    - name: Keep the results
      ansible.builtin.copy:
        dest: "{{ playbook_dir }}/logins.json"
        content: "{{ login.results | to_json }}"
        mode: "0600"
      delegate_to: localhost
      become: false
"""
EXPIRE = """\
import json, sys
for path in sys.argv[1:]:
    with open(path) as stream:
        document = json.load(stream)
    document["expiresAt"] = "2020-01-01T00:00:00Z"
    with open(path, "w") as stream:
        json.dump(document, stream)
"""


@pytest.fixture
def host(center: IdentityCenter) -> t.Iterator[Host]:
    need(hosts.missing())
    with Host(f"access-{os.getpid()}", packages=("python3",)) as made:
        for user in ("alice", "bob"):
            made.run("useradd", "--create-home", "--shell", "/bin/bash", user)
        yield made


def sign_in_by_order(directory: pathlib.Path) -> str:
    """A browser in which alice signs in for dev and for herself, and then bob."""
    passwords = {"alice": "correct horse", "bob": "battery staple"}
    browsers = [
        write_browser(str(directory / user), user=user, password=password)
        for user, password in passwords.items()
    ]
    count = directory / "count"
    script = f"""#!/bin/sh
echo x >>{shlex.quote(str(count))}
[ "$(wc -l <{shlex.quote(str(count))})" -gt 2 ] && exec {shlex.quote(browsers[1])} "$1"
exec {shlex.quote(browsers[0])} "$1"
"""
    path = directory / "browser"
    path.write_text(script)
    path.chmod(0o700)
    return str(path)


def logins(controller: Controller) -> list[dict[str, t.Any]]:
    found: list[dict[str, t.Any]] = json.loads((controller.home / "logins.json").read_text())
    return found


def test_each_user_of_a_host_has_their_own_list_and_no_log_holds_a_token(
    controller: Controller, center: IdentityCenter, host: Host, tmp_path: pathlib.Path
) -> None:
    log = controller.home / "ansible.log"
    arguments = ("-i", str(host.inventory), "-vvvvv")
    variables = {"ANSIBLE_DEBUG": "1", "ANSIBLE_LOG_PATH": str(log), "BROWSER": sign_in_by_order(tmp_path)}
    outputs = []

    def run(*more: str) -> list[dict[str, t.Any]]:
        with controller.play(PLAY, *arguments, *more, **variables) as play:
            outputs.append(play.succeed(300))
        return logins(controller)

    first = run()
    assert [login["method"] for login in first] == ["device"] * 3
    lists = [login["access"] for login in first]
    assert lists[0] == lists[1] != lists[2] and len(lists[0]) == 5 and lists[2]
    again = run()
    assert not any(login["changed"] for login in again)
    assert [login["access"] for login in again] == lists

    homes = ["/home/dev", "/home/alice", "/home/bob"]
    host.run("python3", "-c", EXPIRE, *[f"{home}/.aws/sso/cache/{TOKEN}" for home in homes])
    refreshed = run()
    assert [login["method"] for login in refreshed] == ["refresh"] * 3
    assert [login["access"] for login in refreshed] == lists
    assert not any(login["changed"] for login in run())
    assert center.count("StartDeviceAuthorization") == 3

    owners = host.run("find", *homes, "-name", TOKEN, "-printf", "%u %m\n").splitlines()
    assert sorted(owners) == ["alice 600", "bob 600", "dev 600"]
    secrets = center.records.secrets()
    written = [path.read_text(errors="replace") for path in controller.home.rglob("*") if path.is_file()]
    for text in (*outputs, *written):
        assert not [secret for secret in secrets if secret in text]
    assert not (controller.home / ".aws" / "sso").exists()


def test_check_mode_says_what_would_happen(
    controller: Controller, center: IdentityCenter, host: Host, tmp_path: pathlib.Path
) -> None:
    play = PLAY.replace("delegate_to: localhost", "delegate_to: localhost\n      check_mode: false")
    arguments = ("-i", str(host.inventory))
    with controller.play(play, *arguments, "--check") as run:
        run.succeed(300)
    assert [(login["changed"], login["access"]) for login in logins(controller)] == [(True, [])] * 3
    with controller.play(play, *arguments, BROWSER=sign_in_by_order(tmp_path)) as run:
        run.succeed(300)
    lists = [login["access"] for login in logins(controller)]
    with controller.play(play, *arguments, "--check") as run:
        run.succeed(300)
    assert [(login["changed"], login["access"]) for login in logins(controller)] == [
        (False, access) for access in lists
    ]


def test_while_the_host_is_asked_no_process_shows_a_token(
    controller: Controller, center: IdentityCenter, host: Host, tmp_path: pathlib.Path
) -> None:
    """Every command line of this machine, which the host shares, while the token is read."""
    browser = sign_in_by_order(tmp_path)
    seen = set()
    for _run in range(2):
        with controller.play(PLAY, "-i", str(host.inventory), BROWSER=browser) as play:
            while play._process.poll() is None:
                seen |= command_lines()
            play.succeed(300)
    assert any(re.search(r"python3(\.\d+)? -", line) for line in seen)
    assert not [secret for secret in center.records.secrets() if any(secret in line for line in seen)]


def command_lines() -> set[str]:
    lines = set()
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.add(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return lines


def test_the_controller_is_the_host(
    controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    """By a local connection, where the token of the host is not that of the controller's cache."""
    play = PLAY.replace("loop: [dev, alice, bob]", "loop: [dev]").replace(
        "  tasks:", "  connection: local\n  environment:\n    HOME: '{{ playbook_dir }}/host'\n  tasks:"
    )
    arguments = ("-i", "laptop,", "-e", f"ansible_python_interpreter={sys.executable}")
    for method in ("device", "cache"):
        with controller.play(play, *arguments, BROWSER=sign_in_by_order(tmp_path)) as run:
            run.succeed()
        (login,) = logins(controller)
        assert login["method"] == method and len(login["access"]) == 5
    assert (controller.home / "host" / ".aws" / "sso" / "cache" / TOKEN).exists()
    kept = [path for path in controller.home.rglob("*") if path.is_file() and "access" in path.parent.name]
    assert not kept
