# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of many threads to one service: rate-limited, retried while it throttles or fails, page by page.

PRIVATE to the collection.
"""

from __future__ import annotations

import concurrent.futures
import time
import typing as t

from .._display import ProgressTimer, debug, new_threads_without_signals, printable_url
from .._errors import Unreachable, not_from_aws
from . import client as aws_client
from .errors import AwsRefused
from .rate_limit import PORTAL_QUOTA, Backoff, RateLimiter
from .silence import MessagesOfRun

PATIENCE = 60.0
"""Seconds for which a call that is throttled or meets a fault of the service is retried: other users of the
instance may use up its quota for as long as they list their own access."""

_ATTEMPTS_TO_CONNECT = 3
"""One more than a single lost connection needs; a network that is down must not delay the message."""
_SECONDS_TO_RETRY = 20.0
"""After that, a call that got no response is not repeated: with the timeouts of client.py, a service that
never responds gets two attempts, which end after 29 seconds."""
_THROTTLES = frozenset(("Throttled", "Throttling", "TooManyRequests", "RequestLimitExceeded"))

_MOST_PAGES = 10_000
"""A million entries of 100 a page; 20 calls a second take eight minutes for it."""

_THREADS = 10
"""botocore's number of pooled connections; enough for 20 calls a second that take half a second each."""

Item = t.TypeVar("Item")
Result = t.TypeVar("Result")
Call = t.Callable[..., t.Dict[str, t.Any]]


class PacedClient:
    """A client of one service. The methods may be called from several threads.

    *waited* are seconds that its user has already waited for another service without a response. *quota* is a
    sentence about the quota of the service, for the error if it is exceeded.

    They raise AwsRefused, Unreachable and WorkstationError.
    """

    def __init__(
        self,
        client: t.Any,
        pace: RateLimiter | None = None,
        patience: float = PATIENCE,
        waited: float = 0.0,
        quota: str = PORTAL_QUOTA,
    ) -> None:
        self._quota = quota
        self._waited = waited
        self._client = client
        self._pace = pace or RateLimiter()
        self._patience = patience

    def call(self, operation: str, **parameters: t.Any) -> dict[str, t.Any]:
        """Call *operation*, such as list_users."""
        with MessagesOfRun(self._client.meta.endpoint_url) as messages:
            return self._call(operation, parameters, messages)

    def _call(
        self, operation: str, parameters: dict[str, t.Any], messages: MessagesOfRun
    ) -> dict[str, t.Any]:
        backoff, timer = Backoff(self._patience), ProgressTimer()
        waited = self._waited
        while True:
            self._pace.wait()
            began = time.monotonic()
            try:
                answer = aws_client.call(self._client, operation, **parameters)
            except AwsRefused as error:
                self._wait_after(error, backoff)
                if timer.is_due:
                    messages.show(self._retry_text(error))
            except Unreachable:
                waited += time.monotonic() - began
                too_late = waited >= _SECONDS_TO_RETRY
                if too_late or backoff.attempts >= _ATTEMPTS_TO_CONNECT - 1 or not backoff.wait():
                    raise
            else:
                self._pace.answered()
                self._waited = 0.0
                return answer

    def _wait_after(self, error: AwsRefused, backoff: Backoff) -> None:
        if error.status == 429 or error.code in _THROTTLES:
            self._pace.throttled()
            debug(f"{error.operation} was throttled, the rate is now {self._pace.rate:.1f} calls a second")
            if not backoff.wait():
                raise Unreachable(_throttled_text(error, backoff.seconds, self._quota)) from error
        elif error.status < 500 or not backoff.wait():
            raise error

    def _retry_text(self, error: AwsRefused) -> str:
        return (
            f"{printable_url(self._client.meta.endpoint_url)}: {str(error).rstrip('.')}. The call is repeated"
            f" for up to {self._patience:.0f} seconds."
        )


def pages(
    call: Call,
    operation: str,
    key: str,
    size: int | None = 100,
    names: tuple[str, str] = ("MaxResults", "NextToken"),
    **parameters: t.Any,
) -> t.Iterator[t.Any]:
    """The elements of *key* on all pages of *operation*, requested *size* at a time.

    Without a *size*, AWS chooses it, as operations without the parameter require. *names* are the parameters
    for the page size and the token. An empty page need not be the last one. Raises Unreachable if a token is
    repeated, or for more pages than any organization has.
    """
    size_name, token_name = names
    parameters = parameters if size is None else {size_name: size, **parameters}
    more: dict[str, t.Any] = {}
    seen: set[object] = set()
    while len(seen) < _MOST_PAGES:
        answer = call(operation, **parameters, **more)
        yield from answer.get(key) or ()
        token = answer.get(token_name)
        if not token:
            return
        if token in seen:
            break
        seen.add(token)
        more = {token_name: token}
    raise not_from_aws(
        f"The pages of {operation} do not end: after {len(seen)}, there is still a token for another one"
    )


def in_parallel(
    function: t.Callable[[Item], Result],
    items: t.Iterable[Item],
    on_progress: t.Callable[[int, int], None] = lambda done, total: None,
) -> list[tuple[Item, Result]]:
    """Each item with the result of *function*, in no order; the first failure cancels the rest.

    *on_progress* is called every ten seconds with how many are done, and how many there are.
    """
    done: list[tuple[Item, Result]] = []
    timer = ProgressTimer()
    with concurrent.futures.ThreadPoolExecutor(_THREADS) as threads:
        with new_threads_without_signals():
            waiting = {threads.submit(function, item): item for item in items}
        try:
            for future in concurrent.futures.as_completed(waiting):
                done.append((waiting[future], future.result()))
                if timer.is_due:
                    on_progress(len(done), len(waiting))
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    return done


def _throttled_text(error: AwsRefused, seconds: float, quota: str) -> str:
    return (
        f"AWS throttles {error.operation}: it has refused the call for {seconds:.0f} seconds because of too"
        f" many calls. {quota} Wait a minute and run it again, with fewer forks if many hosts request"
        " different things."
    )
