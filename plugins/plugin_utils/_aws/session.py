# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions of botocore: whose settings of the AWS configuration apply to calls, and which CA bundle.

PRIVATE to the collection.

TLS certificates are always verified. botocore before 1.43.60 takes an empty CA bundle for "do not verify":
AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE, or ca_bundle of a profile. A playbook can set an empty one by mistake, as
in ``AWS_CA_BUNDLE: "{{ company_ca | default('') }}"``, and then tokens could be read in transit.
"""

from __future__ import annotations

import os
import typing as t

from ...module_utils._sso.endpoints import is_dual_stack_portal
from ...module_utils._sso.session import SsoSession
from .._display import debug

_NO_PROFILE = {"profile": (None, None, None, None)}
_ENDPOINT_KEYS = ("endpoint_url", "services")


class Settings(t.NamedTuple):
    """Whose settings apply to the calls of a client; variables such as AWS_ENDPOINT_URL apply in any case.

    Those of *profile*, or by default of the active profile, that is AWS_PROFILE or [default]. Without
    *endpoints*, endpoint_url and services of the active profile do not apply. *dual_stack* is whether
    dual-stack endpoints are used if nothing is configured.
    """

    profile: str | None = None
    endpoints: bool = True
    dual_stack: bool = False


ACTIVE_PROFILE = Settings()


def settings_of(session: SsoSession) -> Settings:
    """The settings for calls of *session*: those of the profile that was looked up or signed in with, if any.

    Otherwise it was named by itself, and those of the active profile apply, as in the AWS CLI with
    --sso-session, except its endpoints: a token must not go to a server of a profile that nobody named.
    """
    return Settings(session.profile, session.profile is not None, is_dual_stack_portal(session.start_url))


def session_with(settings: Settings) -> t.Any:
    """A botocore session with *settings*, without a profile if theirs does not exist.

    Raises exceptions of botocore.
    """
    from botocore.exceptions import ProfileNotFound

    try:
        session = verified_session(settings.profile)
    except ProfileNotFound:  # the active profile may not have been written yet
        session = verified_session(with_profile=False)
        settings = settings._replace(endpoints=settings.endpoints and settings.profile is None)
    scoped = session.get_scoped_config()
    if not settings.endpoints:
        ignored = [key for key in _ENDPOINT_KEYS if scoped.pop(key, None) is not None]
        if ignored:
            debug(f"{' and '.join(ignored)} of the active profile are ignored: no profile was named")
    dual_stack = os.environ.get("AWS_USE_DUALSTACK_ENDPOINT", scoped.get("use_dualstack_endpoint"))
    if settings.dual_stack and not _is_set(dual_stack):
        session.set_config_variable("use_dualstack_endpoint", True)
    return session


def verified_session(profile: str | None = None, with_profile: bool = True) -> t.Any:
    """A botocore session of *profile*, by default the active one, or without *with_profile* of none.

    Raises ProfileNotFound of botocore.
    """
    import botocore.session

    session_vars = None if with_profile else _NO_PROFILE
    session = botocore.session.Session(profile=profile, session_vars=session_vars)
    found = ca_bundle_setting(session)
    if found is None and session.get_config_variable("ca_bundle") is not None:
        debug("the CA bundle is set to an empty value: using the certificates of botocore")
    # An explicit value has precedence over the environment and the profile, for all clients of the session.
    session.set_config_variable("ca_bundle", True if found is None else found[1])
    return session


def ca_bundle_setting(session: t.Any) -> tuple[str, str] | None:
    """The setting that names the CA bundle of *session*, and the bundle; None if none is set."""
    settings = (_setting(session, "AWS_CA_BUNDLE", "ca_bundle"), _variable("REQUESTS_CA_BUNDLE"))
    return next((found for found in settings if found and _is_set(found[1])), None)


def fips_setting(session: t.Any) -> str:
    """The setting that makes *session* use FIPS endpoints."""
    found = _setting(session, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
    return found[0] if found else "use_fips_endpoint"


def _setting(session: t.Any, variable: str, key: str) -> tuple[str, str] | None:
    """What messages call a setting of *session*, and its value; the variable has precedence."""
    value = session.get_scoped_config().get(key)
    if variable in os.environ or value is None:
        return _variable(variable)
    return f"{key} of the profile {session.profile or 'default'}", value


def _variable(name: str) -> tuple[str, str] | None:
    return (name, os.environ[name]) if name in os.environ else None


def _is_set(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
