# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user for tests of logins, and cache files as other tools write them."""

from __future__ import annotations

import dataclasses
import datetime
import json
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    DEVICE,
    PKCE,
    LoginOptions,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.prompt import LoginUser
from identity_center import IdentityCenter

CORP = SsoSession("corp", "https://acme.awsapps.com/start", "eu-west-1")
LEGACY = SsoSession(None, "https://acme.awsapps.com/start", "eu-west-1", None)
TOKEN_KEYS = [
    "startUrl",
    "region",
    "accessToken",
    "expiresAt",
    "clientId",
    "clientSecret",
    "registrationExpiresAt",
    "refreshToken",
]
"""The keys of a token that can be refreshed, in the order of the AWS CLI."""
BOTH_METHODS = pytest.mark.parametrize(
    "wanted", [LoginOptions(DEVICE), LoginOptions(PKCE)], ids=["device", "pkce"]
)


@dataclasses.dataclass
class FakeUser:
    """Remembers what was shown; *visit* is what they do with a page that is opened for them."""

    visit: t.Callable[[str], None]
    shown: list[str] = dataclasses.field(default_factory=list)
    warned: list[str] = dataclasses.field(default_factory=list)
    pages: list[str] = dataclasses.field(default_factory=list)

    @property
    def user(self) -> LoginUser:
        return LoginUser(self.shown.append, self.warned.append, self._open)

    def at(self, **place: t.Any) -> LoginUser:
        """The user at another *place*: without a browser, at a terminal, for a host."""
        return dataclasses.replace(self.user, **place)

    def _open(self, page: str) -> None:
        self.pages.append(page)
        self.visit(page)


def approving_user(center: IdentityCenter) -> FakeUser:
    return FakeUser(center.approve)


def denying_user(center: IdentityCenter) -> FakeUser:
    return FakeUser(center.deny)


def absent_user() -> FakeUser:
    return FakeUser(lambda page: None)


def token_file(session: SsoSession = CORP) -> pathlib.Path:
    return pathlib.Path(session.token_path)


def registration_file(session: SsoSession = CORP) -> pathlib.Path:
    return pathlib.Path(session.registration_path)


def change(path: pathlib.Path, **fields: t.Any) -> dict[str, t.Any]:
    """Change fields of a file of the cache; None removes one. Returns the new content."""
    document = {**json.loads(path.read_text()), **fields}
    document = {name: value for name, value in document.items() if value is not None}
    path.write_text(json.dumps(document))
    return document


def in_seconds(seconds: float) -> str:
    """A timestamp of the cache, *seconds* from now."""
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
