# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls to the services of AWS: clients as botocore configures them, and failures as errors with a fix.

PRIVATE to the collection. botocore is imported when the first client is created, so that a lookup that finds
everything in a cache does not pay for it.
"""

from __future__ import annotations

import contextlib
import copy
import email.utils
import ipaddress
import os
import time
import types
import typing as t
import urllib.parse
import weakref

from ansible.module_utils.compat.version import LooseVersion

from ...module_utils._aws_config.parser import ConfigError, config_path, read_config
from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.session_input import checked_region
from .._controller_python import missing_library_text, old_library_text
from .._display import debug, display, printable_url
from .._errors import Unreachable
from . import response, silence
from .errors import AwsRefused, call_failure, refusal
from .session import (
    ACTIVE_PROFILE,
    Settings,
    ca_bundle_setting,
    fips_setting,
    session_with,
    settings_of,
)

MINIMUM_BOTOCORE = "1.36"
"""The first version with all that is used here: PKCE in the model of sso-oidc, and the event before-parse."""
CONNECT_TIMEOUT = 10
"""Seconds; botocore's 60 would leave a user behind a dropping firewall without a message for minutes."""
READ_TIMEOUT = 14
"""Seconds; these services answer within one or two, also when they throttle."""
SECONDS_WITHOUT_RESPONSE = READ_TIMEOUT * silence.MOST_SILENT_ATTEMPTS

_SERVICES_OF_A_SESSION = ("sso", "sso-oidc")
_SECONDS_TO_SLOW_DOWN = (2, 5)
"""Waits after SlowDown; RFC 8628 (section 3.5) asks for an interval that is five seconds longer."""
_NEEDED_MEMBERS = {
    "register_client": ("clientId", "clientSecret"),
    "start_device_authorization": ("deviceCode", "userCode", "verificationUri", "expiresIn"),
    "create_token": ("accessToken", "expiresIn"),
    "get_role_credentials": ("roleCredentials",),
    "assume_role": ("Credentials", "AssumedRoleUser"),
    "describe_permission_set": ("PermissionSet",),
}
_SKEWS: weakref.WeakKeyDictionary[t.Any, float] = weakref.WeakKeyDictionary()
_ENDPOINTS: weakref.WeakKeyDictionary[t.Any, str] = weakref.WeakKeyDictionary()
_SESSIONS: weakref.WeakKeyDictionary[t.Any, t.Any] = weakref.WeakKeyDictionary()


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
        raise WorkstationError(missing_library_text("botocore")) from error


def session_client(
    service: str,
    session: SsoSession,
    attempts: int | None = None,
    seconds: float = SECONDS_WITHOUT_RESPONSE,
) -> t.Any:
    """An unsigned client of *service* for the calls of *session*. Raises WorkstationError."""
    return client(service, session.region, None, attempts, seconds, settings_of(session))


def client(
    service: str,
    region: str,
    credentials: Credentials | None = None,
    attempts: int | None = None,
    seconds: float = SECONDS_WITHOUT_RESPONSE,
    settings: Settings = ACTIVE_PROFILE,
) -> t.Any:
    """A botocore client of *service* in *region*, unsigned unless *credentials* are given.

    Endpoints, proxies and CA bundle are those that botocore finds in the environment and in *settings*.
    *attempts* limits the attempts of one call; None is botocore's default. A call that gets no response fails
    after two attempts, and after about *seconds*.

    Raises WorkstationError, for a wrong region as well.
    """
    if service in _SERVICES_OF_A_SESSION:
        checked_region(region)
    _require_current_botocore()
    from botocore.exceptions import BotoCoreError, ConfigParseError

    try:
        session = _session(service, settings)
        made = _unwatched_client(session, service, region, credentials, attempts, seconds)
    except (BotoCoreError, ValueError) as error:
        if isinstance(error, ConfigParseError):
            _require_valid_config()
        raise WorkstationError(
            f"botocore cannot create a client of {service} in the region {region!r}: {error}"
        ) from error
    whose = f" with the settings of the profile {settings.profile}" if settings.profile else ""
    debug(f"{service} in {region}{whose}: endpoint {made.meta.endpoint_url}")
    _warn_about_plain_http(made.meta.endpoint_url)
    _SESSIONS[made] = session
    _watch(made)
    return made


def _require_valid_config() -> None:
    """Raises WorkstationError with the line of the AWS configuration that botocore cannot parse."""
    try:
        read_config(config_path(os.environ))
    except ConfigError as error:
        raise WorkstationError(f"{error} Correct it, and run the command again.") from None


def _unwatched_client(
    session: t.Any,
    service: str,
    region: str,
    credentials: Credentials | None,
    attempts: int | None,
    seconds: float,
) -> t.Any:
    import botocore
    from botocore.config import Config

    timeout = _timeout(seconds, attempts)
    config = Config(
        signature_version=None if credentials else botocore.UNSIGNED,
        connect_timeout=min(CONNECT_TIMEOUT, timeout),
        read_timeout=timeout,
        retries={"total_max_attempts": attempts} if attempts else None,
    )
    keys = credentials or Credentials("", "", "")
    return session.create_client(
        service,
        region_name=region,
        config=config,
        aws_access_key_id=keys.access_key or None,
        aws_secret_access_key=keys.secret_key or None,
        aws_session_token=keys.session_token or None,
    )


