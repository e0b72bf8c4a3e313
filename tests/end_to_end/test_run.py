# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`./run` on machines where nothing ran before, as a newcomer types it; and README's quick start there."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import typing as t

import pytest

import hosts
from end_to_end import readme
from end_to_end.bare_host import (
    FOLDER,
    ROOT,
    Shell,
    bare_host,
    prepare,
    sign_in_with_the_windows_browser,
    write,
)
from end_to_end.controller import Controller
from end_to_end.needs import need
from hosts import Host
from identity_center import BrowserUser, IdentityCenter

BARE_LACKS = ("python3", "git", "curl", "gpg", "aws")
ARN = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_"
SIGN_IN_PAGE = r"https?://\S+user_code=[A-Z-]+"
INSTALL_PYTHON = "apt-get update && apt-get install -y python3 python3-venv"


@pytest.fixture
def bare(request: pytest.FixtureRequest, center: IdentityCenter) -> t.Iterator[Host]:
    """A bare Debian whose user has a copy of the project; the test's parameter is its release."""
    need(hosts.missing())
    with bare_host(request.param, center.environment()) as host:
        prepare(host)
        assert not host.run("sh", "-c", f"command -v {' '.join(BARE_LACKS)} || true")
        yield host


def on(host: Host, command: str) -> subprocess.CompletedProcess[str]:
    """Run *command* in the folder of the project, as dev without a terminal."""
    words = host.ssh_command("sh", "-c", f"cd '{FOLDER}' && {command}")
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def accept_python(terminal: Shell) -> None:
    """Answer yes to the command that is offered, and give sudo its password."""
    offered = terminal.wait_for(r"Install it with:  [^\r]*")
    assert offered.partition(":  ")[2] == f"sudo {INSTALL_PYTHON.replace('&& ', '&& sudo ')}"
    terminal.wait_for(r"\[y/N\] ")
    terminal.type("y")
    terminal.give_password(r"\[sudo\] password for dev: ")


@pytest.mark.parametrize("bare", ["trixie"], indirect=True)
def test_demo_in_one_command_and_yes(bare: Host) -> None:
    with Shell(bare) as terminal:
        terminal.type("./run demo")
        accept_python(terminal)
        terminal.wait_for(r"Sign in as alice with the password correct horse", 400)
        sign_in_with_the_windows_browser(bare)
        shown = terminal.finish(300)
        assert terminal.status() == 0
    assert ARN in shown and "Your own ~/.aws was not touched" in shown
    assert re.search(r"second run .* changed=0 ", shown)
    cut_off = on(bare, "./run demo | head -n 3")
    assert "PLAY" not in cut_off.stderr and "Traceback" not in cut_off.stderr
    assert not bare.run("ls", "-A", "/tmp")
    assert ".aws" not in bare.run("ls", "-A", "/home/dev")


@pytest.mark.parametrize("bare", ["bookworm"], indirect=True)
def test_quick_start_and_a_trial(bare: Host, center: IdentityCenter, mirror: t.Dict[str, t.Any]) -> None:
    command = readme.block("This workstation", "console", "./run").commands()[0]
    write(bare, "company.yml", readme.block("Quick start", "yaml").text)
    write(bare, "mirror.json", json.dumps(mirror))
    with Shell(bare) as terminal:
        terminal.type("./run doctor -e @company.yml -e workstation_doctor_fail_on=never")
        accept_python(terminal)
        shown = terminal.finish(400)
        assert "session-not-configured" in shown and "cli-missing" in shown and "HOST" not in shown

        terminal.type(f"{command} -e @mirror.json")
        terminal.wait_for(r"BECOME password: ")
        terminal.type("that of Windows")
        assert "The sudo password is wrong on localhost." in terminal.finish()

        terminal.type(f"{command} -e @mirror.json")
        terminal.give_password(r"BECOME password: ")
        center.approve(terminal.wait_for(SIGN_IN_PAGE, 400), "alice")
        assert ARN in terminal.finish(300)
        assert terminal.status() == 0

        # sudo remembers its password for this terminal, but not for those of Ansible.
        terminal.succeed("sudo -n true")
        terminal.type(f"{command} -e @mirror.json --check --diff")
        terminal.give_password(r"BECOME password: ")
        assert "changed=0" in terminal.finish(300)
        assert terminal.status() == 0

        for later, shown in (("whoami", ARN), ("doctor", "PLAY RECAP"), ("logout", "changed=1")):
            terminal.type(f"./run {later}")
            assert shown in terminal.finish()
            assert terminal.status() == 0, terminal.shown
        assert "ansible or ansible-playbook, type ./run in front of it" in terminal.shown
        assert '"ping": "pong"' in terminal.succeed("./run ansible localhost -m ansible.builtin.ping")
        terminal.type("./run ansible-doc -t lookup workstation.aws_sso.sso_access | cat")
        assert "sso_access" in terminal.finish()
        assert "[WARNING]" not in terminal.shown

        try_the_emulator(bare, terminal)


