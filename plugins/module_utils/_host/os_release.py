# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which family of Linux distributions a machine belongs to, as its os-release(5) tells.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import typing as t

DEBIAN = "debian"
FEDORA = "fedora"
SUSE = "suse"
ARCH = "arch"
ALPINE = "alpine"

_FAMILIES = (DEBIAN, FEDORA, SUSE, ARCH, ALPINE)
# ID and ID_LIKE that name a family by another word
_OTHER_NAMES = {"ubuntu": DEBIAN, "rhel": FEDORA, "centos": FEDORA, "sles": SUSE, "opensuse": SUSE}


def read_os_release(root: str = "/") -> str:
    for path in ("etc/os-release", "usr/lib/os-release"):
        path = os.path.join(root, path)
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as stream:
                return stream.read()
    return ""


def family_of(os_release: str) -> str:
    """One of the families above; "" for a distribution of none of them."""
    fields = dict(_assignments(os_release))
    for word in [fields.get("ID", ""), *fields.get("ID_LIKE", "").split()]:
        family = _OTHER_NAMES.get(word) or _OTHER_NAMES.get(word.split("-")[0], word.split("-")[0])
        if family in _FAMILIES:
            return family
    return ""


def _assignments(os_release: str) -> t.Iterator[t.Tuple[str, str]]:
    for line in os_release.splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            yield name.strip(), value.strip().strip("\"'")
