# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What login shells run to set variables, in the files that they read.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import re
import typing as t

from .._files.managed import ManagedFile
from .commands import FindProgram

_PLAIN = re.compile(r"[A-Za-z0-9_./-]+")


class Snippet(t.NamedTuple):
    """The same lines for Bourne shells and for fish; both are "" where they are to go.

    *name* is that of files which hold nothing else, *block* that of the part in files which hold more.
    A *private* one holds a secret, so that files of a user which get it are for the user alone.
    """

    name: str
    block: str
    bourne: str
    fish: str
    private: bool = False


def is_for_system(scope: str) -> bool:
    """Whether *scope*, one of auto, system and user, means all users of the machine: auto does for root."""
    return scope == "system" or (scope == "auto" and os.geteuid() == 0)


def parts_for_system(snippet: Snippet, find: FindProgram, root: str = "/") -> t.List[ManagedFile]:
    """What serves all users of a machine. zsh and fish get their part where they are installed."""
    parts = [ManagedFile(os.path.join(root, f"etc/profile.d/{snippet.name}.sh"), snippet.bourne)]
    if find("zsh"):
        directory = "etc/zsh" if os.path.isdir(os.path.join(root, "etc/zsh")) else "etc"
        path = os.path.join(root, directory, "zshenv")
        parts.append(ManagedFile(path, snippet.bourne, block=snippet.block))
    if find("fish"):
        parts.append(ManagedFile(os.path.join(root, f"etc/fish/conf.d/{snippet.name}.fish"), snippet.fish))
    return parts


def parts_for_user(snippet: Snippet, find: FindProgram, home: str) -> t.List[ManagedFile]:
    """What serves one user. bash reads the first of three files, so each one that exists gets the part."""
    others = (name for name in (".bash_profile", ".bash_login") if os.path.exists(os.path.join(home, name)))
    bourne = [".profile", *others, *([".zshenv"] if find("zsh") else [])]
    parts = [
        ManagedFile(os.path.join(home, name), snippet.bourne, block=snippet.block, private=snippet.private)
        for name in bourne
    ]
    if find("fish"):
        path = os.path.join(home, f".config/fish/conf.d/{snippet.name}.fish")
        parts.append(ManagedFile(path, snippet.fish, private=snippet.private))
    return parts


def quoted(value: str) -> str:
    """*value* as one word for Bourne shells; shlex.quote() knows nothing of zsh's =NAME and :=NAME."""
    return value if _PLAIN.fullmatch(value) else "'" + value.replace("'", "'\"'\"'") + "'"


def quoted_for_fish(value: str) -> str:
    """*value* as one word for fish, where a backslash counts between single quotes too."""
    if _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
