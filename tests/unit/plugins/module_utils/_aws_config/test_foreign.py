# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles of other tools are taken over, kept up to date, removed and restored."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.foreign import (
    generated_profile,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import (
    Settings,
    read_config,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.validation import InputError
from support.aws_config_file import SESSION, ConfigFile, access, profile_entry
from support.config_of_tools import TOOLS

START_URL = SESSION["start_url"]
ACCESS = [access(), access(role_name="Admin")]
TEMPLATES = {tool: found.profile_name for tool, found in TOOLS.items()}


def wanted(tool: str, **options: t.Any) -> t.Dict[str, t.Any]:
    return {"sessions": [SESSION], "access": ACCESS, "profile_name": TEMPLATES[tool], **options}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("tool", TOOLS)
class TestTools:
    def test_are_adopted_updated_and_undone(self, config: ConfigFile, tool: str, line_end: str) -> None:
        config.text = before = TOOLS[tool].text.replace("\n", line_end)
        plan = config.run(**wanted(tool, adopt=True))
        names = [str(profile["name"]) for profile in plan.adopted]
        assert len(names) == 2 and {profile["written_by"] for profile in plan.adopted} == {TOOLS[tool].tool}
        for name in names:
            settings = config.profile(name)
            assert settings["sso_session"] == "acme"
            assert not {"credential_process", "sso_start_url", "granted_sso_role_name"} & set(settings)
            assert settings["cli_pager"] == "less"
        assert config.run(**wanted(tool, adopt=True)).data is None
        assert config.run(**wanted(tool)).data is None
        config.run(**wanted(tool, region="eu-north-1", options={"cli_pager": ""}))
        assert config.profile(names[0])["region"] == "eu-north-1"
        config.run(state="absent", **wanted(tool))
        assert config.text == before

    def test_are_purged_but_for_own_keys(self, config: ConfigFile, tool: str, line_end: str) -> None:
        config.text = before = TOOLS[tool].text.replace("\n", line_end)
        config.run(**wanted(tool, adopt=True))
        config.run(**wanted(tool, options={"cli_pager": ""}, region="eu-north-1"))
        plan = config.run(sessions=[SESSION], purge=True)
        assert len(plan.changed["profile"]) == 2
        for name in plan.changed["profile"]:
            assert config.profile(name) == {"cli_pager": "less"}
        assert (
            "workstation"
            not in config.text.replace("managed by", "").partition("[profile")[2].partition("[sso-")[0]
        )
        config.text = before.replace(f"cli_pager = less{line_end}", "")
        config.run(**wanted(tool, adopt=True))
        plan = config.run(sessions=[SESSION], purge=True)
        assert len(plan.removed["profile"]) == 2
        assert set(read_config(str(config.path)).profiles) == {"mine"}

    @pytest.mark.parametrize("named", [True, False])
    def test_are_restored_when_a_session_is_removed_with_its_profiles(
        self, config: ConfigFile, tool: str, line_end: str, named: bool
    ) -> None:
        config.text = before = TOOLS[tool].text.replace("\n", line_end)
        third = profile_entry("third", role_name="Third")
        config.run(**wanted(tool, adopt=True, profiles=[third], region="eu-north-1"))
        options = wanted(tool, profiles=[third]) if named else {"sessions": [SESSION]}
        plan = config.run(state="absent", purge=True, **options)
        assert config.text == before
        assert plan.removed["profile"] == ["third"]
        assert len(plan.changed["profile"]) == 2

    def test_without_the_option_conflicts_name_it(self, config: ConfigFile, tool: str, line_end: str) -> None:
        config.text = before = TOOLS[tool].text.replace("\n", line_end)
        if not TOOLS[tool].conflicts:
            config.run(**wanted(tool))
            config.run(state="absent", **wanted(tool))
        else:
            with pytest.raises(InputError, match=r"written by other tools .*, .*Set adopt to take them over"):
                config.run(**wanted(tool))
        assert config.text == before


@pytest.mark.parametrize(
    "settings",
    [
        {"credential_process": "/opt/vault get --profile p"},
        {"credential_process": "aws-sso-utility credential-process"},
        {"credential_process": "sh -c 'aws-sso-util credential-process'"},
        {"role_arn": "x", "source_profile": "y"},
        {"aws_access_key_id": "x"},
        {"granted_sso_account_id": "999999999999", "granted_sso_role_name": "ReadOnly"},
    ],
)
def test_other_credentials_are_not_adopted(config: ConfigFile, settings: Settings) -> None:
    role = {"sso_account_id": "111122223333", "sso_role_name": "ReadOnly", "sso_start_url": START_URL}
    lines = [f"{key} = {value}\n" for key, value in {**role, **settings}.items()]
    config.text = before = f"[profile p]\n{''.join(lines)}"
    assert generated_profile({**role, **settings}) is None
    if "granted_sso_account_id" in settings:
        return
    with pytest.raises(InputError, match=r"\[profile p\] on line 1"):
        config.run(sessions=[SESSION], profiles=[profile_entry()], adopt=True)
    assert config.text == before


@pytest.mark.parametrize(
    "section",
    [
        f"sso_start_url = {START_URL}\nsso_region = eu-west-1\nsso_account_id = 999999999999\n"
        "sso_role_name = ReadOnly",
        "sso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n"
        "sso_account_id = 111122223333\nsso_role_name = ReadOnly",
        "credential_process = aws-sso process --arn arn:aws:iam::111122223333:role/Admin",
        "credential_process = granted credential-process --profile p",
    ],
)
def test_other_roles_and_portals_are_not_adopted(config: ConfigFile, section: str) -> None:
    config.text = before = f"[profile p]\n{section}\n"
    with pytest.raises(InputError, match=r"\[profile p\] on line 1 .* set force"):
        config.run(sessions=[SESSION], profiles=[profile_entry()], adopt=True)
    assert config.text == before


def test_profiles_of_a_session_with_the_same_portal_change_to_the_wanted_one(config: ConfigFile) -> None:
    config.text = before = (
        "[profile ReadOnly-111122223333]\nsso_session = my-sso\nsso_account_id = 111122223333\n"
        f"sso_role_name = ReadOnly\n[sso-session my-sso]\nsso_start_url = {START_URL}/#\n"
        "sso_region = eu-west-1\n"
    )
    with pytest.raises(InputError, match="Set adopt"):
        config.run(sessions=[SESSION], access=[access()])
    config.run(sessions=[SESSION], access=[access()], adopt=True, owner="me")
    assert config.profile("ReadOnly-111122223333")["sso_session"] == "acme"
    assert config.run(sessions=[SESSION], purge=True).data is None
    assert config.run(state="absent", access=[access()], owner="other").data is None
    config.run(state="absent", sessions=[SESSION], access=[access()])
    assert config.text == before


@pytest.mark.parametrize("start_url", [START_URL, f"{START_URL}/#/"])
def test_a_legacy_listing_is_written_with_the_session_of_its_start_url(
    config: ConfigFile, start_url: str
) -> None:
    config.run(sessions=[SESSION], access=[access(session=start_url)], purge=True)
    assert config.profile("ReadOnly-111122223333")["sso_session"] == "acme"
    config.run(access=[access(session=start_url, role_name="Admin")], purge=True)
    assert set(read_config(str(config.path)).profiles) == {"Admin-111122223333"}


def test_keys_that_yawsso_left_in_the_credentials_file_are_named_and_kept(config: ConfigFile) -> None:
    config.text = TOOLS["aws configure sso"].text
    config.credentials.write_text(
        before
        := "[ReadOnly-111122223333]\nregion = us-east-1\naws_access_key_id = a\naws_secret_access_key = b\n"
        "aws_session_token = c\naws_session_expiration = 2026-11-26T12:00:00+0000\n"
    )
    plan = config.run(**wanted("aws configure sso", adopt=True))
    assert len(plan.adopted) == 2
    assert "ReadOnly-111122223333 (region on line 2, aws_access_key_id on line 3, " in plan.warnings[0]
    assert config.credentials.read_text() == before
