# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The person who signs in, as a login sees them: somebody to tell things to, perhaps with a browser.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True)
class Person:
    """*tell* shows a text while the task runs, *warn* a warning; *open_page* opens a URL in a browser."""

    tell: t.Callable[[str], None]
    warn: t.Callable[[str], None]
    open_page: t.Callable[[str], None]


def duration(seconds: float) -> str:
    """A time span in the words of a person."""
    if seconds >= 90:
        return f"{round(seconds / 60)} minutes"
    return f"{max(0, round(seconds))} seconds"
