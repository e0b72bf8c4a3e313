# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to correct the clock of a host, by a program that the host has.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import sys
import typing as t

from .wsl import detect

HOW_TO_SET_THE_CLOCK_ELSEWHERE = (
    "on WSL2, run wsl --shutdown in Windows; on other Linux systems, sudo timedatectl set-ntp true"
)
"""For another machine than the one that this runs on."""

_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
_HARDWARE_CLOCK = "/sys/class/rtc/rtc0/since_epoch"
# Debian 13 and Ubuntu 24.04 have hwclock in a package of its own, which is not installed by default.
_HWCLOCK = ("/usr/sbin/hwclock", "/sbin/hwclock")
_CHRONYC = ("/usr/bin/chronyc", "/usr/local/bin/chronyc")
_TIMESYNCD = ("/usr/lib/systemd/systemd-timesyncd", "/lib/systemd/systemd-timesyncd")


def how_to_set_the_clock(root: str = "/", ahead: t.Optional[float] = None) -> str:
    """How to correct the clock of the host whose file system is at *root*; no sentence, without a period.

    *ahead* is how many seconds it is ahead of AWS's clock, if that is known.
    """
    version = detect(root).version
    if version == 1:  # it has no clock of its own
        return "in Windows, run w32tm /resync as an administrator"
    if version:
        return f"{_from_hardware_clock(root)}in Windows, run wsl --shutdown"
    if sys.platform == "darwin":
        return "sudo sntp -sS time.apple.com"
    if _has(root, _CONTAINER_MARKS):
        return "correct that of the machine that runs this container"
    return _by_network_time(root) or _by_hand(ahead)


def _from_hardware_clock(root: str) -> str:
    """The command that sets the clock to that of the hardware, in WSL2 that of Windows, and an "or"."""
    if _has(root, _HWCLOCK):
        return "sudo hwclock -s, or "
    if _has(root, [_HARDWARE_CLOCK]):
        return f'sudo date -s "@$(cat {_HARDWARE_CLOCK})", or '
    return ""


def _by_network_time(root: str) -> str:
    if _has(root, _CHRONYC):
        return "sudo chronyc makestep"
    if _has(root, _TIMESYNCD) and _has(root, ["/run/systemd/system"]):
        return "sudo timedatectl set-ntp true, then sudo systemctl restart systemd-timesyncd"
    return ""


def _by_hand(ahead: t.Optional[float]) -> str:
    return "sudo date -s 'YYYY-MM-DD HH:MM:SS'" if ahead is None else f"sudo date -s '{-ahead:+.0f} seconds'"


def _has(root: str, paths: t.Iterable[str]) -> bool:
    return any(os.path.exists(os.path.join(root, path.lstrip("/"))) for path in paths)
