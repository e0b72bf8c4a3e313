# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompt of a sign-in: the page to open on its own line, its code, and the time left.

PRIVATE to the collection. All of a prompt is one text, so that those of several hosts cannot mix. Page and
code come from AWS, and the name of the session may come from a host: none can leave its line.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import time
import typing as t

from ...module_utils._sso.session import SsoSession
from ...module_utils._text import printable
from .._display import TERMINAL, Terminal, display, draw, printable_url, show
from . import browser as login_browser
from . import qr_code

SECONDS_BETWEEN_REMINDERS = 60
"""Often enough that the page to open stays within what a terminal shows of a running play."""

_NO_BROWSER = (
    "The option browser names {!r}, which is not a program on this machine, so no browser is opened. Correct"
    " the option, or set open_browser to false."
)


def _nothing(*_texts: str) -> None:
    """Draw or record nothing."""


@dataclasses.dataclass(frozen=True)
class LoginUser:
    """*show* shows a text while the task runs, *warn* a warning, *draw* a picture of escape sequences.

    *open_page* opens a URL in *browser*, and is None where there is none. *host* is the host whose user signs
    in, empty for the controller. *among_others*: other hosts may wait for a sign-in at the same time, so
    *show* prefixes the host to each line. *terminal* is None where the output does not go to one.
    *notice* is a warning before each prompt. *record* gets the page and the code of each prompt, for other
    processes that wait for the sign-in.
    """

    show: t.Callable[[str], None]
    warn: t.Callable[[str], None]
    open_page: t.Callable[[str], login_browser.Opening | None] | None = None
    browser: str = "browser"
    notice: str = ""
    host: str = ""
    among_others: bool = False
    terminal: Terminal | None = None
    draw: t.Callable[[str], None] = _nothing
    record: t.Callable[[str, str], None] = _nothing

    def open_browser(self, page: str) -> login_browser.Opening | None:
        return self.open_page(page) if self.open_page is not None else None


def login_user(
    open_browser: str, command: t.Sequence[str] = (), host: str = "", among_others: bool = False
) -> LoginUser:
    """The user at the terminal of this run; *open_browser* and *command* are options of sso_login."""
    wanted = open_browser == "true" or (open_browser == "auto" and login_browser.can_open(command))
    browser = login_browser.name(command)
    missing = command and not browser and open_browser != "false"
    return LoginUser(
        show=lambda text: show(text, host if among_others else ""),
        warn=lambda text: display.warning(printable(f"[{host}] {text}" if host else text)),
        open_page=functools.partial(login_browser.open_page, chosen=command) if wanted and browser else None,
        notice=_NO_BROWSER.format(command[0]) if missing else "",
        browser=browser,
        host=host,
        among_others=among_others,
        terminal=TERMINAL,
        draw=draw,
    )


def duration(seconds: float) -> str:
    """A time span in words."""
    if seconds >= 90:
        return f"{round(seconds / 60)} minutes"
    whole = max(0, round(seconds))
    return f"{whole} second{'' if whole == 1 else 's'}"


def where_to_open(code: str) -> str:
    """Where a page works: without a *code* to compare, the browser must reach this machine's 127.0.0.1."""
    return "on any device" if code else "in a browser on this machine"


