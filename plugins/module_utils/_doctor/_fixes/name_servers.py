# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host has a DNS server, and how it gets one.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import re
import typing as t

from ..._host.wsl import detect
from ..._wsl.conf import wsl_settings
from ..._wsl.host_files import HostFiles
from ..finding import chain

_RESOLV_CONF = "/etc/resolv.conf"
_NAME_SERVER = re.compile(r"^[ \t]*nameserver[ \t]+([^\s#;]+)", re.MULTILINE)
_STUB = "/run/systemd/resolve/stub-resolv.conf"
_SERVICES = {
    # what writes the file that a link leads to
    "/run/systemd/resolve/": "sudo systemctl enable --now systemd-resolved",
    "/run/NetworkManager/": "sudo systemctl restart NetworkManager",
    "/run/resolvconf/": "sudo systemctl restart resolvconf",
}


class NoNameServer(t.NamedTuple):
    """Why a host has no DNS server, as a sentence, and what to do about it."""

    reason: str
    fix: str


def name_servers(root: str = "/") -> t.List[str]:
    """The addresses of the DNS servers of the host whose file system is at *root*."""
    try:
        with open(_inside(root, _RESOLV_CONF), encoding="utf-8", errors="replace") as stream:
            return _NAME_SERVER.findall(stream.read())
    except OSError:
        return []


def missing_name_server(root: str = "/") -> t.Optional[NoNameServer]:
    """Why the host has no DNS server; None if it has one."""
    if name_servers(root):
        return None
    path = os.path.join(root, _RESOLV_CONF.lstrip("/"))
    target = os.path.normpath(os.path.join("/etc", os.readlink(path))) if os.path.islink(path) else ""
    if not os.path.exists(_inside(root, _RESOLV_CONF)):
        reason = (
            f"{_RESOLV_CONF} is a link to {target}, which does not exist."
            if target
            else f"{_RESOLV_CONF} does not exist."
        )
    elif not os.access(_inside(root, _RESOLV_CONF), os.R_OK):
        return NoNameServer(f"This user may not read {_RESOLV_CONF}.", f"sudo chmod a+r {_RESOLV_CONF}")
    else:
        reason = f"{_RESOLV_CONF} contains no nameserver."
    return NoNameServer(reason, _fix(root, target))


def _fix(root: str, target: str) -> str:
    if detect(root).version:
        return _fix_in_wsl(root)
    for directory, command in _SERVICES.items():
        if target.startswith(directory):
            return command
    if os.path.exists(_inside(root, _STUB)):
        return f"sudo ln -sf ..{_STUB} {_RESOLV_CONF}"
    write = f"echo nameserver ADDRESS | sudo tee {_RESOLV_CONF}"
    return chain(f"sudo rm {_RESOLV_CONF}", write) if target else write


def _fix_in_wsl(root: str) -> str:
    """WSL writes the file when it starts, unless a setting forbids that."""
    restart = "in Windows: wsl --shutdown"
    settings = wsl_settings(HostFiles(root).read("/etc/wsl.conf"))
    if settings.get(("network", "generateresolvconf"), "").lower() in ("false", "0"):
        return f"sudo sed -i /generateResolvConf/Id /etc/wsl.conf, then {restart}"
    return f"I{restart[1:]}"


def _inside(root: str, path: str) -> str:
    """*path* with its link, if it is one, below *root*."""
    place = os.path.join(root, path.lstrip("/"))
    if os.path.islink(place):
        target = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(place)))
        return os.path.join(root, target.lstrip("/"))
    return place
