# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses that AWS cannot have sent end in one sentence, and store nothing."""

from __future__ import annotations

import json
import pathlib
import types
import typing as t

import pytest
from ansible.errors import AnsibleError
from ansible.plugins.loader import lookup_loader

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login import device_code
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    DEVICE,
    LoginOptions,
    ensure_login,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.refresh import live_token
from support.hostile_service import CREDENTIALS, HONEST, REGISTER, TOKEN, HostileService
from support.hostile_service import DEVICE as DEVICE_PATH
from support.logins import CORP, FakeUser, change, in_seconds, token_file

HUGE = 10**30
NESTED = b'{"a":' * 3000 + b"1" + b"}" * 3000
KEYS = {"accessKeyId": "ASIA", "secretAccessKey": "secret-key", "sessionToken": "secret-session"}
IN_A_YEAR = 4102444800000


def with_field(path: str, **fields: t.Any) -> dict[str, t.Any]:
    return {path: {**HONEST[path], **fields}}


LOGINS = [
    *(with_field(TOKEN, expiresIn=value) for value in (-5, 0, HUGE, 10**12, "x", True, 1.5, [], {})),
    *(with_field(TOKEN, accessToken=value) for value in ("", 5, [], {"a": 1}, True)),
    with_field(TOKEN, refreshToken=5),
    *(with_field(REGISTER, clientSecretExpiresAt=value) for value in (-1, None, HUGE, 10**15, "x", [])),
    *(with_field(REGISTER, clientId=value) for value in (5, [], "")),
    *(with_field(DEVICE_PATH, userCode=value) for value in (5, [], "", {})),
    *(with_field(DEVICE_PATH, expiresIn=value) for value in (-600, "x", HUGE, [])),
    *(with_field(DEVICE_PATH, interval=value) for value in ("x", [], HUGE)),
    *(
        {path: body}
        for path in (REGISTER, DEVICE_PATH, TOKEN)
        for body in (NESTED, b"[]", b"5", b"\xff", b"{")
    ),
]


@pytest.mark.parametrize("answers", LOGINS, ids=lambda answers: str(answers)[:80])
def test_a_sign_in_refuses_a_response_of_wrong_types(
    aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch, answers: dict[str, t.Any]
) -> None:
    monkeypatch.setattr(device_code, "time", types.SimpleNamespace(sleep=lambda seconds: None))
    someone = FakeUser(lambda page: None)
    with HostileService(answers) as service:
        service.replace_aws(monkeypatch)
        token_file().unlink()
        with pytest.raises(WorkstationError) as caught:
            ensure_login(CORP, LoginOptions(DEVICE, timeout=1), someone.user)
    message = str(caught.value)
    assert message[0].isupper() and "collection workstation.aws_sso, please report" not in message
    assert "Error:" not in message and "object" not in message
    assert not token_file().exists() and not any("Signed in" in text for text in someone.shown)


@pytest.mark.parametrize("interval", [-5, 0, 1])
def test_a_wrong_interval_does_not_end_a_sign_in(
    aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch, interval: int
) -> None:
    naps: list[float] = []
    monkeypatch.setattr(device_code, "time", types.SimpleNamespace(sleep=naps.append))
    with HostileService(with_field(DEVICE_PATH, interval=interval)) as service:
        service.replace_aws(monkeypatch)
        token_file().unlink()
        ensure_login(CORP, LoginOptions(DEVICE), FakeUser(lambda page: None).user)
    assert naps and all(1 <= nap <= 60 for nap in naps)


@pytest.mark.parametrize(
    "issued",
    [
        {},
        {**KEYS, "expiration": 1000},
        {**KEYS, "expiration": -1},
        {**KEYS, "expiration": 0},
        {**KEYS, "expiration": HUGE},
        {**KEYS, "expiration": "x"},
        {**KEYS, "expiration": None},
        {**KEYS, "expiration": 2**62},
        {**KEYS, "accessKeyId": 5, "expiration": IN_A_YEAR},
        {**KEYS, "secretAccessKey": None, "expiration": IN_A_YEAR},
        {"accessKeyId": "ASIA", "expiration": IN_A_YEAR},
        [],
        "x",
        None,
    ],
    ids=str,
)
def test_role_credentials_that_aws_cannot_issue_are_neither_returned_nor_cached(
    aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch, issued: t.Any
) -> None:
    lookup = lookup_loader.get("workstation.aws_sso.sso_credentials")
    role = {"session": "corp", "account_id": "111122223333", "role_name": "ReadOnly"}
    with HostileService({CREDENTIALS: {"roleCredentials": issued}}) as service:
        service.replace_aws(monkeypatch)
        with pytest.raises(AnsibleError) as caught:
            lookup.run([], **role)
        text = str(caught.value)
        assert text[0].isupper() and "secret-" not in text and "Error:" not in text, text
        assert not list((aws_config.parent / "cli").rglob("*.json"))


@pytest.mark.parametrize("lifetime", [-5, 10**12, "x"])
def test_a_refresh_refuses_a_lifetime_that_aws_does_not_issue(
    aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch, lifetime: t.Any
) -> None:
    with HostileService(with_field(TOKEN, expiresIn=lifetime)) as service:
        service.replace_aws(monkeypatch)
        change(
            token_file(),
            expiresAt=in_seconds(-1),
            refreshToken="refresh",
            clientId="id",
            clientSecret="secret",
            registrationExpiresAt=in_seconds(3600),
        )
        before = token_file().read_bytes()
        with pytest.raises(WorkstationError, match="not from AWS"):
            live_token(CORP)
        assert token_file().read_bytes() == before


def test_error_responses_of_wrong_types_end_in_a_sentence(
    aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for body in ({"__type": 5}, {"error": ["x"]}, {"message": {}}, {"reason": 1}, {"code": [1]}):
        with HostileService({REGISTER: json.dumps(body).encode()}) as service:
            service.replace_aws(monkeypatch)
            token_file().unlink()
            with pytest.raises(WorkstationError, match="not from AWS"):
                ensure_login(CORP, LoginOptions(DEVICE, timeout=1), FakeUser(lambda page: None).user)
