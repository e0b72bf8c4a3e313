# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory sso_accounts as Ansible reads it, against the emulator."""

from __future__ import annotations

import json
import pathlib
import shutil
import sys

import pytest
from ansible.utils.display import Display

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.state import state_directory
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.refresh import live_token
from identity_center import IdentityCenter
from identity_center.world import (
    HOSTILE_NAMES,
    Account,
    Assignment,
    PermissionSet,
    User,
    World,
    hostile_world,
)
from support.account_inventory import SOURCE, Inventory, ansible, without_blanks
from support.hostile_service import ACCOUNT, ACCOUNTS, ROLES, HostileService
from support.logins import CORP, LEGACY, change, in_seconds, token_file
from support.role_credentials import PROFILES, sign_in


@pytest.fixture
def signed_in(center: IdentityCenter, aws_config: pathlib.Path) -> IdentityCenter:
    sign_in(center)
    return center


def test_each_role_in_each_account_is_a_host(signed_in: IdentityCenter, tmp_path: pathlib.Path) -> None:
    inventory = Inventory(tmp_path)
    groups = inventory.groups()
    assert groups["account_111122223333"] == [
        "AdministratorAccess-111122223333",
        "ReadOnly-111122223333",
    ]
    assert groups["role_ReadOnly"] == [
        "ReadOnly-012345678901",
        "ReadOnly-111122223333",
        "ReadOnly-222233334444",
    ]
    assert len(groups["sso_accounts"]) == 5
    assert groups["ungrouped"] == []


def test_a_host_knows_its_account_and_runs_here(signed_in: IdentityCenter, tmp_path: pathlib.Path) -> None:
    variables = Inventory(tmp_path).variables("ReadOnly-111122223333")
    expected = {
        "aws_account_id": "111122223333",
        "aws_account_name": "Development",
        "aws_account_email": "aws+development@acme.example",
        "aws_role_name": "ReadOnly",
        "aws_sso_session": "corp",
        "aws_console_url": (
            "https://acme.awsapps.com/start/#/console?account_id=111122223333&role_name=ReadOnly"
        ),
        "ansible_connection": "local",
    }
    assert {name: variables[name] for name in expected} == expected


def test_modules_run_with_the_python_of_ansible_unless_group_vars_say_otherwise(
    signed_in: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    interpreter = "ansible_python_interpreter"
    assert Inventory(tmp_path).templated("ReadOnly-111122223333", interpreter) == sys.executable
    for group in ("all", "sso_accounts", "role_ReadOnly"):
        directory = tmp_path / group  # Ansible looks for the variables of a directory once
        (directory / "group_vars").mkdir(parents=True)
        (directory / "group_vars" / f"{group}.yml").write_text(f"{interpreter}: /opt/{group}/python\n")
        inventory = Inventory(directory)
        assert inventory.templated("ReadOnly-111122223333", interpreter) == f"/opt/{group}/python"


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ("[ReadOnly]", {"ReadOnly"}),
        ("[Admin*, Read*]", {"AdministratorAccess", "ReadOnly"}),
        ('["*"]', {"AdministratorAccess", "ReadOnly"}),
    ],
)
def test_each_account_is_a_host_with_its_first_role(
    signed_in: IdentityCenter, tmp_path: pathlib.Path, roles: str, expected: set[str]
) -> None:
    inventory = Inventory(tmp_path, f"hosts: accounts\nroles: {roles}\n")
    hosts = inventory.groups()["sso_accounts"]
    assert hosts == ["012345678901", "111122223333", "222233334444"]
    assert {inventory.variables(host)["aws_role_name"] for host in hosts} == expected
    if roles == "[Admin*, Read*]":
        assert inventory.variables("111122223333")["aws_role_name"] == "AdministratorAccess"
        assert inventory.variables("012345678901")["aws_role_name"] == "ReadOnly"


def test_accounts_and_roles_are_filtered(signed_in: IdentityCenter, tmp_path: pathlib.Path) -> None:
    inventory = Inventory(tmp_path, "accounts: [Prod*]\nroles: [Admin*]\n")
    assert inventory.groups()["sso_accounts"] == ["AdministratorAccess-222233334444"]
    assert signed_in.count("ListAccountRoles") == 1