def try_the_emulator(bare: Host, terminal: Shell) -> None:
    """The two commands of a trial, in two terminals; the second one in the shell of *terminal*."""
    with Shell(bare) as emulator:
        emulator.type("./run identity-center")
        typed = emulator.wait_for(r" \. [^\r]*\r\n +\./run workstation [^\r]*\r\n", 300)
        for line in filter(None, map(str.strip, typed.splitlines())):
            terminal.type(line)
        BrowserUser("alice", "correct horse").visit(terminal.wait_for(SIGN_IN_PAGE, 200))
        terminal.wait_for("PLAY RECAP.*failed=0", 300)
        terminal.finish()
        terminal.type("aws sts get-caller-identity --profile AdministratorAccess-111122223333")
        assert ARN in terminal.finish()
        emulator.interrupt()
        emulator.finish()
        assert emulator.status() == 130
    assert bare.run("ls", f"/home/dev/{FOLDER}/.run/trial").split() == ["home", "lock"]


@pytest.mark.full  # the command is that which the other tests accept
@pytest.mark.parametrize("bare", ["bookworm"], indirect=True)
def test_without_a_terminal_the_command_is_printed_and_works(bare: Host) -> None:
    refused = on(bare, "./run demo")
    assert refused.returncode == 1
    cause = "run: Python 3.10 or newer is required, and no Python was found. Install it with:  sudo "
    assert refused.stderr.startswith(cause) and refused.stderr.count("\n") == 1
    command = refused.stderr.partition("Install it with:  ")[2].replace("sudo ", "")
    bare.run("sh", "-c", f"({command.strip()}) >/dev/null 2>&1")

    assert on(bare, "./run identity-center --help").stdout.startswith("usage: ./run identity-center")
    assert on(bare, "./run test --list").returncode == 0
    assert not bare.run("ls", "-A", f"/home/dev/{FOLDER}/.run")

    refused = on(bare, "./run workstation -e @company.yml")
    assert refused.returncode == 1 and "cannot read company.yml" in refused.stderr
    write(bare, "company.yml", readme.block("Quick start", "yaml").text)
    refused = on(bare, "./run workstation -e @company.yml")
    assert refused.returncode == 1 and "PLAY" not in refused.stdout
    assert "sudo asks for a password" in refused.stderr.splitlines()[-1]


@pytest.mark.parametrize("bare", ["bullseye"], indirect=True)
def test_on_debian_11_the_missing_python_is_explained(bare: Host) -> None:
    expected = ("no Python was found", "python3 is Python 3.9")
    for install, found in zip(("true", INSTALL_PYTHON), expected):
        bare.run("sh", "-c", f"({install}) >/dev/null 2>&1")
        refused = on(bare, "./run demo")
        assert refused.returncode == 1 and refused.stderr.count("\n") == 1
        assert f"Python 3.10 or newer is required, and {found}" in refused.stderr
        assert "Debian GNU/Linux 11" in refused.stderr and "uv python install" in refused.stderr


@pytest.fixture
def short_path() -> t.Iterator[pathlib.Path]:
    """A directory in whose name there is room for those of sockets."""
    with tempfile.TemporaryDirectory(prefix="tmp-") as path:
        yield pathlib.Path(path)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM], ids=str)
def test_an_interrupted_demo_leaves_nothing(
    controller: Controller, short_path: pathlib.Path, number: signal.Signals
) -> None:
    demo = [sys.executable, str(ROOT / "tests" / "demo.py")]
    environment = {**controller.environment, "TMPDIR": str(short_path), "XDG_CACHE_HOME": cache_home()}
    with subprocess.Popen(
        demo,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        while "PLAY [" not in process.stdout.readline():
            assert process.poll() is None
        assert len(mentioning(short_path)) >= 2  # Ansible, and the agent of GnuPG
        process.send_signal(number)
        assert process.wait(20) == 128 + number
        assert process.stderr.read() == ""
    assert not mentioning(short_path)
    assert not list(short_path.iterdir())


def cache_home() -> str:
    """The user's cache, which holds the AWS CLI already, for a process with another HOME."""
    return os.environ.get("XDG_CACHE_HOME") or str(pathlib.Path("~/.cache").expanduser())


def mentioning(directory: pathlib.Path) -> t.List[str]:
    """The command lines that name *directory*."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has just gone
            command = path.read_text(errors="replace").replace("\0", " ")
            if str(directory) in command:
                found.append(command)
    return found
