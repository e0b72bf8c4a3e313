# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How WSL 2 is connected to Windows: the networking mode, .wslconfig, and the socket to start programs.

PRIVATE to the collection.

The names and values of .wslconfig are those of src/windows/common/WslCoreConfig.cpp in
https://github.com/microsoft/WSL. Any program of the Windows user can change this file, so only known values
of two settings are used.
"""

from __future__ import annotations

import re
import typing as t

from .conf import wsl_settings
from .host_files import HostFiles

NETWORKING_MODES = ("none", "nat", "bridged", "mirrored", "virtioproxy", "consomme")
_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}
_ACCEPTS_CONNECTIONS = 0x10000  # a flag of sockets in /proc/net/unix
_WORD = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class WslConfig(t.NamedTuple):
    """Settings of .wslconfig. *localhost_forwarding* is true if the file does not disable it."""

    networking_mode: str = ""
    localhost_forwarding: bool = True


def parse_wslconfig(content: bytes) -> WslConfig:
    """The settings in the *content* of .wslconfig; an unknown value is as if it were not there."""
    settings = wsl_settings(_decoded(content))
    mode = _first(settings, ("wsl2", "networkingmode"), ("experimental", "networkingmode")).lower()
    forwarding = _BOOLEANS.get(_first(settings, ("wsl2", "localhostforwarding")).lower(), True)
    return WslConfig(mode if mode in NETWORKING_MODES else "", forwarding)


def _decoded(content: bytes) -> str:
    """*content* as text; Windows programs also write UTF-16, and mark UTF-8 at its beginning."""
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = content.decode("utf-16" if utf16 else "utf-8-sig", "replace")
    return text.replace("\r\n", "\n")


def _first(settings: t.Mapping[t.Tuple[str, str], str], *names: t.Tuple[str, str]) -> str:
    """The first value in the file of a setting with several *names*."""
    return next((value for name, value in settings.items() if name in names), "")


def networking_mode(host: HostFiles, reported: str, config: t.Optional[WslConfig]) -> str:
    """The networking mode as wslinfo *reported* it, else from what is visible of it; "" if it is unknown."""
    word = reported.strip().lower()
    if _WORD.fullmatch(word):
        return word
    if host.exists("/sys/class/net/loopback0"):
        return "mirrored"
    return config.networking_mode if config else ""


def has_stale_interop_socket(host: HostFiles, environment: t.Mapping[str, str]) -> bool:
    """Whether WSL_INTEROP names the socket of a closed session.

    Programs that outlive their session, such as tmux, keep it. WSL then cannot start Windows programs, but it
    finds another socket if the variable is not set.
    """
    path = environment.get("WSL_INTEROP", "")
    return bool(path) and not _is_listening(host, path)


def _is_listening(host: HostFiles, path: str) -> bool:
    if not host.is_socket(path):
        return False
    sockets = host.read("/proc/net/unix").splitlines()[1:]
    if not sockets:  # without this list, a socket is as good as it looks
        return True
    fields = (line.split(None, 7) for line in sockets)
    return any(
        len(line) == 8 and line[7] == path and int(line[3], 16) & _ACCEPTS_CONNECTIONS for line in fields
    )
