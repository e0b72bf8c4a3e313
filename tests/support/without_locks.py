# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program whose file systems have no locks: the kernel refuses flock() of it and its children (seccomp).

Usage: ``python without_locks.py ERRNO COMMAND [ARGUMENT ...]``
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
import typing as t

_FLOCK = {"x86_64": 73, "aarch64": 32}
_LOAD_WORD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2


def command(error: int, *words: str) -> t.List[str]:
    """*words*, run where each flock() fails with *error*."""
    return [sys.executable, __file__, str(error), *words]


def is_possible() -> bool:
    """Whether this machine can refuse a system call."""
    return platform.machine() in _FLOCK and not os.spawnv(os.P_WAIT, sys.executable, command(37, "true"))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _refuse_flock(error: int) -> None:
    instructions = b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (_LOAD_WORD, 0, 0, 0),
            (_JUMP_IF_EQUAL, 0, 1, _FLOCK[platform.machine()]),
            (_RETURN, 0, 0, _REFUSE | error),
            (_RETURN, 0, 0, _ALLOW),
        )
    )
    program = _Program(4, instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (
        (_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0),
    ):
        if libc.prctl(*arguments):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    _refuse_flock(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
