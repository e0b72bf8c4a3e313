# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in with a device code (RFC 8628): the user opens a page on any device and compares a code.

PRIVATE to the collection.
"""

from __future__ import annotations

import math
import time
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import Registration
from .._aws import client as aws_client
from .._aws.errors import AwsRefused
from .._display import debug
from .._errors import Unreachable
from .errors import UnknownStartUrl, translated_errors
from .prompt import LoginUser, Prompt, duration
from .registration import register
from .start_url import at_portal

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
METHOD = "device"

_DEFAULT_INTERVAL = 5
"""Seconds between two polls if the service sets none: RFC 8628, section 3.2."""
_LONGEST_INTERVAL = 60
"""Seconds; AWS sets 1. A longer one would outlast the code."""
_SLOW_DOWN_STEP = 5
"""Seconds to add after slow_down: RFC 8628, section 3.5."""
_SECONDS_TO_SIGN_IN = 15
"""With less time than that, nobody could use another code."""
_SECONDS_BETWEEN_ATTEMPTS = 60
_SECONDS_TO_NOTICE_A_FAILED_BROWSER = 0.5


class Grant(t.NamedTuple):
    """The *response* of CreateToken to a sign-in by *method*, for the client of *registration*.

    *clock_skew* is how many seconds the clock of this machine is ahead of AWS's.
    """

    method: str
    registration: Registration
    response: dict[str, t.Any]
    clock_skew: float


def sign_in(
    session: SsoSession, oidc: t.Any, registration: Registration, user: LoginUser, timeout: float
) -> Grant:
    """Prompt *user*, and return what AWS granted.

    *timeout* is in seconds; that of AWS may be shorter.

    Raises ServiceError, Unreachable and WorkstationError.
    """
    device = DeviceCode(session, oidc, registration, user.show)
    prompt = Prompt(user, session, device.page, min(timeout, device.lifetime), device.code)
    prompt.show()
    while prompt.left > device.interval:
        time.sleep(device.interval)
        grant = device.poll(prompt.left)
        if grant is not None:
            return grant
        prompt.remind()
    raise WorkstationError(_timeout_text(session, timeout, device.lifetime))


def _timeout_text(session: SsoSession, timeout: float, lifetime: float) -> str:
    if lifetime < timeout:
        return (
            f"The code for the sign-in to {session.label} expired after {duration(lifetime)}, before it"
            " was approved. Run the login again for a new code."
        )
    return (
        f"The sign-in to {session.label} was not approved within {duration(timeout)}. Run the login again;"
        " its option timeout sets how many seconds it waits."
    )


class _TimedCalls:
    """Clients for calls that may not take longer than the sign-in is waited for."""

    def __init__(self, session: SsoSession) -> None:
        self._session = session
        self._timeout = math.inf
        self._client: t.Any = None

    def within(self, seconds: float) -> t.Any:
        """A client whose call fails within *seconds*, or two if that is less.

        A timeout of botocore belongs to its client, and counts for the connection and again for the response.
        """
        if self._client is None or (2 * self._timeout > seconds and self._timeout > 1):
            enough = 2 * aws_client.READ_TIMEOUT
            self._timeout = aws_client.READ_TIMEOUT if seconds >= enough else max(1.0, seconds / 4)
            self._client = aws_client.session_client(
                "sso-oidc", self._session, attempts=1, seconds=self._timeout
            )
        return self._client


class DeviceCode:
    """A device code that AWS issues to the client of *registration*.

    It lives for *lifetime* seconds, in which the user has to open *page*, where *code* must be shown. Polls
    are *interval* seconds apart.
    """

    def __init__(
        self, session: SsoSession, oidc: t.Any, registration: Registration, show: t.Callable[[str], None]
    ) -> None:
        portal = at_portal(session)
        client = {"clientId": registration.client_id, "clientSecret": registration.client_secret}
        started = aws_client.call_in_turn(
            oidc, "start_device_authorization", startUrl=portal.start_url, **client
        )
        self.page: str = started.get("verificationUriComplete") or started["verificationUri"]
        self.code: str = started["userCode"]
        self.lifetime: float = started["expiresIn"]
        self.interval: float = min(max(started.get("interval") or _DEFAULT_INTERVAL, 1), _LONGEST_INTERVAL)
        self._registration = registration
        self._parameters = dict(client, deviceCode=started["deviceCode"], grantType=GRANT_TYPE)
        self._calls = _TimedCalls(portal)
        self._show: t.Callable[[str], None] | None = show

    def poll(self, left: float) -> Grant | None:
        """What AWS granted, or None as long as the sign-in is not approved.

        This takes no longer than the *left* seconds. A network that fails is as if there were no approval,
        shown once. Raises AwsRefused where the code cannot be approved any more.
        """
        oidc = self._calls.within(left)
        try:
            response = aws_client.call(oidc, "create_token", **self._parameters)
            return Grant(METHOD, self._registration, response, aws_client.clock_skew(oidc))
        except AwsRefused as error:
            if error.code == "SlowDown":
                self.interval += _SLOW_DOWN_STEP
            elif error.code != "AuthorizationPending" and not error.passing:
                raise
        except Unreachable as error:
            if self._show:
                self._show(f"{error} The sign-in is still being waited for.")
            self._show = None
        return None


def check_start_url(session: SsoSession, seconds: float) -> None:
    """Raise UnknownStartUrl if AWS issues no device code for the start URL of *session*.

    Other failures are ignored, because they say nothing about it. The client is not stored.
    """
    try:
        with translated_errors(session):
            portal = at_portal(session)
            oidc = _TimedCalls(portal).within(seconds)
            DeviceCode(portal, oidc, register(portal, oidc, authorization_code=False), debug)
    except UnknownStartUrl:
        raise
    except WorkstationError as error:
        debug(f"{session.label}: the start URL could not be checked: {error}")


class LaterCode:
    """A device code for a user whose browser does not return to this machine.

    It is requested and offered by *prompt*, which waits for the browser, after *after* seconds, or as soon as
    no browser could be opened. Until then AWS is not called. Where AWS does not know the start URL, the
    browser shows an error that only its user sees, so the sign-in fails. Where there is no code for another
    reason, the browser is still waited for. Who denies the sign-in on the page of the code has denied it.

    The code is issued to the client of *registration* if AWS allows that, else to another one, which is not
    stored: its file is that of the AWS CLI, which has one client for a session.
    """

    def __init__(
        self,
        session: SsoSession,
        prompt: Prompt,
        user: LoginUser,
        registration: Registration,
        after: float,
    ) -> None:
        self._session = session
        self._prompt = prompt
        self._user = user
        grants = registration.document.get("grantTypes")
        serves_both = isinstance(grants, list) and GRANT_TYPE in grants
        self._registration = registration if serves_both else None
        self._device: DeviceCode | None = None
        self._next = prompt.left - after  # all times are those that are left to the prompt
        self._end = 0.0
        self.start_url_is_known = False
        """Whether AWS has issued a code for it."""
        self.failure = ""
        """Why there is no code; empty if there is one, or if none was requested."""

    @property
    def is_offered(self) -> bool:
        return self._device is not None

    @property
    def until_next(self) -> float:
        """Seconds until step() may have something to do."""
        seconds = max(0.0, self._prompt.left - self._next)
        if self._device is None and math.isfinite(seconds):
            return min(seconds, _SECONDS_TO_NOTICE_A_FAILED_BROWSER)
        return seconds

    def step(self) -> Grant | None:
        """Offer a code or poll for its token, whatever is due.

        Raises AwsRefused if the sign-in is denied, and UnknownStartUrl.
        """
        left = self._prompt.left
        if left > self._next and not self._is_needed_at_once:
            return None
        if self._device is None or left <= self._end:
            self._offer(left)
            return None
        try:
            grant = self._device.poll(left)
        except AwsRefused as error:
            if error.code == "AccessDenied":
                raise
            self._end = left if error.code == "ExpiredToken" else 0.0
            if error.code != "ExpiredToken":
                self._give_up(error)
            return None
        self._next = self._prompt.left - self._device.interval
        return grant

    @property
    def _is_needed_at_once(self) -> bool:
        is_first = self._device is None and not self.failure
        return is_first and math.isfinite(self._next) and self._prompt.browser_failed

    def _offer(self, left: float) -> None:
        if self._device is not None and left < _SECONDS_TO_SIGN_IN:
            self._next = -math.inf
            return
        try:
            with translated_errors(self._session):
                portal = at_portal(self._session)
                oidc = _TimedCalls(portal).within(left)
                self._registration = self._registration or register(portal, oidc, authorization_code=False)
                device = DeviceCode(portal, oidc, self._registration, self._user.show)
        except WorkstationError as error:
            if isinstance(error, UnknownStartUrl) and not self.start_url_is_known:
                raise
            self._give_up(error)
            return
        self.start_url_is_known, self.failure = True, ""
        debug(f"{self._session.label}: offering a device code, the browser has not returned")
        left = self._prompt.left
        self._prompt.offer(device.page, device.code, min(left, device.lifetime))
        self._device, self._end, self._next = device, left - device.lifetime, left - device.interval

    def _give_up(self, error: WorkstationError) -> None:
        """Wait for the browser alone, and if AWS could not be reached, try again later."""
        self._device = None
        self._prompt.withdraw()
        if not self.failure:
            # a warning of a task is shown when the task ends
            self._user.show(f"\nNo code for other devices is available. {error}")
        self.failure = str(error)
        again = isinstance(error, Unreachable)
        self._next = self._prompt.left - _SECONDS_BETWEEN_ATTEMPTS if again else -math.inf
