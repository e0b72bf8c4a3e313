# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test hosts themselves: each is fresh, and nothing of it stays behind."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time

import pytest

import hosts
from end_to_end.needs import need
from hosts import Host, HostError, WindowsCall

NAME = f"test-{os.getpid()}"
TESTS = pathlib.Path(__file__).resolve().parent.parent
CREATE_AND_WAIT = """\
import sys, hosts
with hosts.Host(sys.argv[1]) as host:
    print(host.run("hostname"), flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _this_machine_can() -> None:
    need(hosts.missing())


def process_1_of(host: Host) -> pathlib.Path:
    return pathlib.Path("/proc", str(host.process_1))


def test_files_are_removed_with_the_host() -> None:
    with Host(NAME) as host:
        host.run("touch", "/etc/written")
        process_1 = process_1_of(host)
        assert process_1.exists()
    assert not process_1.exists() and not host.state.exists()
    with Host(NAME) as host:
        assert "written" not in host.run("ls", "/etc")


def test_a_host_ends_with_its_killed_creator() -> None:
    creator = subprocess.Popen(
        [sys.executable, "-c", CREATE_AND_WAIT, NAME],
        cwd=TESTS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with creator:
        assert creator.stdout is not None
        assert creator.stdout.readline().strip() == NAME
        with pytest.raises(HostError, match="is up already"):
            Host(NAME).up()
        process_1 = process_1_of(Host(NAME))
        creator.kill()
        deadline = time.monotonic() + 10
        while process_1.exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
    with Host(NAME) as host:
        assert host.run("hostname").strip() == NAME


def test_calls_of_windows_programs_are_recorded() -> None:
    url = "https://example.com/?a=b&c=d%20e"
    with Host(NAME) as host:
        host.run("env", "-C", "/mnt/c/Windows", "./System32/rundll32.exe", "url.dll,FileProtocolHandler", url)
        assert host.windows_calls() == [
            WindowsCall("rundll32.exe", "/mnt/c/Windows", ("url.dll,FileProtocolHandler", url))
        ]


def test_a_login_looks_like_one_on_wsl2() -> None:
    with Host(NAME) as host:
        login = subprocess.run(
            host.ssh_command("sh", "-c", "id -un; uname -r; sudo id -un; env"),
            capture_output=True,
            text=True,
            check=True,
        )
    user, kernel, root, *variables = login.stdout.splitlines()
    assert (user, root) == ("dev", "root")
    assert kernel.endswith("-microsoft-standard-WSL2")
    assert not [variable for variable in variables if variable.startswith(("WSL", "AWS_", "ANSIBLE_"))]
