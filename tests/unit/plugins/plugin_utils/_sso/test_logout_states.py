# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-outs in the states in which configurations and caches are found, and while AWS does not answer."""

from __future__ import annotations

import json
import os
import pathlib
import threading
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._files.lock import locked
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso import sign_out, token_cache
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.state import state_directory
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._cached_credentials import (
    Role,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._cached_credentials import (
    role_path as role_path_of_the_fast_path,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso import logout
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.logout import (
    LogoutResult,
    log_out,
    preview_logout,
)
from identity_center import IdentityCenter
from support.logins import CORP, LEGACY, change, in_seconds, registration_file, token_file
from support.role_credentials import one, sign_in
from support.sso_files import READER, role_path, write, write_role, write_token

OTHER = SsoSession("other", CORP.start_url, CORP.region)
THIRD = SsoSession("third", CORP.start_url, CORP.region)
PROFILE = """\
[profile {name}]
sso_session = {session}
sso_account_id = {account}
sso_role_name = {role}
"""


@pytest.fixture
def signed_in(center: IdentityCenter, aws_config: pathlib.Path) -> IdentityCenter:
    """Signed in to "corp"."""
    sign_in(center)
    center.journal.clear()
    return center


def section(session: SsoSession) -> str:
    return (
        f"[sso-session {session.name}]\nsso_start_url = {session.start_url}\nsso_region = {session.region}\n"
    )


def out(name: str | None = "corp") -> tuple[LogoutResult, list[str]]:
    """Sign out, with the warnings; the forecast was right."""
    expected = preview_logout(name, lambda text: None)
    warnings: list[str] = []
    result = log_out(name, warnings.append)
    assert (result.sessions, result.removed) == (expected.sessions, expected.removed)
    return result, warnings


def lives(center: IdentityCenter) -> bool:
    return bool(center.records.access_tokens or center.records.refresh_tokens)


@pytest.mark.parametrize("name", ["corp", None])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("sso_region = eu-west-1\n", ""),
        ("sso_region = eu-west-1\n", "sso_region =\n"),
        ("sso_start_url = https://acme.awsapps.com/start\n", ""),
        ("https://acme.awsapps.com/start", "https://d-1234567890.awsapps.com/start"),
        ("eu-west-1", "us-east-1"),
        ("eu-west-1", "Ireland"),
        ("[sso-session corp]", "[sso-session renamed]"),
        ("[sso-session corp]", "[sso-session corp"),
        ("[sso-session corp]", "nonsense"),
        ("sso_region", "sso_region = x\nsso_region"),
    ],
    ids=[
        "no region",
        "empty region",
        "no URL",
        "URL",
        "region",
        "no region",
        "name",
        "broken",
        "torn",
        "twice",
    ],
)
def test_a_changed_or_broken_configuration(
    signed_in: IdentityCenter, aws_config: pathlib.Path, before: str, after: str, name: str | None
) -> None:
    text = aws_config.read_text()
    assert before in text
    aws_config.write_text(text.replace(before, after))
    result, _warnings = out(name)
    assert [logout.ended for logout in result.sessions if logout.removed] == [True]
    assert result.removed == (str(token_file()),) and not result.errors
    assert not token_file().exists() and not lives(signed_in)


def test_a_token_without_region_in_a_session_without_region_is_removed_with_a_warning(
    signed_in: IdentityCenter, aws_config: pathlib.Path
) -> None:
    aws_config.write_text(aws_config.read_text().replace("sso_region = eu-west-1\n", ""))
    change(token_file(), region=None)
    warnings: list[str] = []
    assert not log_out("corp", warnings.append).sessions[0].ended
    assert not token_file().exists()
    assert "has no sso_region" in warnings[0] and "Neither the token nor the configuration" in warnings[1]
    assert CORP.start_url in warnings[1]


def test_a_configuration_of_nobody_is_a_warning_and_a_named_session_of_nothing_an_error(
    signed_in: IdentityCenter, aws_config: pathlib.Path
) -> None:
    aws_config.write_text("[profile\n")
    log_out(None, lambda text: None)
    warnings: list[str] = []
    assert log_out(None, warnings.append) == LogoutResult((), ())
    assert str(aws_config) in warnings[0]
    with pytest.raises(WorkstationError, match=str(aws_config)):
        log_out("corp", warnings.append)


