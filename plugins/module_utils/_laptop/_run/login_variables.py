# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the user's login shell, for an update that the timer of systemd starts.

PRIVATE to the collection. Proxies, certificates and the token for reports are often set in startup files
only, which systemd does not read.
"""

from __future__ import annotations

import os
import pwd
import typing as t

from ..._host.login_environment import SCRIPT, variables_in
from ..._host.running_program import RunningProgram

_SECONDS = 10
"""How long to wait for the shell; without its variables, the update is tried all the same."""
_STARTED_BY_SYSTEMD = "INVOCATION_ID"


def add_login_variables(environment: t.MutableMapping[str, str]) -> None:
    """Add to the *environment* of a service of systemd the variables that it lacks.

    The search path of the shell replaces that of the service.
    """
    if _STARTED_BY_SYSTEMD not in environment:
        return
    found = _login_variables(environment)
    for name, value in found.items():
        environment.setdefault(name, value)
    environment.update({name: found[name] for name in ("PATH",) if name in found})


def _login_variables(environment: t.Mapping[str, str]) -> t.Dict[str, str]:
    try:
        shell = pwd.getpwuid(os.geteuid()).pw_shell or "/bin/sh"
        program = RunningProgram([shell, "-l", "-c", SCRIPT], _SECONDS, environment, directory="/")
        return variables_in(os.fsdecode(program.result()[1])) or {}
    except (OSError, KeyError):
        return {}
