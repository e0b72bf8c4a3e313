# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of what a check of a workstation finds.

PRIVATE to the collection.
"""

from __future__ import annotations

import shlex
import typing as t

from .._aws_cli.download import displayable
from .._text import shortened_list

SEVERITIES = ("error", "warning", "info")
HOST = "HOST"
"""What stands in a fix for the name that the inventory has for the host."""
SET_UP = f"ansible-playbook workstation.aws_sso.workstation -e @company.yml -e target={HOST}"


class Finding(t.NamedTuple):
    """One thing to know about a workstation, for a person who never met it before.

    *id* is stable. *severity* is one of SEVERITIES: something does not work, will stop to work or works
    other than it seems, or is good to know. *subject* is what it is about, such as a file or a session.
    """

    id: str
    severity: str
    subject: str
    what: str
    why: str
    fix: str


def enumerated(names: t.Sequence[str], most: int = 5) -> str:
    """The first *most* names, and how many more there are."""
    return shortened_list(names, most)


def edit(path: str, line: t.Optional[int] = None) -> str:
    """The command that opens a file at a line in the person's own editor."""
    place = "" if line is None else f"+{line} "
    return f"${{EDITOR:-vi}} {place}{shlex.quote(path)}"


def shown_url(url: str) -> str:
    """*url* without the credentials that it may have."""
    try:
        return displayable(url)
    except ValueError:
        return "a malformed URL"


def chained(*commands: str) -> str:
    """One line for several commands, of which each needs the one before."""
    return " && ".join(commands)