def test_all_sessions_are_also_those_that_nobody_configures_any_more(
    signed_in: IdentityCenter, aws_config: pathlib.Path
) -> None:
    sign_in(signed_in, OTHER)
    sign_in(signed_in, LEGACY)
    (aws_config.parent / "config").write_text("")
    tool = write(token_file().parent / "kiro-auth-token.json", token_file().read_text())
    result, warnings = out(None)
    assert len(result.sessions) == 3 and all(logout.ended for logout in result.sessions) and not warnings
    assert [
        path.name for path in token_file().parent.iterdir() if path not in (tool, registration_file())
    ] == [registration_file(LEGACY).name] or not token_file().exists()
    assert tool.exists() and registration_file().exists()
    assert not lives(signed_in)


@pytest.mark.parametrize(
    "kind", ["directory", "full directory", "pipe", "link", "link to a directory", "damaged"]
)
def test_an_unusable_path_among_several(
    signed_in: IdentityCenter, aws_config: pathlib.Path, tmp_path: pathlib.Path, kind: str
) -> None:
    broken = SsoSession("broken", CORP.start_url, CORP.region)
    aws_config.write_text(section(broken) + aws_config.read_text() + section(OTHER))
    sign_in(signed_in, OTHER)
    path = token_file(broken)
    if kind.endswith("directory") and not kind.startswith("link"):
        path.mkdir()
        (path / "file").touch() if kind.startswith("full") else None
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "damaged":
        path.write_text('{"accessToken": ')
    else:
        path.symlink_to(path if kind == "link" else tmp_path)
    result, warnings = out(None)
    assert [logout.ended for logout in result.sessions] == [False, True, True] and not result.errors
    assert not token_file().exists() and not token_file(OTHER).exists() and not lives(signed_in)
    assert path.is_dir() if kind.endswith("directory") and path.is_dir() else not os.path.lexists(path)
    assert bool(warnings) == (kind in ("directory", "full directory"))
    assert tmp_path.exists()


