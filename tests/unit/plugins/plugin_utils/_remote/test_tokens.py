# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token of a host for calls in the name of its user."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    CACHE,
    REFRESH,
)
from identity_center import IdentityCenter
from support.logins import CORP, FakeUser
from support.scratch_host_cache import ScratchHost, ensure, preview

ROLES_OF_ALICE = 5


def test_an_expired_token_is_refreshed_and_stored_on_the_host(
    signed_in: ScratchHost, center: IdentityCenter
) -> None:
    signed_in.expire()
    before = signed_in.document()
    would = preview(signed_in)
    assert (would.method, would.access) == (REFRESH, []) and signed_in.document() == before
    login = ensure(signed_in, FakeUser(pytest.fail))
    assert login.method == REFRESH and login.access is not None and len(login.access) == ROLES_OF_ALICE
    after = signed_in.document()
    assert after["accessToken"] != before["accessToken"] and list(after) == list(before)
    assert after["expiresAt"] == login.expires_at
    assert ensure(signed_in, FakeUser(pytest.fail)).method == CACHE
    assert not [secret for secret in center.records.secrets() if secret in signed_in.printed]


def test_a_token_that_aws_rejects_is_refreshed(signed_in: ScratchHost, center: IdentityCenter) -> None:
    rejected = signed_in.document()["accessToken"]
    center.revoke_tokens()
    assert preview(signed_in)[0::2] == (REFRESH, [])
    assert ensure(signed_in, FakeUser(pytest.fail)).method == REFRESH
    assert signed_in.document()["accessToken"] != rejected


def test_a_cli_that_refreshes_at_the_same_time_is_not_disturbed(
    signed_in: ScratchHost, center: IdentityCenter
) -> None:
    """Between the refresh and its storing the CLI on the host has stored another token."""
    signed_in.expire()
    run = signed_in.run

    def slowly(program: bytes) -> t.Any:
        if b"def store(" in program:
            signed_in.change(accessToken="of-the-cli")
        return run(program)

    signed_in.cache._run = slowly
    login = ensure(signed_in, FakeUser(pytest.fail))
    assert login.method == CACHE and login.access is not None and len(login.access) == ROLES_OF_ALICE
    assert signed_in.document()["accessToken"] == "of-the-cli"


def test_a_cli_that_was_first_has_the_token(signed_in: ScratchHost, center: IdentityCenter) -> None:
    """The refresh token was used up by the CLI on the host, which stored what it got."""
    fresh = signed_in.document()
    signed_in.expire()
    signed_in.change(refreshToken="used-up", accessToken="old")
    reads = []
    run = signed_in.run

    def then_the_cli_writes(program: bytes) -> t.Any:
        outcome = run(program)
        if not reads:
            signed_in.change(**fresh)
        reads.append(program)
        return outcome

    signed_in.cache._run = then_the_cli_writes
    login = ensure(signed_in, FakeUser(pytest.fail))
    assert login.method == CACHE and login.access is not None and len(login.access) == ROLES_OF_ALICE
    assert signed_in.document() == fresh


def test_a_cache_that_is_read_only_costs_no_refresh_token(
    signed_in: ScratchHost, center: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in.expire()
    found = signed_in.cache.read(CORP)
    monkeypatch.setattr(signed_in.cache, "read", lambda session: found._replace(writable=False))
    with pytest.raises(WorkstationError, match=r"cannot write to ~/\.aws/sso/cache"):
        ensure(signed_in, FakeUser(pytest.fail))
    assert center.count("CreateToken") == 1
