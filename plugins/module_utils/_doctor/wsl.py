# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check of a workstation finds in its Windows Subsystem for Linux.

PRIVATE to the collection.
"""

from __future__ import annotations

import re
import typing as t

from .._host.wsl import WslInfo
from .finding import Finding

_MICROSOFTS_KERNEL = re.compile(r"[\d.]+-microsoft-standard(-WSL2)?\+?")


def wsl_findings(wsl: WslInfo) -> t.List[Finding]:
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
                "It runs in WSL 1.",
                "AWS CLI v2 and this collection require WSL 2.",
                f"In Windows: wsl --set-version {name} 2",
            )
        ]
    return list(_settings_of_wsl2(wsl, subject, f"wsl --terminate {name}"))


def _settings_of_wsl2(wsl: WslInfo, subject: str, restart: str) -> t.Iterator[Finding]:
    if not _MICROSOFTS_KERNEL.fullmatch(wsl.kernel):
        yield Finding(
            "wsl-custom-kernel",
            "info",
            subject,
            f"Its kernel {wsl.kernel} is not Microsoft's.",
            "It may cause problems with the clock, the network or interop.",
            "To revert it in Windows: remove kernel= from %UserProfile%\\.wslconfig, then: wsl --shutdown",
        )
    if not wsl.interop:
        yield Finding(
            "wsl-interop-off",
            "info",
            subject,
            "It does not start Windows programs (interop is off).",
            "A sign-in cannot open the Windows browser; the URL has to be copied manually.",
            f"Set enabled=true below [interop] in /etc/wsl.conf, then in Windows: {restart}",
        )
    if not wsl.systemd:
        yield Finding(
            "wsl-systemd-off",
            "info",
            subject,
            "It runs without systemd.",
            "Services, such as the ssh server that Ansible connects to, do not start automatically.",
            f"Set systemd=true below [boot] in /etc/wsl.conf, then in Windows: {restart}",
        )
