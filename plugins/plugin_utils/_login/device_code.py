# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in with a device code (RFC 8628): the user opens a page on any device and compares a code.

PRIVATE to the collection.
"""

from __future__ import annotations

import time
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import Registration
from .._aws import client as aws_client
from .._aws.errors import AwsRefused
from .._errors import Unreachable
from .prompt import LoginUser, Prompt, duration
from .start_url import resolved

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"

_DEFAULT_INTERVAL = 5
"""Seconds between two polls if the service sets none: RFC 8628, section 3.2."""
_LONGEST_INTERVAL = 60
"""Seconds; AWS sets 1. A longer one would outlast the code."""
_SLOW_DOWN_STEP = 5
"""Seconds to add after slow_down: RFC 8628, section 3.5."""


def sign_in(
    session: SsoSession, oidc: t.Any, registration: Registration, user: LoginUser, timeout: float
) -> dict[str, t.Any]:
    """Prompt *user*, and return the response of CreateToken.

    *timeout* is in seconds; that of AWS may be shorter.

    Raises ServiceError, Unreachable and WorkstationError.
    """
    client = {"clientId": registration.client_id, "clientSecret": registration.client_secret}
    started = aws_client.call_in_turn(
        oidc, "start_device_authorization", startUrl=resolved(session.start_url), **client
    )
    page = started.get("verificationUriComplete") or started["verificationUri"]
    prompt = Prompt(user, session, page, min(timeout, started["expiresIn"]), started["userCode"])
    prompt.show()
    answer = _poll(
        session,
        dict(client, deviceCode=started["deviceCode"]),
        min(max(started.get("interval") or _DEFAULT_INTERVAL, 1), _LONGEST_INTERVAL),
        prompt,
        user,
    )
    if answer is None:
        raise WorkstationError(_timeout_text(session, timeout, started["expiresIn"]))
    return answer


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


def _poll(
    session: SsoSession, grant: dict[str, str], interval: float, prompt: Prompt, user: LoginUser
) -> dict[str, t.Any] | None:
    """The response of CreateToken, or None after the timeout. Network failures are retried until then."""
    oidc = aws_client.session_client("sso-oidc", session, attempts=1)
    warned = False
    while prompt.left > interval:
        time.sleep(interval)
        try:
            return aws_client.call(oidc, "create_token", grantType=GRANT_TYPE, **grant)
        except AwsRefused as error:
            if error.code == "SlowDown":
                interval += _SLOW_DOWN_STEP
            elif error.code != "AuthorizationPending" and not error.passing:
                raise
        except Unreachable as error:
            if not warned:
                user.warn(f"{error} The sign-in is still being waited for.")
            warned = True
        prompt.remind()
    return None
