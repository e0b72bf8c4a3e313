# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals of AWS during a sign-in, in words that say what to do.

PRIVATE to the collection. Which fault is behind which refusal was learned from reports of users of the AWS
CLI: the service itself says little more than "Invalid request".
"""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso_session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._clients import AwsRefused
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRefused, ServiceError

_UNKNOWN_PORTAL = (
    "AWS does not know the start URL {session.start_url} in the region {session.region}. Both stand in the"
    ' console of IAM Identity Center under "Settings": compare them with those of {session.label}.'
)
_REFUSALS: dict[str, str] = {
    "AccessDenied": "The sign-in to {session.label} was denied: somebody chose Deny, or your company does not"
    " allow this application. Run the login again and choose Allow.",
    "ExpiredToken": "The code for the sign-in to {session.label} expired before anybody approved it. Run the"
    " login again for a new code.",
}
_FAULTS: dict[str, str] = {
    "InvalidRequest": _UNKNOWN_PORTAL,
    "InvalidRequestRegion": _UNKNOWN_PORTAL,
    "InvalidGrant": "AWS does not accept what the browser brought for {session.label}. It works once, and not"
    " for long: run the login again. If it stays so, see that IAM Identity Center is in {session.region}.",
    "InvalidScope": "AWS does not know one of the registration scopes of {session.label}: {scopes}. The one"
    " for accounts is sso:account:access.",
    "SlowDown": "AWS has too many sign-ins at once. Wait a minute and run the login again.",
}
_OWN_KEY = (
    "Your company encrypts IAM Identity Center with a key of its own, which AWS cannot use now"
    " ({error.reason}). Tell whoever runs IAM Identity Center; nothing can be done on this machine."
)


@contextlib.contextmanager
def explained(session: SsoSession) -> t.Iterator[None]:
    """Turn refusals whose cause is known into LoginRefused or ServiceError with a cure."""
    try:
        yield
    except AwsRefused as error:
        text = _OWN_KEY if error.reason.startswith("KMS_") else None
        if text is None and error.code in _REFUSALS:
            raise LoginRefused(_filled(_REFUSALS[error.code], session, error)) from error
        text = text or _FAULTS.get(error.code)
        if text is None:
            raise
        raise ServiceError(_filled(text, session, error)) from error


def _filled(text: str, session: SsoSession, error: AwsRefused) -> str:
    scopes = ", ".join(session.registration_scopes or ())
    return f"{text.format(session=session, error=error, scopes=scopes)} ({error})"
