# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names from AWS are data: a portal, sso-admin or cache with other names is refused."""

from __future__ import annotations

import json
import os
import pathlib
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso import access as sso_access
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso import names
from support.hostile_service import ACCOUNT, ACCOUNTS, ROLES, HostileService
from support.logins import CORP, token_file

TEMPLATE = "{{ lookup('pipe', 'touch /tmp/evaluated') }}"
BAD_ROLES = [
    TEMPLATE,
    "",
    "a b",
    "x" * 33,
    "r\u00f4le",
    "role\n",
    "../role",
    "\u0661",
    None,
    5,
    ["ReadOnly"],
    {},
]
BAD_IDS = [
    TEMPLATE,
    "",
    "11112222333",
    "1111222233334",
    "1111-2222-3333",
    "111122223333\n",
    "\u0661" * 12,
    None,
    5,
]


@pytest.mark.parametrize("name", BAD_ROLES)
def test_a_role_name_that_aws_does_not_allow_is_refused(name: object) -> None:
    with pytest.raises(WorkstationError, match=r"role name .* which AWS does not allow"):
        names.role_name(name)


@pytest.mark.parametrize("name", ["ReadOnly", "a.b+c=d,e@f-g_h", "x" * 32, "0"])
def test_role_names_that_aws_allows_are_accepted(name: str) -> None:
    assert names.role_name(name) == name


@pytest.mark.parametrize("account_id", BAD_IDS)
def test_an_account_id_that_is_not_12_digits_is_refused(account_id: object) -> None:
    with pytest.raises(WorkstationError, match=r"account ID .* which AWS does not allow"):
        names.account_id(account_id)


@pytest.mark.parametrize(
    "answers",
    [
        *({ROLES: {"roleList": [{"roleName": name}]}} for name in BAD_ROLES),
        *({ACCOUNTS: {"accountList": [{**ACCOUNT, "accountId": value}]}} for value in BAD_IDS),
        {ROLES: {"roleList": [{}]}},
        {ROLES: {"roleList": ["ReadOnly"]}},
        {ROLES: {"roleList": {"roleName": "ReadOnly"}}},
        {ROLES: {"roleList": 5}},
        {ACCOUNTS: {"accountList": [{**ACCOUNT, "accountName": 5}]}},
        {ACCOUNTS: {"accountList": [{**ACCOUNT, "emailAddress": ["x"]}]}},
        {ACCOUNTS: {"accountList": [{}]}},
        {ACCOUNTS: {"accountList": "x"}},
        {ACCOUNTS: {"accountList": [None, 5]}},
        {ACCOUNTS: {"accountList": [ACCOUNT], "nextToken": {"a": 1}}},
        {ACCOUNTS: b'{"accountList": ' + b"[" * 5000 + b"]" * 5000 + b"}"},
        {ACCOUNTS: b"[]"},
    ],
    ids=str,
)
def test_the_portal_is_not_trusted_with_names(
    aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch, answers: dict[str, t.Any]
) -> None:
    with HostileService(answers) as service:
        service.replace_aws(monkeypatch)
        try:
            listed = sso_access.list_access(CORP)
        except WorkstationError as error:
            assert str(error)[0].isupper() and "secret-token" not in str(error)
        else:
            assert all(map(names.is_access, listed))


@pytest.mark.parametrize(
    "change",
    [
        *({"role_name": name} for name in BAD_ROLES),
        *({"account_id": value} for value in BAD_IDS),
        {"account_name": 5},
        {"email": None},
        {"session": "other"},
    ],
    ids=str,
)
def test_a_cached_list_with_other_names_is_not_used(
    aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, t.Any]
) -> None:
    with HostileService({}) as service:
        service.replace_aws(monkeypatch)
        os.utime(token_file(), (1, 1))
        honest = sso_access.list_access(CORP)
        (path,) = pathlib.Path(os.environ["HOME"]).glob(".cache/workstation.aws_sso/sessions/*/access/*")
        for entries in ([{**honest[0], **change}], [change], [5], 5, [[]]):
            path.write_text(json.dumps({"listed_at": time.time(), "access": entries}))
            assert sso_access.list_access(CORP, cache_ttl=3600) == honest
