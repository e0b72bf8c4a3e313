# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module sso_profiles, from its options to its result, and what botocore makes of the file."""

from __future__ import annotations

import os
import pathlib
import re
import typing as t

import pytest
from botocore.session import Session

from support.module_run import run_module

SESSION = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}
ACCESS = [
    {
        "session": "acme",
        "account_id": account_id,
        "account_name": account_name,
        "email": f"{account_id}@acme.example",
        "role_name": role_name,
    }
    for account_id, account_name in (("111122223333", "Prod"), ("012345678901", "Dev"))
    for role_name in ("Admin", "ReadOnly")
]


@pytest.fixture
def config(home: pathlib.Path) -> pathlib.Path:
    return home / ".aws" / "config"


def run(**arguments: t.Any) -> t.Dict[str, t.Any]:
    return run_module("sso_profiles", arguments)


def test_whole_life_of_a_configuration_in_the_home_directory(config: pathlib.Path) -> None:
    arguments = {
        "sessions": [SESSION],
        "access": ACCESS,
        "profile_name": "{account_name}.{role_name}",
        "region": "eu-central-1",
        "output": "json",
        "overrides": [{"accounts": ["Prod"], "options": {"cli_pager": "less"}}],
        "default_profile": "Dev.ReadOnly",
    }
    first = run(**arguments)
    assert first["changed"] is True
    assert first["path"] == str(config)
    assert first["sessions_added"] == ["acme"]
    assert first["profiles_added"] == ["Prod.Admin", "Prod.ReadOnly", "Dev.Admin", "Dev.ReadOnly", "default"]
    assert first["mode"] == "0600"
    seen = Session().full_config
    assert seen["sso_sessions"]["acme"]["sso_start_url"] == "https://acme.awsapps.com/start"
    assert (
        seen["profiles"]["default"]
        == seen["profiles"]["Dev.ReadOnly"]
        == {
            "sso_session": "acme",
            "sso_account_id": "012345678901",
            "sso_role_name": "ReadOnly",
            "region": "eu-central-1",
            "output": "json",
        }
    )
    assert seen["profiles"]["Prod.Admin"]["cli_pager"] == "less"

    second = run(**arguments)
    assert second["changed"] is False
    assert second["profiles_added"] == second["profiles_changed"] == second["profiles_removed"] == []

    purged = run(**{**arguments, "access": ACCESS[2:], "purge": True})
    assert purged["profiles_removed"] == ["Prod.Admin", "Prod.ReadOnly"]

    last = run(state="absent", sessions=[{"name": "acme"}], purge=True)
    assert last["sessions_removed"] == ["acme"]
    assert sorted(last["profiles_removed"]) == ["Dev.Admin", "Dev.ReadOnly", "default"]
    assert config.read_bytes() == b""


def test_check_mode_and_diff(config: pathlib.Path) -> None:
    arguments = {"sessions": [SESSION], "access": ACCESS[:1]}
    predicted = run_module("sso_profiles", arguments, check_mode=True, diff=True)
    assert predicted["changed"] is True
    assert not config.parent.exists()
    assert predicted["diff"]["prepared"].splitlines() == [
        f"{config}: 1 session added, 1 profile added",
        "@@ line 1 [sso-session acme] @@",
        "+[sso-session acme]",
        "+# managed by workstation.aws_sso",
        "+sso_start_url = https://acme.awsapps.com/start",
        "+sso_region = eu-west-1",
        "+sso_registration_scopes = sso:account:access",
        "@@ line 1 [profile Admin-111122223333] @@",
        "+",
        "+[profile Admin-111122223333]",
        "+# managed by workstation.aws_sso",
        "+sso_session = acme",
        "+sso_account_id = 111122223333",
        "+sso_role_name = Admin",
    ]
    assert run_module("sso_profiles", arguments, diff=True)["diff"] == predicted["diff"]
    assert "diff" not in run_module("sso_profiles", arguments, diff=True)


