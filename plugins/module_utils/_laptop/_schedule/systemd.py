# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The timer of the user's systemd that starts updates.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import typing as t

from ..._files.directories import home_directory
from ..._files.managed import ManagedFile, apply, remove
from ..._host.running_program import run_within
from .._bundle.manifest import Settings
from .._installation.command import command_path

SERVICE = "workstation-update.service"
TIMER = "workstation-update.timer"

_SECONDS = 20
_SERVICE = """\
[Unit]
Description=Update the AWS setup of this workstation
Documentation=https://github.com/workstation-aws-sso/workstation.aws_sso/blob/main/docs/laptops.md

[Service]
Type=oneshot
ExecStart="{command}" --scheduled
# 3: a sign-in or a password is required, which the next login shell says
SuccessExitStatus=3
TimeoutStartSec=4h
Nice=10
"""
_TIMER = """\
[Unit]
Description=Update the AWS setup of this workstation {interval}

[Timer]
OnCalendar={interval}
RandomizedDelaySec={delay}min
Persistent=true

[Install]
WantedBy=timers.target
"""


def unit_directory() -> str:
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return os.path.join(base or os.path.join(home_directory(), ".config"), "systemd", "user")


def enabled_link() -> str:
    """The link that exists while the timer is enabled."""
    return os.path.join(unit_directory(), "timers.target.wants", TIMER)


def units(settings: Settings) -> t.List[ManagedFile]:
    command = command_path().replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    timer = _TIMER.format(interval=settings.interval, delay=settings.random_delay_minutes)
    return [
        ManagedFile(os.path.join(unit_directory(), SERVICE), _SERVICE.format(command=command)),
        ManagedFile(os.path.join(unit_directory(), TIMER), timer),
    ]


def is_running() -> bool:
    """Whether the user has a systemd that can start timers."""
    return _systemctl("show-environment")


def enable(settings: Settings) -> bool:
    """Write the units, and enable the timer; whether that succeeded. Raises OSError."""
    changed = apply(units(settings))
    if not (changed or not os.path.islink(enabled_link())):
        return True
    return _systemctl("daemon-reload") and _systemctl("enable", "--now", TIMER)


def disable() -> None:
    """Remove the timer with its units, also where systemd does not run. Raises OSError."""
    _systemctl("disable", "--now", TIMER)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(enabled_link())
    if remove(units(Settings())):
        _systemctl("daemon-reload")
    for directory in (os.path.dirname(enabled_link()), unit_directory(), os.path.dirname(unit_directory())):
        with contextlib.suppress(OSError):
            os.rmdir(directory)  # not if there are other units
    with contextlib.suppress(FileNotFoundError):
        os.unlink(_time_of_last_start())


def _time_of_last_start() -> str:
    base = os.environ.get("XDG_DATA_HOME", "") or os.path.join(home_directory(), ".local", "share")
    return os.path.join(base, "systemd", "timers", f"stamp-{TIMER}")


def _systemctl(*arguments: str) -> bool:
    """Whether a command for the user's systemd succeeded."""
    variables = {}
    if not os.environ.get("XDG_RUNTIME_DIR"):  # in sessions of su(1), for example
        variables["XDG_RUNTIME_DIR"] = f"/run/user/{os.geteuid()}"
    try:
        return run_within(_SECONDS, variables)(["systemctl", "--user", *arguments])[0] == 0
    except OSError:
        return False