def test_accounts_and_roles_are_excluded(signed_in: IdentityCenter, tmp_path: pathlib.Path) -> None:
    inventory = Inventory(tmp_path, "exclude_accounts: ['0123*', Prod*]\nexclude_roles: [Admin*]\n")
    assert inventory.groups()["sso_accounts"] == ["ReadOnly-111122223333"]
    assert signed_in.count("ListAccountRoles") == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("role: [ReadOnly]", "There is no option 'role'. Did you mean roles"),
        ("session: [corp]", "There is no option 'session'. Did you mean sessions"),
        ("exclude_account: [x]", "There is no option 'exclude_account'. Did you mean exclude_accounts"),
        ("accounts: [1402433619]", "accounts must be a string of 12 digits, not the number 1402433619."),
        ("roles: [{name: x}]", "roles must be a string, not a dictionary."),
        ("hosts: account", "hosts must be one of roles, accounts, not 'account'."),
        ("cache: perhaps", "cache must be true or false, not 'perhaps'."),
    ],
)
def test_what_cannot_be_meant_is_refused(
    signed_in: IdentityCenter,
    tmp_path: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
    options: str,
    message: str,
) -> None:
    assert "sso_accounts" not in Inventory(tmp_path, options + "\n").groups()
    said = without_blanks(capsys.readouterr().err)
    assert without_blanks(message) in said and "Traceback" not in said
    assert signed_in.count("ListAccounts") == 0


def test_account_ids_may_be_numbers_of_12_digits(signed_in: IdentityCenter, tmp_path: pathlib.Path) -> None:
    inventory = Inventory(tmp_path, "accounts: [111122223333]\nroles: ReadOnly\n")
    assert inventory.groups()["sso_accounts"] == ["ReadOnly-111122223333"]


def test_variables_and_groups_are_constructed(signed_in: IdentityCenter, tmp_path: pathlib.Path) -> None:
    inventory = Inventory(
        tmp_path,
        "compose:\n  aws_profile: aws_role_name ~ '-' ~ aws_account_id\n"
        "groups:\n  production: aws_account_name == 'Production'\n"
        "keyed_groups:\n  - key: aws_account_name\n    prefix: name\n",
    )
    assert inventory.variables("ReadOnly-111122223333")["aws_profile"] == "ReadOnly-111122223333"
    groups = inventory.groups()
    assert groups["production"] == ["AdministratorAccess-222233334444", "ReadOnly-222233334444"]
    assert groups["name_Log_Archive"] == ["ReadOnly-012345678901"]


def test_the_cache_saves_the_calls(signed_in: IdentityCenter, tmp_path: pathlib.Path) -> None:
    cache = (
        "cache: true\ncache_plugin: ansible.builtin.jsonfile\n"
        f"cache_connection: {tmp_path / 'cache'}\ncache_prefix: test\n"
    )
    first = Inventory(tmp_path, cache).groups()
    assert Inventory(tmp_path, cache).groups() == first
    assert signed_in.count("ListAccounts") == 1
    Inventory(tmp_path, cache + "accounts: [Prod*]\n")
    assert signed_in.count("ListAccounts") == 2, "other accounts are another list"
    Inventory(tmp_path, cache, cache=False)
    assert signed_in.count("ListAccounts") == 3, "--flush-cache asks again"
    token = token_file().read_text()
    cached = "".join(path.read_text() for path in (tmp_path / "cache").iterdir())
    assert "Development" in cached and token[80:120] not in cached


