# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of accounts and roles beside those of the AWS CLI, whole and with the faults of pages."""

from __future__ import annotations

import json
import subprocess
import typing as t

import pytest

from end_to_end import real_cli
from end_to_end.controller import Controller
from identity_center import IdentityCenter, big_world

LOGIN = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - workstation.aws_sso.sso_login:
        session: corp
        method: device
"""
LIST = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.copy:
        content: "{{ query('workstation.aws_sso.sso_access', 'corp'OPTIONS) | to_json }}"
        dest: "{{ playbook_dir }}/access.json"
        mode: "0600"
"""
SUSPENDED = "100000007919"


@pytest.fixture
def center() -> t.Iterator[IdentityCenter]:
    """Pages of 20 for the AWS CLI, which does not ask for a size, and of 100 for the collection."""
    with IdentityCenter(big_world(accounts=130, roles=2)) as center:
        yield center
        assert not center.invalid_requests and not center.mistakes


class Lister:
    """A user who signed in, and both programs that list what they have access to."""

    def __init__(self, controller: Controller, center: IdentityCenter) -> None:
        self._controller = controller
        self._aws = real_cli.aws(real_cli.CURRENT)
        with controller.play(LOGIN) as play:
            (code,) = play.wait_for(r"([B-Z]{4}-[B-Z]{4})")
            center.approve(code)
            play.succeed()
        path = controller.home / ".aws" / "sso" / "cache" / "ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
        self._token = json.loads(path.read_text())["accessToken"]

    def aws(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._controller.run(
            self._aws, "sso", *words, "--access-token", self._token, "--region", "eu-west-1"
        )

    def of_aws(self, command: str, key: str, *words: str) -> t.List[t.Dict[str, str]]:
        answer = self.aws(command, *words)
        assert answer.returncode == 0, answer.stderr
        return t.cast(t.List[t.Dict[str, str]], json.loads(answer.stdout)[key])

    def ours(self, options: str = "") -> t.List[t.Dict[str, str]]:
        with self._controller.play(LIST.replace("OPTIONS", options)) as play:
            play.succeed()
        return t.cast(
            t.List[t.Dict[str, str]], json.loads((self._controller.home / "access.json").read_text())
        )

    def failure(self) -> str:
        with self._controller.play(LIST.replace("OPTIONS", "")) as play:
            return " ".join(play.fail().split())


@pytest.fixture
def lister(controller: Controller, center: IdentityCenter) -> Lister:
    return Lister(controller, center)


def test_both_list_the_same_and_the_collection_lists_nothing_twice(
    lister: Lister, center: IdentityCenter
) -> None:
    accounts = lister.of_aws("list-accounts", "accountList")
    roles = lister.of_aws("list-account-roles", "roleList", "--account-id", SUSPENDED)
    found = lister.ours()
    assert {(one["accountId"], one["accountName"], one["emailAddress"]) for one in accounts} == {
        (one["account_id"], one["account_name"], one["email"]) for one in found
    }
    assert [one["roleName"] for one in roles] == [
        one["role_name"] for one in found if one["account_id"] == SUSPENDED
    ]
    center.faults.add("ListAccounts", "duplicate_entries")
    assert len(lister.of_aws("list-accounts", "accountList")) > len(accounts)
    assert lister.ours() == found


@pytest.mark.parametrize("operation", ["ListAccounts", "ListAccountRoles"])
def test_a_token_that_repeats_stops_both(lister: Lister, center: IdentityCenter, operation: str) -> None:
    center.faults.add(operation, "repeated_token")
    command = ["list-accounts"]
    if operation == "ListAccountRoles":
        command = ["list-account-roles", "--account-id", SUSPENDED]
    answer = lister.aws(*command)
    assert answer.returncode != 0 and "same next token" in answer.stderr
    assert "do not end" in lister.failure()


def test_an_account_that_refuses_is_named_where_the_cli_names_none(
    lister: Lister, center: IdentityCenter
) -> None:
    center.faults.add("ListAccountRoles", "forbidden", account=SUSPENDED)
    answer = lister.aws("list-account-roles", "--account-id", SUSPENDED)
    assert answer.returncode != 0 and "No access" in answer.stderr
    text = lister.failure()
    assert f"Account 0001 ({SUSPENDED}: Forbidden: No access)" in text and "exclude_accounts" in text
    assert len(lister.ours(f", exclude_accounts=['{SUSPENDED}']")) == 258
    assert len(lister.ours(", unavailable='skip'")) == 258