def test_diff_of_thousands_begins_with_counts_and_holds_changed_lines_alone(config: pathlib.Path) -> None:
    access = [dict(ACCESS[0], account_id=f"{number:012}") for number in range(5000)]
    run(sessions=[SESSION], access=access, region="eu-west-1")
    arguments = {"access": access[1:], "region": "eu-west-1", "purge": True}
    arguments["overrides"] = [{"accounts": ["000000000042"], "region": "us-east-1"}]
    result = run_module("sso_profiles", arguments, check_mode=True, diff=True)
    lines = result["diff"]["prepared"].splitlines()
    assert lines[0] == f"{config}: 1 profile changed, 1 profile removed"
    assert lines[-3:] == [
        "@@ line 306 [profile Admin-000000000042] @@",
        "-region = eu-west-1",
        "+region = us-east-1",
    ]
    assert len(lines) < 20


def test_backup_keeps_one_dated_copy_of_each_file_that_changed(config: pathlib.Path) -> None:
    assert "backup_file" not in run(sessions=[SESSION], backup=True)
    first = config.read_bytes()
    result = run(access=ACCESS[:1], backup=True)
    assert re.fullmatch(rf"{config}\.\d+\.\d{{4}}-\d\d-\d\d@\d\d:\d\d:\d\d~", result["backup_file"])
    assert pathlib.Path(result["backup_file"]).read_bytes() == first
    assert "backup_file" not in run(access=ACCESS[:1], backup=True)
    assert len(os.listdir(config.parent)) == 2


def test_one_dictionary_is_a_list_of_one(config: pathlib.Path) -> None:
    assert run(sessions=[SESSION], access=ACCESS[0])["profiles"] == ["Admin-111122223333"]
    assert run(sessions=[SESSION], access=[], state="present")["profiles"] == []


@pytest.mark.parametrize(
    ("content", "line"), [(b"[profile a]\nK = v\nk = v\n", 3), (b"[default]\n\xff", 2), (b"region = x\n", 1)]
)
def test_broken_file_is_left_alone(config: pathlib.Path, content: bytes, line: int) -> None:
    config.parent.mkdir()
    config.write_bytes(content)
    result = run(sessions=[SESSION], backup=True)
    assert result["failed"] is True
    assert result["msg"].startswith(f"{config}, line {line}: ")
    assert config.read_bytes() == content
    assert os.listdir(config.parent) == ["config"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (
            {"access": [dict(ACCESS[0], account_id=12345678901)]},
            "account_id 12345678901 is a number. Quote it",
        ),
        (
            {"profiles": [{"name": "p", "session": "acme", "account_id": 1, "role_name": "R"}]},
            "1 is a number",
        ),
        (
            {"profiles": [{"name": "p", "account_id": "111122223333"}]},
            "Profile 'p': session must be a non-empty string",
        ),
        ({"access": ["all"]}, "access must be a list of dictionaries"),
        ({"access": "all"}, "access must be a list of dictionaries"),
        ({"sessions": [{"name": "acme"}]}, "Session 'acme': start_url must be a non-empty string"),
        ({"access": ACCESS, "profile_name": "same"}, "The name 'same' is used twice"),
        ({"access": [dict(ACCESS[0], session="other")]}, "session 'other' is neither in sessions nor in"),
        ({"path": "/dev/null", "sessions": [SESSION]}, "not a regular file"),
    ],
)
def test_bad_input_is_an_error_that_says_so(
    config: pathlib.Path, arguments: t.Dict[str, t.Any], reason: str
) -> None:
    result = run(**{"sessions": [SESSION], **arguments})
    assert result["failed"] is True
    assert reason in result["msg"]
    assert not config.exists()


def test_what_others_named_cannot_add_a_line(config: pathlib.Path) -> None:
    hostile = "x]\ncredential_process = /bin/sh\n[profile y"
    names = {"account_name": hostile, "email": hostile}
    run(sessions=[SESSION], access=[dict(ACCESS[0], **names)], profile_name="{account_name}~{email}")
    profiles = Session().full_config["profiles"]
    name = "x-credential_process-=-/bin/sh-profile-y"
    assert profiles == {
        f"{name}~{name}": {"sso_session": "acme", "sso_account_id": "111122223333", "sso_role_name": "Admin"}
    }
    for field, value in (("role_name", hostile), ("session", hostile), ("account_id", hostile)):
        assert run(sessions=[SESSION], access=[dict(ACCESS[0], **{field: value})])["failed"] is True
    assert Session().full_config["profiles"] == profiles


