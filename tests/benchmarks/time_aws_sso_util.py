# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs `aws-sso-util configure populate` in its own environment and prints the seconds of its write phase.

Reads accounts and roles as JSON, as the lookup sso_access returns them. They replace what AWS would
answer; all else is the program as its authors ship it.
"""

from __future__ import annotations

import json
import sys
import time
import typing as t

import botocore.session
from aws_sso_util import populate_profiles

START_URL = "https://acme.awsapps.com/start"
REGION = "eu-west-1"


class Portal:
    """The two calls that the program makes."""

    def __init__(self, access: t.List[t.Dict[str, str]]) -> None:
        self._accounts: t.Dict[str, t.Dict[str, t.Any]] = {}
        for entry in access:
            account = self._accounts.setdefault(
                entry["account_id"],
                {"accountId": entry["account_id"], "accountName": entry["account_name"], "roles": []},
            )
            account["roles"].append({"roleName": entry["role_name"], "accountId": entry["account_id"]})

    def list_accounts(self, **_arguments: t.Any) -> t.Dict[str, t.Any]:
        return {"accountList": [dict(account) for account in self._accounts.values()]}

    def list_account_roles(self, **arguments: t.Any) -> t.Dict[str, t.Any]:
        return {"roleList": self._accounts[arguments["accountId"]]["roles"]}


class Fetcher:
    def fetch_token(self, *_arguments: t.Any, **_options: t.Any) -> t.Dict[str, str]:
        return {"accessToken": "token"}


def main() -> None:
    portal = Portal(json.load(sys.stdin))
    writer = populate_profiles.ConfigFileWriter
    started = 0.0

    def start_of_write_phase() -> t.Any:
        nonlocal started
        started = time.perf_counter()
        return writer()

    botocore.session.Session.create_client = lambda *_arguments, **_options: portal
    populate_profiles.get_token_fetcher = lambda *_arguments, **_options: Fetcher()
    populate_profiles.ConfigFileWriter = start_of_write_phase
    populate_profiles.populate_profiles.main(
        ["--sso-start-url", START_URL, "--sso-region", REGION, "--region", REGION], standalone_mode=False
    )
    assert started, "the program no longer works as this measurement expects"
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
