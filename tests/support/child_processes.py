# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions in forked processes, as another user, or killed at a chosen step or system call."""

from __future__ import annotations

import ctypes
import functools
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


class SystemCallTracer:
    """Counts the system calls of a child by ptrace(2), and kills the child at one of them."""

    _TRACE_ME, _NEXT_CALL, _SET_OPTIONS = 0, 24, 0x4200
    _MARK_CALLS, _DIES_WITH_TRACER = 0x1, 0x100000
    _STOP_AT_CALL = signal.SIGTRAP | 0x80

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)

    def count(self, action: t.Callable[[], object]) -> int:
        """Run *action* to its end; how many system calls it makes."""
        calls = self._run(action, sys.maxsize)
        assert calls is not None
        return calls

    def killed_at(self, number: int, action: t.Callable[[], object]) -> bool:
        """Run *action*, and kill it just before its *number*-th system call; False if it ended before."""
        return self._run(action, number) is None

    def _run(self, action: t.Callable[[], object], number: int) -> t.Optional[int]:
        """The number of system calls of *action*; None if it was killed before the *number*-th."""
        child = start(functools.partial(self._traced, action))
        os.waitpid(child, 0)
        self._ptrace(self._SET_OPTIONS, child, self._MARK_CALLS | self._DIES_WITH_TRACER)
        stops = forwarded = 0
        while stops < 2 * number - 1:  # a stop before each call and one after it
            self._ptrace(self._NEXT_CALL, child, forwarded)
            _child, status = os.waitpid(child, 0)
            if not os.WIFSTOPPED(status):
                assert os.WEXITSTATUS(status) == 0, "the action failed"
                return (stops + 1) // 2
            at_call = os.WSTOPSIG(status) == self._STOP_AT_CALL
            stops += at_call
            forwarded = 0 if at_call else os.WSTOPSIG(status)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return None

    def _traced(self, action: t.Callable[[], object]) -> None:
        self._ptrace(self._TRACE_ME, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        action()

    def _ptrace(self, request: int, child: int, data: int) -> None:
        if self._libc.ptrace(request, child, None, ctypes.c_void_p(data)) < 0:
            raise OSError(ctypes.get_errno(), "ptrace")
