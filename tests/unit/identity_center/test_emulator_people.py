# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several people, clients that AWS forgot, and tokens without the scope that the portal requires."""

from __future__ import annotations

import pytest

from identity_center import BrowserUser, BrowserUserError, IdentityCenter
from support.emulator_clients import SCOPE, Clients, authorize_url, callback, code_of


@pytest.mark.parametrize("loss", ["expire", "revoke"])
@pytest.mark.parametrize("kind", ["access_tokens", "sign_ins"])
def test_one_user_loses_what_another_keeps(
    center: IdentityCenter, clients: Clients, loss: str, kind: str
) -> None:
    tokens = {name: clients.token(user=name)["accessToken"] for name in ("alice", "bob")}
    assert getattr(center, loss)(kind, "alice") == 1
    assert code_of(clients.portal.list_accounts, accessToken=tokens["alice"]) == "UnauthorizedException"
    assert clients.portal.list_accounts(accessToken=tokens["bob"])["accountList"]


def test_the_keys_of_one_user_end(center: IdentityCenter, clients: Clients) -> None:
    issued = {}
    for name in ("alice", "bob"):
        issued[name] = clients.portal.get_role_credentials(
            accessToken=clients.token(user=name)["accessToken"],
            accountId="111122223333",
            roleName="ReadOnly",
        )["roleCredentials"]
    center.expire("role_credentials", user="alice")
    assert code_of(clients.sts(issued["alice"]).get_caller_identity) == "ExpiredToken"
    assert clients.sts(issued["bob"]).get_caller_identity()["Arn"].endswith("/bob")


@pytest.mark.parametrize("kind", ["registrations", "device_codes", "authorization_codes"])
def test_what_belongs_to_nobody_cannot_be_revoked_for_a_user(center: IdentityCenter, kind: str) -> None:
    with pytest.raises(ValueError, match="of a user are: sign_ins"):
        center.revoke(kind, user="alice")


@pytest.mark.parametrize("loss", ["expire", "revoke"])
def test_a_forgotten_client_of_pkce_sees_a_page_and_no_redirect(
    center: IdentityCenter, clients: Clients, loss: str
) -> None:
    """As at AWS, the program that waits for the redirect learns nothing."""
    client = clients.register(SCOPE, pkce=True)
    getattr(center, loss)("registrations")
    with callback() as heard:
        with pytest.raises(BrowserUserError, match="status 400"):
            BrowserUser().visit(authorize_url(center, client, heard.uri))
        assert heard.calls == []
    assert center.count("Authorize", status=400) == 1


@pytest.mark.parametrize("error", ["ForbiddenException", "UnauthorizedException"])
def test_a_token_without_the_scope_of_the_portal(
    center: IdentityCenter, clients: Clients, error: str
) -> None:
    center.set(missing_scope_error=error)
    token = clients.token(clients.register("codewhisperer:completions"))["accessToken"]
    portal = clients.portal
    account = {"accessToken": token, "accountId": "111122223333"}
    assert code_of(portal.list_accounts, accessToken=token) == error
    assert code_of(portal.list_account_roles, **account) == error
    assert code_of(portal.get_role_credentials, roleName="ReadOnly", **account) == error
    portal.logout(accessToken=token)


def test_a_registration_without_an_end(center: IdentityCenter, clients: Clients) -> None:
    center.set(registration_seconds=0)
    answer = clients.oidc.register_client(clientName="x", clientType="public")
    assert answer["clientSecretExpiresAt"] == 0
    center.set(clock_skew_seconds=50 * 365 * 86400)
    assert clients.device({name: answer[name] for name in ("clientId", "clientSecret")})["userCode"]
