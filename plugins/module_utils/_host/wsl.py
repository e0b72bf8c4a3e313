# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Detection of the Windows Subsystem for Linux (WSL) from the files of a host.

PRIVATE to the collection.

The WSL_* variables exist only in sessions that wsl.exe started, not over SSH, under sudo or in a service. So
files decide, and a variable is used only for what no file contains. The paths are those of microsoft/WSL
(util.h, binfmt.cpp) and of https://learn.microsoft.com/windows/wsl/wsl-config.
"""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass, field

from .commands import RunCommand
from .wsl_conf import wsl_settings

WSL1_KERNEL = re.compile(r"4\.4\.0-\d+-Microsoft")
DISTRIBUTION_SHARE = re.compile(r"^\\\\wsl(?:\.localhost|\$)\\([^\\]+)\\?", re.IGNORECASE)
DRIVE = re.compile(r"[A-Za-z]:\\134?$")


@dataclass
class WslInfo:
    """Facts about a host. *version* is 1 or 2; 0 means not WSL, with all WSL-specific fields empty."""

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
        """Whether *path* is on a Windows drive, which WSL mounts under its letter."""
        if not self.version:
            return False
        return bool(re.match(re.escape(self.automount_root.rstrip("/")) + r"/[A-Za-z](/|\Z)", path))


def detect(
    root: str = "/",
    environment: t.Optional[t.Mapping[str, str]] = None,
    run: t.Optional[RunCommand] = None,
) -> WslInfo:
    """Return the facts about the host whose file system is at *root*.

    *run* executes the WSL programs that report what no file contains: the networking mode, and the name of
    the distribution in a session without WSL_DISTRO_NAME. Without *run* both are empty.
    """
    host = _HostFiles(root)
    kernel = host.read("/proc/sys/kernel/osrelease").strip()
    systemd = host.is_directory("/run/systemd/system")
    if not _is_wsl(host, kernel):
        return WslInfo(kernel=kernel, systemd=systemd)
    interop = _interop_enabled(host)
    automount_root = _automount_root(host.read("/etc/wsl.conf"))
    windows_directory = _windows_directory(host, automount_root)
    return WslInfo(
        version=1 if WSL1_KERNEL.fullmatch(kernel) else 2,
        distribution=_distribution(host, os.environ if environment is None else environment, run),
        kernel=kernel,
        systemd=systemd,
        interop=interop,
        networking_mode=_networking_mode(host, run),
        automount_root=automount_root,
        windows_directory=windows_directory,
        browser_launchers=_browser_launchers(host, windows_directory) if interop else [],
    )


class _HostFiles:
    """Read access to the files of a host below any root; a missing or unreadable file is empty."""

    def __init__(self, root: str) -> None:
        self._root = root

    def _path(self, path: str) -> str:
        return os.path.join(self._root, path.lstrip("/"))

    def read(self, path: str) -> str:
        try:
            with open(self._path(path), encoding="utf-8", errors="replace") as stream:
                return stream.read()
        except (OSError, ValueError):  # a path from a damaged file may contain a null character
            return ""

    def exists(self, path: str) -> bool:
        return os.path.exists(self._path(path))

    def is_directory(self, path: str) -> bool:
        return os.path.isdir(self._path(path))

    def names(self, path: str) -> t.List[str]:
        try:
            return sorted(os.listdir(self._path(path)))
        except (OSError, ValueError):
            return []


def _is_wsl(host: _HostFiles, kernel: str) -> bool:
    if host.is_directory("/run/WSL"):
        return True
    if _is_container(host):  # it shares the kernel of the WSL distribution that runs it
        return False
    return "microsoft" in kernel.lower() or host.read("/run/systemd/container").strip() == "wsl"


def _is_container(host: _HostFiles) -> bool:
    if host.exists("/.dockerenv") or host.exists("/run/.containerenv"):
        return True
    return host.read("/run/systemd/container").strip() not in ("", "wsl")


def _interop_enabled(host: _HostFiles) -> bool:
    return any(
        host.read("/proc/sys/fs/binfmt_misc/" + name).startswith("enabled")
        for name in ("WSLInterop", "WSLInterop-late")
    )


def _automount_root(wsl_conf: str) -> str:
    """[automount] root of wsl.conf without a trailing slash; "/mnt" by default."""
    return "/" + (wsl_settings(wsl_conf).get(("automount", "root")) or "/mnt").strip("/")


def _windows_directory(host: _HostFiles, automount_root: str) -> str:
    for drive in [f"{automount_root.rstrip('/')}/c", *_mounted_drives(host)]:
        for name in host.names(drive):
            directory = f"{drive}/{name}"
            if name.lower() == "windows" and host.is_directory(directory + "/System32"):
                return directory
    return ""


def _mounted_drives(host: _HostFiles) -> t.List[str]:
    drives = []
    for line in host.read("/proc/self/mounts").splitlines():
        fields = line.split(" ")
        if len(fields) > 3 and (DRIVE.match(fields[0]) or "aname=drvfs" in fields[3]):
            drives.append(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal.group(1), 8)), fields[1]))
    return drives


def _distribution(host: _HostFiles, environment: t.Mapping[str, str], run: t.Optional[RunCommand]) -> str:
    name = environment.get("WSL_DISTRO_NAME", "")
    if name or run is None or not host.exists("/usr/bin/wslpath"):
        return name
    share = DISTRIBUTION_SHARE.match(_output(run, ["/usr/bin/wslpath", "-w", "/"]))
    return share.group(1) if share else ""


def _networking_mode(host: _HostFiles, run: t.Optional[RunCommand]) -> str:
    if run is None or not host.exists("/usr/bin/wslinfo"):
        return ""
    return _output(run, ["/usr/bin/wslinfo", "--networking-mode"])


def _output(run: RunCommand, command: t.List[str]) -> str:
    status, output, _errors = run(command)
    return output.strip() if status == 0 else ""


def _browser_launchers(host: _HostFiles, windows_directory: str) -> t.List[str]:
    """The programs that can open the Windows browser, best first.

    rundll32 is fast and passes a URL unchanged; PowerShell takes seconds; wslview is no longer maintained.
    explorer.exe and cmd.exe are left out because they break URLs with a query string.
    """
    candidates = ["/usr/bin/wslview"]
    if windows_directory:
        system = windows_directory + "/System32"
        candidates = [
            system + "/rundll32.exe",
            system + "/WindowsPowerShell/v1.0/powershell.exe",
            *candidates,
        ]
    return [path for path in candidates if host.exists(path)]
