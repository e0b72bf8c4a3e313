# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens, registrations and role credentials in the home directory, written without the controller's code."""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.role_cache import role_file_name
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.state import state_directory

CORP = SsoSession("corp", "https://acme.awsapps.com/start", "eu-west-1")
OTHER = SsoSession("other", "https://other.awsapps.com/start", "us-east-1")
LEGACY = SsoSession(None, "https://acme.awsapps.com/start", "eu-west-1", None)
SECRETS = (
    "the-access-token",
    "the-refresh-token",
    "the-client-secret",
    "the-secret-key",
    "the-session-token",
)
READER = ("111122223333", "ReadOnly")


def in_seconds(seconds: float) -> str:
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def token_of(session: SsoSession = CORP, **changes: t.Any) -> t.Dict[str, t.Any]:
    """The document of a token; None leaves a field out."""
    document = {
        "startUrl": session.start_url,
        "region": session.region,
        "accessToken": "the-access-token",
        "expiresAt": in_seconds(3600),
        "clientId": "the-client",
        "clientSecret": "the-client-secret",
        "registrationExpiresAt": in_seconds(86400),
        "refreshToken": "the-refresh-token",
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def write_token(session: SsoSession = CORP, **changes: t.Any) -> pathlib.Path:
    path = pathlib.Path(session.token_path)
    return write(path, token_of(session, **changes))


def write_registration(session: SsoSession = CORP) -> pathlib.Path:
    content = {"clientId": "the-client", "clientSecret": "the-client-secret", "expiresAt": in_seconds(86400)}
    return write(pathlib.Path(session.registration_path), content)


def role_path(session: SsoSession, account_id: str, role_name: str) -> pathlib.Path:
    return cli_cache() / role_file_name(session, account_id, role_name)


def cli_cache() -> pathlib.Path:
    return pathlib.Path(os.environ["HOME"], ".aws", "cli", "cache")


def write_role(
    path: pathlib.Path, account_id: t.Optional[str] = "111122223333", **changes: t.Any
) -> pathlib.Path:
    """A file of role credentials as the AWS CLI leaves it."""
    keys = {
        "AccessKeyId": "ASIAX",
        "SecretAccessKey": "the-secret-key",
        "SessionToken": "the-session-token",
        "Expiration": in_seconds(3600),
    }
    if account_id:
        keys["AccountId"] = account_id
    return write(path, {"ProviderType": "sso", "Credentials": {**keys, **changes}})


def write_record(
    session: SsoSession, path: pathlib.Path, account_id: str, role_name: str, **more: t.Any
) -> None:
    """What the controller notes about a file that it writes."""
    record = {"account_id": account_id, "role_name": role_name, "role_arn": None, "lifetime": 3600, **more}
    write(pathlib.Path(state_directory(session), "roles", path.name), record)


def write(path: pathlib.Path, document: t.Any) -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path
