# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors that AWS returns during a sign-in, as messages that say what to do.

PRIVATE to the collection. The cause of each error is taken from issues of the AWS CLI: the service itself
says little more than "Invalid request".
"""

from __future__ import annotations

import contextlib
import typing as t
import urllib.parse

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.endpoints import region_of_portal
from ...module_utils._sso.session import DEFAULT_SCOPES, SsoSession
from ...module_utils._sso.session_input import (
    WHERE_TO_FIND_BOTH,
    InvalidSession,
    checked_start_url,
)
from .._aws.errors import AwsRefused
from .._errors import ServiceError
from .._sso.tokens import missing_scope_text

_UNKNOWN_PORTAL = (
    "AWS does not know the start URL {session.start_url} in the region {session.region}. Compare both with"
    " those of your company.{form} " + WHERE_TO_FIND_BOTH
)
_REFUSALS: dict[str, str] = {
    "AccessDenied": "The sign-in to {session.label} was denied: Deny was chosen, or your company does not"
    " allow this application. Run the login again and choose Allow.",
    "ExpiredToken": "The code for the sign-in to {session.label} expired before it was approved. Run the"
    " login again for a new code.",
}
_FAULTS: dict[str, str] = {
    "InvalidRequest": _UNKNOWN_PORTAL,
    "InvalidRequestRegion": _UNKNOWN_PORTAL,
    "InvalidGrant": "AWS does not accept the code that the browser returned for {session.label}. A code works"
    " only once and expires soon: sign in again. If that fails too, check that IAM Identity Center is in the"
    " region {session.region}.{form}",
    "InvalidScope": "AWS does not know one of the registration scopes of {session.label}: {scopes}. The scope"
    " for accounts is sso:account:access.",
    "SlowDown": "AWS throttles sign-ins. Wait a minute and sign in again.",
}
_DEFAULT_SCOPE_REFUSED = (
    "AWS does not grant the scope {scopes} to the client of {session.label}. AWS answers so too where the"
    " region {session.region} or the start URL {session.start_url} is not that of IAM Identity Center, and"
    " some instances grant no scope to a client that uses authorization codes. Compare both with those of"
    " your company, and if you signed in with `method: pkce`, try `method: device`. " + WHERE_TO_FIND_BOTH
)
_OWN_KEY = (
    "Your company encrypts IAM Identity Center with a customer managed KMS key, which AWS cannot use now"
    " ({error.reason}). Contact the administrators of IAM Identity Center; nothing can be done on this"
    " machine."
)


class UnknownStartUrl(ServiceError):
    """AWS issues no device code for the start URL in the region of the session."""


class NoCallback(WorkstationError):
    """The browser did not return from the page of AWS before the timeout."""


def warn_about_scopes(session: SsoSession, warn: t.Callable[[str], None]) -> None:
    """Warn before a sign-in whose token would not give access to accounts."""
    text = missing_scope_text(session)
    if text:
        warn(text)


@contextlib.contextmanager
def translated_errors(session: SsoSession) -> t.Iterator[None]:
    """Translate errors whose cause is known into WorkstationError or ServiceError with a fix."""
    try:
        yield
    except AwsRefused as error:
        text = _OWN_KEY if error.reason.startswith("KMS_") else None
        if text is None and error.code in _REFUSALS:
            raise WorkstationError(_filled(_REFUSALS[error.code], session, error)) from error
        if error.code == "InvalidScope" and set(_scopes(session)) <= set(DEFAULT_SCOPES):
            text = _DEFAULT_SCOPE_REFUSED
        text = text or _FAULTS.get(error.code)
        if text is None:
            raise
        about_portal = text is _UNKNOWN_PORTAL and error.operation == "StartDeviceAuthorization"
        kind = UnknownStartUrl if about_portal else ServiceError
        raise kind(_filled(text, session, error)) from error


def _filled(text: str, session: SsoSession, error: AwsRefused) -> str:
    scopes = ", ".join(_scopes(session))
    form = _form_hint(session.start_url, session.region)
    return f"{text.format(session=session, error=error, scopes=scopes, form=form)} ({error})"


def _scopes(session: SsoSession) -> tuple[str, ...]:
    return session.registration_scopes or DEFAULT_SCOPES


def looks_wrong(session: SsoSession) -> bool:
    """Whether the start URL of *session* has a form that AWS does not use, or is that of another region."""
    return bool(_form_hint(session.start_url, session.region))


def _form_hint(start_url: str, region: str) -> str:
    """What may be wrong with a start URL that AWS does not know in *region*; empty if nothing is known."""
    try:
        checked_start_url(start_url)
    except InvalidSession as error:
        return f" {error}"
    named = region_of_portal(start_url)
    if named and named != region:
        return f" The start URL is that of the region {named}, but the region of the session is {region}."
    parts = urllib.parse.urlsplit(start_url)
    host = parts.hostname or ""
    if host.endswith(".awsapps.com") and not host.startswith("start.") and parts.path.rstrip("/") != "/start":
        return f" A start URL of awsapps.com ends with /start: https://{host}/start."
    return ""
