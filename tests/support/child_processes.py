# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions in forked processes, as another user or killed at a chosen step."""

from __future__ import annotations

import os
import signal
import sys
import typing as t

STATE_CHANGES = (
    "os.mkdir",
    "os.rename",
    "os.symlink",
    "os.remove",
    "os.rmdir",
    "os.chmod",
    "subprocess.Popen",
)


def start(action: t.Callable[[], object], user: t.Optional[int] = None) -> int:
    """Run *action* in a forked process, as *user* where we are root; its process ID."""
    child = os.fork()
    if not child:
        status = 1
        try:
            if user is not None and os.geteuid() == 0:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)
            action()
            status = 0
        except BaseException as error:
            os.write(2, f"in the child: {error!r}\n".encode())
        finally:
            os._exit(status)
    return child


def exit_code(child: int) -> int:
    """The exit code of a process, or minus the signal that it died of."""
    _pid, status = os.waitpid(child, 0)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def killed_at(step: int, action: t.Callable[[], object]) -> bool:
    """Run *action*, and kill it just before its *step*-th change; False if it was finished before."""

    def kill_when_due(event: str, arguments: t.Tuple[t.Any, ...]) -> None:
        nonlocal step
        writes = (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if event in STATE_CHANGES or writes:
            step -= 1
            if step < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def watched() -> None:
        sys.addaudithook(kill_when_due)
        action()

    return exit_code(start(watched)) == -signal.SIGKILL
