# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles of a user: filters, complete lists and their cache."""

from __future__ import annotations

import os
import pathlib
import typing as t
import urllib.parse

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_cache import read_token
from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _display
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import paced_client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.rate_limit import Backoff
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRequired, Unreachable
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso import portal as portal_module
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.access import (
    EVERYTHING,
    SKIP,
    Filter,
    console_url,
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
        "console_url": f"{CORP.start_url}/#/console?account_id=012345678901&role_name=ReadOnly",
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


@pytest.fixture
def several_pages(signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch) -> IdentityCenter:
    """Pages of one entry, so that even three accounts have some."""
    monkeypatch.setattr(portal_module, "PAGE_SIZE", 1)
    return signed_in


@pytest.mark.parametrize("operation", ["ListAccounts", "ListAccountRoles"])
def test_entries_on_two_pages_are_listed_once(several_pages: IdentityCenter, operation: str) -> None:
    expected = list_access(CORP)
    several_pages.faults.add(operation, "duplicate_entries")
    assert list_access(CORP) == expected
    assert len(expected) == 5


@pytest.mark.parametrize("operation", ["ListAccounts", "ListAccountRoles"])
def test_an_empty_page_is_not_the_last_one(several_pages: IdentityCenter, operation: str) -> None:
    several_pages.faults.add(operation, "empty_pages")
    assert len(list_access(CORP)) == 5


@pytest.mark.parametrize("operation", ["ListAccounts", "ListAccountRoles"])
def test_a_page_token_that_repeats_is_an_error(several_pages: IdentityCenter, operation: str) -> None:
    several_pages.faults.add(operation, "repeated_token")
    with pytest.raises(Unreachable, match=r"The pages of list_account.* do not end"):
        list_access(CORP)
    assert several_pages.count(operation) <= 6


@pytest.mark.parametrize("operation", ["ListAccounts", "ListAccountRoles"])
@pytest.mark.parametrize("body", ["", "{}", '{"accountList": null, "roleList": null}'])
def test_a_page_without_a_list_is_not_an_empty_one(
    signed_in: IdentityCenter, operation: str, body: str
) -> None:
    """An empty list would remove all profiles of a task with purge."""
    signed_in.faults.add(operation, "answer", body=body)
    with pytest.raises(Unreachable, match=r"lacks (accountList|roleList), so the response is not from AWS"):
        list_access(CORP)


@pytest.mark.parametrize(
    ("fault", "answer"), [("forbidden", "Forbidden: No access"), ("not_found", "ResourceNotFound: Not found")]
)
def test_all_accounts_that_refuse_are_named_with_what_to_do(
    signed_in: IdentityCenter, fault: str, answer: str
) -> None:
    signed_in.faults.add("ListAccountRoles", fault, account="222233334444")
    signed_in.faults.add("ListAccountRoles", fault, account="012345678901")
    with pytest.raises(WorkstationError) as caught:
        list_access(CORP)
    text = str(caught.value)
    assert f"2 accounts, Log Archive (012345678901: {answer}), Production (222233334444: {answer})." in text
    assert "exclude_accounts (012345678901, 222233334444;" in text
    assert "unavailable to skip" in text
    wanted = Filter(exclude_accounts=("012345678901", "Prod*"))
    assert names(list_access(CORP, wanted)) == [
        ("Development", "AdministratorAccess"),
        ("Development", "ReadOnly"),
    ]


def test_an_empty_refusal_is_named_by_its_status(signed_in: IdentityCenter) -> None:
    signed_in.faults.add("ListAccountRoles", "answer", status=403, account="222233334444")
    with pytest.raises(WorkstationError, match=r"the account Production \(222233334444: HTTP 403\)\."):
        list_access(CORP)


def test_skipped_accounts_are_named_in_one_warning(signed_in: IdentityCenter) -> None:
    for account in ("222233334444", "012345678901"):
        signed_in.faults.add("ListAccountRoles", "forbidden", account=account)
    warnings: list[str] = []
    found = list_access(CORP, warn=warnings.append, unavailable=SKIP)
    assert names(found) == [("Development", "AdministratorAccess"), ("Development", "ReadOnly")]
    (warning,) = warnings
    assert "Log Archive (012345678901: Forbidden: No access), Production (2222" in warning


def test_other_failures_are_never_skipped(signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paced_client, "Backoff", lambda seconds: Backoff(0.5))
    for fault in ("server_error", "throttle", "proxy_page"):
        signed_in.faults.add("ListAccountRoles", fault, account="222233334444")
        with pytest.raises(WorkstationError):
            list_access(CORP, unavailable=SKIP)
        signed_in.faults.clear()


def test_a_list_with_skipped_accounts_is_not_cached_as_a_complete_one(signed_in: IdentityCenter) -> None:
    signed_in.faults.add("ListAccountRoles", "forbidden", account="222233334444")
    warnings: list[str] = []
    for _number in range(2):  # the second one comes from the cache, and says the same
        found = list_access(CORP, cache_ttl=60, warn=warnings.append, unavailable=SKIP)
        assert len(found) == 3
    assert len(warnings) == 2 and len(set(warnings)) == 1
    assert signed_in.count("ListAccounts") == 1
    with pytest.raises(WorkstationError, match="222233334444"):
        list_access(CORP, cache_ttl=60)
    signed_in.faults.clear()
    assert len(list_access(CORP, cache_ttl=60)) == 5
    assert len(list_access(CORP, cache_ttl=60, warn=warnings.append, unavailable=SKIP)) == 5
    assert len(warnings) == 2
    assert signed_in.count("ListAccounts") == 3


ROLE = "a+b=c,d.e@f-g_h"


@pytest.mark.parametrize(
    ("start_url", "portal"),
    [
        ("https://acme.awsapps.com/start", "https://acme.awsapps.com/start"),
        ("https://acme.awsapps.com/start/", "https://acme.awsapps.com/start"),
        ("https://acme.awsapps.com/start#", "https://acme.awsapps.com/start"),
        ("https://acme.awsapps.com/start/#/", "https://acme.awsapps.com/start"),
        ("https://acme.awsapps.com/start\\#/", "https://acme.awsapps.com/start"),
        ("https://acme.awsapps.com/start/#/?tab=accounts", "https://acme.awsapps.com/start"),
        (
            "https://ssoins-1234567890abcdef.portal.us-east-1.app.aws",
            "https://ssoins-1234567890abcdef.portal.us-east-1.app.aws",
        ),
        (
            "https://ssoins-1234567890abcdef.portal.us-gov-west-1.app.aws/#/",
            "https://ssoins-1234567890abcdef.portal.us-gov-west-1.app.aws",
        ),
        (
            "https://start.us-gov-west-1.us-gov-home.awsapps.com/directory/example#/",
            "https://start.us-gov-west-1.us-gov-home.awsapps.com/directory/example",
        ),
        (
            "https://start.home.awsapps.cn/directory/d-1234567890",
            "https://start.home.awsapps.cn/directory/d-1234567890",
        ),
        ("https://aws.acme.example/", "https://aws.acme.example"),
    ],
)
def test_the_link_to_the_console_extends_the_start_url(start_url: str, portal: str) -> None:
    link = console_url(SsoSession("corp", start_url, "eu-west-1"), "012345678901", ROLE)
    encoded = "a%2Bb%3Dc%2Cd.e%40f-g_h"
    assert link == f"{portal}/#/console?account_id=012345678901&role_name={encoded}"
    query = urllib.parse.urlsplit(link).fragment.partition("?")[2]
    assert urllib.parse.parse_qs(query) == {"account_id": ["012345678901"], "role_name": [ROLE]}


def test_a_cached_list_has_the_links_too(signed_in: IdentityCenter) -> None:
    links = [[access["console_url"] for access in list_access(CORP, cache_ttl=60)] for _number in range(2)]
    assert links[0] == links[1]
    assert len(set(links[0])) == 5
