# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    DEVICE,
    PKCE,
    LoginOptions,
    ensure_login,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.logout import (
    Logout,
    Warn,
    log_out,
    preview_logout,
)
from identity_center import IdentityCenter
from support.logins import CORP, LEGACY, approving_user, change, in_seconds, registration_file, token_file

PROFILE = """\
[profile ReadOnly-111122223333]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ReadOnly
"""
ROLE_OF_CORP = "ef7c0373a8420e194e9d028ad5acc50a222b4714.json"
ROLE_OF_START_URL = "3dc21a8e3cbe3e87a4269e13611d8da2f514a43f.json"
OTHER = SsoSession("other", "https://acme.awsapps.com/start", "eu-west-1")


@pytest.fixture
def logged_in(center: IdentityCenter, aws_config: pathlib.Path) -> IdentityCenter:
    """Signed in to "corp", with one cached role of a profile."""
    aws_config.write_text(aws_config.read_text() + PROFILE)
    ensure_login(CORP, LoginOptions(PKCE), approving_user(center).user)
    cache_role(ROLE_OF_CORP)
    center.journal.clear()
    return center


def cache_role(name: str) -> pathlib.Path:
    credentials = {
        "AccessKeyId": "ASIA",
        "SecretAccessKey": "the-secret",
        "SessionToken": "the-session-token",
        "Expiration": in_seconds(3600),
    }
    path = pathlib.Path(os.environ["HOME"], ".aws", "cli", "cache", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"ProviderType": "sso", "Credentials": credentials}))
    return path


def quiet(text: str) -> None:
    pytest.fail(f"an unexpected warning: {text}")


def sign_out(name: str, warn: Warn) -> Logout:
    """Sign out of one session, whose files can all be removed."""
    result = log_out(name, warn)
    (logout,) = result.sessions
    assert result.removed == logout.removed and not result.errors
    return logout


def preview(name: str) -> Logout:
    (logout,) = preview_logout(name, quiet).sessions
    return logout


def test_a_logout_ends_the_session_at_aws_and_here(logged_in: IdentityCenter) -> None:
    role = cache_role(ROLE_OF_CORP)
    forecast = preview("corp")
    outcome = sign_out("corp", quiet)
    assert outcome == forecast
    assert outcome.ended and outcome.removed == (str(token_file()), str(role))
    assert not token_file().exists() and not role.exists()
    assert logged_in.count("Logout", 200) == 1
    assert not logged_in.records.access_tokens and not logged_in.records.refresh_tokens


KILLED_WRITER = """
import json, os, signal, sys
sys.path.insert(0, sys.argv[1])
import conftest
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso import token_cache
def die(*arguments, **options):
    os.kill(os.getpid(), signal.SIGKILL)
os.replace = os.rename = os.link = die
token_cache.write_document(sys.argv[2], json.loads(sys.stdin.read()))
"""
TESTS = pathlib.Path(__file__).parents[4]


def kill_a_writer(path: pathlib.Path, document: dict[str, object]) -> pathlib.Path:
    """Write *document* to *path* in a process that is killed before the file is renamed; what it leaves."""
    before = {*path.parent.iterdir()}
    result = subprocess.run(
        [sys.executable, "-c", KILLED_WRITER, str(TESTS), str(path)],
        input=json.dumps(document),
        text=True,
        check=False,
    )
    assert result.returncode == -signal.SIGKILL
    (left,) = {*path.parent.iterdir()} - before
    return left


@pytest.mark.parametrize("token_is_stored", [False, True])
def test_a_token_that_a_killed_writer_left_is_ended_and_removed(
    logged_in: IdentityCenter, token_is_stored: bool
) -> None:
    document = json.loads(token_file().read_text())
    if token_is_stored:
        ensure_login(CORP, LoginOptions(PKCE, force=True), approving_user(logged_in).user)
    left = kill_a_writer(token_file(), document)
    if not token_is_stored:
        token_file().unlink()
    logged_in.journal.clear()
    assert str(left) in preview("corp").removed and preview("corp").ended
    outcome = sign_out("corp", quiet)
    assert outcome.ended and str(left) in outcome.removed and not left.exists()
    assert not logged_in.records.access_tokens and not logged_in.records.refresh_tokens
    assert not [path for path in token_file().parent.iterdir() if path != registration_file()]


def test_an_expired_token_that_a_killed_writer_left_is_refreshed_to_end_it(logged_in: IdentityCenter) -> None:
    document = json.loads(token_file().read_text())
    left = kill_a_writer(token_file(), {**document, "expiresAt": in_seconds(-60)})
    token_file().unlink()
    assert sign_out("corp", quiet).ended and not left.exists()
    assert not logged_in.records.access_tokens and not logged_in.records.refresh_tokens


def test_half_a_file_of_a_killed_writer_is_removed(logged_in: IdentityCenter) -> None:
    left = token_file().parent / f".{token_file().name}.aws_sso"
    left.write_text(token_file().read_text()[:100])
    unique = token_file().parent / f".{token_file().name}.x7f3.aws_sso"
    unique.write_text("")
    others = [token_file().parent / name for name in (".other.json.aws_sso", f".{token_file().name}.swp")]
    for other in others:
        other.write_text("{}")
    outcome = sign_out("corp", quiet)
    assert not left.exists() and not unique.exists() and {str(left), str(unique)} <= {*outcome.removed}
    assert all(other.exists() for other in others)


def test_keys_that_a_killed_writer_left_are_removed(logged_in: IdentityCenter) -> None:
    role = cache_role(ROLE_OF_CORP)
    left = kill_a_writer(role, json.loads(role.read_text()))
    role.unlink()
    sign_out("corp", quiet)
    assert not left.exists()


