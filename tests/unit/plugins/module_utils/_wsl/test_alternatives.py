# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alternatives are registered and removed by the real update-alternatives, in directories of the test."""

from __future__ import annotations

import pathlib
import re
import subprocess
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._wsl import alternatives
from ansible_collections.workstation.aws_sso.plugins.module_utils._wsl.alternatives import Alternative


class Machine:
    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        for name in ("alternatives", "admin", "bin"):
            (directory / name).mkdir()

    def place(self, name: str) -> str:
        return str(self.directory / name)

    def run(self, command: t.List[str]) -> t.Tuple[int, str, str]:
        places = ["--altdir", self.place("alternatives"), "--admindir", self.place("admin")]
        command = [command[0], *places, "--log", self.place("log"), *command[1:]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def program(self, name: str, priority: int) -> Alternative:
        path = self.directory / "bin" / name
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return Alternative("www-browser", f"{self.directory}/bin/www-browser", str(path), priority)

    def current(self) -> str:
        return (self.directory / "bin" / "www-browser").resolve().name


@pytest.fixture
def machine(tmp_path: pathlib.Path) -> Machine:
    return Machine(tmp_path)


def test_the_launcher_takes_precedence_until_it_is_removed(machine: Machine) -> None:
    text_browser, launcher = machine.program("w3m", 25), machine.program("launcher", 200)
    alternatives.install([text_browser], machine.run)
    assert alternatives.missing([launcher], machine.run) == [launcher]
    assert alternatives.registered([launcher], machine.run) == []
    alternatives.install([launcher], machine.run)
    assert machine.current() == "launcher"
    assert alternatives.missing([launcher], machine.run) == []
    assert alternatives.missing([launcher._replace(priority=30)], machine.run) != []
    assert alternatives.registered([launcher], machine.run) == [launcher]
    alternatives.remove([launcher], machine.run)
    assert machine.current() == "w3m"
    assert alternatives.registered([launcher], machine.run) == []


def test_the_choice_of_the_administrator_is_kept(machine: Machine) -> None:
    text_browser, launcher = machine.program("w3m", 25), machine.program("launcher", 200)
    alternatives.install([text_browser], machine.run)
    machine.run(["update-alternatives", "--set", "www-browser", text_browser.path])
    alternatives.install([launcher], machine.run)
    assert machine.current() == "w3m"


def test_a_failure_has_the_command_and_its_message(machine: Machine) -> None:
    launcher = machine.program("launcher", 200)
    pathlib.Path(launcher.path).unlink()
    with pytest.raises(WorkstationError) as caught:
        alternatives.install([launcher], machine.run)
    message = str(caught.value)
    assert message.startswith("The command failed: update-alternatives --install ")
    assert re.search(r"/launcher (doesn't|does not) exist", message)
