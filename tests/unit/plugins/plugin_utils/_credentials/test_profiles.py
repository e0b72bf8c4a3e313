# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the credentials of a profile come from, by botocore's rules."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._credentials.profiles import (
    CredentialSource,
    ProfileError,
    Profiles,
)
from support.logins import CORP, LEGACY
from support.role_credentials import DEPLOY, PROFILES


@pytest.fixture(autouse=True)
def config(aws_config: pathlib.Path) -> pathlib.Path:
    aws_config.write_text(PROFILES)
    return aws_config


def add(config: pathlib.Path, text: str) -> None:
    config.write_text(config.read_text() + text)


def test_a_role_of_a_session() -> None:
    assert Profiles().source("dev") == CredentialSource(
        CORP, "111122223333", "ReadOnly", region="eu-central-1"
    )


def test_a_role_without_a_session() -> None:
    assert Profiles().source("old") == CredentialSource(LEGACY, "012345678901", "ReadOnly")


def test_a_role_that_another_one_assumes() -> None:
    source = Profiles().source("deploy")
    assert source == CredentialSource(
        CORP, "111122223333", "ReadOnly", ({"RoleArn": DEPLOY},), region="eu-north-1"
    )


def test_a_chain_is_assumed_from_its_far_end(config: pathlib.Path) -> None:
    add(
        config,
        """
[profile second]
role_arn = arn:aws:iam::111122223333:role/Second
source_profile = first
external_id = x
role_session_name = me
duration_seconds = 1800
[profile first]
role_arn = arn:aws:iam::111122223333:role/First
source_profile = dev
duration_seconds = soon
""",
    )
    assert Profiles().source("second").chain == (
        {"RoleArn": "arn:aws:iam::111122223333:role/First"},
        {
            "RoleArn": "arn:aws:iam::111122223333:role/Second",
            "RoleSessionName": "me",
            "ExternalId": "x",
            "DurationSeconds": 1800,
        },
    )


def test_keys_of_the_credentials_file_win(config: pathlib.Path) -> None:
    (config.parent / "credentials").write_text("[dev]\nsso_role_name = Other\n[more]\nregion = x\n")
    assert Profiles().source("dev").role_name == "Other"
    with pytest.raises(ProfileError, match="The profile more does not use IAM Identity Center"):
        Profiles().source("more")


@pytest.mark.parametrize(
    ("text", "profile", "message"),
    [
        ("", "dve", "There is no profile dve in .*config. Did you mean dev"),
        ("", "nothing-like-it", "There is no profile nothing-like-it in .*config.$"),
        ("[profile p]\nregion = x\n", "p", "The profile p does not use IAM Identity Center"),
        (
            "[profile p]\nsso_session = corp\nsso_account_id = 1\n",
            "p",
            r"config, line \d+: The profile has no sso_role_name\. Add .* to \[profile p\]\.",
        ),
        (
            "[profile p]\nsso_session = nope\nsso_account_id = 1\nsso_role_name = r\n",
            "p",
            r"config, line \d+: There is no section \[sso-session nope\], which the profile refers to",
        ),
        (
            "[sso-session s]\nsso_region = x\n"
            "[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n",
            "p",
            r"config, line \d+: \[sso-session s\] has no sso_start_url",
        ),
        (
            "[profile p]\nsso_session = corp\nsso_region = us-east-1\n"
            "sso_account_id = 1\nsso_role_name = r\n",
            "p",
            r"sso_region = eu-west-1 in \[sso-session corp\] \(line 3\) differs from sso_region = us-east-1"
            r" in \[profile p\] \(line \d+\)\..* Remove sso_region from \[profile p\]\.",
        ),
        ("[profile p]\nsso_account_id = 1\nsso_role_name = r\n", "p", "The profile has no sso_session. Add"),
        ("[profile p]\nrole_arn = x\n", "p", "The profile has role_arn but no source_profile"),
        (
            "[profile p]\nrole_arn = x\nsource_profile = q\n",
            "p",
            "There is no profile q, which source_profile refers to",
        ),
        ("[profile p]\nrole_arn = x\nsource_profile = p\n", "p", "source_profile is circular: p -> p"),
        (
            "[profile p]\nrole_arn = x\nsource_profile = q\n[profile q]\nrole_arn = y\nsource_profile = p\n",
            "p",
            "source_profile is circular: p -> q -> p",
        ),
        ("[profile p]\nrole_arn = x\nsource_profile = dev\nmfa_serial = m\n", "p", "requires an MFA code"),
        ("[profile p]\nsso_account_id =\n  x = y\nsso_role_name = r\n", "p", "has no sso_account_id"),
        *(
            (
                f"[profile p]\nsso_session = corp\nsso_account_id = {value}\nsso_role_name = r\n",
                "p",
                rf"p cannot be used. .*config, line \d+: sso_account_id = {value} is not an account ID",
            )
            for value in ("1", "11112222333", '"111122223333"', "111122223333 # prod", "\u0661" * 12)
        ),
    ],
)
def test_an_invalid_profile_is_reported_with_the_reason(
    config: pathlib.Path, text: str, profile: str, message: str
) -> None:
    add(config, text)
    with pytest.raises(ProfileError, match=message):
        Profiles().source(profile)


