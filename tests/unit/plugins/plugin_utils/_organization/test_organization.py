# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts are selected by organizational unit and tag; lists are reused and shared."""

from __future__ import annotations

import concurrent.futures
import json
import os
import pathlib
import stat
import subprocess
import sys
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.rate_limit import RateLimiter
from support.assignments import PACED
from support.company import KEYS, REGION, Company
from support.organization import (
    accounts,
    data,
    organization,
    organization_calls,
    populate,
    selected,
)

CACHED = {**KEYS, "cache_ttl": 600}


@pytest.mark.parametrize(
    ("options", "expected", "tag_calls"),
    [
        ({"organizational_units": ["*"]}, ["dev", "prod"], 2),
        ({"organizational_units": ["Workloads/*"]}, ["prod"], 1),
        ({"organizational_units": ["Workloads"]}, [], 0),
        ({"organizational_units": ["workloads/*"]}, [], 0),
        ({"organizational_units": ["Work*", "Sandbox"]}, ["dev", "prod"], 2),
        ({"exclude_organizational_units": ["Sandbox*"]}, ["log", "prod"], 2),
        ({"exclude_organizational_units": ["*"]}, ["log"], 1),
        ({"organizational_units": ["*"], "exclude_organizational_units": ["*/*"]}, ["dev"], 1),
        ({"account_tags": {"environment": "*"}}, ["dev", "prod"], 3),
        ({"account_tags": {"environment": ["prod*", "x"]}}, ["prod"], 3),
        ({"account_tags": {"environment": "*", "cost center": 4711}}, ["prod"], 3),
        ({"account_tags": {"environment": "*", "owner": "*"}}, [], 3),
        ({"account_tags": {"Environment": "*"}}, [], 3),
        ({"account_tags": {"empty": "*"}}, ["dev"], 3),
        ({"account_tags": {"empty": ""}}, ["dev"], 3),
        ({"exclude_account_tags": {"environment": "sandbox-*"}}, ["log", "prod"], 3),
        ({"exclude_account_tags": {"environment": "sandbox-*", "cost center": "*"}}, ["log"], 3),
        ({"organizational_units": ["Sandbox"], "exclude_account_tags": {"empty": "*"}}, [], 1),
    ],
)
def test_units_and_tags_select_accounts_and_save_calls(
    company: Company, options: dict[str, t.Any], expected: list[str], tag_calls: int
) -> None:
    assert selected(populate(company), **options) == expected
    assert organization_calls(company) == [1, 4, 4, tag_calls]


def test_without_accounts_there_is_no_call(company: Company) -> None:
    assert organization().select([], REGION) == []
    assert company.calls == []


def test_two_sessions_share_the_lists_of_one_run(company: Company) -> None:
    ids = populate(company)
    found = organization()
    assert set(data(found.select(accounts({"prod": ids["prod"]}), REGION))) == {"prod"}
    assert set(data(found.select(accounts(ids), REGION))) == {"dev", "log", "prod"}
    assert organization_calls(company) == [1, 4, 4, 3]