def test_a_file_that_cannot_be_removed_is_named_and_the_others_are_gone(
    signed_in: IdentityCenter, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws_config.write_text(aws_config.read_text() + section(OTHER))
    sign_in(signed_in, OTHER)
    unlink = os.unlink

    def refuse(path: str) -> None:
        if path == CORP.token_path:
            raise PermissionError(13, "Permission denied", path)
        unlink(path)

    monkeypatch.setattr(sign_out.os, "unlink", refuse)
    result = log_out(None, pytest.fail)
    (error,) = result.errors
    assert "sudo chown" in error and CORP.token_path in error
    assert result.removed == (OTHER.token_path,)
    assert [logout.ended for logout in result.sessions] == [True, True]
    assert not lives(signed_in)


def test_a_token_that_cannot_be_read_is_removed_with_a_warning(
    signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(sign_out, "read_token", refuse)
    warnings: list[str] = []
    result = log_out("corp", warnings.append)
    assert not token_file().exists() and not result.sessions[0].ended and not result.errors
    assert len(warnings) == 1 and f"{token_file()} could not be read (Permission denied)" in warnings[0]


@pytest.mark.parametrize("name", ["corp", None])
@pytest.mark.parametrize("directory", ["sso", "cli"])
def test_a_cache_that_cannot_be_listed_is_an_error(
    signed_in: IdentityCenter, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch, name: str, directory: str
) -> None:
    """As after a command under sudo; whether files are left there is not known."""
    write_role(role_path(CORP, *READER))
    listdir = os.listdir
    unreadable = str(home / ".aws" / directory / "cache")

    def refuse(path: t.Any = ".") -> list[str]:
        if path == unreadable:
            raise PermissionError(13, "Permission denied", path)
        return listdir(path)

    monkeypatch.setattr(os, "listdir", refuse)
    for act in (preview_logout, log_out):
        (error,) = act(name, pytest.fail).errors
        assert error.startswith(f"{unreadable}: Permission denied.")


def test_the_records_of_a_file_that_cannot_be_removed_are_kept(
    signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    one(session="corp", account_id="111122223333", role_name="ReadOnly")

    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(sign_out.os, "unlink", refuse)
    assert len(log_out("corp", pytest.fail).errors) == 2
    assert os.path.isdir(state_directory(CORP))


@pytest.mark.parametrize("name", ["corp", None])
def test_what_a_killed_boto3_left(signed_in: IdentityCenter, name: str | None) -> None:
    """botocore writes tokens to temporary files since 1.42.11; their names do not say whose they are."""
    left = write(token_file().parent / "tmpx1y2z3.tmp", token_file().read_text())
    others = [
        write(token_file().parent / "tmpa.tmp", "{"),
        write(token_file().parent / "tmpb.tmp", '{"accessToken": "x"}'),
        write(token_file().parent / "notes.tmp", "notes"),
    ]
    token_file().unlink()
    result, _warnings = out(name)
    if name is None:
        assert any(logout.ended for logout in result.sessions)
    assert str(left) in result.removed and not left.exists() and not lives(signed_in)
    assert all(other.exists() for other in others)


def test_what_a_killed_boto3_left_stays_if_it_may_be_another_sessions(
    signed_in: IdentityCenter, aws_config: pathlib.Path
) -> None:
    aws_config.write_text(aws_config.read_text() + section(OTHER))
    left = write(token_file().parent / "tmpx1y2z3.tmp", token_file().read_text())
    out()
    assert left.exists()
    log_out(None, pytest.fail)
    assert not left.exists()


def test_what_a_killed_boto3_left_of_a_session_that_nobody_configures(
    signed_in: IdentityCenter, aws_config: pathlib.Path
) -> None:
    left = write(token_file().parent / "tmpx1y2z3.tmp", token_file().read_text())
    token_file().unlink()
    aws_config.write_text(section(SsoSession("other", "https://other.awsapps.com/start", "us-east-1")))
    result, _warnings = out(None)
    assert result.removed == (str(left),) and [logout.ended for logout in result.sessions] == [False, True]


@pytest.mark.parametrize("name", ["tmp", "part"])
def test_leftovers_of_a_session_that_nobody_configures(
    signed_in: IdentityCenter, aws_config: pathlib.Path, name: str
) -> None:
    document = token_file().read_text()
    token_file().unlink()
    left = token_file().parent / f".{token_file().name}.0a1b2c3d.aws_sso"
    left.write_text(document if name == "tmp" else document[:-30])
    aws_config.write_text("")
    result, _warnings = out(None)
    assert result.removed == (str(left),) and not left.exists()
    assert [logout.ended for logout in result.sessions] == [name == "tmp"]


def test_nothing_is_waited_for_before_the_files_are_gone(
    signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(logout, "show", shown.append)
    monkeypatch.setattr(logout, "SECONDS_FOR_AWS", 3.0)
    role = write_role(role_path(CORP, *READER))
    signed_in.faults.add("*", "hang")
    warnings: list[str] = []
    thread = threading.Thread(target=log_out, args=("corp", warnings.append))
    thread.start()
    while not signed_in.requests and thread.is_alive():
        time.sleep(0.01)
    assert not token_file().exists() and not role.exists()
    thread.join(60)
    assert not thread.is_alive()
    assert len(shown) == 1 and "Waiting for AWS" in shown[0] and "3 seconds" in shown[0]
    (warning,) = warnings
    assert "could not be ended at AWS" in warning and "not answered within 3 seconds" in warning
    signed_in.faults.clear()


def test_sessions_are_ended_at_the_same_time(
    signed_in: IdentityCenter, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logout, "SECONDS_FOR_AWS", 3.0)
    monkeypatch.setattr(logout, "show", lambda text: None)
    for session in (OTHER, THIRD):
        sign_in(signed_in, session)
        change(token_file(session), expiresAt=in_seconds(-5))
    signed_in.journal.clear()
    signed_in.faults.add("*", "hang")
    warnings: list[str] = []
    result = log_out(None, warnings.append)
    assert len(warnings) == 3 and not any(logout.ended for logout in result.sessions)
    assert {entry.operation for entry in signed_in.requests} == {"Logout", "CreateToken"}
    signed_in.faults.clear()


def test_a_token_that_a_process_stores_meanwhile_is_removed_and_ended(signed_in: IdentityCenter) -> None:
    """As a process that has refreshed the token and holds the lock while it stores the answer."""
    document = json.loads(token_file().read_text())
    change(token_file(), accessToken="the-old-one", refreshToken=None)
    held = threading.Event()

    def refresh() -> None:
        with locked(token_cache.lock_subject(CORP.token_path), 60):
            held.set()
            while token_file().exists():
                time.sleep(0.01)
            write_token(CORP, **document)

    thread = threading.Thread(target=refresh)
    thread.start()
    held.wait(60)
    result = log_out("corp", pytest.fail)
    thread.join()
    assert result.sessions[0].ended and not token_file().exists() and not lives(signed_in)


def test_a_process_that_never_ends_is_not_waited_for(
    signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_out, "SECONDS_FOR_LOCKS", 0.2)
    warnings: list[str] = []
    with locked(token_cache.lock_subject(CORP.token_path), 60):
        result = log_out("corp", warnings.append)
    assert result.sessions[0].ended and not token_file().exists()
    assert len(warnings) == 1 and "Sign out again" in warnings[0]


def test_a_token_that_aws_rejects_too_early_is_refreshed_to_end_its_session(
    signed_in: IdentityCenter,
) -> None:
    signed_in.records.access_tokens.clear()
    assert log_out("corp", pytest.fail).sessions[0].ended
    assert not signed_in.records.refresh_tokens


# --- role credentials ---


def configure(
    aws_config: pathlib.Path, *profiles: tuple[str, str, str], sessions: t.Sequence[SsoSession] = ()
) -> None:
    text = aws_config.read_text() + "".join(map(section, sessions))
    for number, (session, account, role) in enumerate(profiles):
        text += PROFILE.format(name=f"p{number}", session=session, account=account, role=role)
    aws_config.write_text(text)


@pytest.mark.parametrize("name", ["corp", None])
def test_what_the_cli_cached_for_roles_without_a_profile_is_removed(
    signed_in: IdentityCenter, aws_config: pathlib.Path, name: str | None
) -> None:
    """As `aws sso logout` removes every file of this type; other files of the AWS CLI stay."""
    unknown = [
        write_role(role_path(CORP, "999988887777", "Billing"), "999988887777"),
        write_role(role_path(CORP, "999988887777", "Old"), None),
    ]
    assumed = write(role_path(CORP, "1", "2"), {"Credentials": {}, "AssumedRoleUser": {}})
    listed = write(role_path(CORP, "1", "3"), "[]")
    database = write(role_path(CORP, "1", "4").parent / "session.db", "SQLite format 3")
    result, _warnings = out(name)
    assert {*map(str, unknown)} <= {*result.removed}
    assert not any(path.exists() for path in unknown)
    assert assumed.exists() and listed.exists() and database.exists()


def test_what_another_signed_in_session_may_have_obtained_is_kept(
    signed_in: IdentityCenter, aws_config: pathlib.Path
) -> None:
    """corp's own are found by the names of roles and the accounts in the files."""
    configure(aws_config, ("corp", *READER), ("other", "222233334444", "Admin"), sessions=[OTHER])
    sign_in(signed_in, OTHER)
    mine = [
        write_role(role_path(CORP, *READER)),
        write_role(role_path(CORP, "333344445555", "Admin"), "333344445555"),
        write_role(role_path(CORP, "222233334444", "ReadOnly"), None),
    ]
    theirs = [
        write_role(role_path(OTHER, "222233334444", "Admin"), "222233334444"),
        write_role(role_path(OTHER, "333344445555", "ReadOnly"), "333344445555"),
        write_role(role_path(OTHER, "333344445555", "Unknown"), "333344445555"),
    ]
    result, _warnings = out()
    assert {*result.removed} == {str(token_file()), *map(str, mine)}
    assert all(path.exists() for path in theirs)
    result, _warnings = out("other")
    assert not any(path.exists() for path in theirs)


def test_a_session_that_is_signed_out_claims_only_what_it_can_be_shown_to_own(
    signed_in: IdentityCenter, aws_config: pathlib.Path
) -> None:
    configure(aws_config, ("corp", *READER), ("other", "222233334444", "Admin"), sessions=[OTHER])
    theirs = write_role(role_path(OTHER, "333344445555", "Admin"), "333344445555")
    unknown = write_role(role_path(OTHER, "333344445555", "Unknown"), "333344445555")
    result, _warnings = out()
    assert theirs.exists() and not unknown.exists() and str(unknown) in result.removed


def test_what_is_cached_is_removed_without_a_configuration(
    signed_in: IdentityCenter, aws_config: pathlib.Path
) -> None:
    one(session="corp", account_id="111122223333", role_name="ReadOnly")
    by_the_cli = write_role(role_path(CORP, "999988887777", "Billing"), "999988887777")
    aws_config.unlink()
    result, _warnings = out()
    assert len(result.removed) == 3 and not by_the_cli.exists()
    assert not [*by_the_cli.parent.iterdir()]


def test_credentials_without_any_session_are_removed_with_all(home: pathlib.Path) -> None:
    left = write_role(role_path(CORP, *READER))
    result, _warnings = out(None)
    assert result == LogoutResult((), (str(left),)) and not left.exists()


def test_credentials_are_named_as_the_fast_path_names_them() -> None:
    for session in (CORP, LEGACY, SsoSession("mü ller", "https://x", "y")):
        fast = role_path_of_the_fast_path(Role(session.name, session.start_url, *READER))
        assert pathlib.Path(fast).name == role_path(session, *READER).name


def test_many_profiles_and_unknown_files_take_no_time(
    signed_in: IdentityCenter, aws_config: pathlib.Path
) -> None:
    profiles = [("other", f"{number:012}", f"Role{number % 700}") for number in range(5000)]
    configure(aws_config, *profiles, sessions=[OTHER])
    sign_in(signed_in, OTHER)
    unknown = write_role(role_path(THIRD, "999988887777", "Billing"), None)
    began = time.process_time()
    out()
    assert time.process_time() - began < 60 and unknown.exists()
