# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Startup files of shells, and the snippets in them that set variables.

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
    """The same settings for Bourne shells and for fish; both are "" to remove the snippet.

    *name* is the base name of files that contain only this snippet, *block* the name of the marked block in
    files with other content. A *private* snippet contains a secret: the user's files that contain it are made
    readable for the user only. An *interactive* snippet is also for interactive bash that is no login shell,
    such as in the terminal of an editor; zsh and fish read the same files in any case.
    """

    name: str
    block: str
    bourne: str
    fish: str
    private: bool = False
    interactive: bool = False


SCOPE_OPTION: t.Dict[str, t.Any] = {"type": "str", "choices": ["auto", "system", "user"], "default": "auto"}
"""The option ``scope`` of modules; its documentation is the fragment ``_scope``."""


def is_system_scope(scope: str) -> bool:
    """Whether *scope* (auto, system or user) means all users of the host; auto does so for root."""
    return scope == "system" or (scope == "auto" and os.geteuid() == 0)


def system_files(snippet: Snippet, find: FindProgram, bashrc: str, root: str = "/") -> t.List[ManagedFile]:
    """The files for all users of a host, for zsh and fish only if they are installed.

    *bashrc* is that of os_release.system_bashrc().
    """
    files = [ManagedFile(os.path.join(root, f"etc/profile.d/{snippet.name}.sh"), snippet.bourne)]
    if bashrc and snippet.interactive and find("bash"):
        files.append(ManagedFile(os.path.join(root, bashrc), snippet.bourne, block=snippet.block))
    if find("zsh"):
        directory = "etc/zsh" if os.path.isdir(os.path.join(root, "etc/zsh")) else "etc"
        path = os.path.join(root, directory, "zshenv")
        files.append(ManagedFile(path, snippet.bourne, block=snippet.block))
    if find("fish"):
        files.append(ManagedFile(os.path.join(root, f"etc/fish/conf.d/{snippet.name}.fish"), snippet.fish))
    return files


def user_files(snippet: Snippet, find: FindProgram, home: str) -> t.List[ManagedFile]:
    """The files for one user. bash reads only the first of three files, so each existing one is included."""
    others = (name for name in (".bash_profile", ".bash_login") if os.path.exists(os.path.join(home, name)))
    bashrc = [".bashrc"] if snippet.interactive and find("bash") else []
    bourne = [".profile", *others, *bashrc, *([".zshenv"] if find("zsh") else [])]
    files = [
        ManagedFile(os.path.join(home, name), snippet.bourne, block=snippet.block, private=snippet.private)
        for name in bourne
    ]
    if find("fish"):
        path = os.path.join(home, f".config/fish/conf.d/{snippet.name}.fish")
        files.append(ManagedFile(path, snippet.fish, private=snippet.private))
    return files


def quote(value: str) -> str:
    """*value* as one word for Bourne shells; shlex.quote() does not handle =NAME and :=NAME of zsh."""
    return value if _PLAIN.fullmatch(value) else "'" + value.replace("'", "'\"'\"'") + "'"


def quote_for_fish(value: str) -> str:
    """*value* as one word for fish, which also interprets backslashes within single quotes."""
    if _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
