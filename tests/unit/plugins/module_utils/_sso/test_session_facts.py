# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of sessions, from their files alone."""

from __future__ import annotations

import json
import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso import token_cache
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session_facts import session_facts
from support.sso_files import (
    CORP,
    LEGACY,
    OTHER,
    READER,
    SECRETS,
    role_path,
    token_of,
    write,
    write_record,
    write_registration,
    write_role,
    write_token,
)

DEPLOY = "arn:aws:iam::222233334444:role/Deploy"
PROFILE = """\
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ReadOnly
"""
LEGACY_PROFILE = f"""\
[profile old]
sso_start_url = {LEGACY.start_url}
sso_region = {LEGACY.region}
sso_account_id = 111122223333
sso_role_name = ReadOnly
"""


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_cache, "_SECONDS_BETWEEN_ATTEMPTS", 0)


def facts_of(name: t.Optional[str] = "corp") -> t.Dict[str, t.Any]:
    ((facts,), warnings) = session_facts(name)
    assert not warnings
    return facts


def names() -> t.List[t.Tuple[t.Optional[str], t.Optional[str], bool]]:
    return [(found["name"], found["start_url"], found["configured"]) for found in session_facts(None)[0]]


def test_a_session_is_described_without_a_secret(aws_config: pathlib.Path) -> None:
    aws_config.write_text(aws_config.read_text() + PROFILE)
    token = json.loads(write_token().read_text())
    role = write_role(role_path(CORP, *READER))
    facts = facts_of()
    assert facts == {
        "name": "corp",
        "start_url": "https://acme.awsapps.com/start",
        "region": "eu-west-1",
        "configured": True,
        "logged_in": True,
        "expires_at": token["expiresAt"],
        "refreshable": True,
        "registration_expires_at": token["registrationExpiresAt"],
        "cached_roles": [
            {
                "account_id": "111122223333",
                "role_name": "ReadOnly",
                "role_arn": None,
                "expires_at": json.loads(role.read_text())["Credentials"]["Expiration"],
            }
        ],
        "problems": [],
    }
    assert not [secret for secret in SECRETS if secret in json.dumps(facts)]


def test_a_session_without_files_is_not_logged_in_and_has_no_problems(aws_config: pathlib.Path) -> None:
    facts = facts_of()
    assert (facts["logged_in"], facts["expires_at"], facts["refreshable"]) == (False, None, False)
    assert facts["registration_expires_at"] is None
    assert facts["cached_roles"] == [] == facts["problems"]


def test_a_session_of_legacy_profiles_has_no_name(aws_config: pathlib.Path) -> None:
    aws_config.write_text(LEGACY_PROFILE)
    write_token(LEGACY, refreshToken=None, clientId=None)
    facts = facts_of(LEGACY.start_url)
    assert (facts["name"], facts["start_url"], facts["logged_in"]) == (None, LEGACY.start_url, True)
    assert facts["refreshable"] is False and facts["configured"]


def test_an_expired_token_is_described_with_its_end(aws_config: pathlib.Path) -> None:
    write_token(expiresAt="2026-01-01T00:00:00.5+00:00")
    facts = facts_of()
    assert (facts["logged_in"], facts["expires_at"]) == (False, "2026-01-01T00:00:00Z")
    assert facts["refreshable"] is True


@pytest.mark.parametrize("changes", [{"startUrl": OTHER.start_url}, {"region": "us-east-1"}])
def test_a_token_of_another_portal_is_a_problem(aws_config: pathlib.Path, changes: t.Dict[str, str]) -> None:
    path = write_token(**changes)
    facts = facts_of()
    assert (facts["logged_in"], facts["expires_at"], facts["refreshable"]) == (False, None, False)
    assert facts["problems"][0].startswith(f"{path} holds a token of another start URL or Region")


def test_the_registration_is_described_without_a_token(aws_config: pathlib.Path) -> None:
    registration = json.loads(write_registration().read_text())
    assert facts_of()["registration_expires_at"] == registration["expiresAt"]


def test_damaged_files_are_problems_and_no_error(aws_config: pathlib.Path) -> None:
    aws_config.write_text(aws_config.read_text() + PROFILE)
    token = write(pathlib.Path(CORP.token_path), "{")
    registration = write(pathlib.Path(CORP.registration_path), "[]")
    write(role_path(CORP, *READER), "{")
    facts = facts_of()
    assert not facts["logged_in"]
    assert facts["cached_roles"][0]["expires_at"] is None
    of_token, of_registration = facts["problems"]
    assert str(token) in of_token and str(registration) in of_registration


