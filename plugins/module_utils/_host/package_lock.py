# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that holds the lock of a host's package manager, such as unattended-upgrades after a boot.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import re
import typing as t

from .._text import printable

# files that are locked while a package manager works, by fcntl(2) or flock(2)
LOCK_FILES = (
    "var/lib/dpkg/lock-frontend",
    "var/lib/dpkg/lock",
    "var/lib/apt/lists/lock",
    "var/cache/apt/archives/lock",
    "var/lib/rpm/.rpm.lock",
    "usr/lib/sysimage/rpm/.rpm.lock",
)
# files with the number of the process that works; they may remain after it exits
PROCESS_FILES = (
    "run/zypp.pid",
    "run/yum.pid",
    "var/cache/dnf/metadata_lock.pid",
    "var/cache/dnf/download_lock.pid",
    "var/lib/dnf/rpmdb_lock.pid",
)
_PACKAGE_MANAGER = re.compile(r"zypp|yast|y2|packagekit|dnf|yum")
_INTERPRETER = re.compile(r"(?:python|perl)[0-9.]*|(?:da|ba)?sh")


def lock_holder(root: str = "/", proc: str = "/proc") -> str:
    """The name and number of the process that holds a lock of the system below *root*; "" if none does.

    Only root can see the files of other processes.
    """
    for path in LOCK_FILES:
        for process in _locking_processes(os.path.join(root, path), proc):
            return f"{_name(process, proc)} (process {process})"
    for path in PROCESS_FILES:
        process = _read(os.path.join(root, path)).strip()
        name = _name(process, proc) if process.isdigit() else ""
        if _PACKAGE_MANAGER.search(name):
            return f"{name} (process {process})"
    return ""


def _locking_processes(path: str, proc: str) -> t.Iterator[str]:
    """The numbers of the processes that have locked the file *path*, according to proc_locks(5)."""
    try:
        inode = os.stat(path).st_ino
    except OSError:
        return
    for line in _read(os.path.join(proc, "locks")).splitlines():
        fields = line.split()
        if len(fields) < 6 or fields[1] == "->":  # a process that waits for a lock
            continue
        process, place = fields[4:6]
        if place.rpartition(":")[2] == str(inode) and _has_open(process, path, proc):
            yield process


def _has_open(process: str, path: str, proc: str) -> bool:
    """Whether *process* has the file open; files of other file systems may have the same inode number."""
    directory = os.path.join(proc, process, "fd")
    try:
        return any(os.path.samefile(os.path.join(directory, name), path) for name in os.listdir(directory))
    except OSError:
        return False


def _name(process: str, proc: str) -> str:
    """The name of the program that *process* runs, or of the script; "" if there is no such process."""
    words = _read(os.path.join(proc, process, "cmdline")).split("\0")
    names = [os.path.basename(word) for word in words if word and not word.startswith("-")]
    if len(names) > 1 and _INTERPRETER.fullmatch(names[0]):
        return printable(names[1])
    return printable(names[0] if names else _read(os.path.join(proc, process, "comm")).strip())


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""
