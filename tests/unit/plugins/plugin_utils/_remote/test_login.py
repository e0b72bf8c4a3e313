# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-in for a host, and what its user has access to."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import Unreachable
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    CACHE,
    DEVICE,
    LoginOptions,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.login import (
    HostSession,
    sign_in_for_host,
)
from identity_center import IdentityCenter
from support.logins import CORP, FakeUser, approving_user, denying_user
from support.scratch_host_cache import ScratchHost, ensure, preview

ROLES_OF_ALICE = 5


def test_the_token_is_made_here_and_nothing_is_kept(center: IdentityCenter, home: pathlib.Path) -> None:
    someone = approving_user(center)
    login = sign_in_for_host(CORP, someone.user, 30)
    registration, token = login.files
    assert registration == "97a9fe18b9a6eedd34128795d876df7399aea547.json"
    assert token == "ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
    assert login.files[token]["accessToken"] == login.token.access_token
    assert login.files[token]["clientSecret"] == login.files[registration]["clientSecret"]
    assert center.records.access_tokens[login.files[token]["accessToken"]]
    assert not list(home.iterdir())


def test_a_refusal_reaches_the_host(center: IdentityCenter) -> None:
    with pytest.raises(WorkstationError, match="Deny was chosen"):
        sign_in_for_host(CORP, denying_user(center).user, 30)


def test_a_new_sign_in_lists_the_access_of_its_user(
    host: ScratchHost, center: IdentityCenter, home: pathlib.Path
) -> None:
    login = ensure(host, approving_user(center), host.state(seconds_left=0, refreshable=False))
    assert login.method == DEVICE and login.access is not None and len(login.access) == ROLES_OF_ALICE
    assert login.access == sorted(login.access, key=lambda one: (one["account_name"], one["role_name"]))
    assert host.path().exists() and not list(home.iterdir())


def test_a_token_that_is_there_lists_the_access_too(
    signed_in: ScratchHost, center: IdentityCenter, home: pathlib.Path
) -> None:
    before = signed_in.path().read_bytes()
    for login in (ensure(signed_in, FakeUser(pytest.fail)), preview(signed_in)):
        assert login.method == CACHE and login.access is not None and len(login.access) == ROLES_OF_ALICE
    assert signed_in.path().read_bytes() == before
    assert not [secret for secret in center.records.secrets() if secret in signed_in.printed]
    assert not list(home.iterdir())


def test_without_the_list_no_token_leaves_the_host(signed_in: ScratchHost) -> None:
    signed_in.before = lambda: pytest.fail("a program ran")
    session = HostSession(signed_in.state(), signed_in.cache, FakeUser(pytest.fail).user)
    for act in (session.ensure_login, session.preview):
        assert act(LoginOptions(DEVICE), with_access=False).access is None


def test_where_a_refresh_is_refused_somebody_signs_in(signed_in: ScratchHost, center: IdentityCenter) -> None:
    signed_in.expire()
    signed_in.change(refreshToken="of-an-ended-session")
    someone = approving_user(center)
    login = ensure(signed_in, someone)
    assert login.method == DEVICE and login.access is not None and len(login.access) == ROLES_OF_ALICE
    assert "refresh of the token on the host was refused" in someone.warned[0]


def test_where_the_token_of_the_host_is_gone_somebody_signs_in(
    signed_in: ScratchHost, center: IdentityCenter
) -> None:
    signed_in.path().unlink()
    assert preview(signed_in)[0::2] == (DEVICE, [])
    assert ensure(signed_in, approving_user(center)).method == DEVICE


def test_nobody_signs_in_for_a_cache_that_cannot_be_written(
    host: ScratchHost, center: IdentityCenter
) -> None:
    state = host.state(seconds_left=0, refreshable=False)._replace(writable=False)
    with pytest.raises(WorkstationError, match=r"where the token is stored\. If a command under sudo"):
        ensure(host, FakeUser(pytest.fail), state)
    assert not center.requests


def test_a_list_with_gaps_is_an_error(signed_in: ScratchHost, center: IdentityCenter) -> None:
    center.faults.add("ListAccountRoles", "proxy_page", after=1)
    with pytest.raises(Unreachable):
        ensure(signed_in, FakeUser(pytest.fail))


def test_each_user_of_a_host_has_a_list_of_their_own(
    tmp_path: pathlib.Path, center: IdentityCenter, home: pathlib.Path
) -> None:
    lists = []
    for user in ("alice", "bob"):
        host = ScratchHost(tmp_path / user / ".aws" / "sso" / "cache")
        someone = FakeUser(lambda page, user=user: center.approve(page, user))
        for state in (host.state(seconds_left=0, refreshable=False), None):
            login = ensure(host, someone, state)
            lists.append([(one["account_id"], one["role_name"]) for one in login.access or ()])
    assert lists[0] == lists[1] and lists[2] == lists[3] and lists[0] != lists[2]
    assert not list(home.iterdir())


def test_a_sign_in_does_not_fail_because_an_account_is_suspended(
    signed_in: ScratchHost, center: IdentityCenter
) -> None:
    center.faults.add("ListAccountRoles", "forbidden", account="222233334444")
    someone = FakeUser(pytest.fail)
    login = ensure(signed_in, someone)
    assert login.access is not None
    assert {access["account_id"] for access in login.access} == {"111122223333", "012345678901"}
    (warning,) = someone.warned
    assert "Production (222233334444: Forbidden: No access)" in warning
