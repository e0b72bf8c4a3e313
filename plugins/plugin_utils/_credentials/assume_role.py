# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles that are assumed with the credentials of another role (STS AssumeRole).

PRIVATE to the collection.
"""

from __future__ import annotations

import getpass
import os
import re
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._text import printable
from .._aws import client
from .._aws.errors import AwsRefused
from .._aws.session import ACTIVE_PROFILE, Settings
from .._cached_credentials import RoleCredentials
from .._errors import ServiceError, not_from_aws
from .._sso.names import account_id
from .validity import require_valid

_PARTS_OF_AN_ARN = 6
_FIELDS = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
_ROLE_ARN = re.compile(r"arn:[a-z0-9-]+:iam::[0-9]{12}:role/[\x21-\x7e]+")
_SECONDS = range(900, 3601)
_LENGTHS_OF_AN_EXTERNAL_ID = range(2, 1225)
_NOT_IN_SESSION_NAMES = re.compile(r"[^\w+=,.@-]", re.ASCII)


def assume_role(
    source: RoleCredentials,
    region: str,
    request: t.Mapping[str, t.Any],
    settings: Settings = ACTIVE_PROFILE,
) -> RoleCredentials:
    """New credentials of the role in *request*, the parameters of AssumeRole, from the STS of *settings*.

    Raises ServiceError and Unreachable.
    """
    keys = client.Credentials(source.access_key_id, source.secret_access_key, source.session_token)
    parameters = {"RoleSessionName": _role_session_name(), **request}
    sts = client.client("sts", region, keys, settings=settings)
    try:
        response = client.call(sts, "assume_role", **parameters)
    except AwsRefused as error:
        if error.code in ("AccessDenied", "AccessDeniedException"):
            raise ServiceError(
                f"{error}. Check the name and the account of {request['RoleArn']}, because AWS answers the"
                " same for a role that does not exist. It must trust the role of IAM Identity Center that"
                f" assumes it{', with the external_id that was passed' if 'ExternalId' in request else ''},"
                " and that role must allow sts:AssumeRole."
            ) from error
        raise
    issued = response["Credentials"]
    arn = response["AssumedRoleUser"].get("Arn", "").split(":")
    fields: list[t.Any] = [issued.get(name) for name in _FIELDS]
    if not all(fields) or len(arn) != _PARTS_OF_AN_ARN:
        raise not_from_aws(f"The credentials of {request['RoleArn']} are incomplete")
    credentials = RoleCredentials(fields[0], fields[1], fields[2], fields[3], account_id(arn[4]))
    return require_valid(credentials, request["RoleArn"], client.clock_skew(sts))


def check_request(request: t.Mapping[str, t.Any]) -> None:
    """Raises WorkstationError if AWS allows no *request* with these parameters."""
    arn, seconds, external_id = (request.get(name) for name in ("RoleArn", "DurationSeconds", "ExternalId"))
    if not _ROLE_ARN.fullmatch(str(arn)):
        raise WorkstationError(
            "role_arn must be the ARN of a role, such as arn:aws:iam::222233334444:role/Deploy, not"
            f" {printable(str(arn))!r}."
        )
    if seconds is not None and seconds not in _SECONDS:
        raise WorkstationError(
            f"The duration for {arn} must be {_SECONDS.start} to {_SECONDS.stop - 1} seconds, not {seconds}."
            " This is the limit of AWS for a role that another role assumes."
        )
    if external_id is not None and len(str(external_id)) not in _LENGTHS_OF_AN_EXTERNAL_ID:
        raise WorkstationError(
            f"The external_id for {arn} must have {_LENGTHS_OF_AN_EXTERNAL_ID.start} to"
            f" {_LENGTHS_OF_AN_EXTERNAL_ID.stop - 1} characters, not {len(str(external_id))}."
        )


def _role_session_name() -> str:
    """The name that CloudTrail shows; AWS allows 2 to 64 characters."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run with a user ID that has no account
        user = str(os.getuid())
    return _NOT_IN_SESSION_NAMES.sub("-", f"ansible-{user}")[:64]