class TestCacheOfAnotherUser:
    """alice has administrator access, bob has not."""

    @pytest.fixture
    def options(self, signed_in: IdentityCenter, tmp_path: pathlib.Path) -> str:
        options = CACHE.format(tmp_path / "cache")
        assert "role_AdministratorAccess" in Inventory(tmp_path, options).groups()
        return options

    def test_a_sign_in_of_another_user_outdates_the_list(
        self, signed_in: IdentityCenter, tmp_path: pathlib.Path, options: str
    ) -> None:
        sign_in(signed_in, user="bob", force=True)
        groups = Inventory(tmp_path, options).groups()
        assert "role_AdministratorAccess" not in groups and "role_ReadOnly" in groups
        assert Inventory(tmp_path, options).groups() == groups
        assert signed_in.count("ListAccounts") == 2

    @pytest.mark.parametrize("has_state", [True, False])
    def test_after_a_logout_there_is_no_list(
        self, signed_in: IdentityCenter, tmp_path: pathlib.Path, options: str, has_state: bool
    ) -> None:
        token_file().unlink()
        if not has_state:  # sso_logout removes it, aws sso logout does not
            shutil.rmtree(state_directory(CORP))
        assert Inventory(tmp_path, options).groups() == {"all": [], "ungrouped": []}

    def test_a_refresh_and_an_expired_token_leave_the_list(
        self, signed_in: IdentityCenter, tmp_path: pathlib.Path, options: str
    ) -> None:
        change(token_file(), expiresAt=in_seconds(60))
        live_token(CORP)
        change(token_file(), expiresAt=in_seconds(-60))
        assert "role_AdministratorAccess" in Inventory(tmp_path, options).groups()
        assert signed_in.count("ListAccounts") == 1

    def test_a_list_of_all_sessions_follows_each_of_them(
        self, signed_in: IdentityCenter, tmp_path: pathlib.Path, aws_config: pathlib.Path
    ) -> None:
        aws_config.write_text(PROFILES)
        sign_in(signed_in, LEGACY)
        options = (
            CACHE.format(tmp_path / "other")
            + "accounts: ['222233334444']\nroles: [Admin*]\nsessions: [corp]\n"
        )
        assert Inventory(tmp_path, options).groups()["role_AdministratorAccess"]
        before = signed_in.count("ListAccounts")
        sign_in(signed_in, LEGACY, user="bob", force=True)
        assert Inventory(tmp_path, options).groups()["role_AdministratorAccess"]
        assert signed_in.count("ListAccounts") == before, "of another session"


