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
  - Installs a launcher that opens URLs in the Windows browser, and exports it as E(BROWSER), so that
    C(aws sso login) and every other program that honors E(BROWSER) opens a browser.
  - The launcher is a POSIX shell script. It returns immediately and starts C(rundll32.exe), or else
    PowerShell; if neither can be started, it prints the URL. wslu is not required.
  - The launcher looks for Windows on drive C below the directory that V(/etc/wsl.conf) contained at the time
    of the task, then on the drives that are mounted when it runs. It ignores the E(WSL_INTEROP) of a
    closed session, which programs such as C(tmux) keep.
  - E(BROWSER) is set in login shells of bash, dash and other Bourne shells, in interactive bash that is not a
    login shell, such as in the terminal of an editor, and in zsh and fish if they are installed. A value that
    is already set is kept.
  - For all users of the Debian family, the launcher also becomes the alternative of C(www-browser) and
    C(x-www-browser), unless the administrator has chosen another one. As such it leaves what Windows cannot
    open, such as a local file, to the next alternative. A launcher that another user could change does not
    become an alternative.
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
      - V(present) installs the launcher, shell snippets and alternatives, V(absent) removes them.
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
alternatives:
  description: The names whose alternatives changed.
  returned: success
  type: list
  elements: str
  sample: [www-browser, x-www-browser]
files:
  description: The changed files.
  returned: success
  type: list
  elements: str
  sample: [/usr/local/bin/wsl-browser, /etc/profile.d/wsl-browser.sh, /etc/bash.bashrc]
"""

import os
from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._errors import WorkstationError
from ..module_utils._files import directories
from ..module_utils._files.errors import file_error_text
from ..module_utils._host import shell_startup
from ..module_utils._host import wsl as host_wsl
from ..module_utils._host.commands import FindProgram
from ..module_utils._wsl import browser


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
    is_present = module.params["state"] == "present"
    setup = _setup(module, wsl.automount_root, module.get_bin_path if is_present else browser.any_program)
    module.debug(f"wsl_browser: WSL version {wsl.version}, launcher {setup.launcher}")
    changes = browser.BrowserChanges([], [], [])
    try:
        if not is_present:
            changes = setup.remove(module.run_command, module.check_mode)
        elif wsl.version > 0:
            changes = setup.install(module.run_command, module.check_mode)
    except WorkstationError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=file_error_text(error, permission="Use become, or scope=user."))
    module.exit_json(
        changed=bool(changes.files or changes.alternatives),
        wsl=asdict(wsl),
        launcher=setup.launcher,
        files=[change.path for change in changes.files],
        alternatives=changes.alternatives,
        diff=changes.diff,
    )


def _setup(module: AnsibleModule, automount_root: str, find: FindProgram) -> browser.BrowserSetup:
    launcher: str = module.params["launcher"]
    if shell_startup.is_system_scope(module.params["scope"]):
        return browser.setup_for_system(launcher or "/usr/local/bin/wsl-browser", find, automount_root)
    home = directories.home_directory()
    launcher = launcher or os.path.join(home, ".local", "bin", "wsl-browser")
    return browser.setup_for_user(launcher, find, home, automount_root)


if __name__ == "__main__":
    main()
