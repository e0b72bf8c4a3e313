# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a terminal shows while sign-ins wait: ansible-playbook in a pseudo-terminal, and without one.

Minutes pass in seconds: the clock of the playbook runs fast.
"""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys
import typing as t

import pytest

from end_to_end.controller import Controller
from identity_center import IdentityCenter, write_browser
from support.terminal import Terminal

SPEED = 20
PLAYBOOK_IN_A_HURRY = f"""\
import sys, time
real, start = time.monotonic, time.monotonic()
time.monotonic = lambda: start + (real() - start) * {SPEED}
from ansible.cli.playbook import main
sys.argv[0] = "ansible-playbook"
sys.exit(main())
"""
OUTSIDE_OF_CONTAINERS = """\
import os
exists = os.path.exists
os.path.exists = lambda path: path not in ("/.dockerenv", "/run/.containerenv") and exists(path)
"""
LOGIN = """\
- hosts: all
  gather_facts: false
  connection: local
  environment:
    HOME: "{{ playbook_dir }}/{{ inventory_hostname }}"
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
    - name: Sign the host in
      throttle: "{{ one_by_one | default(0) }}"
      workstation.aws_sso.sso_login:
        token_store: host
        session: corp
        start_url: https://acme.awsapps.com/start
        region: eu-west-1
