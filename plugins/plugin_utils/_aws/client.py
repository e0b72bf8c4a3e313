# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls to the services of AWS: clients as botocore configures them, and failures as errors with a cure.

PRIVATE to the collection. botocore is imported when the first client is made, not before: a lookup that finds
everything in a cache must not pay for it.
"""

from __future__ import annotations

import contextlib
import email.utils
import json
import os
import time
import types
import typing as t
import weakref

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session_input import (
    InvalidSession,
    checked_region,
)
from .._controller_python import (
    missing_library_text,
    old_library_text,
)
from .._display import printable
from .._errors import ServiceError, Unreachable

MINIMUM_BOTOCORE = (1, 36)
"""The first with all that is used here: PKCE in the model of sso-oidc, and the event before-parse."""
CONNECT_TIMEOUT = 10
READ_TIMEOUT = 20

_SERVICES_OF_A_SESSION = ("sso", "sso-oidc")
_SECONDS_TO_SLOW_DOWN = (2, 5)
_REASON = "x-workstation-reason"
_NEEDED_MEMBERS = {
    "register_client": ("clientId", "clientSecret", "clientSecretExpiresAt"),
    "start_device_authorization": ("deviceCode", "userCode", "verificationUri", "expiresIn"),
    "create_token": ("accessToken", "expiresIn"),
}
_SKEWS: weakref.WeakKeyDictionary[t.Any, float] = weakref.WeakKeyDictionary()

_HOW_TO_SET_A_PROXY = (
    "Set HTTPS_PROXY=http://USER:PASSWORD@proxy.example.com:3128, or workstation_proxy for the role"
    " workstation."
)
_CURES = {
    "SSLError": "shows a certificate that is not trusted here. If your company inspects TLS, install its CA"
    " and set AWS_CA_BUNDLE to the bundle that holds it, such as /etc/ssl/certs/ca-certificates.crt; on the"
    " machine that it sets up, the role workstation does both with workstation_ca_certificates.",
    "ProxyConnectionError": "cannot be reached: the proxy of HTTPS_PROXY does not answer, or refuses. Ask"
    " which proxy to use and whether it requires a password. " + _HOW_TO_SET_A_PROXY,
    "ConnectTimeoutError": "does not answer in time. A firewall may drop the traffic. If your company has a"
    " proxy: " + _HOW_TO_SET_A_PROXY,
    "ReadTimeoutError": "took the request but does not answer. Try again later.",
    "ConnectionError": "cannot be reached. Check that the network is up, and that the region is spelled as in"
    " the AWS console, such as eu-west-1.",
    "HTTPClientError": "closed the connection. Try again; if it happens again, something in between closes"
    " it.",
}
_WRONG_CLOCK = (
    "shows a certificate that is out of its time, so the clock of this machine may be wrong."
    " On WSL2: sudo hwclock -s"
)


class AwsRefused(ServiceError):
    """An error that AWS itself answered.

    *code* is the name of the exception without "Exception", such as InvalidGrant; *status* the HTTP status;
    *reason* AWS's finer reason where there is one, such as KMS_AccessDeniedException.
    """

    def __init__(
        self, operation: str, code: str, status: int, description: str = "", reason: str = ""
    ) -> None:
        self.operation = operation
        self.code = printable(code)
        self.status = status
        self.description = printable(description)
        self.reason = printable(reason)
        said = ": ".join(part for part in (self.code, self.reason, self.description) if part)
        super().__init__(f"AWS refused {operation}: {said}")

    @property
    def passing(self) -> bool:
        """Whether the same call may be answered in a while, without anybody's help."""
        return self.status >= 500 or self.status == 429 or self.code == "SlowDown"


class Credentials(t.NamedTuple):
    """Keys to sign requests with."""

    access_key: str
    secret_key: str
    session_token: str


