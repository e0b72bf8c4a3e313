# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles, a signed-in user and lookups, for tests of role credentials."""

from __future__ import annotations

import json
import os
import pathlib
import time
import typing as t

import botocore.session
from ansible.plugins.loader import lookup_loader

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    DEVICE,
    PKCE,
    LoginOptions,
    ensure_login,
)
from identity_center import IdentityCenter
from support.logins import CORP, FakeUser, in_seconds

CREDENTIALS = "workstation.aws_sso.sso_credentials"
ACCESS = "workstation.aws_sso.sso_access"
START_URL = CORP.start_url
DEPLOY = "arn:aws:iam::222233334444:role/Deploy"

PROFILES = f"""\
[sso-session corp]
sso_start_url = {START_URL}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ReadOnly
region = eu-central-1

[profile admin]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = AdministratorAccess

[profile prod]
sso_session = corp
sso_account_id = 222233334444
sso_role_name = AdministratorAccess

[profile old]
sso_start_url = {START_URL}
sso_region = eu-west-1
sso_account_id = 012345678901
sso_role_name = ReadOnly

[profile deploy]
role_arn = {DEPLOY}
source_profile = dev
region = eu-north-1
"""


def sign_in(
    center: IdentityCenter, session: SsoSession = CORP, user: str | None = None, force: bool = False
) -> None:
    method = DEVICE if session.name is None else PKCE
    visitor = FakeUser(lambda page: center.approve(page, user))
    ensure_login(session, LoginOptions(method, force=force), visitor.user)


def user_of(credentials: t.Mapping[str, t.Any]) -> str:
    """The user whose sign-in obtained *credentials* in the format of amazon.aws, as STS sees it."""
    return _user(credentials, None)


def user_at(center: IdentityCenter, credentials: t.Mapping[str, t.Any]) -> str:
    """As user_of(), for an emulator that the variables of this process do not name."""
    return _user(credentials, center.url)


def _user(credentials: t.Mapping[str, t.Any], endpoint: str | None) -> str:
    client = botocore.session.Session(session_vars={"profile": (None, None, None, None)}).create_client(
        "sts",
        region_name="eu-west-1",
        endpoint_url=endpoint,
        aws_access_key_id=credentials["access_key"],
        aws_secret_access_key=credentials["secret_key"],
        aws_session_token=credentials["session_token"],
    )
    return str(client.get_caller_identity()["Arn"]).rsplit("/", 1)[1]


def lookup(name: str, *terms: str, **options: t.Any) -> list[t.Any]:
    """What a play gets from a lookup."""
    plugin = lookup_loader.get(name)
    found: list[t.Any] = plugin.run(list(terms), {}, **options)
    return found


def one(*terms: str, **options: t.Any) -> dict[str, t.Any]:
    """The credentials that sso_credentials returns for one profile or role."""
    (found,) = lookup(CREDENTIALS, *terms, **options)
    return dict(found)


def role_file(home: pathlib.Path, name: str) -> pathlib.Path:
    return home / ".aws" / "cli" / "cache" / f"{name}.json"


def as_the_cli_writes(path: pathlib.Path, seconds: float = 3600, **changes: t.Any) -> dict[str, t.Any]:
    """A file of role credentials as AWS CLI 2.36 leaves it; returns its keys."""
    keys = {
        "AccessKeyId": "ASIAFROMTHECLI",
        "SecretAccessKey": "secret-of-the-cli",
        "SessionToken": "token-of-the-cli",
        "Expiration": in_seconds(seconds),
        "AccountId": "111122223333",
        **changes,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"ProviderType": "sso", "Credentials": keys}))
    now = time.time_ns()  # later than the tick of the kernel's clock in which the token may have been written
    os.utime(path, ns=(now, now))
    return keys
