# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""STS: who holds these keys (GetCallerIdentity), and another role for them (AssumeRole)."""

from __future__ import annotations

import datetime
import typing as t

from identity_center.messages import ApiError, Handler, Request
from identity_center.portal import issue_key
from identity_center.records import Key, Records
from identity_center.settings import Knobs
from identity_center.signature import signing_key_of, verify_signature
from identity_center.world import World

CHAINED_SESSION_LIMIT = 3600


class Sts:
    def __init__(self, world: World, knobs: Knobs, records: Records) -> None:
        self._world = world
        self._knobs = knobs
        self._records = records
        self.operations: dict[str, Handler] = {
            "GetCallerIdentity": self.get_caller_identity,
            "AssumeRole": self.assume_role,
        }

    def get_caller_identity(self, _parameters: dict[str, t.Any], request: Request) -> dict[str, t.Any]:
        key = self._caller(request)
        return {"Arn": key.arn, "UserId": f"{key.role_id}:{key.session_name}", "Account": key.account_id}

    def assume_role(self, parameters: dict[str, t.Any], request: Request) -> dict[str, t.Any]:
        caller = self._caller(request)
        arn, session_name = parameters["RoleArn"], parameters["RoleSessionName"]
        role = self._world.roles_by_arn.get(arn)
        if (
            role is None
            or caller.account_id not in role.trusted
            or role.external_id not in (None, parameters.get("ExternalId"))
        ):
            raise ApiError(
                "AccessDenied",
                f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}",
            )
        seconds = parameters.get("DurationSeconds", CHAINED_SESSION_LIMIT)
        if seconds > CHAINED_SESSION_LIMIT:
            raise ApiError(
                "ValidationError",
                "The requested DurationSeconds exceeds the 1 hour session limit"
                " for roles assumed by role chaining",
            )
        key = issue_key(
            self._records,
            account_id=role.account_id,
            role_name=role.name,
            session_name=session_name,
            expires_at=int(self._knobs.now() + seconds),
        )
        return {
            "AssumedRoleUser": {"AssumedRoleId": f"{key.role_id}:{session_name}", "Arn": key.arn},
            "Credentials": {
                "AccessKeyId": key.access_key_id,
                "SecretAccessKey": key.secret_access_key,
                "SessionToken": key.session_token,
                "Expiration": datetime.datetime.fromtimestamp(key.expires_at, datetime.timezone.utc),
            },
        }

    def _caller(self, request: Request) -> Key:
        key = self._records.role_credentials.get(signing_key_of(request))
        if key is None or request.headers.get("X-Amz-Security-Token") != key.session_token:
            raise ApiError("InvalidClientTokenId", "The security token included in the request is invalid.")
        if key.expires_at <= self._knobs.now():
            raise ApiError("ExpiredToken", "The security token included in the request is expired")
        verify_signature(request, key, self._knobs.now())
        return key