def require_botocore() -> None:
    """Raises WorkstationError unless botocore can be imported."""
    try:
        import botocore  # noqa: F401
    except ImportError as error:
        raise WorkstationError(
            missing_library_text("botocore", f">={'.'.join(map(str, MINIMUM_BOTOCORE))}")
        ) from error


def client(
    service: str, region: str, credentials: Credentials | None = None, attempts: int | None = None
) -> t.Any:
    """A botocore client of *service* in *region*, unsigned unless *credentials* are given.

    Endpoints, proxies and CA bundle are those that botocore finds in the environment and the active profile.
    *attempts* bounds the tries of one call; None leaves that to botocore.

    Raises WorkstationError.
    """
    if service in _SERVICES_OF_A_SESSION:
        _require_region(region)
    _require_current_botocore()
    import botocore
    import botocore.exceptions
    from botocore.config import Config

    config = Config(
        signature_version=None if credentials else botocore.UNSIGNED,
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        retries={"total_max_attempts": attempts} if attempts else None,
    )
    keys = credentials or Credentials("", "", "")
    try:
        made = _session(service).create_client(
            service,
            region_name=region,
            config=config,
            aws_access_key_id=keys.access_key or None,
            aws_secret_access_key=keys.secret_key or None,
            aws_session_token=keys.session_token or None,
        )
    except (botocore.exceptions.BotoCoreError, ValueError) as error:
        raise WorkstationError(
            f"botocore cannot make a client of {service} in the region {region!r}: {error}"
        ) from error
    made.meta.events.register("before-parse", _refuse_what_is_not_from_aws)
    made.meta.events.register("before-parse", lambda response_dict, **_: _note_clock(made, response_dict))
    return made


def _require_current_botocore() -> None:
    require_botocore()
    import botocore

    if tuple(int(part) for part in botocore.__version__.split(".")[:2]) < MINIMUM_BOTOCORE:
        raise WorkstationError(
            old_library_text("botocore", botocore.__version__, ".".join(map(str, MINIMUM_BOTOCORE)))
        )


def _require_region(region: str) -> None:
    try:
        checked_region(region)
    except InvalidSession as error:
        raise Unreachable(f"IAM Identity Center cannot be reached: {error}") from None


def call(aws: t.Any, operation: str, **parameters: t.Any) -> dict[str, t.Any]:
    """Call *operation*, such as create_token, of a client. Raises AwsRefused and Unreachable."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        response: dict[str, t.Any] = getattr(aws, operation)(**parameters)
    except ClientError as error:
        raise _refusal(aws.meta.method_to_api_mapping[operation], error.response) from None
    except BotoCoreError as error:
        raise _unreachable(aws.meta.endpoint_url, error) from None
    missing = [name for name in _NEEDED_MEMBERS.get(operation, ()) if not response.get(name)]
    if missing:
        raise Unreachable(
            f"An answer of {aws.meta.endpoint_url} lacks {', '.join(missing)}, so it is not from AWS but from"
            " something in between."
        )
    return response


def call_in_turn(aws: t.Any, operation: str, **parameters: t.Any) -> dict[str, t.Any]:
    """As call(), for operations that may be tried again: SlowDown, which botocore ignores, is waited out."""
    for wait in _SECONDS_TO_SLOW_DOWN:
        try:
            return call(aws, operation, **parameters)
        except AwsRefused as error:
            if error.code != "SlowDown":
                raise
        time.sleep(wait)
    return call(aws, operation, **parameters)


def clock_skew(aws: t.Any) -> float:
    """The seconds by which this machine's clock was ahead of AWS's at the client's last answer."""
    return _SKEWS.get(aws, 0.0)


