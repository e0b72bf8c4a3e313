# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the Windows Subsystem for Linux.

PRIVATE to the collection.
"""

from __future__ import annotations

import re
import typing as t

from .._host.wsl import WslInfo
from .finding import Finding

_MICROSOFT_KERNEL = re.compile(r"[\d.]+-microsoft-standard(-WSL2)?\+?")


def wsl_findings(wsl: WslInfo, has_stale_interop: bool) -> t.List[Finding]:
    """What *wsl*, the state of this host, has to do with signing in; nothing for a host outside WSL.

    *has_stale_interop* is whether WSL_INTEROP is left over from a closed WSL session.
    """
    if not wsl.version:
        return []
    name = wsl.distribution or "DISTRIBUTION"
    subject = f"WSL distribution {wsl.distribution}".rstrip()
    if wsl.version == 1:
        return [
            Finding(
                "wsl-1",
                "error",
                subject,
                "It runs under WSL 1.",
                "WSL 1 has no Linux kernel; AWS CLI v2 and this collection require WSL 2.",
                f"In Windows: wsl --set-version {name} 2",
            )
        ]
    found = list(_wsl2_findings(wsl, subject, f"wsl --terminate {name}"))
    if not wsl.localhost_reaches_wsl():
        found.append(_localhost(wsl, subject))
    return [*found, *([_stale_interop()] if has_stale_interop and wsl.interop else [])]


def _localhost(wsl: WslInfo, subject: str) -> Finding:
    restart = "then in Windows: wsl --shutdown. Or sign in with: aws sso login --use-device-code"
    file = wsl.wslconfig or "%UserProfile%\\.wslconfig"
    by_mode = wsl.networking_mode in ("none", "bridged")
    return Finding(
        "wsl-localhost-unreachable",
        "warning",
        subject,
        f"Its networking mode is {wsl.networking_mode}."
        if by_mode
        else "localhostForwarding is disabled in .wslconfig.",
        "The Windows browser cannot reach 127.0.0.1 on this host, so a sign-in with PKCE does not complete.",
        f"Set networkingMode=mirrored in the [wsl2] section of {file}, {restart}"
        if by_mode
        else f"Delete localhostForwarding from the [wsl2] section of {file}, {restart}",
    )


def _stale_interop() -> Finding:
    return Finding(
        "wsl-interop-stale",
        "warning",
        "WSL_INTEROP",
        "It names the socket of a closed WSL session, as happens in tmux and screen.",
        "Windows programs cannot be started from this shell, so a sign-in does not open the browser.",
        "unset WSL_INTEROP",
    )


def _wsl2_findings(wsl: WslInfo, subject: str, restart: str) -> t.Iterator[Finding]:
    if not _MICROSOFT_KERNEL.fullmatch(wsl.kernel):
        yield Finding(
            "wsl-custom-kernel",
            "info",
            subject,
            f"It runs a custom kernel ({wsl.kernel}) instead of Microsoft's.",
            "The custom kernel may cause problems with the clock, the network or interop.",
            "To undo this in Windows, remove kernel= from %UserProfile%\\.wslconfig, then: wsl --shutdown",
        )
    if not wsl.interop:
        yield Finding(
            "wsl-interop-off",
            "info",
            subject,
            "It cannot start Windows programs, because interop is disabled.",
            "A sign-in cannot open the Windows browser; you have to copy the URL into it.",
            f"Set enabled=true in the [interop] section of /etc/wsl.conf, then in Windows: {restart}",
        )
    if not wsl.systemd:
        yield Finding(
            "wsl-systemd-off",
            "info",
            subject,
            "It runs without systemd.",
            "Services do not start on their own, for example the SSH server that Ansible connects to.",
            f"Set systemd=true in the [boot] section of /etc/wsl.conf, then in Windows: {restart}",
        )
