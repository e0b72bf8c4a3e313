#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: wsl_browser
short_description: Configure the Windows browser for programs in WSL
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Installs a launcher that opens URLs in the Windows browser, and exports it as E(BROWSER) for login shells,
    so that C(aws sso login) and every other program that honors E(BROWSER) opens a browser.
  - The launcher is a POSIX shell script. It returns immediately and starts C(rundll32.exe), or else
    PowerShell; if neither can be started, it prints the URL. wslu is not required.
  - E(BROWSER) is set in login shells of bash, dash and other Bourne shells, and of zsh and fish if they are
    installed. An E(BROWSER) that is already set is kept.
  - Outside of the Windows Subsystem for Linux, the module does nothing.
extends_documentation_fragment:
  - workstation.aws_sso._attributes
  - workstation.aws_sso._attributes.full
  - workstation.aws_sso._attributes.module
  - workstation.aws_sso._attributes.linux
  - workstation.aws_sso._scope
options:
  state:
    description:
      - V(present) installs the launcher and shell snippets, V(absent) removes them.
      - V(absent) removes them outside of WSL as well.
    type: str
    choices: [present, absent]
    default: present
  launcher:
    description:
      - Path of the launcher.
      - The default is C(/usr/local/bin/wsl-browser) for the system and C(~/.local/bin/wsl-browser) for a
        user.
    type: path
seealso:
  - module: workstation.aws_sso.wsl_info
  - module: workstation.aws_sso.sso_login
"""

EXAMPLES = r"""
- name: Configure the Windows browser for all users
  workstation.aws_sso.wsl_browser:
  become: true

- name: Configure it for the remote user only
  workstation.aws_sso.wsl_browser:
    scope: user
"""

RETURN = r"""
wsl:
  description: WSL facts of the host, with the keys of RV(workstation.aws_sso.wsl_info#module:wsl).
  returned: success
  type: dict
  sample: {version: 2, distribution: Ubuntu-24.04, interop: true, networking_mode: nat}
launcher:
  description: Path of the launcher, for E(BROWSER).
  returned: success
  type: str
  sample: /usr/local/bin/wsl-browser
files:
  description: The changed files.
  returned: success
  type: list
  elements: str
  sample: [/usr/local/bin/wsl-browser, /etc/profile.d/wsl-browser.sh]
"""

import os
import typing as t
from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._files import directories, managed
from ..module_utils._files.errors import file_error_text
from ..module_utils._host import shell_startup, wsl_browser
from ..module_utils._host import wsl as host_wsl


def main() -> None:
    module = AnsibleModule(
        {
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "scope": shell_startup.SCOPE_OPTION,
            "launcher": {"type": "path"},
        },
        supports_check_mode=True,
    )
    wsl = host_wsl.detect(run=host_wsl.run_wsl_program)
    launcher, files = _managed_files(module)
    module.debug(f"wsl_browser: WSL version {wsl.version}, launcher {launcher}")
    changes = []
    try:
        if module.params["state"] == "absent":
            changes = managed.remove(files, module.check_mode)
        elif wsl.version > 0:
            changes = managed.apply(files, module.check_mode)
    except OSError as error:
        module.fail_json(msg=file_error_text(error, permission="Use become, or scope=user."))
    module.exit_json(
        changed=bool(changes),
        wsl=asdict(wsl),
        launcher=launcher,
        files=[change.path for change in changes],
        diff=managed.as_diff(changes),
    )


def _managed_files(module: AnsibleModule) -> t.Tuple[str, t.List[managed.ManagedFile]]:
    if shell_startup.is_system_scope(module.params["scope"]):
        launcher = module.params["launcher"] or "/usr/local/bin/wsl-browser"
        return launcher, wsl_browser.system_files(launcher, module.get_bin_path)
    home = directories.home_directory()
    launcher = module.params["launcher"] or os.path.join(home, ".local", "bin", "wsl-browser")
    return launcher, wsl_browser.user_files(launcher, module.get_bin_path, home)


if __name__ == "__main__":
    main()
