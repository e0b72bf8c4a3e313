# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command workstation-update of a user.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import sys

from ..._errors import WorkstationError
from ..._files.directories import home_directory
from ..._files.managed import ManagedFile, apply, read_text, remove
from ..._host.shell_startup import quote
from .paths import UPDATER, Paths

COMMAND = "workstation-update"

_MARK = "# Written by setup.sh of a company bundle of workstation.aws_sso"
_SCRIPT = """\
#!/bin/sh
{mark}
updater={current}
[ -f "$updater" ] || updater={first}
for python in {python} python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
    if "$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
        exec "$python" -I "$updater" "$@"
    fi
done
echo 'workstation-update requires Python 3.10 or newer. Run setup.sh of the company bundle again.' >&2
exit 1
"""


def command_path() -> str:
    return os.path.join(home_directory(), ".local", "bin", COMMAND)


def is_on_path() -> bool:
    """Whether a shell finds the command by its name."""
    directories = os.environ.get("PATH", "").split(os.pathsep)
    return os.path.dirname(command_path()) in [path.rstrip("/") for path in directories]


def install_command(paths: Paths) -> None:
    """Raises OSError, and WorkstationError where another program has that name."""
    path = command_path()
    before = read_text(path)
    if before and _MARK not in before:
        raise WorkstationError(
            f"{path} is another program. Move it away, then run setup.sh of the company bundle again."
        )
    script = _SCRIPT.format(
        mark=_MARK,
        current=quote(os.path.join(paths.current, UPDATER)),
        first=quote(paths.updater),
        python=quote(sys.executable),
    )
    apply([ManagedFile(path, script, 0o755)])


def remove_command() -> None:
    """Another program of that name stays. Raises OSError."""
    path = command_path()
    if _MARK in read_text(path):
        remove([ManagedFile(path, "")])
