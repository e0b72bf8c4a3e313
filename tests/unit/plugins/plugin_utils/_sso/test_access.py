# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles of a user: filters, complete lists and their cache."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_cache import read_token
from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _display
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRequired, Unreachable
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.access import (
    EVERYTHING,
    Filter,
    fetch_access,
    list_access,
    matches,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.portal import OneToken, Portal
from identity_center import IdentityCenter
from identity_center.world import Account, Assignment, PermissionSet, User, World
from support.logins import CORP, token_file
from support.role_credentials import sign_in

Center = t.Callable[[World], IdentityCenter]

OPTIONS = {"accounts": ["*"], "roles": ["*"], "exclude_accounts": [], "exclude_roles": []}


@pytest.fixture
def signed_in(center: IdentityCenter, aws_config: pathlib.Path) -> IdentityCenter:
    sign_in(center)
    return center


def names(found: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(access["account_name"], access["role_name"]) for access in found]


def test_a_glob_matches_whole_names_and_their_case() -> None:
    assert matches(["Prod*"], "111122223333", "Production")
    assert matches(["1111*"], "111122223333", "Production")
    assert not matches(["prod*", "Prod", "duction"], "111122223333", "Production")
    assert not matches([], "Production")


def test_the_default_options_select_everything() -> None:
    assert Filter.from_options({**OPTIONS, "session": "corp"}) == EVERYTHING
    assert EVERYTHING.has_account("111122223333", "") and EVERYTHING.has_role("ReadOnly")


def test_exclusions_take_precedence() -> None:
    options = {"accounts": ["Prod*"], "exclude_accounts": ["1111*"], "exclude_roles": ["Admin*"]}
    wanted = Filter.from_options({**OPTIONS, **options})
    assert wanted.has_account("222233334444", "Production")
    assert not wanted.has_account("111122223333", "Production")
    assert not wanted.has_account("222233334444", "Development")
    assert wanted.has_role("ReadOnly") and not wanted.has_role("AdministratorAccess")


def test_accounts_that_are_not_wanted_cost_no_request(signed_in: IdentityCenter) -> None:
    wanted = Filter(accounts=("Prod*", "0123*"), roles=("Read*",))
    assert names(list_access(CORP, wanted)) == [("Log Archive", "ReadOnly"), ("Production", "ReadOnly")]
    assert signed_in.count("ListAccountRoles") == 2


def test_a_list_is_sorted_by_account_and_role_whatever_their_case(
    aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = (Account("2" * 12, "alpha"), Account("1" * 12, "alpha"), Account("3" * 12, "Beta"))
    roles = ("B-role", "a-role")
    world = World(
        users=(User("alice", "correct horse"),),
        accounts=accounts,
        permission_sets=tuple(map(PermissionSet, roles)),
        assignments=tuple(Assignment("alice", account.id, role) for account in accounts for role in roles),
    )
    with IdentityCenter(world) as center:
        for name, value in center.environment().items():
            monkeypatch.setenv(name, value)
        sign_in(center)
        found = list_access(CORP)
    assert [(access["account_id"][0], access["role_name"]) for access in found] == [
        ("1", "a-role"),
        ("1", "B-role"),
        ("2", "a-role"),
        ("2", "B-role"),
        ("3", "a-role"),
        ("3", "B-role"),
    ]


def test_a_list_is_used_again_for_cache_ttl_with_other_roles(signed_in: IdentityCenter) -> None:
    first = list_access(CORP, cache_ttl=60)
    assert list_access(CORP, cache_ttl=60) == first
    assert list_access(CORP, Filter(roles=("ReadOnly",)), cache_ttl=60) == [
        access for access in first if access["role_name"] == "ReadOnly"
    ]
    assert signed_in.count("ListAccounts") == 1


def test_a_list_without_cache_ttl_or_with_other_accounts_is_requested(signed_in: IdentityCenter) -> None:
    list_access(CORP, cache_ttl=60)
    list_access(CORP)
    list_access(CORP, Filter(accounts=("Prod*",)), cache_ttl=60)
    list_access(CORP, Filter(exclude_accounts=("Prod*",)), cache_ttl=60)
    assert signed_in.count("ListAccounts") == 4


def test_the_order_of_globs_makes_no_other_list(signed_in: IdentityCenter) -> None:
    list_access(CORP, Filter(accounts=("Prod*", "Dev*")), cache_ttl=60)
    list_access(CORP, Filter(accounts=("Dev*", "Prod*")), cache_ttl=60)
    assert signed_in.count("ListAccounts") == 1


def test_a_list_is_not_used_after_another_sign_in(signed_in: IdentityCenter) -> None:
    list_access(CORP, cache_ttl=60)
    os.utime(token_file())
    list_access(CORP, cache_ttl=60)
    assert signed_in.count("ListAccounts") == 2


def test_a_list_is_not_used_after_a_logout(signed_in: IdentityCenter) -> None:
    list_access(CORP, cache_ttl=3600)
    token_file().unlink()
    with pytest.raises(LoginRequired, match="aws sso login --sso-session corp"):
        list_access(CORP, cache_ttl=3600)


def test_a_list_with_gaps_is_an_error_and_not_kept(signed_in: IdentityCenter) -> None:
    signed_in.faults.add("ListAccountRoles", "proxy_page", after=2)
    with pytest.raises(Unreachable):
        list_access(CORP, cache_ttl=60)
    signed_in.faults.clear()
    assert len(list_access(CORP, cache_ttl=60)) == 5


def test_a_list_can_be_requested_with_a_given_token(signed_in: IdentityCenter) -> None:
    token = read_token(CORP.token_path)
    assert token is not None
    signed_in.revoke_tokens()
    with pytest.raises(LoginRequired, match="AWS does not accept its token"):
        list_access(CORP, tokens=OneToken(CORP, token))
    assert signed_in.count("CreateToken") == 1, "the token is not refreshed"


def test_fetched_access_is_not_kept(signed_in: IdentityCenter, home: pathlib.Path) -> None:
    before = sorted(home.rglob("*"))
    (access,) = fetch_access(CORP, Portal(CORP), Filter(accounts=("Log*",)))
    assert access == {
        "session": "corp",
        "account_id": "012345678901",
        "account_name": "Log Archive",
        "email": "aws+logs@acme.example",
        "role_name": "ReadOnly",
    }
    assert sorted(home.rglob("*")) == before


def test_fetched_access_includes_all_roles_of_an_account(signed_in: IdentityCenter) -> None:
    wanted = Filter(accounts=("Dev*",), roles=("ReadOnly",))
    found = fetch_access(CORP, Portal(CORP), wanted)
    assert names(found) == [("Development", "AdministratorAccess"), ("Development", "ReadOnly")]


def test_progress_is_shown_for_the_host_after_a_while(
    signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch_access(CORP, Portal(CORP), host="laptop")
    assert not capsys.readouterr().err
    monkeypatch.setattr(_display, "SECONDS_BETWEEN_PROGRESS", 0)
    fetch_access(CORP, Portal(CORP), host="laptop")
    assert "[laptop] corp: roles of 2 of 3 accounts" in capsys.readouterr().err
