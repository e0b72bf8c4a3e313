#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: prerequisites
short_description: Have command line tools in at least the versions that are needed
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Runs each tool to learn its version, has M(ansible.builtin.package) install what is missing or too old,
    and runs the tools again to be sure.
  - The package manager is not called when all tools are there.
  - Tools that are found on a Windows drive of WSL do not count.
  - It installs packages of the distribution only, never into its Python with C(pip).
attributes:
  action:
    details: The action calls M(ansible.builtin.package) between two examinations of the host.
  check_mode:
    support: full
    details: Reports what would be installed, without asking the package manager.
  diff_mode:
    support: full
    details: Shows the versions.
  idempotent:
    support: full
extends_documentation_fragment:
  - workstation.aws_sso._attributes
  - workstation.aws_sso._attributes.action
  - workstation.aws_sso._attributes.linux
options:
  tools:
    description:
      - The tools, by the name of their command, each with the least version that will do.
      - An empty version takes any. Put quotes around versions, or YAML makes C(7.30) the number 7.3.
      - C(ca-certificates) is the program that makes the certificates which the host trusts, whether that is
        C(update-ca-certificates) or C(update-ca-trust) there; it takes an empty version alone.
    type: dict
    default:
      git: 1.7.9
      curl: "7.33"
      python3: "3.8"
      pip3: ""
  packages:
    description:
      - The package of a tool, by the name of the tool, where the one that the module knows is not wanted.
      - The packages of the default tools are known for Debian, Fedora, SUSE, Arch, Alpine and their kin.
        Other tools are taken to be packaged under their own name.
    type: dict
    default: {}
  update_cache:
    description:
      - Whether the package manager updates its lists before it installs something.
    type: bool
    default: true
notes:
  - Installing packages takes root's rights; give the task C(become).
seealso:
  - module: ansible.builtin.package
  - module: workstation.aws_sso.aws_cli
"""

EXAMPLES = r"""
- name: Have git, curl, Python and pip
  workstation.aws_sso.prerequisites:
  become: true

- name: Have what the AWS CLI needs as well
  workstation.aws_sso.prerequisites:
    tools:
      git: 1.7.9
      curl: "7.33"
      gpgv: ""
      groff: ""
      less: ""
  become: true

- name: Have a store of trusted certificates, which small images of Debian lack
  workstation.aws_sso.prerequisites:
    tools:
      ca-certificates: ""
  become: true

- name: Have a Python that is newer than the distribution's default
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
        - The version that is there at the end.
        - Empty when the tool does not tell, and in check mode for a tool that would be installed.
      type: str
      sample: 2.39.5
    required:
      description: The least version that was asked for; empty for any.
      type: str
      sample: 1.7.9
    satisfied:
      description: Whether the tool is there in such a version, or would be.
      type: bool
      sample: true
    package:
      description: Name of the package that holds the tool.
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

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._errors import WorkstationError
from ..module_utils._host import wsl
from ..module_utils._host.os_release import read_os_release
from ..module_utils._host.tools import (
    packages_of,
    probe,
    program_finder,
)

ARGUMENT_SPEC = {
    "tools": {"type": "dict", "default": {"git": "1.7.9", "curl": "7.33", "python3": "3.8", "pip3": ""}},
    "packages": {"type": "dict", "default": {}},
    "update_cache": {"type": "bool", "default": True},
}


def main() -> None:
    """Look at the tools. What is missing is installed by the action plugin of the same name."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    required = {name: str(minimum or "") for name, minimum in module.params["tools"].items()}
    find_program = program_finder(os.environ.get("PATH", ""), wsl.detect().on_windows_drive)
    try:
        tools = probe(
            required,
            {**packages_of(read_os_release()), **module.params["packages"]},
            find_program,
            lambda command: module.run_command(command, handle_exceptions=False),
        )
    except WorkstationError as error:
        module.fail_json(msg=str(error))
    module.exit_json(
        changed=False,
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
