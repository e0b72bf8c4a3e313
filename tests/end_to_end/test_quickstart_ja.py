# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/quickstart.ja.md: every command in order, on a fresh WSL2-like host, and every output that it shows.

The emulator has the start URL and the Region of the page, so only the mirror of the AWS CLI is added.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import typing as t

import pytest

import hosts
from end_to_end import quick_start, readme
from end_to_end.bare_host import FOLDER, Shell, prepare, sign_in_with_the_windows_browser, write
from end_to_end.laptops import write as as_root
from end_to_end.needs import need
from end_to_end.test_readme import packed_collection
from hosts import Host
from identity_center import IdentityCenter

PAGE = readme.JAPANESE_QUICK_START
RUN_ON_WINDOWS = ["wsl --install -d Ubuntu-24.04\n", "wsl --list --verbose\n"]
LAST_BEFORE_A_NEW_SHELL = "pipx inject ansible-core boto3 segno"
INSTALL = "ansible-galaxy collection install workstation.aws_sso"
SET_UP = "ansible-playbook workstation.aws_sso.workstation -e @company.yml -K"
SIGN_IN = "ansible-playbook workstation.aws_sso.login"


@pytest.fixture
def center() -> t.Iterator[IdentityCenter]:
    with IdentityCenter(dataclasses.replace(quick_start.company(), region="us-east-1")) as center:
        yield center
        assert not center.invalid_requests


@pytest.fixture
def host(center: IdentityCenter) -> t.Iterator[Host]:
    need(hosts.missing())
    with Host(f"quickstart-{os.getpid()}", "trixie", center.environment()) as host:
        prepare(host)
        variables = "".join(f"{name}={value}\n" for name, value in center.environment().items())
        as_root(host, "/etc/environment", variables)
        yield host


class Reader:
    """Types what the page says, with a file in place of Galaxy, and a mirror in place of AWS."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def follow(self, terminal: Shell, command: str, shown: str) -> None:
        """Type *command*, which has to show *shown* if that is not empty."""
        if command.startswith("sudo "):
            terminal.use_sudo(command)
        elif command == INSTALL:
            terminal.succeed(command.replace("workstation.aws_sso", "./collection.tar.gz"))
        elif command == SET_UP:
            self._sign_in(terminal, f"{command} -e @mirror.json", "BECOME password: ")
        elif command == SIGN_IN:
            self._sign_in(terminal, command)
        elif shown:
            self._compare(terminal, command, shown)
        else:
            terminal.succeed(command)

    def _sign_in(self, terminal: Shell, command: str, prompt: str = "") -> None:
        seen = len(self._host.windows_calls())
        terminal.type(command)
        if prompt:
            terminal.give_password(prompt)
        assert "RECAP" not in terminal.wait_for("Sign in to acme.*: |PLAY RECAP", 400), terminal.shown
        sign_in_with_the_windows_browser(self._host, seen=seen, user=quick_start.USER)
        terminal.finish(300)
        assert terminal.status() == 0, terminal.shown

    def _compare(self, terminal: Shell, command: str, shown: str) -> None:
        terminal.type(f"{{ {command}; }} >output 2>&1")
        terminal.finish()
        assert (terminal.status() == 0) is ("[ERROR]" not in shown), terminal.shown
        output = self._host.run("cat", f"/home/dev/{FOLDER}/output")
        assert output.strip().splitlines() == shown.strip().splitlines(), command


def test_every_block_of_the_page_is_followed_or_is_for_windows() -> None:
    languages = {block.language for block in readme.blocks(PAGE)}
    assert languages == {"console", "powershell", "yaml"}
    assert [block.text for block in readme.blocks(PAGE) if block.language == "powershell"] == RUN_ON_WINDOWS


@pytest.mark.full  # its commands are those of README.md, as tests/unit/test_japanese_documentation.py proves
def test_the_page_from_top_to_bottom(host: Host, mirror: t.Dict[str, t.Any], tmp_path: pathlib.Path) -> None:
    (company,) = (block.text for block in readme.blocks(PAGE) if "workstation_sessions" in block.text)
    write(host, "company.yml", company)
    write(host, "mirror.json", json.dumps(mirror))
    write(host, "collection.tar.gz", packed_collection(tmp_path))
    steps = [
        step for block in readme.blocks(PAGE) if block.language == "console" for step in block.transcript()
    ]
    position = [command for command, _shown in steps].index(LAST_BEFORE_A_NEW_SHELL) + 1
    reader = Reader(host)
    for part in (steps[:position], steps[position:]):
        with Shell(host, ssh=False) as terminal:
            for command, shown in part:
                reader.follow(terminal, command, shown)
