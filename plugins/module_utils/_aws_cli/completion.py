# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Completion of the AWS CLI for bash, zsh and fish, in files that the shells load on demand.

PRIVATE to the collection.

The commands are those of https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-completion.html.
"""

from __future__ import annotations

import os
import shlex
import typing as t

MARK = "Written by workstation.aws_sso.aws_cli; delete this line to keep your own changes."

BASH = """\
# {mark}
complete -C {quoted_command} aws
"""

ZSH = """\
#compdef aws
# {mark}
autoload -Uz +X bashcompinit && bashcompinit
_bash_complete -C {quoted_command}
"""

FISH = """\
# {mark}
complete --command aws --no-files --arguments '(begin
    set --local --export COMP_SHELL fish
    set --local --export COMP_LINE (commandline --cut-at-cursor)
    {command} | string trim --right
end)'
"""


def completion_files(completer: str, share_directory: str) -> t.Dict[str, str]:
    """Maps paths to contents of the files by which the three shells call the program *completer*."""
    command = shlex.quote(completer)
    quoted_command = shlex.quote(command)  # bash and zsh evaluate the command once more
    return {
        os.path.join(share_directory, path): template.format(
            mark=MARK,
            command=command.replace("\\", "\\\\").replace("'", "\\'"),
            quoted_command=quoted_command,
        )
        for path, template in (
            ("bash-completion/completions/aws", BASH),
            ("zsh/site-functions/_aws", ZSH),
            ("fish/vendor_completions.d/aws.fish", FISH),
        )
    }


def share_directory(bin_dir: str, home: str) -> str:
    """Where the shells look for completions of the commands in *bin_dir*: beside it, or in *home*."""
    if os.path.commonpath([home, bin_dir]) == home != "/":
        return os.path.join(home, ".local", "share")
    return os.path.join(os.path.dirname(bin_dir), "share")


def is_managed(content: str) -> bool:
    """Whether this collection wrote the file, and its user did not remove the mark to keep changes."""
    return MARK in content
