# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Windows drives of a WSL distribution, and what is on them.

PRIVATE to the collection.
"""

from __future__ import annotations

import re
import typing as t

from .conf import wsl_settings
from .host_files import HostFiles

_DRIVE = re.compile(r"[A-Za-z]:(?:\\134)?")
_LETTER = re.compile(r".*/[A-Za-z]")
_OCTAL = re.compile(r"\\([0-7]{3})")
# folders below Users that belong to Windows itself
_NOT_USERS = ("all users", "default", "default user", "defaultuser0", "public", "wdagutilityaccount")


class WindowsFiles(t.NamedTuple):
    """What is known from the files on Windows drives; paths are those of Linux, and empty if unknown."""

    directory: str = ""
    launchers: t.Sequence[str] = ()
    wslconfig: str = ""
    wslconfig_content: t.Optional[bytes] = None


def automount_root(host: HostFiles) -> str:
    """[automount] root of wsl.conf without a slash at the end; "/mnt" by default.

    An empty value means "/", as for WSL.
    """
    root = wsl_settings(host.read("/etc/wsl.conf")).get(("automount", "root"), "/mnt")
    return "/" + root.strip("/")


def mounted_drives(host: HostFiles) -> t.List[str]:
    """The directories where Windows drives are mounted, in the order of their mounts."""
    lines = (line.split(" ") for line in host.read("/proc/self/mounts").split("\n"))
    targets = [fields[1] for fields in lines if len(fields) > 3 and _is_drive(*fields[:4])]
    return [_OCTAL.sub(lambda octal: chr(int(octal.group(1), 8)), target) for target in targets]


def _is_drive(source: str, target: str, file_system: str, options: str) -> bool:
    """Whether a mount is a Windows drive; with virtiofs, only the name of its directory reveals that."""
    if _DRIVE.fullmatch(source) or "aname=drvfs" in options:
        return True
    return file_system == "virtiofs" and bool(_LETTER.fullmatch(target))


def windows_files(host: HostFiles, root: str, drives: t.Sequence[str], search_path: str) -> WindowsFiles:
    """The files of Windows, which is usually on drive C below *root*; else on one of the mounted *drives*.

    *search_path* is PATH, which contains directories of the Windows user in sessions of wsl.exe. This takes
    forever if a drive does not respond.
    """
    candidates = [f"{root.rstrip('/')}/c", *drives]
    directory = next(filter(None, (_windows_directory(host, drive) for drive in candidates)), "")
    if not directory:
        return WindowsFiles()
    users = directory.rpartition("/")[0] + "/Users"
    profile = _user_profile(host, users, search_path)
    wslconfig = f"{profile}/.wslconfig" if profile else ""
    return WindowsFiles(
        directory,
        tuple(path for path in _launchers(directory) if host.exists(path)),
        wslconfig if wslconfig and host.exists(wslconfig) else "",
        host.read_bytes(wslconfig) if wslconfig else None,
    )


def _windows_directory(host: HostFiles, drive: str) -> str:
    for name in host.names(drive):
        directory = f"{drive}/{name}"
        if name.lower() == "windows" and host.is_directory(directory + "/System32"):
            return directory
    return ""


def _launchers(directory: str) -> t.List[str]:
    """The programs of Windows that can open its browser, best first.

    rundll32 is fast and passes a URL unchanged; PowerShell takes seconds. explorer.exe and cmd.exe are left
    out because they break URLs with a query string.
    """
    system = directory + "/System32"
    return [system + "/rundll32.exe", system + "/WindowsPowerShell/v1.0/powershell.exe"]


def _user_profile(host: HostFiles, users: str, search_path: str) -> str:
    """The directory of the Windows user who runs WSL, or "" if it is unclear who that is.

    It is the one in PATH, else the only one below *users* that can be read, else the only one of these with a
    file .wslconfig.
    """
    in_path = re.search(rf"(?:\A|:){re.escape(users)}/([^/:]+)/", search_path)
    if in_path:
        return f"{users}/{in_path.group(1)}"
    profiles = [
        f"{users}/{name}"
        for name in host.names(users)
        if name.lower() not in _NOT_USERS and host.is_readable_directory(f"{users}/{name}")
    ]
    if len(profiles) > 1:
        profiles = [profile for profile in profiles if host.exists(profile + "/.wslconfig")]
    return profiles[0] if len(profiles) == 1 else ""
