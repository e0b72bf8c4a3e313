# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credentials of an administrator of IAM Identity Center, and the clients that use them.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import os
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import shell_option
from .._aws import client
from .._aws.errors import AwsRefused
from .._aws.paced_client import PacedClient, pages
from .._aws.rate_limit import PORTAL_QUOTA, RateLimiter
from .._aws.session import ACTIVE_PROFILE, Settings, verified_session
from .._errors import ServiceError

_ACTION_PREFIX = {"sso-admin": "sso", "identitystore": "identitystore", "organizations": "organizations"}
_BAD_CREDENTIALS = frozenset(
    (
        "ExpiredToken",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignature",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClient",
    )
)
_CHAIN_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
)


_HOW_TO_ALLOW = (
    "take them from the management account of the organization or from the account that is its delegated"
    " administrator for IAM Identity Center. The notes of the lookup sso_assignments list every action that"
    " it needs."
)


class Limits(t.NamedTuple):
    """How fast to call a service, what its quota is, and what an administrator needs, for errors."""

    pace: RateLimiter | None = None
    quota: str = PORTAL_QUOTA
    how_to_allow: str = _HOW_TO_ALLOW


LIMITS_OF_IDENTITY_CENTER = Limits()


class NotAllowed(ServiceError):
    """The administrator's credentials lack a permission; str() contains the action."""


class AdminClient:
    """One service with the administrator's credentials; the methods may be called from several threads.

    They raise NotAllowed, AwsRefused, ServiceError, Unreachable and WorkstationError.
    """

    def __init__(
        self,
        name: str,
        region: str,
        credentials: client.Credentials,
        settings: Settings = ACTIVE_PROFILE,
        limits: Limits = LIMITS_OF_IDENTITY_CENTER,
    ) -> None:
        self._name = name
        self._how_to_allow = limits.how_to_allow
        aws = client.client(name, region, credentials, attempts=1, settings=settings)
        self._client = PacedClient(aws, limits.pace, quota=limits.quota)

    def call(self, operation: str, **parameters: t.Any) -> dict[str, t.Any]:
        try:
            return self._client.call(operation, **parameters)
        except AwsRefused as error:
            raise self._translated(error) from error

    def pages(
        self, operation: str, key: str, size: int | None = 100, **parameters: t.Any
    ) -> t.Iterator[t.Any]:
        return pages(self.call, operation, key, size, **parameters)

    def _translated(self, error: AwsRefused) -> ServiceError:
        if error.code == "AccessDenied":
            action = f"{_ACTION_PREFIX[self._name]}:{error.operation}"
            return NotAllowed(f"{error}. Allow {action} to these credentials, and {self._how_to_allow}")
        if error.code in _BAD_CREDENTIALS:
            return ServiceError(
                f"{error}. AWS does not accept the administrator's credentials. If they are temporary, they"
                " may have expired: get new ones."
            )
        return error


class Instance(t.NamedTuple):
    """An instance of IAM Identity Center."""

    arn: str
    identity_store_id: str


class AdminClients(t.NamedTuple):
    """The clients, and the instance to query."""

    sso_admin: AdminClient
    identity_store: AdminClient
    organizations: AdminClient
    instance: Instance


@dataclasses.dataclass(frozen=True)
class AdminCredentials:
    """How to reach an instance: everything is optional, and resolved by botocore or by a call to AWS.

    *credentials* take precedence over *profile*; *region* is that of the instance.
    """

    region: str | None = None
    profile: str | None = None
    credentials: client.Credentials | None = dataclasses.field(default=None, repr=False)
    instance_arn: str | None = None
    identity_store_id: str | None = None

    def key(self) -> list[str | None]:
        """What distinguishes this administrator from others, without a secret."""
        access_key = self.credentials.access_key if self.credentials else None
        given = [self.region, self.profile, access_key, self.instance_arn, self.identity_store_id]
        return [*given, *map(os.environ.get, _CHAIN_VARIABLES)]

    def connect(self) -> AdminClients:
        """Raises what AdminClient raises."""
        credentials, region = self._credentials_and_region()
        sso_admin, identity_store, organizations = (
            AdminClient(name, region, credentials, Settings(self.profile))
            for name in ("sso-admin", "identitystore", "organizations")
        )
        return AdminClients(sso_admin, identity_store, organizations, self._instance(sso_admin, region))

    def _credentials_and_region(self) -> tuple[client.Credentials, str]:
        credentials, region = self.credentials, self.region
        if credentials is None or region is None:
            found, found_region = from_chain(self.profile, wanted=credentials is None)
            credentials, region = credentials or found, region or found_region
        if credentials is None:
            raise WorkstationError(
                f"{named(self.profile)} has no credentials. Set profile to one of an administrator of IAM"
                " Identity Center, or set access_key and secret_key."
            )
        if region is None:
            raise WorkstationError("Set region to the region of the instance of IAM Identity Center.")
        return credentials, region

    def _instance(self, sso_admin: AdminClient, region: str) -> Instance:
        if self.instance_arn and self.identity_store_id:
            return Instance(self.instance_arn, self.identity_store_id)
        instances = [
            Instance(item["InstanceArn"], item["IdentityStoreId"])
            for item in sso_admin.pages("list_instances", "Instances")
        ]
        fitting = [instance for instance in instances if self._fits(instance)]
        if len(fitting) == 1:
            return fitting[0]
        seen = ", ".join(f"{instance.arn} ({instance.identity_store_id})" for instance in instances)
        if fitting:
            raise WorkstationError(
                f"There are several instances of IAM Identity Center: {seen}. Set instance_arn."
            )
        raise WorkstationError(
            f"No {'matching ' if seen else ''}instance of IAM Identity Center is visible to these credentials"
            f" in {region}{f', only {seen}' if seen else ''}. Set the region of the instance, which the"
            " settings of IAM Identity Center show, and use credentials of the management account or of the"
            " delegated administrator."
        )

    def _fits(self, instance: Instance) -> bool:
        return self.instance_arn in (None, instance.arn) and self.identity_store_id in (
            None,
            instance.identity_store_id,
        )


def from_chain(profile: str | None, wanted: bool = True) -> tuple[client.Credentials | None, str | None]:
    """Credentials, if they are *wanted*, and region as botocore finds them for *profile*.

    Raises WorkstationError.
    """
    client.require_botocore()
    from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

    try:
        session = verified_session(profile)
        region = session.get_config_variable("region")
        found = session.get_credentials() if wanted else None
        frozen = found.get_frozen_credentials() if found else None
    except (BotoCoreError, ClientError) as error:
        sign_in = f"aws sso login {shell_option('--profile', profile)}" if profile else "aws sso login"
        hint = f" If they come from IAM Identity Center, sign in first: {sign_in}"
        raise WorkstationError(
            f"{named(profile)} provides no credentials: {error}."
            + ("" if isinstance(error, ProfileNotFound) else hint)
        ) from None
    credentials = client.Credentials(frozen.access_key, frozen.secret_key, frozen.token) if frozen else None
    return credentials, region


def named(profile: str | None) -> str:
    """What messages call *profile*, at the start of a sentence."""
    return f"The profile {profile!r}" if profile else "The environment or default profile"
