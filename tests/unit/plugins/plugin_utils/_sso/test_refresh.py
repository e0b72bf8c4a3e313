# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_cache import Token, read_token
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.errors import AwsRefused
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRequired, Unreachable
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    PKCE,
    LoginOptions,
    ensure_login,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso import refresh
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.refresh import (
    live_token,
    replace_rejected_token,
)
from identity_center import IdentityCenter
from support.logins import CORP, approving_user, change, in_seconds, token_file


@pytest.fixture
def token(center: IdentityCenter) -> Token:
    login = ensure_login(CORP, LoginOptions(PKCE), approving_user(center).user)
    center.journal.clear()
    return login.token


def accepted(center: IdentityCenter, token: Token) -> bool:
    """Whether AWS takes *token* for good."""
    try:
        client.call(client.client("sso", "eu-west-1"), "list_accounts", accessToken=token.access_token)
    except AwsRefused as error:
        assert error.status == 401
        return False
    return True


def test_a_good_token_is_one_file_read(center: IdentityCenter, token: Token) -> None:
    assert live_token(CORP) == token
    assert not center.requests


def test_a_good_token_is_had_without_botocore(token: Token) -> None:
    program = """
import sys
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import inline_session
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso import refresh
refresh.live_token(inline_session("corp", "https://acme.awsapps.com/start", "eu-west-1"))
print([name for name in sys.modules if name in ("botocore", "urllib3", "ssl", "jmespath", "http.client")])
"""
    collections_path = str(pathlib.Path(refresh.__file__).parents[6])
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": collections_path},
        check=True,
        capture_output=True,
        text=True,
    )
    assert answer.stdout == "[]\n"


def test_without_a_token_the_command_to_sign_in_is_named(
    center: IdentityCenter, aws_config: pathlib.Path
) -> None:
    with pytest.raises(LoginRequired) as caught:
        live_token(CORP)
    assert str(caught.value) == (
        "The session corp needs a sign-in: it has no token. Run: ansible-playbook workstation.aws_sso.login"
        " -e target=localhost -e workstation_session=corp (or: aws sso login --sso-session corp)"
    )
    aws_config.unlink()
    with pytest.raises(
        LoginRequired, match=r"Run: ansible localhost -m workstation\.aws_sso\.sso_login -a .session"
    ):
        live_token(CORP)
    assert not center.requests


def test_an_ended_token_is_refreshed(center: IdentityCenter, token: Token) -> None:
    change(token_file(), expiresAt=in_seconds(-3600))
    renewed = live_token(CORP)
    assert renewed.access_token != token.access_token and accepted(center, renewed)
    assert read_token(str(token_file())) == renewed


def test_the_refreshed_file_is_what_botocore_goes_on_with(center: IdentityCenter, token: Token) -> None:
    import botocore.session
    from botocore.tokens import SSOTokenProvider

    change(token_file(), expiresAt=in_seconds(600))
    renewed = live_token(CORP)
    session = botocore.session.Session()
    session.full_config["profiles"] = {"p": {"sso_session": "corp"}}
    session.full_config["sso_sessions"] = {
        "corp": {"sso_start_url": CORP.start_url, "sso_region": CORP.region}
    }
    session.set_config_variable("profile", "p")
    provider = SSOTokenProvider(session)
    cache = type(provider.DEFAULT_CACHE_CLS())(str(token_file().parent))
    provider = SSOTokenProvider(session, cache=cache)
    assert provider.load_token().get_frozen_token().token == renewed.access_token
    change(token_file(), expiresAt=in_seconds(600))
    theirs = SSOTokenProvider(session, cache=cache).load_token().get_frozen_token().token
    assert theirs not in (renewed.access_token, token.access_token)
    assert live_token(CORP).access_token == theirs
    assert center.records.burnt_refresh_tokens == 0


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"refreshToken": None}, "it cannot be refreshed"),
        ({"registrationExpiresAt": in_seconds(-1)}, "it cannot be refreshed"),
        (
            {"startUrl": "https://other.awsapps.com/start"},
            r"the token in /.*\.json belongs to https://other\.awsapps\.com/start in eu-west-1, and the"
            r" session is https://acme\.awsapps\.com/start in eu-west-1\. Run:",
        ),
        (
            {"region": "us-east-1"},
            r"belongs to https://acme\.awsapps\.com/start in us-east-1, and the session",
        ),
        (
            {"startUrl": "https://x.awsapps.com/start", "region": None},
            r"https://x\.awsapps\.com/start, and the",
        ),
        ({"accessToken": None}, "has no accessToken"),
    ],
)
def test_a_dead_token_that_is_of_no_use_needs_a_sign_in(
    center: IdentityCenter, token: Token, fields: dict[str, str], reason: str
) -> None:
    change(token_file(), expiresAt=in_seconds(-1), **fields)
    with pytest.raises(LoginRequired, match=reason):
        live_token(CORP)
    assert not center.requests


