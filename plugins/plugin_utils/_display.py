# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Output while a task runs: progress, debug output, and the terminal that Ansible was started in.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import signal
import string
import threading
import time
import typing as t
import urllib.parse

from ansible.utils.color import ANSIBLE_COLOR
from ansible.utils.display import Display

from ..module_utils._text import printable, printable_lines

SECONDS_BETWEEN_PROGRESS = 10.0
"""Documented in the modules and lookups."""

display = Display()


def show(text: str, host: str = "") -> None:
    """Show *text* while the task runs, with *host* before each of its lines.

    Ansible does not flush its standard output: in a pipe, progress would come too late there. Control
    characters are replaced, because parts of the text come from hosts and services. The text has no color:
    it would have to be legible on light and on dark backgrounds, and ansible-core 2.17 hangs with log_path
    and a color whose name it does not know.
    """
    lines = printable_lines(text).split("\n")
    prefix = f"[{printable(host)}] " if host else ""
    display.display("\n".join(f"{prefix}{line}" for line in lines), stderr=True)


def debug(text: str) -> None:
    """Show *text* with ``-vvv``: a decision that a supporter would ask about. Never pass a secret."""
    display.vvv(f"workstation.aws_sso: {printable(text)}")


def draw(picture: str) -> None:
    """Show a *picture* of escape sequences, which would make a log unreadable."""
    display.display(picture, stderr=True, screen_only=True)


class ProgressTimer:
    """Whether progress is to be shown again; for the first time after one interval."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    @property
    def is_due(self) -> bool:
        if time.monotonic() - self._last < SECONDS_BETWEEN_PROGRESS:
            return False
        self._last = time.monotonic()
        return True


@contextlib.contextmanager
def watched(look: t.Callable[[], str], host: str) -> t.Iterator[None]:
    """Meanwhile, show every few seconds, for *host*, the text that *look* returns.

    Its failures are ignored, as before there is anything to show.
    """
    over = threading.Event()

    def watch() -> None:
        while not over.wait(SECONDS_BETWEEN_PROGRESS):
            with contextlib.suppress(Exception):  # progress must not fail the work itself
                show(look(), host)

    with new_threads_without_signals():
        threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        over.set()


@contextlib.contextmanager
def new_threads_without_signals() -> t.Iterator[None]:
    """Threads that are started meanwhile do not receive signals.

    Python handles a signal in the main thread only. If another thread received Ctrl-C, the main thread would
    not learn of it until its system call ends, such as that for a response which never comes. Such a thread
    must not start programs, which would not receive signals either.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def megabytes(done: int, total: int) -> str:
    return f"{done >> 20} of {total >> 20} MB" if total else f"{done >> 20} MB"


class Terminal(t.NamedTuple):
    """A terminal, such as /dev/pts/3, and its size. *supports_ansi*: whether Ansible uses colors in it."""

    name: str
    columns: int
    lines: int
    supports_ansi: bool


def _standard_error_terminal() -> Terminal | None:
    """None where output goes elsewhere, as into a file, or into the events of Ansible Runner and AWX."""
    if "AWX_ISOLATED_DATA_DIR" in os.environ:
        return None
    try:
        return Terminal(os.ttyname(2), *os.get_terminal_size(2), supports_ansi=ANSIBLE_COLOR)
    except OSError:
        return None


# Ansible detaches its workers from the terminal. It imports action plugins before it starts them.
TERMINAL = _standard_error_terminal()


def printable_url(url: str) -> str:
    """*url* with everything percent-encoded that may not be in a URL; a valid one stays as it is."""
    return urllib.parse.quote(url, safe=string.punctuation)
