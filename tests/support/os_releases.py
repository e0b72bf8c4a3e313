# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The os-release(5) files of distributions, as far as their family depends on them."""

from __future__ import annotations

import pathlib

OS_RELEASES = {
    "Ubuntu": 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n',
    "Debian": 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\n',
    "Kali": "ID=kali\nID_LIKE=debian\n",
    "Fedora": "ID=fedora\n",
    "AlmaLinux": 'ID="almalinux"\nID_LIKE="rhel centos fedora"\n',
    "RHEL": 'ID="rhel"\nID_LIKE="fedora"\n',
    "Oracle": 'ID="ol"\nID_LIKE="fedora"\n',
    "SLES": 'ID="sles"\nID_LIKE="suse"\n',
    "Leap": 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n',
    "Tumbleweed": "# comment\nID='opensuse-tumbleweed'\nID_LIKE='opensuse suse'\n",
    "Arch": "ID=arch\n",
    "Alpine": "ID=alpine\n",
}


def write_os_release(root: pathlib.Path, content: bytes, directory: str = "etc") -> None:
    """Write the file of a system below *root*."""
    path = root / directory / "os-release"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
