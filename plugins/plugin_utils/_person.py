# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The person who signs in, as a login sees them: somebody to tell things to, perhaps with a browser.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import time
import typing as t

_SECONDS_BETWEEN_REMINDERS = 60


@dataclasses.dataclass(frozen=True)
class Person:
    """*tell* shows a text while the task runs, *warn* a warning; *open_page* opens a URL in a browser.

    *open_page* None means that there is no browser to open; *sees_drawings* that a terminal shows block
    graphics.
    """

    tell: t.Callable[[str], None]
    warn: t.Callable[[str], None]
    open_page: t.Callable[[str], None] | None = None
    sees_drawings: bool = False

    def ask_to_open(self, page: str) -> None:
        if self.open_page is not None:
            self.open_page(page)


class Countdown:
    """The time that a person has, of which they are reminded once a minute."""

    def __init__(self, person: Person, seconds: float, subject: str) -> None:
        self._person = person
        self._subject = subject
        self._end = time.monotonic() + seconds
        self._reminder = time.monotonic() + _SECONDS_BETWEEN_REMINDERS

    @property
    def left(self) -> float:
        return self._end - time.monotonic()

    @property
    def until_reminder(self) -> float:
        """Seconds until there is something to say, or until the time is over."""
        return max(0.0, min(self._end, self._reminder) - time.monotonic())

    def remind(self) -> None:
        if time.monotonic() >= self._reminder and self.left > 0:
            self._reminder += _SECONDS_BETWEEN_REMINDERS
            self._person.tell(f"Still waiting for {self._subject}: {duration(self.left)} left.")


def duration(seconds: float) -> str:
    """A time span in the words of a person."""
    if seconds >= 90:
        return f"{round(seconds / 60)} minutes"
    return f"{max(0, round(seconds))} seconds"
