# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user who follows docs/quick-start.md on a fresh WSL2-like host. documentation/recording.py records it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import typing as t

import yaml

from end_to_end import readme
from end_to_end.bare_host import FOLDER, Shell, prepare, sign_in_with_the_windows_browser
from end_to_end.laptops import write as as_root
from hosts import Host
from identity_center import IdentityCenter
from identity_center.world import User, World, default_world

PAGE = readme.ROOT / "docs" / "quick-start.md"
USER = "ann"
SET_UP = "./run workstation -e @company.yml"
SIGN_IN = "./run login"
MIRROR = " -e @mirror.json"
"""What is added to SET_UP: emulated is the download of the AWS CLI, too."""
CLONE = "/home/dev/workstation.aws_sso"


def company() -> World:
    """The company of the page, with its user."""
    world = default_world()
    alice, *others = world.users
    return dataclasses.replace(world, users=(User(USER, alice.password, alice.groups), *others))


@contextlib.contextmanager
def laptop(center: IdentityCenter) -> t.Iterator[Host]:
    """A fresh host whose user has a password, and nothing else."""
    with Host(f"quickstart-{os.getpid()}", "trixie", center.environment()) as host:
        prepare(host)
        variables = "".join(f"{name}={value}\n" for name, value in center.environment().items())
        as_root(host, "/etc/environment", variables)
        yield host


def transcript(heading: str = "") -> list[tuple[str, str]]:
    """The commands of the page in order, each with the output that is shown, perhaps only below *heading*."""
    blocks = (block for block in readme.blocks(PAGE) if block.language == "console")
    return [step for block in blocks if heading in ("", block.heading) for step in block.transcript()]


class Reader:
    """Types what the page says. In place of GitHub and AWS are the checkout, *center* and *mirror*."""

    def __init__(self, host: Host, center: IdentityCenter, mirror: t.Mapping[str, t.Any]) -> None:
        self._host = host
        self._center = center
        self._mirror = mirror

    def follow(self, terminal: Shell, command: str, shown: str = "") -> None:
        """Type *command*, which has to show *shown* if that is not empty."""
        if command.startswith("sudo "):
            terminal.use_sudo(command)
        elif command.startswith("git clone "):
            self._serve_the_repository(command.split()[-1])
            terminal.succeed(command)
        elif command == SET_UP:
            self._write_company(readme.block("Describe your company", "yaml", path=PAGE).text)
            self._sign_in(terminal, SET_UP + MIRROR, "BECOME password: ")
        elif command == SIGN_IN:
            self._let_a_day_pass()
            self._sign_in(terminal, command)
        else:
            self._compare(terminal, command, shown)

    def set_up_without_root(self, terminal: Shell) -> None:
        """Add the variables of the section "Without root", and type the command again."""
        blocks = (
            readme.block(name, "yaml", path=PAGE).text for name in ("Describe your company", "Without root")
        )
        self._write_company("".join(blocks))
        terminal.type(SET_UP + MIRROR)
        shown = terminal.finish(300)
        assert "BECOME password" not in shown and " failed=0 " in shown, shown

    def _let_a_day_pass(self) -> None:
        """The session has ended at AWS, and the cached token is known to be old."""
        self._center.end_sessions()
        old = """s/"expiresAt": "[^"]*"/"expiresAt": "2026-01-01T00:00:00Z"/"""
        self._host.run("su", "dev", "-c", f"sed -i '{old}' /home/dev/.aws/sso/cache/*.json")

    def _serve_the_repository(self, url: str) -> None:
        """Make a repository of the files of the checkout, which git uses in place of *url*."""
        identity = "-c user.name=x -c user.email=x@example.com"
        script = (
            f"cd '/home/dev/{FOLDER}' && git init -q -b main && git add -A && git {identity} commit -q -m x"
            f" && git config --global url.'file:///home/dev/{FOLDER}'.insteadOf {url}"
        )
        self._host.run("su", "dev", "-c", script)

    def _write_company(self, text: str) -> None:
        chosen = yaml.safe_load(text).get("workstation_aws_cli", {})
        mirror = {"workstation_aws_cli": {**chosen, **self._mirror["workstation_aws_cli"]}}
        as_root(self._host, f"{CLONE}/company.yml", text)
        as_root(self._host, f"{CLONE}/mirror.json", json.dumps(mirror))

    def _sign_in(self, terminal: Shell, command: str, prompt: str = "") -> None:
        seen = len(self._host.windows_calls())
        terminal.type(command)
        if prompt:
            terminal.give_password(prompt)
        assert "RECAP" not in terminal.wait_for("Sign in to acme.*: |PLAY RECAP", 400), terminal.shown
        sign_in_with_the_windows_browser(self._host, seen=seen, user=USER)
        shown = terminal.finish(300)
        assert " failed=0 " in shown, shown

    @staticmethod
    def _compare(terminal: Shell, command: str, shown: str) -> None:
        terminal.type(command)
        output = terminal.finish()
        assert terminal.status() == 0, output
        assert _stable(shown).strip() in _stable(output), (command, output)


def _stable(text: str) -> str:
    """*text* with one id for all roles: the emulator makes new ones."""
    return re.sub(r"AROA\w+", "AROA", text)