class TestCache:
    def test_is_used_again_while_it_is_young(self, company: Company) -> None:
        ids = populate(company)
        first = organization(organization=CACHED).select(accounts(ids), REGION)
        calls = len(company.calls)
        assert organization(organization=CACHED).select(accounts(ids), REGION) == first
        assert len(company.calls) == calls
        organization().select(accounts(ids), REGION)
        assert len(company.calls) == 2 * calls, "with cache_ttl=0, AWS is called each time"

    def test_has_the_units_for_other_filters(self, company: Company) -> None:
        ids = populate(company)
        assert selected(ids, organization=CACHED) == ["dev", "log", "prod"]
        assert selected(ids, organization=CACHED, organizational_units=["Sandbox"]) == ["dev"]
        assert organization_calls(company) == [1, 4, 4, 4]

    def test_is_not_used_with_other_credentials(self, company: Company) -> None:
        ids = populate(company)
        selected(ids, organization=CACHED)
        selected(ids, organization={**CACHED, "access_key": "AKIAOTHER"})
        assert organization_calls(company) == [2, 8, 8, 6]
        assert company.access_keys == {KEYS["access_key"], "AKIAOTHER"}

    def test_is_private_and_holds_no_secret(self, company: Company, home: pathlib.Path) -> None:
        selected(populate(company))
        directory = home / ".cache/workstation.aws_sso/organization"
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        stored = list(directory.iterdir())
        assert len(stored) == 2
        for file in stored:
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            for key in KEYS.values():
                assert key not in file.read_text() + file.name

    def test_is_removed_after_a_day(self, company: Company, home: pathlib.Path) -> None:
        ids = populate(company)
        selected(ids)
        old = list((home / ".cache/workstation.aws_sso/organization").iterdir())
        yesterday = time.time() - 86401
        for file in old:
            os.utime(file, (yesterday, yesterday))
        selected(ids, organization={**CACHED, "access_key": "AKIAOTHER"})
        assert not any(file.exists() for file in old)

    def test_of_more_than_a_day_is_not_used(self, company: Company, home: pathlib.Path) -> None:
        ids = populate(company)
        long = {**CACHED, "cache_ttl": 10**9}
        selected(ids, organization=long)
        for file in (home / ".cache/workstation.aws_sso/organization").iterdir():
            document = json.loads(file.read_text())
            file.write_text(json.dumps({**document, "listed_at": time.time() - 86401}))
        selected(ids, organization=long)
        assert organization_calls(company) == [2, 8, 8, 6]

    @pytest.mark.parametrize(
        ("what", "change"),
        [
            ("organizational_unit", {"organizational_unit": 5}),
            ("organizational_unit", {"account_id": "{{ 7 * 7 }}"}),
            ("tags", {"tags": {"a": 1}}),
            ("tags", {"tags": [["a", "b"]]}),
            ("tags", {"account_id": 111122223333}),
        ],
        ids=str,
    )
    def test_is_not_used_with_an_invalid_entry(
        self, company: Company, home: pathlib.Path, what: str, change: dict[str, t.Any]
    ) -> None:
        ids = populate(company)
        honest = organization(organization=CACHED).select(accounts(ids), REGION)
        for file in (home / ".cache/workstation.aws_sso/organization").iterdir():
            document = json.loads(file.read_text())
            if what in document["access"][0]:
                document["access"][0].update(change)
                file.write_text(json.dumps(document))
        assert organization(organization=CACHED).select(accounts(ids), REGION) == honest

    def test_is_shared_by_those_who_ask_at_once(self, company: Company) -> None:
        ids = populate(company)
        with concurrent.futures.ThreadPoolExecutor(5) as hosts:
            lists = list(hosts.map(lambda _host: organization().select(accounts(ids), REGION), range(5)))
        assert all(listed == lists[0] for listed in lists)
        assert company.count("ListRoots") == 1

    def test_is_shared_by_two_processes(self, company: Company, tmp_path: pathlib.Path) -> None:
        ids = populate(company)
        script = tmp_path / "ask.py"
        script.write_text(
            "import sys\n"
            f"sys.path.insert(0, {str(pathlib.Path(__file__).parents[4])!r})\n"
            "import os, conftest\n"
            "from support.organization import selected\n"
            "waiting, go = os.pipe()\n"
            "for _number in range(2):\n"
            "    if os.fork() == 0:\n"
            "        os.close(go)\n"
            "        os.read(waiting, 1)\n"
            f"        os._exit(selected({ids!r}) != ['dev', 'log', 'prod'])\n"
            "os.close(go)\n"
            "sys.exit(any([os.wait()[1] for _number in range(2)]))\n"
        )
        subprocess.run([sys.executable, str(script)], check=True, timeout=120)
        assert company.count("ListRoots") == 1
        assert company.count("ListTagsForResource") == 3


def test_the_key_contains_no_secret(company: Company) -> None:
    key = organization(account_tags={"environment": "x"}).key
    assert KEYS["secret_key"] not in key and KEYS["session_token"] not in key


def test_the_key_differs_by_filter_and_credentials(company: Company) -> None:
    keys = {
        organization(**options).key
        for options in (
            {},
            {"organizational_units": ["x"]},
            {"exclude_organizational_units": ["x"]},
            {"account_tags": {"x": "y"}},
            {"exclude_account_tags": {"x": "y"}},
            {"organization": {**KEYS, "access_key": "AKIAOTHER"}},
        )
    }
    assert len(keys) == 6
    assert (
        organization(organizational_units=["x", "y"]).key == organization(organizational_units=["y", "x"]).key
    )


def test_calls_keep_below_the_rate_of_the_organization(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RateLimiter, "wait", PACED)
    ids = {f"account-{number}": company.account(f"account-{number}") for number in range(20)}
    began = time.monotonic()
    assert len(selected(ids)) == 20
    assert len(company.calls) == 24
    assert time.monotonic() - began >= (24 - 5 - 1) / 5.0, "5 calls a second after a burst of 5"
