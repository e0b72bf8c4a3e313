# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of the module on a host is validated before it is used."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.answer import HostState
from support.logins import CORP, LEGACY, in_seconds
from support.scratch_host_cache import ANSWER, OPTIONS


@pytest.mark.parametrize(
    ("seconds_left", "refreshable", "valid"),
    [(901, False, True), (900, False, False), (900, True, False), (-5, True, False)],
)
def test_a_token_is_good_while_it_lives(seconds_left: int, refreshable: bool, valid: bool) -> None:
    answer = {**ANSWER, "seconds_left": seconds_left, "refreshable": refreshable}
    state = HostState.of_result(answer, OPTIONS)
    assert state.session == CORP and state.python == "/usr/bin/python3"
    assert state.is_valid_for(900) is valid


@pytest.mark.parametrize("on_host", [36000, 3600, -36000])
def test_neither_clock_makes_an_expired_token_valid(on_host: int) -> None:
    answer = {**ANSWER, "seconds_left": on_host, "expires_at": in_seconds(-36000)}
    assert not HostState.of_result(answer, OPTIONS).is_valid_for(0)
    answer = {**ANSWER, "seconds_left": on_host, "expires_at": in_seconds(7200)}
    assert HostState.of_result(answer, OPTIONS).is_valid_for(0) is (on_host > 0)


def test_the_definition_in_the_task_counts_not_that_of_the_host() -> None:
    options = {**OPTIONS, "start_url": CORP.start_url, "region": CORP.region}
    answer = {**ANSWER, "start_url": "https://evil.awsapps.com/start", "region": "us-east-1", "session": "x"}
    assert HostState.of_result(answer, options).session == CORP


def test_a_start_url_of_the_configuration_of_the_host_is_a_session() -> None:
    answer = {**ANSWER, "session": None, "registration_scopes": None}
    assert HostState.of_result(answer, {**OPTIONS, "session": CORP.start_url}).session == LEGACY


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("session", "other"),
        ("session", None),
        ("start_url", "https://x.awsapps.com/start\r\nX: y"),
        ("start_url", "file:///etc/passwd"),
        ("start_url", "http://acme.awsapps.com/start"),
        ("start_url", "https://acme.awsapps.com@evil.example/start"),
        ("start_url", "https://acme.awsapps.com/start\x9b8m"),
        ("start_url", "https://eu-west-1.signin.aws/start"),
        ("session", "corp: open https://evil.example\x1b[8m"),
        ("session", ["corp"]),
        ("start_url", 5),
        ("start_url", "https://x.awsapps.com/" + "x" * 5000),
        ("region", "evil.example/#"),
        ("region", "eu-west-1\n"),
        ("region", None),
        ("registration_scopes", "sso:account:access"),
        ("registration_scopes", [["x"]]),
        ("expires_at", "<b>"),
        ("expires_at", 5),
        ("seconds_left", "3600"),
        ("seconds_left", True),
        ("seconds_left", 1e400),
        ("expires_at", "9999-99-99T99:99:99Z"),
        ("registration_scopes", 5),
        ("registration_scopes", ["sso:account:access\x1b[2J"]),
        ("refreshable", 1),
        ("directory", "relative/path"),
        ("directory", "/home/dev\n"),
        ("python", "python3"),
        ("python", None),
        ("writable", "yes"),
    ],
)
def test_every_field_of_an_answer_is_validated(field: str, value: t.Any) -> None:
    with pytest.raises(WorkstationError, match=f"invalid {field}") as caught:
        HostState.of_result({**ANSWER, field: value}, OPTIONS)
    assert str(caught.value).isprintable()


def test_a_host_cannot_choose_the_portal_of_a_session_that_the_task_defines() -> None:
    options = {"session": "dev", "start_url": "https://dev.awsapps.com/start", "region": "us-east-1"}
    answer = {
        **ANSWER,
        "session": "corp",
        "start_url": "https://prod.awsapps.com/start",
        "region": "eu-west-1",
        "registration_scopes": ["sso:account:access", "codewhisperer:conversations"],
    }
    session = HostState.of_result(answer, {**options, "registration_scopes": None}).session
    assert (session.name, session.start_url, session.region) == (
        "dev",
        "https://dev.awsapps.com/start",
        "us-east-1",
    )
    assert session.registration_scopes == ("sso:account:access",)
