# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment that a user gets by logging in, which is not the one of a task over ssh.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import pwd
import typing as t

from .._errors import WorkstationError
from .commands import RunCommand

_MARK = "-- environment --"
_SECONDS = "20"


def login_environment(run: RunCommand, shell: t.Optional[str] = None) -> t.Dict[str, str]:
    """The variables that the user's login shell has after its start files, such as ~/.profile.

    *run* executes a program without input. *shell* None takes the user's own. Raises WorkstationError.
    """
    if shell is None:
        shell = pwd.getpwuid(os.geteuid()).pw_shell or "/bin/sh"
    script = f"echo '{_MARK}'; exec env -0"
    try:
        status, output, _errors = run(["timeout", _SECONDS, shell, "-l", "-c", script])
    except OSError as error:
        raise WorkstationError(f"the login shell {shell} does not start: {error.strerror}") from error
    _noise, mark, variables = output.partition(_MARK + "\n")
    if status != 0 or not mark:
        raise WorkstationError(
            f"the login shell {shell} does not start within {_SECONDS} seconds, or ends early (exit code"
            f" {status}); see that its start files ask nothing, or set login_shell=false"
        )
    pairs = (variable.partition("=") for variable in variables.split("\0"))
    return {name: value for name, equals, value in pairs if equals}
