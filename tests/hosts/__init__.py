# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that look like fresh WSL2 distributions, under namespaces of this machine.

    with Host("w1", suite="trixie") as host:
        subprocess.run(["ansible-playbook", "-i", host.inventory, ...])

They need root, debootstrap, openssh-client and gcc; no container engine, no port, no daemon. See also
`python -m hosts --help`, to be called in the folder tests.
"""

from ._host import Host, WindowsCall, host_names, inventory, missing
from ._roots import HostError, root_file_system

__all__ = ["Host", "HostError", "WindowsCall", "host_names", "inventory", "missing", "root_file_system"]
