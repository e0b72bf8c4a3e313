# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal in which Ansible was started, and text that cannot harm one.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import string
import typing as t
import urllib.parse

from ansible.utils.color import ANSIBLE_COLOR


class Terminal(t.NamedTuple):
    """A terminal, such as /dev/pts/3, and its size. *colors*: whether Ansible uses colors in it."""

    name: str
    columns: int
    lines: int
    colors: bool


def _of_standard_error() -> Terminal | None:
    """None where output goes elsewhere, as into a file, or into the events of Ansible Runner and AWX."""
    if "AWX_ISOLATED_DATA_DIR" in os.environ:
        return None
    try:
        return Terminal(os.ttyname(2), *os.get_terminal_size(2), colors=ANSIBLE_COLOR)
    except OSError:
        return None


# Ansible detaches its workers from the terminal. It imports action plugins before it starts them.
TERMINAL = _of_standard_error()


def printable(text: str) -> str:
    """*text* on one line, without anything that moves the cursor, changes colors or hides characters."""
    return "".join(character if character.isprintable() else "?" for character in text)


def printable_url(url: str) -> str:
    """*url* with everything percent-encoded that may not be in a URL; a valid one stays as it is."""
    return urllib.parse.quote(url, safe=string.punctuation)