def test_a_cache_that_cannot_be_read_is_a_problem_with_its_fix(aws_config: pathlib.Path) -> None:
    (aws_config.parent / "sso").touch()
    facts = facts_of()
    assert not facts["logged_in"]
    assert "A file exists where a directory is needed" in facts["problems"][0]


@pytest.mark.parametrize("kind", ["directory", "pipe", "link"])
def test_what_is_no_file_is_a_problem_of_its_session_only(aws_config: pathlib.Path, kind: str) -> None:
    aws_config.write_text(
        aws_config.read_text()
        + f"[sso-session other]\nsso_start_url = {OTHER.start_url}\nsso_region = {OTHER.region}\n"
    )
    write_token(OTHER)
    path = pathlib.Path(CORP.token_path)
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path)
    corp, other = session_facts(None)[0]
    assert str(path) in corp["problems"][0] and other["logged_in"] and not other["problems"]


def test_cached_roles_are_sorted_and_include_assumed_ones(aws_config: pathlib.Path) -> None:
    roles = [
        ("222233334444", "ReadOnly", None),
        ("111122223333", "ReadOnly", DEPLOY),
        ("111122223333", "ReadOnly", None),
        ("111122223333", "AdministratorAccess", None),
    ]
    for account_id, role_name, role_arn in roles:
        path = role_path(CORP, account_id, f"{role_name}{role_arn or ''}")
        write_role(path, account_id)
        write_record(CORP, path, account_id, role_name, role_arn=role_arn)
    write_role(role_path(LEGACY, "012345678901", "ReadOnly"), "012345678901")
    found = [(role["account_id"], role["role_name"], role["role_arn"]) for role in facts_of()["cached_roles"]]
    assert found == [roles[3], roles[2], roles[1], roles[0]]


def test_a_role_that_the_cli_cached_is_listed_without_its_profile(aws_config: pathlib.Path) -> None:
    """The name of its role is in another profile, its account in the file."""
    aws_config.write_text(aws_config.read_text() + PROFILE)
    write_role(role_path(CORP, "222233334444", "ReadOnly"), "222233334444")
    (role,) = facts_of()["cached_roles"]
    assert (role["account_id"], role["role_name"]) == ("222233334444", "ReadOnly")


def test_sessions_of_the_configuration_and_of_tokens(aws_config: pathlib.Path) -> None:
    aws_config.write_text(aws_config.read_text() + LEGACY_PROFILE)
    write_token(OTHER)
    unnamed = SsoSession(None, "https://third.awsapps.com/start", "us-east-1", None)
    write_token(unnamed)
    write(pathlib.Path(CORP.token_path).parent / "kiro-auth-token.json", token_of())
    write_registration(OTHER)
    assert names()[:2] == [("corp", CORP.start_url, True), (None, LEGACY.start_url, True)]
    assert sorted(names()[2:]) == [
        (None, OTHER.start_url, False),
        (None, unnamed.start_url, False),
    ]
    assert all(found["problems"] == [] for found in session_facts(None)[0])


def test_a_section_without_a_region_is_described_by_its_token(aws_config: pathlib.Path) -> None:
    aws_config.write_text(f"[sso-session corp]\nsso_start_url = {CORP.start_url}\n")
    facts = facts_of()
    assert (facts["region"], facts["configured"]) == (None, False)
    assert facts["problems"] == [f"[sso-session corp] in {aws_config} has no sso_region."]
    write_token()
    facts = facts_of()
    assert (facts["region"], facts["logged_in"], facts["configured"]) == ("eu-west-1", True, False)


def test_without_a_readable_configuration_the_tokens_are_described(aws_config: pathlib.Path) -> None:
    aws_config.write_text("[profile\n")
    write_token()
    for name in ("corp", None):
        ((facts,), warnings) = session_facts(name)
        assert facts["logged_in"] and facts["start_url"] == CORP.start_url and not facts["configured"]
        assert warnings and str(aws_config) in warnings[0]


@pytest.mark.parametrize("name", ["corp", None])
def test_without_a_readable_configuration_and_tokens_there_is_nothing(
    aws_config: pathlib.Path, name: t.Optional[str]
) -> None:
    aws_config.write_text("[profile\n")
    with pytest.raises(WorkstationError, match=str(aws_config)):
        session_facts(name)


def test_an_unknown_session_is_named_with_similar_ones(aws_config: pathlib.Path) -> None:
    with pytest.raises(WorkstationError, match="Did you mean corp"):
        session_facts("crop")
