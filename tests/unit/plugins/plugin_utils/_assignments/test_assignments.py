# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of assignments are reused and shared."""

from __future__ import annotations

import concurrent.futures
import json
import os
import pathlib
import stat
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client as aws_client
from support.assignments import lookup, refusal
from support.company import KEYS, Company


class TestCache:
    def test_is_used_again_while_it_is_young(self, company: Company) -> None:
        company.assign("USER", company.user("jane"), "Admin", company.account("prod"))
        first = lookup(cache_ttl=600)
        calls = len(company.calls)
        assert lookup(cache_ttl=600, session="other") == [{**one, "session": "other"} for one in first]
        assert len(company.calls) == calls
        assert lookup() == first
        assert len(company.calls) == 2 * calls

    @pytest.mark.parametrize(
        "options",
        [{"access_key": "AKIAOTHER"}, {"accounts": ["x"]}, {"roles": ["x"]}, {"region": "eu-west-2"}],
    )
    def test_is_not_used_for_anything_else(self, company: Company, options: dict[str, t.Any]) -> None:
        lookup(cache_ttl=600)
        calls = len(company.calls)
        lookup(cache_ttl=600, **options)
        assert len(company.calls) > calls

    def test_is_private_and_holds_no_secret(self, company: Company, home: pathlib.Path) -> None:
        company.user("jane")
        lookup()
        (kept,) = (home / ".cache/workstation.aws_sso/assignments").iterdir()
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
        for key in KEYS.values():
            assert key not in kept.read_text() + kept.name

    def test_is_removed_after_a_day(self, company: Company, home: pathlib.Path) -> None:
        lookup()
        (old,) = (home / ".cache/workstation.aws_sso/assignments").iterdir()
        yesterday = time.time() - 86401
        os.utime(old, (yesterday, yesterday))
        lookup(roles=["x"])
        assert not old.exists()

    def test_is_shared_by_those_who_ask_at_once(self, company: Company) -> None:
        company.assign("USER", company.user("jane"), "Admin", company.account("prod"))
        with concurrent.futures.ThreadPoolExecutor(5) as hosts:
            lists = list(hosts.map(lambda _host: lookup(), range(5)))
        assert all(listed == lists[0] for listed in lists)
        assert company.count("ListInstances") == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"role_name": "{{ lookup('pipe', 'id') }}"},
            {"account_id": "{{ lookup('pipe', 'id') }}"},
            {"account_id": 111122223333},
            {"via": "direct"},
            {"user": 5},
        ],
        ids=str,
    )
    def test_is_not_used_with_an_invalid_entry(
        self, company: Company, home: pathlib.Path, change: dict[str, t.Any]
    ) -> None:
        company.assign("USER", company.user("jane"), "Admin", company.account("prod"))
        honest = lookup(cache_ttl=600)
        (stored,) = (home / ".cache/workstation.aws_sso/assignments").iterdir()
        document = json.loads(stored.read_text())
        document["access"][0].update(change)
        stored.write_text(json.dumps(document))
        assert lookup(cache_ttl=600) == honest


@pytest.mark.parametrize("name", ["{{ 7 * 7 }}", "two words", "x" * 33])
def test_the_name_of_a_permission_set_that_aws_does_not_allow_is_refused(
    company: Company, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.assign("USER", company.user("jane"), "Admin", company.account("prod"))
    honest = aws_client.call

    def hostile(aws: t.Any, operation: str, **parameters: t.Any) -> dict[str, t.Any]:
        answer = honest(aws, operation, **parameters)
        if operation == "describe_permission_set":
            answer["PermissionSet"]["Name"] = name
        return answer

    monkeypatch.setattr(aws_client, "call", hostile)
    assert "which AWS does not allow" in refusal("jane")
