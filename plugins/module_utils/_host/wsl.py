# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine's files tell about the Windows Subsystem for Linux it runs in.

PRIVATE to the collection.

The WSL_* variables exist only in sessions that wsl.exe started: not over ssh, under sudo, or in a service. So
files decide, and a variable only names what no file does. The paths are those of microsoft/WSL (util.h,
binfmt.cpp) and of https://learn.microsoft.com/windows/wsl/wsl-config.
"""

from __future__ import annotations

import configparser
import os
import re
import typing as t
from dataclasses import dataclass, field

from .commands import RunCommand

WSL1_KERNEL = re.compile(r"4\.4\.0-\d+-Microsoft")
DISTRIBUTION_SHARE = re.compile(r"^\\\\wsl(?:\.localhost|\$)\\([^\\]+)\\?", re.IGNORECASE)
DRIVE = re.compile(r"[A-Za-z]:\\134?$")


@dataclass
class WslInfo:
    """What a machine is; *version* 0 means that it is no WSL distribution, and what only WSL has is empty."""

    version: int = 0
    distribution: str = ""
    kernel: str = ""
    systemd: bool = False
    interop: bool = False
    networking_mode: str = ""
    automount_root: str = ""
    windows_directory: str = ""
    browser_launchers: t.List[str] = field(default_factory=list)

    def on_windows_drive(self, path: str) -> bool:
        """Whether *path* lies on a drive of Windows, which WSL mounts by its letter."""
        if not self.version:
            return False
        return bool(re.match(re.escape(self.automount_root.rstrip("/")) + r"/[A-Za-z](/|\Z)", path))


def detect(
    root: str = "/",
    environment: t.Optional[t.Mapping[str, str]] = None,
    run: t.Optional[RunCommand] = None,
) -> WslInfo:
    """Describe the machine whose file system is at *root*.

    *run* asks the programs of WSL what no file tells: the networking mode, and the distribution's name in a
    session without WSL_DISTRO_NAME. Without *run* those stay empty.
    """
    machine = _Machine(root)
    kernel = machine.read("/proc/sys/kernel/osrelease").strip()
    systemd = machine.is_directory("/run/systemd/system")
    if not _is_wsl(machine, kernel):
        return WslInfo(kernel=kernel, systemd=systemd)
    interop = _interop_enabled(machine)
    automount_root = _automount_root(machine.read("/etc/wsl.conf"))
    windows_directory = _windows_directory(machine, automount_root)
    return WslInfo(
        version=1 if WSL1_KERNEL.fullmatch(kernel) else 2,
        distribution=_distribution(machine, os.environ if environment is None else environment, run),
        kernel=kernel,
        systemd=systemd,
        interop=interop,
        networking_mode=_networking_mode(machine, run),
        automount_root=automount_root,
        windows_directory=windows_directory,
        browser_launchers=_browser_launchers(machine, windows_directory) if interop else [],
    )


class _Machine:
    """The files of a machine, below any root."""

    def __init__(self, root: str) -> None:
        self._root = root

    def _path(self, path: str) -> str:
        return os.path.join(self._root, path.lstrip("/"))

    def read(self, path: str) -> str:
        try:
            with open(self._path(path), encoding="utf-8", errors="replace") as stream:
                return stream.read()
        except OSError:
            return ""

    def exists(self, path: str) -> bool:
        return os.path.exists(self._path(path))

    def is_directory(self, path: str) -> bool:
        return os.path.isdir(self._path(path))

    def names(self, path: str) -> t.List[str]:
        try:
            return sorted(os.listdir(self._path(path)))
        except OSError:
            return []


def _is_wsl(machine: _Machine, kernel: str) -> bool:
    if machine.is_directory("/run/WSL"):
        return True
    if _is_container(machine):  # its kernel is the one of the WSL distribution around it
        return False
    return "microsoft" in kernel.lower() or machine.read("/run/systemd/container").strip() == "wsl"


def _is_container(machine: _Machine) -> bool:
    if machine.exists("/.dockerenv") or machine.exists("/run/.containerenv"):
        return True
    return machine.read("/run/systemd/container").strip() not in ("", "wsl")


def _interop_enabled(machine: _Machine) -> bool:
    return any(
        machine.read("/proc/sys/fs/binfmt_misc/" + name).startswith("enabled")
        for name in ("WSLInterop", "WSLInterop-late")
    )


def _automount_root(wsl_conf: str) -> str:
    """[automount] root of wsl.conf without a slash at its end; "/mnt" by default and for a malformed file."""
    parser = configparser.RawConfigParser(strict=False, comment_prefixes=("#",), allow_no_value=True)
    try:
        parser.read_string(wsl_conf)
        root = (parser.get("automount", "root", fallback=None) or "").strip("\"' \t")
    except configparser.Error:
        root = ""
    return "/" + (root or "/mnt").strip("/")


def _windows_directory(machine: _Machine, automount_root: str) -> str:
    for drive in [f"{automount_root.rstrip('/')}/c", *_mounted_drives(machine)]:
        for name in machine.names(drive):
            directory = f"{drive}/{name}"
            if name.lower() == "windows" and machine.is_directory(directory + "/System32"):
                return directory
    return ""


def _mounted_drives(machine: _Machine) -> t.List[str]:
    drives = []
    for line in machine.read("/proc/self/mounts").splitlines():
        fields = line.split(" ")
        if len(fields) > 3 and (DRIVE.match(fields[0]) or "aname=drvfs" in fields[3]):
            drives.append(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal.group(1), 8)), fields[1]))
    return drives


def _distribution(machine: _Machine, environment: t.Mapping[str, str], run: t.Optional[RunCommand]) -> str:
    name = environment.get("WSL_DISTRO_NAME", "")
    if name or run is None or not machine.exists("/usr/bin/wslpath"):
        return name
    share = DISTRIBUTION_SHARE.match(_output(run, ["/usr/bin/wslpath", "-w", "/"]))
    return share.group(1) if share else ""


def _networking_mode(machine: _Machine, run: t.Optional[RunCommand]) -> str:
    if run is None or not machine.exists("/usr/bin/wslinfo"):
        return ""
    return _output(run, ["/usr/bin/wslinfo", "--networking-mode"])


def _output(run: RunCommand, command: t.List[str]) -> str:
    status, output, _errors = run(command)
    return output.strip() if status == 0 else ""


def _browser_launchers(machine: _Machine, windows_directory: str) -> t.List[str]:
    """The programs that can open a Windows browser, best first.

    rundll32 is quick and passes a URL as it is; PowerShell takes seconds; wslview is no longer maintained.
    explorer.exe and cmd.exe are missing because they break URLs that have a query.
    """
    candidates = ["/usr/bin/wslview"]
    if windows_directory:
        system = windows_directory + "/System32"
        candidates = [
            system + "/rundll32.exe",
            system + "/WindowsPowerShell/v1.0/powershell.exe",
            *candidates,
        ]
    return [path for path in candidates if machine.exists(path)]
