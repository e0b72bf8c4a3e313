# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory sso_accounts with organizational units and tags: groups, variables, filters and cache."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
import yaml

from identity_center import IdentityCenter
from support.account_inventory import SOURCE, Inventory, ansible, without_blanks
from support.company import KEYS, Company, fault
from support.organization import HOSTILE, organization_calls, signed_in

ORGANIZATION = {"organization": {**KEYS, "cache_ttl": 0}, "hosts": "accounts"}


@pytest.fixture
def center(
    ids: dict[str, str], aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> t.Iterator[IdentityCenter]:
    with signed_in(ids, monkeypatch) as emulator:
        yield emulator


def inventory(directory: pathlib.Path, **options: t.Any) -> Inventory:
    return Inventory(directory, yaml.safe_dump({**ORGANIZATION, **options}))


def test_hosts_are_grouped_by_organizational_unit_and_those_above(
    ids: dict[str, str], center: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    found = inventory(tmp_path)
    groups = found.groups()
    assert groups["ou_Workloads_Production"] == groups["ou_Workloads"] == [ids["prod"]]
    assert groups["ou_Sandbox"] == [ids["dev"]]
    assert {group for group in groups if group.startswith("ou_")} == {
        "ou_Workloads",
        "ou_Workloads_Production",
        "ou_Sandbox",
    }
    parents = found.manager.groups["ou_Workloads_Production"].parent_groups
    assert [group.name for group in parents] == ["ou_Workloads"]


def test_a_host_knows_the_unit_and_the_tags_of_its_account(
    ids: dict[str, str], center: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    found = inventory(tmp_path)
    assert found.templated(ids["prod"], "aws_organizational_unit") == "Workloads/Production"
    tags = {"environment": "production", "cost center": "4711"}
    assert found.templated(ids["prod"], "aws_account_tags") == tags
    assert found.variables(ids["log"])["aws_organizational_unit"] == ""
    assert found.variables(ids["log"])["aws_account_tags"] == {}


def test_without_the_option_there_are_no_such_variables(
    ids: dict[str, str], center: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    variables = Inventory(tmp_path, "hosts: accounts\n").variables(ids["prod"])
    assert not {"aws_organizational_unit", "aws_account_tags"} & variables.keys()


def test_tags_become_groups(ids: dict[str, str], center: IdentityCenter, tmp_path: pathlib.Path) -> None:
    keyed = [{"key": "aws_account_tags['cost center']", "prefix": "cost_center"}]
    groups = inventory(
        tmp_path, keyed_groups=keyed, groups={"live": "aws_account_tags.environment == 'production'"}
    )
    assert groups.groups()["cost_center_4711"] == groups.groups()["live"] == [ids["prod"]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"organizational_units": ["Workloads/*"]}, ["prod"]),
        ({"exclude_organizational_units": ["*"]}, ["log"]),
        ({"account_tags": {"environment": ["prod*", "x"]}}, ["prod"]),
        ({"exclude_account_tags": {"environment": "sandbox-*"}}, ["log", "prod"]),
    ],
)
def test_units_and_tags_select_accounts_and_save_calls(
    ids: dict[str, str],
    center: IdentityCenter,
    tmp_path: pathlib.Path,
    options: dict[str, t.Any],
    expected: list[str],
) -> None:
    hosts = inventory(tmp_path, **options).groups()["sso_accounts"]
    assert hosts == sorted(ids[name] for name in expected)
    assert center.count("ListAccountRoles") == len(expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"organization": {"profil": "x"}}, "There is no option 'profil'. Did you mean profile"),
        (
            {"organization": None, "account_tags": {"a": "b"}},
            "account_tags cannot be used without organization",
        ),
        ({"organization": KEYS["secret_key"]}, "organization must be a dictionary, not"),
        ({"organization": {"secret_key": KEYS["secret_key"]}}, "organization lacks access_key"),
        ({"account_tags": {"a": []}}, "account_tags.a has no pattern"),
        ({"account_tags": ["a"]}, "account_tags must be a dictionary, not"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(
    center: IdentityCenter,
    tmp_path: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
    options: dict[str, t.Any],
    message: str,
) -> None:
    assert "sso_accounts" not in inventory(tmp_path, **options).groups()
    said = without_blanks(capsys.readouterr().err)
    assert without_blanks(message) in said and "Traceback" not in said
    assert without_blanks(KEYS["secret_key"]) not in said
    assert center.count("ListAccounts") == 0


def test_a_missing_permission_is_named(
    company: Company, center: IdentityCenter, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    company.denied.add("ListRoots")
    assert "sso_accounts" not in inventory(tmp_path).groups()
    said = without_blanks(capsys.readouterr().err)
    assert "Alloworganizations:ListRootstothesecredentials" in said and "Traceback" not in said


class TestInventoryCache:
    @pytest.fixture
    def options(self, tmp_path: pathlib.Path) -> dict[str, t.Any]:
        return {
            "cache": True,
            "cache_plugin": "ansible.builtin.jsonfile",
            "cache_connection": str(tmp_path / "cache"),
        }

    def test_has_the_data_without_any_call(
        self,
        company: Company,
        ids: dict[str, str],
        center: IdentityCenter,
        tmp_path: pathlib.Path,
        options: dict[str, t.Any],
    ) -> None:
        first = inventory(tmp_path, **options)
        calls = len(company.calls)
        second = inventory(tmp_path, **options)
        assert second.groups() == first.groups() and "ou_Workloads" in second.groups()
        assert second.variables(ids["prod"]) == first.variables(ids["prod"])
        assert len(company.calls) == calls and center.count("ListAccounts") == 1

    def test_of_another_filter_or_credentials_is_another_one(
        self,
        company: Company,
        ids: dict[str, str],
        center: IdentityCenter,
        tmp_path: pathlib.Path,
        options: dict[str, t.Any],
    ) -> None:
        inventory(tmp_path, **options)
        hosts = inventory(tmp_path, **options, organizational_units=["Sandbox"]).groups()["sso_accounts"]
        assert hosts == [ids["dev"]]
        hosts = inventory(tmp_path, **options, account_tags={"environment": "prod*"}).groups()["sso_accounts"]
        assert hosts == [ids["prod"]]
        other = {**KEYS, "access_key": "AKIAOTHER", "cache_ttl": 0}
        inventory(tmp_path, **{**options, "organization": other})
        assert company.access_keys == {KEYS["access_key"], "AKIAOTHER"}
        without = Inventory(tmp_path, yaml.safe_dump({**options, "hosts": "accounts"}))
        assert not any(group.startswith("ou_") for group in without.groups())

    def test_contains_no_secret(
        self, center: IdentityCenter, tmp_path: pathlib.Path, options: dict[str, t.Any]
    ) -> None:
        inventory(tmp_path, **options)
        for path in (tmp_path / "cache").iterdir():
            assert not any(key in path.read_text() + path.name for key in KEYS.values())

    @pytest.mark.parametrize("change", [{"tags": {"a": 1}}, {"organizational_unit": None}], ids=str)
    def test_with_an_invalid_entry_is_not_used(
        self,
        center: IdentityCenter,
        tmp_path: pathlib.Path,
        options: dict[str, t.Any],
        change: dict[str, t.Any],
    ) -> None:
        honest = inventory(tmp_path, **options).groups()
        (stored,) = (tmp_path / "cache").iterdir()
        document = json.loads(stored.read_text())
        content = json.loads(document["__payload__"]) if "__payload__" in document else document
        content["access"][0].update(change)
        if "__payload__" in document:
            content = {**document, "__payload__": json.dumps(content)}
        stored.write_text(json.dumps(content))
        assert inventory(tmp_path, **options).groups() == honest
        assert center.count("ListAccounts") == 2


def test_units_whose_groups_have_the_same_name_are_named(
    company: Company,
    center: IdentityCenter,
    ids: dict[str, str],
    tmp_path: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    unit = company.unit("Workloads Production")
    company.faults["ListAccountsForParent"] = []
    company.move(ids["log"], unit)
    groups = inventory(tmp_path).groups()
    assert groups["ou_Workloads_Production"] == sorted([ids["log"], ids["prod"]])
    said = without_blanks(capsys.readouterr().err)
    assert "WorkloadsProductionandWorkloads/Productionsharethegroupou_Workloads_Production" in said


AUDIT = """\
- hosts: sso_accounts
  gather_facts: false
  vars:
    items: "{{ aws_account_tags | dict2items }}"
  tasks:
    - set_fact:
        kept: "{{ items }}"
        name: "{{ items | map(attribute='key') | first }}"
        unit: "{{ aws_organizational_unit }}"
    - debug:
        msg: "{{ kept }} {{ kept | first }} {{ name }} {{ unit }} {{ aws_account_tags }} {{ group_names }}"
    - debug:
        msg: "{{ item.key }} {{ item.value }}"
      loop: "{{ kept }}"
"""


@pytest.mark.parametrize("place", ["unit", "key", "value"])
def test_hostile_names_of_units_and_tags_are_never_evaluated(
    company: Company,
    ids: dict[str, str],
    center: IdentityCenter,
    tmp_path: pathlib.Path,
    place: str,
) -> None:
    file, play = tmp_path / "evaluated", tmp_path / "audit.yml"
    hostile = HOSTILE.replace("FILE", str(file))
    tag = {"Key": hostile if place == "key" else "name", "Value": hostile if place == "value" else "value"}
    company.faults["ListTagsForResource"] = [(200, {"Tags": [tag]})] * 3
    if place == "unit":
        company.move(ids["log"], company.unit(hostile))
    options = {
        **ORGANIZATION,
        "keyed_groups": [{"key": "aws_account_tags", "prefix": "tag"}],
        "compose": {"composed": "aws_account_tags | dict2items"},
    }
    source = tmp_path / "corp.sso_accounts.yml"
    source.write_text(SOURCE + yaml.safe_dump(options))
    play.write_text(AUDIT)
    done = ansible("playbook", "-i", str(source), str(play))
    assert done.returncode == 0 and not file.exists(), done.stdout + done.stderr
    assert "touch" in done.stdout
    company.faults["ListTagsForResource"] = [(200, {"Tags": [tag]})] * 3
    listed = ansible("inventory", "-i", str(source), "--list", "-vvvv")
    assert listed.returncode == 0 and not file.exists(), listed.stderr
    for secret in ("secret_key", "session_token"):
        assert KEYS[secret] not in listed.stdout + listed.stderr


def test_throttling_is_waited_out(company: Company, center: IdentityCenter, tmp_path: pathlib.Path) -> None:
    company.faults["ListAccountsForParent"] = [fault("TooManyRequestsException", "Too many")] * 2
    assert "ou_Workloads_Production" in inventory(tmp_path).groups()
    assert organization_calls(company) == [1, 4, 6, 3]