def test_names_of_accounts_are_data(
    aws_config: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with IdentityCenter(hostile_world()) as center:
        for name, value in center.environment().items():
            monkeypatch.setenv(name, value)
        sign_in(center)
        inventory = Inventory(
            tmp_path, "hosts: accounts\nkeyed_groups:\n  - key: aws_account_name\n    prefix: name\n"
        )
    hosts = inventory.groups()["sso_accounts"]
    assert {inventory.templated(host, "aws_account_name") for host in hosts} == {
        name or "" for name in HOSTILE_NAMES
    }
    for group in inventory.groups():
        assert not set(group) & set(" \n{}'\"$`/;")


@pytest.mark.parametrize("export", [[], ["--export"]])
def test_values_are_exported_as_plain_strings_and_group_names_without_a_warning(
    signed_in: IdentityCenter, tmp_path: pathlib.Path, export: list[str]
) -> None:
    source = tmp_path / "corp.sso_accounts.yml"
    source.write_text(
        SOURCE + "compose:\n  aws_profile: aws_role_name ~ '-' ~ aws_account_id\n"
        "keyed_groups:\n  - key: aws_account_name\n    prefix: name\n"
    )
    listed = ansible("inventory", "-i", str(source), "--list", *export)
    assert not listed.stderr
    host = json.loads(listed.stdout)["_meta"]["hostvars"]["ReadOnly-012345678901"]
    expected = {
        "aws_account_id": "012345678901",
        "aws_account_name": "Log Archive",
        "aws_role_name": "ReadOnly",
        "aws_sso_session": "corp",
        "ansible_connection": "local",
    }
    assert {name: host[name] for name in expected} == expected
    exported = json.loads(listed.stdout)
    place = exported["sso_accounts"]["vars"] if export else host
    assert place["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"


AUDIT = """\
- hosts: sso_accounts
  gather_facts: false
  tasks:
    - debug:
        msg: "Audited {{ aws_account_name }}"
"""


@pytest.mark.parametrize("strict", [False, True])
def test_an_expired_token_fails_an_audit_where_any_unparsed_is_failed(
    signed_in: IdentityCenter, tmp_path: pathlib.Path, strict: bool
) -> None:
    source, play = tmp_path / "corp.sso_accounts.yml", tmp_path / "audit.yml"
    source.write_text(SOURCE)
    play.write_text(AUDIT)
    setting = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": str(strict).lower()}
    good = ansible("playbook", "-i", str(source), str(play), **setting)
    assert good.returncode == 0 and "Audited Production" in good.stdout, good.stderr
    expire_token()
    done = ansible("playbook", "-i", str(source), str(play), **setting)
    said = without_blanks(done.stderr)
    assert without_blanks("The session corp needs a sign-in") in said
    assert without_blanks("aws sso login --sso-session corp") in said and "Traceback" not in said
    assert (done.returncode != 0) == strict and "Audited" not in done.stdout


def expire_token() -> None:
    """The token has expired, and there is nothing to refresh it with."""
    document = json.loads(token_file().read_text())
    document.pop("refreshToken")
    token_file().write_text(json.dumps({**document, "expiresAt": "2020-01-01T00:00:00Z"}))


EVIL = "#jinja2: variable_start_string: '[[', variable_end_string: ']]'\n[[ lookup('pipe', 'touch FILE') ]]"


@pytest.mark.parametrize(
    "name", ["{{ lookup('pipe', 'touch FILE') }}", "{% set x = lookup('pipe', 'touch FILE') %}", EVIL]
)
def test_hostile_names_are_never_evaluated(
    aws_config: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    file, source, play = tmp_path / "evaluated", tmp_path / "corp.sso_accounts.yml", tmp_path / "audit.yml"
    world = World(
        users=(User("alice", "correct horse"),),
        accounts=(Account("111122223333", name.replace("FILE", str(file))),),
        permission_sets=(PermissionSet("ReadOnly"),),
        assignments=(Assignment("alice", "111122223333", "ReadOnly"),),
    )
    source.write_text(SOURCE + "compose:\n  label: \"'account ' ~ aws_account_name\"\n")
    show = '    - debug:\n        msg: "{{ label }} {{ hostvars[inventory_hostname].label }}"\n'
    play.write_text(AUDIT + show)
    with IdentityCenter(world) as center:
        for variable, value in center.environment().items():
            monkeypatch.setenv(variable, value)
        sign_in(center)
        done = ansible("playbook", "-i", str(source), str(play))
        listed = ansible("inventory", "-i", str(source), "--list", "--export")
    assert done.returncode == 0 and "touch" in done.stdout, done.stdout + done.stderr
    assert listed.returncode == 0 and "touch" in listed.stdout
    assert not file.exists()


HOSTILE_ROLES = [
    "{{ lookup('pipe', 'touch FILE') }}",
    "a{% set x = lookup('pipe', 'touch FILE') %}",
    "two\nlines",
]
CACHE = "cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {}\ncache_prefix: test\n"
USE_OF_NAMES = (
    "    - debug:\n        msg: \"{{ inventory_hostname }} {{ groups['all'] }} {{ ansible_play_hosts }}\"\n"
    "      when: inventory_hostname is defined\n"
)


@pytest.mark.parametrize("hosts", ["roles", "accounts"])
@pytest.mark.parametrize("name", HOSTILE_ROLES)
def test_a_portal_cannot_choose_a_host_name_that_is_evaluated(
    aws_config: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, name: str, hosts: str
) -> None:
    file, source, play = tmp_path / "evaluated", tmp_path / "corp.sso_accounts.yml", tmp_path / "audit.yml"
    source.write_text(f"{SOURCE}hosts: {hosts}\n")
    play.write_text(AUDIT + USE_OF_NAMES)
    name = name.replace("FILE", str(file))
    answers = {
        "roles": {ROLES: {"roleList": [{"roleName": name, "accountId": "111122223333"}]}},
        "accounts": {ACCOUNTS: {"accountList": [{**ACCOUNT, "accountId": name}]}},
    }
    with HostileService(answers[hosts]) as service:
        service.replace_aws(monkeypatch)
        done = ansible("playbook", "-i", str(source), str(play))
    output = without_blanks(done.stdout + done.stderr)
    assert "whichAWSdoesnotallow" in output and not file.exists()


@pytest.mark.parametrize("field", ["account_id", "role_name"])
def test_the_inventory_cache_cannot_choose_a_host_name_that_is_evaluated(
    signed_in: IdentityCenter, tmp_path: pathlib.Path, field: str
) -> None:
    file, source, play = tmp_path / "evaluated", tmp_path / "corp.sso_accounts.yml", tmp_path / "audit.yml"
    play.write_text(AUDIT + USE_OF_NAMES)
    options = CACHE.format(tmp_path / "cache")
    honest = Inventory(tmp_path, options).groups()
    (cached,) = (tmp_path / "cache").iterdir()
    hostile = "{{ lookup('pipe', 'touch " + str(file) + "') }}"
    value = {"account_id": "111122223333", "role_name": "ReadOnly"}[field]
    cached.write_text(cached.read_text().replace(value, hostile))
    assert hostile in cached.read_text()
    done = ansible("playbook", "-i", str(source), str(play))
    assert done.returncode == 0 and not file.exists(), done.stdout + done.stderr
    assert Inventory(tmp_path, options).groups() == honest


def test_two_sessions_with_the_same_role_are_told_apart_by_the_user(
    signed_in: IdentityCenter,
    aws_config: pathlib.Path,
    tmp_path: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    aws_config.write_text(PROFILES)
    sign_in(signed_in, LEGACY)
    assert (
        "sso_accounts" not in Inventory(tmp_path).groups() or not Inventory(tmp_path).groups()["sso_accounts"]
    )
    said = without_blanks(capsys.readouterr().err)
    assert without_blanks(f"The sessions corp and {LEGACY.start_url} both have") in said
    assert len(Inventory(tmp_path, "sessions: [corp]\n").groups()["sso_accounts"]) == 5


def test_without_a_sign_in_the_login_is_named(
    center: IdentityCenter,
    aws_config: pathlib.Path,
    tmp_path: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Inventory(tmp_path)
    said = without_blanks(capsys.readouterr().err)
    assert without_blanks("aws sso login --sso-session corp") in said and "Traceback" not in said


def test_other_files_are_left_to_other_plugins(tmp_path: pathlib.Path) -> None:
    from ansible.plugins.loader import inventory_loader

    plugin = inventory_loader.get("workstation.aws_sso.sso_accounts")
    for name, fits in (("sso_accounts.yml", True), ("a.sso_accounts.yaml", True), ("aws_ec2.yml", False)):
        (tmp_path / name).write_text(SOURCE)
        assert plugin.verify_file(str(tmp_path / name)) is fits


def test_a_host_links_to_the_console_of_its_role(signed_in: IdentityCenter, tmp_path: pathlib.Path) -> None:
    link = "https://acme.awsapps.com/start/#/console?account_id=111122223333&role_name=ReadOnly"
    options = CACHE.format(tmp_path / "cache")
    for _run in ("from AWS", "from the cache"):
        assert Inventory(tmp_path, options).templated("ReadOnly-111122223333", "aws_console_url") == link


def test_an_account_that_refuses_is_named_or_skipped(
    signed_in: IdentityCenter, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_in.faults.add("ListAccountRoles", "forbidden", account="222233334444")
    named = without_blanks("the account Production (222233334444: Forbidden: No access)")
    assert "sso_accounts" not in Inventory(tmp_path).groups()
    error = without_blanks(capsys.readouterr().err)
    assert named in error and "exclude_accounts" in error and "Traceback" not in error
    assert len(Inventory(tmp_path, "exclude_accounts: [Prod*]\n").groups()["sso_accounts"]) == 3
    assert len(Inventory(tmp_path, "unavailable: skip\n").groups()["sso_accounts"]) == 3
    assert named in without_blanks(capsys.readouterr().err)


def test_a_cached_list_with_skipped_accounts_is_no_complete_one(
    signed_in: IdentityCenter, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in.faults.add("ListAccountRoles", "forbidden", account="222233334444")
    warnings: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, text, *_unused, **_named: warnings.append(text))
    options = CACHE.format(tmp_path / "cache")
    for _run in range(2):
        assert len(Inventory(tmp_path, options + "unavailable: skip\n").groups()["sso_accounts"]) == 3
    assert signed_in.count("ListAccounts") == 1
    assert len([text for text in warnings if "222233334444" in text]) == 2
    signed_in.faults.clear()
    assert len(Inventory(tmp_path, options).groups()["sso_accounts"]) == 5


def test_unavailable_has_two_values(
    signed_in: IdentityCenter, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "sso_accounts" not in Inventory(tmp_path, "unavailable: ignore\n").groups()
    assert "failskip" in without_blanks(capsys.readouterr().err).replace(",", "")


def test_globs_that_match_nothing_are_warned_of_with_and_without_the_cache(
    signed_in: IdentityCenter, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, text, *_unused, **_named: warnings.append(text))
    options = CACHE.format(tmp_path / "cache") + "accounts: [Prodution, Dev*]\nroles: [Readonly, Admin*]\n"
    for _run in range(2):
        assert len(Inventory(tmp_path, options).groups()["sso_accounts"]) == 1
    assert signed_in.count("ListAccounts") == 1
    assert [text.partition(". You have: ")[0] for text in warnings] == [
        "No account matches accounts: Prodution",
        "No role in the selected accounts matches roles: Readonly",
    ] * 2
    assert all("Production (222233334444)" in text for text in warnings[::2])
