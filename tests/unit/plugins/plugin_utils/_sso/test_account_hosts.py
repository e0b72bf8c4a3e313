# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.access import Access
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.account_hosts import (
    first_role_per_account,
    host_variables,
    hosts_by_name,
)


def access(account_id: str, role_name: str, session: str = "corp") -> Access:
    return {
        "session": session,
        "account_id": account_id,
        "account_name": "dev",
        "email": "dev@example.com",
        "role_name": role_name,
        "console_url": f"https://acme.awsapps.com/start/#/console?account_id={account_id}",
    }


def test_the_first_role_of_an_account_follows_the_order_of_the_globs() -> None:
    listed = [access("1", "Admin"), access("1", "ReadOnly"), access("2", "Admin")]
    chosen = first_role_per_account(listed, ["Read*", "*"])
    assert [(item["account_id"], item["role_name"]) for item in chosen] == [("1", "ReadOnly"), ("2", "Admin")]


def test_hosts_are_named_by_role_and_account_or_by_account() -> None:
    listed = [access("1", "Admin"), access("2", "Admin")]
    assert list(hosts_by_name(listed, "roles")) == ["Admin-1", "Admin-2"]
    assert list(hosts_by_name(listed, "accounts")) == ["1", "2"]


def test_two_sessions_with_the_same_host_are_refused() -> None:
    with pytest.raises(WorkstationError, match="The sessions corp and lab both have Admin-1"):
        hosts_by_name([access("1", "Admin"), access("1", "Admin", "lab")], "roles")


def test_host_variables_contain_no_credentials() -> None:
    assert host_variables(access("1", "Admin")) == {
        "aws_account_id": "1",
        "aws_account_name": "dev",
        "aws_account_email": "dev@example.com",
        "aws_role_name": "Admin",
        "aws_sso_session": "corp",
        "aws_console_url": "https://acme.awsapps.com/start/#/console?account_id=1",
        "ansible_connection": "local",
    }
