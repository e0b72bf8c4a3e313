# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run whose terminal is closed, or that is killed while it waits, does not block the next run."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import typing as t

import pytest

from end_to_end.controller import Controller
from identity_center import IdentityCenter, write_browser
from support.terminal import Terminal

LOGIN = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - workstation.aws_sso.sso_login:
        session: corp
        start_url: https://acme.awsapps.com/start
        region: eu-west-1
        method: "{{ method }}"
        token_store: "{{ token_store | default('controller') }}"
"""
LIST = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.debug:
        msg: "{{ query('workstation.aws_sso.sso_access', 'corp') | length }} roles"
"""


def kill_the_run(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def terminate_the_run(process: int) -> None:
    os.kill(process, signal.SIGTERM)


def close_the_terminal(process: int) -> None:
    os.killpg(process, signal.SIGHUP)


def press_ctrl_c(process: int) -> None:
    os.killpg(process, signal.SIGINT)


ENDS = pytest.mark.parametrize("end", [kill_the_run, terminate_the_run, close_the_terminal, press_ctrl_c])


@contextlib.contextmanager
def run_of(
    controller: Controller, playbook: str, *arguments: str, until: str
) -> t.Iterator[tuple[subprocess.Popen[str], str]]:
    """A run in a process group of its own, and its output *until* the pattern is in it."""
    path = controller.home / "run.yml"
    path.write_text(playbook)
    with subprocess.Popen(
        [sys.executable, "-m", "ansible", "playbook", str(path), *arguments],
        env=controller.environment,
        cwd=controller.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as run:
        assert run.stdout is not None
        output = ""
        while not re.search(until, output):
            line = run.stdout.readline()
            assert line, output
            output += line
        time.sleep(0.5)  # ansible-core's queue stays locked if a worker is killed while it sends a line
        yield run, output
        run.kill()


def processes_with(home: pathlib.Path) -> list[int]:
    """The processes in whose environment HOME is *home*."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"HOME={home}".encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


def wait_for_the_end_of_all(home: pathlib.Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while found := processes_with(home):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


@ENDS
@pytest.mark.parametrize(
    "options", [["method=device"], ["method=pkce"], ["method=device", "token_store=host"]], ids="-".join
)
def test_the_next_run_signs_in(
    controller: Controller,
    center: IdentityCenter,
    tmp_path: pathlib.Path,
    end: t.Callable[[int], None],
    options: list[str],
) -> None:
    arguments = [word for option in options for word in ("-e", option)]
    with run_of(controller, LOGIN, *arguments, until=r"http\S+\n") as (run, _output):
        end(run.pid)
        wait_for_the_end_of_all(controller.home)
    browser = write_browser(str(tmp_path / "browser"))
    opens = ["-e", "method=device"]
    with controller.play(LOGIN, *opens, BROWSER=browser) as again:
        assert "is waiting for a sign-in" not in again.succeed()


@ENDS
def test_one_that_waits_for_the_sign_in_of_another_ends_too(
    controller: Controller, center: IdentityCenter, end: t.Callable[[int], None]
) -> None:
    with controller.play(LOGIN, "-e", "method=device") as first:
        (page,) = first.wait_for(r"\n(http\S+)\n")
        before = set(processes_with(controller.home))
        with run_of(
            controller,
            LOGIN,
            "-e",
            "method=device",
            until=r"is waiting for a sign-in to corp[\s\S]*http\S+\n",
        ) as (second, output):
            assert page in output
            end(second.pid)
            deadline = time.monotonic() + 60
            while left := set(processes_with(controller.home)) - before:
                assert time.monotonic() < deadline, left
                time.sleep(0.1)
        center.approve(page)
        first.succeed()


@pytest.mark.parametrize("end", [kill_the_run, close_the_terminal])
def test_a_list_of_an_access_portal_that_hangs_ends_too(
    controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path, end: t.Callable[[int], None]
) -> None:
    browser = write_browser(str(tmp_path / "browser"))
    with controller.play(LOGIN, "-e", "method=device", BROWSER=browser) as play:
        play.succeed()
    center.faults.add("ListAccounts", "hang")
    with run_of(controller, LIST, until=r"TASK \[ansible.builtin.debug\]") as (run, _output):
        deadline = time.monotonic() + 60
        while not center.count("ListAccounts"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        end(run.pid)
        wait_for_the_end_of_all(controller.home, 15)


def test_a_terminal_that_is_closed(
    controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    path = controller.home / "run.yml"
    path.write_text(LOGIN)
    with Terminal(
        [sys.executable, "-m", "ansible", "playbook", str(path), "-e", "method=device"],
        controller.home,
        controller.environment,
    ) as terminal:
        terminal.wait_for(r"http\S+")
        time.sleep(0.5)
    wait_for_the_end_of_all(controller.home)
    with controller.play(
        LOGIN, "-e", "method=device", BROWSER=write_browser(str(tmp_path / "browser"))
    ) as again:
        assert "is waiting for a sign-in" not in again.succeed()
