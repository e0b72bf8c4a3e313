# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user who signs in: how to show them something, and whether they have a browser.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .._terminal import Terminal


def _nothing(_text: str) -> None:
    """Draw nothing."""


@dataclasses.dataclass(frozen=True)
class LoginUser:
    """*show* shows a text while the task runs, *warn* a warning, *draw* a picture of escape sequences.

    *open_page* opens a URL in *browser*, and is None where there is none. *host* is the host whose user signs
    in, empty for the controller. *among_others*: other hosts may wait for their users at the same time, so
    *show* prefixes the host to each line. *terminal* is None where the output does not go to one.
    """

    show: t.Callable[[str], None]
    warn: t.Callable[[str], None]
    open_page: t.Callable[[str], None] | None = None
    browser: str = "browser"
    host: str = ""
    among_others: bool = False
    terminal: Terminal | None = None
    draw: t.Callable[[str], None] = _nothing

    def ask_to_open(self, page: str) -> None:
        if self.open_page is not None:
            self.open_page(page)


def duration(seconds: float) -> str:
    """A time span in words."""
    if seconds >= 90:
        return f"{round(seconds / 60)} minutes"
    whole = max(0, round(seconds))
    return f"{whole} second{'' if whole == 1 else 's'}"