def test_shadowing_is_returned_and_warned_of(
    config: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    credentials = tmp_path / "keys"
    credentials.write_text("[Admin-111122223333]\naws_access_key_id = AKIAEXAMPLE\n")
    result = run(sessions=[SESSION], access=ACCESS, credentials_path=str(credentials))
    assert result["profiles_shadowed"] == ["Admin-111122223333"]
    # ansible-core warns by the result, or at once where it finds itself on a controller
    assert (
        "its keys take precedence: Admin-111122223333"
        in str(result.get("warnings")) + capsys.readouterr().err
    )


def test_names_overrides_and_exclusions_by_tags(config: pathlib.Path) -> None:
    entry = {**ACCESS[0], "organizational_unit": "Workloads/Prod", "tags": {"cost center": "4711"}}
    sandbox = {**ACCESS[1], "organizational_unit": "Sandbox", "tags": {"environment": "sandbox-1"}}
    suspended = {**ACCESS[1], "organizational_unit": "Suspended", "tags": {"environment": "prod"}}
    result = run(
        sessions=[SESSION],
        access=[entry, sandbox, suspended],
        profile_name="{tags[cost center]}-{organizational_unit}",
        exclude_account_tags={"environment": ["sandbox-*", "x"]},
        exclude_organizational_units=["Suspended*"],
        overrides=[{"account_tags": {"cost center": 4711}, "region": "us-east-1"}],
    )
    assert result["profiles"] == ["4711-Workloads/Prod"]
    assert Session().full_config["profiles"]["4711-Workloads/Prod"]["region"] == "us-east-1"


def test_names_and_values_of_a_company(config: pathlib.Path) -> None:
    result = run(
        sessions=[SESSION],
        access=[dict(entry, organizational_unit="Workloads/Prod") for entry in ACCESS],
        profile_name="{account_alias:lower|replace(' ', '_')}.{role_name:removesuffix('Only')|lower}",
        account_aliases={"111122223333": "Log Archive"},
        exclude_accounts=["Nothing*"],
        exclude_roles=["Adm?n"],
        options={"sso_account_name": "{account_name}"},
        overrides=[
            {"organizational_units": ["Workloads/*"], "accounts": [111122223333], "region": "us-east-1"}
        ],
        profiles=[
            {
                "name": "deploy",
                "role_arn": "arn:aws:iam::444455556666:role/Deploy",
                "source_profile": "dev.read",
                "options": {"external_id": "x"},
            }
        ],
    )
    assert result["profiles"] == ["deploy", "log_archive.read", "dev.read"]
    profiles = Session().full_config["profiles"]
    assert profiles["log_archive.read"]["sso_account_name"] == "Prod"
    assert [profiles[name].get("region") for name in result["profiles"]] == [None, "us-east-1", None]
    chain = {"role_arn": "arn:aws:iam::444455556666:role/Deploy", "source_profile": "dev.read"}
    assert profiles["deploy"] == {**chain, "external_id": "x"}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (
            {"profile_name": "{account_name!l}"},
            "profile_name '{account_name!l}' has the conversion !l in {account_name!l}. A field has no",
        ),
        ({"exclude_accounts": [11122223333]}, "exclude_accounts contains the number 11122223333"),
        ({"overrides": [{"accounts": [1402433619]}]}, "overrides[].accounts contains the number 1402433619"),
        ({"account_aliases": {"1": "x"}}, "account_id must be a string of 12 digits, not '1'"),
        ({"profiles": [{"name": "p", "source_profile": "q"}]}, "Profile 'p': role_arn must be a non-empty"),
        ({"sessions": [dict(SESSION, start_url="https://acme.awsapps.com/start>")]}, "contains '>'"),
    ],
)
def test_names_that_cannot_be_made_are_an_error(
    config: pathlib.Path, arguments: t.Dict[str, t.Any], reason: str
) -> None:
    result = run(**{"sessions": [SESSION], "access": ACCESS, **arguments})
    assert result["failed"] is True
    assert reason in result["msg"]
    assert not config.exists()