class Prompt:
    """A *page* for *user* to open within *seconds*.

    The user compares *code* with that of the page, on any device; without a code, the page works only in a
    browser of this machine. *code_after* is in how many seconds a code may be offered as well.
    """

    def __init__(
        self,
        user: LoginUser,
        session: SsoSession,
        page: str,
        seconds: float,
        code: str = "",
        code_after: float = math.inf,
    ) -> None:
        self._user = user
        self._session = session
        self._first = self._page, self._code = printable_url(page), printable(code)
        self._code_after = code_after
        self._has_offered = False
        self._opening: login_browser.Opening | None = None
        self._end = time.monotonic() + seconds
        self._next_reminder = time.monotonic() + SECONDS_BETWEEN_REMINDERS

    @property
    def browser_failed(self) -> bool:
        """Whether no browser could be opened for the user."""
        return self._opening is not None and self._opening.failed

    def show(self) -> None:
        """Show the prompt, and open the page where there is a browser."""
        self._user.record(self._page, self._code)
        if self._user.notice:
            self._user.warn(self._user.notice)
        opens = self._user.open_page is not None
        text = self._compact(opens) if self._user.among_others else self._complete()
        self._user.show(text)
        drawing = self._drawing(text)
        if drawing:
            self._user.draw(drawing)
        self._opening = self._user.open_browser(self._page)

    def offer(self, page: str, code: str, seconds: float) -> None:
        """Show another *page*, which works on any device for *seconds*, while the one before still counts."""
        self._page, self._code = printable_url(page), printable(code)
        self._user.record(self._page, self._code)
        self._next_reminder = time.monotonic() + SECONDS_BETWEEN_REMINDERS
        self._user.show(self._compact() if self._user.among_others else self._offer(seconds))
        self._has_offered = True

    def withdraw(self) -> None:
        """Forget what was offered, and show the page before in reminders."""
        if self._has_offered:
            self._page, self._code = self._first
            self._user.record(self._page, self._code)

    @property
    def left(self) -> float:
        return self._end - time.monotonic()

    @property
    def until_reminder(self) -> float:
        """Seconds until there is something to show, or until the time is over."""
        return max(0.0, min(self._end, self._next_reminder) - time.monotonic())

    def remind(self) -> None:
        """Show the page and the time left again, once a minute."""
        if time.monotonic() >= self._next_reminder and self.left > 0:
            self._next_reminder += SECONDS_BETWEEN_REMINDERS
            self._user.show(self._compact() if self._user.among_others else self._reminder())

    @property
    def _label(self) -> str:
        """The session; for a host also its portal, because the configuration of the host may define it."""
        session = self._session
        if self._user.host and session.name is not None:
            return printable(f"{session.name} ({self._portal})")
        return printable(session.label)

    @property
    def _portal(self) -> str:
        return printable(self._session.start_url.removeprefix("https://"))

    def _complete(self) -> str:
        user = self._user
        first = f"Sign in to {self._label}{f' for {printable(user.host)}' if user.host else ''}: "
        if user.open_page is None:
            first += f"open this page {where_to_open(self._code)}:"
        else:
            first += f"your {user.browser} opens now. If it does not, open:"
        if self._code:
            return "\n".join(("", first, self._page, self._code_line(self.left)))
        other = "For a browser elsewhere, set `method: device`."
        if math.isfinite(self._code_after):
            other = f"In {duration(self._code_after)}, a code for any device follows."
        return f"\n{first}\n\n{self._page}\n\n{self._left(self.left)} {other}"

    def _offer(self, seconds: float) -> str:
        if self._has_offered:
            first = "The code expired. With a new one, sign in to {} on any device:"
        elif self.browser_failed:
            first = "No browser could be opened here. Sign in to {} on any device:"
        else:
            first = "If the browser here cannot finish, sign in to {} on any device:"
        return "\n".join(("", first.format(self._label), self._page, self._code_line(seconds)))

    def _code_line(self, seconds: float) -> str:
        return f"Code: {self._code} (the page must show it too). {self._left(seconds)}"

    def _left(self, seconds: float) -> str:
        return f"{duration(seconds)} left{'; Ctrl-C cancels' if self._user.terminal else ''}."

    def _reminder(self) -> str:
        code = f", code {self._code}" if self._code else ""
        return (
            f"\nStill waiting for the sign-in to {self._label}: {duration(self.left)} left{code}. Open"
            f" {where_to_open(self._code)}:\n{self._page}"
        )

    def _compact(self, opens: bool = False) -> str:
        """Two lines, so that five hosts and their reminders fit into the smallest terminal.

        It shows the portal instead of the session, whose name the host may choose to mislead the user.
        """
        way = f": your {self._user.browser} opens" if opens else ""
        code = f", code {self._code}" if self._code else ""
        return f"Sign in to {self._portal}{way}{code} ({duration(self.left)} left):\n{self._page}"

    def _drawing(self, text: str) -> str:
        """A QR code, where a phone helps and the terminal has room for it between *text* and the cursor."""
        user, terminal = self._user, self._user.terminal
        if user.open_page or user.among_others or not (self._code and terminal and terminal.supports_ansi):
            return ""
        taken = 1 + sum(1 + max(0, len(line) - 1) // max(1, terminal.columns) for line in text.split("\n"))
        return qr_code.drawing(self._page, terminal.columns, terminal.lines - taken)