"""
HOSTS = [f"laptop{number}" for number in range(1, 6)]
QR_ROW = "\033[38;5;231;48;5;16m"


def run_in_terminal(
    controller: Controller,
    *arguments: str,
    lines: int = 24,
    columns: int = 80,
    variables: t.Optional[t.Mapping[str, str]] = None,
    playbook: str = LOGIN,
    program: str = PLAYBOOK_IN_A_HURRY,
) -> Terminal:
    """Start ansible-playbook in a terminal of its own."""
    (controller.home / "login.yml").write_text(playbook)
    return Terminal(
        [sys.executable, "-c", program, "login.yml", *arguments],
        controller.home,
        {**controller.environment, "TERM": "xterm-256color", **(variables or {})},
        lines=lines,
        columns=columns,
    )


def blocks_of(text: str) -> t.Dict[str, t.List[t.Tuple[str, str, str, str]]]:
    """host -> prompt and reminders: (host of the second line, code, minutes left, page), as they follow."""
    block = (
        r"(?m)^\[(\S+)\] Sign in to acme.awsapps.com/start, code (\S+) \((\d+) minutes left\):\n"
        r"\[(\S+)\] (http\S+)$"
    )
    found: t.Dict[str, t.List[t.Tuple[str, str, str, str]]] = {}
    for host, code, left, second, page in re.findall(block, text):
        found.setdefault(host, []).append((second, code, left, page))
    return found


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 50)])
def test_five_hosts_wait_in_separate_blocks(
    controller: Controller, center: IdentityCenter, columns: int, lines: int
) -> None:
    arguments = ("-i", ",".join(HOSTS), "--forks", "5")
    with run_in_terminal(controller, *arguments, columns=columns, lines=lines) as terminal:
        text = terminal.wait_until(lambda text: text.count("(8 minutes left)") >= len(HOSTS))
        blocks = blocks_of(text)
        assert sorted(blocks) == HOSTS
        for host, shown in blocks.items():
            pages = {page for _second, _code, _left, page in shown}
            assert len(pages) == 1 and [left for _second, _code, left, _page in shown] == ["10", "9", "8"]
            assert all(second == host and page.endswith(f"={code}") for second, code, _left, page in shown)
        waiting = text.partition("TASK [Sign the host in]")[2].partition("\n")[2].strip("\n").split("\n")
        assert len(waiting) == 2 * 3 * len(HOSTS), text  # no QR code, no other line, nothing between
        assert all(len(line) <= 80 and "\033" not in line for line in waiting)
        assert len(waiting) / 3 < lines / 2
        for shown in blocks.values():
            center.approve(shown[0][3])
        assert terminal.exit_status() == 0, terminal.output


@pytest.mark.parametrize(
    "arguments", [["-i", "laptop1,"], ["-i", ",".join(HOSTS), "-f", "1"], ["-i", "a,b", "-e", "one_by_one=1"]]
)
def test_a_host_that_waits_alone_has_its_page_on_a_line_and_a_qr_code(
    controller: Controller, center: IdentityCenter, arguments: t.List[str]
) -> None:
    with run_in_terminal(controller, *arguments) as terminal:
        text = terminal.wait_until(lambda text: "Still waiting" in text and text.count("http") > 1)
        first, page, code = re.findall(r"(?m)^(Sign in to .*)\n(http\S+)\n(Code: .*)$", text)[0]
        assert re.fullmatch(r"Sign in to corp \(\S+/start\) for \w+: open this page on any device:", first)
        assert code.startswith(f"Code: {page[-9:]} (") and code.endswith("left; Ctrl-C cancels.")
        rows = [row for row in text.split("\n") if "▀" in row or "█" in row]
        assert rows and all(row.startswith(QR_ROW) for row in rows) and len(rows) + 5 <= 24
        assert text.split("\n").index(rows[0]) == text.split("\n").index(code) + 1
        assert re.search(
            rf"(?m)^Still waiting .* 9 minutes left, code {page[-9:]}\..*\n{re.escape(page)}$", text
        )


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"AWX_ISOLATED_DATA_DIR": "/x"}])
def test_without_colors_there_is_no_qr_code(
    controller: Controller, center: IdentityCenter, variables: t.Dict[str, str]
) -> None:
    with run_in_terminal(controller, "-i", "laptop1,", variables=variables) as terminal:
        text = terminal.wait_until(lambda text: "Still waiting" in text)
    assert QR_ROW not in text and re.search(r"(?m)^http\S+$", text)


@pytest.mark.parametrize(
    "variables", [{}, {"ANSIBLE_STDOUT_CALLBACK": "minimal"}, {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"}]
)
def test_without_a_terminal_the_page_goes_to_standard_error_without_escapes(
    controller: Controller, center: IdentityCenter, variables: t.Dict[str, str]
) -> None:
    (controller.home / "login.yml").write_text(LOGIN)
    log = controller.home / "ansible.log"
    with subprocess.Popen(
        [sys.executable, "-c", PLAYBOOK_IN_A_HURRY, "login.yml", "-i", "one,two"],
        cwd=controller.home,
        env={**controller.environment, "ANSIBLE_LOG_PATH": str(log), **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        shown = ""
        for line in process.stderr:
            shown += line
            if line.count("http") and shown.endswith(f"(10 minutes left):\n{line}"):
                center.approve(line.split()[-1])
        output = process.stdout.read()
        assert process.wait(60) == 0, output + shown
    assert sorted(blocks_of(shown)) == ["one", "two"]
    assert "\033" not in shown + log.read_text() and "Sign in to" not in output


def test_the_browser_that_opens_is_named(
    controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    browser = write_browser(str(tmp_path / "browser"))
    for hosts, opens in (
        ("a,b", "acme.awsapps.com/start: your browser opens, code "),
        ("c,", "corp (acme.awsapps.com/start) for c: your browser opens now. If "),
    ):
        with run_in_terminal(controller, "-i", hosts, variables={"BROWSER": browser}) as terminal:
            assert terminal.exit_status() == 0, terminal.output
        assert terminal.output.count(f"Sign in to {opens}") == len(hosts.strip(",").split(","))
        assert QR_ROW not in terminal.output


@pytest.mark.parametrize(
    ("start_url", "fault", "shown"),
    [
        ("https://acmee.awsapps.com/start", "", "AWS does not know the start URL"),
        ("https://acme.awsapps.com/start", "kms_disabled", "No code for other devices is available."),
    ],
)
def test_who_waits_for_a_code_sees_at_once_why_there_is_none(
    controller: Controller,
    center: IdentityCenter,
    tmp_path: pathlib.Path,
    start_url: str,
    fault: str,
    shown: str,
) -> None:
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    if fault:
        center.faults.add("StartDeviceAuthorization", fault)
    playbook = LOGIN.replace("host\n", "controller\n").replace("https://acme.awsapps.com/start", start_url)
    with run_in_terminal(
        controller,
        "-i",
        "localhost,",
        variables={"BROWSER": str(browser)},
        playbook=playbook,
        program=OUTSIDE_OF_CONTAINERS + PLAYBOOK_IN_A_HURRY,
    ) as terminal:
        text = terminal.wait_until(lambda text: shown in text, seconds=60)
    assert "Still waiting" not in text and "did not complete" not in text
