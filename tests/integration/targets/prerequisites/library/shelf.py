#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A package manager that needs neither root nor a network: each package is a program that says it is 2.0."""

from __future__ import annotations

import os

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    module = AnsibleModule(
        {
            "name": {"type": "list", "elements": "str"},
            "state": {"type": "str"},
            "update_cache": {"type": "bool"},
        }
    )
    directory = os.environ["SHELF"]
    with open(os.path.join(directory, "history"), "a") as history:
        history.write(f"{module.params['state']} {' '.join(module.params['name'])}\n")
    for name in module.params["name"]:
        program = os.path.join(directory, name)
        with open(program, "w") as stream:
            stream.write(f"#!/bin/sh\necho {name} 2.0\n")
        os.chmod(program, 0o700)
    module.exit_json(changed=True)


if __name__ == "__main__":
    main()