def test_a_living_token_that_cannot_be_refreshed_serves_until_its_end(
    center: IdentityCenter, token: Token
) -> None:
    change(token_file(), expiresAt=in_seconds(300), refreshToken=None)
    assert live_token(CORP).access_token == token.access_token
    assert live_token(CORP, min_ttl=200).access_token == token.access_token
    with pytest.raises(LoginRequired, match="expires at"):
        live_token(CORP, min_ttl=400)


def test_when_the_refresh_is_refused_a_living_token_serves_and_a_dead_one_does_not(
    center: IdentityCenter, token: Token
) -> None:
    center.faults.add("CreateToken", "invalid_grant")
    change(token_file(), expiresAt=in_seconds(300))
    assert live_token(CORP).access_token == token.access_token
    change(token_file(), expiresAt=in_seconds(-1))
    with pytest.raises(LoginRequired, match=r"its refresh was refused \(AWS refused CreateToken"):
        live_token(CORP)
    assert token_file().exists()


def test_a_network_that_is_down_is_told_while_the_token_lives(center: IdentityCenter, token: Token) -> None:
    center.faults.add("CreateToken", "cut_before")
    change(token_file(), expiresAt=in_seconds(300))
    warnings: list[str] = []
    assert live_token(CORP, warn=warnings.append).access_token == token.access_token
    assert len(warnings) == 1 and "is used as it is" in warnings[0]
    change(token_file(), expiresAt=in_seconds(-1))
    with pytest.raises(Unreachable):
        live_token(CORP)


@pytest.mark.parametrize("fault", ["cut_before", "invalid_grant", "server_error"])
def test_a_refresh_that_failed_is_not_tried_again_at_once(
    center: IdentityCenter, token: Token, fault: str
) -> None:
    center.faults.add("CreateToken", fault)
    change(token_file(), expiresAt=in_seconds(300))
    live_token(CORP)
    tries = center.count("CreateToken")
    assert tries >= 1
    for _task in range(5):
        assert live_token(CORP).access_token == token.access_token
    assert center.count("CreateToken") == tries
    note = next(pathlib.Path(os.environ["HOME"]).rglob("refresh-failures/*"))
    os.utime(note, (0, 0))
    center.faults.clear()
    assert live_token(CORP).access_token != token.access_token


@pytest.mark.parametrize(("fault", "error"), [("cut_before", None), ("invalid_grant", LoginRequired)])
def test_who_waits_for_a_refresh_that_fails_shares_its_fate(
    center: IdentityCenter, token: Token, fault: str, error: type[Exception] | None
) -> None:
    center.faults.add("CreateToken", fault)
    change(token_file(), expiresAt=in_seconds(300))
    gate = threading.Barrier(8)
    outcomes: list[object] = []

    def ask() -> None:
        gate.wait()
        try:
            outcomes.append(live_token(CORP, min_ttl=600).access_token)
        except WorkstationError as refusal:
            outcomes.append(type(refusal))

    threads = [threading.Thread(target=ask) for _index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) == {error or token.access_token}
    assert center.count("CreateToken") <= 2


def test_a_refresh_that_takes_too_long_elsewhere_does_not_stop_a_living_token(
    center: IdentityCenter, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "_SECONDS_FOR_A_REFRESH", 0.1)
    monkeypatch.setattr(refresh, "_SECONDS_WITH_A_VALID_TOKEN", 0.1)
    warnings: list[str] = []
    with refresh.refresh_lock(CORP):
        change(token_file(), expiresAt=in_seconds(300))
        for _task in range(3):
            assert live_token(CORP, warn=warnings.append).access_token == token.access_token
        change(token_file(), expiresAt=in_seconds(-1))
        with pytest.raises(WorkstationError, match="is being refreshed by another process"):
            live_token(CORP)
    assert len(warnings) == 1 and not center.requests


REFRESH = """
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.refresh import live_token
from support.logins import CORP
print(live_token(CORP).access_token)
"""


@contextlib.contextmanager
def stopped_refresh(center: IdentityCenter, seconds: float) -> t.Iterator[subprocess.Popen[str]]:
    """A process that was stopped while it refreshes a token that is valid for *seconds*."""
    change(token_file(), expiresAt=in_seconds(seconds))
    center.faults.add("CreateToken", "slow", seconds=2, times=1)
    collections_path = str(pathlib.Path(refresh.__file__).parents[6])
    with subprocess.Popen(
        [sys.executable, "-c", REFRESH],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, collections_path])},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            deadline = time.monotonic() + 60
            while not center.count("CreateToken"):
                assert time.monotonic() < deadline
                time.sleep(0.01)
            process.send_signal(signal.SIGSTOP)
            yield process
        finally:
            process.kill()


def test_a_stopped_refresh_does_not_stop_a_valid_token(center: IdentityCenter, token: Token) -> None:
    warnings: list[str] = []
    with stopped_refresh(center, 300) as process:
        assert live_token(CORP, warn=warnings.append).access_token == token.access_token
        assert re.search(f"Process {process.pid} is stopped.*The token is used as it is", warnings[0])
        assert live_token(CORP, warn=warnings.append).access_token == token.access_token
    assert len(warnings) == 1 and center.count("CreateToken") == 1


