# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a login shell, which differs from that of a task over SSH.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import pwd
import typing as t

from .._errors import WorkstationError
from .commands import RunCommand

_MARK = "-- environment --"
SCRIPT = f"echo '{_MARK}'; exec env -0"
"""What a login shell runs so that variables_in() finds its variables in the output."""
_TIMEOUT = "20"  # seconds: version managers such as nvm or conda can take several in ~/.profile


def login_environment(run: RunCommand, shell: t.Optional[str] = None) -> t.Dict[str, str]:
    """The variables of the user's login shell after its startup files, such as ~/.profile.

    *run* executes a program without input. *shell* defaults to the user's own. Raises WorkstationError.
    """
    if shell is None:
        shell = pwd.getpwuid(os.geteuid()).pw_shell or "/bin/sh"
    try:
        status, output, _errors = run(["timeout", _TIMEOUT, shell, "-l", "-c", SCRIPT])
    except OSError as error:
        raise WorkstationError(f"Could not start the login shell {shell}: {error.strerror}.") from error
    variables = variables_in(output)
    if status != 0 or variables is None:
        raise WorkstationError(
            f"The login shell {shell} did not start within {_TIMEOUT} seconds or exited early (exit code"
            f" {status}). Make sure that its startup files do not prompt for input, or set login_shell=false."
        )
    return variables


def variables_in(output: str) -> t.Optional[t.Dict[str, str]]:
    """The variables in the *output* of a login shell that ran SCRIPT; None if it did not get that far."""
    _noise, mark, variables = output.partition(_MARK + "\n")
    if not mark:
        return None
    pairs = (variable.partition("=") for variable in variables.split("\0"))
    return {name: value for name, equals, value in pairs if equals}
