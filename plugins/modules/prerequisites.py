#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: prerequisites
short_description: Ensure minimum versions of command-line tools
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Runs each tool to determine its version, installs missing or outdated tools with
    M(ansible.builtin.package), and then runs them again to verify.
  - The package manager is not called when all tools are present.
  - A program that does not run is as if it were not there, and the next one in E(PATH) counts. Such are the
    programs of pyenv, asdf and mise without a version of the tool, a program without its libraries, and one
    that does not end within 20 seconds.
  - In WSL, tools on Windows drives are ignored. As root, tools that another user could change are ignored.
  - Installs packages of the distribution only; it never uses C(pip).
  - Packages that others only recommend are not installed with apt and dnf, except C(ca-certificates) with
    C(curl), C(git) and C(wget). With C(pip3) on Debian, they would be a compiler and its libraries.
attributes:
  action:
    details: The action calls M(ansible.builtin.package) between two checks of the host.
  check_mode:
    details: Reports what would be installed, without calling the package manager.
  diff_mode:
    details: Shows the versions.
extends_documentation_fragment:
  - workstation.aws_sso._attributes
  - workstation.aws_sso._attributes.full
  - workstation.aws_sso._attributes.action
  - workstation.aws_sso._attributes.linux
options:
  tools:
    description:
      - Command names, each with the minimum version.
      - An empty string accepts any version. Quote versions, because YAML reads C(7.30) as the number 7.3.
      - C(ca-certificates) is the program that manages the trust store of the host,
        C(update-ca-certificates) or C(update-ca-trust). Its version must be an empty string.
      - C(gpgv) is also satisfied by C(gpg), which verifies signatures as well.
      - C(python3) is also satisfied by the interpreter that Ansible uses on the host, if the C(python3) there
        is too old.
    type: dict
    default:
      git: 1.7.9
      curl: "7.33"
      python3: "3.8"
      pip3: ""
  packages:
    description:
      - Package names by tool, to override the built-in ones.
      - The packages of the default tools are known for Debian, Fedora, SUSE, Arch, Alpine and their
        derivatives. For other tools, the package name defaults to the name of the tool.
    type: dict
    default: {}
  update_cache:
    description:
      - Whether to update the package lists before packages are installed.
      - A source that fails is named in a warning. The installation goes on with the lists that there are.
    type: bool
    default: true
  lock_timeout:
    description:
      - Seconds to wait for another program that installs packages, such as C(unattended-upgrades) after a
        boot. Progress is shown every ten seconds, with the name of the program.
    type: int
    default: 600
notes:
  - Installing packages requires root privileges; set C(become).
seealso:
  - module: ansible.builtin.package
  - module: workstation.aws_sso.aws_cli
"""

EXAMPLES = r"""
- name: Install git, curl, Python and pip
  workstation.aws_sso.prerequisites:
  become: true

- name: Install what the AWS CLI needs as well
  workstation.aws_sso.prerequisites:
    tools:
      git: 1.7.9
      curl: "7.33"
      gpgv: ""
      groff: ""
      less: ""
  become: true

- name: Install the trust store, which minimal Debian images lack
  workstation.aws_sso.prerequisites:
    tools:
      ca-certificates: ""
  become: true

- name: Install a newer Python than the distribution's default
  workstation.aws_sso.prerequisites:
    tools:
      python3.12: "3.12"
    packages:
      python3.12: python3.12
  become: true
"""

RETURN = r"""
tools:
  description: The tools, by name.
  returned: success
  type: dict
  contains:
    version:
      description:
        - The version after the run.
        - Empty when the tool does not report one, and in check mode for a tool that would be installed.
      type: str
      sample: 2.39.5
    required:
      description: The requested minimum version; empty for any.
      type: str
      sample: 1.7.9
    satisfied:
      description: Whether the tool satisfies the minimum version, or would after the installation.
      type: bool
      sample: true
    package:
      description: Name of the package that contains the tool.
      type: str
      sample: git
    installed:
      description: Whether the package was installed or upgraded by this task, or would be.
      type: bool
      sample: false
  sample:
    git:
      version: 2.39.5
      required: 1.7.9
      satisfied: true
      package: git
      installed: false
"""

import os

from ..module_utils._errors import WorkstationError
from ..module_utils._host import wsl
from ..module_utils._host.package_lock import lock_holder
from ..module_utils._host.running_program import run_within
from ..module_utils._host.secrets import HostModule
from ..module_utils._host.tools import (
    SECONDS_FOR_VERSION,
    VERSION_ENVIRONMENT,
    distribution_packages,
    probe,
    programs_finder,
)

ARGUMENT_SPEC = {
    "tools": {"type": "dict", "default": {"git": "1.7.9", "curl": "7.33", "python3": "3.8", "pip3": ""}},
    "packages": {"type": "dict", "default": {}},
    "update_cache": {"type": "bool", "default": True},
    "lock_timeout": {"type": "int", "default": 600},
}


def main() -> None:
    """Check the tools. The action plugin of the same name installs what is missing."""
    module = HostModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    required = {name: str(minimum or "") for name, minimum in module.params["tools"].items()}
    find_programs = programs_finder(os.environ.get("PATH", ""), wsl.detect().on_windows_drive)
    try:
        tools = probe(
            required,
            {**distribution_packages(), **module.params["packages"]},
            find_programs,
            run_within(SECONDS_FOR_VERSION, VERSION_ENVIRONMENT),
        )
    except WorkstationError as error:
        module.fail_json(msg=str(error))
    for name, tool in tools.items():
        module.debug(
            f"prerequisites: {name} {tool.version or 'without a version'}, satisfied: {tool.satisfied}"
        )
    module.exit_json(
        changed=False,
        # for the action plugin, which waits for it
        locked_by="" if all(tool.satisfied for tool in tools.values()) else lock_holder(),
        tools={
            name: {
                "version": tool.version,
                "required": tool.required,
                "satisfied": tool.satisfied,
                "package": tool.package,
                "installed": False,
            }
            for name, tool in tools.items()
        },
    )


if __name__ == "__main__":
    main()