def test_a_stopped_refresh_of_an_expired_token_is_named(center: IdentityCenter, token: Token) -> None:
    with stopped_refresh(center, -1) as process:
        with pytest.raises(WorkstationError, match=f"kill -CONT {process.pid}"):
            live_token(CORP)
        process.send_signal(signal.SIGCONT)
        assert process.communicate()[0].strip() == live_token(CORP).access_token
    assert center.records.burnt_refresh_tokens == 0


def test_a_refresh_that_was_stopped_does_not_undo_a_sign_in_or_a_logout(
    center: IdentityCenter, token: Token
) -> None:
    with stopped_refresh(center, -1) as process:
        login = ensure_login(CORP, LoginOptions(PKCE, force=True), approving_user(center).user)
        process.send_signal(signal.SIGCONT)
        assert process.communicate()[0].strip() == login.token.access_token
    assert read_token(str(token_file())) == login.token
    with stopped_refresh(center, -1) as process:
        token_file().unlink()
        process.send_signal(signal.SIGCONT)
        assert process.wait(60) != 0
    assert not token_file().exists()


@pytest.mark.parametrize("late", [1.8, 4])
@pytest.mark.parametrize(
    ("seconds", "obtain"),
    [
        (-1, lambda token: live_token(CORP)),
        (300, lambda token: live_token(CORP, min_ttl=600)),
        (3000, lambda token: replace_rejected_token(CORP, token)),
    ],
    ids=["expired", "expires too soon", "rejected"],
)
def test_a_tool_that_won_the_refresh_may_write_seconds_later(
    center: IdentityCenter,
    token: Token,
    late: float,
    seconds: float,
    obtain: t.Callable[[Token], Token],
) -> None:
    document = change(token_file(), expiresAt=in_seconds(seconds))
    answer = refresh.refresh_answer(CORP, Token(token.access_token, token.expires_at, document))

    def write() -> None:
        change(
            token_file(),
            accessToken=answer["accessToken"],
            refreshToken=answer["refreshToken"],
            expiresAt=in_seconds(3600),
        )

    timer = threading.Timer(late, write)
    timer.start()
    assert obtain(token).access_token == answer["accessToken"]
    timer.join()


def test_a_refused_refresh_is_asked_for_once_by_all_that_need_it(
    center: IdentityCenter, token: Token
) -> None:
    center.end_sessions()
    change(token_file(), expiresAt=in_seconds(-1))
    reasons: list[str] = []

    def ask() -> None:
        with pytest.raises(LoginRequired) as caught:
            live_token(CORP)
        reasons.append(str(caught.value))

    threads = [threading.Thread(target=ask) for _index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert center.count("CreateToken") == 1
    assert len(set(reasons)) == 1 and "its refresh was refused (AWS refused CreateToken" in reasons[0]


def test_a_rejected_token_is_refreshed_once_for_all(center: IdentityCenter, token: Token) -> None:
    center.revoke_tokens()
    replacements: list[Token] = []
    threads = [
        threading.Thread(target=lambda: replacements.append(replace_rejected_token(CORP, token)))
        for _index in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({replacement.access_token for replacement in replacements}) == 1
    assert center.count("CreateToken") == 1 and center.records.burnt_refresh_tokens == 0
    assert accepted(center, replacements[0])


@pytest.mark.parametrize("refreshable", [True, False])
def test_a_rejected_token_that_nothing_replaces_no_longer_looks_alive(
    center: IdentityCenter, token: Token, refreshable: bool
) -> None:
    center.end_sessions()
    if not refreshable:
        change(token_file(), refreshToken=None)
    with pytest.raises(LoginRequired, match="AWS no longer accepts its token"):
        replace_rejected_token(CORP, token)
    assert not token_file().exists()


@pytest.mark.parametrize("fault", ["cut_before", "server_error"])
def test_a_rejected_token_stays_when_aws_cannot_be_asked(
    center: IdentityCenter, token: Token, fault: str
) -> None:
    center.faults.add("CreateToken", fault)
    with pytest.raises((Unreachable, AwsRefused)):
        replace_rejected_token(CORP, token)
    assert token_file().exists()


def test_a_token_that_another_login_replaced_is_taken_without_asking(
    center: IdentityCenter, token: Token
) -> None:
    change(token_file(), accessToken="newer")
    assert replace_rejected_token(CORP, token).access_token == "newer"
    assert not center.requests


def test_no_error_holds_a_secret(center: IdentityCenter, token: Token) -> None:
    secrets = {
        json.loads(token_file().read_text())[name] for name in ("accessToken", "refreshToken", "clientSecret")
    }
    change(token_file(), expiresAt=in_seconds(-1))
    for fault in ("invalid_grant", "cut_before", "proxy_page", "server_error", "InvalidClientException"):
        center.faults.clear()
        center.faults.add("CreateToken", fault)
        with pytest.raises(WorkstationError) as caught:
            live_token(CORP)
        shown = f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
        assert not any(secret in shown for secret in secrets)
