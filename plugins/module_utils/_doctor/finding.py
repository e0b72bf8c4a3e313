# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding of the examination of a workstation, and helpers to word one.

PRIVATE to the collection.
"""

from __future__ import annotations

import shlex
import typing as t

SEVERITIES = ("error", "warning", "info")
"""From worst to least."""

HOST = "HOST"
"""Placeholder in a fix for the host's inventory name; the playbook doctor fills it in."""

SET_UP = f"ansible-playbook workstation.aws_sso.workstation -e @company.yml -e target={HOST}"
"""The fix for whatever the playbook workstation sets up."""

CLI_FAILS = "The AWS CLI fails on it with an unhelpful error."
"""Why a damaged file in a cache of the AWS CLI matters."""


MOST_SHOWN = 5
"""How many profiles a finding lists."""


class Finding(t.NamedTuple):
    """One problem or notable setting of a workstation, worded for a reader who does not know the host.

    *id* is stable: a subject and its condition, such as token-expired. *severity* is one of SEVERITIES:
    error, something does not work; warning, it will stop working or does not work as expected; info, worth
    knowing. *subject* is what the finding is about, such as a file or a session. *what* and *why* are
    sentences; *fix* is a command, or an instruction where no command can do it.
    """

    id: str
    severity: str
    subject: str
    what: str
    why: str
    fix: str


def place(path: str, line: t.Optional[int] = None) -> str:
    """The beginning of an instruction: in the file *path*, at *line* (counted from 1)."""
    position = "" if line is None else f"line {line} of "
    return f"in {position}{shlex.quote(path)}"


def chain(*commands: str) -> str:
    """One shell line that runs *commands* in order and stops at the first failure."""
    return " && ".join(commands)


def for_profiles(names: t.Sequence[str], fix: str) -> str:
    """*fix*, which is for the first of the profiles *names*, as the one for all of them."""
    return fix if len(names) == 1 else f"{fix}, and likewise for the other profiles"
