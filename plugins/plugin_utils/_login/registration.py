# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registration of the OAuth client at sso-oidc, stored in the file of the AWS CLI and renewed.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import secrets
import time
import typing as t

from ...module_utils._files.errors import file_error_text
from ...module_utils._sso.session import (
    DEFAULT_SCOPES,
    SsoSession,
)
from ...module_utils._sso.token_cache import (
    AUTHORIZATION_CODE_GRANTS,
    DamagedCacheFile,
    Registration,
    read_registration,
    utc_now,
    write_document,
)
from ...module_utils._text import format_time, utc_time
from .._aws import client
from .._aws.errors import AwsRefused
from .._display import debug
from .._errors import Unreachable, not_from_aws
from .._sso.tokens import CacheUnusable
from .start_url import at_portal, resolved

_LIFETIME_OF_A_REGISTRATION = datetime.timedelta(days=90)
REDIRECT_PATH = "/oauth/callback"
# AWS compares redirect URIs of the loopback address without their port: RFC 8252, section 7.3.
REGISTERED_REDIRECT_URI = "http://127.0.0.1" + REDIRECT_PATH
# AWS answers InvalidClientMetadata to a name with a blank, with which the AWS CLI fails (its issue 7643).
_NOT_IN_A_NAME = re.compile(r"[^\w.-]", re.ASCII)


def stored_registration(
    session: SsoSession, authorization_code: bool, warn: t.Callable[[str], None]
) -> Registration | None:
    """The stored registration of *session* that can be used for an authorization code or else a device code.

    Raises WorkstationError.
    """
    try:
        registration = read_registration(session.registration_path)
    except DamagedCacheFile as error:
        warn(f"{error} The client is registered again.")
        return None
    except OSError as error:
        raise CacheUnusable(file_error_text(error, session.registration_path)) from error
    if registration is None or not registration.usable(utc_now(), authorization_code):
        return None
    debug(f"{session.label}: reusing the client registration in {session.registration_path}")
    return registration


def is_known(
    registration: Registration, session: SsoSession, seconds: float = client.SECONDS_WITHOUT_RESPONSE
) -> bool:
    """Whether AWS still knows *registration*, which is for an authorization code.

    If it does not answer within *seconds*, this is assumed.

    A page of AWS would show the error to the user only, who would then have to wait for the timeout. So AWS
    is asked for a token with a code that does not exist: it checks the client first.
    """
    oidc = client.session_client("sso-oidc", at_portal(session), attempts=1, seconds=seconds)
    try:
        client.call(
            oidc,
            "create_token",
            grantType="authorization_code",
            clientId=registration.client_id,
            clientSecret=registration.client_secret,
            redirectUri=REGISTERED_REDIRECT_URI,
            codeVerifier=secrets.token_urlsafe(48),
            code=secrets.token_urlsafe(48),
        )
    except AwsRefused as error:
        return error.code != "InvalidClient"
    except Unreachable as error:
        debug(f"{session.label}: AWS could not be asked whether it knows the client: {error}")
    return True


def new_registration(session: SsoSession, oidc: t.Any, authorization_code: bool) -> Registration:
    """Register a client and store its registration. Raises ServiceError, Unreachable and WorkstationError."""
    debug(f"{session.label}: registering a client, {session.registration_path} has no usable one")
    registration = register(session, oidc, authorization_code)
    try:
        write_document(session.registration_path, registration.document)
    except OSError as error:
        raise CacheUnusable(file_error_text(error, session.registration_path)) from error
    return registration


def forget_registration(session: SsoSession) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(session.registration_path)


def register(session: SsoSession, oidc: t.Any, authorization_code: bool) -> Registration:
    """A new registration, which is not stored. Raises ServiceError and Unreachable."""
    request: dict[str, t.Any] = {
        "clientName": f"botocore-client-{_NOT_IN_A_NAME.sub('-', session.name or str(int(time.time())))}",
        "clientType": "public",
    }
    scopes = list(session.registration_scopes or (DEFAULT_SCOPES if authorization_code else ()))
    if scopes:
        request["scopes"] = scopes
    if authorization_code:
        request["grantTypes"] = list(AUTHORIZATION_CODE_GRANTS)
        request["redirectUris"] = [REGISTERED_REDIRECT_URI]
        request["issuerUrl"] = resolved(session.start_url)
    answer = client.call_in_turn(oidc, "register_client", **request)
    expires_at = _expiry(answer.get("clientSecretExpiresAt"))
    if expires_at is None:
        raise not_from_aws("The registration of a client has an invalid expiry")
    document = {
        "clientId": answer["clientId"],
        "clientSecret": answer["clientSecret"],
        "expiresAt": format_time(expires_at),
    }
    document.update({name: request[name] for name in ("scopes", "grantTypes") if name in request})
    return Registration(answer["clientId"], answer["clientSecret"], expires_at, document)


def _expiry(seconds: int | None) -> datetime.datetime | None:
    """The expiry of a client's secret; 0 means that it does not expire (RFC 7591, section 3.2.1).

    The AWS CLI would write 1970 for it and never refresh a token. The lifetime of AWS's own registrations is
    short enough for every reader of the file.
    """
    if seconds == 0:
        return utc_now() + _LIFETIME_OF_A_REGISTRATION
    return None if seconds is None else utc_time(seconds)
