# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which startup file of a user's shell sets an environment variable.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import re
import stat
import typing as t

_FILES = (
    ".profile",
    ".bash_profile",
    ".bash_login",
    ".bashrc",
    ".zshenv",
    ".zprofile",
    ".zshrc",
    ".config/fish/config.fish",
    ".pam_environment",
)


def setting_of(variable: str, home: str) -> t.Optional[t.Tuple[str, int]]:
    """The first file in *home* that sets *variable*, and the line, counted from 1; None if none does."""
    name = re.escape(variable)
    pattern = re.compile(rf"[^#]*?(?:(?:^|[\s;]){name}=|\bsetenv\s+{name}\s|\bset\s+-\S+\s+{name}\s)")
    for path in (os.path.join(home, file) for file in _FILES):
        for number, line in enumerate(_lines(path), 1):
            if pattern.match(line):
                return path, number
    return None


def _lines(path: str) -> t.List[str]:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return []
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.readlines()
    except OSError:
        return []
