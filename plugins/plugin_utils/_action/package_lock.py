# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for another program that installs packages on a host, such as unattended-upgrades after a boot.

PRIVATE to the collection.
"""

from __future__ import annotations

import re
import time

from .._display import ProgressTimer, show

SECONDS_BETWEEN_CHECKS = 3
SECONDS_FOR_ONE_ATTEMPT = 10
"""What a package manager itself waits for, without any progress: it was free a moment ago."""

_HOLDER = re.compile(
    r"held by process (\d+)(?: \(([^)]*)\))?"  # apt, dpkg
    r"|locked by the application with pid (\d+)(?: \(([^)]*)\))?",  # zypper
    re.IGNORECASE | re.ASCII,
)
_HELD = "could not get lock"
"""What apt before Debian 11 says, without the process."""


class LockWait:
    """Waits up to *seconds* in all for the lock of the package manager of *host*, and shows progress."""

    def __init__(self, seconds: int, host: str) -> None:
        self._deadline = time.monotonic() + seconds
        self._timer = ProgressTimer()
        self._host = host

    @property
    def seconds_for_one_attempt(self) -> int:
        return max(0, min(SECONDS_FOR_ONE_ATTEMPT, int(self._deadline - time.monotonic())))

    def is_held(self, holder: str) -> bool:
        """Whether *holder*, the name of a program or "", has the lock and there is time to check again.

        Returns True after a few seconds.
        """
        if not holder or time.monotonic() >= self._deadline:
            return False
        if self._timer.is_due:
            show(
                f"prerequisites: waiting for {holder}, which holds the lock of the package manager",
                self._host,
            )
        time.sleep(SECONDS_BETWEEN_CHECKS)
        return True


def lock_holder(message: str) -> str:
    """The program that holds the lock, according to the *message* of a package manager; "" for other ones."""
    found = _HOLDER.search(message)
    if not found:
        return "a program" if _HELD in message.lower() else ""
    number, name = filter(None, (found[1] or found[3], found[2] or found[4] or "a program"))
    return f"{name} (process {number})"
