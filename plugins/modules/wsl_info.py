#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: wsl_info
short_description: Gather information about the Windows Subsystem for Linux
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Detects from the kernel and from files whether a host runs in the Windows Subsystem for Linux (WSL).
  - This also works over SSH, under C(sudo) and in services, where E(WSL_DISTRO_NAME) and E(WSL_INTEROP) are
    not set.
  - A container inside a WSL distribution does not count as WSL.
  - The module changes nothing and starts no Windows program. It waits no longer than five seconds for each
    program of WSL, and for the Windows drives; what does not respond leaves its facts empty.
extends_documentation_fragment:
  - workstation.aws_sso._attributes.read_only
  - workstation.aws_sso._attributes.module
  - workstation.aws_sso._attributes.linux
options: {}
seealso:
  - module: workstation.aws_sso.sso_login
  - name: WSL settings
    description: The settings in V(/etc/wsl.conf).
    link: https://learn.microsoft.com/windows/wsl/wsl-config
"""

EXAMPLES = r"""
- name: Gather WSL facts
  workstation.aws_sso.wsl_info:
  register: host

- name: Explain why the Windows browser cannot open
  ansible.builtin.debug:
    msg: "Set [interop] enabled=true in /etc/wsl.conf, then run in Windows: wsl --shutdown"
  when:
    - host.wsl.version > 0
    - not host.wsl.interop
"""

RETURN = r"""
wsl:
  description: WSL facts of the host.
  returned: success
  type: dict
  contains:
    version:
      description: V(1) or V(2) for the version of WSL, V(0) when the host does not run in WSL.
      type: int
      sample: 2
    distribution:
      description:
        - Name of the distribution as C(wsl --list) shows it.
        - Empty when neither E(WSL_DISTRO_NAME) nor C(wslpath) reveals it.
      type: str
      sample: Ubuntu-24.04
    kernel:
      description: Release of the running kernel.
      type: str
      sample: 6.6.87.2-microsoft-standard-WSL2
    systemd:
      description: Whether systemd runs as the init system.
      type: bool
      sample: true
    interop:
      description: Whether Windows programs can be started.
      type: bool
      sample: true
    networking_mode:
      description:
        - Networking mode as C(wslinfo) reports it, such as V(nat), V(mirrored), V(virtioproxy) or V(none).
        - If C(wslinfo) does not exist or does not respond, it is V(mirrored) if the network interface of that
          mode exists, else C(networkingMode) of RV(wsl.wslconfig).
        - Empty outside of WSL and if it is unknown.
      type: str
      sample: nat
    localhost_forwarding:
      description:
        - Whether C(localhostForwarding) of the Windows user's C(.wslconfig) allows Windows programs, such as
          the browser, to connect to C(localhost) of a WSL 2 distribution; V(true) if it is not set.
        - It has no effect in the networking mode V(mirrored).
        - V(null) outside of WSL 2, and if it is unknown who the Windows user is.
      type: bool
      sample: true
    wslconfig:
      description: Path of the Windows user's C(.wslconfig); empty if it does not exist or is not found.
      type: str
      sample: /mnt/c/Users/ann/.wslconfig
    automount_root:
      description:
        - Directory of the mounted Windows drives according to V(/etc/wsl.conf), which is read by the rules of
          WSL; empty outside of WSL.
      type: str
      sample: /mnt
    windows_drives:
      description: Directories where Windows drives are mounted.
      type: list
      elements: str
      sample: [/mnt/c, /mnt/d]
    windows_directory:
      description: Path of the Windows directory on the host; empty if no Windows drive is mounted.
      type: str
      sample: /mnt/c/Windows
    browser_launchers:
      description:
        - Programs that can open a URL in the Windows browser, best first.
        - Empty if RV(wsl.interop) is V(false).
      type: list
      elements: str
      sample: [/mnt/c/Windows/System32/rundll32.exe]
"""

from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._host.wsl import detect, run_wsl_program


def main() -> None:
    module = AnsibleModule(argument_spec={}, supports_check_mode=True)
    module.exit_json(changed=False, wsl=asdict(detect(run=run_wsl_program)))


if __name__ == "__main__":
    main()
