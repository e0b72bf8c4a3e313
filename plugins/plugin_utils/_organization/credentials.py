# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose credentials read AWS Organizations.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import os
import typing as t

from ...module_utils._aws_config.parser import config_path, credentials_path
from ...module_utils._aws_config.resolution import UnresolvedProfile
from ...module_utils._errors import WorkstationError
from .._assignments.connection import AdminClient, AdminCredentials, Limits, from_chain, named
from .._aws.client import Credentials
from .._aws.rate_limit import (
    ORGANIZATIONS_BURST,
    ORGANIZATIONS_QUOTA,
    ORGANIZATIONS_RATE,
    RateLimiter,
)
from .._aws.session import Settings, settings_of
from .._credentials.profiles import CredentialSource, ProfileError
from .._credentials.resolve import find_source, role_credentials
from .._credentials.sign_in import current_sign_in
from .._display import debug

_MIN_TTL = 900
"""Seconds. A list of 4,000 accounts takes as long at the rate of RateLimiter."""

_HOW_TO_ALLOW = (
    "take them from the management account of the organization or from a member account that is a delegated"
    " administrator of it. The option organization describes every action that it needs."
)

Warn = t.Callable[[str], None]


class Role(t.NamedTuple):
    """A role of IAM Identity Center without a profile."""

    session: str
    account_id: str
    role_name: str


@dataclasses.dataclass(frozen=True)
class OrganizationCredentials:
    """The credentials of *role*, the *keys*, those of *profile*, or else what botocore finds by default."""

    profile: str | None = None
    keys: Credentials | None = dataclasses.field(default=None, repr=False)
    role: Role | None = None

    def key(self) -> list[t.Any]:
        """What distinguishes these credentials from others, without a secret.

        Those of IAM Identity Center are of the user who is signed in. Raises WorkstationError.
        """
        source = self._source()
        if source is not None:
            current = current_sign_in(source.session)
            sign_in = current.sign_in.id if current else None
            return [source.session.start_url, source.account_id, source.role_name, source.chain, sign_in]
        administrator = AdminCredentials(profile=self.profile, credentials=self.keys)
        return [*administrator.key(), config_path(os.environ), credentials_path(os.environ)]

    def client(self, region: str, warn: Warn) -> AdminClient:
        """A client of AWS Organizations, whose endpoint is that of the partition.

        That is the partition of the credentials, if these are of IAM Identity Center or come with a region,
        and otherwise that of *region*.

        Raises LoginRequired, ServiceError, Unreachable and WorkstationError.
        """
        source = self._source()
        if source is not None:
            found = role_credentials(source, _MIN_TTL, warn=warn)
            keys = Credentials(found.access_key_id, found.secret_access_key, found.session_token)
            return _client(source.session.region, keys, settings_of(source.session))
        if self.keys is not None:
            return _client(region, self.keys, Settings())
        chain_keys, chain_region = from_chain(self.profile)
        if chain_keys is None:
            raise WorkstationError(
                f"{named(self.profile)} has no credentials to read AWS Organizations with. In organization,"
                " set profile, or access_key and secret_key, or session, account_id and role_name."
            )
        return _client(chain_region or region, chain_keys, Settings(self.profile))

    def _source(self) -> CredentialSource | None:
        """The role of IAM Identity Center; None if the credentials are others, which botocore finds."""
        if self.role is not None:
            return find_source(None, {**self.role._asdict(), "start_url": None, "region": None})
        if self.profile is None:
            return None
        try:
            return find_source(self.profile, {})
        except ProfileError as error:
            cause = error.__cause__
            if not (isinstance(cause, UnresolvedProfile) and cause.works):
                raise
            debug(f"the profile {self.profile} has credentials other than of IAM Identity Center")
            return None


def _client(region: str, keys: Credentials, settings: Settings) -> AdminClient:
    pace = RateLimiter(ORGANIZATIONS_RATE, ORGANIZATIONS_BURST)
    limits = Limits(pace, ORGANIZATIONS_QUOTA, _HOW_TO_ALLOW)
    return AdminClient("organizations", region, keys, settings, limits)
