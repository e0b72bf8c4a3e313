# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The family of Linux distributions that a host belongs to, according to its os-release(5).

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import typing as t

from ansible.module_utils.distro import LinuxDistribution  # type: ignore[attr-defined]

DEBIAN = "debian"
FEDORA = "fedora"
SUSE = "suse"
ARCH = "arch"
ALPINE = "alpine"

_FAMILIES = (DEBIAN, FEDORA, SUSE, ARCH, ALPINE)
# values of ID and ID_LIKE that are other words for a family
_ALIASES = {"ubuntu": DEBIAN, "rhel": FEDORA, "centos": FEDORA, "sles": SUSE, "opensuse": SUSE}


def distribution_family(root: str = "/") -> str:
    """One of the families above, for the system below *root*; "" if it is none of them or unknown."""
    for word in _identifiers(root):
        name = word.split("-")[0]
        family = _ALIASES.get(word) or _ALIASES.get(name, name)
        if family in _FAMILIES:
            return family
    return ""


def _identifiers(root: str) -> t.List[str]:
    """The values of ID and ID_LIKE, the most specific first; none if the file cannot be parsed.

    Ansible prefers a distro library that is installed on the host. Before 1.6 (Debian 11, RHEL 9) that has no
    root_dir, so the file is given by its path.
    """
    paths = [os.path.join(root, path) for path in ("etc/os-release", "usr/lib/os-release")]
    path = next(filter(os.path.isfile, paths), paths[0])
    release = LinuxDistribution(include_lsb=False, os_release_file=path)
    try:
        return [release.os_release_attr("id"), *release.os_release_attr("id_like").split()]
    except ValueError:  # an unbalanced quotation mark, or bytes that are not UTF-8
        return []


def system_bashrc(root: str) -> str:
    """The file that interactive bash reads for all users; "" if none has to be changed.

    On the Fedora family, /etc/bashrc reads the files of /etc/profile.d. SUSE updates /etc/bash.bashrc, which
    reads another file for changes. On others, only an existing file is extended.
    """
    family = distribution_family(root)
    if family == FEDORA:
        return ""
    if family == SUSE:
        return "etc/bash.bashrc.local"
    usual = ("etc/bash.bashrc", "etc/bash/bashrc")
    return next((path for path in usual if os.path.isfile(os.path.join(root, path))), "")
