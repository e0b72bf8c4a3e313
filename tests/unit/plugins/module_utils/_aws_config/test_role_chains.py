# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles that assume a role with the credentials of another profile."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.validation import InputError
from support.aws_config_file import ACCESS, ACME, SESSION, ConfigFile, access, profile_entry

ROLE = "arn:aws:iam::444455556666:role/Deploy"
FIRST = profile_entry("first")


def chain(name: str = "deploy", source: str = "first", **fields: t.Any) -> t.Dict[str, t.Any]:
    return {"name": name, "role_arn": ROLE, "source_profile": source, **fields}


def test_chain_is_a_profile_of_its_own(config: ConfigFile) -> None:
    options = {"external_id": 12, "duration_seconds": 900, "role_session_name": "jane"}
    wanted = {
        "sessions": [SESSION],
        "profiles": [FIRST, chain(region="eu-west-1", output="json", options=options)],
    }
    assert config.run(**wanted).added["profile"] == ["first", "deploy"]
    assert config.profile("deploy") == {
        "role_arn": ROLE,
        "source_profile": "first",
        "region": "eu-west-1",
        "output": "json",
        "external_id": "12",
        "duration_seconds": "900",
        "role_session_name": "jane",
    }
    assert not config.run(**wanted).facts()["changed"]
    wanted["profiles"][1]["role_arn"] = ROLE + "er"
    assert config.run(**wanted).changed["profile"] == ["deploy"]
    assert config.run(state="absent", profiles=[{"name": "deploy"}, FIRST]).removed["profile"] == [
        "deploy",
        "first",
    ]
    assert config.text == ACME


def test_source_may_be_generated_in_the_file_in_the_credentials_file_or_a_chain(config: ConfigFile) -> None:
    config.text = "[profile mine]\nregion = eu-west-1\n"
    config.credentials.write_text("[keys]\naws_access_key_id = AKIAEXAMPLE\n")
    plan = config.run(
        sessions=[SESSION],
        access=[ACCESS],
        profiles=[
            chain("a", "ReadOnly-111122223333"),
            chain("b", "mine"),
            chain("c", "keys", options={"duration_seconds": 43200}),
            chain("d", "e"),
            chain("e", "a"),
        ],
    )
    assert plan.added["profile"] == ["a", "b", "c", "d", "e", "ReadOnly-111122223333"]


@pytest.mark.parametrize(
    ("profiles", "reason"),
    [
        (
            [FIRST, chain(source="frist")],
            "There is no profile frist, which source_profile refers to. Did you mean first?",
        ),
        ([chain(source="deploy")], "source_profile is circular: deploy -> deploy."),
        ([chain("a", "b"), chain("b", "a")], "source_profile is circular: a -> b -> a."),
        ([chain("a", "b"), chain("b", "x")], "There is no profile x, which source_profile"),
        ([FIRST, chain(session="acme")], "role_arn and source_profile cannot be combined with session."),
        (
            [{**FIRST, **chain()}],
            "cannot be combined with session, account_id, role_name. The profile in source_profile has",
        ),
        ([FIRST, chain(role_arn=None)], "role_arn must be a non-empty string, not None"),
        ([FIRST, chain(source="")], "source_profile must be a non-empty string, not ''"),
        ([FIRST, chain(source="a\nb")], "is not a valid profile name"),
        ([FIRST, chain(role_arn="Deploy")], "role_arn must be the ARN of a role, such as arn:aws:iam::"),
        ([FIRST, chain(role_arn=ROLE + "\nx = y")], "role_arn must be the ARN of a role"),
        ([FIRST, chain(role_arn="arn:aws:iam::444455556666:user/x")], "role_arn must be the ARN of a role"),
        ([FIRST, chain(role_arn="arn:aws:iam::44445555666:role/x")], "role_arn must be the ARN of a role"),
        ([FIRST, chain(options={"duration_seconds": 3601})], "AWS limits a role that is assumed with the"),
        ([FIRST, chain(options={"Duration_Seconds": 899})], "a number from 900 to 43200, not 899"),
        ([FIRST, chain(options={"duration_seconds": "1h"})], "a number from 900 to 43200, not '1h'"),
        ([FIRST, chain(options={"duration_seconds": 43201})], "a number from 900 to 43200, not 43201"),
        (
            [FIRST, chain(options={"role_arn": ROLE})],
            "options must not set role_arn. Add a profile",
        ),
        (
            [dict(FIRST, options={"source_profile": "x"})],
            "options must not set source_profile. Add",
        ),
        ([FIRST, chain(options={"credential_source": "x"})], "options must not set credential_source. Use"),
    ],
)
def test_chain_that_cannot_work_is_an_error(
    config: ConfigFile, profiles: t.List[t.Dict[str, t.Any]], reason: str
) -> None:
    with pytest.raises(InputError) as caught:
        config.run(sessions=[SESSION], profiles=profiles)
    assert reason in str(caught.value)
    assert not config.path.exists()