def endpoint_url(aws: t.Any, operation: str, **parameters: t.Any) -> str:
    """Where botocore would send *operation*; nothing is sent."""
    destinations = []

    def intercept(params: dict[str, t.Any], **_unused: t.Any) -> tuple[t.Any, dict[str, t.Any]]:
        destinations.append(params["url"])
        return types.SimpleNamespace(status_code=200), {}

    event = f"before-call.{aws.meta.service_model.service_id.hyphenize()}"
    aws.meta.events.register_first(event, intercept)
    try:
        getattr(aws, operation)(**parameters)
    finally:
        aws.meta.events.unregister(event, intercept)
    return str(destinations[0])


def _session(service: str) -> t.Any:
    """A botocore session of the active profile, or of none if the active profile is not written yet.

    Left alone, it would look into the directories of 400 services to see that there is *service*, which takes
    a tenth of the time of a first call.
    """
    import botocore.session
    from botocore.exceptions import ProfileNotFound

    session = botocore.session.Session()
    try:
        session.get_scoped_config()
    except ProfileNotFound:
        session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    session.get_component("data_loader").list_available_services = lambda type_name: [service]
    return session


def _refuse_what_is_not_from_aws(response_dict: dict[str, t.Any], **_unused: t.Any) -> None:
    """Before botocore parses an answer: see that it is AWS's, and name its error as botocore looks for it."""
    body = response_dict["body"]
    if response_dict["status_code"] >= 500 or not isinstance(body, bytes) or not body.strip():
        return
    headers = response_dict["headers"]
    if headers.get("content-type", "").startswith(("text/xml", "application/xml")):  # STS
        return
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Unreachable(
            f"An answer (HTTP {response_dict['status_code']}, {headers.get('content-type', 'no type')}) is"
            " not from AWS but from something in between, such as a proxy or a captive portal that requires a"
            " sign-in. Open a web page in a browser here, and check HTTPS_PROXY and NO_PROXY. "
            + _HOW_TO_SET_A_PROXY
        )
    if "x-amzn-errortype" not in headers and isinstance(answer.get("error"), str):
        headers["x-amzn-errortype"] = _exception_name(answer["error"])
    if isinstance(answer.get("reason"), str):  # older models of botocore do not have it
        headers[_REASON] = answer["reason"]


def _note_clock(aws: t.Any, response_dict: dict[str, t.Any]) -> None:
    with contextlib.suppress(KeyError, TypeError, ValueError):
        date = email.utils.parsedate_to_datetime(response_dict["headers"]["date"])
        _SKEWS[aws] = time.time() - date.timestamp()


def _exception_name(oauth_error: str) -> str:
    """invalid_grant is InvalidGrantException; AWS leaves the header with that name out at times."""
    name = {"server_error": "internal_server", "expired": "expired_token"}.get(oauth_error, oauth_error)
    return "".join(word.capitalize() for word in name.split("_")) + "Exception"


def _refusal(operation: str, response: t.Mapping[str, t.Any]) -> WorkstationError:
    fault = response.get("Error", {})
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    code = str(fault.get("Code") or status).removesuffix("Exception")
    description = str(response.get("error_description") or fault.get("Message") or "")
    if status >= 500 and not code.isalpha():
        return Unreachable(
            f"{operation} was answered with HTTP {status}: AWS, or a proxy before it, is in trouble."
            " Try again later."
        )
    reason = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get(_REASON, "")
    return AwsRefused(operation, code, status, description, reason)


def _unreachable(endpoint: str, error: Exception) -> WorkstationError:
    bundle = os.environ.get("AWS_CA_BUNDLE")
    if bundle and not os.path.exists(os.path.expanduser(bundle)):
        return Unreachable(f"AWS_CA_BUNDLE names {bundle}, which does not exist.")
    if "not yet valid" in str(error) or "has expired" in str(error):
        return Unreachable(f"{endpoint} {_WRONG_CLOCK}")
    kinds = {kind.__name__ for kind in type(error).__mro__}
    for kind, cure in _CURES.items():
        if kind in kinds:
            return Unreachable(f"{endpoint} {cure}")
    return WorkstationError(f"{endpoint} could not be called ({type(error).__name__}).")
