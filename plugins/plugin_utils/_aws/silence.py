# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services that do not respond: what is shown meanwhile, and after how many attempts a call fails.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import threading
import time
import typing as t

from ...module_utils._files.lock import LockTimeout, locked
from .._display import (
    SECONDS_BETWEEN_PROGRESS,
    debug,
    new_threads_without_signals,
    printable_url,
    show,
)
from .._processes.failures import run_id

MOST_SILENT_ATTEMPTS = 2
"""One more than a single lost connection needs. botocore would make up to five, each until its timeout."""

_TIMEOUTS = frozenset(("ConnectTimeoutError", "ConnectTimeout", "ReadTimeoutError", "ReadTimeout"))
_SECONDS_BETWEEN_ATTEMPTS = 2.0
"""The next attempt of the same call begins within this time."""


class _Endpoint:
    """What is known about a service: its calls *in_progress*, and times in seconds since the epoch.

    *has_responded* is whether it responded to the last call.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.in_progress = 0
        self.silent_since = 0.0
        self.last_end = 0.0
        self.has_responded = False
        self.shown_at = 0.0

    def begin(self) -> None:
        with self.lock:
            now = time.time()
            is_next_attempt = not self.has_responded and now - self.last_end <= _SECONDS_BETWEEN_ATTEMPTS
            if not self.in_progress and not is_next_attempt:
                self.silent_since = now
            self.has_responded = False
            self.in_progress += 1

    def end(self) -> None:
        with self.lock:
            self.in_progress -= 1
            self.last_end = time.time()

    def seconds_to_message(self) -> float:
        with self.lock:
            return max(self._next_message() - time.time(), 0.0)

    def takes_message(self) -> bool:
        """Whether a message is due; the next one is then due later."""
        with self.lock:
            if self._next_message() > time.time():
                return False
            self.shown_at = time.time()
            return True

    def _next_message(self) -> float:
        return max(self.silent_since, self.shown_at) + SECONDS_BETWEEN_PROGRESS


_ENDPOINTS: dict[str, _Endpoint] = {}


@contextlib.contextmanager
def announced(url: str, operation: str) -> t.Iterator[None]:
    """Call *operation* of the endpoint *url*; meanwhile, show every ten seconds that there is no response.

    The threads of a process, and the processes of a run, share the messages about an endpoint.
    """
    endpoint = _ENDPOINTS.setdefault(url, _Endpoint())
    over = threading.Event()
    endpoint.begin()
    with new_threads_without_signals():
        threading.Thread(target=_watch, args=(endpoint, url, operation, over), daemon=True).start()
    try:
        yield
    finally:
        over.set()
        endpoint.end()


def answered(url: str) -> None:
    """Record that the endpoint *url* has responded, whatever it said."""
    endpoint = _ENDPOINTS.setdefault(url, _Endpoint())
    with endpoint.lock:
        endpoint.silent_since = time.time()
        endpoint.has_responded = True


def _watch(endpoint: _Endpoint, url: str, operation: str, over: threading.Event) -> None:
    with MessagesOfRun(url) as messages:
        while not over.wait(endpoint.seconds_to_message()):
            if endpoint.takes_message():
                messages.show(_text(url, operation, endpoint.silent_since))


class MessagesOfRun(contextlib.ExitStack):
    """Messages about the endpoint *url*, which one process shows for all of a run."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def show(self, text: str) -> None:
        """Show *text*, unless another process of this run shows messages about the endpoint."""
        self.close()
        with contextlib.suppress(LockTimeout):
            self.enter_context(locked(f"silent:{run_id()}:{self._url}", 0))
            show(text)


def _text(url: str, operation: str, since: float) -> str:
    return (
        f"{printable_url(url)} has not responded to {operation} for {time.time() - since:.0f} seconds (since"
        f" {time.strftime('%H:%M:%S', time.localtime(since))}). A call without a response is repeated at most"
        " once and then fails."
    )


def limit_silent_attempts(client: t.Any, most: int) -> None:
    """Make calls of the botocore *client* fail after *most* attempts without a response.

    Without a limit of its own, botocore repeats calls that time out as often as calls that fail at once.
    """

    def require_response(caught_exception: Exception | None, attempts: int, **_unused: t.Any) -> None:
        kinds = {kind.__name__ for kind in type(caught_exception).__mro__}
        if caught_exception is not None and kinds & _TIMEOUTS and attempts >= most:
            debug(f"{client.meta.endpoint_url}: {attempts} attempts without a response, no further one")
            raise caught_exception

    client.meta.events.register_first("needs-retry", require_response)