def test_variables_that_name_other_files_are_warned_of(
    config: pathlib.Path,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def warnings(**arguments: t.Any) -> str:
        result = run(sessions=[SESSION], **arguments)
        return str(result.get("warnings")) + capsys.readouterr().err

    elsewhere = tmp_path / "company"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(elsewhere))
    assert (
        f"The environment variable AWS_CONFIG_FILE is set to {str(elsewhere)!r}, which programs with this"
        f" variable use instead of {config}. This task uses {config}. Set path to choose another file"
    ) in warnings()
    assert config.exists() and not elsewhere.exists()
    assert "AWS_CONFIG_FILE" not in warnings(path=str(elsewhere))
    assert "AWS_CONFIG_FILE" not in warnings(path=str(tmp_path / "third"))
    for same in ("~/.aws/config", "$HOME/.aws/config", str(config)):
        monkeypatch.setenv("AWS_CONFIG_FILE", same)
        assert "AWS_CONFIG_FILE" not in warnings()
    monkeypatch.delenv("AWS_CONFIG_FILE")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(elsewhere))
    assert "AWS_SHARED_CREDENTIALS_FILE is set" in warnings()
    assert "AWS_SHARED_CREDENTIALS_FILE" not in warnings(credentials_path=str(elsewhere))


def test_globs_that_match_nothing_are_warned_of(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def warnings(**arguments: t.Any) -> str:
        result = run(sessions=[SESSION], access=ACCESS, **arguments)
        return str(result.get("warnings")) + capsys.readouterr().err

    assert "No account matches accounts: Pro. There are: Prod (111122223333), Dev" in warnings(
        accounts=["Pro"]
    )
    found = warnings(
        roles=["Readonly", "Admin"],
        overrides=[
            {"accounts": ["Prod", "Staging"], "region": "eu-west-1"},
            {"accounts": ["Dev"], "roles": ["Adminn"], "region": "eu-west-1"},
            {"accounts": ["Billing"], "region": "eu-west-1"},
        ],
    )
    assert "No role in the selected accounts matches roles: Readonly. There are: ReadOnly" in found
    assert "overrides[1].roles: Adminn. There are: Admin, ReadOnly." in found
    assert "Staging" not in found and "Billing" not in found
    assert "There are" not in warnings(exclude_accounts=["x"], exclude_roles=["x"], accounts=["Prod"])
    assert "There are" not in str(run(sessions=[SESSION], access=[], accounts=["Prodution"]))


def test_a_misspelled_exclusion_is_warned_of(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(
        sessions=[SESSION], access=ACCESS, exclude_roles=["Redonly*", "Billing"], exclude_accounts=["Staging"]
    )
    shown = capsys.readouterr().err
    assert "matches exclude_roles: Redonly*. There are: ReadOnly" in shown
    assert "Billing" not in shown and "Staging" not in shown


@pytest.mark.parametrize("check_mode", [False, True])
def test_purge_does_not_remove_what_a_misspelled_glob_was_meant_to_select(
    config: pathlib.Path, check_mode: bool
) -> None:
    run(sessions=[SESSION], access=ACCESS)
    before = config.read_bytes()
    for roles in (["Readonly"], ["Readonly", "Admin"]):
        failed = run(
            sessions=[SESSION], access=ACCESS, roles=roles, purge=True, _ansible_check_mode=check_mode
        )
        assert failed["failed"]
        assert "matches roles: Readonly. There are: ReadOnly" in failed["msg"]
        assert "Nothing was written, because purge would remove profiles" in failed["msg"]
    assert config.read_bytes() == before
    assert run(sessions=[SESSION], access=ACCESS, roles=["Billing", "Admin"], purge=True)["changed"]
    assert b"ReadOnly" not in config.read_bytes()
