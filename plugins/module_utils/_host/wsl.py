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

from .._wsl import network
from .._wsl.drives import WindowsFiles, automount_root, mounted_drives, windows_files
from .._wsl.host_files import HostFiles, within
from .commands import RunCommand
from .running_program import run_within

SECONDS = 5
"""How long a program of WSL or Windows, or a Windows drive, may take to respond."""
WSL1_KERNEL = re.compile(r"4\.4\.0-\d+-Microsoft")
DISTRIBUTION_SHARE = re.compile(r"^\\\\wsl(?:\.localhost|\$)\\([^\\]+)\\?", re.IGNORECASE)


@dataclass
class WslInfo:
    """Facts about a host. *version* is 1 or 2; 0 means not WSL, with all WSL-specific fields empty.

    *localhost_forwarding* is None if it is unknown.
    """

    version: int = 0
    distribution: str = ""
    kernel: str = ""
    systemd: bool = False
    interop: bool = False
    networking_mode: str = ""
    automount_root: str = ""
    windows_directory: str = ""
    browser_launchers: t.List[str] = field(default_factory=list)
    windows_drives: t.List[str] = field(default_factory=list)
    wslconfig: str = ""
    localhost_forwarding: t.Optional[bool] = None

    def on_windows_drive(self, path: str) -> bool:
        """Whether *path* is on a Windows drive, which WSL mounts under its letter."""
        if not self.version:
            return False
        if re.match(re.escape(self.automount_root.rstrip("/")) + r"/[A-Za-z](/|\Z)", path):
            return True
        return any(f"{path}/".startswith(f"{drive.rstrip('/')}/") for drive in self.windows_drives)

    def localhost_reaches_wsl(self) -> bool:
        """Whether a Windows browser that opens http://127.0.0.1:PORT connects to a program on this host.

        True outside WSL, and where it is unknown: WSL does so by default.
        """
        if self.version != 2 or self.networking_mode == "mirrored":
            return True
        return self.networking_mode not in ("none", "bridged") and self.localhost_forwarding is not False


def run_wsl_program(command: t.List[str]) -> t.Tuple[int, str, str]:
    """Run a program of WSL or Windows within the time limit; the *run* of detect()."""
    return run_within(SECONDS)(command)


def without_stale_interop(environment: t.Mapping[str, str], root: str = "/") -> t.Dict[str, str]:
    """*environment* without a WSL_INTEROP that is left from another session and prevents Windows programs."""
    stale = network.has_stale_interop_socket(HostFiles(root), environment)
    return {name: value for name, value in environment.items() if not (stale and name == "WSL_INTEROP")}


def detect(
    root: str = "/",
    environment: t.Optional[t.Mapping[str, str]] = None,
    run: t.Optional[RunCommand] = None,
) -> WslInfo:
    """Return the facts about the host whose file system is at *root*.

    *run* executes the WSL programs that report what no file contains: the networking mode, and the name of
    the distribution in a session without WSL_DISTRO_NAME. It limits their time, as run_wsl_program() does.
    Without *run*, only files and *environment* are used.
    """
    host = HostFiles(root)
    environment = os.environ if environment is None else environment
    kernel = host.read("/proc/sys/kernel/osrelease").strip()
    systemd = host.is_directory("/run/systemd/system")
    if not _is_wsl(host, kernel):
        return WslInfo(kernel=kernel, systemd=systemd)
    info = WslInfo(1 if WSL1_KERNEL.fullmatch(kernel) else 2, kernel=kernel, systemd=systemd)
    info.interop = _interop_enabled(host)
    info.automount_root = automount_root(host)
    info.windows_drives = mounted_drives(host)
    windows = _windows_files(host, info, environment.get("PATH", ""))
    info.windows_directory, info.wslconfig = windows.directory, windows.wslconfig
    info.browser_launchers = _browser_launchers(host, windows) if info.interop else []
    programs = _WslPrograms(host, environment, run)
    info.distribution = programs.distribution()
    config = _wslconfig(windows) if info.version == 2 else None
    info.networking_mode = network.networking_mode(host, programs.networking_mode(), config)
    info.localhost_forwarding = config.localhost_forwarding if config else None
    return info


def _wslconfig(windows: WindowsFiles) -> t.Optional[network.WslConfig]:
    content = windows.wslconfig_content
    return None if content is None else network.parse_wslconfig(content)


def _windows_files(host: HostFiles, info: WslInfo, search_path: str) -> WindowsFiles:
    def find() -> WindowsFiles:
        return windows_files(host, info.automount_root, info.windows_drives, search_path)

    return within(SECONDS, find, WindowsFiles())


def _is_wsl(host: HostFiles, kernel: str) -> bool:
    if host.is_directory("/run/WSL"):
        return True
    if _is_container(host):  # it shares the kernel of the WSL distribution that runs it
        return False
    return "microsoft" in kernel.lower() or host.read("/run/systemd/container").strip() == "wsl"


def _is_container(host: HostFiles) -> bool:
    if host.exists("/.dockerenv") or host.exists("/run/.containerenv"):
        return True
    return host.read("/run/systemd/container").strip() not in ("", "wsl")


def _interop_enabled(host: HostFiles) -> bool:
    return any(
        host.read("/proc/sys/fs/binfmt_misc/" + name).startswith("enabled")
        for name in ("WSLInterop", "WSLInterop-late")
    )


def _browser_launchers(host: HostFiles, windows: WindowsFiles) -> t.List[str]:
    """The programs that can open the Windows browser, best first; wslview is no longer maintained."""
    return [*windows.launchers, *(path for path in ("/usr/bin/wslview",) if host.exists(path))]


class _WslPrograms:
    """What the programs of WSL report; empty without *run*, and for one that fails or cannot be started."""

    def __init__(
        self, host: HostFiles, environment: t.Mapping[str, str], run: t.Optional[RunCommand]
    ) -> None:
        self._host = host
        self._environment = environment
        self._run = run

    def distribution(self) -> str:
        name = self._environment.get("WSL_DISTRO_NAME", "")
        share = None if name else DISTRIBUTION_SHARE.match(self._output("/usr/bin/wslpath", "-w", "/"))
        return share.group(1) if share else name

    def networking_mode(self) -> str:
        return self._output("/usr/bin/wslinfo", "--networking-mode")

    def _output(self, program: str, *arguments: str) -> str:
        if self._run is None or not self._host.exists(program):
            return ""
        stale = network.has_stale_interop_socket(self._host, self._environment)
        command = [*(["env", "-u", "WSL_INTEROP"] if stale else []), program, *arguments]
        try:
            status, output, _errors = self._run(command)
        except OSError:
            return ""
        return output.strip() if status == 0 else ""