@pytest.mark.parametrize(
    "role", ["arn:aws-us-gov:iam::444455556666:role/a/b/Deploy", "arn:aws-cn:iam::444455556666:role/x=,.@-_+"]
)
def test_roles_with_a_path_and_of_other_partitions(config: ConfigFile, role: str) -> None:
    config.run(sessions=[SESSION], profiles=[FIRST, chain(role_arn=role)])
    assert config.profile("deploy")["role_arn"] == role


@pytest.mark.parametrize(
    "text",
    [
        "[profile deploy]\nrole_arn = arn:aws:iam::999999999999:role/Other\nsource_profile = first\n",
        f"[profile deploy]\nrole_arn = {ROLE}\nsource_profile = other\n",
        "[profile deploy]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n",
        "[profile deploy]\ncredential_process = x\n",
        "[profile deploy]\naws_access_key_id = AKIAEXAMPLE\n",
    ],
)
def test_foreign_profile_with_other_credentials_is_not_changed(config: ConfigFile, text: str) -> None:
    config.text = text
    with pytest.raises(InputError, match=r"have other credentials: \[profile deploy\] on line 1"):
        config.run(sessions=[SESSION], profiles=[FIRST, chain()])
    assert config.text == text


def test_foreign_profile_of_the_same_role_gets_keys_that_absent_removes(config: ConfigFile) -> None:
    foreign = f"[profile deploy]\nrole_arn = {ROLE}\nsource_profile = first\nmine = 1\n"
    config.text = foreign
    wanted: t.Dict[str, t.Any] = {"sessions": [SESSION], "profiles": [FIRST, chain(region="eu-west-1")]}
    assert config.run(**wanted).changed["profile"] == ["deploy"]
    assert not config.run(**wanted).facts()["changed"]
    assert config.profile("deploy")["mine"] == "1"
    config.run(state="absent", **{**wanted, "sessions": [{"name": "acme"}]})
    assert config.text == foreign


def test_profile_becomes_a_chain_and_an_sso_profile_again(config: ConfigFile) -> None:
    sso = [FIRST, profile_entry("deploy", region="eu-west-1")]
    config.run(sessions=[SESSION], profiles=sso)
    config.run(sessions=[SESSION], profiles=[FIRST, chain(region="eu-west-1")])
    assert config.profile("deploy") == {"role_arn": ROLE, "source_profile": "first", "region": "eu-west-1"}
    config.run(sessions=[SESSION], profiles=sso)
    assert [*config.profile("deploy")] == ["region", "sso_session", "sso_account_id", "sso_role_name"]


def test_chain_without_credentials_in_a_foreign_section(config: ConfigFile) -> None:
    config.text = "[profile deploy]\nregion = eu-west-1\n"
    wanted: t.Dict[str, t.Any] = {"sessions": [SESSION], "profiles": [FIRST, chain()]}
    config.run(**wanted)
    assert config.profile("deploy") == {"region": "eu-west-1", "role_arn": ROLE, "source_profile": "first"}
    wanted["profiles"][1]["role_arn"] = ROLE + "er"
    config.run(**wanted)
    assert config.profile("deploy")["role_arn"] == ROLE + "er"


def test_purge_removes_chains_on_top_of_its_sessions(config: ConfigFile) -> None:
    other = {**SESSION, "name": "other"}
    profiles = [
        FIRST,
        profile_entry("second", session="other"),
        chain("a"),
        chain("b", "a"),
        chain("c", "second"),
    ]
    config.run(sessions=[SESSION, other], profiles=profiles)
    config.text += "\n[profile mine]\nrole_arn = x\nsource_profile = first\n"
    plan = config.run(sessions=[SESSION], profiles=[chain("a"), FIRST], purge=True)
    assert plan.removed["profile"] == ["b"] and not plan.warnings
    plan = config.run(sessions=[SESSION], purge=True)
    assert sorted(plan.removed["profile"]) == ["a", "first"]
    assert plan.warnings == ["These profiles have a removed profile as their source_profile: mine."]
    assert config.profile("c") and config.profile("second")


def test_default_mirrors_a_chain(config: ConfigFile) -> None:
    wanted: t.Dict[str, t.Any] = {
        "sessions": [SESSION],
        "profiles": [FIRST, chain()],
        "default_profile": "deploy",
    }
    config.run(**wanted)
    assert config.profile("default") == config.profile("deploy")
    assert not config.run(**wanted).facts()["changed"]
    config.run(**{**wanted, "default_profile": "first"})
    assert config.profile("default") == config.profile("first")
    config.run(**wanted)
    assert config.profile("default") == config.profile("deploy")
    with pytest.raises(InputError, match="circular: deploy -> default -> default"):
        config.run(**{**wanted, "profiles": [FIRST, chain(source="default")]})


def test_chains_beside_generated_profiles_of_the_same_name_are_an_error(config: ConfigFile) -> None:
    with pytest.raises(InputError, match=r"'x' is used twice with different .*role_arn.* by profile 'x'"):
        config.run(sessions=[SESSION], profiles=[chain("x")], access=[access()], profile_name="x")
