# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The advice for a wrong clock names programs that the host has."""

from __future__ import annotations

import pathlib
import re
import shutil
import subprocess

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host.clock import how_to_set_the_clock

WSL1 = "4.4.0-19041-Microsoft"
WSL2 = "6.6.87.2-microsoft-standard-WSL2"
NATIVE = "6.12.0-amd64"
RTC = "sys/class/rtc/rtc0/since_epoch"
SYSTEMD = "run/systemd/system/any"
TIMESYNCD = "usr/lib/systemd/systemd-timesyncd"


def host(root: pathlib.Path, kernel: str, *paths: str) -> str:
    for path in ("proc/sys/kernel/osrelease", *paths):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(kernel)
    return str(root)


@pytest.mark.parametrize(
    ("kernel", "paths", "advice"),
    [
        (WSL2, ["usr/sbin/hwclock", RTC], "sudo hwclock -s, or in Windows, run wsl --shutdown"),
        (WSL2, ["sbin/hwclock"], "sudo hwclock -s, or in Windows, run wsl --shutdown"),
        (WSL2, [RTC], f'sudo date -s "@$(cat /{RTC})", or in Windows, run wsl --shutdown'),
        (WSL2, [], "in Windows, run wsl --shutdown"),
        (WSL2, ["usr/bin/chronyc", SYSTEMD, TIMESYNCD], "in Windows, run wsl --shutdown"),
        (WSL1, ["usr/sbin/hwclock"], "in Windows, run w32tm /resync as an administrator"),
        (NATIVE, ["usr/bin/chronyc", TIMESYNCD, SYSTEMD], "sudo chronyc makestep"),
        (
            NATIVE,
            ["usr/sbin/hwclock", TIMESYNCD, SYSTEMD],
            "sudo timedatectl set-ntp true, then sudo systemctl restart systemd-timesyncd",
        ),
        (NATIVE, [TIMESYNCD], "sudo date -s 'YYYY-MM-DD HH:MM:SS'"),
        (NATIVE, ["usr/sbin/hwclock", RTC], "sudo date -s 'YYYY-MM-DD HH:MM:SS'"),
        (NATIVE, [".dockerenv", "usr/bin/chronyc"], "correct that of the machine that runs this container"),
        (WSL2, [".dockerenv"], "correct that of the machine that runs this container"),
    ],
)
def test_the_program_is_one_that_the_host_has(
    tmp_path: pathlib.Path, kernel: str, paths: list[str], advice: str
) -> None:
    assert how_to_set_the_clock(host(tmp_path, kernel, *paths)) == advice


@pytest.mark.parametrize(("ahead", "change"), [(1200.4, "-1200"), (-59.6, "+60")])
def test_by_hand_the_clock_is_changed_by_the_difference(
    tmp_path: pathlib.Path, ahead: float, change: str
) -> None:
    root = host(tmp_path, NATIVE)
    assert how_to_set_the_clock(root, ahead) == f"sudo date -s '{change} seconds'"
    command = ["date", "-u", "+%s", "-d", f"2026-01-01 12:00:00 UTC {change} seconds"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    assert int(done.stdout) == 1767268800 + int(change)
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/bin/chronyc").touch()
    assert how_to_set_the_clock(root, ahead) == "sudo chronyc makestep"


def test_programs_in_the_advice_for_this_machine_exist() -> None:
    for program in re.findall(r"sudo ([\w-]+)", how_to_set_the_clock()):
        assert shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin"), program


def test_the_time_of_the_hardware_clock_is_one_that_date_accepts(tmp_path: pathlib.Path) -> None:
    root = host(tmp_path, WSL2, RTC)
    (tmp_path / RTC).write_text("1790000000\n")
    command = how_to_set_the_clock(root).partition(", or ")[0].replace("sudo date -s", "date -u +%F -d")
    done = subprocess.run(
        ["sh", "-c", command.replace(f"/{RTC}", str(tmp_path / RTC))],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.stdout == b"2026-09-21\n"