def _watch(made: t.Any) -> None:
    """Limit the attempts of the client *made*, check its responses, and record endpoint and clock."""
    silence.limit_silent_attempts(made, silence.MOST_SILENT_ATTEMPTS)
    made.meta.events.register("before-call", lambda params, **_: _record_endpoint(made, params["url"]))
    made.meta.events.register("before-parse", response.require_aws_response)
    made.meta.events.register(
        "before-parse", lambda response_dict, **_: _record_clock_skew(made, response_dict)
    )


def _timeout(seconds: float, attempts: int | None) -> float:
    """The timeout of each of the *attempts* of a call that may take *seconds* without a response."""
    most = silence.MOST_SILENT_ATTEMPTS
    return min(READ_TIMEOUT, max(1.0, seconds / min(attempts or most, most)))


def _warn_about_plain_http(endpoint: str) -> None:
    """Warn if tokens and keys cross a network without encryption; Ansible shows equal warnings once."""
    parts = urllib.parse.urlsplit(endpoint)
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        display.warning(
            f"The endpoint http://{printable_url(parts.hostname or '')} does not use TLS: all machines in"
            " between can read tokens and keys."
            " Use https:// in the variables AWS_ENDPOINT_URL* and in endpoint_url of the AWS configuration."
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _require_current_botocore() -> None:
    require_botocore()
    import botocore

    if LooseVersion(botocore.__version__) < LooseVersion(MINIMUM_BOTOCORE):
        raise WorkstationError(old_library_text("botocore", botocore.__version__, MINIMUM_BOTOCORE))


def call(aws: t.Any, operation: str, **parameters: t.Any) -> dict[str, t.Any]:
    """Call *operation*, such as create_token, of a client. Raises AwsRefused and Unreachable."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    api_name = aws.meta.method_to_api_mapping[operation]
    try:
        with silence.announced(aws.meta.endpoint_url, api_name):
            answer: dict[str, t.Any] = getattr(aws, operation)(**parameters)
        silence.answered(aws.meta.endpoint_url)
    except ClientError as error:
        silence.answered(aws.meta.endpoint_url)
        raise refusal(api_name, error.response) from None
    except (BotoCoreError, ResponseParserError, RecursionError) as error:
        raise call_failure(api_name, _endpoint(aws), error, *_settings_in_the_way(aws)) from None
    missing = [name for name in _NEEDED_MEMBERS.get(operation, ()) if not answer.get(name)]
    if missing:
        raise Unreachable(
            f"A response of {_endpoint(aws)} lacks {', '.join(missing)}, so it is not from AWS but"
            " from something in between."
        )
    return answer


def call_in_turn(aws: t.Any, operation: str, **parameters: t.Any) -> dict[str, t.Any]:
    """As call(), for operations that may be repeated: waits after SlowDown, which botocore does not."""
    for wait in _SECONDS_TO_SLOW_DOWN:
        try:
            return call(aws, operation, **parameters)
        except AwsRefused as error:
            if error.code != "SlowDown":
                raise
        time.sleep(wait)
    return call(aws, operation, **parameters)


def clock_skew(aws: t.Any) -> float:
    """The seconds by which this machine's clock was ahead of AWS's at the client's last response."""
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


class _NoTokenProvider:
    """In place of botocore's, which would look up the token of the profile for each client."""

    def load_token(self, **_unused: t.Any) -> None:
        return None


def _session(service: str, settings: Settings) -> t.Any:
    """A botocore session with *settings*.

    Its data loader is replaced in part: it would look into the directories of 400 services to see whether
    *service* exists, which takes a tenth of the time of a first call.
    """
    session = session_with(settings)
    session.register_component("token_provider", _NoTokenProvider())
    loader = copy.copy(session.get_component("data_loader"))  # which sessions may share
    loader.list_available_services = lambda type_name: [service]
    session.register_component("data_loader", loader)
    return session


def _record_endpoint(aws: t.Any, url: str) -> None:
    parts = urllib.parse.urlsplit(url)
    endpoint = f"{parts.scheme}://{parts.netloc}"
    if endpoint != _endpoint(aws):
        debug(f"{aws.meta.service_model.service_name}: calling {endpoint}")
    _ENDPOINTS[aws] = endpoint


def _endpoint(aws: t.Any) -> str:
    """Where the last call of the client went: its meta data may name another host, from older rules."""
    return _ENDPOINTS.get(aws, str(aws.meta.endpoint_url))


def _settings_in_the_way(aws: t.Any) -> tuple[tuple[str, str] | None, str]:
    """The setting of the CA bundle with its value, and the one for FIPS endpoints; "" if none are used."""
    session = _SESSIONS[aws]
    return ca_bundle_setting(session), fips_setting(session) if "-fips." in _endpoint(aws) else ""


def _record_clock_skew(aws: t.Any, response_dict: dict[str, t.Any]) -> None:
    with contextlib.suppress(KeyError, TypeError, ValueError):
        date = email.utils.parsedate_to_datetime(response_dict["headers"]["date"])
        _SKEWS[aws] = time.time() - date.timestamp()
