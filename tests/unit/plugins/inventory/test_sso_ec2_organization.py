# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory sso_ec2 with organizational units and tags of accounts."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml

from support.company import KEYS, Company
from support.inventories import Listing, make_amazon_aws_importable
from support.moto_accounts import MotoAccounts
from support.organization import organization_calls, signed_in

OPTIONS = {
    "plugin": "workstation.aws_sso.sso_ec2",
    "roles": ["ReadOnly"],
    "regions": ["eu-central-1"],
    "organization": {**KEYS, "cache_ttl": 0},
    "aws_ec2": {"hostnames": ["instance-id"]},
}


@pytest.fixture
def aws(
    ids: dict[str, str], aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> t.Iterator[MotoAccounts]:
    with signed_in(ids, monkeypatch) as center, MotoAccounts(center, reset=False) as accounts:
        for name, value in accounts.environment("EC2").items():
            monkeypatch.setenv(name, value)
        yield accounts


def listing(directory: pathlib.Path, **options: t.Any) -> Listing:
    make_amazon_aws_importable()
    path = directory / "corp.sso_ec2.yml"
    path.write_text(yaml.safe_dump({**OPTIONS, **options}))
    return Listing(path)


@pytest.mark.parametrize("cached", [False, True])
def test_hosts_have_the_data_of_their_accounts_and_are_grouped_by_unit(
    company: Company, ids: dict[str, str], aws: MotoAccounts, tmp_path: pathlib.Path, cached: bool
) -> None:
    prod, log = aws.instance(ids["prod"]), aws.instance(ids["log"])
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path)}
    options = {
        **cache,
        "keyed_groups": [{"key": "aws_account_tags['cost center']", "prefix": "cost_center"}],
    }
    found = listing(tmp_path, **options)
    if cached:
        calls = organization_calls(company)
        found = listing(tmp_path, **options)
        assert organization_calls(company) == calls
    assert found.hosts[prod]["aws_organizational_unit"] == "Workloads/Production"
    assert found.hosts[prod]["aws_account_tags"] == {"environment": "production", "cost center": "4711"}
    assert found.hosts[log]["aws_organizational_unit"] == ""
    assert found.group("ou_Workloads_Production") == found.group("cost_center_4711") == [prod]
    assert found.group("ou_Workloads") == [], "it is in the group below"
    assert found.children("ou_Workloads") == ["ou_Workloads_Production"]


def test_units_and_tags_select_accounts_before_anything_else_is_requested(
    ids: dict[str, str], aws: MotoAccounts, tmp_path: pathlib.Path
) -> None:
    prod = aws.instance(ids["prod"])
    aws.instance(ids["dev"])
    chosen = listing(tmp_path, organizational_units=["Workloads/*"], account_tags={"environment": "prod*"})
    assert set(chosen.hosts) == {prod}
    assert {seen.account_id for seen in aws.seen} == {ids["prod"]}