def test_a_configuration_without_profiles_is_reported_with_the_module_that_writes_them(
    config: pathlib.Path,
) -> None:
    config.unlink()
    with pytest.raises(ProfileError, match=r"It has no profiles yet. To add .*workstation .*-e @company.yml"):
        Profiles().source("dev")


@pytest.mark.parametrize("name", ["config", "credentials"])
def test_a_broken_file_is_named_with_the_line(config: pathlib.Path, name: str) -> None:
    (config.parent / name).write_text("[profile a]\nk = v\nnonsense\n")
    with pytest.raises(WorkstationError, match=f"{name}, line 3: The line is neither"):
        Profiles()


@pytest.mark.parametrize(
    ("text", "duration"), [("900", 900), ("+900", 900), ("3_600", 3600), ("\u00b2", None), ("soon", None)]
)
def test_duration_seconds_is_read_as_botocore_reads_it(
    config: pathlib.Path, text: str, duration: int | None
) -> None:
    add(config, f"[profile p]\nrole_arn = x\nsource_profile = dev\nduration_seconds = {text}\n")
    assert Profiles().source("p").chain[0].get("DurationSeconds") == duration


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[profile p]\nrole_arn = x\nsource_profile = mid\n"
            "[profile mid]\nrole_arn = y\nsource_profile = dev\n"
            "aws_access_key_id = a\naws_secret_access_key = b\n",
            r"The source_profile mid has access keys, .* Remove them from \[profile mid\]",
        ),
        (
            "[profile p]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n"
            "web_identity_token_file = /t\n",
            r"web_identity_token_file takes precedence .* Remove it from \[profile p\]",
        ),
        (
            "[profile p]\nrole_arn = x\nsource_profile = dev\ncredential_source = Environment\n",
            "has source_profile as well as credential_source, which botocore rejects. Remove one of them",
        ),
        (
            "[sso-session half]\nsso_region = eu-west-1\n[profile p]\nsso_session = half\n"
            "sso_account_id = 1\nsso_role_name = r\nsso_start_url = https://acme.awsapps.com/start\n",
            r"\[sso-session half\] has no sso_start_url",
        ),
        (
            "[profile p]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\nregion = a\n"
            "[DEFAULT]\nregion = b\n",
            r"config, line \d+: region = b in \[DEFAULT\] \(line \d+, inherited by every section\) differs"
            r" from region = a in \[profile p\].* Remove region from \[DEFAULT\]\.",
        ),
    ],
)
def test_what_botocore_uses_or_rejects_instead_is_reported(
    config: pathlib.Path, text: str, message: str
) -> None:
    add(config, text)
    with pytest.raises(ProfileError, match=message):
        Profiles().source("p")


def test_the_session_can_have_the_role(config: pathlib.Path) -> None:
    add(
        config,
        "[sso-session all]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n"
        "sso_role_name = ReadOnly\n[profile p]\nsso_session = all\nsso_account_id = 111122223333\n",
    )
    assert Profiles().source("p").role_name == "ReadOnly"


def test_profiles_of_iam_identity_center_are_named_in_place_of_one_with_keys(
    aws_config: pathlib.Path,
) -> None:
    aws_config.write_text(PROFILES)
    keys = "aws_access_key_id = a\naws_secret_access_key = b\naws_session_token = c\n"
    aws_config.with_name("credentials").write_text(f"[111122223333_AdministratorAccess]\n{keys}")
    with pytest.raises(
        ProfileError, match=r"Name a profile of IAM .* instead\. You have: admin, dev, old, prod\.$"
    ):
        Profiles().source("111122223333_AdministratorAccess")
    aws_config.write_text("")
    with pytest.raises(ProfileError, match=r"There are no profiles of IAM .*-e @company\.yml"):
        Profiles().source("111122223333_AdministratorAccess")