def test_the_target_of_a_linked_token_is_removed(logged_in: IdentityCenter, tmp_path: pathlib.Path) -> None:
    target = tmp_path / "elsewhere" / "token.json"
    target.parent.mkdir()
    token_file().rename(target)
    token_file().symlink_to(target)
    outcome = sign_out("corp", quiet)
    assert outcome.ended and outcome.removed[:2] == (str(token_file()), str(target))
    assert not target.exists() and not token_file().is_symlink()
    assert not logged_in.records.access_tokens


def test_what_a_killed_writer_left_beside_the_target_of_a_link_is_ended_and_removed(
    logged_in: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    target = tmp_path / "elsewhere" / "token"
    target.parent.mkdir()
    token_file().rename(target)
    left = target.parent / ".token.1a2b3c4d.aws_sso"
    target.rename(left)
    token_file().symlink_to(target)
    outcome = sign_out("corp", quiet)
    assert outcome.ended and str(left) in outcome.removed and not left.exists()


def test_a_linked_file_that_is_no_token_is_kept(logged_in: IdentityCenter, tmp_path: pathlib.Path) -> None:
    for content in ("notes", "[]", '{"notes": 1}'):
        target = tmp_path / "notes"
        target.write_text(content)
        token_file().unlink(missing_ok=True)
        token_file().symlink_to(target)
        sign_out("corp", quiet)
        assert target.read_text() == content and not token_file().is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of other users")
def test_files_of_other_users_are_neither_read_nor_followed(
    logged_in: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    target = tmp_path / "token.json"
    target.write_text(token_file().read_text())
    os.chown(target, 5, 5)
    left = token_file().parent / f".{token_file().name}.aws_sso"
    left.write_text(json.dumps({**json.loads(token_file().read_text()), "accessToken": "planted"}))
    os.chown(left, 5, 5)
    token_file().unlink()
    token_file().symlink_to(target)
    sign_out("corp", quiet)
    assert target.exists() and not left.exists()
    assert all(entry.parameters.get("accessToken") != "planted" for entry in logged_in.requests)


def test_a_second_logout_does_nothing(logged_in: IdentityCenter) -> None:
    sign_out("corp", quiet)
    requests = len(logged_in.requests)
    outcome = sign_out("corp", quiet)
    assert (outcome.removed, outcome.ended) == ((), False)
    assert len(logged_in.requests) == requests


def test_a_forecast_touches_nothing(logged_in: IdentityCenter) -> None:
    before = {path: path.stat().st_mtime_ns for path in pathlib.Path(os.environ["HOME"]).rglob("*")}
    assert len(preview("corp").removed) == 2
    after = {path: path.stat().st_mtime_ns for path in pathlib.Path(os.environ["HOME"]).rglob("*")}
    assert after == before
    assert not logged_in.requests


def test_what_is_not_of_this_session_stays(logged_in: IdentityCenter) -> None:
    ensure_login(OTHER, LoginOptions(PKCE), approving_user(logged_in).user)
    ensure_login(LEGACY, LoginOptions(DEVICE), approving_user(logged_in).user)
    foreign = token_file().parent / "kiro-auth-token.json"
    foreign.write_text('{"accessToken": "x"}')
    mine = [
        foreign,
        token_file(OTHER),
        token_file(LEGACY),
        registration_file(),
        cache_role(ROLE_OF_START_URL),
        cache_role("0" * 40 + ".json"),
        cache_role("session.db"),
    ]
    sign_out("corp", quiet)
    assert all(path.exists() for path in mine)
    assert logged_in.count("Logout") == 1


def test_a_session_without_a_name_is_logged_out_by_its_start_url(logged_in: IdentityCenter) -> None:
    ensure_login(LEGACY, LoginOptions(DEVICE), approving_user(logged_in).user)
    outcome = sign_out(LEGACY.start_url, quiet)
    assert outcome.removed == (str(token_file(LEGACY)),) and outcome.ended
    assert token_file().exists()


@pytest.mark.parametrize("fault", ["cut_before", "proxy_page", "server_error", "throttle"])
def test_without_an_answer_of_aws_the_files_go_all_the_same(logged_in: IdentityCenter, fault: str) -> None:
    logged_in.faults.add("*", fault)
    warnings: list[str] = []
    outcome = sign_out("corp", warnings.append)
    assert len(outcome.removed) == 2 and not outcome.ended
    assert not token_file().exists()
    assert len(warnings) == 1 and "could not be ended at AWS" in warnings[0]


def test_a_session_that_aws_ended_already_is_no_cause_for_a_warning(logged_in: IdentityCenter) -> None:
    logged_in.end_sessions()
    outcome = sign_out("corp", quiet)
    assert len(outcome.removed) == 2 and not outcome.ended


def test_an_ended_token_is_refreshed_to_end_the_session_behind_it(logged_in: IdentityCenter) -> None:
    change(token_file(), expiresAt=in_seconds(-1))
    assert sign_out("corp", quiet).ended
    assert not logged_in.records.refresh_tokens


def test_a_token_that_ended_for_good_needs_no_call(logged_in: IdentityCenter) -> None:
    change(token_file(), expiresAt=in_seconds(-1), refreshToken=None)
    outcome = sign_out("corp", quiet)
    assert len(outcome.removed) == 2 and not outcome.ended
    assert not logged_in.requests


@pytest.mark.parametrize("content", ["{", "[]", ""])
def test_a_damaged_token_is_removed(logged_in: IdentityCenter, content: str) -> None:
    token_file().write_text(content)
    assert len(sign_out("corp", quiet).removed) == 2
    assert not token_file().exists()
