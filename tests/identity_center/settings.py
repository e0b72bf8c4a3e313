# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The knobs of the emulator: lifetimes, pace and habits that a test may turn while it runs."""

from __future__ import annotations

import dataclasses
import threading
import time
import typing as t

REFRESH_TOKEN_HABITS = ("single_use", "reusable", "silent")
CHOICES = {
    "refresh_tokens": REFRESH_TOKEN_HABITS,
    "missing_scope_error": ("ForbiddenException", "UnauthorizedException"),
}


@dataclasses.dataclass
class Knobs:
    """Times are in seconds; the defaults are those of AWS where AWS's are known."""

    access_token_seconds: float = 3600
    """Lifetime of an access token of a client that registered scopes."""
    legacy_token_seconds: float = 8 * 3600
    """Lifetime of an access token of a client without scopes; it comes without a refresh token."""
    sign_in_seconds: float = 8 * 3600
    """Lifetime of the sign-in session: the browser's cookie, and all tokens that were made from it."""
    registration_seconds: float = 90 * 86400
    """Lifetime of a client's secret; 0: for ever, which the answer says as 0 (RFC 7591 section 3.2.1)."""
    device_code_seconds: float = 600
    """Lifetime of a device code and of its user code."""
    authorization_code_seconds: float = 60
    """Lifetime of an authorization code of PKCE."""
    credential_seconds: float = 3600
    """Lifetime of role credentials, where the permission set says nothing else."""
    interval: int = 1
    """How long a client has to wait between two polls with a device code."""
    slow_down_step: int = 5
    """What slow_down adds to the interval, permanently."""
    fast_polls_allowed: int = 1
    """How many polls may come too early before slow_down; the AWS CLI begins with two at once."""
    refresh_tokens: str = "single_use"
    """single_use: each refresh returns a new one and invalidates the old one. reusable: the same one is
    returned. silent: the same one stays valid but is not returned."""
    missing_scope_error: str = "ForbiddenException"
    """What the portal answers to a token without the scope sso:account:access; which of the two AWS answers
    is not known."""
    ask_consent: bool = True
    """False: who is signed in and was asked once is redirected at once, without the Allow page."""
    page_size: int = 20
    """Entries of one page of the portal when the client does not ask for a number."""
    portal_rate: float = 0
    """Portal calls per second before 429; 0: no limit. AWS's quota is about 20."""
    portal_burst: int = 20
    """Portal calls that may come at once before portal_rate counts."""
    latency: float = 0
    """How long each answer of an API takes."""
    clock_skew_seconds: float = 0
    """How far this server's clock, and its Date header, is ahead of the machine's."""

    def update(self, **changes: t.Any) -> None:
        """Turn knobs. Raises ValueError, and changes nothing, for an unknown name or a wrong value."""
        values = {name: self._value(name, value) for name, value in changes.items()}
        for name, value in values.items():
            setattr(self, name, value)

    def _value(self, name: str, value: t.Any) -> t.Any:
        kinds = kinds_of_knobs()
        if name not in kinds:
            raise ValueError(f"there is no knob {name!r}; there are: {', '.join(sorted(kinds))}")
        kind = kinds[name]
        fits = isinstance(value, kind) or (kind is float and isinstance(value, int))
        if not fits or (kind is not bool and isinstance(value, bool)):
            raise ValueError(f"knob {name} takes a value of type {kind.__name__}, not {value!r}")
        if value not in CHOICES.get(name, (value,)):
            raise ValueError(f"knob {name} is one of {', '.join(CHOICES[name])}, not {value!r}")
        return value

    def now(self) -> float:
        """The server's own time, in epoch seconds."""
        return time.time() + self.clock_skew_seconds


def kinds_of_knobs() -> dict[str, type]:
    """The names of all knobs, and what kind of value each one takes."""
    kinds = t.get_type_hints(Knobs)
    return {field.name: kinds[field.name] for field in dataclasses.fields(Knobs)}


class TokenBucket:
    """The portal's quota: a burst at once, then a steady rate."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._lock = threading.Lock()
        self._level = 0.0
        self._filled_at = 0.0

    def take(self) -> bool:
        """True if one more call is within the quota now."""
        rate, burst = self._knobs.portal_rate, self._knobs.portal_burst
        if rate <= 0:
            return True
        with self._lock:
            now = time.monotonic()
            self._level = (
                min(burst, self._level + (now - self._filled_at) * rate) if self._filled_at else burst
            )
            self._filled_at = now
            if self._level < 1:
                return False
            self._level -= 1
            return True
